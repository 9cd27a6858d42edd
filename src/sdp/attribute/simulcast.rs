//! `simulcast`: which streams of one source are sent at once (RFC 8853 §5.1), and how drafts wrote that.

use super::rid::RidDirection;
use crate::sdp::Problem;
use crate::sdp::text::{Span, Word};

/// `a=simulcast`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Simulcast<'t> {
    /// What is sent from here.
    pub send: Option<Streams<'t>>,
    /// What is taken here.
    pub recv: Option<Streams<'t>>,
    /// Whether it is written as in a draft (`send rid=h;m;l`), which RFC 8853 no longer has.
    pub is_draft: bool,
}

/// Streams in one direction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Streams<'t> {
    /// All of the list.
    pub span: Span,
    /// One list of alternatives for each stream.
    pub streams: Vec<Vec<Alternative<'t>>>,
}

/// One way of encoding a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alternative<'t> {
    /// The `rid`; in the oldest drafts a payload type.
    pub rid: Word<'t>,
    /// Whether it begins paused (`~`).
    pub paused: bool,
}

impl<'t> Simulcast<'t> {
    pub(super) fn read(value: Word<'t>) -> Result<Self, Problem> {
        let mut simulcast = Simulcast::default();
        let mut words = value.words();
        let mut direction = Some(RidDirection::read(words.expect("send or recv")?)?);
        while let Some(current) = direction {
            let list = words.expect("names of streams")?;
            let (list, is_draft) = match list.split_once('=') {
                Some((name, list)) if matches!(name.value, "rid" | "pt") => (list, true),
                _ => (list, false),
            };
            simulcast.is_draft |= is_draft;
            let streams = Some(Streams::read(list)?);
            match current.value {
                RidDirection::Send => simulcast.send = streams,
                RidDirection::Recv => simulcast.recv = streams,
            }
            direction = words.next().map(RidDirection::read).transpose()?;
        }
        Ok(simulcast)
    }

    /// The streams of this direction.
    pub fn streams(&self, direction: RidDirection) -> Option<&Streams<'t>> {
        match direction {
            RidDirection::Send => self.send.as_ref(),
            RidDirection::Recv => self.recv.as_ref(),
        }
    }
}

impl<'t> Streams<'t> {
    fn read(list: Word<'t>) -> Result<Self, Problem> {
        let mut streams = Vec::new();
        for stream in list.split(';') {
            let mut alternatives = Vec::new();
            for word in stream.split(',') {
                let paused = word.starts_with('~');
                let rid = word.part(usize::from(paused), word.len()).filled("the name of a stream")?;
                alternatives.push(Alternative { rid, paused });
            }
            streams.push(alternatives);
        }
        Ok(Self { span: list.span, streams })
    }

    /// Every name in it.
    pub fn rids(&self) -> impl Iterator<Item = Alternative<'t>> {
        self.streams.iter().flatten().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sdp::text::Spanned;

    fn read(value: &str) -> Result<Simulcast<'_>, Problem> {
        Simulcast::read(Spanned { value, span: Span::new(0, value.len()) })
    }

    #[test]
    fn streams_have_alternatives_and_may_be_paused() {
        let simulcast = read("send 1,2;~3 recv x").unwrap();
        let send = simulcast.streams(RidDirection::Send).unwrap();
        let rids: Vec<_> = send.rids().map(|stream| (stream.rid.value, stream.paused)).collect();
        assert_eq!(rids, [("1", false), ("2", false), ("3", true)]);
        assert_eq!(send.streams.len(), 2);
        assert!(simulcast.recv.is_some() && !simulcast.is_draft);
    }

    #[test]
    fn the_form_of_drafts_is_read_too() {
        let simulcast = read(" send rid=h;m;l").unwrap();
        assert!(simulcast.is_draft);
        assert_eq!(simulcast.send.unwrap().rids().map(|stream| stream.rid.value).collect::<String>(), "hml");
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        assert_eq!(read("both x").unwrap_err().found, "both");
        assert_eq!(read("send a;;b").unwrap_err().span, Span::new(7, 7));
        assert_eq!(read("send").unwrap_err().expected, "names of streams");
    }
}
