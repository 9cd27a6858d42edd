//! `ice-ufrag`, `ice-pwd`, `ice-options`: who may check connectivity, and how (RFC 8839 §5.4, §5.6).

use std::fmt;

use crate::sdp::Problem;
use crate::sdp::text::{Span, Word};

/// `ice-pwd`, which nobody prints by accident.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct IcePwd<'t>(Word<'t>);

/// `ice-options`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IceOptions<'t> {
    /// The options, `trickle` the best known of them (RFC 8840 §4.1.1).
    pub options: Vec<Word<'t>>,
}

impl<'t> IcePwd<'t> {
    pub(super) fn read(value: Word<'t>) -> Result<Self, Problem> {
        Ok(Self(value.filled("an ICE password")?))
    }

    /// The password itself: for comparing, not for showing.
    pub fn expose(&self) -> &'t str {
        self.0.value
    }

    /// Where it stands.
    pub fn span(&self) -> Span {
        self.0.span
    }
}

impl fmt::Debug for IcePwd<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl<'t> IceOptions<'t> {
    pub(super) fn read(value: Word<'t>) -> Result<Self, Problem> {
        value.trimmed().filled("an ICE option, such as `trickle`")?;
        Ok(Self { options: value.words().collect() })
    }

    /// Whether one of them is `option`.
    pub fn has(&self, option: &str) -> bool {
        self.options.iter().any(|word| word.value == option)
    }
}

pub(super) fn read_ufrag(value: Word<'_>) -> Result<Word<'_>, Problem> {
    value.filled("an ICE user fragment")
}
