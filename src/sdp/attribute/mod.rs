//! Attributes as values: one view for each kind that is known, one file for those that belong together.
//!
//! Every part of a view knows its place, so that a message can point at it. What cannot be read is a [`Problem`].
//! [`known`] says of each name where it belongs and what it means.

mod candidate;
mod crypto;
mod direction;
mod dtls;
mod extmap;
mod group;
mod ice;
mod imageattr;
pub mod known;
mod payload;
mod rid;
mod rtcp;
mod sctp;
mod simulcast;
mod source;

pub use candidate::{Candidate, Extension};
pub use crypto::Crypto;
pub use direction::Direction;
pub use dtls::{Fingerprint, Setup};
pub use extmap::Extmap;
pub use group::Group;
pub use ice::{IceOptions, IcePwd};
pub use imageattr::Imageattr;
pub use payload::{Fmtp, Parameter, RtcpFb, Rtpmap};
pub use rid::{Rid, RidDirection};
pub use rtcp::Rtcp;
pub use sctp::Sctpmap;
pub use simulcast::{Alternative, Simulcast, Streams};
pub use source::{Msid, Ssrc, SsrcGroup};

use super::Problem;
use super::text::{Spanned, Word};

/// What an attribute says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum View<'t> {
    /// A name without a value that is known to have none: `rtcp-mux`, `ice-lite`, `bundle-only`, …
    Flag,
    /// `sendrecv`, `sendonly`, `recvonly`, `inactive`.
    Direction(Direction),
    /// `candidate`.
    Candidate(Box<Candidate<'t>>),
    /// `content`.
    Content(Vec<Word<'t>>),
    /// `crypto`.
    Crypto(Crypto<'t>),
    /// `extmap`.
    Extmap(Extmap<'t>),
    /// `fingerprint`.
    Fingerprint(Fingerprint<'t>),
    /// `fmtp`.
    Fmtp(Fmtp<'t>),
    /// `group`.
    Group(Group<'t>),
    /// `ice-options`.
    IceOptions(IceOptions<'t>),
    /// `ice-pwd`.
    IcePwd(IcePwd<'t>),
    /// `ice-ufrag`.
    IceUfrag(Word<'t>),
    /// `imageattr`.
    Imageattr(Imageattr<'t>),
    /// `label`.
    Label(Word<'t>),
    /// `max-message-size`, bytes; 0 for any size.
    MaxMessageSize(Spanned<u64>),
    /// `maxptime`, ms.
    Maxptime(Spanned<Millis>),
    /// `mid`.
    Mid(Word<'t>),
    /// `msid`.
    Msid(Msid<'t>),
    /// `ptime`, ms.
    Ptime(Spanned<Millis>),
    /// `rid`.
    Rid(Rid<'t>),
    /// `rtcp`.
    Rtcp(Rtcp<'t>),
    /// `rtcp-fb`.
    RtcpFb(RtcpFb<'t>),
    /// `rtpmap`.
    Rtpmap(Rtpmap<'t>),
    /// `sctp-port`.
    SctpPort(Spanned<u16>),
    /// `sctpmap`.
    Sctpmap(Sctpmap<'t>),
    /// `setup`.
    Setup(Spanned<Setup>),
    /// `simulcast`.
    Simulcast(Simulcast<'t>),
    /// `ssrc`.
    Ssrc(Ssrc<'t>),
    /// `ssrc-group`.
    SsrcGroup(SsrcGroup<'t>),
    /// `tls-id`.
    TlsId(Word<'t>),
    /// Anything else: the value is as it is.
    Other,
}

impl<'t> View<'t> {
    /// Reads the attribute `name`; `value` is what follows the colon, where there is one.
    pub(super) fn read(name: Word<'t>, value: Option<Word<'t>>) -> Result<Self, Problem> {
        if let Some(direction) = Direction::from_name(name.value) {
            return without_value(value).map(|()| View::Direction(direction));
        }
        let given = value.unwrap_or(Spanned { value: "", span: name.span.after() });
        Ok(match name.value {
            "bundle-only" | "end-of-candidates" | "extmap-allow-mixed" | "ice-lite" | "ice-mismatch"
            | "rtcp-mux" | "rtcp-mux-only" | "rtcp-rsize" => without_value(value).map(|()| View::Flag)?,
            "candidate" => View::Candidate(Box::new(Candidate::from_value(given)?)),
            "content" => View::Content(given.filled("a content, such as `slides`")?.split(',').collect()),
            "crypto" => View::Crypto(Crypto::read(given)?),
            "extmap" => View::Extmap(Extmap::read(given)?),
            "fingerprint" => View::Fingerprint(Fingerprint::read(given)?),
            "fmtp" => View::Fmtp(Fmtp::read(given)?),
            "group" => View::Group(Group::read(given)?),
            "ice-options" => View::IceOptions(IceOptions::read(given)?),
            "ice-pwd" => View::IcePwd(IcePwd::read(given)?),
            "ice-ufrag" => View::IceUfrag(ice::read_ufrag(given)?),
            "imageattr" => View::Imageattr(Imageattr::read(given)?),
            "label" => View::Label(given.filled("a label")?),
            "max-message-size" => View::MaxMessageSize(given.trimmed().number("a number of bytes")?),
            "maxptime" => View::Maxptime(milliseconds(given)?),
            "mid" => View::Mid(given.trimmed().filled("a name for this m-line")?),
            "msid" => View::Msid(Msid::read(given)?),
            "ptime" => View::Ptime(milliseconds(given)?),
            "rid" => View::Rid(Rid::read(given)?),
            "rtcp" => View::Rtcp(Rtcp::read(given)?),
            "rtcp-fb" => View::RtcpFb(RtcpFb::read(given)?),
            "rtpmap" => View::Rtpmap(Rtpmap::read(given)?),
            "sctp-port" => View::SctpPort(given.trimmed().number("an SCTP port (0 to 65535)")?),
            "sctpmap" => View::Sctpmap(Sctpmap::read(given)?),
            "setup" => {
                let given = given.trimmed();
                let setup = Setup::read(given)?;
                View::Setup(given.map(|_| setup))
            }
            "simulcast" => View::Simulcast(Simulcast::read(given)?),
            "ssrc" => View::Ssrc(Ssrc::read(given)?),
            "ssrc-group" => View::SsrcGroup(SsrcGroup::read(given)?),
            "tls-id" => View::TlsId(given.filled("an id of the DTLS association")?),
            _ => View::Other,
        })
    }
}

/// Milliseconds, which RFC 8866 §6.4 lets have a fraction; kept in thousandths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Millis {
    /// Thousandths of a millisecond.
    pub micros: u64,
}

impl std::fmt::Display for Millis {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ms", self.micros as f64 / 1000.0)
    }
}

fn milliseconds(value: Word<'_>) -> Result<Spanned<Millis>, Problem> {
    const EXPECTED: &str = "a number of milliseconds";
    let value = value.trimmed();
    let number: Spanned<f64> = value.number(EXPECTED)?;
    match number.value.is_finite() && number.value < 1e9 {
        true => Ok(value.map(|_| Millis { micros: (number.value * 1000.0) as u64 })),
        false => Err(Problem::expected(EXPECTED, value)),
    }
}

fn without_value(value: Option<Word<'_>>) -> Result<(), Problem> {
    match value {
        None => Ok(()),
        Some(value) => Err(Problem::expected("nothing, as this attribute has no value", value)),
    }
}
