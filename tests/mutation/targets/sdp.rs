//! Descriptions, and what they are wrapped in.

use rtcscope::finding::Location;
use rtcscope::report::Report as _;
use rtcscope::sdp::attribute::Candidate;
use rtcscope::sdp::diff;
use rtcscope::sdp::explain::{Explanation, Given, SessionFacts};
use rtcscope::sdp::lint::{self, Description, Pair, Selection};
use rtcscope::sdp::negotiate::Negotiation;
use rtcscope::sdp::redact::Redactor;
use rtcscope::sdp::rewrite::{self, CodecName, Plan, Scope};
use rtcscope::sdp::{Session, Text, edit, source};

use super::formats;

/// Reads the bytes as a description: none is lost, every span lies within, and all that is said can be shown.
pub(super) fn sdp(bytes: &[u8]) {
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

/// Looks for descriptions: each byte of one stands where it says, and what holds none is told why.
pub(super) fn sdp_source(bytes: &[u8]) {
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

/// What stands between two descriptions of one input.
const BETWEEN: &[u8] = b"\n%%%\n";

/// Two descriptions with a line of `%%%` between them, or one with itself: negotiated, compared in both directions, and
/// both results in every format.
pub(super) fn sdp_views(bytes: &[u8]) {
    let cut = bytes.windows(BETWEEN.len()).position(|part| part == BETWEEN);
    let texts = match cut {
        Some(at) => [&bytes[..at], &bytes[at + BETWEEN.len()..]],
        None => [bytes, bytes],
    };
    let sources = texts.map(source::find);
    let [Some(first), Some(second)] = [0, 1].map(|side: usize| sources[side].documents.first()) else {
        return;
    };
    for kinds in [[source::Kind::Offer, source::Kind::Answer], [source::Kind::Offer; 2]] {
        let given = [(first, kinds[0]), (second, kinds[1])].map(|(document, kind)| lint::Input {
            source: "x",
            document,
            kind: Some(kind),
        });
        let negotiation = Negotiation::of(given, &Selection::all());
        assert!(!negotiation.verdict.sentence.is_empty());
        assert!(!negotiation.agreed || negotiation.refusal.is_none());
        // No m-line is agreed on twice.
        assert!(negotiation.media.len() <= sections(&first.text) + sections(&second.text));
        formats::render(&negotiation);
    }
    let one = |document, number| diff::One {
        input: lint::Input { source: "x", document, kind: Some(source::Kind::Offer) },
        number,
    };
    let options = diff::Options {
        relation: Some(diff::Relation::Unrelated),
        raw: true,
        drawn: true,
        ..diff::Options::default()
    };
    let there = diff::Comparison::of(one(first, 1), one(second, 2), &options);
    let back = diff::Comparison::of(one(second, 2), one(first, 1), &options);
    assert_eq!(there.outcome == diff::Outcome::Identical, first.text == second.text);
    assert_eq!((there.outcome, there.differences), (back.outcome, back.differences), "there and back");
    let mut both = diff::DiffReport::default();
    both.add(there);
    formats::render(&both);
}

fn sections(text: &[u8]) -> usize {
    Session::from_text(&Text::from_bytes(text)).media().len()
}
