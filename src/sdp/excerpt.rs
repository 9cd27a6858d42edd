//! A line of a description as it may be shown: what is secret in it is `****`, however long it was.

use super::Problem;
use super::secret;
use super::session::Session;
use super::text::{Line, Span, Text};
use crate::finding::{Excerpt, Location};

const MASK: &str = "****";
/// Characters shown of each part of a line.
const LONGEST: usize = 60;
/// Attributes whose values let others listen or take part.
const SECRET: [&str; 3] = ["ice-pwd", "crypto", "key-mgmt"];
/// Lines that go on with the value of one before them; of more, all that follow are hidden without a look at it.
const MOST_WRAPPED: usize = 64;

/// Whether the value of this attribute must not be shown.
pub(super) fn is_secret(name: &str) -> bool {
    SECRET.iter().any(|secret| secret.eq_ignore_ascii_case(name.trim()))
}

impl Session<'_> {
    /// The place of `span` for a finding: line, column and m-line as people count, and the line with its secrets
    /// masked. Lines are those of the description, as `sdp explain --lines` numbers them.
    pub fn location(&self, span: Span) -> Location {
        let (text, place) = (self.text(), self.text().place(span));
        let excerpt = text.line_at(span.start).map(|index| {
            let hidden = match self.hidden.get() {
                Some((known, hidden)) if known == index => hidden,
                _ => hidden(text, &text.lines()[index]),
            };
            self.hidden.set(Some((index, hidden)));
            excerpt(text, &text.lines()[index], span, hidden)
        });
        Location::Text {
            line: place.line as usize,
            column: place.column,
            length: place.length,
            m_line: self.media_index_at(span.start),
            excerpt: excerpt.unwrap_or_default(),
        }
    }
}

/// The whole line as it may be shown, without white space at its ends.
pub(super) fn shown_line(text: &Text<'_>, line: &Line) -> String {
    shown(text, line.span, hidden(text, line)).trim().to_owned()
}

/// Whether there is something on the line that may not be shown.
pub(super) fn is_masked(text: &Text<'_>, line: &Line) -> bool {
    hidden(text, line).is_some()
}

/// Looks at no more of the line than is shown of it.
fn excerpt(text: &Text<'_>, line: &Line, span: Span, hidden: Option<Span>) -> Excerpt {
    let start = span.start.clamp(line.span.start, line.span.end);
    let end = span.end.clamp(start, line.span.end);
    let shown = |from: usize, to: usize| shown(text, Span::new(from, to), hidden);
    // Nothing is shown behind the beginning of what is hidden.
    let visible = hidden.map_or(start, |hidden| hidden.start.min(start));
    let before = shown(near(text, visible.saturating_sub(FAR)).max(line.span.start), start);
    let before = match before.chars().count().saturating_sub(LONGEST) {
        0 => before,
        cut => format!("…{}", before.chars().skip(cut).collect::<String>()),
    };
    let marked = shown(start, near(text, start + FAR).clamp(start, end));
    let after = shown(end, near(text, end + FAR).clamp(end, line.span.end));
    Excerpt { before, marked: shortened(&marked), after: shortened(&after) }
}

/// Bytes that have more than [`LONGEST`] characters.
const FAR: usize = (LONGEST + 2) * 4;

/// The first place at or behind `at` where a character begins.
fn near(text: &Text<'_>, at: usize) -> usize {
    (at..).find(|&at| at >= text.as_str().len() || text.as_str().is_char_boundary(at)).unwrap_or(at)
}

/// What of the line must not be shown. Of a line that is no attribute as well, since that may be what is wrong with it;
/// and all of a line that is the rest of a secret, which was wrapped.
fn hidden(text: &Text<'_>, line: &Line) -> Option<Span> {
    let start = match line.kind {
        Some('k' | 'K') => line.value.start,
        _ if goes_on_with_a_secret(text, line) => line.span.start,
        _ => line.span.start + secret::first(text.slice(line.span))?,
    };
    (start < line.span.end).then(|| Span::new(start, line.span.end))
}

/// Whether the line is none of SDP, and what stands before it ends in a secret, or in a name whose value is missing.
fn goes_on_with_a_secret(text: &Text<'_>, line: &Line) -> bool {
    if line.is_blank() || !is_loose(line) {
        return false;
    }
    let index = (line.number as usize).saturating_sub(1).min(text.lines().len());
    let before = text.lines()[..index].iter().rev().take(MOST_WRAPPED);
    let first = before.clone().find(|line| !line.is_blank() && !is_loose(line));
    if first.is_none() && index >= MOST_WRAPPED {
        return true;
    }
    // The secret may begin on any line between the two.
    let start = first.map_or(0, |first| first.span.start);
    first.is_some_and(|first| first.kind.is_some_and(|kind| kind.eq_ignore_ascii_case(&'k')))
        || text.slice(Span::new(start, line.span.start)).lines().any(has_secret_or_its_name)
}

fn is_loose(line: &Line) -> bool {
    line.kind.is_none_or(|kind| !"vosiuepcbtrzkma".contains(kind.to_ascii_lowercase()))
}

fn has_secret_or_its_name(line: &str) -> bool {
    let name = line.trim().trim_end_matches([':', '=']);
    let name = name.rsplit(['=', ':', ' ']).next().unwrap_or_default();
    secret::first(line).is_some() || is_secret(name) || secret::is_secret_name(name)
}

/// `problem` without what was found, where some of that must not be shown.
pub(super) fn discreet(text: &Text<'_>, line: &Line, problem: Problem) -> Problem {
    match hidden(text, line) {
        Some(hidden) if problem.span.end > hidden.start => problem.hidden(),
        _ => problem,
    }
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
        check("a=candidate:1 password hunter2\n", "1", "1 None a=candidate:[1] password ****");
        check("a=ice-pwd hunter2\n", "hunter2", "1 None a=ice-pwd [****]");
        check("a=x-token:hunter2\n", "a", "1 None [a]=x-token:****");
        check("u=https://me:hunter2@a.test/\n", "u", "1 None [u]=https://****");
    }

    #[test]
    fn the_rest_of_a_secret_that_was_wrapped_is_hidden_and_no_other_line() {
        check("a=ice-pwd:hunt\ner2\n", "er2", "2 None [****]");
        check("a=ice-pwd:\nhunt\n\ner2\n", "er2", "4 None [****]");
        check("a=ice-pwd\nhunter2\n", "hunter2", "2 None [****]");
        check("a=crypto:1 AES inline:WVNf\nAA==\n", "AA", "2 None [****]");
        check("k=base64:\nhunter2\n", "hunter2", "2 None [****]");
        check("a=mid:0\nice-pwd:\nhunter2\n", "hunter2", "3 None [****]");
        check("a=ice-pwd:hunter2\na=mid:0\nmid:1\n", "mid:1", "3 None [mid:1]");
        check("a=fingerprint:sha-256\n7B:8B\n", "7B", "2 None [7B]:8B");
    }

    #[test]
    fn a_secret_stays_hidden_wherever_a_long_line_is_cut() {
        let far = "é".repeat(2000);
        let cut = format!("1 None …{}inline:****[]", "é".repeat(49));
        check(&format!("a={far}inline:WVNf{far}x{far}\n"), "x", &cut);
        check(&format!("x a={far}inline:WVNf{far}\n"), "x", &format!("1 None [x] a={}…", "é".repeat(57)));
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
