//! Link layers: what a packet of each link type carries. Only headers are looked at, and none is copied.

use super::skipped::Reason;

/// What a link layer carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Carried<'a> {
    /// An IP packet, and what may follow it as padding.
    Ip(&'a [u8]),
    /// The tags and the payload of an exported PDU.
    Pdu(&'a [u8]),
}

const IPV4: u16 = 0x0800;
const ARP: u16 = 0x0806;
const IPV6: u16 = 0x86dd;
const TRANSPARENT_ETHERNET: u16 = 0x6558;
const MPLS: [u16; 2] = [0x8847, 0x8848];
const PPPOE_SESSION: u16 = 0x8864;
const VLAN: [u16; 4] = [0x8100, 0x88a8, 0x9100, 0x9200];
const MACSEC: u16 = 0x88e5;
/// EtherTypes begin here; below are the lengths of IEEE 802.3.
const LOWEST_ETHERTYPE: u16 = 0x0600;
/// Tags and labels before a packet; nobody stacks more.
const MOST_TAGS: usize = 16;

/// What `data` of an interface of type `link_type` (LINKTYPE_…) carries.
pub(super) fn carried(link_type: u32, data: &[u8]) -> Result<Carried<'_>, Reason> {
    let ip = match link_type {
        0 | 108 => null(data),
        1 => ethernet(data),
        9 | 50 => ppp(data),
        51 => pppoe(data),
        12 | 14 | 101 | 228 | 229 => Ok(data),
        104 => by_ethertype(u16_at(data, 2)?, after(data, 4)?),
        105 => wifi(data),
        113 => by_ethertype(u16_at(data, 14)?, after(data, 16)?),
        127 => radiotap(data),
        252 => return Ok(Carried::Pdu(data)),
        276 => by_ethertype(u16_at(data, 0)?, after(data, 20)?),
        other => return Err(Reason::LinkType(other)),
    };
    ip.map(Carried::Ip)
}

/// An Ethernet frame (IEEE 802.3), from its destination address on.
pub(super) fn ethernet(frame: &[u8]) -> Result<&[u8], Reason> {
    by_ethertype(u16_at(frame, 12)?, after(frame, 14)?)
}

/// What stands behind an EtherType, through VLAN tags, MPLS labels and PPPoE.
pub(super) fn by_ethertype(mut ethertype: u16, mut data: &[u8]) -> Result<&[u8], Reason> {
    for _ in 0..MOST_TAGS {
        match ethertype {
            IPV4 | IPV6 => return Ok(data),
            ARP => return Err(Reason::Arp),
            MACSEC => return Err(Reason::Encrypted),
            PPPOE_SESSION => return pppoe(data),
            TRANSPARENT_ETHERNET => {
                (ethertype, data) = (u16_at(data, 12)?, after(data, 14)?);
            }
            tag if VLAN.contains(&tag) => {
                (ethertype, data) = (u16_at(data, 2)?, after(data, 4)?);
            }
            label if MPLS.contains(&label) => return mpls(data),
            length if length < LOWEST_ETHERTYPE => {
                let (inner, behind) = snap(data).ok_or(Reason::EtherType(length))?;
                (ethertype, data) = (inner, behind);
            }
            other => return Err(Reason::EtherType(other)),
        }
    }
    Err(Reason::TunnelDepth)
}

/// Behind an LLC header with SNAP (RFC 1042): the EtherType, and what follows.
fn snap(data: &[u8]) -> Option<(u16, &[u8])> {
    let header = data.get(..8)?;
    (header[..3] == [0xaa, 0xaa, 0x03]).then(|| (u16::from_be_bytes([header[6], header[7]]), &data[8..]))
}

/// Down to the last label (RFC 3032). What follows has no type: an IP version, or a pseudowire with Ethernet.
fn mpls(mut data: &[u8]) -> Result<&[u8], Reason> {
    for _ in 0..MOST_TAGS {
        let bottom = data.get(2).ok_or(Reason::CutHeader)? & 1 == 1;
        data = after(data, 4)?;
        if bottom {
            return match data.first().ok_or(Reason::CutHeader)? >> 4 {
                4 | 6 => Ok(data),
                // A control word (RFC 4385), then Ethernet.
                0 => ethernet(after(data, 4)?),
                _ => Err(Reason::EtherType(MPLS[0])),
            };
        }
    }
    Err(Reason::TunnelDepth)
}

/// PPPoE (RFC 2516 §4), from its version on.
fn pppoe(data: &[u8]) -> Result<&[u8], Reason> {
    // Sessions only: discovery has other codes and no PPP.
    match data.get(1).ok_or(Reason::CutHeader)? {
        0 => ppp(after(data, 6)?),
        _ => Err(Reason::EtherType(PPPOE_SESSION)),
    }
}

/// PPP (RFC 1661), with or without the address and control of HDLC (RFC 1662).
fn ppp(mut data: &[u8]) -> Result<&[u8], Reason> {
    if data.starts_with(&[0xff, 0x03]) {
        data = &data[2..];
    }
    // The protocol field may be compressed to one byte, which is odd then.
    let first = *data.first().ok_or(Reason::CutHeader)?;
    let (protocol, behind) = match first & 1 {
        1 => (u16::from(first), &data[1..]),
        _ => (u16_at(data, 0)?, after(data, 2)?),
    };
    match protocol {
        0x0021 | 0x0057 => Ok(behind),
        other => Err(Reason::EtherType(other)),
    }
}

