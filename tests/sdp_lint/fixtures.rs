//! `testdata/sdp/lint/CODE/`: what is wrong by that rule (`bad.sdp`, `bad-2.sdp`, …), and what is right (`good.sdp`).
//!
//! What only an offer or an answer can be is called so: `bad-offer.sdp`. Rules about two descriptions have pairs:
//! `bad-offer.sdp` and `bad-answer.sdp`, `bad-older.sdp` and `bad-newer.sdp`; a number comes before: `bad-2-offer.sdp`.
//! What a browser makes of each (`bad.expect.json`) is for `browser.rs`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rtcscope::finding::{Exit, Severity};
use rtcscope::report::{Block, Document, Format, Rendered, Screen};
use rtcscope::sdp::lint::{
    self, Check, Description, Found, Input, LintRule, Linted, Pair, Selection, snippets,
};
use rtcscope::sdp::source::{self, Kind, Sources};
use rtcscope::sdp::{Session, Text};

/// One file, or two that belong together.
struct Case {
    /// `bad-2`.
    name: String,
    /// File names and contents.
    files: Vec<(String, Vec<u8>)>,
}

fn folder(rule: &LintRule) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "testdata", "sdp", "lint", rule.rule.code].iter().collect()
}

/// The cases of a rule that are called `good` or `bad`.
fn cases(rule: &LintRule, what: &str) -> Vec<Case> {
    let mut cases: BTreeMap<String, Vec<(String, Vec<u8>)>> = BTreeMap::new();
    let is_pair = rule.looks_at_two();
    for entry in std::fs::read_dir(folder(rule)).into_iter().flatten() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if name.ends_with(".expect.json") {
            continue;
        }
        let stem = name.strip_suffix(".sdp").unwrap_or_else(|| panic!("{} is no .sdp", path.display()));
        assert!(stem.starts_with("bad") || stem.starts_with("good"), "{}", path.display());
        let sides = ["-offer", "-answer", "-older", "-newer"];
        // Looks at answers alone as well, but for this only at what a pair has too.
        let is_always_pair = rule.rule.code == "SDP307";
        let case = match is_pair && (!rule.looks_at_one() || is_always_pair) {
            true => sides.iter().find_map(|side| stem.strip_suffix(side)).unwrap_or(stem),
            false => stem,
        };
        if stem.starts_with(what) {
            cases.entry(case.to_owned()).or_default().push((name, std::fs::read(&path).unwrap()));
        }
    }
    let order = |name: &str| name.ends_with("-answer.sdp") || name.ends_with("-newer.sdp");
    let sorted = cases.into_iter().map(|(name, mut files)| {
        files.sort_by_key(|(name, _)| order(name));
        Case { name, files }
    });
    sorted.collect()
}

/// The one description of a file, and what its name says of it.
fn read((name, bytes): &(String, Vec<u8>)) -> (Sources, Kind) {
    let sources = source::find(bytes);
    assert_eq!(sources.documents.len(), 1, "{name}: {:?}", sources.notes);
    (sources, Kind::from_hint(name).unwrap_or(Kind::Unknown))
}

/// What the rules say of a case, and how that is shown.
fn lint(rule: &LintRule, case: &Case, selection: &Selection) -> (Vec<Found>, Rendered) {
    let read: Vec<_> = case.files.iter().map(self::read).collect();
    let inputs: Vec<Input<'_>> = case
        .files
        .iter()
        .zip(&read)
        .map(|((name, _), (sources, kind))| Input {
            source: name,
            document: &sources.documents[0],
            kind: Some(*kind),
        })
        .collect();
    if let [input] = inputs[..] {
        let found = Linted::of(input, selection).found;
        let shown = rendered(&found);
        return (found, shown);
    }
    let texts: Vec<_> = inputs.iter().map(|input| Text::from_bytes(&input.document.text)).collect();
    let sessions: Vec<_> = texts.iter().map(Session::from_text).collect();
    let [first, second] = &sessions[..] else {
        panic!("{} {}: {} files are no pair", rule.rule.code, case.name, inputs.len())
    };
    let is_update = rule.checks.iter().any(|check| matches!(check, Check::Update(_)));
    let kind = if is_update { Kind::Offer } else { Kind::Answer };
    let pair = Pair::of(Description::of(first, Kind::Offer), Description::of(second, kind));
    let findings = match is_update {
        true => lint::update(&pair, selection),
        false => lint::answer(&pair, selection),
    };
    let mut found = findings.into_found();
    found.iter_mut().for_each(|found| found.locate(&inputs));
    let shown = rendered(&found);
    (found, shown)
}

