//! Descriptions with changes: nothing else is touched, a second time changes nothing, nothing gets worse, and what is
//! redacted tells nothing. Over made-up descriptions, and over those from the field if `RTCSCOPE_CORPUS` names them.
#![allow(clippy::disallowed_methods, reason = "tests read what they like, and look at the clock")]
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "what is read here is our own")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use rtcscope::finding::Severity;
use rtcscope::sdp::attribute::View;
use rtcscope::sdp::edit;
use rtcscope::sdp::lint::{self, Description, Selection};
use rtcscope::sdp::redact::Redactor;
use rtcscope::sdp::rewrite::{self, CodecName, Plan, Refusal, Rewritten, Scope};
use rtcscope::sdp::source::{self, Kind};
use rtcscope::sdp::{Session, Text};

fn codecs(names: &[&str]) -> Vec<CodecName> {
    names.iter().map(|name| CodecName::from_arg(name).unwrap()).collect()
}

/// What people do to descriptions.
fn plans() -> Vec<(&'static str, Plan)> {
    let bandwidth = |args: &[&str]| args.iter().map(|arg| Scope::with_bitrate(arg).unwrap()).collect();
    let direction = |args: &[&str]| args.iter().map(|arg| Scope::with_direction(arg).unwrap()).collect();
    let empty = Plan::default;
    vec![
        ("prefer H264", Plan { prefer: codecs(&["H264"]), ..empty() }),
        ("prefer several", Plan { prefer: codecs(&["VP9", "PCMU", "red", "8"]), ..empty() }),
        ("only VP8", Plan { only: codecs(&["VP8"]), ..empty() }),
        ("only one H264", Plan { only: codecs(&["H264;profile-level-id=42e01f"]), ..empty() }),
        ("only opus and PCMU", Plan { only: codecs(&["opus", "PCMU"]), ..empty() }),
        ("remove VP8", Plan { remove: codecs(&["VP8"]), ..empty() }),
        ("remove many", Plan { remove: codecs(&["VP9", "AV1", "G722", "ISAC", "red", "ulpfec"]), ..empty() }),
        ("remove rtx", Plan { remove: codecs(&["rtx"]), ..empty() }),
        ("bandwidth", Plan { bandwidth: bandwidth(&["video=1500k", "audio=64k"]), ..empty() }),
        ("recvonly", Plan { direction: direction(&["video=recvonly", "audio=recvonly"]), ..empty() }),
        ("inactive", Plan { direction: direction(&["0=inactive", "video=inactive"]), ..empty() }),
        (
            "all at once",
            Plan {
                prefer: codecs(&["H264"]),
                only: codecs(&["opus"]),
                remove: codecs(&["VP9"]),
                bandwidth: bandwidth(&["audio=1M", "video=1M"]),
                direction: direction(&["audio=sendonly", "video=sendonly"]),
            },
        ),
    ]
}

/// The description with the changes of a plan, which are all of them within it and none of them needed twice.
fn rewritten(bytes: &[u8], plan: &Plan) -> Result<Vec<u8>, Refusal> {
    let text = Text::from_bytes(bytes);
    let edits = rewrite::edits(&Session::from_text(&text), plan)?;
    let mut end = 0;
    for edit in &edits {
        assert!(end <= edit.span.start && edit.span.end <= bytes.len(), "{edits:?}");
        end = edit.span.end;
    }
    let once = edit::apply(bytes, &edits);
    let text = Text::from_bytes(&once);
    let again = rewrite::edits(&Session::from_text(&text), plan)?;
    assert_eq!(again, [], "in {:?}", String::from_utf8_lossy(&once));
    Ok(once)
}

fn redacted(bytes: &[u8]) -> Vec<u8> {
    let once = Redactor::new().redact(bytes);
    let again = Redactor::new().redact(&once);
    assert_eq!(String::from_utf8_lossy(&once), String::from_utf8_lossy(&again), "redacted again");
    once
}

