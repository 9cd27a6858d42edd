//! Candidates on their own, as trickle ICE sends them one at a time.

use super::document::{LineIndex, Place};
use super::text::{Text, lines};
use crate::sdp::secret;

/// A candidate, or the word that there are no more.
#[derive(Debug, Clone, PartialEq, serde::Serialize, schemars::JsonSchema)]
pub struct Candidate {
    /// From `candidate:` on, without `a=`; None for the end of candidates.
    pub line: Option<String>,
    /// `sdpMid`; what Android calls `id`.
    pub mid: Option<String>,
    /// `sdpMLineIndex`; what Android calls `label`.
    pub m_line: Option<u32>,
    /// `usernameFragment`.
    pub ufrag: Option<String>,
    /// Where in the input, as a path; empty if it stands there as a line.
    pub label: String,
    /// Where `candidate:` begins; the end of candidates, where that is said.
    pub place: Option<Place>,
}

impl Candidate {
    pub(super) fn of(line: Option<String>) -> Self {
        let line = line.map(secret::without_password);
        Self { line, mid: None, m_line: None, ufrag: None, label: String::new(), place: None }
    }

    /// Whether it says that there are no more.
    pub fn is_end(&self) -> bool {
        self.line.is_none()
    }
}

/// The longest line of a candidate that is looked at; real ones have less than 300 bytes.
const LONGEST: usize = 4096;

/// The part from `candidate:` on, where a line is one.
pub(super) fn line_of(line: &[u8]) -> Option<&[u8]> {
    let line = broken_line_of(line)?;
    let rest = line.strip_prefix(b"candidate:")?;
    let words = rest.split(|byte| *byte == b' ').filter(|word| !word.is_empty()).take(4).count();
    (words == 4).then_some(line)
}

/// As [`line_of`], where it is known to be meant as one.
pub(super) fn broken_line_of(line: &[u8]) -> Option<&[u8]> {
    let line = line.trim_ascii();
    let line = line.strip_prefix(b"a=").unwrap_or(line);
    (line.starts_with(b"candidate:") && line.len() <= LONGEST).then_some(line)
}

/// Lines of candidates in a text, also with marks or words before them.
pub(super) fn in_lines(text: &Text<'_>, index: &LineIndex, most: usize) -> Vec<Candidate> {
    let bytes = &*text.bytes;
    let mut found = Vec::new();
    for line in lines(bytes) {
        if found.len() >= most {
            break;
        }
        let content = line.of(bytes);
        let Some(at) = super::text::find(content, b"candidate:", 0) else {
            if content.trim_ascii() == b"a=end-of-candidates" {
                let mut end = Candidate::of(None);
                end.place = text.position(line.start).map(|offset| index.place(offset));
                found.push(end);
            }
            continue;
        };
        let stop = content[at..].iter().position(|byte| matches!(byte, b'"' | b'\'' | b'`' | b'\\' | b'<'));
        let part = &content[at..stop.map_or(content.len(), |stop| at + stop)];
        let printed = printed_by_ios(&content[..at]);
        let part = if printed.is_some() { without_server(part) } else { part };
        if let Some(candidate) = line_of(part) {
            let mut candidate = Candidate::of(Some(String::from_utf8_lossy(candidate).into_owned()));
            if let Some((mid, m_line)) = printed {
                (candidate.mid, candidate.m_line) = (Some(mid), Some(m_line));
            }
            candidate.place = text.position(line.start + at).map(|offset| index.place(offset));
            found.push(candidate);
        }
    }
    found
}

/// What stands before a candidate as `RTCIceCandidate` of iOS prints itself, `mid:index:candidate:…:server`.
fn printed_by_ios(before: &[u8]) -> Option<(String, u32)> {
    let before = std::str::from_utf8(before).ok()?.strip_suffix(':')?;
    let (mid, index) = before.rsplit_once(':')?;
    let mid = mid.rsplit(char::is_whitespace).next().filter(|mid| !mid.is_empty())?;
    Some((mid.to_owned(), index.parse().ok()?))
}

/// Such a candidate without the colon and the server behind its last word.
fn without_server(candidate: &[u8]) -> &[u8] {
    let candidate = candidate.trim_ascii_end();
    let last = candidate.iter().rposition(|byte| *byte == b' ').map_or(0, |at| at + 1);
    let colon = candidate[last..].iter().position(|byte| *byte == b':');
    colon.map_or(candidate, |at| &candidate[..last + at])
}
