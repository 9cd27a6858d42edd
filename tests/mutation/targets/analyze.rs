//! Whole calls: the datagrams of a capture, made by the script so that they get past the readers.

use std::net::SocketAddr;

use rtcscope::analyze::diff::{self, Side};
use rtcscope::analyze::event::Event;
use rtcscope::analyze::facts::StreamFacts;
use rtcscope::analyze::listing::{Filter, Listing, Packets};
use rtcscope::analyze::summary::{CaptureFacts, Summary};
use rtcscope::analyze::{Analysis, Settings, Window};
use rtcscope::capture::{Datagram, Decoder, Ending, Frame, Reader, TcpSegment, Time, Transport};
use rtcscope::report::Report as _;
use rtcscope::srtp::KeyFile;
use rtcscope::stun::{Class, MessageBuilder, Method, TransactionId, attribute};

use super::formats;
use super::script::Script;

/// Datagrams of one input. A few bytes may ask for many.
const MOST: usize = 600;
/// Of each run, in order.
const FILE: &[u8] = b"\xd4\xc3\xb2\xa1\x02\0\x04\0\0\0\0\0\0\0\0\0\xff\xff\0\0\x01\0\0\0";

/// Plays a call by the script and looks at it: twice the same, each packet counted once, every figure possible, all of
/// it told in every format; and beside itself with every seventh datagram gone.
pub(super) fn analyze(bytes: &[u8]) {
    let mut script = Script(bytes);
    let options = script.byte();
    let mut scene = Scene::default();
    while !script.0.is_empty() && scene.made.len() < MOST {
        scene.step(&mut script);
    }
    let (analysis, events) = run(&scene.made, options);
    let summary = summarised(&analysis, scene.made.len());
    check(&summary, &scene.made);
    let json = serde_json::to_string(&summary).expect("a summary has a JSON form");
    // Facts of so many datagrams: nobody makes us write a book.
    assert!(json.len() < 50_000 + 6_000 * scene.made.len(), "{} bytes of {}", json.len(), scene.made.len());
    let again = summarised(&run(&scene.made, options).0, scene.made.len());
    assert_eq!(json, serde_json::to_string(&again).expect("a JSON form"), "another time it is another");
    formats::render(&summary);
    list(&analysis, &events);
    if options & 0x80 != 0 {
        compare(&scene.made, options);
    }
}

/// What a datagram of a capture is.
struct Made {
    at: Time,
    src: SocketAddr,
    dst: SocketAddr,
    transport: Transport,
    payload: Vec<u8>,
    cut: u32,
}

fn settings(options: u8) -> Settings {
    let mut settings = Settings { tells: true, ..Settings::default() };
    if options & 1 != 0 {
        settings.payloads.describe(include_bytes!("../../../testdata/sdp/offer.sdp"));
    }
    if options & 2 != 0 {
        let mut keys = KeyFile::default();
        keys.read("inline:BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcH");
        keys.read(&format!("CLIENT_RANDOM {} {}", "07".repeat(32), "0a".repeat(48)));
        settings.keys = keys;
    }
    if options & 4 != 0 {
        settings.window = Window { from_ns: Some(200_000_000), to_ns: Some(2_000_000_000) };
    }
    if options & 8 != 0 {
        settings.interval_ns = 50_000_000;
    }
    settings
}

fn run(made: &[Made], options: u8) -> (Analysis, Vec<Event>) {
    let mut analysis = Analysis::new(settings(options));
    for (number, one) in (1..).zip(made) {
        analysis.time(one.at);
        analysis.datagram(&Datagram {
            frame: Frame { file: 0, number },
            at: one.at,
            interface: 0,
            src: one.src,
            dst: one.dst,
            transport: one.transport,
            payload: &one.payload,
            cut: one.cut,
        });
    }
    analysis.finish();
    let mut events = Vec::new();
    analysis.events(&mut events);
    (analysis, events)
}

fn captured(packets: usize) -> CaptureFacts {
    let reader = Reader::new(FILE).expect("a capture without packets");
    let facts = CaptureFacts::of("x", &reader, &Decoder::new(0), &Ending::Whole);
    CaptureFacts { packets: packets as u64, ..facts }
}

