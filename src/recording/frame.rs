//! The headers below a message, made up around it: IPv4 or IPv6, UDP or TCP; or the tags of an exported PDU.

use std::net::{IpAddr, SocketAddr};

const TCP: u8 = 6;
const UDP: u8 = 17;

/// A datagram in its IP packet. `None` where it is too long for one, or the families differ.
pub(super) fn udp(from: SocketAddr, to: SocketAddr, data: &[u8]) -> Option<Vec<u8>> {
    let length = u16::try_from(data.len() + 8).ok()?;
    let mut segment = Vec::with_capacity(usize::from(length));
    segment.extend(from.port().to_be_bytes());
    segment.extend(to.port().to_be_bytes());
    segment.extend(length.to_be_bytes());
    segment.extend([0, 0]);
    segment.extend(data);
    ip(from.ip(), to.ip(), UDP, 6, segment)
}

/// Some bytes of a stream in a segment of their own.
pub(super) fn tcp(from: SocketAddr, to: SocketAddr, (seq, ack): (u32, u32), data: &[u8]) -> Option<Vec<u8>> {
    const PSH_ACK: u8 = 0x18;
    let mut segment = Vec::with_capacity(data.len() + 20);
    segment.extend(from.port().to_be_bytes());
    segment.extend(to.port().to_be_bytes());
    segment.extend(seq.to_be_bytes());
    segment.extend(ack.to_be_bytes());
    segment.extend([5 << 4, PSH_ACK, 0xff, 0xff, 0, 0, 0, 0]);
    segment.extend(data);
    ip(from.ip(), to.ip(), TCP, 16, segment)
}

/// What a stream or DTLS carried, for `dissector` (a name of Wireshark's), with the addresses that it went between.
pub(super) fn exported(
    dissector: &str,
    stream: bool,
    from: SocketAddr,
    to: SocketAddr,
    data: &[u8],
) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(data.len() + 96);
    let mut tag = |kind: u16, value: &[u8]| {
        let length = value.len().next_multiple_of(4);
        bytes.extend(kind.to_be_bytes());
        bytes.extend((length as u16).to_be_bytes());
        bytes.extend(value);
        bytes.resize(bytes.len() + length - value.len(), 0);
    };
    tag(12, dissector.as_bytes());
    for (address, v4, v6) in [(from.ip(), 20, 22), (to.ip(), 21, 23)] {
        match address.to_canonical() {
            IpAddr::V4(ip) => tag(v4, &ip.octets()),
            IpAddr::V6(ip) => tag(v6, &ip.octets()),
        }
    }
    let port_type: u32 = if stream { 2 } else { 3 };
    tag(24, &port_type.to_be_bytes());
    tag(25, &u32::from(from.port()).to_be_bytes());
    tag(26, &u32::from(to.port()).to_be_bytes());
    tag(0, &[]);
    bytes.extend(data);
    bytes
}

/// Puts the IP header before a segment, and its checksum at byte `at` of it.
fn ip(from: IpAddr, to: IpAddr, protocol: u8, at: usize, mut segment: Vec<u8>) -> Option<Vec<u8>> {
    let (from, to) = (from.to_canonical(), to.to_canonical());
    let length = u16::try_from(segment.len()).ok()?;
    let mut sum = Sum::default();
    let mut packet = Vec::with_capacity(segment.len() + 40);
    match (from, to) {
        (IpAddr::V4(from), IpAddr::V4(to)) => {
            sum.add(&from.octets());
            sum.add(&to.octets());
            packet.extend([0x45, 0]);
            packet.extend(length.checked_add(20)?.to_be_bytes());
            // Not to be fragmented; 64 hops.
            packet.extend([0, 0, 0x40, 0, 64, protocol, 0, 0]);
            packet.extend(from.octets());
            packet.extend(to.octets());
            let mut header = Sum::default();
            header.add(&packet);
            packet[10..12].copy_from_slice(&header.finish());
        }
        (IpAddr::V6(from), IpAddr::V6(to)) => {
            sum.add(&from.octets());
            sum.add(&to.octets());
            packet.extend([0x60, 0, 0, 0]);
            packet.extend(length.to_be_bytes());
            packet.extend([protocol, 64]);
            packet.extend(from.octets());
            packet.extend(to.octets());
        }
        _ => return None,
    }
    sum.add(&[0, protocol]);
    sum.add(&length.to_be_bytes());
    sum.add(&segment);
    let mut checksum = sum.finish();
    if protocol == UDP && checksum == [0, 0] {
        // Zero says that there is none (RFC 768).
        checksum = [0xff, 0xff];
    }
    segment[at..at + 2].copy_from_slice(&checksum);
    packet.extend(segment);
    Some(packet)
}

/// The Internet checksum (RFC 1071), of parts that begin at even offsets.
#[derive(Default)]
struct Sum(u64);

impl Sum {
    fn add(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<2>();
        self.0 += words.iter().map(|word| u64::from(u16::from_be_bytes(*word))).sum::<u64>();
        self.0 += rest.first().map_or(0, |byte| u64::from(*byte) << 8);
    }

    fn finish(mut self) -> [u8; 2] {
        while self.0 > 0xffff {
            self.0 = (self.0 & 0xffff) + (self.0 >> 16);
        }
        (!(self.0 as u16)).to_be_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_sum_to_zero() {
        let check = |packet: &[u8], from: usize| {
            let mut header = Sum::default();
            header.add(&packet[..from]);
            header.finish()
        };
        let packet =
            udp("192.0.2.1:5000".parse().unwrap(), "192.0.2.2:3478".parse().unwrap(), b"odd").unwrap();
        assert_eq!((packet.len(), check(&packet, 20)), (31, [0, 0]));
        // Pseudo header and segment.
        let mut sum = Sum::default();
        sum.add(&packet[12..20]);
        sum.add(&[0, UDP, 0, 11]);
        sum.add(&packet[20..]);
        assert_eq!(sum.finish(), [0, 0]);
        let packet = tcp("[::1]:5".parse().unwrap(), "[::1]:6".parse().unwrap(), (1, 2), b"odd").unwrap();
        let mut sum = Sum::default();
        sum.add(&packet[8..40]);
        sum.add(&[0, TCP, 0, 23]);
        sum.add(&packet[40..]);
        assert_eq!((packet.len(), sum.finish()), (63, [0, 0]));
    }

    #[test]
    fn families_are_not_mixed_and_nothing_is_too_long() {
        let (v4, v6) = ("192.0.2.1:1".parse().unwrap(), "[::1]:1".parse().unwrap());
        assert_eq!(udp(v4, v6, b""), None);
        assert_eq!(udp(v4, v4, &[0; 65_508]), None);
        assert!(udp(v4, v4, &[0; 65_507]).is_some());
    }
}