/// Errors and warnings by code.
fn faults(bytes: &[u8], kind: Kind) -> BTreeMap<(&'static str, bool), usize> {
    let text = Text::from_bytes(bytes);
    let session = Session::from_text(&text);
    let found = lint::one(&Description::of(&session, kind), &Selection::all()).into_found();
    let mut counts = BTreeMap::new();
    for finding in found.iter().map(|found| &found.finding).filter(|one| one.severity > Severity::Info) {
        *counts.entry((finding.code, finding.severity == Severity::Error)).or_default() += 1;
    }
    counts
}

/// Everything in a description that tells whose it is, long enough to be no word by chance.
fn secrets(bytes: &[u8]) -> BTreeSet<String> {
    let text = Text::from_bytes(bytes);
    let session = Session::from_text(&text);
    let mut secrets: BTreeSet<String> = BTreeSet::new();
    let mut keep = |word: &str| {
        secrets.insert(word.to_owned());
    };
    if let Some(origin) = session.head().origin {
        keep(&origin.session_id);
        keep(&origin.address);
    }
    for section in session.sections() {
        section.connections.iter().for_each(|one| keep(&one.address.split('/').next().unwrap()));
        for attribute in &section.attributes {
            match &attribute.view {
                View::Candidate(one) => {
                    keep(&one.address);
                    one.related_address.iter().for_each(|word| keep(word));
                    one.extension("ufrag").iter().for_each(|word| keep(word));
                }
                View::IceUfrag(ufrag) => keep(ufrag),
                View::IcePwd(password) => keep(password.expose()),
                View::Fingerprint(one) => keep(&one.value),
                View::Msid(one) => [Some(one.stream), one.track].iter().flatten().for_each(|word| keep(word)),
                View::Ssrc(one) if one.attribute.value == "cname" => {
                    one.value.iter().for_each(|word| keep(word))
                }
                View::Ssrc(one) if one.attribute.value == "msid" => {
                    one.value.iter().flat_map(|value| value.words()).for_each(|word| keep(&word));
                }
                View::Crypto(_) => {
                    let value = attribute.value.unwrap().value;
                    keep(value.split("inline:").nth(1).unwrap().split([' ', '|']).next().unwrap());
                }
                _ => {}
            }
        }
    }
    let tells_nothing = |word: &String| {
        let ip: Option<IpAddr> = word.parse().ok();
        let is_ours =
            ["192.0.2.", "198.51.100.", "203.0.113.", "233.252.0."].iter().any(|net| word.starts_with(net));
        ip.is_some_and(|ip| ip.is_unspecified() || ip.is_loopback())
            || is_ours
            || matches!(word.as_str(), "mixedmslabel" | "localhost" | "x.x.x.x")
            || word.len() < 7
            || word.bytes().all(|byte| matches!(byte, b'0' | b':' | b'*' | b'-'))
    };
    // One library names its streams by their SSRC, which stays.
    let ids: BTreeSet<u32> =
        session.sections().flat_map(|section| section.ssrcs()).map(|one| one.id.value).collect();
    secrets.retain(|word| !tells_nothing(word) && word.parse().ok().is_none_or(|id| !ids.contains(&id)));
    secrets
}

/// What must hold of any bytes and any plan.
fn check(bytes: &[u8], kind: Kind, name: &str) -> Outcome {
    assert_eq!(rewritten(bytes, &Plan::default()).unwrap(), bytes, "{name}");
    let before = faults(bytes, kind);
    let mut outcome = Outcome::default();
    for (what, plan) in plans() {
        let Ok(after) = rewritten(bytes, &plan) else {
            outcome.refused.push(what);
            continue;
        };
        if after == bytes {
            continue;
        }
        let rises = faults(&after, kind);
        let rises: Vec<_> =
            rises.into_iter().filter(|(key, count)| count > before.get(key).unwrap_or(&0)).collect();
        // The program refuses to write these.
        let told = rewrite::new_faults(bytes, &after, kind);
        let codes = |codes: Vec<&'static str>| codes.into_iter().collect::<BTreeSet<_>>();
        let told = codes(told.iter().map(|fault| fault.code).collect());
        assert_eq!(codes(rises.iter().map(|((code, _), _)| *code).collect()), told, "{name}, {what}");
        outcome.worse.extend(told.into_iter().map(|code| (what, code)));
    }
    let after = redacted(bytes);
    for (key, count) in faults(&after, kind) {
        assert!(
            count <= *before.get(&key).unwrap_or(&0),
            "{name}: {key:?} in\n{}",
            String::from_utf8_lossy(&after)
        );
    }
    let [lines, kept] = [bytes, &after].map(|bytes| Text::from_bytes(bytes).lines().len());
    assert_eq!(lines, kept, "{name}");
    outcome
}

