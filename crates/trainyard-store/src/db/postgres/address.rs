//! Where a `postgresql:` URI points to, and how the connection is secured.

use std::path::PathBuf;

use percent_encoding::percent_decode_str;
use tokio_postgres::Config;
use tokio_postgres::config::{SslMode, TargetSessionAttrs};

use crate::StoreError;

/// A database, as an operator names it.
#[derive(Clone)]
pub(in crate::db) struct Address {
    pub(super) config: Config,
    pub(super) tls: TlsOptions,
    /// Without the password.
    pub(super) shown: String,
}

/// What of the URI is about TLS.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct TlsOptions {
    pub(super) verify: Verify,
    /// Certificates to trust instead of the system's.
    pub(super) root: Option<PathBuf>,
    /// Certificate and key that the client shows.
    pub(super) client: Option<(PathBuf, PathBuf)>,
}

/// What is looked at in the server's certificate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Verify {
    /// Nothing: it protects from those who listen, not from those who pretend to be the server.
    #[default]
    Nothing,
    /// Who has signed it.
    Authority,
    /// Who has signed it, and that it is the host's.
    Full,
}

/// Whether a URI names a PostgreSQL database. SQLAlchemy's names of drivers, as in `postgresql+psycopg2:`, are passed over.
pub(in crate::db) fn is_postgres(uri: &str) -> bool {
    let scheme = uri.split(':').next().unwrap_or_default();
    matches!(scheme.split('+').next(), Some("postgresql" | "postgres")) && uri.contains(':')
}

impl Address {
    pub(in crate::db) fn parse(uri: &str) -> Result<Self, StoreError> {
        let shown = shown(uri);
        let refuse = |reason: String| StoreError::UnsupportedUri { uri: shown.clone(), reason };
        let Some((_, rest)) = uri.split_once("://") else {
            return Err(refuse("write `postgresql://user@host:5432/database`".to_owned()));
        };
        let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
        let mut others = Vec::new();
        let (mut mode, mut any_host) = (None, true);
        let mut tls = TlsOptions::default();
        let (mut certificate, mut key, mut system) = (None, None, false);
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let text = percent_decode_str(value).decode_utf8_lossy().into_owned();
            match name {
                "sslmode" => mode = Some(text),
                "sslrootcert" if text == "system" => system = true,
                "sslrootcert" => tls.root = Some(PathBuf::from(text)),
                "sslcert" => certificate = Some(PathBuf::from(text)),
                "sslkey" => key = Some(PathBuf::from(text)),
                _ => {
                    any_host &= name != "target_session_attrs";
                    others.push(pair);
                }
            }
        }
        tls.client = match (certificate, key) {
            (Some(certificate), Some(key)) => Some((certificate, key)),
            (None, None) => None,
            _ => return Err(refuse("`sslcert` and `sslkey` belong together".to_owned())),
        };
        let mut plain = format!("postgresql://{place}");
        if !others.is_empty() {
            plain = format!("{plain}?{}", others.join("&"));
        }
        let mut config: Config =
            plain.parse().map_err(|error: tokio_postgres::Error| refuse(super::error::whole(&error)))?;
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            return Err(refuse("it names no host; for a Unix socket write `?host=/var/run/postgresql`".to_owned()));
        }
        // Of several hosts all but one are standbys, which answer and refuse to write. With libpq any of them would do.
        if any_host && config.get_hosts().len().max(config.get_hostaddrs().len()) > 1 {
            config.target_session_attrs(TargetSessionAttrs::ReadWrite);
        }
        // Anybody can have a certificate that the system trusts, so it has to be looked at whose it is.
        if system && !matches!(mode.as_deref(), None | Some("verify-full")) {
            return Err(refuse("sslrootcert=system needs sslmode=verify-full".to_owned()));
        }
        // As with libpq: without a mode encryption is tried, and who names certificates to trust wants them looked at.
        let (ssl, verify) = match mode.as_deref() {
            Some("disable") => (SslMode::Disable, Verify::Nothing),
            None if system => (SslMode::Require, Verify::Full),
            None if tls.root.is_some() => (SslMode::Require, Verify::Authority),
            None | Some("prefer" | "allow") => (SslMode::Prefer, Verify::Nothing),
            Some("require") if tls.root.is_some() => (SslMode::Require, Verify::Authority),
            Some("require") => (SslMode::Require, Verify::Nothing),
            Some("verify-ca") => (SslMode::Require, Verify::Authority),
            Some("verify-full") => (SslMode::Require, Verify::Full),
            Some(other) => {
                return Err(refuse(format!(
                    "sslmode '{other}' is none of disable, allow, prefer, require, verify-ca and verify-full"
                )));
            }
        };
        config.ssl_mode(ssl);
        tls.verify = verify;
        if config.get_application_name().is_none() {
            config.application_name("trainyard");
        }
        if config.get_password().is_none()
            && let Ok(password) = std::env::var("PGPASSWORD")
        {
            config.password(password);
        }
        Ok(Self { config, tls, shown })
    }
}

