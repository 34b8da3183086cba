//! How a command fails: the exit code, and the sentence on stderr.

use std::fmt::Display;
use std::io::{self, ErrorKind};

use anstream::eprintln;

/// Why a command did not do what was asked.
#[derive(Debug)]
pub enum Failure {
    /// It was asked wrongly, or the server could not start.
    Refused(String),
    /// It could not be done.
    Failed(String),
    /// Whoever reads our output has seen enough, which is no failure.
    OutputClosed,
}

impl Failure {
    /// A failure of what was asked, with the reason.
    pub fn because(reason: impl Display) -> Self {
        Self::Failed(reason.to_string())
    }

    /// The same with what to do next.
    pub fn with_hint(self, hint: &str) -> Self {
        match self {
            Self::Failed(message) => Self::Failed(format!("{}. {hint}", message.trim_end_matches('.'))),
            other => other,
        }
    }

    /// Tells the person, and returns the exit code.
    pub fn report(self) -> i32 {
        let (message, code) = match self {
            Self::Refused(message) => (message, 2),
            Self::Failed(message) => (message, 1),
            Self::OutputClosed => return 0,
        };
        eprintln!("\x1b[1;31merror:\x1b[0m {message}");
        code
    }
}

impl From<trainyard::Error> for Failure {
    fn from(error: trainyard::Error) -> Self {
        Self::Failed(error.message())
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            ErrorKind::BrokenPipe => Self::OutputClosed,
            _ => Self::because(format_args!("cannot write the output: {error}")),
        }
    }
}
