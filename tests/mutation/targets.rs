//! What reads untrusted bytes, each as one function of any bytes at all. None may panic, and each
//! asserts what must hold whatever came in. `tests/mutation` runs them on stable, `fuzz/` under
//! libFuzzer.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rtcscope::analyze::summary::{CaptureFacts, Summary};
use rtcscope::analyze::{Analysis, Settings as Look};
use rtcscope::capture::{Decoder, Reader, Section};
use rtcscope::dtls::{Handshake, Offer, Output as Dtls};
use rtcscope::finding::Location;
use rtcscope::ice::servers::IceServers;
use rtcscope::ice::uri::ServerUri;
use rtcscope::recording::{Carrier, Connection, Pcap, Pieces, Taken, Trace, What};
use rtcscope::report::Report as _;
use rtcscope::sdp::attribute::Candidate;
use rtcscope::sdp::diff;
use rtcscope::sdp::explain::{Explanation, Given, SessionFacts};
use rtcscope::sdp::lint::{self, Description, Pair, Selection};
use rtcscope::sdp::redact::Redactor;
use rtcscope::sdp::rewrite::{self, CodecName, Plan, Scope};
use rtcscope::sdp::{Session, Text, edit, source};
use rtcscope::stun::explain::{self, Key, Protocol};
use rtcscope::stun::framing::StreamDecoder;
use rtcscope::stun::{Class, Integrity, Message, MessageBuilder, Method, TransactionId, attribute};
use rtcscope::tls::{CertificateReport, TlsFault, verify};
use rtcscope::turn::credentials::{Credentials, Secret};
use rtcscope::turn::{Allocate, Client, Event, Family, Output, Request, Settings};
use rtcscope::turnserver::{Conf, Report, Span};
use rustls::RootCertStore;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};

