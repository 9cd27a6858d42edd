//! A line of a description as it may be shown: what is secret in it is `****`, however long it was.

use super::session::Session;
use super::text::{Line, Span, Text};
use crate::finding::{Excerpt, Location};

const MASK: &str = "****";
/// Characters shown of each part of a line.
const LONGEST: usize = 60;
/// Attributes whose values let others listen or take part.
const SECRET: [&str; 3] = ["ice-pwd", "crypto", "key-mgmt"];
/// What follows these is secret, however broken the line is that they stand on.
const BEFORE_SECRETS: [&str; 4] = ["ice-pwd:", "crypto:", "key-mgmt:", "inline:"];

/// Whether the value of this attribute must not be shown.
pub(super) fn is_secret(name: &str) -> bool {
    SECRET.iter().any(|secret| secret.eq_ignore_ascii_case(name.trim()))
}

impl Session<'_> {
    /// The place of `span` for a finding: line, column and m-line as people count, and the line with its secrets
    /// masked. Lines are those of the description, as `sdp explain --lines` numbers them.
    pub fn location(&self, span: Span) -> Location {
        let (text, place) = (self.text(), self.text().place(span));
        let line = text.line_at(span.start).map(|index| &text.lines()[index]);
        Location::Text {
            line: place.line as usize,
            column: place.column,
            length: place.length,
            m_line: self.media_index_at(span.start),
            excerpt: line.map(|line| excerpt(text, line, span)).unwrap_or_default(),
        }
    }
}

fn excerpt(text: &Text<'_>, line: &Line, span: Span) -> Excerpt {
    let start = span.start.clamp(line.span.start, line.span.end);
    let end = span.end.clamp(start, line.span.end);
    let hidden = hidden(text, line);
    let shown = |from: usize, to: usize| shown(text, Span::new(from, to), hidden);
    let before = shown(line.span.start, start);
    let before = match before.chars().count().saturating_sub(LONGEST) {
        0 => before,
        cut => format!("…{}", before.chars().skip(cut).collect::<String>()),
    };
    Excerpt { before, marked: shortened(&shown(start, end)), after: shortened(&shown(end, line.span.end)) }
}

/// What of the line must not be shown. Of a line that is no attribute as well, since that may be what is wrong with it.
fn hidden(text: &Text<'_>, line: &Line) -> Option<Span> {
    let whole = text.slice(line.span).to_ascii_lowercase();
    let start = match line.kind {
        Some('k' | 'K') => line.value.start,
        _ => {
            let after = |name: &&str| whole.find(name).map(|at| at + name.len());
            line.span.start + BEFORE_SECRETS.iter().filter_map(after).min()?
        }
    };
    (start < line.span.end).then(|| Span::new(start, line.span.end))
}

fn shown(text: &Text<'_>, part: Span, hidden: Option<Span>) -> String {
    let Some(hidden) = hidden else { return text.slice(part).to_owned() };
    let before = Span::new(part.start, part.end.min(hidden.start));
    let after = Span::new(part.start.max(hidden.end), part.end);
    let inside = part.start < hidden.end && part.end > hidden.start;
    // The mask stands where the secret begins, once, however the line is cut into parts.
    let mask = if inside && part.start <= hidden.start { MASK } else { "" };
    format!("{}{mask}{}", text.slice(before), if after.start < after.end { text.slice(after) } else { "" })
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The parts of the line that `marked` stands in, `marked` between brackets.
    fn check(sdp: &str, marked: &str, expected: &str) {
        let text = Text::from_bytes(sdp.as_bytes());
        let session = Session::from_text(&text);
        let at = sdp.find(marked).expect("it is there");
        let Location::Text { line, m_line, excerpt, .. } = session.location(Span::new(at, at + marked.len()))
        else {
            panic!("a place in a text")
        };
        let found = format!("{line} {m_line:?} {}[{}]{}", excerpt.before, excerpt.marked, excerpt.after);
        assert_eq!(found, expected);
    }

    #[test]
    fn a_place_has_its_m_line_and_its_line() {
        let sdp = "v=0\r\nm=audio 9 X 0\r\na=mid:0\r\nm=video 9 X 0\r\na=mid:zero\r\n";
        check(sdp, "v=0", "1 None [v=0]");
        check(sdp, "audio", "2 Some(0) m=[audio] 9 X 0");
        check(sdp, "zero", "5 Some(1) a=mid:[zero]");
    }

    #[test]
    fn secrets_are_masked_wherever_the_mark_stands() {
        check("a=ice-pwd:hunter2hunter2\n", "a=ice-pwd", "1 None [a=ice-pwd]:****");
        check("a=ice-pwd:hunter2hunter2\n", "hunter2hunter2", "1 None a=ice-pwd:[****]");
        check("a=ice-pwd:hunter2hunter2\n", "er2hun", "1 None a=ice-pwd:****[]");
        check("a=crypto:1 AES inline:WVNf\n", "AES", "1 None a=crypto:****[]");
        check("k=clear:hunter2\n", "k=", "1 None [k=]****");
        check("A=ice-pwd:hunter2\n", "A", "1 None [A]=ice-pwd:****");
        check("ice-pwd:hunter2\n", "hunter2", "1 None ice-pwd:[****]");
        check(" AES inline:WVNf\n", "WVNf", "1 None  AES inline:[****]");
        check("a=ice-ufrag:abcd\n", "abcd", "1 None a=ice-ufrag:[abcd]");
    }

    #[test]
    fn long_lines_are_cut_and_the_end_of_the_text_is_a_place() {
        let sdp = format!("a={}x{}\n", "é".repeat(90), "z".repeat(90));
        let expected = format!("1 None …{}[x]{}…", "é".repeat(60), "z".repeat(60));
        check(&sdp, "x", &expected);
        let text = Text::from_bytes(b"");
        let location = Session::from_text(&text).location(Span::new(5, 9));
        assert!(matches!(location, Location::Text { line: 1, column: 1, length: 0, .. }), "{location:?}");
    }
}
