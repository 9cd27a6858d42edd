//! The report for people: words that are safe in any terminal and log, colour only as an addition.

use std::io::{self, Write};

use super::wrap::prose;
use super::{Block, Cell, Rendered, Screen, Tone, findings, log, printable, snippet, table};
use crate::finding::Exit;

pub(super) fn render(report: &Rendered, screen: Screen, out: &mut dyn Write) -> io::Result<()> {
    // The gate that all text passes, so that nothing below has to think of escape sequences.
    let document = printable::document(&report.document);
    let mut before: Option<&Block> = None;
    for block in &document.blocks {
        let lines = lines(block, report.exit, screen);
        if lines.is_empty() {
            continue;
        }
        // A heading stands close to what it heads.
        let is_headed = matches!(before, Some(Block::Heading(_))) && !matches!(block, Block::Heading(_));
        if before.is_some() && !is_headed {
            writeln!(out)?;
        }
        for line in lines {
            writeln!(out, "{line}")?;
        }
        before = Some(block);
    }
    Ok(())
}

fn lines(block: &Block, exit: Exit, screen: Screen) -> Vec<String> {
    match block {
        Block::Verdict(cell) => verdict(cell, exit, screen),
        Block::Heading(text) => vec![screen.paint(text, Tone::Strong)],
        Block::Paragraph(cell) => prose(cell, "", "", screen),
        Block::List { numbered, items } => list(items, *numbered, screen),
        Block::Code(text) => text.lines().map(|line| format!("    {line}").trim_end().to_owned()).collect(),
        Block::Table(table) if table.rows.is_empty() => Vec::new(),
        Block::Table(table) => table::lines(table, screen),
        Block::Findings(findings) => findings::lines(findings, screen),
        Block::Snippet(snippet) => snippet::lines(snippet, screen),
        Block::Line(line) => log::lines(line, screen),
        Block::Log(lines) => lines.iter().flat_map(|line| log::lines(line, screen)).collect(),
    }
}

/// The word first, for eyes and `grep`.
fn verdict(cell: &Cell, exit: Exit, screen: Screen) -> Vec<String> {
    let Some((word, tone)) = word(cell.tone, exit) else { return prose(cell, "", "", screen) };
    let sentence = Cell::new(cell.text.clone(), Tone::Plain);
    prose(&sentence, &format!("{}  ", screen.paint(word, tone)), &" ".repeat(word.len() + 2), screen)
}

/// The verdict in a word; it never says other than the exit code.
pub(super) fn word(tone: Tone, exit: Exit) -> Option<(&'static str, Tone)> {
    Some(match (exit, tone) {
        (Exit::Interrupted, _) => ("STOPPED", Tone::Warn),
        (Exit::CouldNotTell, _) => ("UNKNOWN", Tone::Warn),
        (_, Tone::Good) => ("PASS", tone),
        (_, Tone::Warn) => ("WARN", tone),
        (_, Tone::Bad) => ("FAIL", tone),
        (_, Tone::Plain | Tone::Dim | Tone::Strong) => return None,
    })
}

fn list(items: &[Cell], numbered: bool, screen: Screen) -> Vec<String> {
    let marked = items.iter().enumerate().flat_map(|(index, item)| {
        let mark = if numbered { format!("{}. ", index + 1) } else { "- ".to_owned() };
        prose(item, &mark, &" ".repeat(mark.len()), screen)
    });
    marked.collect()
}
