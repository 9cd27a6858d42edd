//! What differs between two descriptions, for any two.
#![allow(clippy::unwrap_used, reason = "what is made here is our own")]
#![allow(clippy::disallowed_methods, reason = "tests read and measure what they like")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use rtcscope::report::{FORMATS, Rendered, Screen};
use rtcscope::sdp::diff::{Comparison, DiffReport, How, One, Options, Outcome, Relation, Step, steps};
use rtcscope::sdp::lint::Input;
use rtcscope::sdp::source::{self, Sources};

fn find(sdp: &[u8]) -> Sources {
    let sources = source::find(sdp);
    assert_eq!(sources.documents.len(), 1, "{:?}", sources.notes);
    sources
}

fn compare(from: &str, to: &str, options: &Options) -> Comparison {
    let (from, to) = (find(from.as_bytes()), find(to.as_bytes()));
    let one = |source: &'static str, sources: &'static Sources| One {
        input: Input { source, document: &sources.documents[0], kind: None },
        number: 1,
    };
    let [from, to] = [from, to].map(|sources| &*Box::leak(Box::new(sources)));
    Comparison::of(one("from.sdp", from), one("to.sdp", to), options)
}

fn diff(from: &str, to: &str) -> Comparison {
    compare(from, to, &Options::default())
}

/// What is told, without lines: `codec added: VP8 (96)`.
fn told(comparison: &Comparison) -> BTreeSet<String> {
    let each = comparison
        .changes()
        .map(|change| format!("{} {}: {}", change.topic.words().0, change.how.word(), change.message));
    each.collect()
}

const HEAD: &str = "v=0\r\no=- 20518 2 IN IP4 203.0.113.1\r\ns=-\r\nt=0 0\r\n";

fn video(lines: &str) -> String {
    format!("{HEAD}m=video 9 UDP/TLS/RTP/SAVPF {lines}")
}

#[track_caller]
fn check(from: &str, to: &str, expected: &[&str]) {
    let comparison = diff(from, to);
    assert_eq!(told(&comparison).iter().map(String::as_str).collect::<Vec<_>>(), expected);
}

#[test]
fn codecs_are_matched_by_what_they_are_and_not_by_their_number() {
    const VP8: &str =
        "96 97\r\na=mid:0\r\na=rtpmap:96 VP8/90000\r\na=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n";
    let renumbered = VP8.replace("96", "100").replace("97", "101");
    check(
        &video(VP8),
        &video(&renumbered),
        &["codec renumbered: VP8: 96 -> 100", "codec renumbered: rtx of VP8 100: 97 -> 101"],
    );
    // Two of one name and two profiles change places: each has the number of the other.
    let h264 = |one: u8, two: u8| {
        format!(
            "{one} {two}\r\na=mid:0\r\na=rtpmap:{one} H264/90000\r\na=fmtp:{one} profile-level-id=42e01f;packetization-mode=1\r\n\
             a=rtpmap:{two} H264/90000\r\na=fmtp:{two} packetization-mode=1;profile-level-id=640c1f\r\n"
        )
    };
    check(
        &video(&h264(102, 104)),
        &video(&h264(104, 102)),
        &[
            "codec renumbered: H264 Constrained Baseline: 102 -> 104",
            "codec renumbered: H264 Constrained High: 104 -> 102",
        ],
    );
    check(
        &video("96\r\na=mid:0\r\na=rtpmap:96 VP8/90000\r\n"),
        &video("96\r\na=mid:0\r\na=rtpmap:96 VP9/90000\r\n"),
        &["codec added: VP9 (96) added", "codec removed: VP8 (96) removed"],
    );
}

#[test]
fn an_order_is_told_by_what_moved() {
    let list = |formats: &str| {
        video(&format!(
            "{formats}\r\na=mid:0\r\na=rtpmap:96 VP8/90000\r\na=rtpmap:98 VP9/90000\r\na=rtpmap:45 AV1/90000\r\n"
        ))
    };
    check(
        &list("96 98 45"),
        &list("45 96 98"),
        &["codec order moved: AV1 (45) moved up from place 3 to 1; now AV1 (45), VP8 (96), VP9 (98)"],
    );
}