/// Which plans are not carried out, and which would make it worse.
#[derive(Default)]
struct Outcome {
    refused: Vec<&'static str>,
    worse: Vec<(&'static str, &'static str)>,
}

fn corpus() -> Option<Vec<(String, Vec<u8>)>> {
    let Some(root) = std::env::var_os("RTCSCOPE_CORPUS") else {
        eprintln!("SKIPPED: RTCSCOPE_CORPUS is not set");
        return None;
    };
    let mut files = Vec::new();
    for folder in ["sdp", "pairs", "formats", "dumps"] {
        for entry in std::fs::read_dir(PathBuf::from(&root).join("sdp").join(folder)).unwrap() {
            let path = entry.unwrap().path();
            files.push((path.display().to_string(), std::fs::read(&path).unwrap()));
        }
    }
    files.sort();
    assert!(files.len() > 150);
    Some(files)
}

#[test]
fn descriptions_from_the_field_are_rewritten_and_redacted() {
    let Some(files) = corpus() else { return };
    let (mut count, mut worse, mut refused, mut hidden) = (0, BTreeMap::new(), BTreeMap::new(), 0);
    let mut seen = BTreeSet::new();
    for (name, bytes) in files {
        for document in source::find(&bytes).documents {
            let kind = Some(document.kind).filter(|kind| *kind != Kind::Unknown);
            let kind = kind.or(Kind::from_hint(&name)).unwrap_or(Kind::Unknown);
            if !seen.insert(document.text.clone()) {
                continue;
            }
            count += 1;
            let outcome = check(&document.text, kind, &name);
            outcome.refused.into_iter().for_each(|what| *refused.entry(what).or_insert(0) += 1);
            outcome.worse.into_iter().for_each(|what| *worse.entry(what).or_insert(0) += 1);
            let redacted = redacted(&document.text);
            let shown = String::from_utf8_lossy(&redacted);
            for secret in secrets(&document.text) {
                hidden += 1;
                let line = shown.lines().find(|line| line.contains(&secret));
                assert_eq!(line, None, "{name}: {secret}");
            }
        }
    }
    eprintln!("{count} descriptions, {hidden} secrets; refused {refused:?}; worse {worse:?}");
    assert!(count > 180 && hidden > 1000, "{count} {hidden}");
    // All that changes the choice of codecs may take the one that every endpoint knows; nothing else may be wrong.
    let surprising: Vec<_> = worse.keys().filter(|(_, code)| *code != "SDP212").collect();
    assert!(surprising.is_empty(), "{surprising:?}");
}

#[test]
fn inputs_from_the_field_are_rewritten_where_they_stand() {
    let Some(files) = corpus() else { return };
    let (mut carried, mut alone) = (0, Vec::new());
    for (name, bytes) in files {
        let documents = source::find(&bytes).documents;
        if documents.is_empty() {
            continue;
        }
        for (what, plan) in plans() {
            let one = |(index, document): (usize, &source::Document)| {
                let text = Text::from_bytes(&document.text);
                let edits = rewrite::edits(&Session::from_text(&text), &plan);
                Rewritten::of(index, document, edits.unwrap_or_default())
            };
            let rewritten: Vec<_> = documents.iter().enumerate().map(one).collect();
            match rewrite::carried(&bytes, &documents, &rewritten) {
                Some(result) => {
                    carried += 1;
                    let found = source::find(&result).documents;
                    for one in &rewritten {
                        assert_eq!(found[one.index].text, one.text, "{name}, {what}");
                    }
                }
                None => alone.push((name.rsplit('/').next().unwrap().to_owned(), what)),
            }
        }
    }
    eprintln!("{carried} carried, alone: {alone:?}");
    assert!(carried > 20 * alone.len(), "{carried} {alone:?}");
}

