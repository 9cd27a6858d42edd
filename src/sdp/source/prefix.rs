//! What stands before each line of a paste: an indent, `> `, a log's time. One line of SDP at a time.

/// What stands before each line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Prefix {
    Nothing,
    /// Blanks and the marks of quotes, lists, comments and patches.
    Marks(Vec<u8>),
    /// Text of a fixed width in which digits change: times, line numbers.
    Columns(Vec<u8>),
}

/// How long text before a line may be.
const LONGEST: usize = 160;

impl Prefix {
    /// Where on a line its content begins; None if the line lacks the prefix.
    pub(super) fn strip(&self, line: &[u8]) -> Option<usize> {
        match self {
            Self::Nothing => Some(0),
            Self::Marks(marks) if line.starts_with(marks) => Some(marks.len()),
            Self::Marks(marks) if marks.starts_with(line.trim_ascii_end()) => Some(line.len()),
            // A less indented line, or `>` without its blank.
            Self::Marks(marks) => {
                let bare = marks.trim_ascii();
                let blank = line.len() - line.trim_ascii_start().len();
                line[blank..].starts_with(bare).then_some(blank + bare.len())
            }
            Self::Columns(columns) => {
                let alike = |(one, other): (&u8, &u8)| class(*one) == class(*other);
                (line.len() >= columns.len() && line.iter().zip(columns).all(alike)).then_some(columns.len())
            }
        }
    }
}

/// Where `v=` and a number end a line, what stands before it, and whether the next line goes on with SDP.
pub(super) fn opening(line: &[u8], next: Option<&[u8]>) -> Option<(Prefix, usize)> {
    let at = version_at(line)?;
    let before = &line[..at];
    if before.is_empty() {
        return Some((Prefix::Nothing, 0));
    }
    let is_mark = |byte: &u8| {
        matches!(byte, b' ' | b'\t' | b'>' | b'|' | b'#' | b'/' | b'*' | b'+' | b'-' | 0xa0 | 0xc2)
    };
    if before.iter().all(is_mark) {
        return Some((Prefix::Marks(before.to_vec()), at));
    }
    let next = next?;
    if is_sdp_line(next) {
        // `type: offer, sdp: v=0`, with the rest on lines of its own.
        return Some((Prefix::Nothing, at));
    }
    let columns = Prefix::Columns(before.to_vec());
    let content = columns.strip(next)?;
    matches!(&next[content..], [b'o' | b's' | b'm', b'=', ..]).then_some((columns, at))
}

/// Where `v=` stands if nothing but it and a number end the line.
pub(super) fn version_at(line: &[u8]) -> Option<usize> {
    let line = line.trim_ascii_end();
    let digits = line.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let at = line.len().checked_sub(digits + 2)?;
    let stands_alone = at == 0
        || !(line[at - 1].is_ascii_alphanumeric() || matches!(line[at - 1], b'_' | b'.' | b'?' | b'&'));
    (line[at..].starts_with(b"v=") && (1..=3).contains(&digits) && at <= LONGEST && stands_alone)
        .then_some(at)
}

/// Whether a line has the form of `type=value`.
pub(super) fn is_sdp_line(line: &[u8]) -> bool {
    matches!(line, [b'a'..=b'z', b'=', ..])
}

/// Whether a line is `m=` with a kind and a port.
pub(super) fn is_media_line(line: &[u8]) -> bool {
    let Some(rest) = line.strip_prefix(b"m=") else { return false };
    let kind =
        rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')).count();
    kind > 0
        && rest.get(kind) == Some(&b' ')
        && rest.get(kind + 1).is_some_and(|byte| byte.is_ascii_digit() || *byte == b'-')
}

/// Digits and the blanks that pad them are alike.
fn class(byte: u8) -> u8 {
    if byte.is_ascii_digit() || byte == b' ' { b'0' } else { byte }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_line_begins_a_description_whatever_stands_before_it() {
        let next = Some(&b"o=- 1 1 IN IP4 0.0.0.0"[..]);
        assert_eq!(opening(b"v=0", None), Some((Prefix::Nothing, 0)));
        assert_eq!(opening(b"> v=0", None), Some((Prefix::Marks(b"> ".to_vec()), 2)));
        assert_eq!(opening(b"type: offer, sdp: v=0", next), Some((Prefix::Nothing, 18)));
        let (prefix, at) = opening(b"10:00:09 D sdp: v=0", Some(b"10:00:10 D sdp: o=-")).unwrap();
        assert_eq!((at, prefix.strip(b"10:01:59 D sdp: s=-")), (16, Some(16)));
        assert_eq!(prefix.strip(b"10:01:59 E ice: gone"), None);
    }

    #[test]
    fn what_only_resembles_it_does_not() {
        for line in [&b"v=spf1"[..], b"v=1; a=rsa-sha256", b"https://example.net/watch?v=0", b"rev=0", b"v="]
        {
            assert_eq!(opening(line, Some(b"o=1")), None, "{}", String::from_utf8_lossy(line));
        }
        assert!(opening(b"let v=0", Some(b"let w=0")).is_none());
        assert!(!is_media_line(b"m=5") && is_media_line(b"m=audio 9 RTP/AVP 0"));
    }

    #[test]
    fn a_quoted_blank_line_may_lack_the_blank() {
        let marks = Prefix::Marks(b"> ".to_vec());
        assert_eq!(marks.strip(b">"), Some(1));
        assert_eq!(marks.strip(b">a=x"), Some(1));
        assert_eq!(marks.strip(b"a=x"), None);
        assert_eq!(Prefix::Marks(b"    ".to_vec()).strip(b"  a=x"), Some(2));
    }
}
