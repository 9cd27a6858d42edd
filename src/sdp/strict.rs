//! The second opinion: what a strict parser, the package `sdp`, says, and where it stops.
//!
//! It ends at the first offence and names no line. It asks its reader to go back one byte at the start of each line,
//! and that is how we know.

use std::io::{self, BufRead, Cursor, Read, Seek, SeekFrom};

use super::text::Text;

/// Where and why a strict parser gave up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The position of the line in [`Text::lines`].
    pub line: usize,
    /// What was wrong, in its words or ours.
    pub reason: Reason,
}

/// Why a strict parser gave up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The text ends where something else must follow.
    End,
    /// A line of this type does not belong there, or the line has no type.
    Unexpected,
    /// It knows the type of the line, but cannot read the value.
    Value,
    /// The line is no UTF-8.
    Encoding,
}

impl Reason {
    /// To be read after "a strict parser stops at line 3: ".
    pub fn phrase(self) -> &'static str {
        match self {
            Reason::End => "more must follow",
            Reason::Unexpected => "a line of this type is not expected here",
            Reason::Value => "it cannot read the value",
            Reason::Encoding => "it is no UTF-8",
        }
    }
}

/// Has the package read `text`; `None` if it takes it.
pub fn refusal(text: &Text<'_>) -> Option<Refusal> {
    let mut reader = Marked { inner: Cursor::new(text.bytes()), line_start: 0 };
    let error = ::sdp::SessionDescription::unmarshal(&mut reader).err()?;
    let line_start = reader.line_start as usize;
    let line = text.line_at(line_start).unwrap_or(0);
    let ended = reader.inner.position() as usize == text.bytes().len() && is_end(text, line_start);
    let reason = match error {
        ::sdp::Error::Utf8(_) | ::sdp::Error::Io(_) => Reason::Encoding,
        _ if ended => Reason::End,
        // Of a type that it does not expect it says the type alone.
        ::sdp::Error::SdpInvalidSyntax(said) if said.is_empty() => Reason::End,
        ::sdp::Error::SdpInvalidSyntax(said) if said.contains('=') && is_type(text, line, &said) => {
            Reason::Unexpected
        }
        _ => Reason::Value,
    };
    Some(Refusal { line, reason })
}

fn is_end(text: &Text<'_>, line_start: usize) -> bool {
    text.bytes().get(line_start..).is_none_or(|rest| rest.iter().all(|byte| matches!(byte, b'\r' | b'\n')))
}

/// Whether it says no more than the beginning of the line.
fn is_type(text: &Text<'_>, line: usize, said: &str) -> bool {
    let line = text.as_str().get(text.lines()[line].span.start..).unwrap_or_default();
    line.starts_with(said) && said.find('=') == Some(said.len() - 1)
}

/// Notes where the package last went back one byte: the start of the line that it is in.
struct Marked<'t> {
    inner: Cursor<&'t [u8]>,
    line_start: u64,
}

impl Read for Marked<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.inner.read(buffer)
    }
}

impl BufRead for Marked<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.inner.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.inner.consume(amount);
    }
}

impl Seek for Marked<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = self.inner.seek(to)?;
        self.line_start = at;
        Ok(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<(usize, Reason)>) {
        let refused = refusal(&Text::from_bytes(text.as_bytes()));
        assert_eq!(refused.map(|refusal| (refusal.line + 1, refusal.reason)), expected, "{text:?}");
    }

    const HEAD: &str = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n";

    #[test]
    fn the_line_at_which_it_stops_is_known() {
        check(HEAD, None);
        check(&format!("{HEAD}m=audio 9 RTP/AVP 0\r\ny=1\r\n"), Some((6, Reason::Unexpected)));
        check(&format!("{HEAD}m=audio x RTP/AVP 0\r\n"), Some((5, Reason::Value)));
        check("v=0\r\no=- 1 1 IN IP4\r\n", Some((2, Reason::Value)));
        check("v=0\r\ns=-\r\n", Some((2, Reason::Unexpected)));
        check("m=audio 9 RTP/AVP 0\r\n", Some((1, Reason::Unexpected)));
    }
}