#[test]
fn feedback_for_all_and_for_each_is_the_same() {
    let with = |feedback: &str| {
        video(&format!("96 98\r\na=mid:0\r\na=rtpmap:96 VP8/90000\r\na=rtpmap:98 VP9/90000\r\n{feedback}"))
    };
    let (all, each) = (with("a=rtcp-fb:* nack\r\n"), with("a=rtcp-fb:98 nack\r\na=rtcp-fb:96 nack\r\n"));
    assert_eq!(diff(&all, &each).outcome, Outcome::SameMeaning);
    check(&all, &with("a=rtcp-fb:98 nack\r\n"), &["feedback removed: nack for VP8 (96) removed"]);
    check(&all, &with(""), &["feedback removed: nack for every codec removed"]);
}

#[test]
fn a_default_that_is_written_is_no_difference() {
    let with = |parameters: &str| {
        let fmtp = if parameters.is_empty() { String::new() } else { format!("a=fmtp:98 {parameters}\r\n") };
        video(&format!("98\r\na=mid:0\r\na=rtpmap:98 VP9/90000\r\n{fmtp}"))
    };
    assert_eq!(diff(&with("profile-id=0"), &with("")).outcome, Outcome::SameMeaning);
    check(
        &with("profile-id=0"),
        &with("profile-id=2"),
        &["parameter changed: profile-id of VP9 profile 2 (98): 0 -> 2"],
    );
}

#[test]
fn credentials_are_compared_where_they_count() {
    let at = |session: &str, media: &str| {
        format!(
            "{HEAD}{session}m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\n{media}m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:1\r\n{media}"
        )
    };
    let credentials = |ufrag: &str, pwd: &str| format!("a=ice-ufrag:{ufrag}\r\na=ice-pwd:{pwd}\r\n");
    let (old, new) =
        (credentials("Zk4q", "hunter2hunter2hunter2h"), credentials("pQ7x", "hunter3hunter3hunter3h"));
    assert_eq!(diff(&at(&old, ""), &at("", &old)).outcome, Outcome::SameMeaning);
    let restart = ["ICE changed: ICE restart: ufrag Zk4q -> pQ7x, password changed"];
    check(&at("", &old), &at("", &new), &restart);
    check(&at("", &old), &at(&new, ""), &restart);
    let half = credentials("pQ7x", "hunter2hunter2hunter2h");
    check(
        &at("", &old),
        &at("", &half),
        &["ICE changed: half a restart: ufrag Zk4q -> pQ7x, password as it was"],
    );
}

#[test]
fn keys_and_passwords_are_told_to_have_changed_and_never_shown() {
    let with = |secret: &str| {
        format!(
            "{HEAD}k=clear:{secret}\r\nm=audio 9 RTP/SAVP 0\r\na=mid:0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{secret}\r\n\
             a=ice-pwd:{secret}\r\na=crypto:x AES inline:{secret}\r\na=key-mgmt:mikey {secret}\r\n\
             a=candidate:1 1 udp 1 192.0.2.1 9 typ host password {secret}\r\nice-pwd:{secret}\r\n"
        )
    };
    let options = Options { raw: true, relation: Some(Relation::Later), ..Options::default() };
    for raw in [false, true] {
        let options = Options { raw, ..options.clone() };
        let comparison =
            compare(&with("hunter2hunter2hunter2hunter2"), &with("hunter3hunter3hunter3hunter3"), &options);
        assert!(comparison.differences >= 6, "{:#?}", told(&comparison));
        let mut report = DiffReport::default();
        report.add(comparison);
        assert!(!format!("{report:?}").contains("hunter"), "{report:#?}");
        let rendered = Rendered::from_report(&report).unwrap();
        for format in FORMATS {
            let mut out = Vec::new();
            format.render(&rendered, Screen { width: 80, colour: false }, &mut out).unwrap();
            let text = String::from_utf8(out).unwrap();
            let shown = text.lines().find(|line| line.contains("hunter"));
            assert_eq!(shown, None, "{}", format.name);
        }
    }
}

