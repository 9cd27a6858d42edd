//! One line after the other, whatever it ends with.

use super::Span;

/// One line, and the parts that can be told without knowing what it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// Counted from 1.
    pub number: u32,
    /// All of it but the ending.
    pub span: Span,
    /// White space, a byte order mark or quote marks before the type.
    pub indent: Span,
    /// The letter before `=`; `None` where the line is no `type=value`.
    pub kind: Option<char>,
    /// What follows `=`, without white space at its end; the whole line where there is no type.
    pub value: Span,
    /// What it ends with.
    pub ending: Ending,
    /// Where that stands.
    pub ending_span: Span,
    /// What is wrong with its form, the first thing only.
    pub oddity: Option<Oddity>,
}

/// What a line ends with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ending {
    /// `\r\n`, as RFC 8866 §5 has it.
    CrLf,
    /// `\n`, which readers should take as well (RFC 8866 §5).
    Lf,
    /// `\r` alone.
    Cr,
    /// `\r\r\n`, which text mode on Windows makes of `\r\n`.
    CrCrLf,
    /// The text ends here.
    None,
}

/// What is wrong with the form of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Oddity {
    /// There is nothing on it.
    Blank,
    /// It is no `type=value`.
    NoType,
    /// A byte order mark stands before the type.
    ByteOrderMark,
    /// White space or a quote mark stands before the type.
    Indented,
    /// White space stands before or after `=`.
    SpaceAroundEquals,
    /// White space stands at the end.
    SpaceAtEnd,
}

impl Line {
    /// Whether it begins a section.
    pub fn is_media(&self) -> bool {
        self.kind == Some('m')
    }

    /// Whether it has nothing but white space.
    pub fn is_blank(&self) -> bool {
        self.oddity == Some(Oddity::Blank)
    }
}

impl Ending {
    /// The characters.
    pub fn as_str(self) -> &'static str {
        match self {
            Ending::CrLf => "\r\n",
            Ending::Lf => "\n",
            Ending::Cr => "\r",
            Ending::CrCrLf => "\r\r\n",
            Ending::None => "",
        }
    }
}

impl Oddity {
    /// What it is, to be read after "line 3".
    pub fn phrase(self) -> &'static str {
        match self {
            Oddity::Blank => "is blank",
            Oddity::NoType => "is no `type=value`",
            Oddity::ByteOrderMark => "begins with a byte order mark",
            Oddity::Indented => "is indented or quoted",
            Oddity::SpaceAroundEquals => "has white space beside `=`",
            Oddity::SpaceAtEnd => "has white space at its end",
        }
    }
}

/// Cuts a text into lines. Nothing is left between them.
#[derive(Debug, Clone)]
pub struct Lines<'t> {
    text: &'t str,
    at: usize,
    number: u32,
}

impl<'t> Lines<'t> {
    /// The lines of `text`.
    pub fn of(text: &'t str) -> Self {
        Self { text, at: 0, number: 0 }
    }
}

impl Iterator for Lines<'_> {
    type Item = Line;

    fn next(&mut self) -> Option<Line> {
        let rest = self.text.as_bytes().get(self.at..).filter(|rest| !rest.is_empty())?;
        let length = rest.iter().position(|&byte| byte == b'\n' || byte == b'\r').unwrap_or(rest.len());
        let ending = match &rest[length..] {
            [b'\n', ..] => Ending::Lf,
            [b'\r', b'\n', ..] => Ending::CrLf,
            [b'\r', b'\r', b'\n', ..] => Ending::CrCrLf,
            [b'\r', ..] => Ending::Cr,
            _ => Ending::None,
        };
        let span = Span::new(self.at, self.at + length);
        let ending_span = Span::new(span.end, span.end + ending.as_str().len());
        self.at = ending_span.end;
        self.number = self.number.saturating_add(1);
        let parts = Parts::of(&rest[..length]);
        let within = |from: usize, to: usize| Span::new(span.start + from, span.start + to);
        Some(Line {
            number: self.number,
            span,
            indent: within(0, parts.indent),
            kind: parts.kind,
            value: within(parts.value, parts.end),
            ending,
            ending_span,
            oddity: parts.oddity,
        })
    }
}

/// Byte order mark, as UTF-8.
const MARK: &[u8] = "\u{feff}".as_bytes();

/// Offsets into a line.
struct Parts {
    indent: usize,
    kind: Option<char>,
    value: usize,
    end: usize,
    oddity: Option<Oddity>,
}

