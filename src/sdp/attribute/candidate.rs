//! `candidate`: an address at which a peer can be reached (RFC 8839 §5.1), and the extensions that browsers add.

use std::net::IpAddr;

use crate::ice::kind::{Kind, Protocol};
use crate::sdp::Problem;
use crate::sdp::text::{Span, Spanned, Word};

/// One `a=candidate`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate<'t> {
    /// Equal for candidates that live or die together; may be empty in old ssltcp ones.
    pub foundation: Word<'t>,
    /// 1 for RTP or everything bundled, 2 for RTCP.
    pub component: Spanned<u16>,
    /// As written: `udp`, `UDP`, `tcp`, `ssltcp`.
    pub transport: Word<'t>,
    /// Its rank.
    pub priority: Spanned<u32>,
    /// An IP address, or a name.
    pub address: Word<'t>,
    /// Where a peer would send to; 9 for an active TCP candidate (RFC 6544).
    pub port: Spanned<u16>,
    /// How it was learnt, as written after `typ`.
    pub kind: Word<'t>,
    /// `raddr`.
    pub related_address: Option<Word<'t>>,
    /// `rport`.
    pub related_port: Option<Spanned<u16>>,
    /// All that follows, `tcptype`, `generation`, `ufrag`, `network-id`, `network-cost` among them.
    pub extensions: Vec<Extension<'t>>,
}

/// A name and its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extension<'t> {
    /// The name.
    pub name: Word<'t>,
    /// The value; empty where it is missing at the end of the line.
    pub value: Word<'t>,
}

impl<'t> Candidate<'t> {
    /// Reads `candidate:…` by itself, as `RTCIceCandidateInit` has it, with `a=` before it or not.
    pub fn from_text(text: &'t str) -> Result<Self, Problem> {
        let whole = Spanned { value: text, span: Span::new(0, text.len()) }.trimmed();
        let start = ["a=candidate:", "candidate:"].iter().find(|prefix| whole.starts_with(**prefix));
        match start {
            Some(prefix) => Self::from_value(whole.part(prefix.len(), whole.len())),
            None => Err(Problem::expected("`candidate:`", whole)),
        }
    }

    /// Reads what follows `candidate:`.
    pub fn from_value(value: Word<'t>) -> Result<Self, Problem> {
        let mut words = value.words();
        // Google's old ssltcp candidates have no foundation: a space comes first.
        let foundation = match value.starts_with(' ') {
            true => value.part(0, 0),
            false => words.expect("a foundation")?,
        };
        let component = words.expect("a component")?.number("a component (1 to 256)")?;
        let transport = words.expect("a transport")?;
        let priority = words.expect("a priority")?.number("a priority (0 to 4294967295)")?;
        let address = words.expect("an address")?;
        let port = words.expect("a port")?.number("a port (0 to 65535)")?;
        let typ = words.expect("`typ`")?;
        if typ.value != "typ" {
            return Err(Problem::expected("`typ`", typ));
        }
        let kind = words.expect("a candidate type: host, srflx, prflx or relay")?;
        let mut candidate = Self {
            foundation,
            component,
            transport,
            priority,
            address,
            port,
            kind,
            related_address: None,
            related_port: None,
            extensions: Vec::new(),
        };
        while let Some(name) = words.next() {
            let value = words.next();
            match (name.value, value) {
                ("raddr", Some(address)) => candidate.related_address = Some(address),
                ("rport", Some(port)) => candidate.related_port = Some(port.number("a port (0 to 65535)")?),
                ("raddr" | "rport", None) => return Err(Problem::expected("a value of this", name)),
                (_, value) => {
                    let missing = Spanned { value: "", span: name.span.after() };
                    candidate.extensions.push(Extension { name, value: value.unwrap_or(missing) });
                }
            }
        }
        Ok(candidate)
    }

    /// How it was learnt; `None` if that is no type of RFC 8445.
    pub fn known_kind(&self) -> Option<Kind> {
        [Kind::Host, Kind::Srflx, Kind::Prflx, Kind::Relay]
            .into_iter()
            .find(|kind| kind.as_str() == self.kind.value)
    }

    /// What the peer speaks to it; `None` where that is neither UDP nor TCP.
    pub fn protocol(&self) -> Option<Protocol> {
        match self.transport.value {
            udp if udp.eq_ignore_ascii_case("udp") => Some(Protocol::Udp),
            tcp if tcp.eq_ignore_ascii_case("tcp") => Some(Protocol::Tcp),
            _ => None,
        }
    }

    /// The address, unless it is a name.
    pub fn ip(&self) -> Option<IpAddr> {
        self.address.value.parse().ok()
    }

    /// Whether a browser hides its address behind a name of multicast DNS.
    pub fn is_mdns(&self) -> bool {
        let name = self.address.value.as_bytes();
        name.len() > 6 && name[name.len() - 6..].eq_ignore_ascii_case(b".local")
    }

    /// `active`, `passive` or `so` (RFC 6544).
    pub fn tcp_type(&self) -> Option<Word<'t>> {
        self.extension("tcptype")
    }

    /// The value of one extension.
    pub fn extension(&self, name: &str) -> Option<Word<'t>> {
        self.extensions.iter().find(|extension| extension.name.value == name).map(|extension| extension.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relayed_candidate_is_read_with_its_extensions() {
        let text = "candidate:1 1 udp 41885439 198.51.100.7 49160 typ relay raddr 192.0.2.1 rport 5000 \
                    generation 0 ufrag Zk4q network-id 1 network-cost 10";
        let candidate = Candidate::from_text(text).unwrap();
        assert_eq!(candidate.known_kind(), Some(Kind::Relay));
        assert_eq!(candidate.ip(), Some("198.51.100.7".parse().unwrap()));
        assert_eq!(candidate.related_port.map(|port| port.value), Some(5000));
        assert_eq!(candidate.extension("network-cost").map(|word| word.value), Some("10"));
        let port = candidate.port.span;
        assert_eq!(&text[port.start..port.end], "49160");
    }

    #[test]
    fn old_and_hidden_addresses_are_read_too() {
        let ssltcp = "a=candidate: 1 ssltcp 1 192.0.2.1 443 typ host generation 0";
        let candidate = Candidate::from_text(ssltcp).unwrap();
        assert_eq!((candidate.foundation.value, candidate.protocol()), ("", None));
        let hidden =
            "candidate:1 1 UDP 2 5d0b8a3e-0000-4000-8000-000000000000.local 9 typ host tcptype active";
        let candidate = Candidate::from_text(hidden).unwrap();
        assert!(candidate.is_mdns() && candidate.ip().is_none());
        assert_eq!(candidate.tcp_type().map(|word| word.value), Some("active"));
    }

    #[test]
    fn what_cannot_be_read_is_named_with_its_place() {
        let check = |text: &str, found: &str, expected: &str| {
            let problem = Candidate::from_text(text).unwrap_err();
            assert_eq!((&*problem.found, problem.expected), (found, expected));
            assert_eq!(&text[problem.span.start..problem.span.end], found);
        };
        check("candidate:1 1 udp 1 192.0.2.1 70000 typ host", "70000", "a port (0 to 65535)");
        check("candidate:1 x udp 1 192.0.2.1 7 typ host", "x", "a component (1 to 256)");
        check("candidate:1 1 udp 1 192.0.2.1 7", "", "`typ`");
        check("nothing", "nothing", "`candidate:`");
    }
}
