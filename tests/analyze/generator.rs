//! Captures of calls that never were: as many streams and packets as wanted, with loss, duplicates, reordering, wraps,
//! drift and noise, all by a seed; and the truth about them.

use std::collections::BinaryHeap;
use std::io::{self, Write};
use std::net::Ipv4Addr;

/// What to make.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    /// Of everything that is random.
    pub(crate) seed: u64,
    /// Streams; every third is audio.
    pub(crate) streams: usize,
    /// How long each is, in seconds.
    pub(crate) seconds: f64,
    /// Of a hundred packets.
    pub(crate) lost: f64,
    /// Of a hundred packets.
    pub(crate) duplicated: f64,
    /// A packet is late by up to so many milliseconds.
    pub(crate) jitter_ms: f64,
    /// Of a hundred packets, so many are noise: DNS, QUIC, random bytes.
    pub(crate) noise: f64,
}

/// What is true of one stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Truth {
    /// The source.
    pub(crate) ssrc: u32,
    pub(crate) payload_type: u8,
    pub(crate) src: (Ipv4Addr, u16),
    pub(crate) dst: (Ipv4Addr, u16),
    /// Packets that were sent, and did not arrive.
    pub(crate) lost: u64,
    /// Packets that arrived twice.
    pub(crate) duplicated: u64,
    /// Packets in the capture, copies included.
    pub(crate) packets: u64,
}

/// xorshift64*: enough for what only has to be the same each time.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn percent(&mut self, percent: f64) -> bool {
        self.share() * 100.0 < percent
    }
}

struct Source {
    truth: Truth,
    sequence: u16,
    timestamp: u32,
    audio: bool,
    /// Of its clock against that of the capture.
    rate: f64,
    /// When its next packet is sent, in microseconds.
    next_us: f64,
    in_frame: u32,
    /// Packets of its frame that are sent.
    behind: u32,
}

/// A packet on its way: when it arrives, a number that settles ties, what it is.
#[derive(PartialEq, Eq)]
struct Flying {
    arrives_us: u64,
    number: u64,
    stream: usize,
    sequence: u16,
    timestamp: u32,
    marker: bool,
    length: u16,
}

impl Ord for Flying {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (other.arrives_us, other.number).cmp(&(self.arrives_us, self.number))
    }
}