/// A name and a body.
pub(crate) type Target = (&'static str, fn(&[u8]));

/// Every target.
pub(crate) const TARGETS: [Target; 12] = [
    ("capture", capture),
    ("stun_message", stun_message),
    ("stun_explain", stun_explain),
    ("recording", recording),
    ("turn_stream", turn_stream),
    ("server_uri", server_uri),
    ("ice_servers", ice_servers),
    ("certificate", certificate),
    ("sdp", sdp),
    ("sdp_source", sdp_source),
    ("dtls_client", dtls_client),
    ("turnserver_conf", turnserver_conf),
];

const KEY: &[u8] = b"VOkJxbRl1RmTxUk/WvJxBt";
const KINDS: [attribute::Kind; 22] = [
    attribute::MAPPED_ADDRESS,
    attribute::USERNAME,
    attribute::MESSAGE_INTEGRITY,
    attribute::ERROR_CODE,
    attribute::CHANNEL_NUMBER,
    attribute::LIFETIME,
    attribute::XOR_PEER_ADDRESS,
    attribute::DATA,
    attribute::REALM,
    attribute::NONCE,
    attribute::XOR_RELAYED_ADDRESS,
    attribute::REQUESTED_ADDRESS_FAMILY,
    attribute::REQUESTED_TRANSPORT,
    attribute::MESSAGE_INTEGRITY_SHA256,
    attribute::XOR_MAPPED_ADDRESS,
    attribute::ALTERNATE_DOMAIN,
    attribute::COTURN_BANDWIDTH,
    attribute::SOFTWARE,
    attribute::ALTERNATE_SERVER,
    attribute::FINGERPRINT,
    attribute::RESPONSE_ORIGIN,
    attribute::OTHER_ADDRESS,
];

/// Reads the bytes as a capture, to its end or as far as it goes, and says all there is to say.
pub(crate) fn capture(bytes: &[u8]) {
    let Ok(mut reader) = Reader::new(bytes) else { return };
    let (mut decoder, mut analysis) = (Decoder::new(0), Analysis::new(Look::default()));
    let (mut records, mut datagrams) = (0, 0);
    let ending = loop {
        let ended = reader.next(&mut |section| match section {
            Section::Record(record) => {
                records += 1;
                assert!(record.data.len() <= bytes.len());
                analysis.time(record.at);
                if let Some(datagram) = decoder.datagram(&record) {
                    datagrams += 1;
                    analysis.datagram(&datagram);
                }
            }
            Section::Skipped(reason) => decoder.skip(reason),
            Section::KeyLog(log) => analysis.keys(&String::from_utf8_lossy(log)),
        });
        if let Some(ending) = ended {
            break ending;
        }
    };
    analysis.finish();
    let facts = CaptureFacts::of("x", &reader, &decoder, &ending);
    assert!(records <= facts.packets && datagrams <= records, "{facts:?}");
    let counted: u64 = facts.skipped.values().sum();
    assert_eq!(facts.packets, datagrams + counted + facts.fragments_joined, "{facts:?}");
    let summary = Summary::new(vec![facts], &analysis);
    let packets: u64 = summary.streams.iter().map(|stream| stream.packets).sum();
    assert!(packets <= summary.datagrams.rtp, "{packets} of {:?}", summary.datagrams);
    assert!(!summary.document().blocks.is_empty());
}

/// Looks for descriptions: each byte of one stands where it says, and what holds none is told why.
pub(crate) fn sdp_source(bytes: &[u8]) {
    let sources = source::find(bytes);
    let is_packed = sources.notes.iter().any(|note| note.about == source::About::Unpacked);
    for document in &sources.documents {
        for at in 0..=document.text.len() {
            let Some(place) = document.place(at).filter(|_| !is_packed) else { continue };
            assert!(place.offset <= bytes.len() && place.line > 0 && place.column > 0, "{place:?}");
        }
        if let Some(range) = document.verbatim().filter(|_| !is_packed) {
            assert_eq!(bytes[range], document.text);
        }
        if let Some(at) = document.in_dump {
            let dump = sources.dump.as_ref().expect("a dump, as the document is of one");
            assert!(at.event < dump.connections[at.connection].events.len());
        }
    }
    for step in sources.dump.as_ref().map(diff::steps).unwrap_or_default() {
        let one = |index: usize| diff::One {
            input: lint::Input { source: "x", document: &sources.documents[index], kind: None },
            number: index + 1,
        };
        let options = diff::Options { relation: Some(step.relation), raw: true, ..diff::Options::default() };
        let comparison = diff::Comparison::of(one(step.from), one(step.to), &options);
        let is_same = sources.documents[step.from].text == sources.documents[step.to].text;
        assert_eq!(comparison.outcome == diff::Outcome::Identical, is_same);
    }
    let found = sources.documents.len() + sources.candidates.len();
    assert_eq!(sources.why_none().is_some(), found == 0, "{:?}", sources.notes);
    assert!(sources.notes.iter().all(|note| !note.text.is_empty()));
}

/// Reads the bytes as a message, and builds a message by them that must read back.
pub(crate) fn stun_message(bytes: &[u8]) {
    match Message::from_bytes(bytes) {
        Err(error) => assert!(!error.to_string().is_empty()),
        Ok(message) => {
            assert_eq!(message.bytes().len() + message.trailing, bytes.len());
            read_everything(&message);
            assert_eq!(Message::from_bytes(message.bytes()).map(|again| again.trailing), Ok(0));
        }
    }
    round_trip(&mut Script(bytes));
}

fn read_everything(message: &Message) {
    for kind in KINDS {
        let value = message.attribute(kind).map(<[u8]>::len);
        assert!(value.is_none_or(|length| length <= message.bytes().len()));
        let _ = (message.text(kind), message.number(kind), message.address(kind), message.xor_address(kind));
    }
    let _ = message.reflexive_address();
    if let Some((code, _)) = message.error_code() {
        assert!(code <= 7 * 100 + 255);
    }
    let _ = message.integrity(KEY);
}

/// Of the drafts before RFC 5389; the codec reads it as today's, which servers of that age need.
const OLD_XOR_MAPPED_ADDRESS: attribute::Kind = 0x8020;

fn round_trip(script: &mut Script<'_>) {
    let class = [Class::Request, Class::Indication, Class::Success, Class::Error][script.below(4)];
    let method = Method::Other(script.number() & 0x0fff);
    let id = TransactionId(script.array());
    let mut builder = MessageBuilder::new(class, method, id);
    let mut first: Vec<(attribute::Kind, Vec<u8>)> = Vec::new();
    for _ in 0..script.below(16) {
        let kind = script.number();
        let special =
            [attribute::MESSAGE_INTEGRITY, attribute::MESSAGE_INTEGRITY_SHA256, attribute::FINGERPRINT];
        if special.contains(&kind) {
            continue;
        }
        let value = script.bytes().to_vec();
        builder = builder.attribute(kind, &value);
        let kind = if kind == OLD_XOR_MAPPED_ADDRESS { attribute::XOR_MAPPED_ADDRESS } else { kind };
        if !first.iter().any(|(known, _)| *known == kind) {
            first.push((kind, value));
        }
    }
    let peer = script.address();
    builder = builder.xor_address(attribute::XOR_PEER_ADDRESS, peer).integrity(KEY);
    let mut built = builder.finish();
    let message = Message::from_bytes(&built).expect("what we build can be read");
    assert_eq!((message.class, message.transaction, message.trailing), (class, id, 0));
    for (kind, value) in &first {
        assert_eq!(message.attribute(*kind), Some(value.as_slice()));
    }
    if !first.iter().any(|(kind, _)| *kind == attribute::XOR_PEER_ADDRESS) {
        assert_eq!(message.xor_address(attribute::XOR_PEER_ADDRESS), Some(peer));
    }
    assert_eq!(message.integrity(KEY), Integrity::Valid);
    assert_eq!(message.integrity(b"another"), Integrity::Wrong);

    // No protected bit can be flipped unnoticed: all but the two bytes of the length.
    let protected = built.len() - 8 - 24;
    let bit = usize::from(script.number()) * 8191 % (protected * 8);
    if !(16..32).contains(&bit) {
        built[bit / 8] ^= 1 << (bit % 8);
        let damaged = Message::from_bytes(&built);
        assert!(!damaged.is_ok_and(|message| message.integrity(KEY) == Integrity::Valid), "bit {bit}");
    }
}

/// Explains the bytes, as they are and as a text that a person pasted.
pub(crate) fn stun_explain(bytes: &[u8]) {
    let mut inputs = vec![bytes.to_vec()];
    inputs.extend(explain::input::from_bytes(bytes).unwrap_or_default());
    inputs.extend(
        std::str::from_utf8(bytes)
            .ok()
            .and_then(|text| explain::input::from_text(text).ok())
            .into_iter()
            .flatten(),
    );
    for input in inputs {
        let key = Key { origin: "it".to_owned(), bytes: KEY.to_vec().into() };
        let all = explain::explain_all(&input, &|_, _| vec![key.clone()]);
        let mut at = 0;
        for one in &all {
            for field in &one.fields {
                assert_eq!((field.offset, &field.bytes[..]), (at, &input[at..at + field.bytes.len()]));
                at += field.bytes.len();
            }
            assert!(one.faults.iter().all(|fault| fault.offset <= input.len() && !fault.message.is_empty()));
            assert!(one.protocol != Protocol::Other || !one.is_sound());
            // What it finds nothing wrong with, the strict reader takes too.
            if one.protocol == Protocol::Stun && one.is_sound() {
                let message = Message::from_bytes(&input[one.offset..one.offset + one.length]);
                assert!(message.is_ok(), "{message:?} {one:?}");
            }
        }
        assert_eq!(at, input.len(), "every byte is in one field");
    }
}

/// Records the bytes as they come over each transport, in one piece and in many.
pub(crate) fn recording(bytes: &[u8]) {
    let step = bytes.first().map_or(1, |byte| usize::from(byte % 23) + 1);
    for (number, name) in ["udp", "tcp", "tls", "peer"].into_iter().enumerate() {
        let carrier = Carrier { name, stream: matches!(name, "tcp" | "tls"), encrypted: name == "tls" };
        let local = SocketAddr::from(([127, 0, 0, 1], 1));
        let connection = Arc::new(Connection { number: number as u64, local, carrier });
        let (mut pieces, mut trace) = (Pieces::default(), Trace::new(step.is_multiple_of(2)));
        let (mut pcap, head) = Pcap::new(0, "rtcscope");
        assert!(head.len().is_multiple_of(4));
        let sent = [What::Sent(bytes.to_vec())].into_iter();
        let received = bytes.chunks(step).map(|part| What::Received(part.to_vec()));
        for what in sent.chain(received).chain([What::Closed, What::Gone]) {
            let taken = Taken { at: Duration::ZERO, connection: connection.clone(), remote: local, what };
            let cut = pieces.take(&taken);
            let lines = trace.take(&taken, &cut);
            assert!(lines.chars().all(|c| c == '\n' || !c.is_control()), "{lines:?}");
            assert!(pcap.take(&taken, &cut).len().is_multiple_of(4));
        }
    }
}

/// Cuts the bytes as a stream, in one piece and in many; and plays a server by them.
pub(crate) fn turn_stream(bytes: &[u8]) {
    for channels in [false, true] {
        let whole = cut([bytes].into_iter(), channels);
        let step = bytes.first().map_or(1, |byte| usize::from(byte % 23) + 1);
        assert_eq!(whole, cut(bytes.chunks(step), channels), "in pieces of {step}");
    }
    play(&mut Script(bytes));
}

/// The frames of a stream, and whether it could be followed to its end.
fn cut<'a>(pieces: impl Iterator<Item = &'a [u8]>, channels: bool) -> (Vec<Vec<u8>>, bool) {
    let mut decoder = StreamDecoder::default();
    let mut frames = Vec::new();
    for piece in pieces {
        decoder.push(piece);
        loop {
            match decoder.poll(channels) {
                Ok(Some(piece)) => frames.push(piece.to_vec()),
                Ok(None) => break,
                Err(_) => return (frames, false),
            }
        }
    }
    (frames, true)
}

