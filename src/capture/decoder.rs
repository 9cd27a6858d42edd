//! From a record to the datagram that it holds.

use std::net::SocketAddr;

use super::fragment::Fragments;
use super::link::{Carried, after, carried, u16_at};
use super::network::{Packet, packet};
use super::packet::{Datagram, Frame, Record, TcpSegment, Transport};
use super::pdu;
use super::refusal::{Refusal, Refusals};
use super::skipped::{Reason, Skipped};
use super::tunnel;

const ICMP: u8 = 1;
const IP_IN_IP: u8 = 4;
const TCP: u8 = 6;
const UDP: u8 = 17;
const IPV6_IN_IP: u8 = 41;
const GRE: u8 = 47;
const ESP: u8 = 50;
const ICMPV6: u8 = 58;
/// Packets in packets.
const DEEPEST: usize = 8;

/// Takes records apart; remembers fragments, and counts what is no datagram.
#[derive(Debug, Default)]
pub struct Decoder {
    file: u16,
    fragments: Fragments,
    skipped: Skipped,
    refusals: Refusals,
    cut: u64,
}

/// Why there is no datagram in a packet.
enum Stop {
    Skip(Reason),
    /// It is a fragment, and has been put with the others.
    Kept,
}

impl From<Reason> for Stop {
    fn from(reason: Reason) -> Self {
        Self::Skip(reason)
    }
}

impl Decoder {
    /// For the file at place `file` among those given.
    #[must_use]
    pub fn new(file: u16) -> Self {
        Self { file, ..Self::default() }
    }

    /// The datagram in `record`, if there is one.
    pub fn datagram<'a>(&'a mut self, record: &Record<'a>) -> Option<Datagram<'a>> {
        let frame = Frame { file: self.file, number: record.number };
        match datagram(&mut self.fragments, &mut self.refusals, frame, record) {
            Ok(datagram) => {
                self.cut += u64::from(datagram.cut > 0);
                Some(datagram)
            }
            Err(Stop::Kept) => None,
            Err(Stop::Skip(reason)) => {
                self.skipped.count(reason);
                None
            }
        }
    }

    /// Counts a packet that did not get as far as here.
    pub fn skip(&mut self, reason: Reason) {
        self.skipped.count(reason);
    }

    /// What was skipped so far, fragments that still wait among it.
    #[must_use]
    pub fn skipped(&self) -> Skipped {
        let mut skipped = self.skipped.clone();
        skipped.count_many(Reason::Fragment, self.fragments.lost());
        skipped
    }

    /// Packets that are part of a datagram whose last fragment was another packet.
    #[must_use]
    pub fn joined(&self) -> u64 {
        self.fragments.joined()
    }

    /// Datagrams that could not be delivered, by their addresses, as ICMP says.
    #[must_use]
    pub fn refusals(&self) -> &[Refusal] {
        self.refusals.all()
    }

    /// Datagrams whose payload a snap length cut.
    #[must_use]
    pub fn cut(&self) -> u64 {
        self.cut
    }
}

fn datagram<'a>(
    fragments: &'a mut Fragments,
    refusals: &mut Refusals,
    frame: Frame,
    record: &Record<'a>,
) -> Result<Datagram<'a>, Stop> {
    let datagram = |src, dst, transport, payload, cut| Datagram {
        frame,
        at: record.at,
        interface: record.interface,
        src,
        dst,
        transport,
        payload,
        cut,
    };
    let mut data = match carried(record.link_type, record.data)? {
        Carried::Ip(data) => data,
        Carried::Pdu(data) => {
            let pdu = pdu::exported(data)?;
            let cut = record.length.saturating_sub(u32::try_from(record.data.len()).unwrap_or(u32::MAX));
            return Ok(datagram(pdu.src, pdu.dst, pdu.transport, pdu.payload, cut));
        }
    };
    let mut fragments = Some(fragments);
    for _ in 0..DEEPEST {
        let mut outer = packet(data)?;
        if let Some(part) = outer.part.take() {
            // A whole packet cannot be in pieces again, so that they are asked for once a packet.
            let fragments = fragments.take().ok_or(Reason::TunnelDepth)?;
            outer.payload = fragments.take(&outer, part).ok_or(Stop::Kept)?;
            outer.length = outer.payload.len();
        }
        if matches!(outer.protocol, ICMP | ICMPV6) {
            refusals.message(outer.src, outer.protocol == ICMPV6, outer.payload, record.at, frame);
        }
        match layer(&outer)? {
            Layer::Inner(inner) => data = inner,
            Layer::Payload { src_port, dst_port, transport, payload, cut } => {
                let (src, dst) = (SocketAddr::new(outer.src, src_port), SocketAddr::new(outer.dst, dst_port));
                return Ok(datagram(src, dst, transport, payload, cut));
            }
        }
    }
    Err(Reason::TunnelDepth.into())
}

enum Layer<'a> {
    /// An IP packet in a tunnel.
    Inner(&'a [u8]),
    Payload {
        src_port: u16,
        dst_port: u16,
        transport: Transport,
        payload: &'a [u8],
        cut: u32,
    },
}

fn layer<'a>(packet: &Packet<'a>) -> Result<Layer<'a>, Reason> {
    match packet.protocol {
        UDP => udp(packet),
        TCP => tcp(packet),
        IP_IN_IP | IPV6_IN_IP => Ok(Layer::Inner(packet.payload)),
        GRE => tunnel::gre(packet.payload).map(Layer::Inner),
        ICMP | ICMPV6 => Err(Reason::Icmp),
        ESP => Err(Reason::Encrypted),
        other => Err(Reason::Protocol(other)),
    }
}

fn udp<'a>(packet: &Packet<'a>) -> Result<Layer<'a>, Reason> {
    let (src_port, dst_port) = (u16_at(packet.payload, 0)?, u16_at(packet.payload, 2)?);
    let kept = after(packet.payload, 8)?;
    let within = packet.length.checked_sub(8).ok_or(Reason::Malformed)?;
    // A length of zero is a jumbogram, or segmentation left to the card.
    let length = match usize::from(u16_at(packet.payload, 4)?) {
        0 => within,
        stated => stated.checked_sub(8).ok_or(Reason::Malformed)?.min(within),
    };
    let payload = &kept[..length.min(kept.len())];
    if let Some(inner) = tunnel::datagram(dst_port, payload) {
        return Ok(Layer::Inner(inner));
    }
    Ok(Layer::Payload { src_port, dst_port, transport: Transport::Udp, payload, cut: cut(length, payload) })
}

fn tcp<'a>(packet: &Packet<'a>) -> Result<Layer<'a>, Reason> {
    let header = packet.payload.get(..20).ok_or(Reason::CutHeader)?;
    let header_length = usize::from(header[12] >> 4) * 4;
    if header_length < 20 {
        return Err(Reason::Malformed);
    }
    let payload = after(packet.payload, header_length)?;
    let length = packet.length.checked_sub(header_length).ok_or(Reason::Malformed)?;
    let word = |at: usize| u32::from_be_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
    let segment = TcpSegment { sequence: word(4), acknowledgment: word(8), flags: header[13] };
    Ok(Layer::Payload {
        src_port: u16_at(header, 0)?,
        dst_port: u16_at(header, 2)?,
        transport: Transport::Tcp(segment),
        payload,
        cut: cut(length, payload),
    })
}

fn cut(length: usize, payload: &[u8]) -> u32 {
    u32::try_from(length.saturating_sub(payload.len())).unwrap_or(u32::MAX)
}
