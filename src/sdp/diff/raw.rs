//! The lines of two descriptions, as `diff -u` shows them; what is secret is masked in both.

use imara_diff::{Algorithm, Diff, InternedInput};
use serde::Serialize;

use super::whole;
use crate::report::picture::{Pair, SideBySide};
use crate::report::{Cell, Tone};
use crate::sdp::excerpt;
use crate::sdp::session::Session;
use crate::sdp::text::Text;

/// Lines around a change that are shown too.
const CONTEXT: usize = 3;

/// What differs, line by line.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, schemars::JsonSchema)]
pub struct LineDiff {
    /// Lines that only the later description has.
    pub added: usize,
    /// Lines that only the earlier one has.
    pub removed: usize,
    /// The places that differ.
    pub hunks: Vec<Hunk>,
}

/// Some lines that differ, and those around them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Hunk {
    /// The first line of the earlier description, counted from 1; the one before where there is none.
    pub from_line: usize,
    /// How many.
    pub from_count: usize,
    /// See `from_line`.
    pub to_line: usize,
    /// How many.
    pub to_count: usize,
    /// The m-line where it begins: `m-line 1: video, mid 1`; empty before the first.
    pub section: String,
    /// `-`, `+` or a blank, and the line.
    pub lines: Vec<String>,
}

impl LineDiff {
    /// The places that differ, the earlier description on the left.
    pub(super) fn side_by_side(&self, title: String, names: [String; 2]) -> SideBySide {
        let mut rows = Vec::new();
        for hunk in &self.hunks {
            let place = |line: usize| Cell::new(format!("line {line} {}", hunk.section), Tone::Dim);
            rows.push(Pair { left: place(hunk.from_line), right: place(hunk.to_line), differs: false });
            let mut lines = hunk.lines.as_slice();
            while let Some((first, rest)) = lines.split_first() {
                if let Some(same) = first.strip_prefix(' ') {
                    rows.push(Pair { left: same.into(), right: same.into(), differs: false });
                    lines = rest;
                    continue;
                }
                let (removed, rest) = run(lines, '-');
                let (added, rest) = run(rest, '+');
                let cell = |lines: &[String], index: usize, tone| {
                    lines.get(index).map_or_else(Cell::default, |line| Cell::new(&line[1..], tone))
                };
                rows.extend((0..removed.len().max(added.len())).map(|index| Pair {
                    left: cell(removed, index, Tone::Bad),
                    right: cell(added, index, Tone::Good),
                    differs: true,
                }));
                lines = rest;
            }
        }
        SideBySide { title, names, rows }
    }
}

/// The lines that begin with this mark, and the rest.
fn run(lines: &[String], mark: char) -> (&[String], &[String]) {
    lines.split_at(lines.iter().take_while(|line| line.starts_with(mark)).count())
}

pub(super) fn compare(sessions: [&Session<'_>; 2]) -> LineDiff {
    let texts = sessions.map(Session::text);
    let lines = texts.map(|text| text.lines().iter().map(|line| text.slice(line.span)).collect::<Vec<_>>());
    let mut input = InternedInput::default();
    input.update_before(lines[0].iter().copied());
    input.update_after(lines[1].iter().copied());
    let mut diff = Diff::compute(Algorithm::Myers, &input);
    diff.postprocess_no_heuristic(&input);
    let mut groups: Vec<Vec<imara_diff::Hunk>> = Vec::new();
    for hunk in diff.hunks() {
        match groups.last_mut() {
            Some(group)
                if group
                    .last()
                    .is_some_and(|last| (hunk.before.start - last.before.end) as usize <= 2 * CONTEXT) =>
            {
                group.push(hunk);
            }
            _ => groups.push(vec![hunk]),
        }
    }
    LineDiff {
        added: diff.count_additions() as usize,
        removed: diff.count_removals() as usize,
        hunks: groups.iter().map(|group| hunk(sessions, texts, group)).collect(),
    }
}

fn hunk(sessions: [&Session<'_>; 2], texts: [&Text<'_>; 2], group: &[imara_diff::Hunk]) -> Hunk {
    let lengths = texts.map(|text| text.lines().len());
    let (first, last) = (&group[0], &group[group.len() - 1]);
    let before = (first.before.start as usize).min(first.after.start as usize).min(CONTEXT);
    let after =
        (lengths[0] - last.before.end as usize).min(lengths[1] - last.after.end as usize).min(CONTEXT);
    let start = [first.before.start as usize - before, first.after.start as usize - before];
    let end = [last.before.end as usize + after, last.after.end as usize + after];
    let shown = |mark: char, side: usize, index: usize| {
        format!("{mark}{}", excerpt::shown_line(texts[side], &texts[side].lines()[index]))
    };
    let mut lines = Vec::new();
    let mut at = start[0];
    for one in group {
        lines.extend((at..one.before.start as usize).map(|index| shown(' ', 0, index)));
        lines.extend(one.before.clone().map(|index| shown('-', 0, index as usize)));
        lines.extend(one.after.clone().map(|index| shown('+', 1, index as usize)));
        at = one.before.end as usize;
    }
    lines.extend((at..end[0]).map(|index| shown(' ', 0, index)));
    let number = |side: usize| if end[side] > start[side] { start[side] + 1 } else { start[side] };
    let offset = texts[1].lines().get(first.after.start as usize).map(|line| line.span.start);
    let media = offset.and_then(|offset| sessions[1].media_index_at(offset));
    let section = media
        .and_then(|index| Some(format!("m-line {index}: {}", whole::name(sessions[1].media_at(index)?))));
    Hunk {
        from_line: number(0),
        from_count: end[0] - start[0],
        to_line: number(1),
        to_count: end[1] - start[1],
        section: section.unwrap_or_default(),
        lines,
    }
}
