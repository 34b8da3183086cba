//! Where a `sqlite:` URI points to.

use std::path::{Path, PathBuf};

use crate::StoreError;
use crate::db::postgres::shown;

/// The absolute path behind `sqlite:///relative.db` or `sqlite:////absolute.db`; later changes of the working
/// directory do not move it.
pub(super) fn from_uri(uri: &str) -> Result<PathBuf, StoreError> {
    let refuse = |reason: &str| StoreError::UnsupportedUri { uri: shown(uri), reason: reason.to_owned() };
    let Some(rest) = uri.strip_prefix("sqlite:") else {
        return Err(refuse(match uri.split([':', '+']).next() {
            Some("mysql" | "mssql" | "oracle") => "only SQLite and PostgreSQL are supported",
            _ => "it begins neither with `sqlite:///` nor with `postgresql://`",
        }));
    };
    let Some(path) = rest.strip_prefix("///") else {
        return Err(refuse("write `sqlite:///relative.db` or `sqlite:////absolute.db`"));
    };
    // SQLAlchemy's URIs may carry driver options such as `?timeout=60`; none of them means anything here.
    let path = path.split('?').next().unwrap_or_default();
    if path.is_empty() || path == ":memory:" {
        return Err(refuse("databases in memory are not supported, name a file"));
    }
    if path.contains('\0') {
        return Err(refuse("a path cannot contain NUL"));
    }
    std::path::absolute(Path::new(path)).map_err(|_| refuse("the working directory cannot be read"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_slashes_are_relative_and_four_absolute() {
        let here = std::env::current_dir().expect("a working directory");
        assert_eq!(from_uri("sqlite:///yard/yard.db").ok(), Some(here.join("yard/yard.db")));
        assert_eq!(from_uri("sqlite:////srv/yard.db?timeout=5").ok(), Some(PathBuf::from("/srv/yard.db")));
    }

    #[test]
    fn a_password_is_not_repeated() {
        let error = from_uri("mysql://ada:p@ss/w@host/db").expect_err("not supported").to_string();
        assert!(error.contains("`mysql://…@host/db`") && !error.contains("p@ss"), "{error}");
    }

    #[test]
    fn what_names_no_file_is_refused_with_a_reason() {
        for uri in ["sqlite://", "sqlite:///", "sqlite:///:memory:", "sqlite:yard.db", "mysql://host/db", ""] {
            let error = from_uri(uri).expect_err(uri).to_string();
            assert!(error.contains(&format!("`{uri}`")), "{error}");
        }
    }
}
