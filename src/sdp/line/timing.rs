//! `t=`: when the session is (RFC 8866 §5.9); `0 0` in WebRTC.

use crate::sdp::Problem;
use crate::sdp::text::{Spanned, Word};

/// `t=`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    /// Seconds since 1900; 0 for always.
    pub start: Spanned<u64>,
    /// Seconds since 1900; 0 for no end.
    pub stop: Spanned<u64>,
}

impl Timing {
    pub(in crate::sdp) fn read(value: Word<'_>) -> Result<Self, Problem> {
        let mut words = value.words();
        let start = words.expect("a start time")?.number("a start time in seconds, or 0")?;
        let stop = words.expect("a stop time")?.number("a stop time in seconds, or 0")?;
        words.end()?;
        Ok(Self { start, stop })
    }
}
