//! What a server should not send.

use serde::Serialize;

use crate::stun::DecodeError;
use crate::turn::Oddity;

/// Something a server should not send, and how often it did.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct OddityFacts {
    /// Which.
    pub kind: OddityKind,
    /// In words, of the first.
    pub message: String,
    /// How often.
    pub count: u32,
    /// At which step it was first seen.
    pub stage: &'static str,
}

/// What a server did that is odd.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OddityKind {
    /// Neither STUN nor ChannelData.
    NotStun,
    /// STUN with a broken layout.
    Malformed,
    /// FINGERPRINT does not match.
    WrongFingerprint,
    /// A response to no request of ours.
    UnmatchedTransaction,
    /// MESSAGE-INTEGRITY by another key.
    WrongIntegrity,
    /// No MESSAGE-INTEGRITY where there must be one.
    NoIntegrity,
}

/// Its kind, and the first of them in words.
pub(super) fn describe(oddity: &Oddity) -> (OddityKind, String) {
    match oddity {
        Oddity::NotTurn(other) => (OddityKind::NotStun, preview(&other.head)),
        Oddity::Malformed(DecodeError::WrongFingerprint) => {
            (OddityKind::WrongFingerprint, DecodeError::WrongFingerprint.to_string())
        }
        Oddity::Malformed(error) => (OddityKind::Malformed, error.to_string()),
        Oddity::TrailingBytes(bytes) => {
            (OddityKind::Malformed, format!("{bytes} bytes behind the message in one datagram"))
        }
        Oddity::Echo => (OddityKind::NotStun, "our own request came back".to_owned()),
        Oddity::UnmatchedTransaction => {
            (OddityKind::UnmatchedTransaction, "a response to no request of ours".to_owned())
        }
        Oddity::WrongIntegrity => {
            (OddityKind::WrongIntegrity, "MESSAGE-INTEGRITY was made with another key".to_owned())
        }
        Oddity::NoIntegrity => {
            (OddityKind::NoIntegrity, "a success response without MESSAGE-INTEGRITY".to_owned())
        }
    }
}

/// The first bytes of something unexpected, as text where they are text, else in hex.
fn preview(head: &[u8]) -> String {
    let line = head.split(|byte| *byte == b'\r' || *byte == b'\n').next().unwrap_or_default();
    match std::str::from_utf8(line) {
        Ok(text) if !text.is_empty() && text.chars().all(|c| !c.is_control()) => text.to_owned(),
        _ => {
            let hex: Vec<String> = head.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
            hex.join(" ")
        }
    }
}