#[test]
fn of_a_candidate_that_changed_what_is_the_same_is_not_told() {
    let with = |cost: &str| {
        format!(
            "{HEAD}m=audio 9 RTP/AVP 0\r\na=candidate:1 1 udp 1 192.0.2.1 9 typ host generation 0 network-cost {cost}\r\n"
        )
    };
    let told = "candidate changed: host udp 192.0.2.1:9: network-cost 999 -> network-cost 10";
    check(&with("999"), &with("10"), &[told]);
}

#[test]
fn a_line_that_nothing_knows_is_compared_as_it_stands() {
    let with = |line: &str| format!("{HEAD}m=audio 9 RTP/AVP 0\r\n{line}");
    check(&with("a=x-flag:1\r\n"), &with("a=x-flag:2\r\n"), &["attribute changed: x-flag: 1 -> 2"]);
    check(&with("a=candidate:broken\r\n"), &with(""), &["attribute removed: a=candidate:broken removed"]);
    check(
        &with("nonsense\r\na=ptime:20\r\n"),
        &with("y=1\r\na=ptime:20\r\n"),
        &["line added: y=1 added", "line removed: nonsense removed"],
    );
    // A second one, of which only the first counts, is not lost either.
    check(
        &with("a=setup:active\r\na=setup:passive\r\n"),
        &with("a=setup:active\r\n"),
        &["attribute removed: a=setup:passive removed"],
    );
}

/// What is compared in a dump of these events: `local offer 3`, where the number is the version of `o=`.
fn steps_of(events: &[&str]) -> Vec<String> {
    let line = |event: &&str| {
        let words: Vec<&str> = event.split(' ').collect();
        let sdp = |version: &str| {
            video("96\r\na=mid:0\r\na=rtpmap:96 VP8/90000\r\n")
                .replace(" 2 IN IP4", &format!(" {version} IN IP4"))
        };
        let (method, value) = match words[..] {
            ["failure", method] => (format!("{method}OnFailure"), serde_json::json!("refused")),
            ["created", kind, version] => {
                let method = if kind == "offer" { "createOfferOnSuccess" } else { "createAnswerOnSuccess" };
                (method.to_owned(), serde_json::json!({"type": kind, "sdp": sdp(version)}))
            }
            [side, "rollback"] => (method(side), serde_json::json!({"type": "rollback", "sdp": ""})),
            [side, kind, version] => (method(side), serde_json::json!({"type": kind, "sdp": sdp(version)})),
            _ => panic!("{event}"),
        };
        serde_json::json!([method, "PC_0", value, 1_758_602_115_670_u64]).to_string()
    };
    fn method(side: &str) -> String {
        let side = if side == "local" { "Local" } else { "Remote" };
        format!("set{side}Description")
    }
    let text: Vec<String> = events.iter().map(line).collect();
    let sources = source::find(text.join("\n").as_bytes());
    let version = |index: usize| {
        let text = String::from_utf8_lossy(&sources.documents[index].text).into_owned();
        text.split(' ').nth(2).expect("o= has a version").to_owned()
    };
    let dump = sources.dump.as_ref().expect("a dump");
    let told = |step: &Step<'_>| {
        let (side, from, to) = (format!("{:?}", step.side), version(step.from), version(step.to));
        format!("{:?} {} {from} {to}", step.relation, side.to_lowercase())
    };
    steps(dump).iter().map(told).collect()
}

#[test]
fn in_a_dump_each_offer_is_compared_with_the_one_in_force_of_its_side() {
    let events =
        ["created offer 2", "local offer 2", "remote answer 5", "remote offer 6", "created answer 3"];
    let events = [&events[..], &["local answer 3", "created offer 4", "local offer 9"]].concat();
    assert_eq!(steps_of(&events), ["Munged local 4 9", "Later local 2 9"]);
    assert_eq!(
        steps_of(&["local offer 2", "local rollback", "local offer 3", "local offer 4"]),
        ["Later local 3 4"]
    );
    let refused = ["remote offer 2", "local answer 5", "remote offer 3", "failure setRemoteDescription"];
    let refused = [&refused[..], &["remote offer 4"]].concat();
    assert_eq!(steps_of(&refused), ["Later remote 2 3", "Later remote 2 4"]);
}

