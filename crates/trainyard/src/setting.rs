//! Settings from the environment: `MLFLOW_<name>`, and `TRAINYARD_<name>`, which wins.

use std::env;

use crate::Error;

/// The value of a setting, with the name of the variable that holds it; an empty one is unset.
pub(crate) fn text(name: &str) -> Option<(String, String)> {
    for prefix in ["TRAINYARD", "MLFLOW"] {
        let variable = format!("{prefix}_{name}");
        if let Ok(value) = env::var(&variable)
            && !value.is_empty()
        {
            return Some((variable, value));
        }
    }
    None
}

/// A setting that is a number of zero or more.
pub(crate) fn number(name: &str, default: f64) -> Result<f64, Error> {
    let Some((name, value)) = text(name) else { return Ok(default) };
    match value.trim().parse::<f64>() {
        Ok(number) if number.is_finite() && number >= 0.0 => Ok(number),
        _ => Err(Error::Setting { name, value, reason: "expected a number of zero or more".to_owned() }),
    }
}

/// A setting that is on or off.
pub(crate) fn flag(name: &str, default: bool) -> Result<bool, Error> {
    let Some((name, value)) = text(name) else { return Ok(default) };
    match value.trim().to_ascii_lowercase().as_str() {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err(Error::Setting { name, value, reason: "expected true or false".to_owned() }),
    }
}
