//! What a payload is, by its first bytes (RFC 7983, RFC 9443, RFC 5761 §4).

/// The magic cookie of STUN (RFC 8489 §5).
const COOKIE: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];

/// What a payload seems to be; whether it is so, its reader has to find out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// STUN, with its magic cookie.
    Stun,
    /// ChannelData of TURN whose length fits, with its channel number.
    Channel(u16),
    /// Records of DTLS.
    Dtls,
    /// ZRTP (RFC 6189).
    Zrtp,
    /// RTP, or SRTP.
    Rtp,
    /// RTCP, or SRTCP.
    Rtcp,
    /// SCTP in clear, as exported PDUs may have it; [`class`] does not look for it.
    Sctp,
    /// QUIC, or something else.
    Other,
}

/// What the payload of a datagram seems to be. `length` is that on the wire.
#[must_use]
pub fn class(payload: &[u8], length: usize) -> Class {
    let [first, second, rest @ ..] = payload else { return Class::Other };
    match first {
        0..=3 if rest.get(2..6) == Some(&COOKIE) => Class::Stun,
        16..=19 if payload.get(4..8) == Some(b"ZRTP") => Class::Zrtp,
        20..=63 => Class::Dtls,
        // RFC 5766 had channels up to 0x7fff, and coturn still takes them.
        64..=127 => match rest {
            [high, low, ..] => {
                let data = usize::from(u16::from_be_bytes([*high, *low]));
                let padded = (4 + data).next_multiple_of(4);
                match (4 + data..=padded).contains(&length) {
                    true => Class::Channel(u16::from_be_bytes([*first, *second])),
                    false => Class::Other,
                }
            }
            _ => Class::Other,
        },
        128..=191 if length >= 8 && (192..=223).contains(second) => Class::Rtcp,
        128..=191 if length >= 12 => Class::Rtp,
        _ => Class::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(bytes: &[u8]) -> Class {
        class(bytes, bytes.len())
    }

    #[test]
    fn every_range_is_told_from_its_neighbours() {
        let stun = [&[0, 1, 0, 0], &COOKIE[..], &[0; 12]].concat();
        assert_eq!(of(&stun), Class::Stun);
        assert_eq!(of(&[0; 20]), Class::Other);
        assert_eq!(of(&[22, 0xfe, 0xfd, 0]), Class::Dtls);
        assert_eq!(of(&[0x40, 1, 0, 2, 7, 7]), Class::Channel(0x4001));
        assert_eq!(of(&[0x40, 1, 0, 2, 7, 7, 0, 0]), Class::Channel(0x4001));
        assert_eq!(of(&[0x40, 1, 0, 2, 7, 7, 0, 0, 0]), Class::Other);
        assert_eq!(of(&[0x55, 0x28, 0, 1, 7]), Class::Channel(0x5528));
        assert_eq!(of(&[0x80; 12]), Class::Rtp);
        assert_eq!(of(&[0x80, 200, 0, 1, 0, 0, 0, 0]), Class::Rtcp);
        assert_eq!(of(&[0x80, 191, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]), Class::Rtp);
        assert_eq!(of(&[0xc0; 1200]), Class::Other);
        assert_eq!(of(&[0x80]), Class::Other);
    }
}
