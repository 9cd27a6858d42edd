//! Text taken out of the input, and where each byte of it stood there.

use std::borrow::Cow;
use std::ops::Range;

/// Bytes that were cut, unquoted or unescaped out of the input, and the way back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Text<'a> {
    pub(super) bytes: Cow<'a, [u8]>,
    runs: Vec<Run>,
}

/// From `at` on, the bytes stand in the input from `from` on, until the next run begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Run {
    at: usize,
    /// None where they stand nowhere in the input, such as what base64 gave.
    from: Option<usize>,
}

impl<'a> Text<'a> {
    /// The input itself.
    pub(super) fn whole(bytes: &'a [u8]) -> Self {
        Self { bytes: Cow::Borrowed(bytes), runs: vec![Run { at: 0, from: Some(0) }] }
    }

    /// Part of the input, from this offset on.
    pub(super) fn from_offset(bytes: &'a [u8], from: usize) -> Self {
        let part = bytes.get(from..).unwrap_or_default();
        Self { bytes: Cow::Borrowed(part), runs: vec![Run { at: 0, from: Some(from) }] }
    }

    /// Bytes that stand nowhere in the input.
    pub(super) fn decoded(bytes: Vec<u8>) -> Self {
        Self { bytes: Cow::Owned(bytes), runs: vec![Run { at: 0, from: None }] }
    }

    /// Nothing yet, to be filled with the `push_*`.
    pub(super) fn empty() -> Self {
        Self { bytes: Cow::Owned(Vec::new()), runs: Vec::new() }
    }

    /// Where the byte at `at` stands in the input.
    pub(super) fn position(&self, at: usize) -> Option<usize> {
        let run = self.run_of(at)?;
        Some(run.from? + (at - run.at))
    }

    /// Appends part of another text.
    pub(super) fn push_slice(&mut self, other: &Text<'_>, range: Range<usize>) {
        let range = range.start.min(other.bytes.len())..range.end.min(other.bytes.len());
        if range.is_empty() {
            return;
        }
        let base = self.bytes.len();
        let first = other.runs.partition_point(|run| run.at <= range.start).saturating_sub(1);
        for run in other.runs.iter().skip(first).take_while(|run| run.at < range.end) {
            let start = run.at.max(range.start);
            let from = run.from.map(|from| from + (start - run.at));
            self.begin(base + (start - range.start), from);
        }
        self.bytes.to_mut().extend_from_slice(&other.bytes[range]);
    }

    /// Appends what the bytes at `from` of the input were decoded to.
    pub(super) fn push_decoded(&mut self, bytes: &[u8], from: Option<usize>) {
        self.begin(self.bytes.len(), from);
        self.bytes.to_mut().extend_from_slice(bytes);
    }

    /// Part of this text, as one of its own.
    pub(super) fn slice(&self, range: Range<usize>) -> Text<'static> {
        let mut part = Text::empty();
        part.push_slice(self, range);
        part
    }

    /// Where the bytes begin to stand elsewhere.
    pub(super) fn run_starts(&self) -> impl Iterator<Item = usize> + '_ {
        self.runs.iter().map(|run| run.at)
    }

    fn begin(&mut self, at: usize, from: Option<usize>) {
        if let Some(last) = self.runs.last()
            && last.from.map(|start| start + (at - last.at)) == from
        {
            return;
        }
        self.runs.push(Run { at, from });
    }

    fn run_of(&self, at: usize) -> Option<&Run> {
        self.runs.partition_point(|run| run.at <= at).checked_sub(1).and_then(|index| self.runs.get(index))
    }
}

/// The lines of a text with their ends, LF, CRLF or a bare CR, as offsets: without the end, and with it.
pub(super) fn lines(bytes: &[u8]) -> impl Iterator<Item = Line> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = bytes.get(at..).filter(|rest| !rest.is_empty())?;
        let length = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(rest.len());
        let end = match rest.get(length..) {
            Some([b'\r', b'\n', ..]) => 2,
            Some([_, ..]) => 1,
            _ => 0,
        };
        let line = Line { start: at, end: at + length, next: at + length + end };
        at = line.next;
        Some(line)
    })
}

/// One line, as offsets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) start: usize,
    /// Where its line end begins.
    pub(super) end: usize,
    /// Where the next line begins.
    pub(super) next: usize,
}

impl Line {
    pub(super) fn of<'a>(&self, bytes: &'a [u8]) -> &'a [u8] {
        bytes.get(self.start..self.end).unwrap_or_default()
    }
}

/// Where `needle` stands in `bytes` from `from` on.
pub(super) fn find(bytes: &[u8], needle: &[u8], from: usize) -> Option<usize> {
    let (&first, rest) = needle.split_first()?;
    let mut at = from;
    loop {
        at += bytes.get(at..)?.iter().position(|byte| *byte == first)?;
        if bytes[at + 1..].starts_with(rest) {
            return Some(at);
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slice_of_a_slice_still_knows_where_it_stood() {
        let input = b"0123456789";
        let whole = Text::whole(input);
        let mut text = whole.slice(2..5);
        text.push_decoded(b"\n", Some(5));
        text.push_slice(&whole, 7..9);
        assert_eq!(&*text.bytes, b"234\n78");
        let part = text.slice(1..6);
        let at: Vec<_> = (0..5).map(|at| part.position(at)).collect();
        assert_eq!(at, [Some(3), Some(4), Some(5), Some(7), Some(8)]);
        assert_eq!(Text::decoded(b"x".to_vec()).position(0), None);
    }

    #[test]
    fn lines_end_with_lf_crlf_or_a_bare_cr() {
        let bytes = b"a\nb\r\nc\rd";
        let found: Vec<_> = lines(bytes).map(|line| line.of(bytes).to_vec()).collect();
        assert_eq!(found, [b"a", b"b", b"c", b"d"]);
        assert_eq!(lines(b"a\n\n").count(), 2);
    }

    #[test]
    fn finds_a_needle_anywhere_but_beyond_the_end() {
        assert_eq!(find(b"xv=v=0", b"v=0", 0), Some(3));
        assert_eq!(find(b"v=0", b"v=0", 1), None);
        assert_eq!(find(b"v=", b"v=0", 0), None);
        assert_eq!(find(b"v=", b"v=", 5), None);
    }
}
