//! The one parsed type for what an artifact path may be, for servers, clients and artifact roots alike.

use std::fmt;

use percent_encoding::percent_decode_str;

/// Names of uploads that have not ended yet; they are never listed and no path may name one.
pub const PARTIAL_PREFIX: &str = ".trainyard-partial-";

/// How often a path may be percent-encoded on top of itself before it is refused unread.
const DECODING_ROUNDS: usize = 10;

/// A path below an artifact root: parts joined by `/`, none of which can lead out of the root.
///
/// A path keeps the name it was given. A name that still holds percent signs is refused when any further decoding of
/// it would lead out of the root, so it stays harmless in front of programs that decode once more than they should.
/// Percent signs are common in names all the same: MLflow 2 calls images `key%step%0%timestamp%1795424259166%….png`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ArtifactPath(String);

/// Why a text is not an artifact path.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Invalid path: {path:?} {reason}")]
pub struct InvalidPath {
    /// The text as it was given.
    pub path: String,
    /// What is wrong with it.
    pub reason: &'static str,
}

impl ArtifactPath {
    /// The root itself.
    pub fn root() -> Self {
        Self(String::new())
    }

    /// Reads the path of a file or directory below the root, already freed from its URL's encoding.
    pub fn parse(path: &str) -> Result<Self, InvalidPath> {
        let refused = |reason| InvalidPath { path: path.to_owned(), reason };
        check(path).map_err(refused)?;
        let mut decoded = path.to_owned();
        for _ in 0..DECODING_ROUNDS {
            check_decoded(&decoded).map_err(refused)?;
            let further = percent_decode_str(&decoded).decode_utf8_lossy();
            if further == decoded {
                return Ok(Self(path.to_owned()));
            }
            decoded = further.into_owned();
        }
        Err(refused("is percent-encoded too many times"))
    }

    /// Reads the path of a directory: as [`Self::parse`], but an empty text is the root and one slash may end it.
    pub fn parse_directory(path: &str) -> Result<Self, InvalidPath> {
        match path.strip_suffix('/').unwrap_or(path) {
            "" if path.is_empty() => Ok(Self::root()),
            directory => Self::parse(directory),
        }
    }

    /// The path of `below` seen from this path's root.
    pub fn join(&self, below: &Self) -> Self {
        match (self.is_root(), below.is_root()) {
            (true, _) => below.clone(),
            (_, true) => self.clone(),
            _ => Self(format!("{}/{}", self.0, below.0)),
        }
    }

    /// Whether this is the root.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The text, `/` between parts; empty for the root.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last part; empty for the root.
    pub fn file_name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or_default()
    }

    /// The directory that holds this path; the root for the root.
    pub fn parent(&self) -> Self {
        Self(self.0.rsplit_once('/').map(|(parent, _)| parent.to_owned()).unwrap_or_default())
    }
}

impl fmt::Display for ArtifactPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn check(path: &str) -> Result<(), &'static str> {
    if path.is_empty() {
        return Err("is empty");
    }
    if path.contains('\\') {
        return Err("holds a backslash");
    }
    if path.contains(char::is_control) {
        return Err("holds a control character");
    }
    let (first, rest) = path.split_once('/').unwrap_or((path, ""));
    let file_scheme = path.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("file:"));
    if file_scheme || (!rest.is_empty() && first.ends_with(':')) {
        return Err("begins with a URI scheme");
    }
    for part in path.split('/') {
        match part {
            "" => return Err("has an empty part"),
            "." | ".." => return Err("has a part '.' or '..'"),
            _ => {}
        }
    }
    Ok(())
}

/// What must not appear in the path or in any further decoding of it.
fn check_decoded(path: &str) -> Result<(), &'static str> {
    if path.starts_with(['/', '\\']) {
        return Err("is absolute");
    }
    let mut letters = path.chars();
    if letters.next().is_some_and(|first| first.is_ascii_alphabetic()) && letters.next() == Some(':') {
        return Err("begins with a drive letter");
    }
    for part in path.split(['/', '\\']) {
        if part == ".." {
            return Err("has a part '..'");
        }
        if part.starts_with(PARTIAL_PREFIX) {
            return Err("is reserved for uploads under way");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
    use proptest::prelude::*;

    #[test]
    fn ordinary_names_are_kept_as_they_are() {
        let names = [
            "a",
            "model/MLmodel",
            "é/日本.txt",
            "100%.txt",
            "a b+c#d?e",
            ".hidden",
            "..a",
            "a..",
            "12:30.txt",
            "images/key%step%0%timestamp%1795424259166%00b7121.png",
            "a%5cb",
            "a%2f%2fb",
        ];
        for name in names {
            assert_eq!(ArtifactPath::parse(name).unwrap().as_str(), name);
        }
    }

    #[test]
    fn names_that_lead_elsewhere_are_refused() {
        let names = [
            "",
            "/",
            "/etc/passwd",
            "..",
            "../a",
            "a/..",
            "a/../b",
            ".",
            "a/./b",
            "a//b",
            "a/",
            "a\\b",
            "..\\a",
            "a\0b",
            "a\nb",
            "C:",
            "C:/a",
            "c:a",
            "file:a",
            "FILE:///a",
            "s3://bucket/a",
            "s3:/a",
            "%2e%2e/a",
            "%2E./a",
            "a/%2e%2e",
            "..%2fa",
            "%252e%252e%252fa",
            "%25252e%25252e/a",
            "..%5ca",
            "a%5c..%5cb",
            "%5ca",
            "%2fetc/passwd",
            "%43:/a",
            ".trainyard-partial-1",
            "a/%2etrainyard-partial-1",
        ];
        for name in names {
            assert!(ArtifactPath::parse(name).is_err(), "{name:?}");
        }
    }

    #[test]
    fn a_directory_may_be_the_root_or_end_in_a_slash() {
        assert!(ArtifactPath::parse_directory("").unwrap().is_root());
        assert_eq!(ArtifactPath::parse_directory("a/b/").unwrap().as_str(), "a/b");
        for name in ["/", "a//", "../", "."] {
            assert!(ArtifactPath::parse_directory(name).is_err(), "{name:?}");
        }
    }

    #[test]
    fn parts_are_told_apart() {
        let path = ArtifactPath::root().join(&ArtifactPath::parse("a/b").unwrap());
        assert_eq!((path.file_name(), path.parent().as_str()), ("b", "a"));
        assert!(path.parent().parent().is_root());
        assert_eq!(path.join(&ArtifactPath::root()), path);
    }

    proptest! {
        #[test]
        fn an_accepted_path_only_goes_down(text in "[a./%\\\\:0-9e-f\u{0}é]{0,24}") {
            if let Ok(path) = ArtifactPath::parse(&text) {
                for part in std::path::Path::new(path.as_str()).components() {
                    prop_assert!(matches!(part, std::path::Component::Normal(_)));
                }
                prop_assert_eq!(path.as_str(), text);
            }
        }

        #[test]
        fn a_path_that_climbs_is_refused_in_every_encoding(
            before in "([a.]{0,3}[/\\\\])?", after in "([/\\\\][a.]{0,3})?", rounds in 0..5_usize,
        ) {
            let mut encoded = format!("{before}..{after}");
            for _ in 0..rounds {
                encoded = utf8_percent_encode(&encoded, NON_ALPHANUMERIC).to_string();
            }
            prop_assert!(ArtifactPath::parse(&encoded).is_err());
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,64}") {
            let _ = ArtifactPath::parse_directory(&text);
        }
    }
}
