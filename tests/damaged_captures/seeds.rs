//! Captures to begin with: made-up conferences with everything beside their media, TURN and ICE over TCP, a handshake of
//! DTLS, signalling; and those of `testdata` and of the field.

use std::io::Write as _;
use std::net::Ipv4Addr;

use rtcscope::capture::Section;
use rtcscope::io::capture::CaptureFile;

use super::generator::{Plan, generate};

/// One packet of a capture.
#[derive(Debug, Clone)]
pub(crate) struct Packet {
    /// In nanoseconds.
    pub(crate) at: i64,
    pub(crate) link_type: u32,
    pub(crate) data: Vec<u8>,
    /// On the wire.
    pub(crate) length: u32,
}

/// A capture.
pub(crate) struct Seed {
    pub(crate) packets: Vec<Packet>,
    /// The file, where it is one, and small.
    file: Option<Vec<u8>>,
}

/// Packets of a file that is damaged as a whole.
const SMALL: usize = 120;
/// Packets of a capture that are damaged one by one.
const MANY: usize = 3000;

pub(crate) fn all() -> Vec<Seed> {
    let mut seeds =
        vec![conference(), over_tcp(false), over_tcp(true), signalled(), file("testdata/capture/call.pcap")];
    if let Ok(corpus) = std::env::var("RTCSCOPE_CORPUS") {
        let folder = std::path::Path::new(&corpus).join("captures");
        let mut names: Vec<_> =
            std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        names.sort();
        let is_capture = |name: &str| ["pcap", "pcapng", "gz", "zst"].iter().any(|end| name.ends_with(end));
        seeds.extend(names.iter().filter_map(|name| name.to_str()).filter(|name| is_capture(name)).map(file));
    }
    assert!(seeds.iter().all(|seed| !seed.packets.is_empty()));
    seeds
}

/// The seed as a file of each kind: pcap and pcapng, packed and not.
pub(crate) fn files(seed: &Seed) -> Vec<Vec<u8>> {
    let from = seed.packets.len() / 3;
    let some = &seed.packets[from..(from + SMALL).min(seed.packets.len())];
    let (pcap, pcapng) = (pcap(some), pcapng(some));
    let gz = |bytes: &[u8]| {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(bytes).unwrap();
        packed.finish().unwrap()
    };
    let (gz, zst) = (gz(&pcapng), zst(&pcap));
    [pcap, pcapng, gz, zst].into_iter().chain(seed.file.clone()).collect()
}

fn file(name: &str) -> Seed {
    let mut packets = Vec::new();
    let mut capture = CaptureFile::open(name.as_ref()).unwrap();
    let mut take = |section: Section<'_>| {
        if let Section::Record(record) = section {
            packets.push(Packet {
                at: record.at.0,
                link_type: record.link_type,
                data: record.data.to_vec(),
                length: record.length,
            });
        }
    };
    while packets_read(&mut capture, &mut take) < MANY as u64 {}
    let file = std::fs::read(name).unwrap();
    Seed { packets, file: Some(file).filter(|file| file.len() < 100_000) }
}

