//! Calls that SIP set up in the capture: who invited whom, what was answered, where media was to go (RFC 3261).

use std::net::SocketAddr;

use foldhash::{HashMap, HashMapExt};
use serde::Serialize;

use super::leg::Leg;
use super::payloads::Payloads;
use super::signalling;
use crate::capture::{Frame, Time};
use crate::sdp::attribute::Direction;

/// Calls that are told; a capture of a busy proxy has more.
const MOST: usize = 4096;
/// Longer identifiers are nobody's.
const LONGEST_ID: usize = 256;

/// All calls.
#[derive(Debug)]
pub(super) struct Calls {
    all: Vec<Call>,
    by_id: HashMap<String, usize>,
    not_told: u64,
}

impl Default for Calls {
    fn default() -> Self {
        Self { all: Vec::new(), by_id: HashMap::new(), not_told: 0 }
    }
}

#[derive(Debug)]
struct Call {
    caller: SocketAddr,
    callee: SocketAddr,
    invited: (Time, Frame),
    /// The last final response to an INVITE.
    status: Option<u16>,
    answered: Option<(Time, Frame)>,
    ended: Option<(Time, SocketAddr)>,
    offered: Vec<SocketAddr>,
    accepted: Vec<SocketAddr>,
    /// A description asked for one direction only: media on hold, or an announcement.
    one_way: bool,
}

impl Calls {
    /// Takes a message of SIP.
    pub(super) fn message(&mut self, leg: &Leg, at: Time, frame: Frame, message: &[u8]) {
        let Some(read) = Message::read(message) else { return };
        let known = self.by_id.get(read.call_id).copied();
        let place = match known {
            Some(place) => place,
            None if read.start != Start::Request("INVITE") => return,
            None if self.all.len() >= MOST => {
                self.not_told += 1;
                return;
            }
            None => {
                self.by_id.insert(read.call_id.to_owned(), self.all.len());
                self.all.push(Call {
                    caller: leg.src,
                    callee: leg.dst,
                    invited: (at, frame),
                    status: None,
                    answered: None,
                    ended: None,
                    offered: Vec::new(),
                    accepted: Vec::new(),
                    one_way: false,
                });
                self.all.len() - 1
            }
        };
        let call = &mut self.all[place];
        match read.start {
            Start::Request("INVITE") => call.describe(message, true),
            Start::Request("BYE") => {
                call.ended.get_or_insert((at, leg.src));
            }
            Start::Response(code) if read.method == "INVITE" => {
                if code >= 200 {
                    call.status = Some(code);
                }
                if (200..300).contains(&code) {
                    call.answered.get_or_insert((at, frame));
                }
                if code < 300 {
                    call.describe(message, false);
                }
            }
            Start::Request(_) | Start::Response(_) => {}
        }
    }

    pub(super) fn facts(&self, start: Time) -> Vec<CallFacts> {
        let seconds = |at: Time| at.seconds_since(start);
        let each = self.all.iter().map(|call| CallFacts {
            caller: call.caller,
            callee: call.callee,
            invited_at_s: seconds(call.invited.0),
            invited_frame: call.invited.1.number,
            status: call.status,
            answered_at_s: call.answered.map(|(at, _)| seconds(at)),
            answered_frame: call.answered.map(|(_, frame)| frame.number),
            ended_at_s: call.ended.map(|(at, _)| seconds(at)),
            ended_by: call.ended.map(|(_, by)| by),
            caller_media: call.offered.clone(),
            callee_media: call.accepted.clone(),
            one_way: call.one_way,
        });
        each.collect()
    }
}

impl Call {
    fn describe(&mut self, message: &[u8], is_offer: bool) {
        for description in signalling::descriptions(message) {
            let mut payloads = Payloads::default();
            payloads.describe(&description);
            for section in payloads.sections().iter().filter(|section| !section.data) {
                self.one_way |= section.direction.is_some_and(|direction| direction != Direction::Sendrecv);
                let side = if is_offer { &mut self.offered } else { &mut self.accepted };
                // Port 0 is a refusal, and 9 says that ICE has the address.
                let address = section.address.filter(|address| address.port() > 9);
                self.one_way |= address.is_some_and(|address| address.ip().is_unspecified());
                side.extend(address.filter(|address| !side.contains(address)));
            }
        }
    }
}

