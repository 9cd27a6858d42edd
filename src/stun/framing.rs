//! Where one message ends and the next begins: STUN and TURN ChannelData on datagrams and streams
//! (RFC 8489 §6.2.2, RFC 8656 §12.4–12.5).
//!
//! A stream is cut into what UDP would have carried as datagrams; what one of them is, is read in one way.

use super::header::{HEADER, MAGIC_COOKIE};

/// The lowest channel number (RFC 8656 §12).
pub const FIRST_CHANNEL: u16 = 0x4000;

/// One unit of what a client or a server sends, in the bytes that it came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Frame<'a> {
    /// The bytes of what starts like a STUN message.
    Stun(&'a [u8]),
    /// ChannelData.
    Channel {
        /// The channel number.
        number: u16,
        /// The application data.
        data: &'a [u8],
    },
}

/// The bytes are neither STUN nor ChannelData; on a stream no later byte can be trusted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} bytes that are neither STUN nor ChannelData", self.head.len())]
pub struct NotTurn {
    /// The first bytes, 64 at most.
    pub head: Vec<u8>,
}

impl NotTurn {
    fn new(bytes: &[u8]) -> Self {
        Self { head: bytes[..bytes.len().min(64)].to_vec() }
    }
}

/// Reads one datagram, or one piece of a stream that [`StreamDecoder`] cut. `channels` says whether a
/// channel was asked for: before that, bytes that look like ChannelData are something else (HTTP starts
/// with a byte from the channels' range). What follows ChannelData's length is padding (RFC 8656 §12.5).
///
/// # Errors
/// [`NotTurn`] where the datagram is something else.
pub fn datagram(bytes: &[u8], channels: bool) -> Result<Frame<'_>, NotTurn> {
    match (bytes, channels) {
        ([0x00..=0x3f, ..], _) => Ok(Frame::Stun(bytes)),
        ([n0 @ 0x40..=0x7f, n1, l0, l1, rest @ ..], true) => {
            let length = usize::from(u16::from_be_bytes([*l0, *l1]));
            let data = rest.get(..length).ok_or_else(|| NotTurn::new(bytes))?;
            Ok(Frame::Channel { number: u16::from_be_bytes([*n0, *n1]), data })
        }
        _ => Err(NotTurn::new(bytes)),
    }
}

/// Wraps application data as ChannelData. `None` if it is longer than the length field can say.
pub fn channel_data(number: u16, data: &[u8], stream: bool) -> Option<Vec<u8>> {
    let length = u16::try_from(data.len()).ok()?;
    let mut bytes = Vec::with_capacity(4 + data.len().next_multiple_of(4));
    bytes.extend(number.to_be_bytes());
    bytes.extend(length.to_be_bytes());
    bytes.extend(data);
    if stream {
        pad(&mut bytes);
    }
    Some(bytes)
}

/// Makes a datagram fit for a stream: over TCP and TLS ChannelData is padded to a multiple of four bytes
/// (RFC 8656 §12.5), which STUN messages are anyway.
pub fn pad(datagram: &mut Vec<u8>) {
    datagram.resize(datagram.len().next_multiple_of(4), 0);
}

/// Cuts a byte stream into datagrams.
#[derive(Debug, Default)]
pub struct StreamDecoder {
    buffer: Vec<u8>,
    consumed: usize,
}

