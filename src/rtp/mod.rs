//! RTP packets (RFC 3550 §5) as they stand, without a copy and without trust.
//!
//! SRTP leaves the header in clear and encrypts the rest, its padding included (RFC 3711 §3.1), so that nothing
//! here looks at padding unless it is asked to.

mod extension;
mod value;

pub use extension::{Elements, Extension, Form};
pub use value::value;

/// The fixed part of the header, in bytes.
pub const FIXED: usize = 12;

/// A packet's header, and where its payload is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Packet<'a> {
    bytes: &'a [u8],
    /// Of its wire, in bytes; more than was kept where a snap length cut it.
    length: usize,
    payload_at: usize,
    extension: Option<Extension<'a>>,
}

/// Why bytes are no RTP packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// Fewer bytes than a header has.
    #[error("{0} bytes are too few for an RTP header")]
    Short(usize),
    /// The version is not 2.
    #[error("RTP version {0}, not 2")]
    Version(u8),
    /// The list of contributing sources is longer than the packet.
    #[error("{0} contributing sources do not fit into the packet")]
    Sources(u8),
    /// The header extension is longer than the packet.
    #[error("a header extension of {0} bytes does not fit into the packet")]
    Extension(usize),
}

impl<'a> Packet<'a> {
    /// Reads the header of a packet that was `length` bytes on the wire, of which `bytes` were kept.
    ///
    /// # Errors
    /// The header contradicts the length. What a snap length cut off is no contradiction.
    pub fn read(bytes: &'a [u8], length: usize) -> Result<Self, Flaw> {
        let header = bytes.get(..FIXED).ok_or(Flaw::Short(bytes.len()))?;
        let first = header[0];
        if first >> 6 != 2 {
            return Err(Flaw::Version(first >> 6));
        }
        let sources = first & 0x0f;
        let mut payload_at = FIXED + 4 * usize::from(sources);
        if payload_at > length {
            return Err(Flaw::Sources(sources));
        }
        let mut extension = None;
        if first & 0x10 != 0 {
            // Profile, length in words.
            if payload_at + 4 > length {
                return Err(Flaw::Extension(4));
            }
            let Some(head) = bytes.get(payload_at..payload_at + 4) else {
                return Ok(Self { bytes, length, payload_at: bytes.len(), extension });
            };
            let words = usize::from(u16::from_be_bytes([head[2], head[3]]));
            let at = payload_at + 4;
            payload_at = at + 4 * words;
            if payload_at > length {
                return Err(Flaw::Extension(4 * words));
            }
            let profile = u16::from_be_bytes([head[0], head[1]]);
            extension = Some(Extension::new(profile, &bytes[at..payload_at.min(bytes.len())]));
        }
        Ok(Self { bytes, length, payload_at, extension })
    }

    /// On the wire, in bytes, from the header's first on.
    #[must_use]
    pub fn length(&self) -> usize {
        self.length
    }

    /// Says something of the media: the start of a talk spurt, the end of a frame.
    #[must_use]
    pub fn marker(&self) -> bool {
        self.bytes[1] & 0x80 != 0
    }

    /// What the payload is, as SDP or RFC 3551 says.
    #[must_use]
    pub fn payload_type(&self) -> u8 {
        self.bytes[1] & 0x7f
    }

    /// Counts packets, and wraps around.
    #[must_use]
    pub fn sequence(&self) -> u16 {
        u16::from_be_bytes([self.bytes[2], self.bytes[3]])
    }

    /// When the media was taken, in units of the codec's clock.
    #[must_use]
    pub fn timestamp(&self) -> u32 {
        self.word(4)
    }

    /// Who sent it.
    #[must_use]
    pub fn ssrc(&self) -> u32 {
        self.word(8)
    }

    /// Whether padding follows the payload; how much can only be told where it is not encrypted.
    #[must_use]
    pub fn has_padding(&self) -> bool {
        self.bytes[0] & 0x20 != 0
    }

