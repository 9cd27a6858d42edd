//! `extmap`: which RTP header extension has which number (RFC 8285 §5), and what the known ones are.

use super::Direction;
use crate::sdp::Problem;
use crate::sdp::text::{Spanned, Word};

/// `a=extmap`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extmap<'t> {
    /// The number in the packets.
    pub id: Spanned<u16>,
    /// Where it is restricted.
    pub direction: Option<Spanned<Direction>>,
    /// The URI of what is carried, in clear or encrypted.
    pub uri: Word<'t>,
    /// Whether it is encrypted (RFC 6904).
    pub encrypted: bool,
    /// What follows the URI; often empty.
    pub attributes: Word<'t>,
}

/// Says that the next word is the URI, and that the extension is encrypted.
const ENCRYPT: &str = "urn:ietf:params:rtp-hdrext:encrypt";

impl<'t> Extmap<'t> {
    pub(super) fn read(value: Word<'t>) -> Result<Self, Problem> {
        const ID: &str = "an extension number (1 to 14, 16 to 255, 4096 to 4351)";
        let mut words = value.words();
        let first = words.expect(ID)?;
        let (id, direction) = match first.split_once('/') {
            Some((id, direction)) => (id, Some(direction)),
            None => (first, None),
        };
        let id = id.number(ID)?;
        let direction = direction.map(|name| match Direction::from_name(name.value) {
            Some(direction) => Ok(name.map(|_| direction)),
            None => Err(Problem::expected("sendrecv, sendonly, recvonly or inactive", name)),
        });
        let direction = direction.transpose()?;
        let mut uri = words.expect("the URI of an extension")?;
        let encrypted = uri.value == ENCRYPT;
        if encrypted {
            uri = words.expect("the URI of the extension that is encrypted")?;
        }
        Ok(Self { id, direction, uri, encrypted, attributes: words.rest() })
    }

    /// What is carried, whatever its number: the URI, and whether it is encrypted.
    pub fn what(&self) -> (&'t str, bool) {
        (self.uri.value, self.encrypted)
    }

    /// What it is called; `None` for a URI that is not known here.
    pub fn name(&self) -> Option<&'static str> {
        NAMES.iter().find(|(uri, _)| *uri == self.uri.value).map(|(_, name)| *name)
    }
}

/// The extensions that browsers and servers offer.
static NAMES: &[(&str, &str)] = &[
    ("urn:ietf:params:rtp-hdrext:ssrc-audio-level", "audio level"),
    ("urn:ietf:params:rtp-hdrext:csrc-audio-level", "audio level of each mixed source"),
    ("urn:ietf:params:rtp-hdrext:toffset", "transmission time offset"),
    ("urn:ietf:params:rtp-hdrext:sdes:mid", "mid"),
    ("urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id", "rid"),
    ("urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id", "repaired rid"),
    ("urn:ietf:params:rtp-hdrext:sdes:cname", "cname"),
    ("urn:ietf:params:rtp-hdrext:framemarking", "frame marking"),
    ("http://tools.ietf.org/html/draft-ietf-avtext-framemarking-07", "frame marking"),
    ("urn:3gpp:video-orientation", "video orientation"),
    ("http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time", "absolute send time"),
    ("http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time", "absolute capture time"),
    (
        "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
        "transport-wide sequence number",
    ),
    (
        "http://www.webrtc.org/experiments/rtp-hdrext/transport-wide-cc-02",
        "transport-wide sequence number, version 2",
    ),
    ("http://www.webrtc.org/experiments/rtp-hdrext/playout-delay", "playout delay"),
    ("http://www.webrtc.org/experiments/rtp-hdrext/video-content-type", "video content type"),
    ("http://www.webrtc.org/experiments/rtp-hdrext/video-timing", "video timing"),
    ("http://www.webrtc.org/experiments/rtp-hdrext/color-space", "colour space"),
    ("http://www.webrtc.org/experiments/rtp-hdrext/video-layers-allocation00", "video layers allocation"),
    ("http://www.webrtc.org/experiments/rtp-hdrext/video-frame-tracking-id", "video frame tracking"),
    ("http://www.webrtc.org/experiments/rtp-hdrext/corruption-detection", "corruption detection"),
    ("http://www.webrtc.org/experiments/rtp-hdrext/inband-cn", "comfort noise in band"),
    ("http://www.webrtc.org/experiments/rtp-hdrext/generic-frame-descriptor-00", "generic frame descriptor"),
    (
        "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension",
        "dependency descriptor",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sdp::text::Span;

    fn read(value: &str) -> Result<Extmap<'_>, Problem> {
        Extmap::read(Spanned { value, span: Span::new(0, value.len()) })
    }

    #[test]
    fn an_extension_may_be_restricted_and_encrypted() {
        let plain = read("3/recvonly urn:ietf:params:rtp-hdrext:sdes:mid").unwrap();
        assert_eq!((plain.id.value, plain.name()), (3, Some("mid")));
        assert_eq!(plain.direction.map(|direction| direction.value), Some(Direction::Recvonly));
        let hidden = read("4 urn:ietf:params:rtp-hdrext:encrypt urn:example:x 25@600/24").unwrap();
        assert!(hidden.encrypted && hidden.name().is_none());
        assert_eq!((hidden.uri.value, hidden.attributes.value), ("urn:example:x", "25@600/24"));
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        assert_eq!(read("x urn:y").unwrap_err().found, "x");
        assert_eq!(read("1/up urn:y").unwrap_err().found, "up");
        assert_eq!(read("1").unwrap_err().expected, "the URI of an extension");
    }
}