impl Parts {
    fn of(line: &[u8]) -> Parts {
        // Nearly every line is like this.
        if let [kind, b'=', rest @ ..] = line
            && kind.is_ascii_alphabetic()
            && !rest.first().is_some_and(is_space)
            && !rest.last().is_some_and(is_space)
        {
            let kind = Some(char::from(*kind));
            return Parts { indent: 0, kind, value: 2, end: line.len(), oddity: None };
        }
        Parts::of_odd(line)
    }

    fn of_odd(line: &[u8]) -> Parts {
        let end = line.len() - line.iter().rev().take_while(|byte| is_space(byte)).count();
        let marked = line.starts_with(MARK);
        let mut indent = if marked { MARK.len() } else { 0 };
        indent += line[indent..].iter().take_while(|byte| is_space(byte) || **byte == b'>').count();
        let blank = |end| Parts { indent: 0, kind: None, value: 0, end, oddity: Some(Oddity::Blank) };
        if indent >= line.len() {
            return blank(line.len());
        }
        let untyped =
            Parts { indent: 0, kind: None, value: 0, end: line.len(), oddity: Some(Oddity::NoType) };
        let typed = &line[indent..end.max(indent)];
        let Some((kind, rest)) = typed.split_first().filter(|(kind, _)| kind.is_ascii_alphabetic()) else {
            return untyped;
        };
        let before = rest.iter().take_while(|byte| is_space(byte)).count();
        if rest.get(before) != Some(&b'=') {
            return untyped;
        }
        let after = rest[before + 1..].iter().take_while(|byte| is_space(byte)).count();
        let value = indent + 1 + before + 1 + after;
        let oddity = match (marked, indent > 0, before + after > 0, end < line.len()) {
            (true, ..) => Some(Oddity::ByteOrderMark),
            (_, true, ..) => Some(Oddity::Indented),
            (_, _, true, _) => Some(Oddity::SpaceAroundEquals),
            (_, _, _, true) => Some(Oddity::SpaceAtEnd),
            _ => None,
        };
        // `s= ` is what RFC 8866 §5.3 wants of a session without a name.
        let nameless = typed == b"s=" && !marked && indent == 0;
        let oddity = oddity.filter(|oddity| !(nameless && *oddity == Oddity::SpaceAtEnd));
        Parts { indent, kind: Some(char::from(*kind)), value: value.min(end), end, oddity }
    }
}

fn is_space(byte: &u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, kind: Option<char>, value: &str, oddity: Option<Oddity>) {
        let read = Lines::of(line).next().unwrap();
        assert_eq!((read.kind, &line[read.value.start..read.value.end]), (kind, value), "{line:?}");
        assert_eq!(read.oddity, oddity, "{line:?}");
    }

    #[test]
    fn a_line_is_a_type_and_a_value() {
        check("a=mid:0", Some('a'), "mid:0", None);
        check("s=", Some('s'), "", None);
        check("s= ", Some('s'), "", None);
        check("y=0100", Some('y'), "0100", None);
    }

    #[test]
    fn what_is_odd_is_read_all_the_same() {
        check("\u{feff}v=0", Some('v'), "0", Some(Oddity::ByteOrderMark));
        check("  a=mid:0", Some('a'), "mid:0", Some(Oddity::Indented));
        check("> a=mid:0", Some('a'), "mid:0", Some(Oddity::Indented));
        check("a =mid:0", Some('a'), "mid:0", Some(Oddity::SpaceAroundEquals));
        check("t= 0 0", Some('t'), "0 0", Some(Oddity::SpaceAroundEquals));
        check("t=0 0 ", Some('t'), "0 0", Some(Oddity::SpaceAtEnd));
        check("a=", Some('a'), "", None);
    }

    #[test]
    fn what_has_no_type_is_kept_whole() {
        check("[object Object]", None, "[object Object]", Some(Oddity::NoType));
        check("foo=bar ", None, "foo=bar ", Some(Oddity::NoType));
        check("=", None, "=", Some(Oddity::NoType));
        check(" \t", None, " \t", Some(Oddity::Blank));
    }

    #[test]
    fn every_line_end_ends_one_line() {
        let endings: Vec<_> = Lines::of("a\r\nb\nc\rd\r\r\n\r\n\n\re").map(|line| line.ending).collect();
        use Ending::*;
        assert_eq!(endings, [CrLf, Lf, Cr, CrCrLf, CrLf, Lf, Cr, None]);
        assert_eq!(Lines::of("").count(), 0);
    }
}
