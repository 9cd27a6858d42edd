//! `ssrc`, `ssrc-group`, `msid`: which streams are sent, and what they belong to (RFC 5576 §4, RFC 8830 §2).

use crate::sdp::Problem;
use crate::sdp::text::{Spanned, Word};

/// `a=ssrc`: one fact of one source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ssrc<'t> {
    /// The source.
    pub id: Spanned<u32>,
    /// `cname`, `msid`, `label`, …
    pub attribute: Word<'t>,
    /// Its value.
    pub value: Option<Word<'t>>,
}

/// `a=ssrc-group`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SsrcGroup<'t> {
    /// `FID` for a stream and its retransmissions, `FEC-FR`, `SIM`.
    pub semantics: Word<'t>,
    /// The sources, in order.
    pub ssrcs: Vec<Spanned<u32>>,
}

/// `a=msid`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Msid<'t> {
    /// The stream; `-` for none.
    pub stream: Word<'t>,
    /// The track.
    pub track: Option<Word<'t>>,
}

const ID: &str = "an SSRC (0 to 4294967295)";

impl<'t> Ssrc<'t> {
    pub(super) fn read(value: Word<'t>) -> Result<Self, Problem> {
        let mut words = value.words();
        let id = words.expect(ID)?.number(ID)?;
        let attribute = words.rest().filled("an attribute of the SSRC, such as `cname:…`")?;
        Ok(match attribute.split_once(':') {
            Some((attribute, value)) => Self { id, attribute, value: Some(value) },
            None => Self { id, attribute, value: None },
        })
    }
}

impl<'t> SsrcGroup<'t> {
    pub(super) fn read(value: Word<'t>) -> Result<Self, Problem> {
        let mut words = value.words();
        let semantics = words.expect("the meaning of the group, such as `FID`")?;
        let ssrcs = words.map(|word| word.number(ID)).collect::<Result<_, _>>()?;
        Ok(Self { semantics, ssrcs })
    }
}

impl<'t> Msid<'t> {
    pub(super) fn read(value: Word<'t>) -> Result<Self, Problem> {
        let mut words = value.words();
        let stream = words.expect("a stream, or `-`")?;
        let track = words.next();
        words.end()?;
        Ok(Self { stream, track })
    }
}
