//! What Chromium made of the same descriptions, as `scripts/browser-agreement` recorded it: what it refuses has an
//! error of ours, and what it accepts has none. Where we and it differ, `differences.rs` says why.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use rtcscope::finding::Severity;
use rtcscope::sdp::lint::{self, Description, Found, Pair, Selection};
use rtcscope::sdp::source::{self, Kind};
use rtcscope::sdp::{Session, Text};

use crate::differences::{DIFFERENCES, Difference};

/// An answer of the browser, beside the description that it was asked about.
struct Record {
    /// `lint/SDP501/bad.sdp`, as the files of a difference are called.
    name: String,
    path: PathBuf,
    /// As an offer, as an answer, or as one of two.
    action: String,
    /// What it says, if it refuses.
    error: Option<String>,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/sdp")
}

fn json(path: &Path) -> serde_json::Value {
    let bytes = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_slice(&bytes).unwrap()
}

fn record(name: String, path: PathBuf, json: &serde_json::Value) -> Record {
    let error = json["error"].as_str().map(str::to_owned);
    assert_eq!(json["accepted"].as_bool(), Some(error.is_none()), "{name}");
    Record { name, path, action: json["action"].as_str().unwrap().to_owned(), error }
}

/// Those beside our own descriptions, and those about the corpus where that is at hand.
fn records() -> Vec<Record> {
    let mut records = Vec::new();
    let mut folders = vec![root()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "sdp") {
                let name = path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
                let json = json(&path.with_extension("expect.json"));
                records.push(record(name, path, &json));
            }
        }
    }
    match std::env::var_os("RTCSCOPE_CORPUS").map(|corpus| PathBuf::from(corpus).join("sdp")) {
        Some(corpus) => {
            let answers = json(&root().join("browser/chromium.json"));
            let answers = answers["files"].as_object().unwrap().iter();
            records.extend(answers.map(|(name, json)| record(name.clone(), corpus.join(name), json)));
        }
        None => eprintln!("SKIPPED: RTCSCOPE_CORPUS is not set"),
    }
    records.sort_by(|a, b| a.name.cmp(&b.name));
    records
}

fn read(path: &Path) -> Vec<u8> {
    let bytes = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    match &source::find(&bytes).documents[..] {
        [document] => document.text.to_vec(),
        _ => bytes,
    }
}

/// Our codes of severity error, of the description and of the pair that it is the second of; and whether it is meant
/// for a browser at all.
fn errors(record: &Record) -> (BTreeSet<&'static str>, bool) {
    let bytes = read(&record.path);
    let text = Text::from_bytes(&bytes);
    let session = Session::from_text(&text);
    let kind = if record.action.starts_with("offer") { Kind::Offer } else { Kind::Answer };
    let description = Description::of(&session, kind);
    let mut found = lint::one(&description, &Selection::all()).into_found();
    let partner = record.action.split(' ').next_back().filter(|partner| partner.ends_with(".sdp"));
    if let Some(partner) = partner {
        let bytes = read(&record.path.with_file_name(partner));
        let text = Text::from_bytes(&bytes);
        let session = Session::from_text(&text);
        let pair = Pair::of(Description::of(&session, Kind::Offer), description);
        let about_both = match kind {
            Kind::Offer => lint::update(&pair, &Selection::all()),
            _ => lint::answer(&pair, &Selection::all()),
        };
        found.extend(about_both.into_found());
    }
    let is_error = |found: &&Found| found.finding.severity == Severity::Error;
    let codes = found.iter().filter(is_error).map(|found| found.finding.code).collect();
    let has = |name: &str| session.sections().any(|section| section.has(name));
    (codes, has("ice-ufrag") && has("fingerprint"))
}

/// What is between our verdict and the browser's, in the words of a difference.
fn difference(record: &Record, counts: &mut BTreeMap<&'static str, usize>) -> Option<String> {
    let (codes, is_webrtc) = errors(record);
    let (verdict, difference) = match &record.error {
        Some(_) if !codes.is_empty() => ("refused, and an error", None),
        None if codes.is_empty() => ("accepted, and no error", None),
        // Telephones and cameras are not to be measured by what a browser takes.
        Some(_) if !is_webrtc => ("refused, not made for browsers", None),
        Some(error) => ("refused, but no error", Some(error.clone())),
        None => ("accepted, but an error", Some(codes.into_iter().collect::<Vec<_>>().join(" "))),
    };
    *counts.entry(verdict).or_default() += 1;
    difference
}

#[test]
fn chromium_agrees_or_the_difference_is_explained() {
    let (mut counts, mut faults, mut used) = (BTreeMap::new(), Vec::new(), BTreeSet::new());
    for record in records() {
        let Some(what) = difference(&record, &mut counts) else { continue };
        let explains = |row: &&Difference| {
            row.files.contains(&record.name.as_str()) && what.contains(row.what) && !row.why.is_empty()
        };
        if DIFFERENCES.iter().any(|row| explains(&row)) {
            used.insert(record.name);
        } else {
            faults.push(format!("{}: {what}", record.name));
        }
    }
    eprintln!("{counts:#?}");
    let has_corpus = std::env::var_os("RTCSCOPE_CORPUS").is_some();
    let listed = DIFFERENCES.iter().flat_map(|row| row.files).copied();
    let ours = listed.filter(|name| has_corpus || name.starts_with("lint/"));
    faults.extend(ours.filter(|name| !used.contains(*name)).map(|name| format!("{name}: agrees by now")));
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(counts["refused, and an error"] >= 50 && counts["accepted, and no error"] >= 100, "{counts:?}");
}
