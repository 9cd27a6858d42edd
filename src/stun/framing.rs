//! Where one message ends and the next begins: STUN and TURN ChannelData on datagrams and streams
//! (RFC 8489 §6.2.2, RFC 8656 §12.4–12.5).

/// The lowest channel number (RFC 8656 §12).
pub const FIRST_CHANNEL: u16 = 0x4000;

/// Whole messages that a stream may hold at once: a 64 KiB message and its header.
const MOST_BUFFERED: usize = 4 + 20 + 0xffff;

/// One unit of what a server sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    /// The bytes of what starts like a STUN message.
    Stun(Vec<u8>),
    /// ChannelData.
    Channel {
        /// The channel number.
        number: u16,
        /// The application data.
        data: Vec<u8>,
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

/// Reads one datagram. `channels` says whether a channel was asked for: before that, bytes that look
/// like ChannelData are something else (HTTP starts with a byte from the channels' range).
///
/// # Errors
/// [`NotTurn`] where the datagram is something else.
pub fn datagram(bytes: &[u8], channels: bool) -> Result<Frame, NotTurn> {
    match bytes.first() {
        Some(first) if first >> 6 == 0 => Ok(Frame::Stun(bytes.to_vec())),
        Some(first) if first >> 6 == 1 && channels && bytes.len() >= 4 => {
            let length = usize::from(u16::from_be_bytes([bytes[2], bytes[3]]));
            match bytes.get(4..4 + length) {
                Some(data) => Ok(Frame::Channel { number: channel(bytes), data: data.to_vec() }),
                None => Err(NotTurn::new(bytes)),
            }
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
        // RFC 8656 §12.5: over TCP and TLS the message is padded to a multiple of four bytes.
        bytes.resize(4 + data.len().next_multiple_of(4), 0);
    }
    Some(bytes)
}

/// Cuts a byte stream into frames.
#[derive(Debug, Default)]
pub struct StreamDecoder {
    buffer: Vec<u8>,
    consumed: usize,
}

impl StreamDecoder {
    /// Adds what was read. The buffer holds one largest message and one read at most, since
    /// [`next`](Self::next) is drained after each.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.consumed > 0 {
            self.buffer.drain(..self.consumed);
            self.consumed = 0;
        }
        self.buffer.extend_from_slice(bytes);
    }

    /// The next whole frame, `None` where more bytes are needed.
    ///
    /// # Errors
    /// [`NotTurn`] where the stream holds something else.
    pub fn next(&mut self, channels: bool) -> Result<Option<Frame>, NotTurn> {
        let bytes = &self.buffer[self.consumed..];
        let Some(first) = bytes.first() else { return Ok(None) };
        match first >> 6 {
            0 => {
                // A wrong cookie is seen before a length that is none is waited for.
                let cookie = [0x21, 0x12, 0xa4, 0x42];
                let seen = bytes.len().clamp(4, 8);
                if bytes.len() > 4 && bytes[4..seen] != cookie[..seen - 4] {
                    return Err(NotTurn::new(bytes));
                }
                if bytes.len() < 20 {
                    return Ok(None);
                }
                let whole = 20 + usize::from(u16::from_be_bytes([bytes[2], bytes[3]]));
                Ok(self.take(whole).map(Frame::Stun))
            }
            1 if channels => {
                if bytes.len() < 4 {
                    return Ok(None);
                }
                let number = channel(bytes);
                let length = usize::from(u16::from_be_bytes([bytes[2], bytes[3]]));
                Ok(self.take((4 + length).next_multiple_of(4)).map(|mut bytes| {
                    bytes.truncate(4 + length);
                    bytes.drain(..4);
                    Frame::Channel { number, data: bytes }
                }))
            }
            _ => Err(NotTurn::new(bytes)),
        }
    }

    fn take(&mut self, whole: usize) -> Option<Vec<u8>> {
        debug_assert!(whole <= MOST_BUFFERED);
        let frame = self.buffer.get(self.consumed..self.consumed + whole)?.to_vec();
        self.consumed += whole;
        Some(frame)
    }
}

fn channel(bytes: &[u8]) -> u16 {
    u16::from_be_bytes([bytes[0], bytes[1]])
}

#[cfg(test)]
mod tests {
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
        let mut frames = Vec::new();
        for byte in bytes {
            decoder.push(&[byte]);
            frames.extend(decoder.next(true).unwrap());
        }
        assert_eq!(
            frames,
            [
                Frame::Stun(stun(8)),
                Frame::Channel { number: 0x4001, data: b"hello".to_vec() },
                Frame::Stun(stun(0)),
            ]
        );
    }

    #[test]
    fn http_is_seen_at_its_first_byte_although_it_looks_like_a_channel() {
        let mut decoder = StreamDecoder::default();
        decoder.push(b"HTTP/1.1 400 Bad Request\r\n");
        assert_eq!(decoder.next(false).unwrap_err().head, b"HTTP/1.1 400 Bad Request\r\n");
        assert!(datagram(b"HTTP/1.1 400 Bad Request\r\n", false).is_err());
    }

    #[test]
    fn a_wrong_cookie_is_not_waited_out() {
        let mut decoder = StreamDecoder::default();
        decoder.push(&[0, 1, 0xff, 0xfc, 1]);
        assert!(decoder.next(false).is_err());
    }

    #[test]
    fn a_channel_datagram_may_be_padded_but_not_short() {
        let frame = datagram(&[0x40, 0, 0, 1, b'x', 0, 0, 0], true).unwrap();
        assert_eq!(frame, Frame::Channel { number: 0x4000, data: b"x".to_vec() });
        assert!(datagram(&[0x40, 0, 0, 9, b'x'], true).is_err());
    }
}
