//! What rules found: where, in which words, and the lines to show.

use serde_json::{Value, json};

use super::{Check, Description, GROUPS, LintRule, Selection};
use crate::finding::{Confidence, Excerpt, Finding, Location, Severity};
use crate::sdp::Session;
use crate::sdp::text::Span;

/// More of one rule in one description are counted and not kept.
const MOST: usize = 1000;

/// Where rules write down what they find. Rules may push in any order.
#[derive(Debug)]
pub struct Findings<'d> {
    rule: &'static LintRule,
    group: &'static str,
    descriptions: &'d [Description<'d>],
    found: Vec<Found>,
    /// How many of the current rule are kept.
    count: usize,
    omitted: usize,
}

/// One finding, and what to show of the text.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// As every format has it. Its subject is still empty, and its location is that in the text of the description.
    pub finding: Finding,
    /// Which of the two descriptions it is about.
    pub side: Side,
    /// Its first byte in the text.
    pub start: usize,
    /// The lines to show: the place of the finding first, then those that it speaks of.
    pub marks: Vec<Mark>,
}

/// A line to show, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Which of the two descriptions it stands in.
    pub side: Side,
    /// What the other description is called, where it stands in that; empty where not.
    pub other: String,
    /// Its first byte in the text.
    pub start: usize,
    /// Counted from 1; in the input where the lines of the description are lines of that.
    pub line: usize,
    /// The line, without what is secret.
    pub excerpt: Excerpt,
    /// What to say of it; empty at the place of the finding itself.
    pub label: String,
}

/// One of the descriptions under examination.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// The offer; of two offers the earlier one.
    First,
    /// The answer, or the later offer; the only one where there is one only.
    Second,
}

/// A finding that was just pushed, to say more of it.
#[derive(Debug)]
pub struct Pushed<'f> {
    found: Option<&'f mut Found>,
    descriptions: &'f [Description<'f>],
}

/// Runs every check of the rules selected.
pub(super) fn run(
    descriptions: &[Description<'_>],
    selection: &Selection,
    mut each: impl FnMut(Check, &mut Findings<'_>),
) -> Findings<'static> {
    let mut all = Findings::none();
    for (group, rules) in GROUPS {
        for rule in rules.iter().filter(|rule| selection.has(rule)) {
            let found = std::mem::take(&mut all.found);
            let mut findings = Findings { rule, group, descriptions, found, count: 0, omitted: all.omitted };
            for check in rule.checks {
                each(*check, &mut findings);
            }
            (all.found, all.omitted) = (findings.found, findings.omitted);
        }
    }
    // A stable sort: at one place in the order of the codes.
    all.found.sort_by_key(|found| (found.side, found.start));
    all
}

impl Findings<'static> {
    fn none() -> Self {
        Self { rule: GROUPS[0].1[0], group: "", descriptions: &[], found: Vec::new(), count: 0, omitted: 0 }
    }

    /// What was found, in the order of the lines.
    pub fn into_found(self) -> Vec<Found> {
        self.found
    }

    /// How many more there were of which only the number is known.
    pub fn omitted(&self) -> usize {
        self.omitted
    }
}

impl<'d> Findings<'d> {
    /// Something is wrong at `span` (empty where something is missing). One sentence without a full stop.
    pub fn push(&mut self, span: Span, message: impl Into<String>) -> Pushed<'_> {
        self.push_in(Side::Second, span, message)
    }

    /// As [`push`](Self::push), in the description of this side.
    pub fn push_in(&mut self, side: Side, span: Span, message: impl Into<String>) -> Pushed<'_> {
        self.count += 1;
        if self.count > MOST {
            self.omitted += 1;
            return Pushed { found: None, descriptions: self.descriptions };
        }
        let Some(session) = of_side(self.descriptions, side).map(Description::session) else {
            return Pushed { found: None, descriptions: self.descriptions };
        };
        self.found.push(Found {
            finding: self.rule.rule.finding(self.group, "").message(message).at(session.location(span)),
            side,
            start: span.start,
            marks: vec![Mark::of(session, side, span, String::new())],
        });
        Pushed { found: self.found.last_mut(), descriptions: self.descriptions }
    }
}

fn of_side<'s, 'd>(descriptions: &'s [Description<'d>], side: Side) -> Option<&'s Description<'d>> {
    match side {
        Side::First => descriptions.first(),
        Side::Second => descriptions.last(),
    }
}

impl Mark {
    fn of(session: &Session<'_>, side: Side, span: Span, label: String) -> Self {
        let (line, excerpt) = match session.location(span) {
            Location::Text { line, excerpt, .. } => (line, excerpt),
            _ => (1, Excerpt::default()),
        };
        Self { side, other: String::new(), start: span.start, line, excerpt, label }
    }
}

impl Pushed<'_> {
    /// What to change.
    pub fn help(self, help: impl Into<String>) -> Self {
        self.change(|found| found.finding.help = help.into())
    }

    /// Adds one fact; the key names its unit (`clock_rate_hz`).
    pub fn evidence(self, key: &str, value: impl Into<Value>) -> Self {
        self.change(|found| drop(found.finding.evidence.insert(key.to_owned(), value.into())))
    }

    /// Overrides the rule's severity.
    pub fn severity(self, severity: Severity) -> Self {
        self.change(|found| found.finding.severity = severity)
    }

    /// Sets how sure we are (high unless said).
    pub fn confidence(self, confidence: Confidence) -> Self {
        self.change(|found| found.finding.confidence = confidence)
    }

    /// Shows a second place of the same description, and says why in a few words: "first defined here".
    pub fn also(self, span: Span, label: impl Into<String>) -> Self {
        let side = self.found.as_ref().map_or(Side::Second, |found| found.side);
        self.also_in(side, span, label)
    }

    /// As [`also`](Self::also), in the description of this side.
    pub fn also_in(mut self, side: Side, span: Span, label: impl Into<String>) -> Self {
        let (Some(found), Some(description)) = (self.found.as_mut(), of_side(self.descriptions, side)) else {
            return self;
        };
        let session = description.session();
        let (place, label) = (session.text().place(span), label.into());
        let mut related = json!({
            "line": place.line, "column": place.column, "length": place.length, "label": label,
        });
        if side != found.side {
            related["side"] = if side == Side::First { "first".into() } else { "second".into() };
        }
        let known = found.finding.evidence.entry("related").or_insert_with(|| json!([]));
        known.as_array_mut().into_iter().for_each(|places| places.push(related.clone()));
        found.marks.push(Mark::of(session, side, span, label));
        self
    }

    fn change(mut self, change: impl FnOnce(&mut Found)) -> Self {
        if let Some(found) = self.found.as_mut() {
            change(found);
        }
        self
    }
}
