//! Descriptions from the field, if `RTCSCOPE_CORPUS` names the folder that they are in.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rtcscope::finding::{Location, Severity};
use rtcscope::sdp::lint::{self, Description, Found, Input, Linted, Pair, Selection};
use rtcscope::sdp::source::{self, Kind};
use rtcscope::sdp::{Session, Text};

fn corpus() -> Option<PathBuf> {
    let root = std::env::var_os("RTCSCOPE_CORPUS").map(|root| PathBuf::from(root).join("sdp"));
    if root.is_none() {
        eprintln!("SKIPPED: RTCSCOPE_CORPUS is not set");
    }
    root
}

/// What the rules say of each description of a file.
fn lint(path: &Path) -> Vec<Found> {
    let bytes = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let sources = source::find(&bytes);
    let name = path.file_name().unwrap().to_str().unwrap();
    let linted = sources.documents.iter().map(|document| {
        let kind = Kind::from_hint(name).filter(|_| document.kind == Kind::Unknown);
        Linted::of(Input { source: name, document, kind }, &Selection::all())
    });
    linted.flat_map(|linted| linted.found).collect()
}

/// What the rules say of two descriptions together.
fn lint_pair(first: &Path, second: &Path, are_offers: bool) -> Vec<Found> {
    let [first, second] = [first, second].map(|path| std::fs::read(path).unwrap());
    let [first, second] = [&first, &second].map(|bytes| Text::from_bytes(bytes));
    let [first, second] = [&first, &second].map(Session::from_text);
    let offer = Description::of(&first, Kind::Offer);
    let findings = match are_offers {
        true => lint::update(&Pair::of(offer, Description::of(&second, Kind::Offer)), &Selection::all()),
        false => lint::answer(&Pair::of(offer, Description::of(&second, Kind::Answer)), &Selection::all()),
    };
    findings.into_found()
}

fn line(found: &Found) -> usize {
    match &found.finding.location {
        Some(Location::Text { line, .. }) => *line,
        _ => panic!("{found:?} has no place"),
    }
}

fn told(found: &Found) -> String {
    let finding = &found.finding;
    format!("{} {} at line {}: {}", finding.code, finding.name, line(found), finding.message)
}

#[test]
fn every_pair_fires_its_rule_and_the_clean_one_nothing() {
    let Some(root) = corpus() else { return };
    let expected = std::fs::read(root.join("expected.json")).unwrap();
    let expected: serde_json::Value = serde_json::from_slice(&expected).unwrap();
    let (mut fired, mut missing) = (0, Vec::new());
    for (name, pair) in expected["pairs"].as_object().unwrap() {
        let path = |key: &str| root.join(pair[key].as_str().unwrap());
        let (first, second) = (path("offer"), path("answer"));
        let mut found = lint(&first);
        found.extend(lint(&second));
        found.extend(lint_pair(
            &first,
            &second,
            pair["compare"].as_str().unwrap().starts_with("offer/offer"),
        ));
        let wanted = pair["must_fire"].as_array().unwrap();
        for rule in wanted.iter().map(|rule| rule.as_str().unwrap()) {
            if lint::rule(rule).is_none() {
                missing.push(rule.to_owned());
                continue;
            }
            let fires = found.iter().any(|found| found.finding.name == rule);
            assert!(fires, "{name}: {rule} does not fire");
            fired += 1;
        }
        if wanted.is_empty() {
            let bad: Vec<_> =
                found.iter().filter(|found| found.finding.severity > Severity::Info).map(told).collect();
            assert!(bad.is_empty(), "{name}: {bad:#?}");
        }
    }
    eprintln!("{fired} rules fired; not there yet: {missing:?}");
}

/// File, what wrote it, whether it is valid and what is wrong.
fn index(root: &Path) -> Vec<(PathBuf, String, String)> {
    let index = std::fs::read_to_string(root.join("index.tsv")).unwrap();
    let rows = index.lines().skip(1).map(|row| {
        let columns: Vec<&str> = row.split('\t').collect();
        (root.join(columns[0]), columns[3].to_owned(), columns[5].to_owned())
    });
    rows.collect()
}

