//! gzip and UTF-16: what a file has to be freed of before it is text.

use std::borrow::Cow;
use std::io::Read as _;

use flate2::read::MultiGzDecoder;

use super::document::Wrapping;
use super::note::{About, Note};

/// The most that a file may unpack to; the largest dumps known have some tens of megabytes.
const MOST: u64 = 256 << 20;
/// A dump that a server compressed and a browser compressed again.
const MAX_LAYERS: usize = 3;

/// What was packed, and how.
#[derive(Debug)]
pub(super) struct Unpacked<'a> {
    pub(super) bytes: Cow<'a, [u8]>,
    pub(super) wrappings: Vec<Wrapping>,
    pub(super) notes: Vec<Note>,
}

/// Unpacks what is packed; what is not is handed back.
pub(super) fn unpack(input: &[u8]) -> Unpacked<'_> {
    let mut unpacked = Unpacked { bytes: Cow::Borrowed(input), wrappings: Vec::new(), notes: Vec::new() };
    while is_gzip(&unpacked.bytes) && unpacked.wrappings.len() < MAX_LAYERS {
        let (bytes, fault) = gunzip(&unpacked.bytes, MOST);
        if let Some(fault) = fault {
            unpacked.notes.push(Note::new(About::CutOff, fault));
        }
        if bytes.is_empty() {
            break;
        }
        unpacked.wrappings.push(Wrapping::Gzip);
        unpacked.bytes = Cow::Owned(bytes);
    }
    if let Some(text) = utf16(&unpacked.bytes) {
        unpacked.wrappings.push(Wrapping::Utf16);
        unpacked.bytes = Cow::Owned(text.into_bytes());
    }
    unpacked
}

pub(super) fn is_gzip(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x1f, 0x8b, 8])
}

/// What could be unpacked, and why that is not all.
fn gunzip(bytes: &[u8], most: u64) -> (Vec<u8>, Option<String>) {
    let mut out = Vec::new();
    let read = MultiGzDecoder::new(bytes).take(most + 1).read_to_end(&mut out);
    if out.len() as u64 > most {
        out.truncate(usize::try_from(most).unwrap_or(usize::MAX));
        return (out, Some(format!("it unpacks to more than {} MiB; the rest was not read", most >> 20)));
    }
    // What came before the fault is as good as ever.
    (
        out,
        read.err()
            .map(|error| format!("the gzip data is damaged or cut off ({error}); what came before was read")),
    )
}

/// Text in UTF-16 with its mark, or with every other byte of its beginning NUL.
fn utf16(bytes: &[u8]) -> Option<String> {
    let zeros = |odd: usize| {
        bytes.len() >= 8 && bytes[..8].iter().enumerate().all(|(at, byte)| (*byte == 0) == (at % 2 == odd))
    };
    let (skip, little) = match bytes {
        [0xff, 0xfe, ..] => (2, true),
        [0xfe, 0xff, ..] => (2, false),
        _ if zeros(1) => (0, true),
        _ if zeros(0) => (0, false),
        _ => return None,
    };
    let units = bytes[skip..].chunks_exact(2).map(|pair| match little {
        true => u16::from_le_bytes([pair[0], pair[1]]),
        false => u16::from_be_bytes([pair[0], pair[1]]),
    });
    Some(char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect())
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn a_bomb_is_read_as_far_as_it_may() {
        let bomb = gzip(&vec![b'a'; 5 << 20]);
        let (out, fault) = gunzip(&bomb, 1 << 20);
        assert_eq!(out.len(), 1 << 20);
        assert!(fault.unwrap().contains("more than 1 MiB"));
    }

    #[test]
    fn what_was_cut_off_gives_what_there_is() {
        let whole = gzip(b"v=0\r\no=-\r\n");
        let (out, fault) = gunzip(&whole[..whole.len() - 4], MOST);
        assert_eq!(out, b"v=0\r\no=-\r\n");
        assert!(fault.is_some());
        let twice = gzip(&gzip(b"text"));
        let unpacked = unpack(&twice);
        assert_eq!((&*unpacked.bytes, unpacked.wrappings.len()), (&b"text"[..], 2));
        assert_eq!(&*unpack(&gzip(b"")).bytes, &gzip(b"")[..]);
    }

    #[test]
    fn utf16_becomes_text() {
        let bytes: Vec<u8> = "\u{feff}v=0\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(&*unpack(&bytes).bytes, b"v=0\r\n");
        assert_eq!(&*unpack(&bytes[2..]).bytes, b"v=0\r\n");
    }
}
