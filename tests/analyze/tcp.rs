//! Calls over TCP: those of the corpus that went over UDP, put into connections as TURN and ICE-TCP frame them.

use std::collections::HashMap;
use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use rtcscope::capture::{Decoder, Reader, Section, Transport};
use serde_json::{Value, json};

use super::corpus::folder;
use super::{analyzed, streams};

/// How messages are set apart in a connection.
#[derive(Clone, Copy)]
enum Framing {
    /// ChannelData is padded to four bytes (RFC 8656 §12.5).
    Turn,
    /// A length before each (RFC 4571).
    Rfc4571,
}

impl Framing {
    fn frame(self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Turn => {
                let mut framed = message.to_vec();
                framed.resize(message.len().next_multiple_of(4), 0);
                framed
            }
            Self::Rfc4571 => [&(message.len() as u16).to_be_bytes()[..], message].concat(),
        }
    }
}

/// A capture that is being written: raw IPv4, microseconds.
struct Wire {
    bytes: Vec<u8>,
    /// The next sequence number of each direction.
    next: HashMap<(SocketAddr, SocketAddr), u32>,
    segments: usize,
}

impl Wire {
    fn new() -> Self {
        let header = [0xa1b2_c3d4_u32, 0x0004_0002, 0, 0, 65_535, 101].map(u32::to_le_bytes).concat();
        Self { bytes: header, next: HashMap::new(), segments: 0 }
    }

    fn packet(&mut self, ns: i64, src: SocketAddr, dst: SocketAddr, protocol: u8, body: &[u8]) {
        let (SocketAddr::V4(from), SocketAddr::V4(to)) = (src, dst) else { panic!("IPv4 alone") };
        let length = 20 + body.len();
        let mut ip = vec![0x45, 0];
        ip.extend((length as u16).to_be_bytes());
        ip.extend([0, 0, 0x40, 0, 64, protocol, 0, 0]);
        ip.extend(from.ip().octets());
        ip.extend(to.ip().octets());
        let time = [(ns / 1_000_000_000) as u32, (ns / 1000 % 1_000_000) as u32];
        let header = [time[0], time[1], length as u32, length as u32].map(u32::to_le_bytes).concat();
        self.bytes.extend(header.into_iter().chain(ip).chain(body.iter().copied()));
    }

    fn udp(&mut self, ns: i64, src: SocketAddr, dst: SocketAddr, payload: &[u8]) {
        let length = 8 + payload.len() as u16;
        let header = [src.port(), dst.port(), length, 0].map(u16::to_be_bytes).concat();
        self.packet(ns, src, dst, 17, &[&header, payload].concat());
    }

    /// In segments of up to `most` bytes, of which every eleventh comes after the one behind it.
    fn tcp(&mut self, ns: i64, src: SocketAddr, dst: SocketAddr, data: &[u8], most: usize) {
        for (from, to) in [(src, dst), (dst, src)] {
            if !self.next.contains_key(&(from, to)) {
                let flags = if from == src { 0x02 } else { 0x12 };
                self.segment(ns, from, to, 999, flags, &[]);
                self.next.insert((from, to), 1000);
            }
        }
        let first = self.next[&(src, dst)];
        let mut parts: Vec<(u32, &[u8])> = Vec::new();
        let mut at = first;
        for part in data.chunks(most) {
            parts.push((at, part));
            at = at.wrapping_add(part.len() as u32);
        }
        self.next.insert((src, dst), at);
        self.segments += parts.len();
        if self.segments % 11 < parts.len() && parts.len() > 1 {
            parts.swap(0, 1);
        }
        for (at, part) in parts {
            self.segment(ns, src, dst, at, 0x18, part);
        }
    }

    fn segment(&mut self, ns: i64, src: SocketAddr, dst: SocketAddr, number: u32, flags: u8, data: &[u8]) {
        let mut tcp = [src.port().to_be_bytes(), dst.port().to_be_bytes()].concat();
        tcp.extend(number.to_be_bytes());
        tcp.extend(0_u32.to_be_bytes());
        tcp.extend([0x50, flags, 0xff, 0xff, 0, 0, 0, 0]);
        tcp.extend(data);
        self.packet(ns, src, dst, 6, &tcp);
    }

