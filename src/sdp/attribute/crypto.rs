//! `crypto`: SRTP keys in the description itself (RFC 4568 §4), which WebRTC forbids.

use crate::sdp::Problem;
use crate::sdp::text::{Spanned, Word};

/// `a=crypto` without its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Crypto<'t> {
    /// Which one of several.
    pub tag: Spanned<u32>,
    /// `AES_CM_128_HMAC_SHA1_80`, …
    pub suite: Word<'t>,
}

impl<'t> Crypto<'t> {
    pub(super) fn read(value: Word<'t>) -> Result<Self, Problem> {
        let mut words = value.words();
        let tag = words.expect("a number")?.number("a number")?;
        let suite = words.expect("a crypto suite")?;
        let key = words.expect("a key")?;
        match key.starts_with("inline:") {
            true => Ok(Self { tag, suite }),
            false => Err(Problem::expected("a key that begins with `inline:`", key).hidden()),
        }
    }
}