    /// The contributing sources, as far as they were kept.
    pub fn csrc(&self) -> impl Iterator<Item = u32> + 'a {
        let sources = usize::from(self.bytes[0] & 0x0f);
        let bytes = self.bytes.get(FIXED..).unwrap_or_default();
        bytes
            .chunks_exact(4)
            .take(sources)
            .map(|word| u32::from_be_bytes([word[0], word[1], word[2], word[3]]))
    }

    /// The header extension.
    #[must_use]
    pub fn extension(&self) -> Option<Extension<'a>> {
        self.extension
    }

    /// What was kept of everything behind the header, padding and authentication tags included.
    #[must_use]
    pub fn payload(&self) -> &'a [u8] {
        self.bytes.get(self.payload_at..).unwrap_or_default()
    }

    /// How long that was on the wire, in bytes.
    #[must_use]
    pub fn payload_length(&self) -> usize {
        self.length.saturating_sub(self.payload_at)
    }

    /// How long the padding is by its own last byte (RFC 3550 §5.1), in bytes. `None` where there is none, it was cut off,
    /// or it says what cannot be. Of an encrypted packet this is noise.
    #[must_use]
    pub fn padding_length(&self) -> Option<usize> {
        if !self.has_padding() || self.bytes.len() < self.length {
            return None;
        }
        let length = usize::from(*self.payload().last()?);
        (1..=self.payload_length()).contains(&length).then_some(length)
    }

    fn word(&self, at: usize) -> u32 {
        u32::from_be_bytes([self.bytes[at], self.bytes[at + 1], self.bytes[at + 2], self.bytes[at + 3]])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(first: u8, rest: &[u8]) -> Vec<u8> {
        let fixed = [first, 0x80 | 111, 0x12, 0x34, 0, 0, 0x03, 0xc0, 0xde, 0xad, 0xbe, 0xef];
        [&fixed[..], rest].concat()
    }

    #[test]
    fn reads_every_field() {
        let bytes = packet(0xb1, &[0, 0, 0, 7, 0xbe, 0xde, 0, 1, 0x10, 0xaa, 0, 0, 1, 2, 3, 4, 2]);
        let packet = Packet::read(&bytes, bytes.len()).unwrap();
        assert!(packet.marker() && packet.has_padding());
        assert_eq!((packet.payload_type(), packet.sequence(), packet.timestamp()), (111, 0x1234, 960));
        assert_eq!((packet.ssrc(), packet.csrc().collect::<Vec<_>>()), (0xdead_beef, vec![7]));
        assert_eq!((packet.payload(), packet.padding_length()), (&[1, 2, 3, 4, 2][..], Some(2)));
        let elements: Vec<_> = packet.extension().unwrap().elements().collect();
        assert_eq!(elements, [(1, &[0xaa][..])]);
    }

    #[test]
    fn what_does_not_fit_is_refused_and_what_was_cut_is_not() {
        let whole = packet(0x91, &[0, 0, 0, 7, 0xbe, 0xde, 0, 2, 0x10, 0xaa, 0, 0, 0, 0, 0, 0, 9]);
        assert_eq!(Packet::read(&whole[..11], 11), Err(Flaw::Short(11)));
        assert_eq!(Packet::read(&whole[..14], 14), Err(Flaw::Sources(1)));
        assert_eq!(Packet::read(&whole[..18], 18), Err(Flaw::Extension(4)));
        assert_eq!(Packet::read(&whole[..26], 26), Err(Flaw::Extension(8)));
        for kept in FIXED..whole.len() {
            let packet = Packet::read(&whole[..kept], whole.len()).unwrap();
            assert!(packet.payload().is_empty() && packet.csrc().count() <= 1, "{kept}");
        }
        assert_eq!(Packet::read(&[0x40; 12], 12), Err(Flaw::Version(1)));
    }

    #[test]
    fn padding_that_cannot_be_is_unknown() {
        for (last, expected) in [(0, None), (1, Some(1)), (4, Some(4)), (5, None)] {
            let bytes = packet(0xa0, &[1, 2, 3, last]);
            assert_eq!(Packet::read(&bytes, bytes.len()).unwrap().padding_length(), expected);
        }
    }

    proptest::proptest! {
        /// The package takes packets that are whole, and panics on some others: it is asked about whole ones alone.
        #[test]
        fn whole_packets_are_read_as_the_rtp_package_reads_them(
            head in proptest::prelude::any::<[u8; 11]>(),
            csrc in proptest::collection::vec(proptest::prelude::any::<u32>(), 0..4),
            elements in proptest::collection::vec((1_u8..15, proptest::collection::vec(0_u8.., 1..17)), 0..5),
            payload in proptest::collection::vec(0_u8.., 1..40),
        ) {
            use webrtc_util::marshal::Unmarshal as _;
            let extension: Vec<u8> = elements
                .iter()
                .flat_map(|(id, value)| [&[id << 4 | (value.len() - 1) as u8][..], value].concat())
                .collect();
            let extended = u8::from(!elements.is_empty()) << 4;
            let mut bytes = vec![0x80 | extended | csrc.len() as u8];
            bytes.extend(head);
            csrc.iter().for_each(|source| bytes.extend(source.to_be_bytes()));
            if extended != 0 {
                let words = extension.len().div_ceil(4);
                bytes.extend([0xbe, 0xde, 0, words as u8]);
                bytes.extend(&extension);
                bytes.resize(bytes.len() + words * 4 - extension.len(), 0);
            }
            bytes.extend(&payload);
            let ours = Packet::read(&bytes, bytes.len()).unwrap();
            let theirs = ::rtp::packet::Packet::unmarshal(&mut &bytes[..]).unwrap();
            let header = &theirs.header;
            assert_eq!((ours.marker(), ours.payload_type()), (header.marker, header.payload_type));
            assert_eq!((ours.sequence(), ours.timestamp()), (header.sequence_number, header.timestamp));
            assert_eq!((ours.ssrc(), ours.csrc().collect::<Vec<_>>()), (header.ssrc, header.csrc.clone()));
            assert_eq!(ours.payload(), &theirs.payload[..]);
            let of = ours.extension().into_iter().flat_map(|extension| extension.elements());
            let read: Vec<(u8, Vec<u8>)> = of.map(|(id, value)| (id, value.to_vec())).collect();
            let known = header.extensions.iter().map(|one| (one.id, one.payload.to_vec())).collect::<Vec<_>>();
            assert_eq!(read, known);
        }
    }
}
