//! The browser of the tests: the one that is named or installed, else Debian's.

use std::env;
use std::path::PathBuf;

use anyhow::Result;

use crate::debian;

const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const ADVICE: &str = "Install Chromium yourself, or name its program with the variable TRAINYARD_CHROMIUM (`none` leaves out \
                      what needs it), then repeat.";

/// The program; none where the tests in a browser are to be left out.
pub fn installed() -> Result<Option<PathBuf>> {
    match env::var_os("TRAINYARD_CHROMIUM") {
        Some(named) if named == "none" => {
            eprintln!("==> SKIPPED: the tests in a browser, since TRAINYARD_CHROMIUM is none");
            Ok(None)
        }
        Some(named) => Ok(Some(named.into())),
        None => debian::installed(&NAMES, "chromium", ADVICE).map(Some),
    }
}