/// A description made of lines that may each be there or not, in any number and order.
fn description() -> impl Strategy<Value = String> {
    let session = prop::sample::select(vec![
        "a=group:BUNDLE 0 1",
        "a=group:BUNDLE 1 0",
        "a=ice-ufrag:abcd",
        "a=ice-pwd:secretsecretsecretsecret",
        "a=setup:actpass",
        "a=sendonly",
        "b=AS:500",
        "a=ice-lite",
        "a=extmap:1 urn:x",
        "c=IN IP4 0.0.0.0",
        "nonsense",
        "a=fingerprint:sha-1 AB:CD",
        "k=clear:x",
        "a=msid-semantic: WMS *",
    ]);
    let media = prop::sample::select(vec![
        "a=mid:0",
        "a=mid:1",
        "a=rtpmap:96 VP8/90000",
        "a=rtpmap:97 rtx/90000",
        "a=fmtp:97 apt=96",
        "a=fmtp:97 apt=98",
        "a=rtpmap:98 VP9/90000",
        "a=rtpmap:98 vp8/90000",
        "a=rtpmap:96 H264/90000",
        "a=fmtp:96 x=1;y=2",
        "a=fmtp:98 y=2; x=1",
        "a=fmtp:96 profile-level-id=42e01f",
        "a=fmtp:98 profile-level-id=42001f",
        "a=rtcp-fb:* nack",
        "a=rtcp-fb:96 nack",
        "a=rtcp-fb:98 nack pli",
        "a=extmap:1 urn:x",
        "a=extmap:2 urn:x",
        "a=extmap:2/sendonly urn:y",
        "a=recvonly",
        "a=inactive",
        "a=ssrc:1 cname:a",
        "a=ssrc:1 cname:b",
        "a=ssrc:2 cname:a",
        "a=ssrc-group:FID 1 2",
        "a=msid:a b",
        "a=msid:a c",
        "a=rid:h send",
        "a=rid:h send max-width=1",
        "a=simulcast:send h",
        "a=ice-ufrag:efgh",
        "a=ice-pwd:secretsecretsecretsecret",
        "a=candidate:1 1 udp 1 192.0.2.1 9 typ host",
        "a=candidate:1 1 udp 2 192.0.2.1 9 typ host",
        "a=candidate:broken",
        "a=setup:active",
        "a=fingerprint:sha-1 ab:cd",
        "a=fingerprint:sha-1 EF:00",
        "b=AS:500",
        "b=AS:600",
        "b=TIAS:1",
        "a=crypto:1 A inline:x",
        "a=crypto:1 A inline:y",
        "a=rtcp-mux",
        "a=x:1",
        "a=x:2",
        "c=IN IP4 192.0.2.1",
        "a=ice-options:trickle",
    ]);
    let m_line = prop::sample::select(vec![
        "m=audio 9 RTP/AVP 96 97 98",
        "m=video 9 UDP/TLS/RTP/SAVPF 98 96 97",
        "m=video 0 UDP/TLS/RTP/SAVPF 96",
        "m=video 9 UDP/TLS/RTP/SAVPF 96 98",
        "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
    ]);
    let section = (m_line, prop::collection::vec(media, 0..10));
    let lines = (prop::collection::vec(session, 0..5), prop::collection::vec(section, 0..4), prop::bool::ANY);
    lines.prop_map(|(session, sections, with_lf)| {
        let mut text = HEAD.to_owned();
        for line in session {
            writeln!(text, "{line}\r").unwrap();
        }
        for (m_line, lines) in sections {
            writeln!(text, "{m_line}\r").unwrap();
            for line in lines {
                writeln!(text, "{line}\r").unwrap();
            }
        }
        if with_lf { text.replace('\r', "") } else { text }
    })
}