impl StreamDecoder {
    /// Adds what was read. Call [`poll`](Self::poll) until it gives nothing more before the next push:
    /// then no more than one unfinished message (64 KiB) and one push is ever held.
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.drain(..self.consumed);
        self.consumed = 0;
        self.buffer.extend_from_slice(bytes);
    }

    /// The next whole piece, without its padding, for [`datagram`] to read; `None` where more bytes are
    /// needed.
    ///
    /// # Errors
    /// [`NotTurn`] where the stream holds something else; ask no further.
    pub fn poll(&mut self, channels: bool) -> Result<Option<&[u8]>, NotTurn> {
        let rest = &self.buffer[self.consumed..];
        let head = match rest {
            [] => return Ok(None),
            [0x00..=0x3f, ..] => HEADER,
            [0x40..=0x7f, ..] if channels => 4,
            _ => return Err(NotTurn::new(rest)),
        };
        // A wrong cookie is seen before a length that is none is waited for.
        if head == HEADER && !rest.iter().skip(4).zip(&MAGIC_COOKIE).all(|(byte, cookie)| byte == cookie) {
            return Err(NotTurn::new(rest));
        }
        let Some(&[_, _, l0, l1]) = rest.first_chunk() else { return Ok(None) };
        let length = head + usize::from(u16::from_be_bytes([l0, l1]));
        // An odd length in a STUN header is no padding but a fault, which the message's reader names.
        let whole = if head == HEADER { length } else { length.next_multiple_of(4) };
        if rest.len() < whole {
            return Ok(None);
        }
        let start = self.consumed;
        self.consumed += whole;
        Ok(Some(&self.buffer[start..start + length]))
    }

    /// What has come and is not a whole piece, or none at all.
    pub fn rest(&self) -> &[u8] {
        &self.buffer[self.consumed..]
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::option;
    use proptest::prelude::*;
    use proptest::sample::Index;

    use super::*;

    fn stun(length: u16) -> Vec<u8> {
        let mut bytes = vec![0x01, 0x01];
        bytes.extend(length.to_be_bytes());
        bytes.extend([0x21, 0x12, 0xa4, 0x42]);
        bytes.resize(20 + usize::from(length), 9);
        bytes
    }

    #[test]
    fn a_stream_fed_byte_by_byte_gives_the_frames_that_went_in() {
        let mut bytes = stun(8);
        bytes.extend(channel_data(0x4001, b"hello", true).unwrap());
        bytes.extend(stun(0));
        let mut decoder = StreamDecoder::default();
        let mut pieces = Vec::new();
        for byte in bytes {
            decoder.push(&[byte]);
            pieces.extend(decoder.poll(true).unwrap().map(<[u8]>::to_vec));
        }
        assert_eq!(pieces, [stun(8), b"\x40\x01\x00\x05hello".to_vec(), stun(0)]);
        let frame = Frame::Channel { number: 0x4001, data: b"hello" };
        assert_eq!(datagram(&pieces[1], true), Ok(frame));
    }

    #[test]
    fn http_is_seen_at_its_first_byte_although_it_looks_like_a_channel() {
        let mut decoder = StreamDecoder::default();
        decoder.push(b"HTTP/1.1 400 Bad Request\r\n");
        assert_eq!(decoder.poll(false).unwrap_err().head, b"HTTP/1.1 400 Bad Request\r\n");
        assert!(datagram(b"HTTP/1.1 400 Bad Request\r\n", false).is_err());
    }

    #[test]
    fn a_wrong_cookie_is_not_waited_out() {
        let mut decoder = StreamDecoder::default();
        decoder.push(&[0, 1, 0xff, 0xfc, 1]);
        assert!(decoder.poll(false).is_err());
    }

    #[test]
    fn a_channel_datagram_may_be_padded_but_not_short() {
        let frame = datagram(&[0x40, 0, 0, 1, b'x', 0, 0, 0], true).unwrap();
        assert_eq!(frame, Frame::Channel { number: 0x4000, data: b"x" });
        assert!(datagram(&[0x40, 0, 0, 9, b'x'], true).is_err());
        assert!(datagram(&[0x40, 0, 0], true).is_err());
        assert!(datagram(&[], true).is_err());
    }

    #[test]
    fn a_tls_hello_and_high_bytes_are_no_turn() {
        for bytes in [&b"\x16\x03\x01\x02\x00\x01\x00\x01"[..], &[0x80, 0, 0, 0], &[0xff]] {
            let mut decoder = StreamDecoder::default();
            decoder.push(bytes);
            assert_eq!(decoder.poll(true).unwrap_err().head, bytes);
        }
    }

    #[test]
    fn no_more_than_one_message_and_one_push_is_held() {
        let (mut decoder, mut most) = (StreamDecoder::default(), 0);
        let bytes = [channel_data(0x4000, &[7; 0xffff], true).unwrap(), stun(0xfffc)].concat();
        for _ in 0..4 {
            for piece in bytes.chunks(1000) {
                decoder.push(piece);
                while decoder.poll(true).unwrap().is_some() {}
                most = most.max(decoder.buffer.len());
            }
        }
        assert!((0xffff..HEADER + 0xffff + 1000).contains(&most), "{most}");
    }

    proptest! {
        #[test]
        fn a_stream_gives_the_same_however_it_is_cut(
            frames in vec((any::<bool>(), 0u16..40), 0..12),
            damage in option::of((any::<Index>(), any::<u8>())),
            channels in any::<bool>(),
            step in 1usize..50,
        ) {
            let frame = |&(is_stun, length): &(bool, u16)| match is_stun {
                true => stun(length * 4),
                false => channel_data(0x4000 + length, &[9; 40][..length.into()], true).unwrap(),
            };
            let mut bytes: Vec<u8> = frames.iter().flat_map(frame).collect();
            if let (Some((at, to)), false) = (damage, bytes.is_empty()) {
                *at.get_mut(&mut bytes) = to;
            }
            let cut = |step: usize| {
                let (mut decoder, mut pieces) = (StreamDecoder::default(), Vec::new());
                for piece in bytes.chunks(step) {
                    decoder.push(piece);
                    loop {
                        match decoder.poll(channels) {
                            Ok(Some(piece)) => {
                                assert!(datagram(piece, channels).is_ok());
                                pieces.push(piece.to_vec());
                            }
                            Ok(None) => break,
                            Err(_) => return (pieces, false),
                        }
                    }
                }
                (pieces, true)
            };
            let whole = cut(usize::MAX);
            prop_assert_eq!(&whole, &cut(step));
            if damage.is_none() && channels {
                prop_assert_eq!((whole.0.len(), whole.1), (frames.len(), true));
            }
        }
    }
}
