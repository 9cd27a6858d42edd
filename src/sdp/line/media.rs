//! `m=`: a kind of media, its port, its transport, its formats (RFC 8866 §5.14).

use crate::sdp::Problem;
use crate::sdp::text::{Spanned, Word};

/// `m=`, as far as it can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaLine<'t> {
    /// `audio`, `video`, `application`, …
    pub kind: Word<'t>,
    /// 0 for a rejected or stopped one; 9 where ICE will tell.
    pub port: Option<Spanned<u16>>,
    /// How many ports, where that is said.
    pub ports: Option<Spanned<u32>>,
    /// `UDP/TLS/RTP/SAVPF`, …
    pub protocol: Option<Word<'t>>,
    /// Payload types, for RTP, in order of preference.
    pub formats: Vec<Word<'t>>,
    /// All of it.
    pub value: Word<'t>,
}

impl<'t> MediaLine<'t> {
    /// Reads what follows `m=`, and says what is wrong with it.
    pub(in crate::sdp) fn read(value: Word<'t>) -> (Self, Option<Problem>) {
        let mut words = value.words();
        let kind = words.expect("a kind of media, such as `audio`");
        let mut problem = kind.as_ref().err().cloned();
        let mut line = Self {
            kind: kind.unwrap_or(value.part(0, 0)),
            port: None,
            ports: None,
            protocol: None,
            formats: Vec::new(),
            value,
        };
        let mut keep = |other: Problem| problem = problem.take().or(Some(other));
        match words.expect("a port") {
            Ok(word) => {
                let (port, ports) = match word.split_once('/') {
                    Some((port, ports)) => (port, Some(ports)),
                    None => (word, None),
                };
                let port = port.number("a port (0 to 65535)");
                line.port = port.map_err(&mut keep).ok();
                let ports = ports.map(|ports| ports.number("a number of ports"));
                line.ports = ports.and_then(|ports| ports.map_err(&mut keep).ok());
            }
            Err(missing) => keep(missing),
        }
        line.protocol = words.expect("a transport, such as `UDP/TLS/RTP/SAVPF`").map_err(&mut keep).ok();
        line.formats = words.collect();
        if line.formats.is_empty() {
            keep(Problem::expected(
                "a format (a payload type, for RTP)",
                value.part(value.len(), value.len()),
            ));
        }
        (line, problem)
    }

    /// Whether its formats are RTP payload types.
    pub fn is_rtp(&self) -> bool {
        self.protocol.is_some_and(|protocol| protocol.split('/').any(|part| part.value == "RTP"))
    }

    /// Whether it is a data channel over DTLS.
    pub fn is_data_channel(&self) -> bool {
        let has = |protocol: Word<'_>, name: &str| protocol.split('/').any(|part| part.value == name);
        self.protocol.is_some_and(|protocol| has(protocol, "DTLS") && has(protocol, "SCTP"))
    }

    /// Whether its media is kept secret by DTLS.
    pub fn is_dtls(&self) -> bool {
        self.protocol
            .is_some_and(|protocol| protocol.split('/').any(|part| matches!(part.value, "TLS" | "DTLS")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sdp::text::Span;

    fn read(value: &str) -> (MediaLine<'_>, Option<Problem>) {
        MediaLine::read(Spanned { value, span: Span::new(2, 2 + value.len()) })
    }

    #[test]
    fn a_line_is_read_whole() {
        let (line, problem) = read("audio 49170/2 RTP/AVP 0 8");
        assert_eq!(problem, None);
        assert_eq!((line.port.unwrap().value, line.ports.unwrap().value), (49170, 2));
        assert!(line.is_rtp() && !line.is_dtls() && !line.is_data_channel());
        assert!(read("application 9 UDP/DTLS/SCTP webrtc-datachannel").0.is_data_channel());
        assert!(read("application 9 DTLS/SCTP 5000").0.is_data_channel());
    }

    #[test]
    fn a_bad_port_does_not_hide_the_rest() {
        let (line, problem) = read("video -1353744643 RTP/AVP 96");
        let problem = problem.unwrap();
        assert_eq!((problem.found.as_str(), problem.span), ("-1353744643", Span::new(8, 19)));
        assert_eq!((line.kind.value, line.port, line.formats.len()), ("video", None, 1));
    }

    #[test]
    fn what_is_missing_is_named() {
        assert_eq!(read("").1.unwrap().expected, "a kind of media, such as `audio`");
        assert_eq!(read("audio").1.unwrap().expected, "a port");
        assert_eq!(read("audio 9 RTP/AVP").1.unwrap().span, Span::new(17, 17));
    }
}
