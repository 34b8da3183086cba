//! Certificates of an authority of one's own, for the server and for the client.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};
use tempfile::TempDir;

use crate::environment::{RUN, under};
use crate::script::answer;

/// An authority, a server that it vouches for, and the files that a client needs to talk to it.
struct Company {
    folder: TempDir,
    authority: CertifiedIssuer<'static, KeyPair>,
}

impl Company {
    fn found() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let company = Self { folder: tempfile::tempdir().unwrap(), authority };
        fs::write(company.path("authority.pem"), company.authority.pem()).unwrap();
        let (certificate, key) = company.issue("client");
        fs::write(company.path("certificate.pem"), certificate.pem()).unwrap();
        fs::write(company.path("client.pem"), certificate.pem() + &key.serialize_pem()).unwrap();
        fs::write(company.path("empty.pem"), "").unwrap();
        company
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    fn issue(&self, name: &str) -> (rcgen::Certificate, KeyPair) {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new([name.to_owned()]).unwrap();
        (params.signed_by(&key, &self.authority).unwrap(), key)
    }

    /// Serves as many connections; returns its address. With `strict`, clients need a certificate of the authority.
    fn serve(&self, connections: usize, strict: bool) -> (String, JoinHandle<()>) {
        let (certificate, key) = self.issue("localhost");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder =
            ServerConfig::builder_with_provider(provider.clone()).with_safe_default_protocol_versions().unwrap();
        let builder = if strict {
            let mut roots = RootCertStore::empty();
            roots.add(self.authority.der().clone()).unwrap();
            builder.with_client_cert_verifier(
                WebPkiClientVerifier::builder_with_provider(roots.into(), provider).build().unwrap(),
            )
        } else {
            builder.with_no_client_auth()
        };
        let chain = vec![CertificateDer::clone(certificate.der())];
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let config = Arc::new(builder.with_single_cert(chain, key).unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let uri = format!("https://localhost:{}", listener.local_addr().unwrap().port());
        let thread = thread::spawn(move || {
            for _ in 0..connections {
                let (stream, _) = listener.accept().unwrap();
                let connection = ServerConnection::new(config.clone()).unwrap();
                let mut stream = BufReader::new(StreamOwned::new(connection, stream));
                let mut line = String::new();
                // A client that does not trust us ends the connection here.
                while stream.read_line(&mut line).is_ok_and(|length| length > 2) {
                    line.clear();
                }
                if line == "\r\n" {
                    stream.get_mut().write_all(&answer("200 OK", "", RUN)).unwrap();
                }
            }
        });
        (uri, thread)
    }
}

#[test]
fn the_server_is_known_by_an_authority_of_ones_own() {
    let company = Company::found();
    let (uri, server) = company.serve(3, false);
    let authority = company.path("authority.pem");
    let asked = |setting: (&str, &str)| {
        under(&[("MLFLOW_TRACKING_URI", &uri), ("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0"), setting])
    };
    let said = asked(("MLFLOW_TRACKING_SERVER_CERT_PATH", &authority));
    assert!(said.contains("answer: r1"), "{said}");
    let said = asked(("MLFLOW_TRACKING_INSECURE_TLS", "true"));
    assert!(said.contains("answer: r1"), "{said}");
    let said = asked(("MLFLOW_TRACKING_SERVER_CERT_PATH", ""));
    assert!(said.contains("error: no answer from https://localhost") && said.contains("UnknownIssuer"), "{said}");
    assert!(said.contains("TRACKING_SERVER_CERT_PATH"), "{said}");
    server.join().unwrap();
}

#[test]
fn the_client_shows_a_certificate_to_a_server_that_wants_one() {
    let company = Company::found();
    let (uri, server) = company.serve(2, true);
    let (authority, client) = (company.path("authority.pem"), company.path("client.pem"));
    let settings = [
        ("MLFLOW_TRACKING_URI", uri.as_str()),
        ("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0"),
        ("MLFLOW_TRACKING_SERVER_CERT_PATH", &authority),
        ("TRAINYARD_TRACKING_CLIENT_CERT_PATH", &client),
    ];
    let said = under(&settings);
    assert!(said.contains("answer: r1"), "{said}");
    let said = under(&settings[..3]);
    assert!(said.contains("error: no answer from https://localhost"), "{said}");
    server.join().unwrap();
}

#[test]
fn a_file_that_holds_no_certificate_is_named() {
    let company = Company::found();
    let (missing, empty, keyless) = (company.path("x.pem"), company.path("empty.pem"), company.path("certificate.pem"));
    let said =
        |settings: &[(&str, &str)]| under(&[&[("MLFLOW_TRACKING_URI", "https://localhost:1")], settings].concat());
    let server = said(&[("MLFLOW_TRACKING_SERVER_CERT_PATH", &missing)]);
    assert!(server.contains(&format!("invalid value '{missing}' of MLFLOW_TRACKING_SERVER_CERT_PATH: cannot be read")));
    let server = said(&[("MLFLOW_TRACKING_SERVER_CERT_PATH", &empty)]);
    assert!(server.contains("expected a file with certificates in PEM format"), "{server}");
    let client = said(&[("MLFLOW_TRACKING_CLIENT_CERT_PATH", &keyless)]);
    assert!(client.contains("expected a file with a certificate and its private key"), "{client}");
    let both = said(&[("MLFLOW_TRACKING_SERVER_CERT_PATH", &keyless), ("MLFLOW_TRACKING_INSECURE_TLS", "true")]);
    assert!(both.contains("not checked at all while TRACKING_INSECURE_TLS is set"), "{both}");
}
