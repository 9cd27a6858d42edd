//! Blocks of a pcapng file (draft-ietf-opsawg-pcapng), each as bytes to append. A file cut off anywhere is read up to
//! its last whole block.

/// The link types of this crate's own files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkType {
    /// Packets that begin with an IP header.
    RawIp,
    /// What a protocol carried, with its addresses in tags (Wireshark's exported PDUs).
    UpperPdu,
}

/// Which way a packet went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// To us.
    Inbound,
    /// From us.
    Outbound,
}

/// Begins a file: a section header that says who wrote it, and a comment.
pub fn section(application: &str, comment: &str) -> Vec<u8> {
    let mut body = Vec::new();
    body.extend(0x1a2b_3c4d_u32.to_le_bytes());
    body.extend(1_u16.to_le_bytes());
    body.extend(0_u16.to_le_bytes());
    // The section's length is not known.
    body.extend(u64::MAX.to_le_bytes());
    option(&mut body, COMMENT, comment.as_bytes());
    option(&mut body, 4, application.as_bytes());
    end_of_options(&mut body);
    block(0x0a0d_0d0a, &body)
}

/// An interface; they are numbered in the order in which they stand in the file. Times are in nanoseconds.
pub fn interface(link: LinkType, name: &str, comment: &str) -> Vec<u8> {
    let link: u16 = match link {
        LinkType::RawIp => 101,
        LinkType::UpperPdu => 252,
    };
    let mut body = Vec::new();
    body.extend(link.to_le_bytes());
    body.extend(0_u16.to_le_bytes());
    // No limit to the length of a packet.
    body.extend(0_u32.to_le_bytes());
    option(&mut body, COMMENT, comment.as_bytes());
    option(&mut body, 2, name.as_bytes());
    option(&mut body, 9, &[9]);
    end_of_options(&mut body);
    block(1, &body)
}

/// A packet on an interface, so many nanoseconds after 1970.
pub fn packet(interface: u32, nanoseconds: u64, direction: Direction, bytes: &[u8]) -> Vec<u8> {
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_le_bytes();
    let mut body = Vec::with_capacity(bytes.len() + 40);
    body.extend(interface.to_le_bytes());
    body.extend(((nanoseconds >> 32) as u32).to_le_bytes());
    body.extend((nanoseconds as u32).to_le_bytes());
    body.extend(length);
    body.extend(length);
    body.extend(bytes);
    pad(&mut body);
    let direction: u32 = match direction {
        Direction::Inbound => 1,
        Direction::Outbound => 2,
    };
    option(&mut body, 2, &direction.to_le_bytes());
    end_of_options(&mut body);
    block(6, &body)
}

/// An option of any block.
const COMMENT: u16 = 1;

fn block(kind: u32, body: &[u8]) -> Vec<u8> {
    let length = ((body.len() + 12) as u32).to_le_bytes();
    let mut bytes = Vec::with_capacity(body.len() + 12);
    bytes.extend(kind.to_le_bytes());
    bytes.extend(length);
    bytes.extend(body);
    bytes.extend(length);
    bytes
}

fn option(body: &mut Vec<u8>, code: u16, value: &[u8]) {
    let length = u16::try_from(value.len()).unwrap_or(u16::MAX);
    body.extend(code.to_le_bytes());
    body.extend(length.to_le_bytes());
    body.extend(&value[..usize::from(length)]);
    pad(body);
}

fn end_of_options(body: &mut Vec<u8>) {
    body.extend([0; 4]);
}

fn pad(body: &mut Vec<u8>) {
    body.resize(body.len().next_multiple_of(4), 0);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Type and body of each block; every length must fit.
    fn blocks(mut bytes: &[u8]) -> Vec<(u32, Vec<u8>)> {
        let number = |bytes: &[u8]| u32::from_le_bytes(bytes[..4].try_into().unwrap());
        let mut blocks = Vec::new();
        while !bytes.is_empty() {
            let length = number(&bytes[4..]) as usize;
            assert_eq!((length % 4, number(&bytes[length - 4..]) as usize), (0, length));
            blocks.push((number(bytes), bytes[8..length - 4].to_vec()));
            bytes = &bytes[length..];
        }
        blocks
    }

    #[test]
    fn blocks_are_whole_and_hold_what_was_given() {
        let mut file = section("rtcscope", "a comment");
        file.extend(interface(LinkType::RawIp, "wire", "another"));
        file.extend(packet(0, 0x1_0000_0002, Direction::Outbound, b"12345"));
        let blocks = blocks(&file);
        assert_eq!(blocks.iter().map(|(kind, _)| *kind).collect::<Vec<_>>(), [0x0a0d_0d0a, 1, 6]);
        let packet = &blocks[2].1;
        assert_eq!(packet[4..12], [1, 0, 0, 0, 2, 0, 0, 0]);
        assert_eq!(packet[12..28], *b"\x05\0\0\0\x05\0\0\x0012345\0\0\0");
        assert_eq!(packet[28..36], [2, 0, 4, 0, 2, 0, 0, 0]);
    }
}