/// A client whose server, network and clock do what the script says.
fn play(script: &mut Script<'_>) {
    let flags = script.byte();
    let credentials =
        (flags & 2 == 0).then(|| Credentials::password("alice", Secret::new("wonder".to_owned())));
    let timeout = Duration::from_millis(u64::from(script.number()) + 1);
    let mut play = Play {
        client: Client::new(Settings { stream: flags & 1 == 1, credentials, timeout, seed: [flags; 32] }),
        now: Instant::now(),
        last: None,
        open: 0,
    };
    for _ in 0..64 {
        if script.0.is_empty() {
            break;
        }
        let now = play.now;
        match script.below(6) {
            0 => {
                let request = script.request();
                play.client.start(now, request);
                play.open += 1;
            }
            1 => play.client.handle_input(now, script.bytes()),
            2 => play.reply(script),
            3 => play.now += Duration::from_millis(u64::from(script.number())),
            4 => {
                let (peer, data) = (script.address(), script.bytes());
                assert!(play.client.data(peer, data).is_some_and(|sent| sent.len() >= data.len()));
            }
            _ => {
                let request = script.request();
                let id = play.client.start(now, request);
                assert!(play.client.give_up(now, id).is_some(), "nothing was answered to it yet");
            }
        }
        play.rest();
    }
    // Silence: every request ends.
    for _ in 0..10_000 {
        match play.rest() {
            None => return assert_eq!(play.open, 0, "requests without an answer"),
            Some(until) => play.now = until,
        }
    }
    panic!("requests that never end");
}