fn summarised(analysis: &Analysis, packets: usize) -> Summary {
    Summary::new(vec![captured(packets)], analysis).over_time(analysis, true)
}

fn check(summary: &Summary, made: &[Made]) {
    let frames = made.len() as u64;
    let mut counted = 0;
    for stream in &summary.streams {
        counted += stream.packets;
        figures(stream);
        assert!((1..=frames).contains(&stream.frame_range.0) && stream.frame_range.1 <= frames, "{stream:?}");
    }
    assert!(counted <= summary.datagrams.rtp, "{counted} of {:?}", summary.datagrams);
    assert!(summary.duration_s >= 0.0);
    for finding in &summary.findings {
        assert!(!finding.message.is_empty() && !finding.code.is_empty(), "{finding:?}");
    }
    assert!(!summary.document().blocks.is_empty());
}

fn figures(stream: &StreamFacts) {
    let told = format!("{stream:?}");
    assert!(stream.packets > 0 && stream.duplicates + stream.strays < stream.packets, "{told}");
    assert!((0.0..=100.0).contains(&stream.loss_pct), "{told}");
    // What arrived once, and what did not, is what was to come.
    let once = stream.packets - stream.duplicates - stream.strays;
    let expected = once + stream.lost;
    let loss = stream.lost as f64 * 100.0 / expected as f64;
    assert!((stream.loss_pct - loss).abs() < 0.001, "{loss} is no {}: {told}", stream.loss_pct);
    let told_apart: u64 = stream.payloads.iter().map(|payload| payload.packets).sum();
    assert!(told_apart <= stream.packets, "{told}");
    for figure in [
        stream.jitter_mean_ms,
        stream.jitter_max_ms,
        stream.max_delta_ms,
        stream.bitrate_bps,
        stream.packet_rate,
    ] {
        assert!(figure.is_none_or(|figure| figure >= 0.0 && figure.is_finite()), "{told}");
    }
    if let (Some(mean), Some(max)) = (stream.jitter_mean_ms, stream.jitter_max_ms) {
        assert!(mean <= max + 0.001, "{told}");
    }
    assert!(stream.mos.value.is_none_or(|mos| (1.0..=4.6).contains(&mos)), "{told}");
    assert!(stream.first_seen_s <= stream.last_seen_s && stream.reordered <= stream.packets, "{told}");
    assert!(stream.loss_runs.max <= stream.lost && stream.loss_runs.count <= stream.lost, "{told}");
}

/// Packets and reports one by one.
fn list(analysis: &Analysis, events: &[Event]) {
    let mut listing = Listing::of(analysis, Filter::default(), false);
    listing.detailed = true;
    let packets = events.iter().filter_map(|event| listing.packet(event, analysis)).collect();
    formats::render(&Packets { packets });
    let reports: Vec<_> = events.iter().filter_map(|event| listing.report(event, analysis)).collect();
    assert!(reports.len() <= events.len());
}

/// The capture beside the same one with every seventh datagram gone, and its clock a little ahead.
fn compare(made: &[Made], options: u8) {
    let far: Vec<Made> = made
        .iter()
        .enumerate()
        .filter(|(number, _)| number % 7 != 6)
        .map(|(_, one)| Made { at: Time(one.at.0 + 3_000_000), payload: one.payload.clone(), ..*one })
        .collect();
    let sides = [made, &far].map(|made| {
        let (analysis, events) = run(made, options);
        let mut side = Side::default();
        side.take(&events, &Filter::default());
        side.finish(&analysis);
        side
    });
    let [a, b] = &sides;
    let there = diff::compare(a, b, [captured(made.len()), captured(far.len())]);
    for row in &there.streams {
        assert!((0.0..=100.0).contains(&row.loss_pct) && row.arrived + row.lost == row.sent, "{row:?}");
        assert!(!row.verdict.is_empty(), "{row:?}");
    }
    formats::render(&there);
}

