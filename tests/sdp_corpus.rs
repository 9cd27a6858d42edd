//! Descriptions from the field, if `RTCSCOPE_CORPUS` names the folder that they are in: each is explained, keeps its
//! bytes, and says the same as a strict parser does.
#![allow(clippy::disallowed_methods, reason = "tests read what they like")]
#![allow(clippy::print_stderr, reason = "a test that is left out says so")]

use std::collections::BTreeMap;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::process::Command;

use assert_cmd::cargo::cargo_bin;
use rtcscope::finding::Location;
use rtcscope::sdp::explain::{Given, SessionFacts};
use rtcscope::sdp::lint::{Input, Selection};
use rtcscope::sdp::{Session, Text, source, strict};

/// Every `.sdp` file; `None` where there is no corpus, which is said.
fn files() -> Option<Vec<(PathBuf, Vec<u8>)>> {
    let Some(corpus) = std::env::var_os("RTCSCOPE_CORPUS") else {
        eprintln!("SKIPPED: RTCSCOPE_CORPUS is not set, so that there are no descriptions from the field");
        return None;
    };
    let mut files = Vec::new();
    for folder in ["sdp", "pairs", "formats"] {
        let folder = Path::new(&corpus).join("sdp").join(folder);
        for entry in
            std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        {
            let path = entry.expect("a readable folder").path();
            if path.extension().is_some_and(|extension| extension == "sdp") {
                let bytes = std::fs::read(&path).expect("a readable file");
                files.push((path, bytes));
            }
        }
    }
    files.sort();
    assert!(files.len() > 100, "only {} files", files.len());
    Some(files)
}

#[test]
fn every_description_is_explained_and_keeps_its_bytes() {
    let Some(files) = files() else { return };
    let mut families = BTreeMap::new();
    for (path, bytes) in files {
        let name = path.display().to_string();
        let text = Text::from_bytes(&bytes);
        let printed: Vec<u8> = text.lines().iter().flat_map(|line| text.whole(line)).copied().collect();
        assert_eq!(printed, bytes, "{name}");
        let found = source::find(&bytes);
        assert_eq!(found.documents.len(), 1, "{name}");
        let facts = facts(&found.documents[0]).unwrap_or_else(|| panic!("{name} is not explained"));
        let media = text.lines().iter().filter(|line| line.is_media()).count();
        assert_eq!(facts.media.len(), media, "{name}");
        for problem in &facts.problems {
            assert!((1..=text.lines().len() as u32).contains(&problem.line), "{name}: {problem:?}");
        }
        *families.entry(facts.writer.name).or_insert(0) += 1;
    }
    eprintln!("{families:#?}");
}

#[test]
fn every_wrapping_of_a_description_gives_the_same_facts() {
    let Some(corpus) = std::env::var_os("RTCSCOPE_CORPUS") else { return };
    let folder = Path::new(&corpus).join("sdp/formats");
    let read =
        |name: &str| std::fs::read(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    let plain = source::find(&read("raw-no-final-newline.sdp"));
    let mut expected = facts(&plain.documents[0]).expect("a description");
    let expected_faults = faults(&plain.documents[0]);
    let mut compared = 0;
    for entry in std::fs::read_dir(&folder).expect("a folder") {
        let name = entry.expect("an entry").file_name().to_string_lossy().into_owned();
        if name.starts_with("trickle") || name.starts_with("whip-patch") || name.starts_with("README") {
            continue;
        }
        for document in source::find(&read(&name)).documents {
            let mut facts = facts(&document).unwrap_or_else(|| panic!("{name} is not explained"));
            // What depends on what stood around it, and on the line ends, which wrappings may change.
            facts.bytes = 0;
            expected.bytes = 0;
            facts.first_line = None;
            expected.first_line = None;
            (facts.kind, facts.type_from) = (expected.kind, expected.type_from);
            assert_eq!(facts, expected, "{name}");
            assert_eq!(faults(&document), expected_faults, "{name}");
            compared += 1;
        }
    }
    assert!(compared >= 12, "only {compared}");
}

/// Everything that `index.tsv` lists: its path, and what is said of it.
fn index() -> Option<Vec<(PathBuf, String)>> {
    let root = PathBuf::from(std::env::var_os("RTCSCOPE_CORPUS")?).join("sdp");
    let index = std::fs::read_to_string(root.join("index.tsv")).expect("a readable file");
    let row = |row: &str| {
        let columns: Vec<&str> = row.split('\t').collect();
        (root.join(columns[0]), columns[5].to_owned())
    };
    Some(index.lines().skip(1).map(row).collect())
}

/// The exit code and the JSON of `sdp explain`.
fn explained(path: &Path) -> (Option<i32>, serde_json::Value) {
    let mut command = Command::new(cargo_bin!("rtcscope"));
    let output =
        command.args(["sdp", "explain", "--format", "json"]).arg(path).output().expect("the program starts");
    let json = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{}: {error}\n{output:?}", path.display()));
    (output.status.code(), json)
}

fn list<'j>(json: &'j serde_json::Value, key: &str) -> &'j [serde_json::Value] {
    json[key].as_array().map(Vec::as_slice).unwrap_or_default()
}