struct Play {
    client: Client,
    now: Instant,
    last: Option<Message>,
    /// Requests that have no answer yet.
    open: u32,
}

impl Play {
    /// Polls until there is nothing to do before the time it gives.
    fn rest(&mut self) -> Option<Instant> {
        for _ in 0..100_000 {
            match self.client.poll(self.now) {
                Output::Transmit(bytes) => {
                    self.last = Some(Message::from_bytes(&bytes).expect("we send what can be read"));
                }
                Output::Event(Event::Answer(answer)) => {
                    // One unauthenticated, one again after a 401, two after a 438, and the last.
                    assert!((1..=5).contains(&answer.legs.len()), "{} tries", answer.legs.len());
                    assert!(self.open > 0, "an answer to nothing");
                    self.open -= 1;
                }
                Output::Event(_) => {}
                Output::Wait(until) => {
                    assert!(until > self.now, "waits for what is past");
                    return Some(until);
                }
                Output::Idle => return None,
            }
        }
        panic!("the client never rests");
    }

    /// An answer to what was sent last, with attributes by the script.
    fn reply(&mut self, script: &mut Script<'_>) {
        let Some(request) = &self.last else { return };
        let class = [Class::Success, Class::Error][script.below(2)];
        let mut builder = MessageBuilder::new(class, request.method, request.transaction);
        for _ in 0..script.below(6) {
            let kind = KINDS[script.below(KINDS.len())];
            builder = match kind {
                attribute::ERROR_CODE => {
                    let code = [401, 438, 300, 437, 486, script.number()][script.below(6)];
                    builder.attribute(kind, &[0, 0, (code / 100) as u8, (code % 100) as u8])
                }
                attribute::MESSAGE_INTEGRITY => builder.integrity(script.bytes()),
                attribute::XOR_RELAYED_ADDRESS | attribute::XOR_PEER_ADDRESS => {
                    builder.xor_address(kind, script.address())
                }
                _ => builder.attribute(kind, script.bytes()),
            };
        }
        let mut bytes = builder.finish();
        bytes.extend_from_slice(if script.below(8) == 0 { script.bytes() } else { &[] });
        self.client.handle_input(self.now, &bytes);
    }
}