/// The loopback of BSD: an address family, in the byte order of whoever captured it.
fn null(data: &[u8]) -> Result<&[u8], Reason> {
    let family: [u8; 4] = data.get(..4).and_then(|four| four.try_into().ok()).ok_or(Reason::CutHeader)?;
    let family = u32::from_le_bytes(family).min(u32::from_be_bytes(family));
    match family {
        // AF_INET; AF_INET6 of Linux, of NetBSD and OpenBSD, of FreeBSD, of macOS.
        2 | 10 | 24 | 28 | 30 => Ok(&data[4..]),
        _ => Err(Reason::EtherType(u16::try_from(family).unwrap_or(u16::MAX))),
    }
}

/// 802.11 behind a radiotap header, whose length stands in it.
fn radiotap(data: &[u8]) -> Result<&[u8], Reason> {
    let length = data.get(2..4).ok_or(Reason::CutHeader)?;
    wifi(after(data, usize::from(u16::from_le_bytes([length[0], length[1]])))?)
}

/// A data frame of IEEE 802.11 without encryption.
fn wifi(data: &[u8]) -> Result<&[u8], Reason> {
    const QOS: u8 = 0x80;
    const TO_AND_FROM_DS: u8 = 0x03;
    const PROTECTED: u8 = 0x40;
    const ORDER: u8 = 0x80;
    const NO_DATA: u8 = 0x40;
    let control = data.get(..2).ok_or(Reason::CutHeader)?;
    let (kind, flags) = (control[0], control[1]);
    let is_data = kind & 0x0c == 0x08;
    if !is_data || kind & NO_DATA != 0 || flags & PROTECTED != 0 {
        return Err(Reason::Wifi);
    }
    let mut header = 24;
    if flags & TO_AND_FROM_DS == TO_AND_FROM_DS {
        header += 6;
    }
    if kind & QOS != 0 {
        header += 2;
        if flags & ORDER != 0 {
            header += 4;
        }
    }
    let (ethertype, behind) = snap(after(data, header)?).ok_or(Reason::Wifi)?;
    by_ethertype(ethertype, behind)
}

/// The two bytes at `at`, as the network has them.
pub(super) fn u16_at(data: &[u8], at: usize) -> Result<u16, Reason> {
    let two = data.get(at..at + 2).ok_or(Reason::CutHeader)?;
    Ok(u16::from_be_bytes([two[0], two[1]]))
}

/// What follows the first `length` bytes.
pub(super) fn after(data: &[u8], length: usize) -> Result<&[u8], Reason> {
    data.get(length..).ok_or(Reason::CutHeader)
}

#[cfg(test)]
mod tests {
    use super::*;

    const IP: [u8; 3] = [0x45, 0, 0];

    fn frame(link_type: u32, headers: &[&[u8]]) -> Result<Vec<u8>, Reason> {
        let bytes = [headers.concat(), IP.to_vec()].concat();
        match carried(link_type, &bytes)? {
            Carried::Ip(ip) => Ok(ip.to_vec()),
            Carried::Pdu(_) => panic!("an exported PDU"),
        }
    }

    #[test]
    fn an_ip_packet_is_found_behind_tags_labels_and_sessions() {
        let macs: &[u8] = &[0; 12];
        let pppoe: &[u8] = &[0x11, 0, 0, 1, 0, 5, 0x00, 0x21];
        for headers in [
            vec![macs, &[0x08, 0x00]],
            vec![macs, &[0x81, 0x00, 0, 5, 0x08, 0x00]],
            vec![macs, &[0x88, 0xa8, 0, 5, 0x81, 0x00, 0, 6, 0x08, 0x00]],
            vec![macs, &[0x88, 0x47, 0, 1, 0, 64, 0, 2, 0x01, 64]],
            vec![macs, &[0x88, 0x64], pppoe],
            vec![macs, &[0, 40, 0xaa, 0xaa, 3, 0, 0, 0, 0x08, 0x00]],
        ] {
            assert_eq!(frame(1, &headers), Ok(IP.to_vec()), "{headers:02x?}");
        }
    }

    #[test]
    fn each_link_type_has_its_own_header() {
        let sll: &[u8] = &[0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0x08, 0x00];
        let sll2: &[u8] = &[0x08, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0, 0, 0];
        let wifi: &[u8] = &[0x88, 0x01];
        let rest: &[u8] = &[0; 24];
        let llc: &[u8] = &[0xaa, 0xaa, 3, 0, 0, 0, 0x08, 0x00];
        for (link_type, headers) in [
            (0, vec![&[2, 0, 0, 0][..]]),
            (108, vec![&[0, 0, 0, 30]]),
            (9, vec![&[0xff, 3, 0, 0x21]]),
            (9, vec![&[0x21]]),
            (101, vec![]),
            (104, vec![&[0x0f, 0, 0x08, 0x00]]),
            (105, vec![wifi, rest, llc]),
            (113, vec![sll]),
            (127, vec![&[0, 0, 8, 0, 0, 0, 0, 0], wifi, rest, llc]),
            (276, vec![sll2]),
        ] {
            assert_eq!(frame(link_type, &headers), Ok(IP.to_vec()), "link type {link_type}");
        }
    }

    #[test]
    fn what_is_no_ip_has_its_reason() {
        let macs: &[u8] = &[0; 12];
        for (link_type, headers, reason) in [
            (1, vec![macs, &[0x08, 0x06]], Reason::Arp),
            (1, vec![macs, &[0x88, 0xcc]], Reason::EtherType(0x88cc)),
            (1, vec![macs, &[0x88, 0xe5]], Reason::Encrypted),
            (1, vec![&[0; 5]], Reason::CutHeader),
            (105, vec![&[0x80, 0]], Reason::Wifi),
            (105, vec![&[0x88, 0x41]], Reason::Wifi),
            (147, vec![], Reason::LinkType(147)),
        ] {
            assert_eq!(frame(link_type, &headers), Err(reason));
        }
    }
}