#[test]
fn every_file_gives_output_and_a_dump_without_sdp_says_why() {
    let Some(files) = index() else { return };
    let mut without = 0;
    for (path, _) in &files {
        let name = path.display();
        let (code, json) = explained(path);
        assert!(matches!(code, Some(0 | 1)), "{name}: {code:?}");
        let has_error = list(&json, "findings").iter().any(|finding| finding["severity"] == "error");
        let connections = list(&json, "dumps").iter().flat_map(|dump| list(dump, "connections"));
        let has_failed = connections.into_iter().any(|one| one["failed"] == true);
        assert_eq!(code, Some(i32::from(has_error || has_failed)), "{name}");
        let [sessions, candidates, dumps] = ["sessions", "candidates", "dumps"].map(|key| list(&json, key));
        assert!(!sessions.is_empty() || !candidates.is_empty() || !dumps.is_empty(), "{name}");
        if sessions.is_empty() && candidates.is_empty() {
            let notes = list(&json, "notes");
            let says_why = |note: &serde_json::Value| {
                let note = note.as_str().unwrap_or_default();
                note.contains("left out when it was recorded") || note.contains("no peer connections")
            };
            assert!(notes.iter().any(says_why), "{name}: {notes:?}");
            without += 1;
        }
    }
    assert_eq!((files.len(), without), (202, 6));
}

#[test]
fn each_file_that_is_invalid_names_the_line() {
    let Some(files) = index() else { return };
    let mut named = 0;
    for (path, said) in files.iter().filter_map(|(path, said)| Some((path, said.strip_prefix("invalid: ")?)))
    {
        let (_, json) = explained(path);
        for said in said.split("; ") {
            let Some((line, _)) = said.strip_prefix("line ").and_then(|rest| rest.split_once(':')) else {
                continue;
            };
            let is_named = list(&json, "findings").iter().any(|finding| {
                let place = &finding["location"];
                place["line"].as_u64().is_some_and(|at| line.parse() == Ok(at))
                    && finding["severity"] != "info"
                    && place["column"].is_u64()
                    && place["length"].is_u64()
            });
            assert!(is_named, "{}: {said}: {:#}", path.display(), json["findings"]);
            named += 1;
        }
    }
    assert!(named >= 18, "only {named}");
}

#[test]
fn an_offer_out_of_a_course_has_its_faults_found() {
    let Some(files) = index() else { return };
    let (path, _) =
        files.iter().find(|(path, _)| path.ends_with("course-chrome-2019-offer.sdp")).expect("it");
    let (code, json) = explained(path);
    // Browsers take all of it: warnings.
    assert_eq!(code, Some(0));
    let has = |name: &str, line: u64| {
        let mut all = list(&json, "findings").iter();
        all.any(|finding| finding["name"] == name && finding["location"]["line"] == line)
    };
    assert!(has("duplicate-rtpmap", 76), "{:#}", json["findings"]);
    assert!((93..=100).any(|line| has("sctp-legacy-syntax", line)), "{:#}", json["findings"]);
    assert!(has("line-syntax", 8), "{:#}", json["findings"]);
}

/// What the rules say and where, but for the line end of the last line, which some wrappings take off.
fn faults(document: &source::Document) -> Vec<(&'static str, String, usize)> {
    let kind = Some(source::Kind::Offer);
    let (findings, _) = Input { source: "it", document, kind }.findings(&Selection::all());
    let all = findings.into_iter().filter(|finding| !finding.message.contains("no line end"));
    let told = all.map(|finding| match finding.location {
        Some(Location::Text { line, .. }) => (finding.code, finding.message, line),
        _ => panic!("{finding:?} has no place"),
    });
    told.collect()
}

fn facts(document: &source::Document) -> Option<SessionFacts> {
    let first_line = document.place(0).map(|place| place.line);
    SessionFacts::of(&Given { bytes: document.text.clone(), first_line, ..Given::default() }, true)
}

#[test]
fn what_a_strict_parser_takes_is_read_alike() {
    let Some(files) = files() else { return };
    let mut taken = 0;
    for (path, bytes) in files {
        let name = path.display().to_string();
        let text = Text::from_bytes(&bytes);
        let session = Session::from_text(&text);
        let refused = strict::refusal(&text);
        let theirs = match ::sdp::SessionDescription::unmarshal(&mut Cursor::new(&bytes)) {
            Ok(theirs) => theirs,
            Err(error) => {
                assert!(refused.is_some(), "{name}: {error}");
                continue;
            }
        };
        assert_eq!(refused, None, "{name}");
        taken += 1;
        let ours: Vec<_> = session.media().collect();
        assert_eq!(ours.len(), theirs.media_descriptions.len(), "{name}");
        let same = |attributes: &[::sdp::description::common::Attribute],
                    section: &rtcscope::sdp::Section<'_>| {
            let theirs: Vec<_> = attributes.iter().map(|a| (a.key.as_str(), a.value.as_deref())).collect();
            let ours: Vec<_> =
                section.attributes.iter().map(|a| (a.name.value, a.value.map(|value| value.value))).collect();
            assert_eq!(ours, theirs, "{name}");
        };
        same(&theirs.attributes, session.head());
        for (ours, theirs) in ours.iter().zip(&theirs.media_descriptions) {
            same(&theirs.attributes, ours.section());
            let line = ours.line();
            assert_eq!(line.kind.value, theirs.media_name.media, "{name}");
            assert!(line.port.is_some(), "{name}");
            let formats: Vec<_> = line.formats.iter().map(|format| format.value).collect();
            assert_eq!(formats, theirs.media_name.formats, "{name}");
            assert_eq!(
                line.protocol.map(|p| p.value.to_owned()),
                Some(theirs.media_name.protos.join("/")),
                "{name}"
            );
        }
    }
    assert!(taken > 80, "only {taken} were taken by the strict parser");
}