/// What was sent so far.
struct Scene {
    now: i64,
    made: Vec<Made>,
    streams: [(u16, u32); 8],
    sequences: [[u32; 2]; 4],
    /// What is within the next datagram of a relay.
    wrap: Option<Wrap>,
}

#[derive(Clone, Copy)]
enum Wrap {
    Channel(u16),
    Indication,
}

impl Default for Scene {
    fn default() -> Self {
        let start = 1_700_000_000_000_000_000;
        Self { now: start, made: Vec::new(), streams: [(1000, 9000); 8], sequences: [[1, 1]; 4], wrap: None }
    }
}

/// The two ends of a pair, one of which is a relay's.
fn ends(pair: usize, is_back: bool) -> (SocketAddr, SocketAddr) {
    let near = SocketAddr::from(([192, 0, 2, 1], 5000 + 2 * pair as u16));
    let far = SocketAddr::from(([198, 51, 100, 1], if pair == 3 { 3478 } else { 6000 + 2 * pair as u16 }));
    if is_back { (far, near) } else { (near, far) }
}

impl Scene {
    fn step(&mut self, script: &mut Script<'_>) {
        let choice = script.byte();
        let (pair, is_back) = (usize::from(choice >> 4 & 3), choice & 0x80 != 0);
        match choice & 0x0f {
            0 | 1 => self.media(script, pair, is_back),
            2 => {
                let packet = self.reports(script);
                self.send(pair, is_back, packet);
            }
            3 => {
                let message = check_of_ice(script);
                self.send(pair, is_back, message);
            }
            4 => {
                let message = turn(script);
                self.send(3, is_back, message);
            }
            5 => {
                self.wrap = Some(if is_back {
                    Wrap::Indication
                } else {
                    Wrap::Channel(0x4000 + u16::from(script.byte() & 3))
                })
            }
            6 => {
                let flight = handshake(script);
                self.send(pair, is_back, flight);
            }
            7 => self.segment(script, pair, is_back),
            8 => {
                let message = signalling(script);
                self.push(5060, is_back, Transport::Udp, message);
            }
            9 => self.now += i64::from(script.number()) * 1_000_000,
            10 => self.now -= i64::from(script.byte()) * 10_000_000,
            11 => {
                // Cut by a snap length, as long as it says.
                let cut = u32::from(script.byte());
                if let Some(last) = self.made.last_mut() {
                    let kept = last.payload.len().saturating_sub(cut as usize);
                    last.cut += (last.payload.len() - kept) as u32;
                    last.payload.truncate(kept);
                }
            }
            12 => {
                let payload = script.bytes().to_vec();
                self.push(pair as u16, is_back, Transport::Message, payload);
            }
            13 => {
                // Once more.
                let which = usize::from(script.byte());
                if let Some(one) = self.made.len().checked_sub(1 + which).map(|at| &self.made[at]) {
                    let copy = Made { at: Time(self.now), payload: one.payload.clone(), ..*one };
                    self.made.push(copy);
                }
            }
            _ => {
                let payload = script.bytes().to_vec();
                self.send(pair, is_back, payload);
            }
        }
    }

    /// Some packets of a stream: how many, how numbers and time go on, and what is in them.
    fn media(&mut self, script: &mut Script<'_>, pair: usize, is_back: bool) {
        let (which, count, pace) = (script.byte(), script.byte(), script.byte());
        let payload = script.bytes();
        let place = usize::from(which & 7);
        let payload_type = [111, 96, 97, 0, 126, 63, 98, 9][usize::from(which >> 3 & 7)];
        for n in 0..(usize::from(count & 0x1f) + 1) {
            let (sequence, timestamp) = self.streams[place];
            let skipped = match pace & 7 {
                1 if n % 4 == 3 => 2,
                2 => u16::MAX,
                3 if n % 8 == 7 => 20,
                4 if n == 0 => 4000,
                5 => 0,
                _ => 1,
            };
            let ticks = [960, 3000, 0, 160, 90_000, 1, u32::MAX - 959, 1440][usize::from(pace >> 3 & 7)];
            let ticks = if place >= 4 && n % 3 != 2 { 0 } else { ticks };
            self.streams[place] = (sequence.wrapping_add(skipped), timestamp.wrapping_add(ticks));
            let first = if count & 0x80 != 0 { 0x90 } else { 0x80 };
            let marker = if place >= 4 && n % 3 == 2 { 0x80 } else { 0 };
            let mut packet = vec![first, payload_type | marker];
            packet.extend(sequence.to_be_bytes());
            packet.extend(timestamp.to_be_bytes());
            packet.extend((0xabc0_0000 + place as u32).to_be_bytes());
            if first & 0x10 != 0 {
                packet.extend([0xbe, 0xde, 0, 1, 0x10, n as u8, 0, 0]);
            }
            packet.extend_from_slice(payload);
            // Nothing but a retransmission begins with the number of another.
            if payload_type == 97 {
                packet.extend(sequence.to_be_bytes());
            }
            self.send(pair, is_back, packet);
            self.now += [20, 5, 0, 33, 200, 1000, 1, 40][usize::from(pace >> 5)] * 1_000_000;
        }
    }

