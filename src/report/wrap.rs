//! Breaking text into lines.

use unicode_width::UnicodeWidthStr;

use super::{Cell, Screen};

/// Longer lines of prose are hard to read, however wide the terminal is.
const WIDEST_PROSE: usize = 100;

/// Columns that `text` takes up.
pub(super) fn width(text: &str) -> usize {
    text.width()
}

/// Lines of at most `width` columns, broken between words. A longer word (a URI) gets a line of its own and stays
/// whole, so that it can be copied.
pub(super) fn lines(text: &str, width: usize) -> Vec<String> {
    join(text.split_whitespace(), " ", width)
}

/// `items` in lines of at most `width` columns, with `gap` between two on one line.
pub(super) fn join<T: AsRef<str>>(
    items: impl IntoIterator<Item = T>,
    gap: &str,
    width: usize,
) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for item in items {
        let item = item.as_ref();
        match lines.last_mut() {
            Some(line) if self::width(line) + gap.len() + self::width(item) <= width => {
                line.push_str(gap);
                line.push_str(item);
            }
            _ => lines.push(item.to_owned()),
        }
    }
    lines
}

/// A paragraph, the first line after `first` and the others after `rest`; both are as wide as `rest`.
pub(super) fn prose(cell: &Cell, first: &str, rest: &str, screen: Screen) -> Vec<String> {
    let width = screen.width.min(WIDEST_PROSE).saturating_sub(rest.len());
    lines(&cell.text, width)
        .into_iter()
        .enumerate()
        .map(|(index, line)| {
            format!("{}{}", if index == 0 { first } else { rest }, screen.paint(&line, cell.tone))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_full_before_the_next_begins() {
        assert_eq!(lines("one two  three\nfour", 7), ["one two", "three", "four"]);
        assert_eq!(lines("one two", 6), ["one", "two"]);
        assert_eq!(lines("  ", 6), [""; 0]);
    }

    #[test]
    fn a_long_word_stays_whole() {
        assert_eq!(lines("see turn:example.org now", 5), ["see", "turn:example.org", "now"]);
    }

    #[test]
    fn wide_characters_count_twice() {
        assert_eq!(lines("测试 测试", 8), ["测试", "测试"]);
        assert_eq!(lines("测试 测试", 9), ["测试 测试"]);
    }
}
