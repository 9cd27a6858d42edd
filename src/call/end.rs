//! The two ends of a call.

use serde::Serialize;

/// Which end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum End {
    /// Makes the offer.
    Caller,
    /// Answers it.
    Callee,
}

impl End {
    /// Both.
    pub const BOTH: [Self; 2] = [Self::Caller, Self::Callee];

    /// As in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Caller => "caller",
            Self::Callee => "callee",
        }
    }

    /// The other one.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Caller => Self::Callee,
            Self::Callee => Self::Caller,
        }
    }
}
