//! Where messages begin and end in a byte stream: TURN over TCP (RFC 8656 §12.5), RFC 4571 as ICE-TCP has it, SIP.

use serde::Serialize;

use crate::analyze::demux::{Class, class};
use crate::analyze::signalling::{self, Start};

const COOKIE: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];
const STUN_HEADER: usize = 20;
/// Messages of one kind in a row that no other traffic has by chance: they have a channel number in common.
const CHANNELS_IN_A_ROW: usize = 3;
/// Those of RFC 4571 have less in common.
const FRAMES_IN_A_ROW: usize = 4;

/// What a connection carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Framing {
    /// STUN messages and ChannelData, as a TURN server takes them.
    Turn,
    /// Frames of RFC 4571: ICE-TCP.
    Rfc4571,
    /// SIP.
    Sip,
    /// TLS.
    Encrypted,
    /// Nothing of ours.
    Other,
}

/// What bytes are, as far as they go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Guess<T> {
    Is(T),
    /// More of them are needed to tell.
    More,
    No,
}

/// One message in a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unit {
    /// Bytes before the message.
    pub(super) before: usize,
    /// Bytes of the message.
    pub(super) length: usize,
    /// Bytes of padding behind it.
    pub(super) padding: usize,
}

impl Unit {
    pub(super) fn end(&self) -> usize {
        self.before + self.length
    }

    pub(super) fn whole(&self) -> usize {
        self.end() + self.padding
    }
}

/// Bytes that tell how long a message is.
pub(super) fn head(framing: Framing) -> usize {
    match framing {
        Framing::Rfc4571 => 2,
        _ => 4,
    }
}

/// The message at the start of `bytes`. Its head is there; whether the rest is, is not asked.
pub(super) fn unit(framing: Framing, bytes: &[u8]) -> Guess<Unit> {
    let length = |at: usize| Some(usize::from(u16::from_be_bytes([*bytes.get(at)?, *bytes.get(at + 1)?])));
    match (framing, bytes) {
        (_, []) => Guess::More,
        (Framing::Rfc4571, _) => match length(0) {
            Some(length) => Guess::Is(Unit { before: 2, length, padding: 0 }),
            None => Guess::More,
        },
        (Framing::Sip, _) => {
            // Between messages, empty lines keep the connection alive (RFC 5626 §3.5.1).
            let blank = bytes.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
            let message = &bytes[blank..];
            match (signalling::start(message), signalling::length(message)) {
                (Start::Not, _) | (_, Err(_)) if !message.is_empty() => Guess::No,
                (Start::Here, Ok(Some(length))) => Guess::Is(Unit { before: blank, length, padding: 0 }),
                _ => Guess::More,
            }
        }
        (Framing::Turn, [0x00..=0x03, ..]) => {
            // A wrong cookie is seen before a length that is none is waited for.
            if !bytes.iter().skip(4).zip(&COOKIE).all(|(byte, cookie)| byte == cookie) {
                return Guess::No;
            }
            match length(2) {
                Some(length) if length % 4 == 0 => {
                    Guess::Is(Unit { before: 0, length: STUN_HEADER + length, padding: 0 })
                }
                Some(_) => Guess::No,
                None => Guess::More,
            }
        }
        (Framing::Turn, [0x40..=0x7f, ..]) => match length(2) {
            Some(length) => Guess::Is(Unit {
                before: 0,
                length: 4 + length,
                padding: length.next_multiple_of(4) - length,
            }),
            None => Guess::More,
        },
        _ => Guess::No,
    }
}

/// What a connection carries, by its first bytes.
pub(super) fn begin(bytes: &[u8]) -> Guess<Framing> {
    match bytes {
        [] | [20..=23] | [20..=23, 3] | [20..=23, 3, 0..=4] | [20..=23, 3, 0..=4, _] => return Guess::More,
        [20..=23, 3, 0..=4, high, ..] if *high <= 0x48 => return Guess::Is(Framing::Encrypted),
        _ => {}
    }
    match signalling::start(bytes) {
        Start::Here => return Guess::Is(Framing::Sip),
        Start::Perhaps => return Guess::More,
        Start::Not => {}
    }
    let fits = |at: usize| {
        let mut there = bytes.iter().skip(at).zip(&COOKIE);
        there.all(|(byte, cookie)| byte == cookie)
    };
    let stun = bytes[0] < 4 && fits(4);
    let framed = bytes.get(2).is_none_or(|first| *first < 4) && fits(6);
    match bytes.len() {
        0..10 if stun || framed => Guess::More,
        0..10 => Guess::No,
        _ if stun => Guess::Is(Framing::Turn),
        _ if framed && stun_fills_frame(bytes) => Guess::Is(Framing::Rfc4571),
        // RFC 4571 without ICE.
        _ => match chain(Framing::Rfc4571, bytes, FRAMES_IN_A_ROW) {
            (FRAMES_IN_A_ROW, _) => Guess::Is(Framing::Rfc4571),
            (_, true) => Guess::No,
            (_, false) => Guess::More,
        },
    }
}

