//! `sctpmap`: data channels as drafts of RFC 8841 wrote them.

use crate::sdp::Problem;
use crate::sdp::text::{Spanned, Word};

/// `a=sctpmap`, which `sctp-port` replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sctpmap<'t> {
    /// The SCTP port, which the m-line names as its format.
    pub port: Spanned<u16>,
    /// `webrtc-datachannel`.
    pub application: Word<'t>,
    /// How many streams.
    pub streams: Option<Spanned<u32>>,
}

impl<'t> Sctpmap<'t> {
    pub(super) fn read(value: Word<'t>) -> Result<Self, Problem> {
        let mut words = value.words();
        let port = words.expect("an SCTP port")?.number("an SCTP port (0 to 65535)")?;
        let application = words.expect("`webrtc-datachannel`")?;
        let streams = words.next().map(|word| word.number("a number of streams")).transpose()?;
        Ok(Self { port, application, streams })
    }
}
