//! What names, aliases, stages and version numbers may look like.

use trainyard_api::limits::ALIAS_CHARS;

use crate::StoreError;

/// The stages a version can be in.
pub(super) const STAGES: [&str; 4] = ["None", "Staging", "Production", "Archived"];

/// A name for a registered model or prompt.
pub(super) fn check_model_name(name: &str) -> Result<(), StoreError> {
    if name.trim().is_empty() {
        return Err(StoreError::missing("name"));
    }
    if name.contains(['/', ':']) {
        return Err(StoreError::invalid(format!("Invalid model name '{name}'. Names cannot contain '/' or ':'.")));
    }
    if matches!(name, "." | "..") {
        return Err(StoreError::invalid(format!("Invalid model name '{name}'. Names cannot be '.' or '..'.")));
    }
    Ok(())
}

/// An alias, to set, look up or remove.
pub(super) fn check_alias(alias: &str) -> Result<(), StoreError> {
    if alias.is_empty() {
        return Err(StoreError::missing("alias"));
    }
    if alias.chars().count() > ALIAS_CHARS {
        let message = format!("'Registered model alias name' exceeds the maximum length of {ALIAS_CHARS} characters");
        return Err(StoreError::invalid(message));
    }
    if !alias.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-')) {
        return Err(StoreError::invalid(format!(
            "Invalid alias name: '{alias}'. Names may only contain alphanumerics, underscores (_), and dashes (-)."
        )));
    }
    Ok(())
}

/// An alias that may be given: some stand for versions already.
pub(super) fn check_new_alias(alias: &str) -> Result<(), StoreError> {
    check_alias(alias)?;
    if is_latest(alias) {
        return Err(StoreError::invalid("'latest' alias name (case insensitive) is reserved."));
    }
    let number = alias.strip_prefix(['v', 'V']).unwrap_or_default();
    if !number.is_empty() && number.chars().all(|c| c.is_ascii_digit()) {
        return Err(StoreError::invalid(format!("Version alias name '{alias}' is reserved.")));
    }
    Ok(())
}

/// Whether it is the alias that always stands for the highest version.
pub(super) fn is_latest(alias: &str) -> bool {
    alias.eq_ignore_ascii_case("latest")
}

/// The stage that a word means, in whatever case.
pub(super) fn stage(word: &str) -> Result<&'static str, StoreError> {
    match STAGES.iter().find(|stage| stage.eq_ignore_ascii_case(word)) {
        Some(stage) => Ok(stage),
        None => Err(StoreError::invalid(format!(
            "Invalid Model Version stage: {word}. Value must be one of {}.",
            STAGES.join(", ")
        ))),
    }
}

/// The number of a version.
pub(super) fn version(text: &str) -> Result<i64, StoreError> {
    if text.is_empty() {
        return Err(StoreError::missing("version"));
    }
    text.parse().map_err(|_| StoreError::invalid(format!("Parameter 'version' must be an integer, got '{text}'.")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aliases_are_words_that_mean_nothing_else() {
        for alias in ["champ", "v1x", "-x", "Ä", "1", "None", &"a".repeat(255)] {
            assert_eq!(check_new_alias(alias), Ok(()), "{alias}");
        }
        for alias in ["", "latest", "Latest", "v1", "V12", "a b", "a.b", "a/b", &"a".repeat(256)] {
            assert!(check_new_alias(alias).is_err(), "{alias}");
        }
    }

    #[test]
    fn names_are_not_paths() {
        for name in ["iris", "iris classifier", "%", "a.b", "Ärger"] {
            assert_eq!(check_model_name(name), Ok(()), "{name}");
        }
        for name in ["", "  ", "a/b", "a:b", ".", ".."] {
            assert!(check_model_name(name).is_err(), "{name}");
        }
    }

    #[test]
    fn stages_are_read_in_any_case() {
        assert_eq!(stage("production"), Ok("Production"));
        assert!(stage("live").is_err());
    }
}
