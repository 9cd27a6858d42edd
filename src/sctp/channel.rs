//! How a data channel is opened (RFC 8832 §5.1).

const OPEN: u8 = 0x03;

/// DATA_CHANNEL_OPEN.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Open {
    /// Its name.
    pub label: String,
    /// The subprotocol, if there is one.
    pub protocol: String,
    /// Whether messages arrive in their order.
    pub ordered: bool,
    /// `None` where everything is sent until it arrives.
    pub reliability: Option<Reliability>,
}

/// How long something is sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reliability {
    /// So many times.
    Retransmissions(u32),
    /// For so many milliseconds.
    Lifetime(u32),
}

impl Open {
    /// Reads a message of DCEP; `None` where it is another, or broken.
    #[must_use]
    pub fn read(message: &[u8]) -> Option<Self> {
        let (&[OPEN, kind, _, _, r0, r1, r2, r3, l0, l1, p0, p1], names) = message.split_first_chunk()?
        else {
            return None;
        };
        let (label, names) = names.split_at_checked(usize::from(u16::from_be_bytes([l0, l1])))?;
        let protocol = names.get(..usize::from(u16::from_be_bytes([p0, p1])))?;
        let parameter = u32::from_be_bytes([r0, r1, r2, r3]);
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Some(Self {
            label: text(label),
            protocol: text(protocol),
            ordered: kind & 0x80 == 0,
            reliability: match kind & 0x7f {
                1 => Some(Reliability::Retransmissions(parameter)),
                2 => Some(Reliability::Lifetime(parameter)),
                _ => None,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_reliability_are_read() {
        let message = [&[3, 0x81, 0, 0, 0, 0, 0, 5, 0, 4, 0, 2][..], b"chatp1"].concat();
        let open = Open::read(&message).unwrap();
        assert_eq!((open.label.as_str(), open.protocol.as_str(), open.ordered), ("chat", "p1", false));
        assert_eq!(open.reliability, Some(Reliability::Retransmissions(5)));
        assert!((0..message.len()).all(|cut| Open::read(&message[..cut]).is_none()));
        assert_eq!(Open::read(&[2]), None);
    }
}
