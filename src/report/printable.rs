//! Text from a server must not drive the terminal that it is shown on.
//!
//! A hostile SOFTWARE, REALM or certificate name can hold escape sequences, or characters that reorder the line so
//! that it says something else. Every character of that kind is replaced by what it is, `\u{1b}`, before anything
//! is laid out; [`document`] does so for a whole document, in one place for all of the text renderer.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::{Block, Cell, Document, Line, Snippet, SnippetLine, Table};
use crate::finding::{Excerpt, Finding, Location};

/// `text` with its invisible characters shown; line breaks and tabs become spaces.
pub fn printable(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|c| c.is_control() || is_invisible(c)) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '\n' | '\r' | '\t' => shown.push(' '),
            c if c.is_control() || is_invisible(c) => shown.extend(c.escape_unicode()),
            c => shown.push(c),
        }
    }
    Cow::Owned(shown)
}

/// What a stranger wrote, fit to stand in a sentence of ours: [`printable`], on one line, and no longer than a name is.
pub fn one_line(text: &str) -> String {
    const MOST: usize = 80;
    let shown = printable(text);
    match shown.char_indices().nth(MOST) {
        Some((at, _)) => format!("{}...", &shown[..at]),
        None => shown.into_owned(),
    }
}

/// Whether `c` shows nothing, or changes how others are shown, without being a control character.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{feff}'
        // Zero width, joiners, marks of direction.
        | '\u{200b}'..='\u{200f}'
        // Separators, embeddings and overrides.
        | '\u{2028}'..='\u{202e}'
        // Word joiner, invisible operators, isolates, deprecated formats.
        | '\u{2060}'..='\u{206f}'
        | '\u{fff9}'..='\u{fffb}'
        // Tags.
        | '\u{e0000}'..='\u{e007f}')
}

/// The document with every text in it made [`printable`].
pub(super) fn document(document: &Document) -> Document {
    Document { blocks: document.blocks.iter().map(block).collect() }
}

fn block(block: &Block) -> Block {
    match block {
        Block::Verdict(text) => Block::Verdict(cell(text)),
        Block::Heading(text) => Block::Heading(own(text)),
        Block::Paragraph(text) => Block::Paragraph(cell(text)),
        Block::List { numbered, items } => {
            Block::List { numbered: *numbered, items: items.iter().map(cell).collect() }
        }
        // Line by line: here the line breaks are meant.
        Block::Code(text) => Block::Code(text.lines().map(own).collect::<Vec<_>>().join("\n")),
        Block::Table(table) => Block::Table(Table {
            columns: table.columns.clone(),
            rows: table.rows.iter().map(|row| cells(row, table.columns.len())).collect(),
        }),
        Block::Findings(findings) => Block::Findings(findings.iter().map(finding).collect()),
        Block::Line(line) => Block::Line(self::line(line)),
        Block::Log(lines) => Block::Log(lines.iter().map(self::line).collect()),
        Block::Snippet(shown) => Block::Snippet(snippet(shown)),
    }
}

fn line(line: &Line) -> Line {
    Line {
        head: cell(&line.head),
        groups: line.groups.iter().map(|group| group.iter().map(cell).collect()).collect(),
        spare: line.spare.iter().map(cell).collect(),
        below: line.below.iter().map(cell).collect(),
    }
}

/// Part by part, so that the marks stay below what is meant, however long that gets.
fn snippet(snippet: &Snippet) -> Snippet {
    Snippet {
        message: own(&snippet.message),
        place: own(&snippet.place),
        lines: snippet
            .lines
            .iter()
            .map(|line| SnippetLine {
                text: own(&line.text),
                line: line.line,
                excerpt: excerpt(&line.excerpt),
                label: own(&line.label),
            })
            .collect(),
        help: snippet.help.lines().map(own).collect::<Vec<_>>().join("\n"),
        also: snippet.also.iter().map(|place| own(place)).collect(),
        ..snippet.clone()
    }
}

fn finding(finding: &Finding) -> Finding {
    Finding {
        subject: own(&finding.subject),
        location: finding.location.as_ref().map(|location| match location {
            Location::Endpoint { endpoint, transport } => {
                Location::Endpoint { endpoint: own(endpoint), transport }
            }
            Location::Packets { frame_first, frame_last, time_s, stream, display_filter } => {
                Location::Packets {
                    frame_first: *frame_first,
                    frame_last: *frame_last,
                    time_s: *time_s,
                    stream: stream.as_deref().map(own),
                    display_filter: own(display_filter),
                }
            }
            Location::Text { line, column, length, m_line, excerpt } => Location::Text {
                line: *line,
                column: *column,
                length: *length,
                m_line: *m_line,
                // Part by part, so that the mark stays under what it marks.
                excerpt: self::excerpt(excerpt),
            },
        }),
        message: own(&finding.message),
        evidence: finding.evidence.iter().map(|(key, v)| (own(key), value(v))).collect(),
        // A hint may have lines to paste.
        help: finding.help.lines().map(own).collect::<Vec<_>>().join("\n"),
        ..finding.clone()
    }
}

