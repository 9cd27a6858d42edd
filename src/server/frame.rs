//! Frames of a TURN byte stream (RFC 8656 §2.1, §12.5): STUN messages, and ChannelData padded to 4.

/// Bytes that are neither a STUN message nor ChannelData: the stream is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotTurn;

/// Cuts one direction of a stream into frames.
#[derive(Debug, Default)]
pub struct Frames {
    buffer: Vec<u8>,
    at: usize,
}

impl Frames {
    /// Takes bytes as they come. Call [`Self::poll`] until it is empty before pushing more: then no
    /// more than one frame and one push is ever held.
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.drain(..self.at);
        self.at = 0;
        self.buffer.extend_from_slice(bytes);
    }

    /// The next whole frame, without the padding of ChannelData.
    pub fn poll(&mut self) -> Result<Option<&[u8]>, NotTurn> {
        let rest = &self.buffer[self.at..];
        let Some(&[kind, _, l0, l1]) = rest.first_chunk::<4>() else { return Ok(None) };
        let length = usize::from(u16::from_be_bytes([l0, l1]));
        let (frame, padded) = match kind >> 6 {
            0b00 => {
                if rest.get(4..8).is_some_and(|cookie| cookie != MAGIC_COOKIE) || !length.is_multiple_of(4) {
                    return Err(NotTurn);
                }
                (20 + length, 20 + length)
            }
            0b01 => (4 + length, 4 + length.next_multiple_of(4)),
            _ => return Err(NotTurn),
        };
        if rest.len() < padded {
            return Ok(None);
        }
        let from = self.at;
        self.at += padded;
        Ok(Some(&self.buffer[from..from + frame]))
    }
}

/// Pads ChannelData for a stream; anything else has no need of it.
pub(super) fn pad(frame: &mut Vec<u8>) {
    frame.resize(frame.len().next_multiple_of(4), 0);
}

const MAGIC_COOKIE: [u8; 4] = [0x21, 0x12, 0xA4, 0x42];

#[cfg(test)]
mod tests {
    use super::*;

    const BINDING: [u8; 20] = [0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];

    #[test]
    fn a_stream_in_single_bytes_gives_the_same_frames() {
        let mut stream = BINDING.to_vec();
        stream.extend_from_slice(&[0x40, 0, 0, 5, 1, 2, 3, 4, 5, 0, 0, 0]);
        stream.extend_from_slice(&BINDING);
        let mut frames = Frames::default();
        let mut seen = Vec::new();
        for byte in stream {
            frames.push(&[byte]);
            while let Some(frame) = frames.poll().unwrap() {
                seen.push(frame.to_vec());
            }
        }
        assert_eq!(seen, [&BINDING[..], &[0x40, 0, 0, 5, 1, 2, 3, 4, 5], &BINDING[..]]);
    }

    #[test]
    fn a_tls_hello_and_high_bytes_end_the_stream() {
        for bytes in [&b"\x16\x03\x01\x02\x00\x01\x00\x01"[..], &[0x80, 0, 0, 0], &[0, 1, 0, 3]] {
            let mut frames = Frames::default();
            frames.push(bytes);
            assert_eq!(frames.poll(), Err(NotTurn));
        }
    }
}