/// Reads the bytes as a server URI; what is one reads back as itself.
pub(crate) fn server_uri(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let _ = ServerUri::from_target(&text);
    match ServerUri::from_text(&text) {
        Ok(uri) => {
            let shown = uri.to_string();
            assert_eq!(ServerUri::from_text(&shown), Ok(uri), "{shown}");
        }
        Err(error) => {
            assert!((1..=text.len() + 1).contains(&error.column), "column {}", error.column);
            assert!(!error.to_string().is_empty() && !error.hint().is_empty());
        }
    }
}

/// Reads the bytes as what a web app is given.
pub(crate) fn ice_servers(bytes: &[u8]) {
    match IceServers::from_json(&String::from_utf8_lossy(bytes)) {
        Ok(servers) => {
            for (located, _) in servers.iter() {
                server_uri(located.uri.to_string().as_bytes());
            }
        }
        Err(error) => {
            let _ = error.hint();
            assert!(!error.to_string().is_empty());
        }
    }
}

/// 2027-01-15, when the certificates of `testdata/tls` were made and all but one are still good.
const NOW: u64 = 1_800_000_000;

/// Reads the bytes as a certificate, and verifies it without any root and with itself among them.
pub(crate) fn certificate(bytes: &[u8]) {
    let now = UnixTime::since_unix_epoch(Duration::from_secs(NOW));
    let name = ServerName::try_from("turn.example.test").expect("a DNS name");
    let report = CertificateReport::from_der(&[bytes], NOW as i64);
    let der = CertificateDer::from_slice(bytes);
    let faults = verify(&[der.clone(), der.clone()], &name, &RootCertStore::empty(), now);
    assert!(!faults.is_empty(), "trusted without a root");
    if let Ok(report) = report {
        let expired = faults.iter().any(|fault| matches!(fault, TlsFault::Expired { .. }));
        assert!(expired || report.days_left >= 0, "{report:?}");
    }
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates([der.clone()]);
    for fault in verify(&[der], &name, &roots, now) {
        assert!(!fault.name().is_empty());
    }
}

