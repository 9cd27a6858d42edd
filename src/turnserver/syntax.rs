//! Lines and settings, cut as coturn cuts them. Reading never fails: what makes no sense is kept as what it is.
//!
//! coturn takes a line of at most 1023 bytes, drops the white space around it, and cuts it at the first run of
//! blanks, tabs and `=`. A comment is a line that starts with `#`; behind a value it is a part of the value.

use std::ops::Range;

/// Bytes that coturn reads as one line; what follows is a line of its own to it.
pub(super) const LONGEST_LINE: usize = 1023;

/// A range of bytes of the text.
pub type Span = Range<usize>;

/// One line of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Counted from 1.
    pub number: usize,
    /// Without its line end.
    pub span: Span,
    /// What coturn tries to read from it; `None` if it is blank or a comment.
    pub setting: Option<Setting>,
}

/// A name, what separates, and a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// Up to the first blank, tab or `=`.
    pub name: Span,
    /// The run of blanks, tabs and `=` behind the name; empty if there is none.
    pub separator: Span,
    /// What coturn takes as the value: without double quotes around it, and without white space behind it.
    pub value: Span,
    /// All that stands behind the separator, up to the line end.
    pub raw: Span,
}

/// The lines of `text`, all of them.
pub(super) fn lines(text: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut start = 0;
    for (index, piece) in text.split_inclusive('\n').enumerate() {
        let end = start + piece.strip_suffix('\n').map_or(piece.len(), str::len);
        let end = end - usize::from(text[start..end].ends_with('\r'));
        lines.push(Line { number: index + 1, span: start..end, setting: setting(text, start..end) });
        start += piece.len();
    }
    lines
}

fn setting(text: &str, line: Span) -> Option<Setting> {
    let longest = line.end.min(line.start + LONGEST_LINE);
    let whole = (line.start..=longest).rev().find(|at| text.is_char_boundary(*at));
    let mut read = line.start..whole.unwrap_or(line.start);
    // To C, a text ends at the first NUL.
    if let Some(at) = text[read.clone()].find('\0') {
        read.end = read.start + at;
    }
    let line = &text[read.clone()];
    read.start += line.len() - line.trim_start_matches([' ', '\t']).len();
    let raw_end = read.end;
    read.end -= line.len() - line.trim_end_matches(is_space).len();
    if read.start >= read.end || text[read.clone()].starts_with('#') {
        return None;
    }
    let cut = |c: char| matches!(c, ' ' | '\t' | '=');
    let content = &text[read.clone()];
    let name = read.start..read.start + content.find(cut).unwrap_or(content.len());
    let rest = &text[name.end..read.end];
    let value = read.end - rest.trim_start_matches(cut).len()..read.end;
    let raw = value.start..raw_end;
    Some(Setting { separator: name.end..value.start, value: unquoted(text, value), raw, name })
}

/// A double quote in front goes, and one behind it, if there is one in front.
fn unquoted(text: &str, mut value: Span) -> Span {
    if text[value.clone()].starts_with('"') {
        value.start += 1;
        value.end -= usize::from(text[value.clone()].ends_with('"'));
    }
    value
}

/// C's `isspace`.
fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\u{b}' | '\u{c}' | '\r')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[(usize, &str, &str)]) {
        let lines = lines(text);
        let read = lines.iter().filter_map(|line| {
            let setting = line.setting.as_ref()?;
            Some((line.number, &text[setting.name.clone()], &text[setting.value.clone()]))
        });
        assert_eq!(read.collect::<Vec<_>>(), expected, "{text:?}");
    }

    #[test]
    fn blanks_and_equals_signs_separate_alike() {
        check(
            "a=1\nb 2\nc\t=  3\nd==4\ne",
            &[(1, "a", "1"), (2, "b", "2"), (3, "c", "3"), (4, "d", "4"), (5, "e", "")],
        );
        check("  a = b=c d  \n", &[(1, "a", "b=c d")]);
        check("=a\n", &[(1, "", "a")]);
    }

    #[test]
    fn a_comment_is_a_line_of_its_own() {
        check("# a=1\n  # b\n\n   \na=1 # c\n", &[(5, "a", "1 # c")]);
    }

    #[test]
    fn white_space_at_the_end_goes_unless_quotes_hold_it() {
        check("a=1 \t\r\nb=\" 2 \"  \r\n", &[(1, "a", "1"), (2, "b", " 2 ")]);
    }

    #[test]
    fn double_quotes_go_and_single_ones_stay() {
        check(
            "a=\"b\"\nc='d'\ne=\"f\ng=h\"\ni=\"\nj=\"\"",
            &[(1, "a", "b"), (2, "c", "'d'"), (3, "e", "f"), (4, "g", "h\""), (5, "i", ""), (6, "j", "")],
        );
    }

    #[test]
    fn a_byte_order_mark_is_a_part_of_the_first_name() {
        check("\u{feff}realm=a\n", &[(1, "\u{feff}realm", "a")]);
        check("\u{feff}# a\n", &[(1, "\u{feff}#", "a")]);
    }

    #[test]
    fn what_is_too_long_or_has_a_nul_is_cut() {
        let long = format!("realm={}é", "x".repeat(LONGEST_LINE - 7));
        let lines = lines(&long);
        let value = lines[0].setting.as_ref().unwrap().value.clone();
        assert_eq!(value.len(), LONGEST_LINE - 7, "not in the middle of a character");
        check("realm=a\0b\nc", &[(1, "realm", "a"), (2, "c", "")]);
    }

    #[test]
    fn no_line_is_lost() {
        assert_eq!(lines("").len(), 0);
        assert_eq!(lines("\n\na").iter().map(|line| line.number).collect::<Vec<_>>(), [1, 2, 3]);
    }
}