    fn save(self, name: &str) -> PathBuf {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::write(&path, self.bytes).unwrap();
        path
    }
}

/// The capture with the datagrams for which `is_tcp` sent over TCP.
fn over_tcp(
    capture: &Path,
    framing: Framing,
    most: usize,
    is_tcp: impl Fn(SocketAddr, SocketAddr) -> bool,
) -> Wire {
    let file = File::open(capture).unwrap();
    let mut reader = match capture.extension().is_some_and(|extension| extension == "gz") {
        true => Reader::new(flate2::read::MultiGzDecoder::new(file)).unwrap(),
        false => Reader::new(file).unwrap(),
    };
    let (mut decoder, mut wire) = (Decoder::new(0), Wire::new());
    loop {
        let ended = reader.next(&mut |section| {
            let Section::Record(record) = section else { return };
            let Some(datagram) = decoder.datagram(&record) else { return };
            let (src, dst, payload) = (datagram.src, datagram.dst, datagram.payload);
            match datagram.transport {
                Transport::Udp if src.is_ipv6() || payload.is_empty() => {}
                Transport::Udp if is_tcp(src, dst) => {
                    wire.tcp(datagram.at.0, src, dst, &framing.frame(payload), most);
                }
                Transport::Udp => wire.udp(datagram.at.0, src, dst, payload),
                _ => {}
            }
        });
        if ended.is_some() {
            return wire;
        }
    }
}

/// What is true of each stream whatever carries it.
fn rows(json: &Value) -> Vec<Value> {
    let row = |row: &Value| {
        json!([row["ssrc"], row["src"], row["dst"], row["via"], row["packets"], row["lost"], row["kind"]])
    };
    streams(json).iter().map(row).collect()
}

#[test]
fn a_call_through_a_relay_is_the_same_over_tcp() {
    let Some(folder) = folder() else { return };
    let capture = folder.join("made__chromium-turn-udp.pcapng.gz");
    let udp = analyzed(&capture, &[]);
    for most in [1400, 700, 33] {
        let wire =
            over_tcp(&capture, Framing::Turn, most, |src, dst| src.port() == 3478 || dst.port() == 3478);
        let path = wire.save(&format!("turn-{most}.pcap"));
        let tcp = analyzed(&path, &[]);
        assert_eq!(rows(&tcp), rows(&udp), "in segments of {most}");
        assert_eq!(tcp["media"].as_array().map(Vec::len), Some(4));
        let carried = streams(&tcp).iter().filter(|row| row["carrier"] == "tcp").count();
        assert_eq!(carried, 12);
        let connections: Vec<&Value> = tcp["transport"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|row| row["tcp"]["messages"].as_u64() > Some(100))
            .collect();
        assert_eq!(connections.len(), 2);
        for row in connections {
            let tcp = &row["tcp"];
            assert_eq!(
                (&tcp["framing"], &tcp["missing_bytes"], &tcp["incomplete"]),
                (&json!("turn"), &json!(0), &json!(0))
            );
            assert_eq!((&tcp["resyncs"], tcp["early"].as_u64() > Some(0)), (&json!(0), most < 1400));
        }
        std::fs::remove_file(path).unwrap();
    }
}

#[test]
fn a_call_over_ice_tcp_is_the_same_as_over_udp() {
    let Some(folder) = folder() else { return };
    let capture = folder.join("made__chromium-loopback.pcapng");
    let udp = analyzed(&capture, &[]);
    let path = over_tcp(&capture, Framing::Rfc4571, 500, |_, _| true).save("ice-tcp.pcap");
    let tcp = analyzed(&path, &[]);
    assert_eq!(rows(&tcp), rows(&udp));
    let row = &tcp["transport"][0];
    assert_eq!((&row["tcp"]["framing"], &row["dtls"][0]["version"]), (&json!("rfc4571"), &json!("DTLS 1.3")));
    std::fs::remove_file(path).unwrap();
}