/// Reads the bytes as a description: none is lost, every span lies within, and all that is said can be shown.
pub(crate) fn sdp(bytes: &[u8]) {
    let text = Text::from_bytes(bytes);
    let printed: Vec<u8> = text.lines().iter().flat_map(|line| text.whole(line)).copied().collect();
    assert_eq!(printed, bytes);
    let session = Session::from_text(&text);
    let mut last = 0;
    for section in session.sections() {
        for attribute in &section.attributes {
            let span = attribute.span();
            assert!(last <= span.start && span.end <= bytes.len(), "{attribute:?}");
            assert!(text.lines()[attribute.line].span.contains(span), "{attribute:?}");
            last = span.end;
        }
    }
    for problem in session.problems() {
        assert!(problem.span.end <= bytes.len() && !problem.to_string().is_empty(), "{problem:?}");
        assert!(text.as_str().get(problem.span.start..problem.span.end).is_some(), "{problem:?}");
    }
    let given = Given { bytes: bytes.to_vec(), ..Given::default() };
    if let Some(facts) = SessionFacts::of(&given, true) {
        assert_eq!(facts.media.len(), session.media().len());
        let lines = facts.lines.as_ref().expect("they were asked for");
        assert!(lines.is_sorted_by(|a, b| a.line < b.line));
        let explanation = Explanation { sessions: vec![facts], in_full: true, ..Explanation::default() };
        explanation.document();
    }
    let _ = Candidate::from_text(text.as_str());
    let plan = Plan {
        only: [CodecName::from_arg("opus").expect("a codec")].into(),
        remove: [CodecName::from_arg("VP8").expect("a codec")].into(),
        bandwidth: [Scope::with_bitrate("video=1M").expect("a bitrate")].into(),
        direction: [Scope::with_direction("audio=inactive").expect("a direction")].into(),
        ..Plan::default()
    };
    if let Ok(edits) = rewrite::edits(&session, &plan) {
        let once = edit::apply(bytes, &edits);
        let again = Text::from_bytes(&once);
        assert_eq!(rewrite::edits(&Session::from_text(&again), &plan).unwrap_or_default(), []);
    }
    let redacted = Redactor::new().redact(bytes);
    assert_eq!(Redactor::new().redact(&redacted), redacted);
    for kind in [source::Kind::Offer, source::Kind::Answer, source::Kind::Sdpfrag] {
        let described = Description::of(&session, kind);
        let alone = lint::one(&described, &Selection::all()).into_found();
        // As if it answered, or followed, itself.
        let pair = Pair::of(described, described);
        let answered = lint::answer(&pair, &Selection::all()).into_found();
        let updated = lint::update(&pair, &Selection::all()).into_found();
        for found in alone.iter().chain(&answered).chain(&updated) {
            let Some(Location::Text { line, column, length, .. }) = &found.finding.location else {
                panic!("{found:?} has no place")
            };
            let characters =
                text.lines().get(*line - 1).map_or(0, |line| text.slice(line.span).chars().count());
            assert!(*column >= 1 && column - 1 + length <= characters, "{found:?}");
            assert!(!found.finding.message.is_empty() && !found.marks.is_empty(), "{found:?}");
        }
        let _ = lint::snippets(&alone);
    }
}

/// Each datagram behind its length in two bytes, read by a client in the middle of its handshake.
pub(crate) fn dtls_client(bytes: &[u8]) {
    let offer = Offer { server_name: None, alpn: Some(b"stun.turn".to_vec()), random: [7; 32] };
    let mut client = Handshake::new(Arc::new(rustls::crypto::ring::default_provider()), offer);
    let (mut now, mut rest) = (Instant::now(), bytes);
    while let Some((length, behind)) = rest.split_first_chunk::<2>() {
        let (datagram, behind) = behind.split_at(behind.len().min(usize::from(u16::from_be_bytes(*length))));
        rest = behind;
        client.handle_input(datagram);
        // A flight is one datagram, and between two of them time passes.
        let mut sent = 0;
        loop {
            match client.poll(now) {
                Dtls::Transmit(flight) => {
                    sent += 1;
                    assert!(sent == 1 && !flight.is_empty() && flight.len() < 1200, "{} bytes", flight.len());
                }
                Dtls::Wait(until) => {
                    assert!(until > now);
                    now = until;
                    break;
                }
                Dtls::Done(Err(fault)) => {
                    assert!(!fault.to_string().is_empty());
                    return;
                }
                Dtls::Done(Ok(_)) => panic!("a session with a server that has no keys"),
            }
        }
    }
}

