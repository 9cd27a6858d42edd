//! The text: what differs in a sentence, then a table for each m-line.

use std::collections::BTreeMap;

use super::change::{Change, How, Topic};
use super::comparison::{Comparison, Name, Outcome};
use super::media::MediaDifference;
use super::raw::LineDiff;
use super::relation::Relation;
use crate::report::{Align, Block, Cell, Table, Tone};
use crate::sdp::lint::snippets;
use crate::sdp::source::dump::Side;

/// Of one kind of change in one m-line as many are listed; the JSON has them all.
const MOST: usize = 12;
/// M-lines shown.
const MOST_MEDIA: usize = 40;
/// Kinds of changes named in the sentence above.
const MOST_NAMED: usize = 6;

impl Comparison {
    /// What differs, in a sentence without its names.
    pub(super) fn sentence(&self) -> String {
        if let Some(lines) = self.lines.as_ref().filter(|lines| !lines.hunks.is_empty()) {
            let word = if lines.removed == 1 { "line" } else { "lines" };
            let said = format!("{} {word} removed, {} added", lines.removed, lines.added);
            return match self.outcome {
                Outcome::Different => said,
                _ => format!("{said}, and nothing changed in meaning"),
            };
        }
        match self.outcome {
            Outcome::Identical => "nothing has changed: the same, byte for byte".to_owned(),
            Outcome::SameMeaning => {
                format!("same meaning, other text: what differs is {}", self.text.join(" and "))
            }
            Outcome::Different => {
                let count = match self.differences {
                    1 => "1 difference".to_owned(),
                    count => format!("{count} differences"),
                };
                format!("{count}: {}", self.counted())
            }
        }
    }

    /// `2 codecs removed, direction changed, ICE restart`.
    fn counted(&self) -> String {
        let mut counts: BTreeMap<(Topic, How), usize> = BTreeMap::new();
        for change in self.changes() {
            *counts.entry((change.topic, change.how)).or_insert(0) += 1;
        }
        let restarts = self
            .changes()
            .any(|change| change.topic == Topic::Ice && change.message.starts_with("ICE restart"));
        let kinds = counts.len();
        let words = counts.into_iter().take(MOST_NAMED).map(|((topic, how), count)| {
            let (one, many) = topic.words();
            match (topic, how, count) {
                (Topic::Ice, How::Changed, _) if restarts => "ICE restart".to_owned(),
                (Topic::Ice, ..) => format!("ICE credentials {}", how.word()),
                (Topic::CodecOrder, ..) => "codecs in another order".to_owned(),
                (_, _, 1) => format!("{one} {}", how.word()),
                (_, _, count) => format!("{count} {many} {}", how.word()),
            }
        });
        let mut said: Vec<String> = words.collect();
        if kinds > MOST_NAMED {
            let more = kinds - MOST_NAMED;
            said.push(format!("and {more} more {}", if more == 1 { "kind" } else { "kinds" }));
        }
        said.join(", ")
    }

    /// `offer 1 -> offer 4` of a dump, file names elsewhere.
    pub(super) fn title(&self) -> String {
        match &self.connection {
            Some(id) => {
                let name = |name: &Name| {
                    let kind = if name.kind == "unknown" { "description" } else { name.kind };
                    format!("{kind} {}", name.number)
                };
                let what = match self.relation {
                    Relation::Munged => {
                        format!("{} as created -> {} as set", name(&self.from), name(&self.to))
                    }
                    _ => {
                        let side = if self.side == Some(Side::Remote) { "remote" } else { "local" };
                        format!("{side} {} -> {side} {}", name(&self.from), name(&self.to))
                    }
                };
                if id.is_empty() { what } else { format!("{id}: {what}") }
            }
            None => {
                let is_one = self.from.source == self.to.source;
                let name = |name: &Name| match (name.label.as_str(), is_one) {
                    ("", true) => name.number.to_string(),
                    (label, true) => format!("{} ({label})", name.number),
                    ("", false) => name.source.clone(),
                    (label, false) => format!("{}, {label}", name.source),
                };
                let names = format!("{} -> {}", name(&self.from), name(&self.to));
                if is_one { format!("{}: {names}", self.from.source) } else { names }
            }
        }
    }

