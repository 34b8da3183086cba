//! Tracking URIs: which there are, what they mean, and how they are shown.

use std::fmt;
use std::path::{Path, PathBuf};

use percent_encoding::percent_decode_str;
use ureq::http::Uri;

use crate::http::Credentials;
use crate::{Error, setting};

/// Where a client without a tracking URI keeps its data.
const DEFAULT: &str = "sqlite:///yard/yard.db";

/// The tracking URI of the environment: `TRAINYARD_TRACKING_URI`, else `MLFLOW_TRACKING_URI`, else the embedded store
/// in `./yard`.
///
/// ```
/// println!("runs are kept in {}", trainyard::default_tracking_uri());
/// ```
pub fn default_tracking_uri() -> String {
    setting::text("TRACKING_URI").map_or_else(|| DEFAULT.to_owned(), |(_, uri)| uri)
}

/// A tracking URI, understood.
pub(crate) enum TrackingUri {
    Http {
        address: HttpAddress,
        credentials: Option<Credentials>,
    },
    Sqlite {
        #[cfg_attr(not(feature = "embedded"), expect(dead_code, reason = "told from servers, and then refused"))]
        database: PathBuf,
    },
    Postgres {
        #[cfg_attr(not(feature = "embedded"), expect(dead_code, reason = "told from servers, and then refused"))]
        uri: String,
    },
}

impl TrackingUri {
    pub(crate) fn parse(uri: &str) -> Result<Self, Error> {
        let uri = uri.trim();
        let error = |reason: &str| Error::Uri { kind: "tracking URI", uri: redact(uri), reason: reason.to_owned() };
        let Some((scheme, rest)) = uri.split_once(':') else {
            return Err(error(
                "expected http://host:port, https://host, or sqlite:///path/to/yard.db; \
                 a folder of MLflow's file store cannot be used",
            ));
        };
        match scheme.to_ascii_lowercase().as_str() {
            "http" | "https" => HttpAddress::parse(uri)
                .map(|(address, credentials)| Self::Http { address, credentials })
                .map_err(|reason| error(&reason)),
            "sqlite" => Ok(Self::Sqlite { database: database(rest).map_err(error)? }),
            // SQLAlchemy's names of drivers, as in `postgresql+psycopg2:`, mean nothing here.
            scheme if matches!(scheme.split('+').next(), Some("postgresql" | "postgres")) => {
                Ok(Self::Postgres { uri: uri.to_owned() })
            }
            "file" => Err(error("MLflow's file store is not supported; use sqlite:///path/to/yard.db")),
            _ => Err(error("unknown scheme; expected http://, https://, sqlite:/// or postgresql://")),
        }
    }
}

/// The database file of what follows `sqlite:`, made absolute so that a later `chdir` does not move it.
fn database(rest: &str) -> Result<PathBuf, &'static str> {
    const FORM: &str = "expected sqlite:///relative/path.db or sqlite:////absolute/path.db";
    let path = rest.strip_prefix("///").ok_or(FORM)?;
    let path = path.split(['?', '#']).next().unwrap_or_default();
    if path.is_empty() || path == ":memory:" {
        return Err("the embedded store needs a file: sqlite:///relative/path.db or sqlite:////absolute/path.db");
    }
    std::path::absolute(Path::new(path)).map_err(|_| "the current directory is gone")
}

/// Address of a tracking server, without credentials and without a slash at the end.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct HttpAddress(String);

impl HttpAddress {
    fn parse(uri: &str) -> Result<(Self, Option<Credentials>), String> {
        let (scheme, rest) = uri.split_once("://").ok_or("expected http://host:port")?;
        let scheme = scheme.to_ascii_lowercase();
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let (userinfo, host) = authority.rsplit_once('@').map_or((None, authority), |(user, host)| (Some(user), host));
        if host.is_empty() || host.starts_with(':') {
            return Err("the host is missing: expected http://host:port".to_owned());
        }
        let address = format!("{scheme}://{host}{}", path.trim_end_matches('/'));
        let parsed: Uri = address.parse().map_err(|error| format!("{error}"))?;
        if parsed.query().is_some() || address.contains('#') {
            return Err("a tracking URI has no '?' and no '#'".to_owned());
        }
        let credentials = userinfo.map(|userinfo| {
            let (user, password) = userinfo.split_once(':').unwrap_or((userinfo, ""));
            let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
            Credentials::basic(&decode(user), &decode(password))
        });
        Ok((Self(address), credentials))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// `scheme://host:port`.
    pub(crate) fn origin(&self) -> &str {
        let authority = self.0.find("://").map_or(0, |at| at + 3);
        let end = self.0[authority..].find('/').map_or(self.0.len(), |at| authority + at);
        &self.0[..end]
    }
}

impl fmt::Display for HttpAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The URI of a PostgreSQL database without a password, wherever it stands.
pub(crate) fn without_password(uri: &str) -> String {
    let Some((scheme, rest)) = uri.split_once("://") else { return uri.to_owned() };
    let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
    let place = match place.rsplit_once('@') {
        Some((userinfo, host)) => format!("{}@{host}", userinfo.split(':').next().unwrap_or_default()),
        None => place.to_owned(),
    };
    let others: Vec<&str> =
        query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("password=")).collect();
    let query = if others.is_empty() { String::new() } else { format!("?{}", others.join("&")) };
    format!("{scheme}://{place}{query}")
}

