//! Tunnels: packets that carry packets.

use super::link::{after, by_ethertype, ethernet, u16_at};
use super::skipped::Reason;

const VXLAN: u16 = 4789;
const GENEVE: u16 = 6081;
const GTP_USER: u16 = 2152;

/// GRE (RFC 2784, RFC 2890): the IP packet within.
pub(super) fn gre(data: &[u8]) -> Result<&[u8], Reason> {
    const CHECKSUM: u16 = 0x8000;
    const ROUTING: u16 = 0x4000;
    const KEY: u16 = 0x2000;
    const SEQUENCE: u16 = 0x1000;
    const ACKNOWLEDGMENT: u16 = 0x0080;
    const PPP: u16 = 0x880b;
    /// ERSPAN type II: a mirrored port, with eight bytes before the frame.
    const ERSPAN: u16 = 0x88be;
    let flags = u16_at(data, 0)?;
    let ethertype = u16_at(data, 2)?;
    let enhanced = flags & 0x0007 == 1;
    if flags & ROUTING != 0 || ethertype == PPP {
        return Err(Reason::EtherType(ethertype));
    }
    let acknowledged = enhanced && flags & ACKNOWLEDGMENT != 0;
    let options = [flags & CHECKSUM != 0, flags & KEY != 0, flags & SEQUENCE != 0, acknowledged];
    let behind = after(data, 4 + 4 * options.iter().filter(|there| **there).count())?;
    match ethertype {
        ERSPAN if flags & SEQUENCE != 0 => ethernet(after(behind, 8)?),
        ERSPAN => ethernet(behind),
        _ => by_ethertype(ethertype, behind),
    }
}

/// The IP packet within a datagram to `port`, where that is a tunnel's and what is in it says so too.
pub(super) fn datagram(port: u16, payload: &[u8]) -> Option<&[u8]> {
    let inner = match port {
        VXLAN => vxlan(payload)?,
        GENEVE => geneve(payload)?,
        GTP_USER => gtp(payload)?,
        _ => return None,
    };
    matches!(inner.first()? >> 4, 4 | 6).then_some(inner)
}

/// VXLAN (RFC 7348 §5).
fn vxlan(payload: &[u8]) -> Option<&[u8]> {
    let header = payload.get(..8)?;
    let says_so = header[0] == 0x08 && header[1..4] == [0, 0, 0] && header[7] == 0;
    says_so.then(|| ethernet(&payload[8..]).ok())?
}

/// Geneve (RFC 8926 §3.4).
fn geneve(payload: &[u8]) -> Option<&[u8]> {
    let first = *payload.first()?;
    let options = usize::from(first & 0x3f) * 4;
    if first >> 6 != 0 {
        return None;
    }
    by_ethertype(u16_at(payload, 2).ok()?, payload.get(8 + options..)?).ok()
}

/// A G-PDU of GTPv1-U (3GPP TS 29.281 §5).
fn gtp(payload: &[u8]) -> Option<&[u8]> {
    const G_PDU: u8 = 255;
    const MOST_EXTENSIONS: usize = 8;
    let header = payload.get(..8)?;
    if header[0] >> 4 != 3 || header[1] != G_PDU {
        return None;
    }
    if header[0] & 0x07 == 0 {
        return Some(&payload[8..]);
    }
    let mut next = *payload.get(11)?;
    let mut at = 12;
    for _ in 0..MOST_EXTENSIONS {
        if header[0] & 0x04 == 0 || next == 0 {
            return payload.get(at..);
        }
        let length = usize::from(*payload.get(at)?) * 4;
        if length == 0 {
            return None;
        }
        at += length;
        next = *payload.get(at - 1)?;
    }
    None
}
