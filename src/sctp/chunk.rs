//! The chunks of a packet, up to the first that cannot be.

use super::HEADER;

/// Type, flags, length.
const CHUNK_HEADER: usize = 4;
const DATA: u8 = 0;
const I_DATA: u8 = 64;
const BEGINNING: u8 = 0x02;
const ENDING: u8 = 0x01;
const UNORDERED: u8 = 0x04;

/// One chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chunk<'a> {
    /// Data of a channel (RFC 9260 §3.3.1, RFC 8260 §2.1).
    Data(Data<'a>),
    /// Any other: its type, its flags, and what is in it.
    Other {
        /// As RFC 9260 §3.2 numbers them.
        kind: u8,
        /// Behind the header.
        body: &'a [u8],
    },
}

/// A message, or a part of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Data<'a> {
    /// Numbers the parts of one direction.
    pub tsn: u32,
    /// The channel.
    pub stream: u16,
    /// What it is; only the first part has it where messages are interleaved.
    pub protocol: Option<u32>,
    /// Whether a message begins here.
    pub beginning: bool,
    /// Whether it ends here.
    pub ending: bool,
    /// Whether it may overtake others.
    pub unordered: bool,
    /// What there is of it.
    pub bytes: &'a [u8],
}

impl Chunk<'_> {
    /// The name that RFC 9260 and its relatives give it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        let kind = match self {
            Self::Data(_) => return "DATA",
            Self::Other { kind, .. } => *kind,
        };
        match kind {
            1 => "INIT",
            2 => "INIT ACK",
            3 => "SACK",
            4 => "HEARTBEAT",
            5 => "HEARTBEAT ACK",
            6 => "ABORT",
            7 => "SHUTDOWN",
            8 => "SHUTDOWN ACK",
            9 => "ERROR",
            10 => "COOKIE ECHO",
            11 => "COOKIE ACK",
            14 => "SHUTDOWN COMPLETE",
            128 => "ASCONF ACK",
            130 => "RE-CONFIG",
            132 => "PAD",
            192 => "FORWARD TSN",
            193 => "ASCONF",
            194 => "I-FORWARD TSN",
            DATA | I_DATA => "DATA (broken)",
            _ => "other",
        }
    }
}

/// The chunks of a packet.
pub fn chunks(packet: &[u8]) -> impl Iterator<Item = Chunk<'_>> {
    let mut rest = packet.get(HEADER..).unwrap_or_default();
    std::iter::from_fn(move || {
        let (&[kind, flags, high, low], _) = rest.split_first_chunk::<CHUNK_HEADER>()?;
        let length = usize::from(u16::from_be_bytes([high, low]));
        let body = rest.get(CHUNK_HEADER..length)?;
        rest = rest.get(length.next_multiple_of(4)..).unwrap_or_default();
        Some(read(kind, flags, body))
    })
}

fn read(kind: u8, flags: u8, body: &[u8]) -> Chunk<'_> {
    let data = match kind {
        DATA => data(flags, body),
        I_DATA => interleaved(flags, body),
        _ => None,
    };
    data.map_or(Chunk::Other { kind, body }, Chunk::Data)
}

fn data(flags: u8, body: &[u8]) -> Option<Data<'_>> {
    let (&[t0, t1, t2, t3, s0, s1, _, _, p0, p1, p2, p3], bytes) = body.split_first_chunk()?;
    Some(Data {
        tsn: u32::from_be_bytes([t0, t1, t2, t3]),
        stream: u16::from_be_bytes([s0, s1]),
        protocol: Some(u32::from_be_bytes([p0, p1, p2, p3])),
        beginning: flags & BEGINNING != 0,
        ending: flags & ENDING != 0,
        unordered: flags & UNORDERED != 0,
        bytes,
    })
}

/// RFC 8260 §2.1: the last word is the protocol in the first part, and the part's number in the others.
fn interleaved(flags: u8, body: &[u8]) -> Option<Data<'_>> {
    let (&[t0, t1, t2, t3, s0, s1, _, _, _, _, _, _, p0, p1, p2, p3], bytes) = body.split_first_chunk()?;
    let beginning = flags & BEGINNING != 0;
    Some(Data {
        tsn: u32::from_be_bytes([t0, t1, t2, t3]),
        stream: u16::from_be_bytes([s0, s1]),
        protocol: beginning.then_some(u32::from_be_bytes([p0, p1, p2, p3])),
        beginning,
        ending: flags & ENDING != 0,
        unordered: flags & UNORDERED != 0,
        bytes,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(chunks: &[&[u8]]) -> Vec<u8> {
        let mut bytes = vec![0; HEADER];
        for chunk in chunks {
            bytes.extend_from_slice(chunk);
            bytes.resize(bytes.len().next_multiple_of(4), 0);
        }
        bytes
    }

    #[test]
    fn data_and_what_stands_behind_it_are_read() {
        let data = [&[0, 3, 0, 19, 0, 0, 0, 7, 0, 2, 0, 0, 0, 0, 0, 51][..], b"abc"].concat();
        let sack = [3, 0, 0, 16, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0];
        let bytes = packet(&[&data, &sack]);
        let all: Vec<_> = chunks(&bytes).collect();
        let Chunk::Data(read) = all[0] else { panic!("{all:?}") };
        assert_eq!((read.tsn, read.stream, read.protocol, read.bytes), (7, 2, Some(51), &b"abc"[..]));
        assert!(read.beginning && read.ending && !read.unordered);
        assert_eq!(all[1].name(), "SACK");
    }

    #[test]
    fn the_number_of_a_later_part_is_no_protocol() {
        let part = |flags: u8| [64, flags, 0, 21, 0, 0, 0, 9, 0, 1, 0, 0, 0, 0, 0, 5, 0, 0, 0, 53, 7];
        let bytes = packet(&[&part(2), &part(1)]);
        let protocols: Vec<_> = chunks(&bytes)
            .map(|chunk| match chunk {
                Chunk::Data(data) => (data.protocol, data.beginning, data.ending),
                Chunk::Other { .. } => panic!("{chunk:?}"),
            })
            .collect();
        assert_eq!(protocols, [(Some(53), true, false), (None, false, true)]);
    }

    #[test]
    fn what_is_cut_or_too_long_ends_it() {
        let bytes = packet(&[&[4, 0, 0, 4], &[0, 3, 0, 200, 1, 2, 3]]);
        assert_eq!(chunks(&bytes).map(|chunk| chunk.name()).collect::<Vec<_>>(), ["HEARTBEAT"]);
        assert_eq!(chunks(&packet(&[&[0, 3, 0, 3]])).count(), 0);
        for cut in 0..bytes.len() {
            let _ = chunks(&bytes[..cut]).count();
        }
    }
}
