//! URIs and paths of model sources, and whether one lies within another.

/// A URI or path, taken apart as far as the checks need it.
#[derive(Debug)]
pub(super) struct Address {
    /// In lower case; empty for a path.
    pub(super) scheme: String,
    pub(super) has_host: bool,
    /// What follows scheme and host, escapes undone.
    pub(super) path: String,
}

impl Address {
    /// Takes a source apart; any text has parts.
    pub(super) fn parse(text: &str) -> Self {
        let (scheme, rest) = match text.split_once(':') {
            Some((scheme, rest)) if is_scheme(scheme) => (scheme.to_ascii_lowercase(), rest),
            _ => (String::new(), text),
        };
        let (has_host, path) = match rest.strip_prefix("//").filter(|_| !scheme.is_empty()) {
            Some(rest) => {
                let host = rest.find('/').unwrap_or(rest.len());
                (host > 0, &rest[host..])
            }
            None => (false, rest),
        };
        Self { scheme, has_host, path: decoded(path) }
    }

    /// Whether the path starts at a root and nothing in it leads up.
    pub(super) fn is_absolute(&self) -> bool {
        self.path.starts_with('/') && self.path.len() > 1 && !self.leads_up()
    }

    fn leads_up(&self) -> bool {
        self.path.contains(['\\', '\0']) || self.path.split(['/', '#', '?']).any(|part| part == "..")
    }

    /// Whether it is a directory or in it.
    pub(super) fn is_within(&self, home: &str) -> bool {
        let home = Self::parse(home);
        let is_local = |scheme: &str| matches!(scheme, "" | "file");
        let same_kind = self.scheme == home.scheme || (is_local(&self.scheme) && is_local(&home.scheme));
        let inside = self.path.strip_prefix(home.path.trim_end_matches('/'));
        same_kind
            && !self.has_host
            && !home.has_host
            && self.is_absolute()
            && inside.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

/// A single letter is a drive, not a scheme.
fn is_scheme(text: &str) -> bool {
    text.len() > 1
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
}

/// Undoes `%XX` until nothing changes: what is escaped twice is decoded twice somewhere.
fn decoded(text: &str) -> String {
    let mut text = text.to_owned();
    loop {
        let once = decode_once(&text);
        if once == text {
            return text;
        }
        text = once;
    }
}

fn decode_once(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let escaped = match tail {
            [high, low, ..] if *first == b'%' => hex(*high).zip(hex(*low)).map(|(high, low)| high << 4 | low),
            _ => None,
        };
        bytes.push(escaped.unwrap_or(*first));
        rest = if escaped.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn within(source: &str, home: &str) -> bool {
        Address::parse(source).is_within(home)
    }

    #[test]
    fn a_path_is_within_its_own_directory_only() {
        let home = "/yard/artifacts/1/run/artifacts";
        for source in [home, "/yard/artifacts/1/run/artifacts/m", "file:///yard/artifacts/1/run/artifacts/m/"] {
            assert!(within(source, home), "{source}");
        }
        for source in [
            "/etc/passwd",
            "/yard/artifacts/1/run/artifactsx/m",
            "/yard/artifacts/1/run/artifacts/../../x",
            "/yard/artifacts/1/run/artifacts/%2e%2e/x",
            "/yard/artifacts/1/run/artifacts/%252e%252e/x",
            "/yard/artifacts/1/run/artifacts/..\\x",
            "file://host/yard/artifacts/1/run/artifacts/m",
            "yard/artifacts/1/run/artifacts",
            "mlflow-artifacts:/yard/artifacts/1/run/artifacts",
            "",
        ] {
            assert!(!within(source, home), "{source}");
        }
    }

    #[test]
    fn a_proxied_artifact_is_within_its_own_run_only() {
        let home = "mlflow-artifacts:/1/run/artifacts";
        assert!(within("mlflow-artifacts:/1/run/artifacts/m", home));
        assert!(!within("mlflow-artifacts:/1/other/artifacts/m", home));
        assert!(!within("mlflow-artifacts://host/1/run/artifacts/m", home));
        assert!(!within("/1/run/artifacts/m", home));
    }
}