fn rendered(found: &[Found]) -> Rendered {
    let blocks = snippets(found).into_iter().map(Block::Snippet).collect();
    Rendered::of_document("test/1", Document { blocks }, Exit::Failed)
}

fn shown(rendered: &Rendered) -> String {
    let mut out = Vec::new();
    Format::default().render(rendered, Screen { width: 80, colour: false }, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// `RULES=SDP4` looks at some rules alone, for whoever is writing them.
fn rules() -> impl Iterator<Item = &'static LintRule> {
    let wanted = std::env::var("RULES").unwrap_or_default();
    lint::rules().filter(move |rule| rule.rule.code.starts_with(&wanted))
}

#[test]
fn codes_are_sorted_unique_and_grouped_by_hundreds() {
    let codes: Vec<&str> = lint::rules().map(|rule| rule.rule.code).collect();
    assert!(codes.is_sorted_by(|a, b| a < b), "{codes:?}");
    for code in codes {
        let number: u32 = code.strip_prefix("SDP").and_then(|number| number.parse().ok()).expect(code);
        assert!((101..800).contains(&number), "{code}");
    }
}

#[test]
fn every_rule_has_fixtures_and_every_fixture_a_rule() {
    for rule in rules() {
        for what in ["bad", "good"] {
            assert!(!cases(rule, what).is_empty(), "{}: no {what}.sdp", rule.rule.code);
        }
    }
    let all = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/sdp/lint");
    for entry in std::fs::read_dir(all).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(
            name == "README.md" || lint::rules().any(|rule| rule.rule.code == name),
            "{name} belongs to no rule"
        );
    }
}

#[test]
fn what_is_bad_fires_its_own_rule_at_a_place_in_the_text() {
    for rule in rules() {
        for case in cases(rule, "bad") {
            let (found, _) = lint(rule, &case, &Selection::all());
            let own = found.iter().find(|found| found.finding.code == rule.rule.code);
            let place = format!("{} {}", rule.rule.code, case.name);
            let own = own.unwrap_or_else(|| panic!("{place} does not fire"));
            assert!(own.finding.location.is_some() && !own.finding.message.ends_with('.'), "{place}");
            assert!(
                !own.finding.help.is_empty() || own.finding.severity == Severity::Info,
                "{place}: no help"
            );
        }
    }
}

#[test]
fn what_is_good_fires_no_error_and_no_warning() {
    for rule in rules() {
        for case in cases(rule, "good") {
            let (found, _) = lint(rule, &case, &Selection::all());
            let bad: Vec<_> = found
                .iter()
                .filter(|found| {
                    found.finding.severity > Severity::Info || found.finding.code == rule.rule.code
                })
                .map(|found| (found.finding.code, &found.finding.message))
                .collect();
            assert!(bad.is_empty(), "{} {}: {bad:?}", rule.rule.code, case.name);
        }
    }
}

#[test]
fn no_finding_is_worse_than_its_rule_says_and_some_are_as_bad() {
    for rule in lint::rules() {
        let worst = cases(rule, "bad")
            .iter()
            .flat_map(|case| lint(rule, case, &Selection::all()).0)
            .filter(|found| found.finding.code == rule.rule.code)
            .map(|found| found.finding.severity)
            .max();
        assert!(worst <= Some(rule.worst()), "{}: {worst:?}", rule.rule.code);
        assert!(
            rule.worst() == rule.rule.severity || worst == Some(rule.worst()),
            "{}: never",
            rule.rule.code
        );
    }
}

/// Of its own rule alone, so that a new rule changes no other's.
#[test]
fn what_is_shown_of_what_is_bad() {
    for rule in rules() {
        let selection = Selection::from_words(&[rule.rule.code.to_owned()], &[]).unwrap();
        let mut text = String::new();
        for case in cases(rule, "bad") {
            let (_, rendered) = lint(rule, &case, &selection);
            let shown = shown(&rendered);
            let wide = shown.lines().find(|line| line.chars().count() > 80 && !line.starts_with("        "));
            assert_eq!(wide, None, "{} {}", rule.rule.code, case.name);
            text.push_str(&format!("── {}\n{shown}", case.name));
        }
        insta::assert_snapshot!(rule.rule.code, text);
    }
}