/// A URI as it may be shown: a password in it becomes `***`.
pub(crate) fn redact(uri: &str) -> String {
    let Some((scheme, rest)) = uri.split_once("://") else { return uri.to_owned() };
    if scheme.starts_with("postgres") {
        let shown = without_password(uri);
        let user = rest.rsplit_once('@').and_then(|(userinfo, _)| userinfo.split_once(':')).map(|(user, _)| user);
        return match user {
            Some(user) => shown.replacen(&format!("{user}@"), &format!("{user}:***@"), 1),
            None => shown,
        };
    }
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    match authority.rsplit_once('@') {
        None => uri.to_owned(),
        Some((userinfo, host)) => match userinfo.split_once(':') {
            Some((user, _)) => format!("{scheme}://{user}:***@{host}{path}"),
            // A lone word may well be a token.
            None => format!("{scheme}://***@{host}{path}"),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error_of(uri: &str) -> String {
        TrackingUri::parse(uri).err().expect("refused").to_string()
    }

    #[test]
    fn a_password_of_a_database_is_left_out() {
        let uri = "postgresql://ann:s3cr@t@host:5432/yard?sslmode=require&password=s3cret";
        assert_eq!(without_password(uri), "postgresql://ann@host:5432/yard?sslmode=require");
        assert_eq!(redact(uri), "postgresql://ann:***@host:5432/yard?sslmode=require");
        assert_eq!(redact("postgresql://host/yard"), "postgresql://host/yard");
    }

    #[test]
    fn a_password_in_the_uri_is_never_shown() {
        assert_eq!(redact("http://ann:s3cret@host:5000/x"), "http://ann:***@host:5000/x");
        assert_eq!(redact("https://token@host"), "https://***@host");
        assert_eq!(redact("http://host/a@b"), "http://host/a@b");
        assert!(!error_of("ftp://ann:s3cret@host").contains("s3cret"));
    }

    #[test]
    fn an_address_is_freed_of_credentials_and_slashes() {
        let Ok(TrackingUri::Http { address, credentials }) = TrackingUri::parse("HTTP://a:b%40c@host:5000/pre/") else {
            panic!("an address");
        };
        assert_eq!(address.as_str(), "http://host:5000/pre");
        assert_eq!(address.origin(), "http://host:5000");
        assert_eq!(credentials, Some(Credentials::basic("a", "b@c")));
    }

    #[test]
    fn what_is_not_supported_says_what_is() {
        assert!(error_of("mysql://u:p@h/db").contains("or postgresql://"));
        assert!(error_of("./mlruns").contains("sqlite:///path/to/yard.db"));
        assert!(error_of("file:///tmp/mlruns").contains("file store"));
        assert!(error_of("databricks://x").contains("unknown scheme"));
        assert!(error_of("sqlite://").contains("sqlite:///relative/path.db"));
        assert!(error_of("sqlite:///:memory:").contains("needs a file"));
        assert!(error_of("http://:5000").contains("host is missing"));
        assert!(error_of("http://host/?a=b").contains("no '?'"));
    }

    #[test]
    fn databases_are_relative_with_three_slashes_and_absolute_with_four() {
        let path = |uri: &str| match TrackingUri::parse(uri) {
            Ok(TrackingUri::Sqlite { database }) => database,
            _ => panic!("a database"),
        };
        assert_eq!(path("sqlite:////data/yard.db"), Path::new("/data/yard.db"));
        assert_eq!(path("sqlite:///yard/yard.db"), std::env::current_dir().expect("a folder").join("yard/yard.db"));
    }
}
