//! What Chromium made of the same descriptions, as `scripts/browser-agreement` recorded it: what it refuses has an
//! error of ours, and what it accepts has none. Where we and it differ, `differences.rs` says why.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use rtcscope::finding::Severity;
use rtcscope::sdp::lint::{self, Description, Found, Input, Pair, Selection};
use rtcscope::sdp::negotiate::Negotiation;
use rtcscope::sdp::source::{self, Kind};
use rtcscope::sdp::{Session, Text};

use crate::differences::{DIFFERENCES, Difference, UNPREDICTED};
use crate::sentences;

/// An answer of the browser, beside the description that it was asked about.
struct Record {
    /// `lint/SDP501/bad.sdp`, as the files of a difference are called.
    name: String,
    path: PathBuf,
    /// As an offer, as an answer, or as one of two.
    action: String,
    /// What it says, if it refuses.
    error: Option<String>,
    /// Whether it was held against another offer than ours, which the browser would not have for its own.
    is_adapted: bool,
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
    let action = json["action"].as_str().unwrap().to_owned();
    Record { name, path, action, error, is_adapted: json["local"].is_string() }
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

/// What we say of a description.
struct Ours {
    /// The codes of severity error, of the description and of the pair that it is the second of.
    errors: BTreeSet<&'static str>,
    /// Whether an m-line is of RTP over DTLS, and needs a fingerprint.
    has_dtls: bool,
    has_ice: bool,
}

fn ours(record: &Record) -> Ours {
    let bytes = read(&record.path);
    let text = Text::from_bytes(&bytes);
    let session = Session::from_text(&text);
    let kind = if record.action.starts_with("offer") { Kind::Offer } else { Kind::Answer };
    let description = Description::of(&session, kind);
    let mut found = lint::one(&description, &Selection::all()).into_found();
    if let Some(partner) = record.partner() {
        let bytes = read(&partner);
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
    Ours {
        errors: found.iter().filter(is_error).map(|found| found.finding.code).collect(),
        has_dtls: session.media().any(|media| media.line().is_rtp() && media.line().is_dtls()),
        has_ice: session.sections().any(|section| section.has("ice-ufrag")),
    }
}

impl Record {
    /// The description that this one follows or answers.
    fn partner(&self) -> Option<PathBuf> {
        let name = self.action.split(' ').next_back().filter(|name| name.ends_with(".sdp"))?;
        Some(self.path.with_file_name(name))
    }
}

/// What is between our verdict and the browser's, in the words of a difference.
fn difference(record: &Record, counts: &mut BTreeMap<&'static str, usize>) -> Option<String> {
    let ours = ours(record);
    let codes = || ours.errors.iter().copied().collect::<Vec<_>>().join(" ");
    let (verdict, difference) = match &record.error {
        None if ours.errors.is_empty() => ("accepted, and no error", None),
        None => ("accepted, but an error", Some(codes())),
        Some(error) if sentences::codes(error).iter().any(|code| ours.errors.contains(code)) => {
            ("refused, and an error that says the same", None)
        }
        // Telephones and cameras do without, and are not to be measured by what a browser takes.
        Some(error) if error.ends_with("without DTLS fingerprint.") && !ours.has_dtls => {
            ("refused, for it has no DTLS", None)
        }
        Some(error) if error.ends_with("without ice-ufrag and ice-pwd.") && !ours.has_ice => {
            ("refused, for it has no ICE", None)
        }
        Some(error) if ours.errors.is_empty() => ("refused, but no error", Some(error.clone())),
        Some(error) => ("refused, but another error", Some(format!("{error} ({})", codes()))),
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
    let is_ours = |name: &str| !name.starts_with("sdp/") && !name.starts_with("pairs/");
    let asked = listed.filter(|name| has_corpus || is_ours(name));
    faults.extend(asked.filter(|name| !used.contains(*name)).map(|name| format!("{name}: agrees by now")));
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(
        counts["refused, and an error that says the same"] >= 50 && counts["accepted, and no error"] >= 100,
        "{counts:?}"
    );
}

/// What `sdp negotiate` says that libwebrtc would say to an answer.
fn prediction(record: &Record, offer: &Path) -> Option<String> {
    let sources = [offer, record.path.as_path()].map(|path| source::find(&std::fs::read(path).unwrap()));
    let input = |side: usize, kind| Input {
        source: "description.sdp",
        document: &sources[side].documents[0],
        kind: Some(kind),
    };
    let inputs = [input(0, Kind::Offer), input(1, Kind::Answer)];
    Negotiation::of(inputs, &Selection::all()).refusal.map(|refusal| refusal.sentence)
}

#[test]
fn chromium_says_to_an_answer_what_we_predict() {
    let (mut alike, mut refused, mut faults) = (0, 0, Vec::new());
    for record in
        records().iter().filter(|record| record.action.starts_with("answer to") && !record.is_adapted)
    {
        let Some(offer) = record.partner() else { continue };
        let predicted = prediction(record, &offer);
        let of_the_answer = "Failed to set remote answer sdp: ";
        let of_the_parser = "Failed to parse SessionDescription.";
        let said = record.error.as_ref().and_then(|error| match error.split_once(of_the_answer) {
            Some((_, sentence)) => Some(sentence.to_owned()),
            // What is not predicted of a line is for the rules to say, with the place.
            None => {
                error.find(of_the_parser).filter(|_| predicted.is_some()).map(|at| error[at..].to_owned())
            }
        });
        if predicted == said {
            alike += 1;
            refused += usize::from(said.is_some());
        } else if !UNPREDICTED.iter().any(|(name, _)| *name == record.name) {
            faults.push(format!("{}: predicted {predicted:?}, said {:?}", record.name, record.error));
        }
    }
    eprintln!("{alike} alike, {refused} of them refused");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(alike >= 40 && refused >= 5, "{alike}, {refused}");
}

#[test]
fn chromium_refuses_an_offer_in_the_words_that_we_predict() {
    let (mut refused, mut faults) = (0, Vec::new());
    for record in records().iter().filter(|record| record.action == "offer") {
        let sources = source::find(&std::fs::read(&record.path).unwrap());
        let [document] = &sources.documents[..] else { continue };
        let input = Input { source: "description.sdp", document, kind: Some(Kind::Offer) };
        let told = Negotiation::of([input, input], &Selection::all());
        let Some(predicted) = told.offer_refusal else { continue };
        // A parser that stops at a line comes before all that we predict; the rules name that line.
        let said = record.error.clone().unwrap_or_default();
        if said.ends_with(&predicted.sentence) {
            refused += 1;
        } else if !said.contains("Failed to parse SessionDescription") {
            faults.push(format!(
                "{}: predicted {:?}, said {:?}",
                record.name, predicted.sentence, record.error
            ));
        }
    }
    eprintln!("{refused} alike");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(refused >= 20, "{refused}");
}