/// How many there are, and as many as suffice at the end.
fn packets_read(capture: &mut CaptureFile, take: &mut dyn FnMut(Section<'_>)) -> u64 {
    match capture.next(take) {
        Some(_) => u64::MAX,
        None => capture.reader().packets(),
    }
}

fn conference() -> Seed {
    let plan = Plan {
        seed: 17,
        streams: 12,
        audio: 2,
        relayed: 3,
        control: true,
        seconds: 3.0,
        lost: 3.0,
        duplicated: 1.0,
        jitter_ms: 30.0,
        noise: 6.0,
    };
    let mut bytes = Vec::new();
    generate(plan, &mut bytes).unwrap();
    let mut packets = Vec::new();
    let mut rest = &bytes[24..];
    while let Some((head, behind)) = rest.split_first_chunk::<16>() {
        let word = |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
        let (data, behind) = behind.split_at(word(8) as usize);
        let at = i64::from(word(0)) * 1_000_000_000 + i64::from(word(4)) * 1000;
        packets.push(Packet { at, link_type: 1, data: data.to_vec(), length: word(12) });
        rest = behind;
    }
    Seed { packets, file: None }
}

/// What a relayed client sends in ChannelData, or two ends behind the lengths of RFC 4571, over TCP in odd segments.
fn over_tcp(direct: bool) -> Seed {
    let mut stream = Vec::new();
    let mut messages = 0;
    for packet in conference().packets {
        let payload = &packet.data[42.min(packet.data.len())..];
        let is_channel = payload.first().is_some_and(|first| (0x40..0x50).contains(first));
        let is_stun = payload.get(4..8) == Some(&[0x21, 0x12, 0xa4, 0x42]);
        if direct && !is_channel && payload.len() < 1500 {
            stream.extend((payload.len() as u16).to_be_bytes());
            stream.extend_from_slice(payload);
            messages += 1;
        } else if !direct && (is_channel || is_stun) {
            stream.extend_from_slice(payload);
            stream.resize(stream.len().next_multiple_of(4), 0);
            messages += 1;
        }
        if messages > 400 {
            break;
        }
    }
    let port = if direct { 9 } else { 3478 };
    let (a, b) = ((Ipv4Addr::new(192, 0, 2, 7), 40_123), (Ipv4Addr::new(203, 0, 113, 7), port));
    let mut packets = vec![frame(0, a, b, 6, &segment(a.1, b.1, 999, 0x02, &[]))];
    let mut at = 0;
    while at < stream.len() {
        let length = (1 + at * 7919 % 1460).min(stream.len() - at);
        let sequence = 1000 + at as u32;
        let segment = segment(a.1, b.1, sequence, 0x18, &stream[at..at + length]);
        packets.push(frame(1_000_000 + at as i64 * 1000, a, b, 6, &segment));
        at += length;
    }
    packets.push(frame(9_000_000_000, a, b, 6, &segment(a.1, b.1, 1000 + at as u32, 0x11, &[])));
    // Two ways may change the order.
    (3..packets.len() - 1).step_by(17).for_each(|at| packets.swap(at, at - 1));
    Seed { packets, file: None }
}

/// A handshake of DTLS, and a call that SIP sets up.
fn signalled() -> Seed {
    let (a, b) = ((Ipv4Addr::new(192, 0, 2, 7), 40_000), (Ipv4Addr::new(192, 0, 2, 8), 50_000));
    let mut packets = Vec::new();
    let mut push = |src: (Ipv4Addr, u16), dst: (Ipv4Addr, u16), payload: &[u8]| {
        let at = packets.len() as i64 * 20_000_000;
        packets.push(frame(at, src, dst, 17, &udp(src.1, dst.1, payload)));
    };
    let digit = |byte: u8| char::from(byte).to_digit(16).expect("a hexadecimal digit") as u8;
    for line in include_str!("../../testdata/dtls/coturn_rsa_flight.hex").lines() {
        let datagram: Vec<u8> =
            line.as_bytes().chunks(2).map(|pair| digit(pair[0]) << 4 | digit(pair[1])).collect();
        push(b, a, &datagram);
        push(a, b, &datagram);
    }
    let sdp = include_str!("../../testdata/sdp/offer.sdp");
    let sip = format!(
        "INVITE sip:b@example.test SIP/2.0\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\nContent-Type: application/sdp\r\n\
         Content-Length: {}\r\n\r\n{sdp}",
        sdp.len()
    );
    push((a.0, 5060), (b.0, 5060), sip.as_bytes());
    push(
        (b.0, 5060),
        (a.0, 5060),
        sip.replace("INVITE sip:b@example.test SIP/2.0", "SIP/2.0 200 OK").as_bytes(),
    );
    for n in 0..60_u16 {
        let [n0, n1] = n.to_be_bytes();
        // Opus, then H.264 in a fragment, then events of a keypad.
        push(a, b, &[&[0x80, 111, n0, n1, 0, 0, n0, n1, 0, 0, 0, 7], &[0xf8; 40][..]].concat());
        push(
            a,
            b,
            &[
                &[0x90, 96, n0, n1, 0, 0, n0, 0, 0, 0, 0, 8, 0xbe, 0xde, 0, 1, 0x10, 7, 0x21, 1],
                &[0x7c; 90][..],
            ]
            .concat(),
        );
        push(a, b, &[0x80, 101, n0, n1, 0, 0, 0, 9, 0, 0, 0, 7, 5, 0x8a, 0, n1]);
    }
    for block in REPORTS {
        push(b, a, block);
        push(b, a, &[&[0x80, 201, 0, 1, 0, 0, 0, 9][..], block].concat());
    }
    Seed { packets, file: None }
}

/// One of each kind of block that is read: NACK, FIR, REMB, TMMBR, feedback of RFC 8888, XR, APP, BYE.
const REPORTS: [&[u8]; 9] = [
    &[0x81, 205, 0, 3, 0, 0, 0, 9, 0, 0, 0, 7, 0, 5, 0xff, 0xff],
    &[0x84, 206, 0, 4, 0, 0, 0, 9, 0, 0, 0, 7, 0, 0, 0, 7, 1, 0, 0, 0],
    &[0x8f, 206, 0, 5, 0, 0, 0, 9, 0, 0, 0, 0, b'R', b'E', b'M', b'B', 1, 0x0b, 0xff, 0xff, 0, 0, 0, 7],
    &[0x83, 205, 0, 4, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 7, 0x1c, 0x40, 0x00, 0x28],
    &[0x8b, 205, 0, 6, 0, 0, 0, 9, 0, 0, 0, 7, 0, 5, 0, 3, 0x80, 1, 0x80, 2, 0x80, 3, 0, 0, 0, 0, 0, 9],
    &[0x80, 207, 0, 4, 0, 0, 0, 9, 4, 0, 0, 2, 0xe0, 0, 0, 0, 1, 2, 3, 4],
    &[
        0x80, 207, 0, 10, 0, 0, 0, 9, 7, 0, 0, 8, 0, 0, 0, 7, 1, 2, 3, 4, 0, 5, 0, 6, 0, 7, 0, 8, 9, 10, 11,
        12, 13, 14, 15, 16, 0, 17, 0, 18, 0, 19, 0, 20,
    ],
    &[0x85, 204, 0, 3, 0, 0, 0, 9, b'n', b'a', b'm', b'e', 1, 2, 3, 4],
    &[0x81, 203, 0, 3, 0, 0, 0, 9, 5, b'e', b'n', b'd', b'e', b'd', 0, 0],
];

fn udp(src: u16, dst: u16, payload: &[u8]) -> Vec<u8> {
    let length = (8 + payload.len()) as u16;
    [&src.to_be_bytes(), &dst.to_be_bytes(), &length.to_be_bytes(), &[0, 0][..], payload].concat()
}

fn segment(src: u16, dst: u16, sequence: u32, flags: u8, payload: &[u8]) -> Vec<u8> {
    let rest = [0, 0, 0, 1, 0x50, flags, 0xff, 0xff, 0, 0, 0, 0];
    [&src.to_be_bytes()[..], &dst.to_be_bytes(), &sequence.to_be_bytes(), &rest, payload].concat()
}

fn frame(at: i64, src: (Ipv4Addr, u16), dst: (Ipv4Addr, u16), protocol: u8, payload: &[u8]) -> Packet {
    let [l0, l1] = ((20 + payload.len()) as u16).to_be_bytes();
    let ip = [0x45, 0, l0, l1, 0, 0, 0, 0, 64, protocol, 0, 0];
    let data = [&[0; 12][..], &[0x08, 0x00], &ip, &src.0.octets(), &dst.0.octets(), payload].concat();
    let length = data.len() as u32;
    Packet { at: 1_700_000_000_000_000_000 + at, link_type: 1, data, length }
}

fn pcap(packets: &[Packet]) -> Vec<u8> {
    let link_type = packets[0].link_type;
    let mut bytes = vec![0x4d, 0x3c, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0];
    bytes.extend(link_type.to_le_bytes());
    for packet in packets {
        bytes.extend(((packet.at / 1_000_000_000) as u32).to_le_bytes());
        bytes.extend(((packet.at % 1_000_000_000) as u32).to_le_bytes());
        bytes.extend((packet.data.len() as u32).to_le_bytes());
        bytes.extend(packet.length.to_le_bytes());
        bytes.extend(&packet.data);
    }
    bytes
}

fn pcapng(packets: &[Packet]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut block = |kind: u32, body: &[u8]| {
        let padded = body.len().next_multiple_of(4);
        let length = (padded as u32 + 12).to_le_bytes();
        bytes.extend(kind.to_le_bytes());
        bytes.extend(length);
        bytes.extend_from_slice(body);
        bytes.resize(bytes.len() + padded - body.len(), 0);
        bytes.extend(length);
    };
    block(0x0a0d_0d0a, &[&0x1a2b_3c4d_u32.to_le_bytes()[..], &[1, 0, 0, 0], &[0xff; 8]].concat());
    let link_type = packets[0].link_type as u16;
    let resolution = [9, 0, 1, 0, 9, 0, 0, 0, 0, 0, 0, 0];
    block(1, &[&link_type.to_le_bytes()[..], &[0, 0], &[0, 0, 4, 0], &resolution].concat());
    // A log of keys: type, length, text.
    block(10, &[&0x544c_534b_u32.to_le_bytes()[..], &[16, 0, 0, 0], b"CLIENT_RANDOM 0 "].concat());
    for packet in packets {
        let (high, low) = ((packet.at >> 32) as u32, packet.at as u32);
        let head = [0, high, low, packet.data.len() as u32, packet.length];
        let head: Vec<u8> = head.into_iter().flat_map(u32::to_le_bytes).collect();
        block(6, &[&head[..], &packet.data].concat());
    }
    bytes
}

/// A frame of blocks that are not packed (RFC 8878 §3.1.1).
fn zst(bytes: &[u8]) -> Vec<u8> {
    let mut packed = vec![0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58];
    let mut blocks = bytes.chunks(100_000).peekable();
    while let Some(block) = blocks.next() {
        let head = (block.len() as u32) << 3 | u32::from(blocks.peek().is_none());
        packed.extend_from_slice(&head.to_le_bytes()[..3]);
        packed.extend_from_slice(block);
    }
    packed
}