/// What only one of the two has.
fn only(comparison: &Comparison, how: How) -> BTreeSet<(String, String, Option<String>)> {
    let changes = comparison.changes().filter(|change| change.how == how);
    let each = changes.map(|change| {
        let value = if how == How::Added { &change.to } else { &change.from };
        (format!("{:?}", change.topic), change.subject.clone(), value.clone())
    });
    each.collect()
}

#[test]
fn what_a_stopped_m_line_has_too_is_not_taken_for_all() {
    const STOPPED: &str = "m=video 0 UDP/TLS/RTP/SAVPF 96\r\n";
    let (data, live) =
        ("m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n", STOPPED.replace("video 0", "video 9"));
    let (x, key) = ("a=x:1\r\n", "a=crypto:1 A inline:x\r\n");
    let one = format!("{HEAD}{data}{x}{STOPPED}{live}{x}");
    let other = format!("{HEAD}{live}{key}{STOPPED}{key}{data}");
    let (there, back) = (diff(&one, &other), diff(&other, &one));
    assert_eq!(only(&there, How::Added).len(), 1, "{:?}", told(&there));
    assert_eq!(only(&there, How::Added), only(&back, How::Removed));
}

proptest! {
    #[test]
    fn nothing_differs_from_itself(one in description()) {
        prop_assert_eq!(diff(&one, &one).outcome, Outcome::Identical);
        let blank = format!("{one}\r\n");
        let padded = diff(&one, &blank);
        prop_assert_eq!(padded.differences, 0, "{:#?}", told(&padded));
    }

    #[test]
    fn line_ends_mean_nothing(one in description()) {
        let other = if one.contains('\r') { one.replace('\r', "") } else { one.replace('\n', "\r\n") };
        let comparison = diff(&one, &other);
        prop_assert_eq!(comparison.outcome, Outcome::SameMeaning, "{:#?}", told(&comparison));
        prop_assert_eq!(comparison.text, ["line ends"]);
    }

    #[test]
    fn the_other_way_round_what_came_has_gone(one in description(), other in description()) {
        let (there, back) = (diff(&one, &other), diff(&other, &one));
        prop_assert_eq!(only(&there, How::Added), only(&back, How::Removed));
        prop_assert_eq!(only(&there, How::Removed), only(&back, How::Added));
        prop_assert_eq!(there.outcome, back.outcome);
    }

    #[test]
    fn any_bytes_are_compared(one in prop::collection::vec(any::<u8>(), 0..200), two in prop::collection::vec(any::<u8>(), 0..200)) {
        let with = |bytes: &[u8]| [HEAD.as_bytes(), b"m=audio 9 RTP/AVP 0\r\n", bytes].concat();
        let [one, two] = [&one, &two].map(|bytes| source::find(&with(bytes)));
        if let ([from, ..], [to, ..]) = (&one.documents[..], &two.documents[..]) {
            let input = |document| One { input: Input { source: "x", document, kind: None }, number: 1 };
            let comparison = Comparison::of(input(from), input(to), &Options { raw: true, ..Options::default() });
            prop_assert_eq!(comparison.outcome == Outcome::Identical, from.text == to.text);
        }
    }
}

fn m_lines(count: usize, ufrag: &str) -> String {
    let mut text = format!("{HEAD}a=group:BUNDLE");
    (0..count).for_each(|index| write!(text, " {index}").unwrap());
    text.push_str("\r\n");
    for index in 0..count {
        write!(
            text,
            "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:{index}\r\na=ice-ufrag:{ufrag}{index}\r\na=ice-pwd:{ufrag}secretsecretsecret\r\n\
             a=rtpmap:111 opus/48000/2\r\na=setup:actpass\r\na=rtcp-mux\r\na=ssrc:{index} cname:{ufrag}\r\n"
        )
        .unwrap();
    }
    text
}

fn sources(count: usize, cname: &str) -> String {
    let mut text = format!("{HEAD}m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=rtpmap:96 VP8/90000\r\n");
    (0..count).for_each(|source| writeln!(text, "a=ssrc:{source} cname:{cname}{source}\r").unwrap());
    text
}

