//! Descriptions that stand as lines in a text: alone, quoted, indented, fenced, in a log.

use std::ops::Range;

use super::document::Kind;
use super::prefix::{self, Prefix, is_media_line, is_sdp_line};
use super::text::{Line, Text, find, lines};

/// Lines of a text that are a description.
#[derive(Debug)]
pub(super) struct Block {
    /// Without what stood before each line.
    pub(super) text: Text<'static>,
    /// Where it begins and ends in the text that was searched.
    pub(super) range: Range<usize>,
    /// What the line before it, or the text on the same line, says.
    pub(super) hint: Option<Kind>,
    pub(super) has_prefix: bool,
    /// Nothing but blank lines stand around it.
    pub(super) alone: bool,
}

/// Lines that are no SDP and may stand within a description, which is then broken.
const FOREIGN: usize = 2;

/// All descriptions; what has no `v=` counts only where there is none with it.
pub(super) fn blocks(text: &Text<'_>) -> Vec<Block> {
    let bytes = &*text.bytes;
    if find(bytes, b"v=", 0).is_none() && find(bytes, b"m=", 0).is_none() && find(bytes, b"a=", 0).is_none() {
        return Vec::new();
    }
    let lines: Vec<Line> = lines(bytes).collect();
    let start = bytes.len() - bytes.trim_ascii_start().len();
    let search = Search { text, bytes, lines: &lines, inked: start..bytes.trim_ascii_end().len().max(start) };
    let mut found = search.with_version();
    if found.is_empty() {
        found.extend(search.without_version());
    }
    if let [only] = &mut *found {
        search.widen(only);
    }
    found
}

/// Whether bytes read as SDP: `v=` first, or a section among lines of `type=value`.
pub(super) fn is_sdp(bytes: &[u8]) -> bool {
    let mut seen = lines(bytes).map(|line| line.of(bytes)).filter(|line| !line.trim_ascii().is_empty());
    let Some(first) = seen.next().filter(|line| is_sdp_line(line)) else { return false };
    if prefix::version_at(first) == Some(0) {
        return seen.next().is_some_and(is_sdp_line);
    }
    let mut rest = 0;
    let mut media = is_media_line(first);
    for line in seen {
        rest += usize::from(is_sdp_line(line));
        media |= is_media_line(line);
        if media && rest > 0 {
            return true;
        }
    }
    false
}

/// What a text without `v=` is: a fragment has the credentials or candidates of sections and nothing else.
pub(super) fn kind_of(bytes: &[u8]) -> Kind {
    let mut trickled = false;
    for line in lines(bytes) {
        let line = line.of(bytes).trim_ascii();
        match line {
            [b'v' | b'o' | b's' | b't' | b'c' | b'b', b'=', ..] => return Kind::Unknown,
            line if line.starts_with(b"a=rtpmap:") || line.starts_with(b"a=fingerprint:") => {
                return Kind::Unknown;
            }
            line if line.starts_with(b"a=candidate:")
                || line.starts_with(b"a=ice-ufrag:")
                || line.starts_with(b"a=end-of-candidates") =>
            {
                trickled = true;
            }
            _ => {}
        }
    }
    if trickled { Kind::Sdpfrag } else { Kind::Unknown }
}

struct Search<'a> {
    text: &'a Text<'a>,
    bytes: &'a [u8],
    lines: &'a [Line],
    /// From the first byte that is no blank to the last.
    inked: Range<usize>,
}

