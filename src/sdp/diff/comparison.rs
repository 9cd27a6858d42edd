//! Two descriptions compared: what differs, and where.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use super::change::{Change, How, Topic};
use super::m_lines;
use super::media::{MediaDifference, is_live, lone, pair_of};
use super::raw::LineDiff;
use super::relation::Relation;
use super::{Both, parts, raw, rest, streams, whole};
use crate::finding::{Finding, Severity};
use crate::sdp::lint::{self, Description, Found, Input, Pair, Selection};
use crate::sdp::session::Session;
use crate::sdp::source::Kind;
use crate::sdp::source::dump::Side;
use crate::sdp::text::Text;

/// Two descriptions, and what differs.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Comparison {
    /// The earlier one.
    pub from: Name,
    /// The later one.
    pub to: Name,
    /// The peer connection of the dump that both are of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connection: Option<String>,
    /// Who set the later one, in a dump.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub side: Option<Side>,
    /// What they are to each other.
    pub relation: Relation,
    /// Whether the rules about a later offer were asked.
    pub rules_asked: bool,
    /// Whether they say the same.
    pub outcome: Outcome,
    /// How many differences there are.
    pub differences: usize,
    /// What differs before the first m-line.
    pub session: Vec<Change>,
    /// What differs in the same way in every m-line that both have and that is in use; the lines are of the first.
    pub every_m_line: Vec<Change>,
    /// The m-lines that differ, in the order of the later description; those that it has no more come last.
    pub media: Vec<MediaDifference>,
    /// Differences of the text that mean nothing.
    pub text: Vec<&'static str>,
    /// The lines, where they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lines: Option<LineDiff>,
    /// The lines for a picture, where one is drawn.
    #[serde(skip)]
    pub drawn: Option<LineDiff>,
    /// What the rules say.
    #[serde(skip)]
    pub found: Vec<Found>,
}

/// Which description it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Name {
    /// The file, or `standard input`.
    pub source: String,
    /// Where in it; absent where the file is the description.
    #[serde(rename = "in", skip_serializing_if = "String::is_empty")]
    pub label: String,
    /// Its number among the descriptions of its input, from 1.
    pub number: usize,
    /// `offer`, `answer`, …, `unknown`.
    #[serde(rename = "type")]
    pub kind: &'static str,
}

/// Whether two descriptions say the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Byte for byte.
    Identical,
    /// In other words.
    SameMeaning,
    /// They do not.
    Different,
}

/// One of two to compare.
#[derive(Debug, Clone, Copy)]
pub struct One<'i> {
    /// The description, and where it is from.
    pub input: Input<'i>,
    /// Its number in the input, from 1.
    pub number: usize,
}

/// What is asked.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The rules to ask.
    pub selection: Selection,
    /// What the two are to each other, where that is known.
    pub relation: Option<Relation>,
    /// Whether the lines are compared too.
    pub raw: bool,
    /// Whether a picture of them is drawn.
    pub drawn: bool,
    /// Whether others of the same side may have been made in between, so that versions are missing.
    pub has_gap: bool,
}

impl Comparison {
    /// Compares `from` with `to`.
    pub fn of(from: One<'_>, to: One<'_>, options: &Options) -> Self {
        let texts = [from, to].map(|one| Text::from_bytes(&one.input.document.text));
        let texts = [&texts[0], &texts[1]];
        let sessions = texts.map(Session::from_text);
        let sessions = [&sessions[0], &sessions[1]];
        let kinds = [from, to].map(|one| one.input.kind.unwrap_or(one.input.document.kind));
        let relation = options.relation.unwrap_or_else(|| Relation::of(kinds, sessions));
        let is_answer = |kind: &Kind| matches!(kind, Kind::Answer | Kind::Pranswer | Kind::Sdpfrag);
        let rules_asked = relation == Relation::Later && !kinds.iter().any(is_answer);
        let mut found = Vec::new();
        if rules_asked {
            let [first, second] = [0, 1].map(|side| Description::of(sessions[side], Kind::Offer));
            found = lint::update(&Pair::of(first, second), &options.selection).into_found();
            found.retain(|found| !(options.has_gap && is_gap(&found.finding)));
            found.iter_mut().for_each(|found| found.locate(&[from.input, to.input]));
        }
        let mut comparison = Self {
            from: Name::of(from, kinds[0]),
            to: Name::of(to, kinds[1]),
            connection: None,
            side: None,
            relation,
            rules_asked,
            outcome: Outcome::Identical,
            differences: 0,
            session: Vec::new(),
            every_m_line: Vec::new(),
            media: Vec::new(),
            text: Vec::new(),
            lines: None,
            drawn: None,
            found,
        };
        if texts[0].bytes() != texts[1].bytes() {
            comparison.compare(&Both::of(texts, sessions, relation == Relation::Later));
            comparison.lines = options.raw.then(|| raw::compare(sessions));
            comparison.drawn = options.drawn.then(|| raw::compare(sessions));
        } else if options.raw {
            comparison.lines = Some(LineDiff::default());
        }
        comparison
    }

