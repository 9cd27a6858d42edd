//! `rid`: one stream of several of one source, and its limits (RFC 8851 §4).

use super::payload::Parameter;
use crate::sdp::Problem;
use crate::sdp::text::{Spanned, Word};

/// `a=rid`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rid<'t> {
    /// Its name.
    pub id: Word<'t>,
    /// Which way it goes.
    pub direction: Spanned<RidDirection>,
    /// The payload types that it is restricted to; empty for all.
    pub formats: Vec<Word<'t>>,
    /// `max-width=1280` and so on.
    pub restrictions: Vec<Parameter<'t>>,
}

/// Which way a stream goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RidDirection {
    /// From here.
    Send,
    /// To here.
    Recv,
}

impl RidDirection {
    pub(super) fn read(word: Word<'_>) -> Result<Spanned<Self>, Problem> {
        match word.value {
            "send" => Ok(word.map(|_| RidDirection::Send)),
            "recv" => Ok(word.map(|_| RidDirection::Recv)),
            _ => Err(Problem::expected("send or recv", word)),
        }
    }

    /// As in SDP.
    pub fn as_str(self) -> &'static str {
        match self {
            RidDirection::Send => "send",
            RidDirection::Recv => "recv",
        }
    }
}

impl<'t> Rid<'t> {
    pub(super) fn read(value: Word<'t>) -> Result<Self, Problem> {
        let mut words = value.words();
        let id = words.expect("the name of a stream")?;
        let direction = RidDirection::read(words.expect("send or recv")?)?;
        let mut rid = Self { id, direction, formats: Vec::new(), restrictions: Vec::new() };
        for piece in words.rest().split(';').map(Word::trimmed).filter(|piece| !piece.is_empty()) {
            match piece.split_once('=') {
                Some((name, formats)) if name.value == "pt" => {
                    rid.formats.extend(formats.split(',').map(Word::trimmed));
                }
                Some((name, value)) => rid.restrictions.push(Parameter { name, value: Some(value) }),
                None => rid.restrictions.push(Parameter { name: piece, value: None }),
            }
        }
        Ok(rid)
    }
}
