//! Whom the client trusts over TLS, and who it says it is: variables with the meaning that they have for MLflow.

use std::fs;

use ureq::tls::{Certificate, ClientCert, PemItem, PrivateKey, RootCerts, TlsConfig, parse_pem};

use crate::{Error, setting};

/// `…_TRACKING_SERVER_CERT_PATH` names the authorities that vouch for the server, instead of those that browsers
/// trust; `…_TRACKING_CLIENT_CERT_PATH` the certificate of this client, with its key in the same file.
pub(super) fn from_env() -> Result<TlsConfig, Error> {
    let insecure = setting::flag("TRACKING_INSECURE_TLS", false)?;
    let mut tls = TlsConfig::builder().disable_verification(insecure);
    if let Some(file) = setting::text("TRACKING_SERVER_CERT_PATH") {
        if insecure {
            let reason = "the server's certificate is not checked at all while TRACKING_INSECURE_TLS is set; unset one";
            return Err(refuse(file, reason));
        }
        tls = tls.root_certs(RootCerts::new_with_certs(&authorities(file)?));
    }
    if let Some(file) = setting::text("TRACKING_CLIENT_CERT_PATH") {
        tls = tls.client_cert(Some(identity(file)?));
    }
    Ok(tls.build())
}

fn authorities(file: (String, String)) -> Result<Vec<Certificate<'static>>, Error> {
    let (certificates, _) = read(&file)?;
    if certificates.is_empty() {
        return Err(refuse(file, "expected a file with certificates in PEM format, and found none in it"));
    }
    Ok(certificates)
}

fn identity(file: (String, String)) -> Result<ClientCert, Error> {
    match read(&file)? {
        (chain, Some(key)) if !chain.is_empty() => Ok(ClientCert::new_with_certs(&chain, key)),
        _ => Err(refuse(file, "expected a file with a certificate and its private key, both in PEM format")),
    }
}

/// The certificates of a file in order, and its first private key.
fn read(file: &(String, String)) -> Result<(Vec<Certificate<'static>>, Option<PrivateKey<'static>>), Error> {
    let bytes = fs::read(&file.1).map_err(|error| refuse(file.clone(), &format!("cannot be read: {error}")))?;
    let mut certificates = Vec::new();
    let mut key = None;
    for item in parse_pem(&bytes) {
        match item.map_err(|error| refuse(file.clone(), &format!("not in PEM format: {error}")))? {
            PemItem::Certificate(certificate) => certificates.push(certificate),
            PemItem::PrivateKey(private) => key = key.or(Some(private)),
            _ => {}
        }
    }
    Ok((certificates, key))
}

fn refuse((name, value): (String, String), reason: &str) -> Error {
    Error::Setting { name, value, reason: reason.to_owned() }
}
