//! Which addresses may be called: a webhook must not be a way into the networks that the server stands in.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::Url;

use crate::WebhookConfig;

/// What the operator allows.
#[derive(Debug, Clone)]
pub(super) struct Policy {
    allowed_schemes: Arc<[String]>,
    allow_private_ips: bool,
}

impl Policy {
    pub(super) fn new(config: &WebhookConfig) -> Self {
        let allowed_schemes = config.allowed_schemes.iter().map(|scheme| scheme.to_ascii_lowercase()).collect();
        Self { allowed_schemes, allow_private_ips: config.allow_private_ips }
    }

    pub(super) fn allowed_schemes(&self) -> &[String] {
        &self.allowed_schemes
    }

    /// Checks what can be seen without asking anyone. Says what is wrong as the end of a sentence about the address.
    pub(super) fn check(&self, url: &Url) -> Result<(), String> {
        if !self.allowed_schemes.iter().any(|scheme| scheme == url.scheme()) {
            let allowed = self.allowed_schemes.join(", ");
            return Err(format!("has the scheme '{}'. Allowed schemes are: {allowed}.", url.scheme()));
        }
        // The client connects to addresses in numbers without asking the resolver below.
        match literal(url) {
            Some(address) => self.admit(address),
            None => Ok(()),
        }
    }

    /// Looks a name up; all of its addresses have to be admissible.
    pub(super) async fn resolve(&self, host: &str) -> Result<Vec<SocketAddr>, String> {
        let found = tokio::net::lookup_host((host, 0)).await;
        let addresses: Vec<_> = found.map_err(|error| format!("cannot be resolved: {error}"))?.collect();
        for address in &addresses {
            self.admit(address.ip())?;
        }
        if addresses.is_empty() { Err("cannot be resolved: it has no addresses".to_owned()) } else { Ok(addresses) }
    }

    pub(super) fn allows_everything(&self) -> bool {
        self.allow_private_ips
    }

    fn admit(&self, address: IpAddr) -> Result<(), String> {
        if self.allow_private_ips || is_public(address) {
            return Ok(());
        }
        Err(format!(
            "leads to {address}, which is not a public IP address; --webhook-allow-private-ips lets webhooks reach it"
        ))
    }
}

/// The address of a URL whose host is one, in whatever way it was written.
pub(super) fn literal(url: &Url) -> Option<IpAddr> {
    match url.host()? {
        url::Host::Ipv4(address) => Some(address.into()),
        url::Host::Ipv6(address) => Some(address.into()),
        url::Host::Domain(_) => None,
    }
}

/// Gives the HTTP client the addresses that it connects to, checked: there is no second look-up that could have
/// another answer.
pub(super) struct CheckedResolver(pub(super) Policy);

impl Resolve for CheckedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let policy = self.0.clone();
        Box::pin(async move {
            let addresses = policy.resolve(name.as_str()).await?;
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

/// Whether anyone on the internet can be reached at an address. Forms of IPv6 that carry an IPv4 address count as that.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => match carried_v4(address) {
            Some(carried) => is_public_v4(carried),
            None => is_public_v6(address),
        },
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let reserved = match a {
        0 | 10 | 127 | 224.. => true,
        100 => (64..128).contains(&b),
        169 => b == 254,
        172 => (16..32).contains(&b),
        192 => (b, c) == (0, 0) || (b, c) == (0, 2) || (b, c) == (88, 99) || b == 168,
        198 => (18..20).contains(&b) || (b, c) == (51, 100),
        203 => (b, c) == (0, 113),
        _ => false,
    };
    !reserved
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    match address.segments() {
        // Set aside for protocols, and for documents.
        [0x2001, 0..0x0200 | 0x0db8, ..] | [0x3ff0..=0xffff, ..] => false,
        // Only this block is given out for use on the internet.
        [first, ..] => (0x2000..0x4000).contains(&first),
    }
}

