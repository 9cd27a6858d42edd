//! What `sdp diff` hands to the report layer.

use serde::Serialize;
use serde_json::Value;

use super::comparison::{Comparison, Outcome};
use super::prose::note;
use super::relation::Relation;
use crate::finding::{Exit, FailOn, Finding, Severity};
use crate::report::{Block, Cell, Document, Picture, Report, Tone};

/// One comparison, or those of a dump.
#[derive(Debug, Clone, PartialEq, Default, Serialize, schemars::JsonSchema)]
pub struct DiffReport {
    /// In the order of the input.
    pub comparisons: Vec<Comparison>,
    /// All findings, one comparison after the other.
    pub findings: Vec<Finding>,
    /// What should be known besides.
    pub notes: Vec<String>,
    /// Whether a difference fails.
    #[serde(skip)]
    pub fails_on_difference: bool,
    /// Which findings fail.
    #[serde(skip)]
    pub fail_on: FailOn,
}

impl DiffReport {
    /// Takes one more comparison.
    pub fn add(&mut self, comparison: Comparison) {
        self.findings.extend(comparison.findings().cloned());
        self.comparisons.push(comparison);
    }

    /// What is compared, where it is much.
    fn overview(&self) -> Option<Block> {
        let count = |relation| self.comparisons.iter().filter(|one| one.relation == relation).count();
        let (munged, later) = (count(Relation::Munged), count(Relation::Later));
        let differ = self.comparisons.iter().filter(|one| one.outcome == Outcome::Different).count();
        let times = |count: usize, one: &str, many: &str| match count {
            1 => format!("1 {one}"),
            count => format!("{count} {many}"),
        };
        let all = self.comparisons.len();
        let text = format!(
            "{all} comparisons, {differ} of them with a difference in meaning: {}, {}.",
            times(
                munged,
                "description set otherwise than created",
                "descriptions set otherwise than created"
            ),
            times(later, "offer after another of its side", "offers after another of their side")
        );
        (all > 1).then(|| Block::Paragraph(Cell::from(text)))
    }

    /// How the rules ended, where there was something.
    fn verdict(&self) -> Option<Block> {
        let count = |severity| self.findings.iter().filter(|finding| finding.severity == severity).count();
        let counted = [
            (count(Severity::Error), "error", "errors"),
            (count(Severity::Warning), "warning", "warnings"),
            (count(Severity::Info), "remark", "remarks"),
        ];
        let words = counted.iter().filter(|(count, ..)| *count > 0).map(|(count, one, many)| {
            if *count == 1 { format!("1 {one}") } else { format!("{count} {many}") }
        });
        let words: Vec<String> = words.collect();
        let tone = match (counted[0].0, counted[1].0) {
            (0, 0) => Tone::Good,
            (0, _) => Tone::Warn,
            _ => Tone::Bad,
        };
        let text = format!("{} by the rules about a later offer", words.join(", "));
        (!words.is_empty()).then(|| Block::Verdict(Cell::new(text, tone)))
    }

    fn more(&self) -> Option<Block> {
        let mut codes: Vec<&str> = Vec::new();
        for finding in self.findings.iter().filter(|finding| finding.severity > Severity::Info) {
            if !codes.contains(&finding.code) {
                codes.push(finding.code);
            }
        }
        codes.sort_unstable();
        (!codes.is_empty()).then(|| note(format!("more: rtcscope explain {}", codes.join(" "))))
    }

    /// Why the rules were not asked of two files.
    fn relation(&self) -> Option<Block> {
        let [one] = &self.comparisons[..] else { return None };
        if one.connection.is_some() || one.outcome == Outcome::Identical || one.rules_asked {
            return None;
        }
        let text = match one.relation {
            Relation::OfferAndAnswer => {
                "These are an offer and an answer: `rtcscope sdp negotiate` says what they agree on."
            }
            Relation::Unrelated => {
                "Their `o=` lines name two sessions, so the rules about a later offer were not asked; `--reoffer` asks them."
            }
            Relation::Later | Relation::Munged => return None,
        };
        Some(note(text.to_owned()))
    }
}

impl Report for DiffReport {
    const SCHEMA: &'static str = "sdp-diff/1";

    fn document(&self) -> Document {
        let mut blocks = Vec::new();
        let count = self.comparisons.len();
        blocks.extend(self.overview());
        for (index, comparison) in self.comparisons.iter().enumerate() {
            let sentence = comparison.sentence();
            let tone = if comparison.outcome == Outcome::Different { Tone::Plain } else { Tone::Good };
            let title = match count {
                1 => comparison.title(),
                _ => format!("[{} of {count}] {}", index + 1, comparison.title()),
            };
            blocks.push(Block::Verdict(Cell::new(title, Tone::Strong)));
            let mut letters = sentence.chars();
            let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
            blocks.push(Block::Paragraph(Cell::new(format!("{first}{}.", letters.as_str()), tone)));
            blocks.extend(comparison.blocks());
        }
        blocks.extend(self.more());
        blocks.extend(self.relation());
        blocks.extend(self.notes.iter().map(|text| Block::Paragraph(Cell::new(text.clone(), Tone::Warn))));
        blocks.extend(self.verdict());
        Document { blocks }
    }

    /// A line a comparison, a line a finding, and one of all the rest.
    fn lines(&self, whole: &Value) -> Vec<Value> {
        let mut rest = whole.clone();
        let mut take = |key: &str, record: &str| -> Vec<Value> {
            let all = rest.as_object_mut().and_then(|fields| fields.shift_remove(key));
            let all = all.and_then(|all| all.as_array().cloned()).unwrap_or_default();
            all.into_iter().map(|value| named(record, value)).collect()
        };
        let mut lines = take("comparisons", "comparison");
        lines.extend(take("findings", "finding"));
        lines.push(named("summary", rest));
        lines
    }

    fn pictures(&self) -> Vec<Picture> {
        let drawn = self.comparisons.iter().filter_map(|one| Some((one, one.drawn.as_ref()?)));
        let drawn = drawn.filter(|(_, lines)| !lines.hunks.is_empty());
        let drawn = drawn.map(|(one, lines)| {
            let names = [&one.from, &one.to].map(|name| format!("{} {}", name.source, name.label));
            lines.side_by_side("Lines that differ, and those around them".to_owned(), names)
        });
        drawn.map(Picture::SideBySide).collect()
    }

    fn findings(&self) -> Option<&[Finding]> {
        Some(&self.findings)
    }

    fn subjects(&self) -> Vec<String> {
        let mut subjects: Vec<String> = self.comparisons.iter().map(|one| one.to.source.clone()).collect();
        subjects.dedup();
        subjects
    }

    fn exit(&self) -> Exit {
        let told = self.fail_on.exit(&self.findings);
        let differs = |one: &Comparison| match &one.lines {
            Some(lines) => !lines.hunks.is_empty(),
            None => one.outcome == Outcome::Different,
        };
        match self.fails_on_difference && self.comparisons.iter().any(differs) {
            true => told.and(Exit::Failed),
            false => told,
        }
    }
}

fn named(record: &str, mut value: Value) -> Value {
    if let Some(fields) = value.as_object_mut() {
        fields.shift_insert(0, "record".to_owned(), record.into());
    }
    value
}