fn directions(count: usize, _: &str) -> String {
    let mut text = format!("{HEAD}m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=rtpmap:96 VP8/90000\r\n");
    (0..count).for_each(|n| write!(text, "a={}\r\n", ["sendrecv", "recvonly"][n % 2]).unwrap());
    text
}

fn backwards(count: usize, _: &str) -> String {
    let mut text = HEAD.to_owned();
    (0..count).rev().for_each(|mid| write!(text, "m=audio 9 RTP/AVP 0\r\na=mid:{mid}\r\n").unwrap());
    text
}

/// The best of two.
fn time(from: &str, to: &str, raw: bool) -> Duration {
    let (from, to) = (find(from.as_bytes()), find(to.as_bytes()));
    let one = |sources: &'static Sources| One {
        input: Input { source: "x", document: &sources.documents[0], kind: None },
        number: 1,
    };
    let [from, to] = [from, to].map(|sources| one(Box::leak(Box::new(sources))));
    let run = || {
        let start = Instant::now();
        let mut report = DiffReport::default();
        report.add(Comparison::of(from, to, &Options { raw, ..Options::default() }));
        drop(rtcscope::report::Report::document(&report));
        start.elapsed()
    };
    (0..2).map(|_| run()).min().unwrap()
}

#[test]
fn time_grows_with_the_length_and_not_with_its_square() {
    type Make = fn(usize, &str) -> String;
    let kinds: [(&str, Make, Make, usize); 4] = [
        ("directions", directions, directions, 16_000),
        ("m-lines", m_lines, m_lines, 4_000),
        ("sources", sources, sources, 16_000),
        (
            "the order of m-lines",
            backwards,
            |count, _| {
                let mut text = HEAD.to_owned();
                (0..count).for_each(|mid| write!(text, "m=audio 9 RTP/AVP 0\r\na=mid:{mid}\r\n").unwrap());
                text
            },
            4_000,
        ),
    ];
    for (name, from, to, count) in kinds {
        for raw in [false, true] {
            let [part, whole] =
                [count / 4, count].map(|count| time(&from(count, "abcd"), &to(count, "efgh"), raw));
            eprintln!("{name}, raw {raw}: {part:?}, four times as many {whole:?}");
            // Four times would be linear, sixteen times quadratic; a busy machine is neither.
            assert!(whole < part * 12 + Duration::from_millis(50), "{name}: {part:?}, then {whole:?}");
        }
    }
}

/// Descriptions from the field, if `RTCSCOPE_CORPUS` names the folder that they are in.
#[test]
fn pairs_from_the_field_differ_in_what_is_known_of_them() {
    let Some(root) = std::env::var_os("RTCSCOPE_CORPUS").map(|root| PathBuf::from(root).join("sdp")) else {
        eprintln!("SKIPPED: RTCSCOPE_CORPUS is not set");
        return;
    };
    let expected = std::fs::read(root.join("expected.json")).unwrap();
    let expected: serde_json::Value = serde_json::from_slice(&expected).unwrap();
    let mut asked = 0;
    for (name, pair) in expected["pairs"].as_object().unwrap() {
        let text = |key: &str| {
            String::from_utf8(std::fs::read(root.join(pair[key].as_str().unwrap())).unwrap()).unwrap()
        };
        let (from, to) = (text("offer"), text("answer"));
        let there = diff(&from, &to);
        let back = diff(&to, &from);
        assert_eq!(only(&there, How::Added), only(&back, How::Removed), "{name}");
        assert_eq!(diff(&from, &from).differences, 0, "{name}");
        if !pair["compare"].as_str().unwrap().starts_with("offer/offer") {
            continue;
        }
        asked += 1;
        assert_eq!((there.relation, there.rules_asked), (Relation::Later, true), "{name}");
        for rule in pair["must_fire"].as_array().unwrap() {
            let fires = there.findings().any(|finding| finding.name == rule.as_str().unwrap());
            assert!(fires, "{name}: {rule}");
        }
    }
    assert!(asked >= 2, "{asked}");
}