    /// Everything below the title.
    pub(super) fn blocks(&self) -> Vec<Block> {
        let mut blocks = Vec::new();
        blocks.extend(self.lines.as_ref().map(lines));
        if self.lines.is_none() {
            if !self.session.is_empty() {
                blocks.push(Block::Heading("Session".to_owned()));
                blocks.push(Block::Table(table(&self.session)));
            }
            if !self.every_m_line.is_empty() {
                blocks.push(Block::Heading("Every m-line".to_owned()));
                blocks.push(Block::Table(table(&self.every_m_line)));
            }
            for media in self.media.iter().take(MOST_MEDIA) {
                blocks.push(Block::Heading(heading(media)));
                blocks.push(Block::Table(table(&media.changes)));
            }
            if let Some(more) = self.media.len().checked_sub(MOST_MEDIA).filter(|more| *more > 0) {
                blocks.push(note(format!("{more} more m-lines differ; the JSON has them all.")));
            }
            if self.outcome == Outcome::Different && !self.text.is_empty() {
                blocks.push(note(format!("Of no meaning, and different too: {}.", self.text.join(", "))));
            }
        }
        blocks.extend(snippets(&self.found).into_iter().map(Block::Snippet));
        blocks
    }
}

pub(super) fn note(text: String) -> Block {
    Block::Paragraph(Cell::new(text, Tone::Dim))
}

fn heading(media: &MediaDifference) -> String {
    let title = &media.title;
    match (media.from_index.zip(media.from_line), media.to_index.zip(media.to_line)) {
        (Some((was, from)), Some((is, to))) if was == is && from == to => {
            format!("m-line {is}: {title} (line {to})")
        }
        (Some((was, from)), Some((is, to))) if was == is => {
            format!("m-line {is}: {title} (line {from} -> {to})")
        }
        (Some((was, from)), Some((is, to))) => {
            format!("m-line {was} -> {is}: {title} (line {from} -> {to})")
        }
        (Some((was, from)), None) => format!("m-line {was}: {title} (was at line {from})"),
        (None, Some((is, to))) => format!("m-line {is}: {title} (line {to})"),
        (None, None) => title.clone(),
    }
}

/// What came is told in one row, what went too; each other change has its own.
fn table(changes: &[Change]) -> Table {
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    let mut at = 0;
    while let Some(first) = changes.get(at) {
        let run = changes[at..].iter().take_while(|change| change.topic == first.topic).count();
        for how in [How::Removed, How::Added, How::Renumbered, How::Moved, How::Changed] {
            let same: Vec<&Change> =
                changes[at..at + run].iter().filter(|change| change.how == how).collect();
            rows.extend(rows_of(first.topic, how, &same));
        }
        at += run;
    }
    Table { columns: vec![("what", Align::Left), ("difference", Align::Left)], rows }
}

fn rows_of(topic: Topic, how: How, same: &[&Change]) -> Vec<Vec<Cell>> {
    if same.is_empty() {
        return Vec::new();
    }
    let (one, many) = topic.words();
    let name = if same.len() == 1 { one } else { many };
    let row = |text: String| vec![Cell::new(name, Tone::Dim), Cell::from(text)];
    let more = same.len().saturating_sub(MOST);
    let more_text = (more > 0).then(|| format!("and {more} more"));
    match how {
        How::Added | How::Removed => {
            let subjects = same.iter().take(MOST).map(|change| change.subject.clone());
            let joint = if same.iter().any(|change| change.subject.contains(", ")) { "; " } else { ", " };
            let said: Vec<String> = subjects.chain(more_text).collect();
            vec![row(format!("{}: {}", how.word(), said.join(joint)))]
        }
        _ => {
            let each = same.iter().take(MOST).map(|change| {
                let text = match how {
                    How::Renumbered => format!("renumbered: {}", change.message),
                    _ => change.message.clone(),
                };
                vec![Cell::new(one, Tone::Dim), Cell::from(text)]
            });
            each.chain(more_text.map(row)).collect()
        }
    }
}

fn lines(diff: &LineDiff) -> Block {
    if diff.hunks.is_empty() {
        return note("No line differs.".to_owned());
    }
    let mut text = Vec::new();
    for hunk in &diff.hunks {
        let section = if hunk.section.is_empty() { String::new() } else { format!(" {}", hunk.section) };
        text.push(format!(
            "@@ -{},{} +{},{} @@{section}",
            hunk.from_line, hunk.from_count, hunk.to_line, hunk.to_count
        ));
        text.extend(hunk.lines.iter().cloned());
    }
    Block::Code(text.join("\n"))
}