    /// A compound packet: reports about the streams, and blocks by the script.
    fn reports(&self, script: &mut Script<'_>) -> Vec<u8> {
        let mut packet = Vec::new();
        let (from, about) = (u32::from(script.byte() & 7), u32::from(script.byte() & 7));
        let seconds = u32::try_from(self.now / 1_000_000_000 % 0x1_0000_0000).unwrap_or_default();
        let (sequence, timestamp) = self.streams[about as usize];
        let mut words = vec![0xabc0_0000 + from];
        let is_sender = script.byte() & 1 == 0;
        if is_sender {
            words.extend([seconds, (self.now % 1_000_000_000) as u32 * 4, self.streams[from as usize].1]);
            words.extend([u32::from(script.number()), u32::from(script.number())]);
        }
        let fraction = u32::from(script.byte()) << 24;
        let middle = seconds << 16;
        words.extend([0xabc0_0000 + about, fraction | u32::from(script.byte()), u32::from(sequence)]);
        words.extend([timestamp & 0xffff, middle, u32::from(script.byte()) << 10]);
        block(&mut packet, if is_sender { 200 } else { 201 }, 1, &words);
        for _ in 0..script.below(4) {
            let (kind, count) = (200 + (script.byte() & 7), script.byte() & 31);
            let body = script.bytes();
            let words: Vec<u32> = [0xabc0_0000 + from, 0xabc0_0000 + about]
                .into_iter()
                .chain(
                    body.chunks_exact(4).map(|four| u32::from_be_bytes([four[0], four[1], four[2], four[3]])),
                )
                .collect();
            block(&mut packet, kind, count, &words);
        }
        packet
    }

    /// Some of a connection: the next bytes, or those that are not due yet.
    fn segment(&mut self, script: &mut Script<'_>, pair: usize, is_back: bool) {
        let (flags, shift) = (script.byte(), script.byte());
        let kind = script.byte();
        let inner = match kind & 3 {
            0 => script.bytes().to_vec(),
            1 => check_of_ice(script),
            2 => signalling(script),
            _ => self.reports(script),
        };
        // RFC 4571 has a length before each.
        let payload = match kind & 4 {
            0 => inner,
            _ => [&(inner.len() as u16).to_be_bytes()[..], &inner].concat(),
        };
        let side = usize::from(is_back);
        let next = &mut self.sequences[pair][side];
        let sequence = next.wrapping_add((i32::from(shift as i8) / 8 * 40) as u32);
        if shift < 8 {
            *next =
                next.wrapping_add(payload.len() as u32 + u32::from(flags & 1) + u32::from(flags >> 1 & 1));
        }
        let acknowledgment = self.sequences[pair][1 - side];
        let segment = TcpSegment { sequence, acknowledgment, flags };
        self.push(pair as u16, is_back, Transport::Tcp(segment), payload);
    }