/// Lines of every kind, whole and broken.
const LINES: &[&str] = &[
    "v=0",
    "o=- 4611731400430051336 2 IN IP4 10.0.0.1",
    "o=a b c 7 IN IP6 fe80::1",
    "o=x",
    "s=-",
    "s=10.0.0.9 at ::5",
    "t=0 0",
    "c=IN IP4 224.2.1.1/127",
    "c=IN IP6 2a00::7",
    "c=IN",
    "b=AS:500",
    "b=TIAS:x",
    "b=TIAS:5",
    "k=clear:x1y2z3",
    "e=a@b.test",
    "m=audio 9 UDP/TLS/RTP/SAVPF 111 63 0 13 110",
    "m=video 9 UDP/TLS/RTP/SAVPF 96 97 98 99 96 *",
    "m=video 0 RTP/AVP 96",
    "m=video 9 RTP/AVP 96",
    "m=video 9",
    "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
    "a=group:BUNDLE 0 1",
    "a=mid:0",
    "a=mid:1",
    "a=sendrecv",
    "a=recvonly",
    "a=rtpmap:111 opus/48000/2",
    "a=rtpmap:63 red/48000/2",
    "a=fmtp:63 111/111/0",
    "a=rtpmap:13 CN/8000",
    "a=rtpmap:110 telephone-event/48000",
    "a=rtpmap:96 VP8/90000",
    "a=rtpmap:97 rtx/90000",
    "a=fmtp:97 apt=96",
    "a=rtpmap:98 H264/90000",
    "a=fmtp:98 profile-level-id=42e01f",
    "a=rtpmap:99 rtx/90000",
    "a=fmtp:99 apt=98",
    "a=rtpmap:96",
    "a=fmtp:98",
    "a=rtcp-fb:98 nack",
    "a=rtcp-fb:* nack",
    "a=rid:h send pt=96,98;max-width=5",
    "a=rid:h send max-width=5; pt=98 ",
    "a=imageattr:98 send *",
    "a=ice-ufrag:Zk4q",
    "a=ice-ufrag:a-b",
    "a=ice-ufrag:é",
    "a=ice-ufrag:",
    "a=ice-pwd:asd88fgpdd777uzjYhagZg",
    "a=fingerprint:sha-1 4A:AD",
    "a=fingerprint:4a:ad",
    "a=msid:- track1",
    "a=msid:{a-b} c",
    "a=ssrc:5 cname:abc",
    "a=ssrc:5 msid:x y",
    "a=ssrc:5 fmtp:98 x",
    "a=crypto:1 A inline:abcd|2^20",
    "a=crypto:1 A inline:abcd|1:1;inline:efgh FEC_KEY=inline:ijkl",
    "a=candidate:1 1 udp 1 10.0.0.1 9 typ host",
    "a=candidate:12345678 1 udp 1 g::1 9 typ srflx raddr 1.x.x.x rport 9 ufrag Zk4q",
    "a=candidate:9 1 udp 1 ab.local 9 typ host",
    "a=candidate:broken 10.0.0.4 raddr h.test",
    "a=control:rtsp://u:p@10.0.0.1:554/x",
    "a=x:see http://h.test/ and [::9]:5, Zk4qZk4q track1",
    "ice-pwd:secretsecret",
    "  a=mid:2",
    "A=ice-pwd:x",
    "a = y",
    "",
    "   ",
    "\u{feff}v=0",
    "[object Object]",
    "a=x-note:asd88fgpdd777uzjYhagZg",
    "a=source-filter: incl IN IP4 232.1.1.1 10.0.0.1 h.test",
    "a=remote-candidates:1 10.0.0.1 9 2 2a00::1 9",
    "a=rtcp:9 IN IP4 10.0.0.1",
    "a=key-mgmt:mikey AQAB",
    "a=identity:eyJ9;x",
    "inline:inline:x cname:y",
    "a=alt:1 1 : abc def 10.0.0.1 5060",
    "i=jane.doe@h.test 10.0.0.1-10.0.0.2 of:track1:5",
    "i=password=é&pwd=secretsecret;token=",
    "a=ts-refclk:ptp=IEEE1588-2008:39-A7-94-FF-FE-07-CB-D0:37",
    "a=x:40:a3:6b:a0:2b:d2 @ a@b @h.test",
    "a=candidate:aW1wb3J0 1 secretsecretsecret UDP 0.83 10.0.0.1 5060",
];

