//! `group`: which m-lines belong together (RFC 5888 §5), `BUNDLE` above all (RFC 9143).

use crate::sdp::Problem;
use crate::sdp::text::Word;

/// `a=group`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group<'t> {
    /// `BUNDLE`: one transport for all. `LS`: played in step. `FID`, `FEC-FR`, `DUP`, …
    pub semantics: Word<'t>,
    /// The `mid` of each, in order.
    pub mids: Vec<Word<'t>>,
}

impl<'t> Group<'t> {
    pub(super) fn read(value: Word<'t>) -> Result<Self, Problem> {
        let mut words = value.words();
        Ok(Self {
            semantics: words.expect("the meaning of the group, such as `BUNDLE`")?,
            mids: words.collect(),
        })
    }

    /// Whether its m-lines share one transport.
    pub fn is_bundle(&self) -> bool {
        self.semantics.value == "BUNDLE"
    }
}