/// The IPv4 address inside of mapped, 6to4 and NAT64 addresses.
fn carried_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let s = address.segments();
    let join = |high: u16, low: u16| Ipv4Addr::from(u32::from(high) << 16 | u32::from(low));
    match s {
        [0, 0, 0, 0, 0, 0xffff, high, low] => Some(join(high, low)),
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => Some(join(high, low)),
        [0x2002, high, low, ..] => Some(join(high, low)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    fn strict() -> Policy {
        Policy::new(&WebhookConfig { allowed_schemes: vec!["http".into(), "HTTPS".into()], ..WebhookConfig::default() })
    }

    #[test]
    fn only_addresses_of_the_internet_are_public() {
        for address in ["1.1.1.1", "100.63.0.1", "172.32.0.1", "198.20.0.1", "2606:4700::1111", "::ffff:8.8.8.8"] {
            assert!(is_public(address.parse().unwrap()), "{address}");
        }
        for address in [
            "0.0.0.0",
            "10.0.0.1",
            "100.64.0.1",
            "127.0.0.1",
            "127.255.0.9",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1",
            "192.168.1.1",
            "198.18.0.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::7f00:1",
            "::8.8.8.8",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "64:ff9b::a00:1",
            "64:ff9b:1::1",
            "2002:7f00:1::",
            "fe80::1",
            "fec0::1",
            "fc00::1",
            "fd12:3456::1",
            "ff02::1",
            "2001:db8::1",
            "2001::1",
            "3fff::1",
            "100::1",
        ] {
            assert!(!is_public(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn an_address_in_numbers_is_known_however_it_is_written() {
        for host in
            ["127.0.0.1", "127.1", "2130706433", "0x7f.1", "0177.0.0.1", "[::1]", "[::ffff:10.0.0.1]", "１２７.1"]
        {
            let url = Url::parse(&format!("http://{host}/x")).unwrap();
            let reason = strict().check(&url).unwrap_err();
            assert!(reason.contains("not a public IP address"), "{host}: {reason}");
        }
        assert_eq!(strict().check(&Url::parse("http://8.8.8.8/").unwrap()), Ok(()));
    }

    #[test]
    fn schemes_are_those_that_the_operator_allows() {
        let url = Url::parse("http://example.org/").unwrap();
        assert_eq!(strict().check(&url), Ok(()));
        let reason = Policy::new(&WebhookConfig::default()).check(&url).unwrap_err();
        assert_eq!(reason, "has the scheme 'http'. Allowed schemes are: https.");
    }

    #[tokio::test]
    async fn a_name_of_this_machine_is_refused() {
        let reason = strict().resolve("localhost").await.unwrap_err();
        assert!(reason.contains("not a public IP address"), "{reason}");
        let open = Policy::new(&WebhookConfig { allow_private_ips: true, ..WebhookConfig::default() });
        assert!(!open.resolve("localhost").await.unwrap().is_empty());
    }

    proptest! {
        #[test]
        fn an_ipv4_address_is_as_public_in_every_dress(bits: u32) {
            let plain = Ipv4Addr::from(bits);
            let [high, low] = [(bits >> 16) as u16, bits as u16];
            for dressed in [
                plain.to_ipv6_mapped(),
                Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, high, low),
                Ipv6Addr::new(0x2002, high, low, 1, 2, 3, 4, 5),
            ] {
                prop_assert_eq!(is_public(dressed.into()), is_public(plain.into()));
            }
        }

        #[test]
        fn no_address_that_the_standard_library_knows_as_special_is_public(bits: u128) {
            let v4 = Ipv4Addr::from(bits as u32);
            let special = v4.is_private() || v4.is_loopback() || v4.is_link_local() || v4.is_multicast()
                || v4.is_broadcast() || v4.is_documentation() || v4.is_unspecified();
            prop_assert!(!(special && is_public(v4.into())), "{}", v4);
            let v6 = Ipv6Addr::from(bits);
            let special = v6.is_loopback() || v6.is_multicast() || v6.is_unique_local()
                || v6.is_unicast_link_local() || v6.is_unspecified();
            prop_assert!(!(special && is_public(v6.into())), "{}", v6);
        }
    }
}