fn description() -> impl Strategy<Value = Vec<u8>> {
    let ending = prop_oneof![4 => Just("\r\n"), 2 => Just("\n"), 1 => Just("\r"), 1 => Just("\r\r\n")];
    let line = (proptest::sample::select(LINES), ending);
    (proptest::collection::vec(line, 0..60), any::<bool>(), proptest::collection::vec(any::<u8>(), 0..4))
        .prop_map(|(lines, ends, rest)| {
            let mut text: String = lines.iter().map(|(line, ending)| format!("{line}{ending}")).collect();
            if !ends {
                text.truncate(text.trim_end_matches(['\r', '\n']).len());
            }
            [text.into_bytes(), rest].concat()
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_description_is_rewritten_and_redacted(bytes in description()) {
        assert_eq!(rewritten(&bytes, &Plan::default()).unwrap(), bytes);
        for (_, plan) in plans() {
            let _ = rewritten(&bytes, &plan);
        }
        redacted(&bytes);
    }

    #[test]
    fn any_bytes_are_taken(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        assert_eq!(rewritten(&bytes, &Plan::default()).unwrap(), bytes);
        redacted(&bytes);
    }
}

#[test]
fn what_stands_for_a_line_of_no_kind_is_none_of_a_kind_either() {
    redacted("c=IN IP4 h.té".as_bytes());
    for line in ["/=////", " 1=word", "é=secret", "/=a", "=word"] {
        redacted(line.as_bytes());
    }
}

#[test]
fn nothing_is_worse_in_our_own_fixtures() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("testdata/sdp");
    let mut folders = vec![root];
    let mut count = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "sdp") {
                let bytes = std::fs::read(&path).unwrap();
                check(&bytes, Kind::Unknown, &path.display().to_string());
                check(&bytes, Kind::Offer, &path.display().to_string());
                count += 1;
            }
        }
    }
    assert!(count > 30, "{count}");
}

#[test]
fn time_grows_with_the_length_and_not_with_its_square() {
    let make = |count: usize| {
        let mut text = "v=0\r\no=- 20518 0 IN IP4 203.0.113.1\r\ns=-\r\nt=0 0\r\n".to_owned();
        for index in 0..count {
            write!(
                text,
                "m=video 9 UDP/TLS/RTP/SAVPF 96 97 98\r\nc=IN IP4 10.0.{}.{}\r\na=mid:{index}\r\na=rtpmap:96 VP8/90000\r\n\
                 a=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\na=rtpmap:98 H264/90000\r\na=ssrc:{index} cname:c{index}\r\n",
                index / 256 % 256,
                index % 256
            )
            .unwrap();
        }
        text.into_bytes()
    };
    let (_, all) = plans().pop().unwrap();
    let time = |bytes: &[u8]| {
        let run = || {
            let start = Instant::now();
            let text = Text::from_bytes(bytes);
            let edits = rewrite::edits(&Session::from_text(&text), &all).unwrap();
            let after = edit::apply(bytes, &edits);
            Redactor::new().redact(&after);
            start.elapsed()
        };
        (0..3).map(|_| run()).min().unwrap()
    };
    let (part, whole) = (time(&make(2_500)), time(&make(10_000)));
    eprintln!("{part:?}, four times as many {whole:?}");
    assert!(whole < part * 12 + Duration::from_millis(50), "{part:?}, then {whole:?}");
}
