//! Captures of calls that never were: as many streams and packets as wanted, with loss, duplicates, reordering, wraps,
//! drift and noise, through relays and with what goes beside the media, all by a seed; and the truth about them.

use std::collections::BinaryHeap;
use std::io::{self, Write};
use std::net::Ipv4Addr;

/// What to make.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    /// Of everything that is random.
    pub(crate) seed: u64,
    /// Streams.
    pub(crate) streams: usize,
    /// Every so-many-th stream is audio, the others are video.
    pub(crate) audio: usize,
    /// Every so-many-th stream goes through a relay, in ChannelData; none where it is 0.
    pub(crate) relayed: usize,
    /// Whether checks of ICE, reports and feedback go beside the media, and header extensions in it.
    pub(crate) control: bool,
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
    /// The channel of the relay `dst` that it goes through.
    pub(crate) channel: Option<u16>,
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
    beside: Beside,
}

/// What goes beside the media of a source: when it is due next, and what is counted in it.
#[derive(Default)]
struct Beside {
    check_us: f64,
    report_us: f64,
    feedback_us: f64,
    checks: u32,
    sent: u32,
    octets: u32,
    feedback: u16,
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

const RELAY: (Ipv4Addr, u16) = (Ipv4Addr::new(203, 0, 113, 78), 3478);

/// Writes the capture (pcap, Ethernet), and says what is true of it.
pub(crate) fn generate(plan: Plan, out: &mut dyn Write) -> io::Result<Vec<Truth>> {
    let mut dice = Dice(plan.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let mut sources: Vec<Source> = (0..plan.streams).map(|number| source(number, &plan, &mut dice)).collect();
    let filler: Vec<u8> = (0..1600).map(|_| dice.next() as u8).collect();
    header(out)?;
    let mut flying: BinaryHeap<Flying> = BinaryHeap::new();
    let mut number = 0;
    let end_us = plan.seconds * 1e6;
    loop {
        let due = (0..sources.len()).min_by(|a, b| sources[*a].next_us.total_cmp(&sources[*b].next_us));
        let now_us = due.map_or(f64::MAX, |at| sources[at].next_us);
        while flying.peek().is_some_and(|first| first.arrives_us as f64 <= now_us || now_us >= end_us) {
            let packet = flying.pop().expect("it was there");
            write(out, &mut sources[packet.stream].truth, &packet, &filler, plan.control)?;
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
        if plan.control {
            beside(out, source, now_us, &filler)?;
        }
        if dice.percent(plan.noise) {
            noise(out, now_us as u64, &mut dice, &filler)?;
        }
    }
    Ok(sources.into_iter().map(|source| source.truth).collect())
}

fn source(number: usize, plan: &Plan, dice: &mut Dice) -> Source {
    let audio = number.is_multiple_of(plan.audio);
    let relayed = plan.relayed > 0 && number % plan.relayed == plan.relayed - 1;
    let host = |network: u8| Ipv4Addr::new(192, 0, network, 1 + (number / 4 % 250) as u8);
    let truth = Truth {
        ssrc: dice.next() as u32,
        payload_type: if audio { 111 } else { 96 },
        src: (host(2), 40_000 + number as u16),
        dst: if relayed { RELAY } else { (host(3), 50_000 + (number % 7_000) as u16) },
        channel: relayed.then_some(0x4000),
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
        beside: Beside::default(),
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

fn write(
    out: &mut dyn Write,
    truth: &mut Truth,
    packet: &Flying,
    filler: &[u8],
    extended: bool,
) -> io::Result<()> {
    truth.packets += 1;
    let marker = if packet.marker { 0x80 } else { 0 };
    let mut rtp = [0; 20];
    (rtp[0], rtp[1]) = (0x80, truth.payload_type | marker);
    rtp[2..4].copy_from_slice(&packet.sequence.to_be_bytes());
    rtp[4..8].copy_from_slice(&packet.timestamp.to_be_bytes());
    rtp[8..12].copy_from_slice(&truth.ssrc.to_be_bytes());
    if extended {
        rtp[0] |= 0x10;
        let [s0, s1] = packet.sequence.to_be_bytes();
        rtp[12..].copy_from_slice(&[0xbe, 0xde, 0, 1, 0x31, s0, s1, 0]);
    }
    let header = if extended { 20 } else { 12 };
    let payload = &filler[..usize::from(packet.length)];
    send(out, packet.arrives_us, truth, false, &[&rtp[..header], payload])
}

/// Sends between the ends of a source, or back, in ChannelData where it is relayed.
fn send(out: &mut dyn Write, at_us: u64, truth: &Truth, back: bool, parts: &[&[u8]]) -> io::Result<()> {
    let (src, dst) = if back { (truth.dst, truth.src) } else { (truth.src, truth.dst) };
    let Some(channel) = truth.channel else { return datagram(out, at_us, src, dst, parts) };
    let [c0, c1] = channel.to_be_bytes();
    let [l0, l1] = (parts.iter().map(|part| part.len()).sum::<usize>() as u16).to_be_bytes();
    datagram(out, at_us, src, dst, &[&[&[c0, c1, l0, l1][..]], parts].concat())
}

/// Every 2.5 s a check and its answer, every second reports of both sides, every 100 ms feedback on video.
fn beside(out: &mut dyn Write, source: &mut Source, now_us: f64, filler: &[u8]) -> io::Result<()> {
    let (truth, beside, at_us) = (&source.truth, &mut source.beside, now_us as u64);
    beside.sent += 1;
    beside.octets = beside.octets.wrapping_add(if source.audio { 90 } else { 1000 });
    if now_us >= beside.check_us {
        beside.check_us = now_us + 2.5e6;
        if beside.checks == 0 && truth.channel.is_some() {
            bind(out, at_us, truth)?;
        }
        for back in [false, true] {
            beside.checks += 1;
            check(out, at_us, truth, back, beside.checks, filler)?;
        }
    }
    let (ours, theirs) = (truth.ssrc.to_be_bytes(), (!truth.ssrc).to_be_bytes());
    if now_us >= beside.report_us {
        beside.report_us = now_us + 1e6;
        let seconds = 2_208_988_800 + 1_700_000_000 + (at_us / 1_000_000) as u32;
        let fraction = (((at_us % 1_000_000) << 32) / 1_000_000) as u32;
        let clock = if source.audio { 48.0 } else { 90.0 };
        let timestamp = (now_us * clock / 1e3) as u64 as u32;
        let mut info = Vec::new();
        for word in [seconds, fraction, timestamp, beside.sent, beside.octets] {
            info.extend(word.to_be_bytes());
        }
        let name = *b"\x01\x06source\0\0\0\0";
        send(
            out,
            at_us,
            truth,
            false,
            &[&[0x80, 200, 0, 6], &ours, &info, &[0x81, 202, 0, 4], &ours, &name],
        )?;
        let mut block = [0; 24];
        block[..4].copy_from_slice(&ours);
        block[8..12].copy_from_slice(&u32::from(source.sequence).to_be_bytes());
        block[16..20].copy_from_slice(&(seconds << 16 | fraction >> 16).to_be_bytes());
        block[20..].copy_from_slice(&1311_u32.to_be_bytes());
        let later = at_us + 25_000;
        send(
            out,
            later,
            truth,
            true,
            &[&[0x81, 201, 0, 7], &theirs, &block, &[0x81, 202, 0, 4], &theirs, &name],
        )?;
    }
    if !source.audio && now_us >= beside.feedback_us {
        beside.feedback_us = now_us + 1e5;
        beside.feedback = beside.feedback.wrapping_add(1);
        let [b0, b1] = beside.feedback.wrapping_mul(10).to_be_bytes();
        let number = beside.feedback as u8;
        let rest = [b0, b1, 0, 10, 0, 0, number, number, 0x20, 10, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4];
        send(out, at_us, truth, true, &[&[0x8f, 205, 0, 7], &theirs, &ours, &rest])?;
    }
    Ok(())
}

/// A check of ICE and its answer, without a password that anybody knows.
fn check(
    out: &mut dyn Write,
    at_us: u64,
    truth: &Truth,
    back: bool,
    n: u32,
    filler: &[u8],
) -> io::Result<()> {
    let name = if back { *b"here:far" } else { *b"far:here" };
    let mut request = message(0x0001, truth, n);
    attribute(&mut request, 0x0006, &name);
    attribute(&mut request, 0x0024, &[0x6e, 0, 1, 0xff]);
    attribute(&mut request, if back { 0x8029 } else { 0x802a }, &[7; 8]);
    attribute(&mut request, 0x0008, &filler[..20]);
    send(out, at_us, truth, back, &[&request])?;
    let mut answer = message(0x0101, truth, n);
    let [a, b, c, d] = truth.src.0.octets();
    let [p0, p1] = truth.src.1.to_be_bytes();
    attribute(&mut answer, 0x0020, &[0, 1, p0 ^ 0x21, p1 ^ 0x12, a ^ 0x21, b ^ 0x12, c ^ 0xa4, d ^ 0x42]);
    attribute(&mut answer, 0x0008, &filler[..20]);
    send(out, at_us + 20, truth, !back, &[&answer])
}

/// The channel is bound to a peer.
fn bind(out: &mut dyn Write, at_us: u64, truth: &Truth) -> io::Result<()> {
    let mut request = message(0x0009, truth, 0);
    attribute(&mut request, 0x000c, &[0x40, 0, 0, 0]);
    attribute(&mut request, 0x0012, &[0, 1, 0x21, 0x12, 0x21 ^ 192, 0x12, 0xa4 ^ 9, 0x42 ^ 9]);
    datagram(out, at_us, truth.src, truth.dst, &[&request])?;
    datagram(out, at_us + 15, truth.dst, truth.src, &[&message(0x0109, truth, 0)])
}

fn message(kind: u16, truth: &Truth, n: u32) -> Vec<u8> {
    let mut bytes = kind.to_be_bytes().to_vec();
    bytes.extend([0, 0, 0x21, 0x12, 0xa4, 0x42]);
    bytes.extend([0; 4]);
    bytes.extend(truth.ssrc.to_be_bytes());
    bytes.extend(n.to_be_bytes());
    bytes
}

fn attribute(message: &mut Vec<u8>, kind: u16, value: &[u8]) {
    message.extend(kind.to_be_bytes());
    message.extend((value.len() as u16).to_be_bytes());
    message.extend_from_slice(value);
    let length = (message.len() - 20) as u16;
    message[2..4].copy_from_slice(&length.to_be_bytes());
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

/// Of a pcap file of Ethernet, in microseconds.
pub(crate) fn header(out: &mut dyn Write) -> io::Result<()> {
    out.write_all(&[0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 1, 0, 0, 0])
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
