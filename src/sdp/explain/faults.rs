//! What the rules find wrong, as a short list: `sdp lint` is where it is shown at its place.

use std::collections::HashMap;

use crate::finding::{Finding, Location, Severity};
use crate::report::{Block, Cell, Tone};

/// Faults shown, the gravest first; the JSON has them all, and so has `sdp lint`.
const MOST: usize = 10;
/// Places named of one fault.
const MOST_PLACES: usize = 4;

/// A fault, and everywhere that it was found.
struct Fault<'f> {
    finding: &'f Finding,
    places: Vec<usize>,
}

/// The faults of one description, each with its lines: those of the input, or of the description where it has no lines
/// of its own there.
pub(super) fn of_description(findings: &[Finding], in_lines: bool, with_remarks: bool) -> Vec<Block> {
    let in_input = |finding: &Finding| finding.evidence.get("input_line").and_then(|line| line.as_u64());
    let is_other = findings.iter().any(|finding| in_input(finding) != line(finding).map(|line| line as u64));
    let is_moved = findings.iter().any(|finding| finding.evidence.contains_key("input_line")) && is_other;
    let placed = findings.iter().map(|finding| {
        let line = line(finding).unwrap_or_default();
        (in_input(finding).filter(|_| in_lines).map_or(line, |line| line as usize), finding)
    });
    let word = if is_moved && !in_lines { "SDP line" } else { "line" };
    blocks(word, &gathered(placed), with_remarks)
}

/// The faults of candidates that stand alone, each with its lines in the input.
pub(super) fn of_candidates<'f>(
    findings: impl Iterator<Item = &'f Finding>,
    with_remarks: bool,
) -> Vec<Block> {
    let placed = findings.map(|finding| {
        let in_input = finding.evidence.get("input_line").and_then(|line| line.as_u64());
        (in_input.map_or_else(|| line(finding).unwrap_or_default(), |line| line as usize), finding)
    });
    blocks("line", &gathered(placed), with_remarks)
}

/// The faults of many descriptions, each with the numbers of those that have it.
pub(super) fn of_descriptions<'f>(
    told: impl Iterator<Item = (usize, &'f Finding)>,
    with_remarks: bool,
) -> Vec<Block> {
    blocks("description", &gathered(told), with_remarks)
}

/// The line that a finding is at.
pub(super) fn line(finding: &Finding) -> Option<usize> {
    match finding.location {
        Some(Location::Text { line, .. }) => Some(line),
        _ => None,
    }
}

/// In the order of the text; what is the same is told once.
fn gathered<'f>(told: impl Iterator<Item = (usize, &'f Finding)>) -> Vec<Fault<'f>> {
    let mut faults: Vec<Fault<'f>> = Vec::new();
    let mut known = HashMap::new();
    for (place, finding) in told {
        let key = (finding.code, finding.severity as u8, finding.message.as_str());
        let at = *known.entry(key).or_insert(faults.len());
        match faults.get_mut(at) {
            Some(fault) if fault.places.last() == Some(&place) => {}
            Some(fault) => fault.places.push(place),
            None => faults.push(Fault { finding, places: vec![place] }),
        }
    }
    faults
}