/// Reads the bytes as a turnserver.conf, and lints it: each place lies in the text, and the secret of the seeds is in no
/// finding wherever it is still the value of an option that is one.
pub(crate) fn turnserver_conf(bytes: &[u8]) {
    let conf = Conf::from_bytes(bytes);
    let mut end = 0;
    for line in conf.lines() {
        assert!(line.span.start >= end && line.span.end >= line.span.start, "line {}", line.number);
        end = line.span.end;
        if let Some(setting) = &line.setting {
            for span in [&setting.name, &setting.separator, &setting.value, &setting.raw] {
                assert!(line.span.start <= span.start && span.end <= line.span.end, "line {}", line.number);
                assert!(span.is_empty() || !conf.text(span).is_empty(), "in the middle of a character");
            }
        }
    }
    let report = Report::new(&conf, "turnserver.conf");
    for finding in &report.findings {
        if let Some(Location::Text { line, column, length, .. }) = &finding.location {
            let line = &conf.lines()[line - 1];
            let characters = conf.text(&line.span).chars().count();
            assert!(*column >= 1 && column - 1 + length <= characters, "{}: {column}+{length}", finding.code);
        }
    }
    let _ = (conf.uris(), conf.login(None), conf.login(Some("alice")), format!("{conf:?}"));
    let secret = "hunter2hunter2hunter2";
    let text = String::from_utf8_lossy(bytes).replace("hunter2", secret);
    let conf = Conf::from_text(&text);
    // A damaged name makes it the value of another option, which may be shown.
    let kept = |span: &Span| conf.text(span).contains(secret);
    let elsewhere = conf.known().any(|(_, setting, option)| !option.is_secret() && kept(&setting.raw));
    let named = conf.settings().any(|(_, setting)| kept(&setting.name))
        || conf.users().any(|user| user.name.contains(secret));
    if !elsewhere && !named {
        let report = format!("{:?}", Report::new(&conf, "turnserver.conf"));
        assert!(!report.contains(secret), "{report}");
    }
}

/// Bytes as decisions. When they run out, every further one is 0.
struct Script<'a>(&'a [u8]);

impl<'a> Script<'a> {
    fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    fn below(&mut self, most: usize) -> usize {
        usize::from(self.byte()) % most
    }

    fn number(&mut self) -> u16 {
        u16::from_be_bytes([self.byte(), self.byte()])
    }

    fn array<const N: usize>(&mut self) -> [u8; N] {
        std::array::from_fn(|_| self.byte())
    }

    /// A length, and that many bytes or as many as are left.
    fn bytes(&mut self) -> &'a [u8] {
        let length = usize::from(self.byte()).min(self.0.len());
        let (bytes, rest) = self.0.split_at(length);
        self.0 = rest;
        bytes
    }

    fn address(&mut self) -> SocketAddr {
        let ip = match self.byte() & 1 {
            0 => IpAddr::from(self.array::<4>()),
            _ => IpAddr::from(self.array::<16>()),
        };
        SocketAddr::new(ip, self.number())
    }

    fn request(&mut self) -> Request {
        match self.below(7) {
            0 => Request::Binding,
            1 => Request::Allocate(Allocate {
                family: Some(Family::Ipv6),
                even_port: Some(true),
                reservation: Some(self.array()),
                mobility: true,
                ..Allocate::default()
            }),
            2 => Request::CreatePermission(vec![self.address().ip()]),
            3 => Request::ChannelBind { number: 0x4000 + self.number() % 0x1000, peer: self.address() },
            4 => Request::Connect(self.address()),
            5 => Request::ConnectionBind(u32::from(self.number())),
            _ => Request::Refresh { lifetime: u32::from(self.number()) },
        }
    }
}
