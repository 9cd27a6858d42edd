//! The verdict in a word, the same of every command.

use serde::Serialize;

use super::{Exit, Severity};

/// The verdict in a word. Ordered, the gravest last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Nothing went wrong.
    Pass,
    /// It works, and something should be looked at.
    Warn,
    /// It cannot be told from here.
    Inconclusive,
    /// Something that was asked for does not work.
    Fail,
}

impl Verdict {
    /// Of a run that ends so, with findings of which the gravest is `worst`.
    pub fn of(exit: Exit, worst: Option<Severity>) -> Self {
        match (exit, worst) {
            // An error is one even where --fail-on lets it pass.
            (Exit::Failed, _) | (_, Some(Severity::Error)) => Self::Fail,
            (Exit::CouldNotTell | Exit::Interrupted | Exit::Usage, _) => Self::Inconclusive,
            (Exit::Healthy, Some(Severity::Warning)) => Self::Warn,
            (Exit::Healthy, _) => Self::Pass,
        }
    }

    /// As people see it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "PASS",
            Self::Warn => "WARN",
            Self::Inconclusive => "UNKNOWN",
            Self::Fail => "FAIL",
        }
    }
}