/// The headers of a message that tell which call it is of.
struct Message<'a> {
    start: Start<'a>,
    call_id: &'a str,
    /// Of CSeq: what a response is to.
    method: &'a str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Start<'a> {
    Request(&'a str),
    Response(u16),
}

impl<'a> Message<'a> {
    fn read(message: &'a [u8]) -> Option<Self> {
        let end = message.windows(4).position(|window| window == b"\r\n\r\n").unwrap_or(message.len());
        let head = std::str::from_utf8(message.get(..end)?).ok()?;
        let mut lines = head.split("\r\n");
        let first = lines.next()?;
        let start = match first.strip_prefix("SIP/2.0 ") {
            Some(status) => Start::Response(status.get(..3)?.parse().ok()?),
            None => Start::Request(first.split(' ').next()?),
        };
        let (mut call_id, mut method) = (None, None);
        for line in lines {
            let Some((name, value)) = line.split_once(':') else { continue };
            let (name, value) = (name.trim(), value.trim());
            if name.eq_ignore_ascii_case("Call-ID") || name.eq_ignore_ascii_case("i") {
                call_id = call_id.or(Some(value));
            } else if name.eq_ignore_ascii_case("CSeq") {
                method = method.or(value.split_ascii_whitespace().nth(1));
            }
        }
        let call_id = call_id.filter(|id| !id.is_empty() && id.len() <= LONGEST_ID)?;
        Some(Self { start, call_id, method: method.unwrap_or_default() })
    }
}

/// A call.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct CallFacts {
    /// Who sent the INVITE, where it was captured first.
    pub caller: SocketAddr,
    /// Whom it was sent to: a proxy, perhaps.
    pub callee: SocketAddr,
    /// When.
    pub invited_at_s: f64,
    /// The packet that it ended in.
    pub invited_frame: u64,
    /// The last final response to an INVITE.
    pub status: Option<u16>,
    /// The first 2xx.
    pub answered_at_s: Option<f64>,
    /// The packet that it ended in.
    pub answered_frame: Option<u64>,
    /// The first BYE.
    pub ended_at_s: Option<f64>,
    /// Who said it.
    pub ended_by: Option<SocketAddr>,
    /// Where the caller wants media.
    pub caller_media: Vec<SocketAddr>,
    /// Where the callee wants it.
    pub callee_media: Vec<SocketAddr>,
    /// A description asked for one direction only: hold, an announcement.
    pub one_way: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyze::leg::Carrier;

    fn leg(back: bool) -> Leg {
        let [a, b] = ["192.0.2.1:5060", "192.0.2.2:5060"].map(|address| address.parse().unwrap());
        let (src, dst) = if back { (b, a) } else { (a, b) };
        Leg { src, dst, carrier: Carrier::Udp, via: None }
    }

    fn message(start: &str, method: &str, address: &str, rest: &str) -> Vec<u8> {
        let sdp = match address {
            "" => String::new(),
            _ => format!(
                "v=0\r\no=- 1 1 IN IP4 {address}\r\ns=-\r\nc=IN IP4 {address}\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n{rest}"
            ),
        };
        format!("{start}\r\nCall-ID: one\r\nCSeq: 1 {method}\r\nContent-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{sdp}", sdp.len())
            .into_bytes()
    }

    #[test]
    fn a_call_is_followed_from_its_invitation_to_its_end() {
        let mut calls = Calls::default();
        let frame = |number| Frame { file: 0, number };
        let second = |n: i64| Time(n * 1_000_000_000);
        let invite = message("INVITE sip:b SIP/2.0", "INVITE", "192.0.2.1", "");
        calls.message(&leg(false), second(1), frame(3), &invite);
        calls.message(&leg(true), second(2), frame(4), &message("SIP/2.0 180 Ringing", "INVITE", "", ""));
        calls.message(&leg(true), second(5), frame(5), &message("SIP/2.0 200 OK", "INVITE", "192.0.2.9", ""));
        calls.message(&leg(true), second(9), frame(9), &message("BYE sip:a SIP/2.0", "BYE", "", ""));
        calls.message(&leg(false), second(9), frame(10), &message("SIP/2.0 200 OK", "BYE", "", ""));
        let facts = calls.facts(second(0));
        let call = &facts[0];
        assert_eq!((facts.len(), call.status, call.one_way), (1, Some(200), false));
        assert_eq!((call.invited_at_s, call.answered_at_s, call.ended_at_s), (1.0, Some(5.0), Some(9.0)));
        assert_eq!(call.caller_media, ["192.0.2.1:4000".parse().unwrap()]);
        assert_eq!(call.callee_media, ["192.0.2.9:4000".parse().unwrap()]);
        assert_eq!(call.ended_by, Some(leg(true).src));
    }

    #[test]
    fn hold_is_known_and_other_dialogs_are_no_calls() {
        let mut calls = Calls::default();
        calls.message(
            &leg(false),
            Time(0),
            Frame::default(),
            &message("OPTIONS sip:b SIP/2.0", "OPTIONS", "", ""),
        );
        assert_eq!(calls.facts(Time(0)), []);
        let hold = message("INVITE sip:b SIP/2.0", "INVITE", "192.0.2.1", "a=sendonly\r\n");
        calls.message(&leg(false), Time(0), Frame::default(), &hold);
        assert!(calls.facts(Time(0))[0].one_way);
        calls.message(&leg(false), Time(0), Frame::default(), b"INVITE");
    }
}