/// Where the first message in the middle of a stream begins, and how the stream is framed.
pub(super) fn search(bytes: &[u8], only: Option<Framing>) -> Option<(usize, Framing)> {
    let allowed = |framing| only.is_none_or(|only| only == framing);
    (0..bytes.len()).find_map(|at| {
        let rest = bytes.get(at..)?;
        let letter = rest[0].is_ascii_uppercase();
        if letter && allowed(Framing::Sip) && signalling::start(rest) == Start::Here {
            return Some((at, Framing::Sip));
        }
        if rest[0] < 4 && rest.get(4..8) == Some(&COOKIE) && rest[3] % 4 == 0 {
            // The message may be within a frame, or within ChannelData, whose length stands in the same place.
            let guesses = [(4, Framing::Turn), (2, Framing::Rfc4571), (0, Framing::Turn)];
            return guesses.into_iter().find_map(|(before, framing)| {
                let from = at.checked_sub(before)?;
                let rest = bytes.get(from..)?;
                let fits = match (framing, before) {
                    (Framing::Turn, 4) => {
                        (0x40..=0x4f).contains(&rest[0]) && stun_fills_frame(rest.get(2..)?)
                    }
                    (Framing::Rfc4571, _) => stun_fills_frame(rest),
                    _ => true,
                };
                let (_, broken) = chain(framing, rest, FRAMES_IN_A_ROW);
                (allowed(framing) && fits && !broken).then_some((from, framing))
            });
        }
        let channels = matches!(rest[0], 0x40..=0x4f)
            && allowed(Framing::Turn)
            && chain_of_one_channel(rest) >= CHANNELS_IN_A_ROW;
        if channels {
            return Some((at, Framing::Turn));
        }
        let framed =
            allowed(Framing::Rfc4571) && chain(Framing::Rfc4571, rest, FRAMES_IN_A_ROW).0 == FRAMES_IN_A_ROW;
        framed.then_some((at, Framing::Rfc4571))
    })
}

/// Whether a STUN message fills the frame of RFC 4571 that `bytes` begin with.
fn stun_fills_frame(bytes: &[u8]) -> bool {
    let Some(&[l0, l1, _, _, s0, s1]) = bytes.first_chunk() else { return false };
    let (frame, stun) = (u16::from_be_bytes([l0, l1]), u16::from_be_bytes([s0, s1]));
    usize::from(frame) == STUN_HEADER + usize::from(stun)
}

/// How many whole messages `bytes` begin with, up to `most`, and whether something else is behind them.
fn chain(framing: Framing, bytes: &[u8], most: usize) -> (usize, bool) {
    let mut rest = bytes;
    for whole in 0..most {
        let unit = match unit(framing, rest) {
            Guess::Is(unit) => unit,
            Guess::More => return (whole, false),
            Guess::No => return (whole, true),
        };
        let message = rest.get(unit.before..).unwrap_or_default();
        let message = &message[..message.len().min(unit.length)];
        if framing == Framing::Rfc4571 && !message.is_empty() {
            let kind = class(message, unit.length);
            // Four bytes of a STUN message are not yet one.
            let short = message.len() < 8 && message[0] < 4 && unit.length >= STUN_HEADER;
            if matches!(kind, Class::Other | Class::Channel(_)) && !short {
                return (whole, true);
            }
        }
        if unit.length == 0 && framing == Framing::Rfc4571 {
            return (whole, true);
        }
        match rest.get(unit.whole()..) {
            Some(behind) => rest = behind,
            None => return (whole, false),
        }
    }
    (most, false)
}

fn chain_of_one_channel(bytes: &[u8]) -> usize {
    let mut rest = bytes;
    let mut count = 0;
    while count < CHANNELS_IN_A_ROW {
        let Guess::Is(unit) = unit(Framing::Turn, rest) else { break };
        if rest.get(..2) != bytes.get(..2) || unit.length == 4 {
            break;
        }
        let Some(behind) = rest.get(unit.whole()..) else { break };
        rest = behind;
        count += 1;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stun() -> Vec<u8> {
        [&[0, 1, 0, 8], &COOKIE[..], &[7; 12], &[0x80, 0x22, 0, 4, 1, 2, 3, 4]].concat()
    }

    #[test]
    fn connections_are_told_apart_by_their_first_bytes() {
        let message = stun();
        let framed = [&[0, 28], &message[..]].concat();
        for (bytes, expected) in [
            (message.clone(), Framing::Turn),
            (framed, Framing::Rfc4571),
            (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".to_vec(), Framing::Encrypted),
            (b"INVITE sip:a@b SIP/2.0\r\n".to_vec(), Framing::Sip),
        ] {
            assert_eq!(begin(&bytes), Guess::Is(expected));
            assert_eq!(begin(&bytes[..3]), Guess::More);
        }
        for other in [&b"GET / HTTP/1.1\r\n"[..], b"SSH-2.0-OpenSSH", b"\x00\x00\x01\x00zzzzzzzzzzzz"] {
            assert_eq!(begin(other), Guess::No);
        }
    }

    #[test]
    fn a_message_is_found_behind_the_rest_of_another() {
        let message = stun();
        let channel = [&[0x40, 0, 0, 28], &message[..]].concat();
        assert_eq!(search(&[&[9, 9, 9], &message[..]].concat(), None), Some((3, Framing::Turn)));
        assert_eq!(search(&[&[9, 9, 9], &channel[..]].concat(), None), Some((3, Framing::Turn)));
        let framed = [&[9, 9, 9, 0, 28], &message[..], &[0, 28], &message[..]].concat();
        assert_eq!(search(&framed, None), Some((3, Framing::Rfc4571)));
        let data = [0x40, 3, 0, 5, 1, 2, 3, 4, 5, 0, 0, 0].repeat(3);
        assert_eq!(search(&[&[9; 5], &data[..]].concat(), None), Some((5, Framing::Turn)));
        assert_eq!(search(&[0x47; 4096], None), None);
    }
}