    fn send(&mut self, pair: usize, is_back: bool, payload: Vec<u8>) {
        let (pair, payload) = match self.wrap.take() {
            None => (pair, payload),
            Some(Wrap::Channel(number)) => {
                (3, [&number.to_be_bytes()[..], &(payload.len() as u16).to_be_bytes(), &payload].concat())
            }
            Some(Wrap::Indication) => {
                let method = if is_back { Method::Data } else { Method::Send };
                let wrapped = MessageBuilder::new(Class::Indication, method, TransactionId([1; 12]))
                    .xor_address(attribute::XOR_PEER_ADDRESS, ([203, 0, 113, 1], 7000).into())
                    .attribute(attribute::DATA, &payload);
                (3, wrapped.finish())
            }
        };
        let (src, dst) = ends(pair, is_back);
        self.made.push(Made { at: Time(self.now), src, dst, transport: Transport::Udp, payload, cut: 0 });
        self.now += 100_000;
    }

    fn push(&mut self, port: u16, is_back: bool, transport: Transport, payload: Vec<u8>) {
        let near = SocketAddr::from(([192, 0, 2, 1], 40_000 + port));
        let far = SocketAddr::from(([198, 51, 100, 2], if port == 5060 { port } else { 3478 }));
        let (src, dst) = if is_back { (far, near) } else { (near, far) };
        self.made.push(Made { at: Time(self.now), src, dst, transport, payload, cut: 0 });
        self.now += 100_000;
    }
}

fn block(packet: &mut Vec<u8>, kind: u8, count: u8, words: &[u32]) {
    packet.extend([0x80 | count, kind]);
    packet.extend((words.len() as u16).to_be_bytes());
    packet.extend(words.iter().flat_map(|word| word.to_be_bytes()));
}

fn check_of_ice(script: &mut Script<'_>) -> Vec<u8> {
    let choice = script.byte();
    let class = [Class::Request, Class::Success, Class::Error, Class::Indication][usize::from(choice & 3)];
    let id = TransactionId([choice >> 4; 12]);
    let builder = MessageBuilder::new(class, Method::Binding, id);
    match class {
        Class::Request => {
            let role: attribute::Kind = if choice & 4 == 0 { 0x802a } else { 0x8029 };
            let builder = builder
                .attribute(attribute::USERNAME, b"abcd:efgh")
                .attribute(0x0024, &[0x6e, 0, 1, 0xff])
                .attribute(role, &[choice; 8]);
            match choice & 8 {
                0 => builder.integrity(b"abcdefghijklmnopqrstuvwx").finish(),
                _ => builder.attribute(0x0025, &[]).integrity(b"abcdefghijklmnopqrstuvwx").finish(),
            }
        }
        Class::Success => {
            let mapped = ([192, 0, 2, 1], 5000).into();
            builder
                .xor_address(attribute::XOR_MAPPED_ADDRESS, mapped)
                .integrity(b"abcdefghijklmnopqrstuvwx")
                .finish()
        }
        Class::Error => {
            let code = [[4, 87], [4, 1], [4, 0], [5, 0]][usize::from(choice >> 2 & 3)];
            builder.attribute(attribute::ERROR_CODE, &[0, 0, code[0], code[1]]).finish()
        }
        Class::Indication => builder.attribute(KINDS_LEFT, script.bytes()).finish(),
    }
}

/// An attribute that nobody knows.
const KINDS_LEFT: attribute::Kind = 0xc0de;

/// A message between a client and its relay.
fn turn(script: &mut Script<'_>) -> Vec<u8> {
    let choice = script.byte();
    let class = [Class::Request, Class::Success, Class::Error][usize::from(choice & 3) % 3];
    let method = [Method::Allocate, Method::CreatePermission, Method::ChannelBind, Method::Refresh]
        [usize::from(choice >> 2 & 3)];
    let id = TransactionId([choice >> 4; 12]);
    let peer: SocketAddr = ([203, 0, 113, 1], 7000).into();
    let builder = MessageBuilder::new(class, method, id);
    match class {
        Class::Request => builder
            .attribute(attribute::USERNAME, b"alice")
            .xor_address(attribute::XOR_PEER_ADDRESS, peer)
            .attribute(attribute::CHANNEL_NUMBER, &[0x40, script.byte() & 3, 0, 0])
            .attribute(attribute::LIFETIME, &[0, 0, script.byte(), 0]),
        Class::Error => {
            let code = [[4, 1], [4, 38], [4, 86], [3, 0], [4, 3]][script.below(5)];
            builder
                .attribute(attribute::ERROR_CODE, &[0, 0, code[0], code[1]])
                .attribute(attribute::REALM, b"r")
        }
        _ => builder
            .xor_address(attribute::XOR_RELAYED_ADDRESS, ([198, 51, 100, 1], 49_152).into())
            .xor_address(attribute::XOR_MAPPED_ADDRESS, ([192, 0, 2, 1], 5006).into())
            .attribute(attribute::LIFETIME, &[0, 0, 2, script.byte()]),
    }
    .finish()
}

