//! A finding with the lines it is about, and marks below the very characters.

use super::wrap::{self, prose};
use super::{Cell, Screen, Snippet, SnippetLine, Tone, findings, screen};
use crate::finding::{Excerpt, Severity};

/// More lines of the same fault are counted.
const MOST_LINES: usize = 5;
/// Of a longer line, the part around the marks is shown.
const WIDEST: usize = 140;

pub(super) fn lines(snippet: &Snippet, screen: Screen) -> Vec<String> {
    let mut out = header(snippet, screen);
    out.extend(picture(snippet, screen));
    for more in more(snippet) {
        out.extend(prose(&more.into(), "  ", "  ", screen));
    }
    for (index, line) in snippet.help.lines().enumerate() {
        match index {
            0 => {
                let first = format!("  {} ", screen.paint("help:", Tone::Dim));
                out.extend(prose(&Cell::from(line), &first, "        ", screen));
            }
            // The lines after the first may be there to be pasted: never wrapped.
            _ => out.push(format!("        {line}").trim_end().to_owned()),
        }
    }
    out
}

/// The place and the lines, with their marks.
pub(super) fn picture(snippet: &Snippet, screen: Screen) -> Vec<String> {
    let mut out = Vec::new();
    let shown = shown(snippet);
    let gutter = shown.iter().map(|line| digits(line.line)).max().unwrap_or(1) + 2;
    let bar = |number: &str| {
        format!(
            "{} {} ",
            screen.paint(&format!("{number:>gutter$}"), Tone::Dim),
            screen.paint("|", Tone::Dim)
        )
    };
    out.push(format!("{}{} {}", " ".repeat(gutter - 1), screen.paint("-->", Tone::Dim), snippet.place));
    out.push(bar("").trim_end().to_owned());
    let room = screen.width.clamp(gutter + 23, WIDEST) - gutter - 3;
    let mut before: Option<&SnippetLine> = None;
    for line in &shown {
        let same_text = before.is_none_or(|before| before.text == line.text);
        if !same_text {
            let arrow = screen.paint(":::", Tone::Dim);
            out.push(format!("{}{arrow} {}:{}", " ".repeat(gutter - 1), line.text, line.line));
        } else if before.is_some_and(|before| before.line + 1 < line.line) {
            out.push(format!("{}...", " ".repeat(gutter - 1)));
        }
        let fitted = Fitted::of(line, room);
        if !same_text || fitted.cut || before.is_none_or(|before| before.line != line.line) {
            out.push(format!("{}{}", bar(&line.line.to_string()), fitted.text).trim_end().to_owned());
        }
        let marks = fitted.marks(line, snippet.severity, room, screen);
        out.extend(marks.into_iter().map(|marks| format!("{}{marks}", bar(""))));
        before = Some(line);
    }
    out
}

/// Where else the same was found, in words.
pub(super) fn more(snippet: &Snippet) -> Vec<String> {
    let further = snippet.lines.get(MOST_LINES..).filter(|more| !more.is_empty()).map(further);
    let likewise = (!snippet.also.is_empty()).then(|| likewise(&snippet.also));
    further.into_iter().chain(likewise).collect()
}

fn header(snippet: &Snippet, screen: Screen) -> Vec<String> {
    let word = findings::word(snippet.severity);
    let code = screen.paint(snippet.code, Tone::Strong);
    let name = screen.paint(snippet.name, Tone::Dim);
    let mut lines = vec![format!("{} {code} {name}", screen.paint(word, screen::tone(snippet.severity)))];
    let message = findings::message(&snippet.message, snippet.confidence);
    lines.extend(prose(&message.into(), "  ", "  ", screen));
    lines
}

/// In the order of the text, those of another text last; the place of the finding is never left out.
fn shown(snippet: &Snippet) -> Vec<&SnippetLine> {
    let mut shown: Vec<&SnippetLine> = snippet.lines.iter().take(MOST_LINES).collect();
    shown.sort_by(|a, b| (&a.text, a.line).cmp(&(&b.text, b.line)));
    shown
}

