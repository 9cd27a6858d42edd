//! `b=`: how much may be sent (RFC 8866 §5.8, RFC 3890, RFC 3556).

use crate::sdp::Problem;
use crate::sdp::text::{Spanned, Word};

/// `b=`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bandwidth<'t> {
    /// `AS`, `TIAS`, `CT`, `RS`, `RR`.
    pub kind: Word<'t>,
    /// kbit/s for `AS` and `CT`, bit/s for the others.
    pub value: Spanned<u64>,
}

impl<'t> Bandwidth<'t> {
    pub(in crate::sdp) fn read(value: Word<'t>) -> Result<Self, Problem> {
        let (kind, amount) =
            value.split_once(':').ok_or_else(|| Problem::expected("a bandwidth, such as `AS:500`", value))?;
        Ok(Self { kind, value: amount.trimmed().number("a number")? })
    }

    /// In bit/s; `None` where the unit is not known.
    pub fn bits_per_second(&self) -> Option<u64> {
        match self.kind.value {
            "AS" | "CT" => self.value.checked_mul(1000),
            "TIAS" | "RS" | "RR" => Some(self.value.value),
            _ => None,
        }
    }
}