/// The URI as it may be shown: without a password, wherever it stands.
pub(in crate::db) fn shown(uri: &str) -> String {
    let Some((scheme, rest)) = uri.split_once("://") else { return uri.to_owned() };
    // A question mark in a password would have to be escaped, so what follows one holds no host.
    let place = match rest.rsplit_once('@') {
        Some((_, host)) => format!("…@{}", host.split('?').next().unwrap_or_default()),
        None => rest.split('?').next().unwrap_or_default().to_owned(),
    };
    format!("{scheme}://{place}")
}

#[cfg(test)]
mod tests {
    use tokio_postgres::config::Host;

    use super::*;

    fn parse(uri: &str) -> Address {
        Address::parse(uri).unwrap_or_else(|error| panic!("{uri}: {error}"))
    }

    #[test]
    fn an_address_names_hosts_database_and_options() {
        let address = parse("postgresql+psycopg2://ada:p%40ss@one:6000,two/yard?target_session_attrs=read-write");
        assert_eq!(address.config.get_dbname(), Some("yard"));
        assert_eq!(address.config.get_password(), Some(&b"p@ss"[..]));
        let hosts = [Host::Tcp("one".to_owned()), Host::Tcp("two".to_owned())];
        assert_eq!(address.config.get_hosts(), hosts);
        assert_eq!(address.shown, "postgresql+psycopg2://…@one:6000,two/yard");
        let socket = parse("postgresql:///yard?host=/run/postgresql&password=secret");
        assert_eq!(socket.shown, "postgresql:///yard");
    }

    #[test]
    fn of_several_hosts_the_one_that_takes_writes_is_wanted_unless_the_address_says_otherwise() {
        for (uri, wanted) in [
            ("postgresql://one,two/yard", TargetSessionAttrs::ReadWrite),
            ("postgresql:///yard?host=one&host=two", TargetSessionAttrs::ReadWrite),
            ("postgresql://one,two/yard?target_session_attrs=any", TargetSessionAttrs::Any),
            ("postgresql://one/yard", TargetSessionAttrs::Any),
        ] {
            assert_eq!(parse(uri).config.get_target_session_attrs(), wanted, "{uri}");
        }
    }

    #[test]
    fn modes_of_tls_are_those_of_libpq() {
        let mode = |query: &str| {
            let address = parse(&format!("postgres://h/d?{query}"));
            (address.config.get_ssl_mode(), address.tls.verify)
        };
        assert_eq!(mode(""), (SslMode::Prefer, Verify::Nothing));
        assert_eq!(mode("sslmode=disable"), (SslMode::Disable, Verify::Nothing));
        assert_eq!(mode("sslmode=require"), (SslMode::Require, Verify::Nothing));
        assert_eq!(mode("sslmode=require&sslrootcert=/ca.pem"), (SslMode::Require, Verify::Authority));
        assert_eq!(mode("sslmode=verify-ca"), (SslMode::Require, Verify::Authority));
        assert_eq!(mode("sslmode=verify-full&sslrootcert=/ca.pem"), (SslMode::Require, Verify::Full));
        assert_eq!(mode("sslrootcert=system"), (SslMode::Require, Verify::Full));
        assert_eq!(mode("sslmode=verify-full&sslrootcert=system"), (SslMode::Require, Verify::Full));
    }

    #[test]
    fn whom_the_system_trusts_is_looked_at_whole_or_not_at_all() {
        for weak in ["disable", "allow", "prefer", "require", "verify-ca"] {
            // In either order.
            for query in [format!("sslmode={weak}&sslrootcert=system"), format!("sslrootcert=system&sslmode={weak}")] {
                let refused =
                    Address::parse(&format!("postgresql://ada:secret@h/d?{query}")).map(|address| address.shown);
                let error = refused.expect_err(&query).to_string();
                assert!(error.contains("sslrootcert=system needs sslmode=verify-full"), "{query}: {error}");
                assert!(!error.contains("secret"), "{error}");
            }
        }
    }

    #[test]
    fn what_names_no_database_is_refused_without_its_password() {
        for (uri, reason) in [
            ("postgresql:yard", "write `postgresql://"),
            ("postgresql:///yard", "names no host"),
            ("postgresql://ada:secret@h/d?sslmode=maybe", "sslmode 'maybe'"),
            ("postgresql://ada:secret@h/d?no_such_option=1", "no_such_option"),
            ("postgresql://ada:secret@h/d?sslcert=/c.pem", "belong together"),
        ] {
            let error = Address::parse(uri).map(|address| address.shown).expect_err(uri).to_string();
            assert!(error.contains(reason) && !error.contains("secret"), "{error}");
        }
    }
}
