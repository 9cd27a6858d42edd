//! Exported PDUs (LINKTYPE 252): a message with tags that say who sent it to whom, as Wireshark's "Export PDUs"
//! and rtcscope's own recordings have them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::link::{after, u16_at};
use super::packet::Transport;
use super::skipped::Reason;

const END: u16 = 0;
const IPV4_SRC: u16 = 20;
const IPV4_DST: u16 = 21;
const IPV6_SRC: u16 = 22;
const IPV6_DST: u16 = 23;
const PORT_TYPE: u16 = 24;
const SRC_PORT: u16 = 25;
const DST_PORT: u16 = 26;
/// Of PORT_TYPE.
const UDP: u32 = 3;

/// A message, and who sent it to whom.
pub(super) struct Pdu<'a> {
    pub(super) src: SocketAddr,
    pub(super) dst: SocketAddr,
    pub(super) transport: Transport,
    pub(super) payload: &'a [u8],
}

/// Reads the tags before the message.
pub(super) fn exported(mut data: &[u8]) -> Result<Pdu<'_>, Reason> {
    let (mut src, mut dst): (Option<IpAddr>, Option<IpAddr>) = (None, None);
    let (mut src_port, mut dst_port, mut port_type) = (0, 0, 0);
    loop {
        let (tag, length) = (u16_at(data, 0)?, usize::from(u16_at(data, 2)?));
        let value = data.get(4..4 + length).ok_or(Reason::CutHeader)?;
        data = after(data, 4 + length)?;
        match tag {
            END => break,
            IPV4_SRC => src = v4(value),
            IPV4_DST => dst = v4(value),
            IPV6_SRC => src = v6(value),
            IPV6_DST => dst = v6(value),
            PORT_TYPE => port_type = number(value),
            SRC_PORT => src_port = number(value),
            DST_PORT => dst_port = number(value),
            _ => {}
        }
    }
    let port = |number: u32| u16::try_from(number).map_err(|_| Reason::Malformed);
    let address =
        |ip: Option<IpAddr>, number| Ok(SocketAddr::new(ip.ok_or(Reason::Malformed)?, port(number)?));
    let transport = if port_type == UDP { Transport::Udp } else { Transport::Message };
    Ok(Pdu { src: address(src, src_port)?, dst: address(dst, dst_port)?, transport, payload: data })
}

fn v4(value: &[u8]) -> Option<IpAddr> {
    <[u8; 4]>::try_from(value).ok().map(|octets| Ipv4Addr::from(octets).into())
}

fn v6(value: &[u8]) -> Option<IpAddr> {
    <[u8; 16]>::try_from(value).ok().map(|octets| Ipv6Addr::from(octets).into())
}

fn number(value: &[u8]) -> u32 {
    value.try_into().map(u32::from_be_bytes).unwrap_or_default()
}