fn excerpt(excerpt: &Excerpt) -> Excerpt {
    Excerpt { before: own(&excerpt.before), marked: own(&excerpt.marked), after: own(&excerpt.after) }
}

fn value(v: &Value) -> Value {
    match v {
        Value::String(text) => Value::String(own(text)),
        Value::Array(items) => Value::Array(items.iter().map(value).collect()),
        Value::Object(map) => {
            Value::Object(map.iter().map(|(key, v)| (own(key), value(v))).collect::<Map<_, _>>())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => v.clone(),
    }
}

/// As many cells as there are columns, so that the layout need not ask.
fn cells(row: &[Cell], columns: usize) -> Vec<Cell> {
    let mut cells: Vec<Cell> = row.iter().map(cell).collect();
    cells.resize(columns, Cell::default());
    cells
}

fn cell(cell: &Cell) -> Cell {
    Cell::new(own(&cell.text), cell.tone)
}

fn own(text: &str) -> String {
    printable(text).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(printable(text), expected);
    }

    #[test]
    fn escape_sequences_are_shown_and_not_sent() {
        check("\x1b[2Jcoturn\x07", "\\u{1b}[2Jcoturn\\u{7}");
        check("\u{9b}31m", "\\u{9b}31m");
        check("x\x7f\0", "x\\u{7f}\\u{0}");
    }

    #[test]
    fn text_that_reorders_or_hides_itself_is_shown_as_what_it_is() {
        check("a\u{202e}b\u{200b}c\u{2066}", "a\\u{202e}b\\u{200b}c\\u{2066}");
    }

    #[test]
    fn line_breaks_do_not_start_a_line_of_their_own() {
        check("realm\r\nPASS", "realm  PASS");
    }

    #[test]
    fn a_name_in_a_sentence_is_one_short_line() {
        assert_eq!(one_line("eturnal"), "eturnal");
        assert_eq!(one_line("a\nb\u{2028}c"), "a b\\u{2028}c");
        assert_eq!(one_line(&"é".repeat(500)), format!("{}...", "é".repeat(80)));
    }

    #[test]
    fn other_languages_stay_as_they_are() {
        check("Größe 测试 µs 🙂", "Größe 测试 µs 🙂");
    }

    #[test]
    fn no_part_of_a_document_is_forgotten() {
        const BAD: &str = "\x1b]0;owned\x07";
        let finding = crate::probe::codes::AUTH_WRONG
            .finding("allocate", BAD)
            .at(Location::Endpoint { endpoint: BAD.to_owned(), transport: "udp" })
            .message(BAD)
            .help(BAD)
            .evidence(BAD, BAD)
            .evidence("list", vec![BAD])
            .evidence("map", Value::Object(Map::from_iter([(BAD.to_owned(), Value::from(BAD))])));
        let bad = || BAD.to_owned();
        let excerpt = Excerpt { before: bad(), marked: bad(), after: bad() };
        let in_text = crate::probe::codes::AUTH_WRONG.finding("config", BAD).at(Location::Text {
            line: 1,
            column: 1,
            length: 1,
            m_line: None,
            excerpt: excerpt.clone(),
        });
        let dirty = Document {
            blocks: vec![
                Block::Verdict(BAD.into()),
                Block::Heading(BAD.to_owned()),
                Block::Paragraph(BAD.into()),
                Block::List { numbered: true, items: vec![BAD.into()] },
                Block::Code(BAD.to_owned()),
                Block::Table(Table {
                    columns: vec![("a", crate::report::Align::Left)],
                    rows: vec![vec![BAD.into()]],
                }),
                Block::Findings(vec![finding, in_text]),
                Block::Snippet(Snippet {
                    severity: crate::finding::Severity::Error,
                    confidence: crate::finding::Confidence::High,
                    code: "CODE",
                    name: "name",
                    message: BAD.to_owned(),
                    place: BAD.to_owned(),
                    lines: vec![SnippetLine {
                        text: BAD.to_owned(),
                        line: 1,
                        excerpt: excerpt.clone(),
                        label: BAD.to_owned(),
                    }],
                    help: BAD.to_owned(),
                    also: vec![BAD.to_owned()],
                }),
            ],
        };
        assert!(format!("{dirty:?}").contains("\\u{1b}]0"), "the test must be able to fail");
        // Debug would escape an escape character once and a shown one twice.
        let clean = format!("{:?}", document(&dirty)).replace("\\\\u{1b}", "");
        assert!(!clean.contains("\\u{1b}"), "{clean}");
    }
}