impl Search<'_> {
    fn line(&self, index: usize) -> &[u8] {
        self.lines.get(index).map(|line| line.of(self.bytes)).unwrap_or_default()
    }

    fn with_version(&self) -> Vec<Block> {
        let mut found = Vec::new();
        let mut index = 0;
        while index < self.lines.len() {
            let next = self.lines.get(index + 1).map(|line| line.of(self.bytes));
            let block = prefix::opening(self.line(index), next)
                .and_then(|(prefix, at)| self.collect(index, at, prefix));
            match block {
                Some((block, end)) => {
                    found.push(block);
                    index = end;
                }
                None => index += 1,
            }
        }
        found
    }

    /// The block that begins in line `first` at `column`, and the line after it.
    fn collect(&self, first: usize, column: usize, prefix: Prefix) -> Option<(Block, usize)> {
        // In a template string the closing quote ends it.
        let before = &self.line(first)[..column];
        let quote = before
            .last()
            .copied()
            .filter(|byte| matches!(byte, b'`' | b'"' | b'\'') && prefix == Prefix::Nothing);
        let mut taken = Vec::new();
        taken.push(self.lines[first].start + column..self.lines[first].next);
        let (mut contents, mut end, mut pending, mut foreign) = (0, first + 1, Vec::new(), 0);
        let mut index = first + 1;
        let mut closed = false;
        while index < self.lines.len() {
            let line = self.lines[index];
            let start = prefix.strip(self.line(index)).map(|start| line.start + start);
            let content = start.map_or(&b""[..], |start| &self.bytes[start..line.end]);
            if is_sdp_line(content) {
                if contents > 0 && prefix::version_at(content) == Some(0) {
                    break;
                }
                contents += usize::from(prefix::version_at(content).is_none());
                foreign = 0;
                taken.append(&mut pending);
                let start = start.unwrap_or(line.start);
                if let Some(at) = quote.and_then(|quote| content.iter().position(|byte| *byte == quote)) {
                    taken.push(start..start + at);
                    (end, closed) = (index + 1, true);
                    break;
                }
                taken.push(start..line.next);
                end = index + 1;
            } else if self.line(index).trim_ascii().is_empty()
                || start.is_some() && content.trim_ascii().is_empty()
            {
                pending.push(start.unwrap_or(line.start)..line.next);
            } else {
                let fence = content.starts_with(b"```") || content.starts_with(b"~~~");
                let closing = quote.is_some_and(|quote| content.trim_ascii_start().first() == Some(&quote));
                foreign += 1;
                // A line without the prefix is another's.
                if fence
                    || closing
                    || foreign > FOREIGN
                    || matches!(prefix, Prefix::Marks(_)) && start.is_none()
                {
                    break;
                }
                // Lines of a log that lack the prefix came from elsewhere in the program.
                if let Some(start) = start {
                    pending.push(start..line.next);
                }
            }
            index += 1;
        }
        // Blank lines at the end of the input are part of what somebody saved.
        if index == self.lines.len() && foreign == 0 && !closed {
            taken.append(&mut pending);
            end = index;
        }
        let line = self.lines[first];
        let nothing_else = line.start <= self.inked.start && self.inked.end <= line.next;
        if contents == 0 && !(before.is_empty() && nothing_else) {
            return None;
        }
        Some((self.block(first, before, prefix != Prefix::Nothing, &taken), end))
    }

    fn block(&self, first: usize, before: &[u8], has_prefix: bool, taken: &[Range<usize>]) -> Block {
        let mut text = Text::empty();
        for range in taken {
            text.push_slice(self.text, range.clone());
        }
        let start = taken.first().map_or(0, |range| range.start);
        let end = taken.last().map_or(0, |range| range.end);
        let blank = |line: &[u8]| line.trim_ascii().is_empty();
        let around = self.inked.start < self.lines[first].start || end < self.inked.end;
        let alone = !around && (has_prefix || before.is_empty());
        let heading = (0..first).rev().take(4).map(|index| self.line(index)).find(|line| !blank(line));
        let hint = [Some(before), heading]
            .into_iter()
            .flatten()
            .filter(|line| line.len() <= 120 && !is_sdp_line(line))
            .find_map(|line| Kind::from_hint(&String::from_utf8_lossy(line)));
        Block { text, range: start..end, hint, has_prefix, alone }
    }

    /// Lines of SDP without the first of all.
    fn without_version(&self) -> Option<Block> {
        let content = |index: usize| {
            let line = self.line(index);
            let marks = line.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'>')).count();
            (marks, &line[marks..])
        };
        let first = (0..self.lines.len()).find(|index| is_sdp_line(content(*index).1))?;
        let last = (0..self.lines.len()).rev().find(|index| is_sdp_line(content(*index).1))?;
        let all = (first..=last).filter(|index| !self.line(*index).trim_ascii().is_empty());
        let (mut sdp, mut other, mut telling) = (0_usize, 0_usize, false);
        for index in all {
            let line = content(index).1;
            match is_sdp_line(line) {
                true => sdp += 1,
                false => other += 1,
            }
            telling |=
                is_media_line(line) || line.starts_with(b"a=ice-ufrag:") || line.starts_with(b"a=ice-pwd:");
        }
        if !telling || sdp < 2 || sdp < 2 * other {
            return None;
        }
        let (marks, _) = content(first);
        let prefix = match marks {
            0 => Prefix::Nothing,
            _ => Prefix::Marks(self.line(first)[..marks].to_vec()),
        };
        let taken: Vec<_> = (first..=last)
            .map(|index| {
                let line = self.lines[index];
                line.start + prefix.strip(self.line(index)).unwrap_or(0)..line.next
            })
            .collect();
        Some(self.block(first, b"", prefix != Prefix::Nothing, &taken))
    }

    /// A file that is mostly SDP is SDP as a whole, with whatever does not belong there.
    fn widen(&self, block: &mut Block) {
        let before = self.bytes[..block.range.start].trim_ascii();
        let rest = &self.bytes[block.range.end..];
        if block.has_prefix || block.alone || find(rest, b"```", 0).is_some() || !before.is_empty() {
            if block.alone && !block.has_prefix {
                self.take_all(block);
            }
            return;
        }
        let sdp = |bytes: &[u8]| lines(bytes).filter(|line| is_sdp_line(line.of(bytes))).count();
        let all = lines(rest).filter(|line| !line.of(rest).trim_ascii().is_empty()).count();
        if sdp(rest) * 2 >= all && all > 0 {
            self.take_all(block);
        }
    }

    fn take_all(&self, block: &mut Block) {
        block.text = self.text.slice(0..self.bytes.len());
        block.range = 0..self.bytes.len();
        block.alone = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(String, Option<Kind>)> {
        let blocks = blocks(&Text::whole(text.as_bytes()));
        blocks.iter().map(|block| (String::from_utf8_lossy(&block.text.bytes).into(), block.hint)).collect()
    }

    #[test]
    fn a_file_is_taken_whole_with_its_faults() {
        let text = "\nv=0\no=-\njunk\nmore junk\nand more\ns=-\nm=audio 9 RTP/AVP 0\na=x\nb=y\nc=z\n\n";
        assert_eq!(found(text), [(text.to_owned(), None)]);
    }

    #[test]
    fn descriptions_in_prose_end_where_prose_goes_on() {
        let text = "My offer:\n\nv=0\no=-\n\ns=-\n\nI get this back:\n```answer\nv=0\no=1\n```\nWhat is wrong?\na = 5\n";
        let expected = [("v=0\no=-\n\ns=-\n", Some(Kind::Offer)), ("v=0\no=1\n", Some(Kind::Answer))];
        assert_eq!(found(text), expected.map(|(text, kind)| (text.to_owned(), kind)));
    }

    #[test]
    fn one_ends_where_the_next_begins() {
        let text = "v=0\r\no=-\r\nv=0\r\no=1\r\n";
        assert_eq!(found(text).len(), 2);
        assert_eq!(found("v=0\nv=0\no=1\n").len(), 1);
    }

    #[test]
    fn a_log_with_times_and_lines_of_others() {
        let text = "10:00:01 W sdp: v=0\n10:00:01 W sdp: o=-\n10:00:01 E other\n10:00:02 W sdp: s=-\n10:00:03 W done\n";
        assert_eq!(found(text), [("v=0\no=-\ns=-\n".to_owned(), None)]);
    }

    #[test]
    fn a_template_string_ends_at_its_quote() {
        let text = "const offer = `v=0\no=-\ns=-\na=x`;\nlet a=5\nb=6\n";
        assert_eq!(found(text), [("v=0\no=-\ns=-\na=x".to_owned(), Some(Kind::Offer))]);
    }

    #[test]
    fn no_description_in_settings_and_algebra() {
        for text in ["a=1\nb=2\nm=3\n", "v=0\nx := 4\n", "v=0 is the start\no=-", "m=5 kg\na=9.81\nF=m*a"] {
            assert_eq!(found(text), [], "{text}");
        }
        assert_eq!(found("v=0\n").len(), 1);
    }

    #[test]
    fn without_a_version_it_takes_a_section() {
        assert_eq!(found("m=audio 9 RTP/AVP 0\r\na=sendonly\r\n").len(), 1);
        assert_eq!(kind_of(b"a=ice-ufrag:x\nm=audio 9 RTP/AVP 0\na=candidate:1"), Kind::Sdpfrag);
        assert_eq!(kind_of(b"m=audio 9 RTP/AVP 0\na=rtpmap:96 x/1"), Kind::Unknown);
    }
}