#[test]
fn what_is_invalid_is_named_at_its_line() {
    let Some(root) = corpus() else { return };
    let (mut named, mut faults) = (0, Vec::new());
    for (path, _, verdict) in index(&root) {
        let Some((_, said)) = verdict.split_once("valid: ").filter(|_| verdict.starts_with("invalid")) else {
            continue;
        };
        let found = lint(&path);
        for said in said.split("; ") {
            let name = path.file_name().unwrap().display();
            let has = |is: &dyn Fn(&Found) -> bool| found.iter().any(is);
            let is_named = match said.strip_prefix("line ").and_then(|rest| rest.split_once(':')) {
                Some((number, _)) => {
                    let number: usize = number.parse().unwrap();
                    has(&|found| {
                        line(found) == number
                            && found.finding.stage == "syntax"
                            && found.finding.severity > Severity::Info
                    })
                }
                None if said.starts_with("missing ") => has(&|found| {
                    found.finding.name == "session-required"
                        && found.finding.message.contains(said.trim_start_matches("missing "))
                }),
                None if said.starts_with("no c=") => has(&|found| found.finding.name == "connection-missing"),
                None => panic!("{name}: {said}"),
            };
            if is_named {
                named += 1;
            } else {
                faults.push(format!("{name}: {said}: {:?}", found.iter().map(told).collect::<Vec<_>>()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(named >= 25, "{named}");
}

/// Valid files of browsers in which an error is right: file, code, and why.
const RIGHT_ERRORS: &[(&str, &str, &str)] = &[
    ("str0m-data-d5b1af.sdp", "SDP301", "made for a test, without a fingerprint anywhere; RFC 8122 §5"),
    ("str0m-data-d5b1af.sdp", "SDP403", "made for a test, with a password of 16 characters; RFC 8839 §5.4"),
    ("lib-jitsi-meet-sdp-spec-3eacd2.sdp", "SDP403", "the password is a word of 7 letters; RFC 8839 §5.4"),
    ("webrtc-peerconnection-go-test-f8cef4.sdp", "SDP304", "no a=setup; RFC 8842 §5.2, RFC 9429 §5.8.3"),
    ("lib-jitsi-meet-tpcutils-spec-645b55.sdp", "SDP203", "fmtp for 96, but no rtpmap; RFC 8866 §8.2.3"),
    (
        "twilio-video-js-index-8986a6.sdp",
        "SDP204",
        "fmtp for 121, which is not listed; RFC 8866 §6.15, and Chromium refuses it",
    ),
    ("webrtc-sdp-test-d0fee7.sdp", "SDP210", "opus at 90000 Hz; RFC 7587 §7"),
    ("sdp-jingle-json-sdp-03bf8e.sdp", "SDP304", "Chrome of 2013 wrote none; RFC 8842 §5.2, RFC 9429 §5.8.3"),
    ("str0m-parser-b87bbd.sdp", "SDP501", "cut down to one of eleven m-lines; RFC 5888 §6"),
    (
        "twilio-video-js-issue8329-2ebc4c.sdp",
        "SDP506",
        "126 is a codec of audio and one of video; RFC 9143 §9.1.1",
    ),
    ("str0m-data-d5b1af.sdp", "SDP601", "made for a test, without rtcp-mux; RFC 9143 §9.3"),
    ("lib-jitsi-meet-tpcutils-spec-645b55.sdp", "SDP601", "made for a test, without rtcp-mux; RFC 9143 §9.3"),
    ("sdp-cpp-simulcast-313bbc.sdp", "SDP604", "Firefox of 2017 gave 1 to two extensions; RFC 9143 §12"),
];

#[test]
fn what_browsers_write_has_no_error() {
    let Some(root) = corpus() else { return };
    let browsers = ["Chrome", "Firefox", "Safari", "libwebrtc", "Edge", "webrtc"];
    let mut warnings: BTreeMap<String, usize> = BTreeMap::new();
    let (mut count, mut faults) = (0, Vec::new());
    for (path, writer, verdict) in index(&root) {
        if verdict != "valid" || !browsers.iter().any(|browser| writer.starts_with(browser)) {
            continue;
        }
        count += 1;
        let name = path.file_name().unwrap().to_str().unwrap();
        for found in lint(&path) {
            let finding = &found.finding;
            let is_right = |(file, code, _): &&(&str, &str, &str)| *file == name && *code == finding.code;
            match finding.severity {
                Severity::Error if !RIGHT_ERRORS.iter().any(|right| is_right(&right)) => {
                    faults.push(format!("{name} ({writer}): {}", told(&found)));
                }
                _ => {
                    *warnings
                        .entry(format!("{:?} {} {}", finding.severity, finding.code, finding.name))
                        .or_default() += 1
                }
            }
        }
    }
    eprintln!("{count} files: {warnings:#?}");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(count > 50, "{count}");
}
