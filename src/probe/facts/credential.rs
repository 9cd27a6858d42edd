//! What was tried out about the credentials beside the Allocate itself.

use serde::Serialize;

use crate::turn::credentials::form::Defect;

/// Credentials that look damaged were refused, and tried once more as they were probably meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct MendedFacts {
    /// What was mended of the user name.
    pub username: Vec<Defect>,
    /// What was mended of the password.
    pub password: Vec<Defect>,
    /// Whether the server took them then; `null` where it did not say.
    pub accepted: Option<bool>,
    /// ERROR-CODE it answered with.
    pub code: Option<u16>,
}

/// Credentials were refused, and others minted from the known secret were tried once instead: in place of a static
/// user's, or of minted ones with an expiry far beyond theirs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct MintedFacts {
    /// When they expire, in Unix seconds.
    pub expires_unix: u64,
    /// Whether the server took them; `null` where it did not say.
    pub accepted: Option<bool>,
    /// ERROR-CODE it answered with.
    pub code: Option<u16>,
}

/// Credentials were refused, and the very same ones given once more from other ports of ours: where several servers
/// share an address, the port decides which one answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct AskedAgainFacts {
    /// Allocations asked for.
    pub tries: u32,
    /// Those that the server took the credentials for.
    pub accepted: u32,
}

/// The server's clock, found by when it takes a credential for expired.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct ClockFacts {
    /// Server minus this machine; `null` where no expiry was taken, or each.
    pub clock_offset_s: Option<f64>,
    /// The offset is known to plus or minus so much.
    pub error_s: Option<f64>,
    /// Allocations asked for.
    pub attempts: u32,
    /// Why there is no offset.
    pub reason: Option<&'static str>,
}