fn blocks(place: &str, faults: &[Fault<'_>], with_remarks: bool) -> Vec<Block> {
    let mut blocks = Vec::new();
    let (mut shown, mut rest, mut remarks) = (0, 0, 0);
    for (severity, heading) in HEADINGS {
        let grave: Vec<&Fault<'_>> =
            faults.iter().filter(|fault| fault.finding.severity == severity).collect();
        if severity == Severity::Info && !with_remarks {
            remarks = grave.len();
            continue;
        }
        let items: Vec<Cell> = grave.iter().take(MOST - shown).map(|fault| item(place, fault)).collect();
        shown += items.len();
        rest += grave.len() - items.len();
        if !items.is_empty() {
            blocks.extend([Block::Heading(heading.to_owned()), Block::List { numbered: false, items }]);
        }
    }
    let mut sentence = match (shown, rest) {
        (0, _) if place == "description" => {
            "`rtcscope sdp lint` finds nothing wrong in the descriptions.".to_owned()
        }
        (0, _) => "`rtcscope sdp lint` finds nothing wrong.".to_owned(),
        (_, 0) => "`rtcscope sdp lint` shows each at its place, and says what to write instead.".to_owned(),
        (_, rest) => format!(
            "{rest} more: `rtcscope sdp lint`, which shows each at its place and says what to write instead."
        ),
    };
    match remarks {
        0 => {}
        1 => sentence.push_str(" One remark: `-v`."),
        count => sentence.push_str(&format!(" {count} remarks: `-v`.")),
    }
    blocks.push(Block::Paragraph(Cell::new(sentence, Tone::Dim)));
    blocks
}

const HEADINGS: [(Severity, &str); 3] = [
    (Severity::Error, "What is wrong"),
    (Severity::Warning, "What may go wrong"),
    (Severity::Info, "Remarks"),
];

/// `line 12: the message (SDP501)`.
fn item(place: &str, fault: &Fault<'_>) -> Cell {
    let finding = fault.finding;
    // One more takes no more room than "and 1 others".
    let count = if fault.places.len() <= MOST_PLACES + 1 { fault.places.len() } else { MOST_PLACES };
    let named: Vec<String> = fault.places[..count].iter().map(usize::to_string).collect();
    let rest = fault.places.len() - count;
    let places = match (&named[..], rest) {
        ([one], _) => format!("{place} {one}"),
        ([first @ .., last], 0) => format!("{place}s {} and {last}", first.join(", ")),
        (all, rest) => format!("{place}s {} and {rest} others", all.join(", ")),
    };
    let tone = match finding.severity {
        Severity::Error => Tone::Bad,
        Severity::Warning => Tone::Warn,
        Severity::Info => Tone::Dim,
    };
    Cell::new(format!("{places}: {} ({})", finding.message, finding.code), tone)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::registry;

    fn finding(code: &str, message: &str) -> Finding {
        registry::rules().find(|rule| rule.code == code).unwrap().finding("syntax", "a.sdp").message(message)
    }

    #[track_caller]
    fn check(told: &[(usize, Finding)], with_remarks: bool, expected: &[&str], end: &str) {
        let blocks = of_descriptions(told.iter().map(|(place, finding)| (*place, finding)), with_remarks);
        let texts = blocks.iter().flat_map(|block| match block {
            Block::List { items, .. } => items.iter().map(|item| item.text.as_str()).collect(),
            _ => Vec::new(),
        });
        assert_eq!(texts.collect::<Vec<_>>(), expected);
        let Some(Block::Paragraph(last)) = blocks.last() else { panic!("{blocks:?}") };
        assert!(last.text.contains(end), "{last:?}");
    }

    #[test]
    fn the_gravest_come_first_and_what_is_the_same_is_told_once() {
        let told = [
            (1, finding("SDP103", "b").severity(Severity::Warning)),
            (1, finding("SDP101", "a")),
            (3, finding("SDP101", "a")),
            (3, finding("SDP101", "a")),
            (4, finding("SDP102", "c").severity(Severity::Info)),
        ];
        let faults = ["descriptions 1 and 3: a (SDP101)", "description 1: b (SDP103)"];
        check(&told, false, &faults, "instead. One remark: `-v`.");
        check(&told, true, &[faults[0], faults[1], "description 4: c (SDP102)"], "instead.");
        check(&told[4..], false, &[], "finds nothing wrong in the descriptions. One remark: `-v`.");
    }

    #[test]
    fn many_places_are_counted() {
        let told: Vec<_> = (1..=9).map(|place| (place, finding("SDP101", "a"))).collect();
        check(&told, false, &["descriptions 1, 2, 3, 4 and 5 others: a (SDP101)"], "instead.");
    }

    #[test]
    fn what_is_too_much_is_counted_and_the_errors_are_not_what_is_left_out() {
        let warning =
            |place: usize| (place, finding("SDP103", &format!("w{place}")).severity(Severity::Warning));
        let mut told: Vec<_> = (1..=MOST + 2).map(warning).collect();
        told.push((20, finding("SDP101", "a")));
        let mut expected = vec!["description 20: a (SDP101)".to_owned()];
        expected.extend((1..MOST).map(|place| format!("description {place}: w{place} (SDP103)")));
        let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
        check(&told, false, &expected, "3 more: `rtcscope sdp lint`");
    }
}