/// Records of DTLS: handshake messages whole or in fragments, alerts, data.
fn handshake(script: &mut Script<'_>) -> Vec<u8> {
    let mut datagram = Vec::new();
    for _ in 0..=script.below(3) {
        let choice = script.byte();
        let kind = [22, 20, 21, 23][usize::from(choice & 3)];
        let number = u16::from(script.byte());
        let body = match kind {
            22 => {
                let message = [1, 2, 3, 11, 14, 16, 20, 15][usize::from(choice >> 2 & 7)];
                let body = match message {
                    1 | 2 => hello(script, message == 1),
                    _ => script.bytes().to_vec(),
                };
                let length = (body.len() as u32 + u32::from(choice >> 7) * 10).to_be_bytes();
                let here = (body.len() as u32).to_be_bytes();
                [&[message][..], &length[1..], &number.to_be_bytes(), &[0; 3], &here[1..], &body].concat()
            }
            21 => vec![1 + (choice >> 7), script.byte()],
            20 => vec![1],
            _ => script.bytes().to_vec(),
        };
        let epoch = choice >> 5 & 1;
        datagram.extend([kind, 0xfe, 0xfd, 0, epoch, 0, 0, 0, 0]);
        datagram.extend(number.to_be_bytes());
        datagram.extend((body.len() as u16).to_be_bytes());
        datagram.extend(body);
    }
    datagram
}

/// A hello that agrees on SRTP.
fn hello(script: &mut Script<'_>, is_client: bool) -> Vec<u8> {
    let profile = [1, 2, 7, 8][script.below(4)];
    let mut body = [&[0xfe, 0xfd][..], &[7; 32], &[0]].concat();
    match is_client {
        true => body.extend([0, 0, 2, 0xc0, 0x2b, 1, 0]),
        false => body.extend([0xc0, 0x2b, 0]),
    }
    body.extend([0, 9, 0, 14, 0, 5, 0, 2, 0, profile, 0]);
    body
}

/// A message of SIP, with a description or without.
fn signalling(script: &mut Script<'_>) -> Vec<u8> {
    let choice = script.byte();
    let call = choice >> 4 & 3;
    let start = [
        "INVITE sip:bob@example.test SIP/2.0",
        "SIP/2.0 200 OK",
        "ACK sip:bob@example.test SIP/2.0",
        "BYE sip:bob@example.test SIP/2.0",
        "SIP/2.0 180 Ringing",
        "SIP/2.0 486 Busy Here",
        "CANCEL sip:bob@example.test SIP/2.0",
        "SIP/2.0 401 Unauthorized",
    ][usize::from(choice & 7)];
    let method = if choice & 7 == 3 { "BYE" } else { "INVITE" };
    let body = match choice & 8 {
        0 => String::new(),
        _ => format!(
            "v=0\r\no=- {call} 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio {} RTP/AVP 0 111 126\r\n\
             a=rtpmap:111 opus/48000/2\r\na=rtpmap:126 telephone-event/8000\r\n",
            5000 + 2 * u16::from(choice >> 6)
        ),
    };
    let extra = String::from_utf8_lossy(script.bytes()).into_owned();
    format!(
        "{start}\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK{call}\r\nFrom: <sip:alice@example.test>;tag=a\r\n\
         To: <sip:bob@example.test>;tag=b\r\nCall-ID: {call}@example.test\r\nCSeq: 1 {method}\r\n{extra}\
         Content-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}