    fn compare(&mut self, both: &Both<'_, '_>) {
        let pairing = m_lines::pair(both.sessions[0], both.sessions[1]);
        let heads = both.sessions.map(Session::head);
        let inherits = both.sessions.iter().all(|session| session.media().len() > 0);
        self.session = whole::compare(both, &pairing);
        self.session.extend(parts::compare(both.texts, heads));
        self.session.extend(streams::compare(both.texts, heads));
        self.session.extend(rest::compare(both.texts, heads, inherits));
        self.media = pairing.both.iter().filter_map(|pair| pair_of(both, *pair)).collect();
        self.hoist(both);
        self.media.retain(|media| !media.changes.is_empty());
        self.media.extend(lone(both, &pairing));
        self.media.sort_by_key(|media| (media.to_index.is_none(), media.to_index, media.from_index));
        let groups = [&mut self.session, &mut self.every_m_line].into_iter();
        let groups = groups.chain(self.media.iter_mut().map(|media| &mut media.changes));
        groups.for_each(|changes| changes.sort_by_key(|change| change.topic));
        self.differences = self.changes().count();
        self.outcome = if self.differences == 0 { Outcome::SameMeaning } else { Outcome::Different };
        self.text = textual(both, self.outcome);
    }

    /// Every difference.
    pub fn changes(&self) -> impl Iterator<Item = &Change> {
        let media = self.media.iter().flat_map(|media| &media.changes);
        self.session.iter().chain(&self.every_m_line).chain(media)
    }

    /// What the rules say, as every format has it.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.found.iter().map(|found| &found.finding)
    }

    /// What is the same in all m-lines is told once.
    fn hoist(&mut self, both: &Both<'_, '_>) {
        let is_live = |media: &&MediaDifference| {
            media.from_index.zip(media.to_index).is_some_and(|pair| is_live(both, pair))
        };
        let live = self.media.iter().filter(is_live).count();
        if live < 2 {
            return;
        }
        type Key = (Topic, How, String, Option<String>, Option<String>);
        let key = |change: &Change| -> Key {
            (change.topic, change.how, change.message.clone(), change.from.clone(), change.to.clone())
        };
        let mut counts: HashMap<Key, (usize, usize)> = HashMap::new();
        for (index, media) in self.media.iter().filter(is_live).enumerate() {
            for change in &media.changes {
                let (count, last) = counts.entry(key(change)).or_insert((0, usize::MAX));
                // Once for each m-line, however often it stands there.
                if *last != index {
                    (*count, *last) = (*count + 1, index);
                }
            }
        }
        let is_everywhere =
            |change: &Change| counts.get(&key(change)).is_some_and(|(count, _)| *count == live);
        if let Some(first) = self.media.iter().find(is_live) {
            self.every_m_line =
                first.changes.iter().filter(|change| is_everywhere(change)).cloned().collect();
        }
        if !self.every_m_line.is_empty() {
            self.media.iter_mut().for_each(|media| media.changes.retain(|change| !is_everywhere(change)));
        }
    }
}

impl Name {
    fn of(one: One<'_>, kind: Kind) -> Self {
        Self {
            source: one.input.source.to_owned(),
            label: one.input.document.label.clone(),
            number: one.number,
            kind: kind.name(),
        }
    }
}

/// Whether it says no more than that versions are missing.
fn is_gap(finding: &Finding) -> bool {
    finding.name == "o-version-not-incremented" && finding.severity == Severity::Info
}

/// In what the texts differ that means nothing.
fn textual(both: &Both<'_, '_>, outcome: Outcome) -> Vec<&'static str> {
    let mut said = Vec::new();
    let endings = both.texts.map(|text| {
        let mut counts = BTreeMap::new();
        for line in text.lines().iter().filter(|line| !line.is_blank() && !line.ending.as_str().is_empty()) {
            *counts.entry(line.ending).or_insert(0) += 1;
        }
        counts.into_keys().collect::<Vec<_>>()
    });
    if endings[0] != endings[1] {
        said.push("line ends");
    }
    if outcome == Outcome::Different {
        return said;
    }
    let lines = |side: usize| -> Vec<(Option<usize>, &str)> {
        let text = both.texts[side];
        let sections = both.sessions[side].sections();
        let each = sections.flat_map(|section| {
            let lines = text.lines()[section.lines.clone()].iter();
            lines.filter(|line| !line.is_blank()).map(|line| (section.index, text.slice(line.span).trim()))
        });
        each.collect()
    };
    let [mut from, mut to] = [0, 1].map(lines);
    if from == to {
        if said.is_empty() {
            said.push("blanks and empty lines");
        }
        return said;
    }
    from.sort_unstable();
    to.sort_unstable();
    said.push(match from == to {
        true => "the order of lines",
        false => "how values are written, or where inherited ones stand",
    });
    said
}