fn further(more: &[SnippetLine]) -> String {
    const MOST: usize = 12;
    let mut numbers: Vec<usize> = more.iter().map(|line| line.line).collect();
    numbers.dedup();
    let named: Vec<String> = numbers.iter().take(MOST).map(usize::to_string).collect();
    match (numbers.len(), numbers.len().saturating_sub(MOST)) {
        (1, _) => format!("also at line {}", named[0]),
        (_, 0) => format!("also at lines {}", named.join(", ")),
        (_, rest) => format!("also at lines {} and {rest} others", named.join(", ")),
    }
}

fn likewise(places: &[String]) -> String {
    const MOST: usize = 4;
    let named = places.iter().take(MOST).map(String::as_str).collect::<Vec<_>>().join(", ");
    match places.len().saturating_sub(MOST) {
        0 => format!("likewise at {named}"),
        rest => format!("likewise at {named} and {rest} other places"),
    }
}

fn digits(number: usize) -> usize {
    number.to_string().len()
}

/// A line cut to the room there is, so that what is marked is seen.
struct Fitted {
    text: String,
    /// Columns before the marks.
    offset: usize,
    /// Columns of them.
    length: usize,
    cut: bool,
}

impl Fitted {
    fn of(line: &SnippetLine, room: usize) -> Self {
        let Excerpt { before, marked, after } = &line.excerpt;
        // Blanks at the end of a line are seen only as something else.
        let marked = match after.is_empty() && marked.ends_with(' ') {
            true => dotted(marked),
            false => marked.clone(),
        };
        let [head, middle, tail] = [before, &marked, after].map(|part| wrap::width(part));
        if head + middle + tail <= room {
            return Self {
                text: format!("{before}{marked}{after}"),
                offset: head,
                length: middle,
                cut: false,
            };
        }
        let middle_room = middle.min(room.saturating_sub(8).max(1));
        let head_room = head.min((room - middle_room) / 2);
        let tail_room = room - middle_room - head_room;
        // What one side does not need is the other's.
        let head_room = if tail < tail_room { head.min(room - middle_room - tail) } else { head_room };
        let shown_before = last(before, head_room);
        let shown_marked = first(&marked, middle_room);
        let offset = wrap::width(&shown_before);
        let length = wrap::width(&shown_marked);
        let shown_after = first(after, room.saturating_sub(offset + length));
        Self { text: format!("{shown_before}{shown_marked}{shown_after}"), offset, length, cut: true }
    }

    /// The line below, with what is to be said of it behind the marks or below them.
    fn marks(&self, line: &SnippetLine, severity: Severity, room: usize, screen: Screen) -> Vec<String> {
        let is_primary = line.label.is_empty();
        let (mark, tone) = if is_primary { ("^", screen::tone(severity)) } else { ("-", Tone::Dim) };
        let blank = " ".repeat(self.offset);
        let marks = screen.paint(&mark.repeat(self.length.max(1)), tone);
        let behind = self.offset + self.length.max(1) + 1;
        if is_primary {
            return vec![format!("{blank}{marks}")];
        }
        if behind + wrap::width(&line.label) <= room {
            return vec![format!("{blank}{marks} {}", line.label)];
        }
        let indent = self.offset.min(room.saturating_sub(wrap::width(&line.label)));
        vec![format!("{blank}{marks}"), format!("{}{}", " ".repeat(indent), line.label)]
    }
}

fn dotted(text: &str) -> String {
    let kept = text.trim_end_matches(' ').len();
    format!("{}{}", &text[..kept], "·".repeat(text.len() - kept))
}

/// The beginning of a text in `room` columns; `…` stands for the rest.
fn first(text: &str, room: usize) -> String {
    cut(text.chars(), text, room).into_iter().collect()
}

/// The end of a text in `room` columns.
fn last(text: &str, room: usize) -> String {
    cut(text.chars().rev(), text, room).into_iter().rev().collect()
}

fn cut(characters: impl Iterator<Item = char>, text: &str, room: usize) -> Vec<char> {
    if wrap::width(text) <= room {
        return characters.collect();
    }
    let mut kept = Vec::new();
    let mut used = 1;
    for character in characters {
        used += wrap::width(character.encode_utf8(&mut [0; 4]));
        if used > room {
            break;
        }
        kept.push(character);
    }
    if room > 0 {
        kept.push('…');
    }
    kept
}
