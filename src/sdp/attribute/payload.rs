//! `rtpmap`, `fmtp`, `rtcp-fb`: what a payload type of the m-line means (RFC 8866 §6.6, §6.15; RFC 4585 §4.2).

use crate::sdp::Problem;
use crate::sdp::text::{Span, Spanned, Word};

/// `a=rtpmap`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rtpmap<'t> {
    /// The payload type.
    pub payload_type: Spanned<u8>,
    /// The name of the codec, whose case does not count.
    pub name: Word<'t>,
    /// Hz.
    pub clock_rate: Spanned<u32>,
    /// What follows the clock rate: channels for audio.
    pub channels: Option<Spanned<u16>>,
}

/// `a=fmtp`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fmtp<'t> {
    /// A format of the m-line: a payload type, for RTP.
    pub format: Word<'t>,
    /// All that follows.
    pub parameters: Word<'t>,
}

/// One `name=value` of [`Fmtp::parameters`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parameter<'t> {
    /// The name, or the whole where there is no `=`.
    pub name: Word<'t>,
    /// What follows `=`.
    pub value: Option<Word<'t>>,
}

/// `a=rtcp-fb`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RtcpFb<'t> {
    /// A payload type, or `*` for all of the section.
    pub format: Word<'t>,
    /// The feedback with its parameters: `nack pli`.
    pub feedback: Word<'t>,
}

impl<'t> Rtpmap<'t> {
    pub(super) fn read(value: Word<'t>) -> Result<Self, Problem> {
        let mut words = value.words();
        let payload_type = payload_type(words.expect("a payload type")?)?;
        let encoding = words.expect("an encoding, such as `opus/48000/2`")?;
        let (name, rest) = encoding.split_once('/').ok_or_else(|| {
            Problem::expected("an encoding with a clock rate, such as `opus/48000/2`", encoding)
        })?;
        let name = name.filled("the name of an encoding")?;
        let (clock_rate, channels) = match rest.split_once('/') {
            Some((clock_rate, channels)) => (clock_rate, Some(channels)),
            None => (rest, None),
        };
        let clock_rate = clock_rate.number("a clock rate in Hz")?;
        let channels = channels.map(|channels| channels.number("a number of channels")).transpose()?;
        words.end()?;
        Ok(Self { payload_type, name, clock_rate, channels })
    }

    /// Where the encoding stands: from its name to what comes last.
    pub fn encoding(&self) -> Span {
        let last = self.channels.map_or(self.clock_rate.span, |channels| channels.span);
        self.name.span.to(last)
    }

    /// Whether both mean one codec: the case of the name does not count, and one channel need not be said.
    pub fn is_same_codec(&self, other: &Self) -> bool {
        let channels = |rtpmap: &Self| rtpmap.channels.map_or(1, |channels| channels.value);
        self.name.eq_ignore_ascii_case(&other.name)
            && self.clock_rate.value == other.clock_rate.value
            && channels(self) == channels(other)
    }
}

impl<'t> Fmtp<'t> {
    pub(super) fn read(value: Word<'t>) -> Result<Self, Problem> {
        let mut words = value.words();
        let format = words.expect("a format of the m-line")?;
        let parameters = words.rest().filled("parameters of the format")?;
        Ok(Self { format, parameters })
    }

    /// The parameters, one by one. Those of `red` and `telephone-event` have no names.
    pub fn parameters(&self) -> impl Iterator<Item = Parameter<'t>> + use<'t> {
        let pieces = self.parameters.split(';').map(Word::trimmed).filter(|piece| !piece.is_empty());
        pieces.map(|piece| match piece.split_once('=') {
            Some((name, value)) => Parameter { name: name.trimmed(), value: Some(value.trimmed()) },
            None => Parameter { name: piece, value: None },
        })
    }

    /// The value of the parameter `name`, whose case does not count.
    pub fn parameter(&self, name: &str) -> Option<Word<'t>> {
        let found = self.parameters().find(|parameter| parameter.name.eq_ignore_ascii_case(name));
        found.and_then(|parameter| parameter.value)
    }
}

impl<'t> RtcpFb<'t> {
    pub(super) fn read(value: Word<'t>) -> Result<Self, Problem> {
        let mut words = value.words();
        let format = words.expect("a payload type or `*`")?;
        if format.value != "*" {
            payload_type(format)?;
        }
        let feedback = words.rest().filled("a kind of feedback, such as `nack`")?;
        Ok(Self { format, feedback })
    }

    /// Whether it counts for every payload type of the section.
    pub fn is_for_all(&self) -> bool {
        self.format.value == "*"
    }
}

/// A payload type (RFC 3550 §5.1: seven bits).
fn payload_type(word: Word<'_>) -> Result<Spanned<u8>, Problem> {
    const EXPECTED: &str = "a payload type (0 to 127)";
    let number = word.number::<u8>(EXPECTED)?;
    if number.value > 127 { Err(Problem::expected(EXPECTED, word)) } else { Ok(number) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(value: &str) -> Word<'_> {
        Spanned { value, span: Span::new(0, value.len()) }
    }

    #[test]
    fn an_encoding_has_a_name_a_rate_and_perhaps_channels() {
        let opus = Rtpmap::read(word("111 opus/48000/2")).unwrap();
        assert_eq!(
            (opus.name.value, opus.clock_rate.value, opus.channels.unwrap().value),
            ("opus", 48000, 2)
        );
        assert_eq!(Rtpmap::read(word("96 VP8/90000")).unwrap().channels, None);
        assert_eq!(opus.encoding(), Span::new(4, 16));
        assert!(opus.is_same_codec(&Rtpmap::read(word("109 OPUS/48000/2")).unwrap()));
        assert!(!opus.is_same_codec(&Rtpmap::read(word("111 opus/48000")).unwrap()));
        for (value, found) in
            [("128 X/1", "128"), ("96 VP8", "VP8"), ("96 VP8/fast", "fast"), ("96 A/1 b", "b")]
        {
            assert_eq!(Rtpmap::read(word(value)).unwrap_err().found, found);
        }
    }

    #[test]
    fn parameters_are_read_one_by_one() {
        let fmtp = Fmtp::read(word("111 minptime=10; useinbandfec=1;;x")).unwrap();
        let names: Vec<_> = fmtp.parameters().map(|parameter| parameter.name.value).collect();
        assert_eq!(names, ["minptime", "useinbandfec", "x"]);
        assert_eq!(fmtp.parameter("UseInbandFec").map(|word| (word.value, word.span.start)), Some(("1", 30)));
        assert_eq!(fmtp.parameter("x"), None);
    }

    #[test]
    fn feedback_may_count_for_all() {
        assert!(RtcpFb::read(word("* nack pli")).unwrap().is_for_all());
        assert_eq!(RtcpFb::read(word("96 nack pli")).unwrap().feedback.value, "nack pli");
        assert_eq!(RtcpFb::read(word("x nack")).unwrap_err().found, "x");
    }
}
