//! IPv4 and IPv6 headers (RFC 791, RFC 8200), down to the transport.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::link::{after, u16_at};
use super::skipped::Reason;

/// An IP packet without its headers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Packet<'a> {
    pub(super) src: IpAddr,
    pub(super) dst: IpAddr,
    /// What the payload is: the protocol number.
    pub(super) protocol: u8,
    /// As much of it as was kept, without the padding of the link.
    pub(super) payload: &'a [u8],
    /// How long it was on the wire.
    pub(super) length: usize,
    /// Which part of a packet it is, where it is not a whole one.
    pub(super) part: Option<Part>,
}

/// A fragment of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) id: u32,
    /// Where its payload belongs, in bytes.
    pub(super) offset: usize,
    /// Whether others follow behind it.
    pub(super) more: bool,
}

/// Reads the packet's headers.
pub(super) fn packet(data: &[u8]) -> Result<Packet<'_>, Reason> {
    match data.first().ok_or(Reason::CutHeader)? >> 4 {
        4 => v4(data),
        6 => v6(data),
        _ => Err(Reason::Malformed),
    }
}

fn v4(data: &[u8]) -> Result<Packet<'_>, Reason> {
    let header = data.get(..20).ok_or(Reason::CutHeader)?;
    let header_length = usize::from(header[0] & 0x0f) * 4;
    if header_length < 20 {
        return Err(Reason::Malformed);
    }
    let behind = after(data, header_length)?;
    // Offloaded segmentation leaves the length zero.
    let length = match usize::from(u16_at(data, 2)?) {
        0 => behind.len(),
        total => total.checked_sub(header_length).ok_or(Reason::Malformed)?,
    };
    let flags = u16_at(data, 6)?;
    let (offset, more) = (usize::from(flags & 0x1fff) * 8, flags & 0x2000 != 0);
    let octets = |at: usize| [header[at], header[at + 1], header[at + 2], header[at + 3]];
    Ok(Packet {
        src: Ipv4Addr::from(octets(12)).into(),
        dst: Ipv4Addr::from(octets(16)).into(),
        protocol: header[9],
        payload: &behind[..length.min(behind.len())],
        length,
        part: (more || offset > 0).then_some(Part { id: u32::from(u16_at(data, 4)?), offset, more }),
    })
}

fn v6(data: &[u8]) -> Result<Packet<'_>, Reason> {
    /// Headers between the fixed one and the transport; nobody has more.
    const MOST_EXTENSIONS: usize = 16;
    const HOP_BY_HOP: u8 = 0;
    const ROUTING: u8 = 43;
    const FRAGMENT: u8 = 44;
    const AUTHENTICATION: u8 = 51;
    const DESTINATION: u8 = 60;
    const MOBILITY: u8 = 135;
    let header = data.get(..40).ok_or(Reason::CutHeader)?;
    let address = |at: usize| {
        let octets: [u8; 16] = header[at..at + 16].try_into().unwrap_or_default();
        IpAddr::from(Ipv6Addr::from(octets))
    };
    let mut behind = &data[40..];
    let mut length = match usize::from(u16_at(data, 4)?) {
        0 => behind.len(),
        length => length,
    };
    let mut protocol = header[6];
    let mut part = None;
    for _ in 0..MOST_EXTENSIONS {
        let extension = match protocol {
            HOP_BY_HOP | ROUTING | DESTINATION | MOBILITY => {
                (usize::from(*behind.get(1).ok_or(Reason::CutHeader)?) + 1) * 8
            }
            AUTHENTICATION => (usize::from(*behind.get(1).ok_or(Reason::CutHeader)?) + 2) * 4,
            FRAGMENT => {
                let word = u16_at(behind, 2)?;
                let id = behind.get(4..8).ok_or(Reason::CutHeader)?;
                let (offset, more) = (usize::from(word >> 3) * 8, word & 1 == 1);
                // An atomic fragment (RFC 6946) is a whole packet.
                part = (more || offset > 0).then_some(Part {
                    id: u32::from_be_bytes([id[0], id[1], id[2], id[3]]),
                    offset,
                    more,
                });
                8
            }
            _ => {
                let payload = &behind[..length.min(behind.len())];
                return Ok(Packet { src: address(8), dst: address(24), protocol, payload, length, part });
            }
        };
        protocol = *behind.first().ok_or(Reason::CutHeader)?;
        behind = after(behind, extension)?;
        length = length.checked_sub(extension).ok_or(Reason::Malformed)?;
        // What follows the header of a later fragment is no header.
        if part.is_some_and(|part: Part| part.offset > 0) {
            let payload = &behind[..length.min(behind.len())];
            return Ok(Packet { src: address(8), dst: address(24), protocol, payload, length, part });
        }
    }
    Err(Reason::Malformed)
}