impl PartialOrd for Flying {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// Writes the capture (pcap, Ethernet), and says what is true of it.
pub(crate) fn generate(plan: Plan, out: &mut dyn Write) -> io::Result<Vec<Truth>> {
    let mut dice = Dice(plan.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let mut sources: Vec<Source> = (0..plan.streams).map(|number| source(number, &mut dice)).collect();
    let filler: Vec<u8> = (0..1600).map(|_| dice.next() as u8).collect();
    out.write_all(&[
        0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 1, 0, 0, 0,
    ])?;
    let mut flying: BinaryHeap<Flying> = BinaryHeap::new();
    let mut number = 0;
    let end_us = plan.seconds * 1e6;
    loop {
        let due = (0..sources.len()).min_by(|a, b| sources[*a].next_us.total_cmp(&sources[*b].next_us));
        let now_us = due.map_or(f64::MAX, |at| sources[at].next_us);
        while flying.peek().is_some_and(|first| first.arrives_us as f64 <= now_us || now_us >= end_us) {
            let packet = flying.pop().expect("it was there");
            write(out, &mut sources[packet.stream].truth, &packet, &filler)?;
        }
        let Some(at) = due.filter(|_| now_us < end_us) else { break };
        let source = &mut sources[at];
        let (timestamp, marker, length) = source.send(&mut dice);
        let sequence = source.sequence;
        source.sequence = source.sequence.wrapping_add(1);
        let mut fly = |dice: &mut Dice, flying: &mut BinaryHeap<Flying>| {
            number += 1;
            let late = dice.share() * plan.jitter_ms * 1e3;
            let arrives_us = (now_us + 20_000.0 + late) as u64;
            flying.push(Flying { arrives_us, number, stream: at, sequence, timestamp, marker, length });
        };
        if dice.percent(plan.lost) {
            source.truth.lost += 1;
        } else {
            fly(&mut dice, &mut flying);
            if dice.percent(plan.duplicated) {
                source.truth.duplicated += 1;
                fly(&mut dice, &mut flying);
            }
        }
        if dice.percent(plan.noise) {
            noise(out, now_us as u64, &mut dice, &filler)?;
        }
    }
    Ok(sources.into_iter().map(|source| source.truth).collect())
}

fn source(number: usize, dice: &mut Dice) -> Source {
    let audio = number.is_multiple_of(3);
    let host = |network: u8| Ipv4Addr::new(192, 0, network, 1 + (number / 4 % 250) as u8);
    let truth = Truth {
        ssrc: dice.next() as u32,
        payload_type: if audio { 111 } else { 96 },
        src: (host(2), 40_000 + number as u16),
        dst: (host(3), 50_000 + (number % 7_000) as u16),
        lost: 0,
        duplicated: 0,
        packets: 0,
    };
    Source {
        truth,
        // Near the end of the cycle, so that all go through it.
        sequence: 65_535 - (dice.next() % 300) as u16,
        timestamp: dice.next() as u32,
        audio,
        rate: 1.0 + (dice.share() - 0.5) * 400e-6,
        next_us: dice.share() * 20_000.0,
        in_frame: 0,
        behind: 0,
    }
}

impl Source {
    /// Timestamp, marker and payload length of the packet that is due; moves on to the next.
    fn send(&mut self, dice: &mut Dice) -> (u32, bool, u16) {
        let timestamp = self.timestamp;
        if self.audio {
            self.timestamp = self.timestamp.wrapping_add(960);
            self.next_us += 20_000.0 / self.rate;
            return (timestamp, false, 60 + (dice.next() % 60) as u16);
        }
        if self.in_frame == 0 {
            self.in_frame = 1 + (dice.next() % 6) as u32;
        }
        self.in_frame -= 1;
        let last = self.in_frame == 0;
        if last {
            self.timestamp = self.timestamp.wrapping_add(3000);
            // What is left of a thirtieth of a second.
            self.next_us += (100_000.0 / 3.0 - f64::from(self.behind) * 600.0) / self.rate;
            self.behind = 0;
        } else {
            self.behind += 1;
            self.next_us += 600.0 / self.rate;
        }
        (timestamp, last, if last { 300 + (dice.next() % 800) as u16 } else { 1150 })
    }
}

fn write(out: &mut dyn Write, truth: &mut Truth, packet: &Flying, filler: &[u8]) -> io::Result<()> {
    truth.packets += 1;
    let marker = if packet.marker { 0x80 } else { 0 };
    let mut rtp = [0; 12];
    (rtp[0], rtp[1]) = (0x80, truth.payload_type | marker);
    rtp[2..4].copy_from_slice(&packet.sequence.to_be_bytes());
    rtp[4..8].copy_from_slice(&packet.timestamp.to_be_bytes());
    rtp[8..].copy_from_slice(&truth.ssrc.to_be_bytes());
    datagram(out, packet.arrives_us, truth.src, truth.dst, &[&rtp, &filler[..usize::from(packet.length)]])
}

fn noise(out: &mut dyn Write, at_us: u64, dice: &mut Dice, filler: &[u8]) -> io::Result<()> {
    let stranger =
        (Ipv4Addr::new(198, 51, 100, 1 + (dice.next() % 200) as u8), 1024 + (dice.next() % 60_000) as u16);
    let id = dice.next().to_be_bytes();
    match dice.next() % 3 {
        // A question to a name server, whose number may look like RTP.
        0 => {
            let head = [id[0], id[1], 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
            datagram(out, at_us, stranger, (Ipv4Addr::new(192, 0, 2, 53), 53), &[&head, &filler[..24]])
        }
        // A long header of QUIC.
        1 => datagram(
            out,
            at_us,
            stranger,
            (Ipv4Addr::new(203, 0, 113, 4), 443),
            &[&[0xc3], &id, &filler[..1190]],
        ),
        _ => datagram(out, at_us, stranger, (Ipv4Addr::new(203, 0, 113, 9), 9999), &[&id, &filler[..200]]),
    }
}

pub(crate) fn datagram(
    out: &mut dyn Write,
    at_us: u64,
    src: (Ipv4Addr, u16),
    dst: (Ipv4Addr, u16),
    parts: &[&[u8]],
) -> io::Result<()> {
    let payload: usize = parts.iter().map(|part| part.len()).sum();
    let mut head = [0_u8; 16 + 14 + 20 + 8];
    let on_wire = (14 + 20 + 8 + payload) as u32;
    head[..4].copy_from_slice(&(1_700_000_000 + (at_us / 1_000_000) as u32).to_le_bytes());
    head[4..8].copy_from_slice(&((at_us % 1_000_000) as u32).to_le_bytes());
    head[8..12].copy_from_slice(&on_wire.to_le_bytes());
    head[12..16].copy_from_slice(&on_wire.to_le_bytes());
    head[28] = 0x08;
    let ip = &mut head[30..50];
    ip[0] = 0x45;
    ip[2..4].copy_from_slice(&((28 + payload) as u16).to_be_bytes());
    (ip[8], ip[9]) = (64, 17);
    ip[12..16].copy_from_slice(&src.0.octets());
    ip[16..20].copy_from_slice(&dst.0.octets());
    let udp = &mut head[50..];
    udp[..2].copy_from_slice(&src.1.to_be_bytes());
    udp[2..4].copy_from_slice(&dst.1.to_be_bytes());
    udp[4..6].copy_from_slice(&((8 + payload) as u16).to_be_bytes());
    out.write_all(&head)?;
    parts.iter().try_for_each(|part| out.write_all(part))
}
