//! rtcstats leaves out sections that did not change: `v=` or `m=` alone stands for the section of an earlier
//! description of the same type.

use super::super::text::{Line, Text, lines};

/// What came of it.
#[derive(Debug, PartialEq)]
pub(super) enum Restored {
    /// Nothing was left out.
    Whole,
    /// All that was left out is back.
    Back(Text<'static>),
    /// What was left out is not in the dump.
    Missing,
}

/// Puts the sections back that were left out.
pub(super) fn restore(sdp: &Text<'_>, base: Option<&[u8]>) -> Restored {
    let bytes = &*sdp.bytes;
    let all: Vec<Line> = lines(bytes).collect();
    let is_stub = |line: &Line| matches!(line.of(bytes), b"v=" | b"m=");
    if !all.iter().any(is_stub) {
        return Restored::Whole;
    }
    let Some(base) = base else { return Restored::Missing };
    let sections = sections(base);
    let mut out = Text::empty();
    let mut section = 0;
    for (index, line) in all.iter().enumerate() {
        if index > 0 && line.of(bytes).starts_with(b"m=") {
            section += 1;
        }
        if is_stub(line) {
            let Some(kept) = sections.get(section) else { return Restored::Missing };
            let kept = base[kept.clone()].trim_ascii_end();
            out.push_decoded(kept, None);
            out.push_decoded(b"\r\n", None);
        } else if !line.of(bytes).is_empty() {
            out.push_slice(sdp, line.start..line.next);
        }
    }
    Restored::Back(out)
}

/// The session part and each section.
fn sections(bytes: &[u8]) -> Vec<std::ops::Range<usize>> {
    let mut starts: Vec<usize> = lines(bytes)
        .filter(|line| line.of(bytes).starts_with(b"m="))
        .map(|line| line.start)
        .filter(|at| *at > 0)
        .collect();
    starts.insert(0, 0);
    let ends = starts.iter().skip(1).copied().chain([bytes.len()]);
    starts.iter().copied().zip(ends).map(|(start, end)| start..end).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_come_back_in_their_places() {
        let base = b"v=0\r\no=-\r\nm=audio 9\r\na=1\r\nm=video 9\r\na=2\r\n";
        let given = b"v=\r\nm=audio 9\r\na=changed\r\nm=\r\n";
        let Restored::Back(text) = restore(&Text::whole(given), Some(base)) else { panic!() };
        assert_eq!(&*text.bytes, b"v=0\r\no=-\r\nm=audio 9\r\na=changed\r\nm=video 9\r\na=2\r\n");
        assert_eq!(restore(&Text::whole(base), None), Restored::Whole);
        assert_eq!(restore(&Text::whole(given), None), Restored::Missing);
        assert_eq!(restore(&Text::whole(b"v=\r\nm=\r\nm=\r\nm=\r\n"), Some(base)), Restored::Missing);
    }
}
