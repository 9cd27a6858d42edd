//! Streams of a TURN server, and a client before one.

use std::time::{Duration, Instant};

use rtcscope::stun::framing::StreamDecoder;
use rtcscope::stun::{Class, Message, MessageBuilder, attribute};
use rtcscope::turn::credentials::{Credentials, Secret};
use rtcscope::turn::{Client, Event, Output, Settings};

use super::script::Script;
use super::stun::KINDS;

/// Cuts the bytes as a stream, in one piece and in many; and plays a server by them.
pub(super) fn turn_stream(bytes: &[u8]) {
    for channels in [false, true] {
        let whole = cut([bytes].into_iter(), channels);
        let step = bytes.first().map_or(1, |byte| usize::from(byte % 23) + 1);
        assert_eq!(whole, cut(bytes.chunks(step), channels), "in pieces of {step}");
    }
    play(&mut Script(bytes));
}

/// The frames of a stream, and whether it could be followed to its end.
fn cut<'a>(pieces: impl Iterator<Item = &'a [u8]>, channels: bool) -> (Vec<Vec<u8>>, bool) {
    let mut decoder = StreamDecoder::default();
    let mut frames = Vec::new();
    for piece in pieces {
        decoder.push(piece);
        loop {
            match decoder.poll(channels) {
                Ok(Some(piece)) => frames.push(piece.to_vec()),
                Ok(None) => break,
                Err(_) => return (frames, false),
            }
        }
    }
    (frames, true)
}

/// A client whose server, network and clock do what the script says.
fn play(script: &mut Script<'_>) {
    let flags = script.byte();
    let credentials =
        (flags & 2 == 0).then(|| Credentials::password("alice", Secret::new("wonder".to_owned())));
    let timeout = Duration::from_millis(u64::from(script.number()) + 1);
    let mut play = Play {
        client: Client::new(Settings { stream: flags & 1 == 1, credentials, timeout, seed: [flags; 32] }),
        now: Instant::now(),
        last: None,
        open: 0,
    };
    for _ in 0..64 {
        if script.0.is_empty() {
            break;
        }
        let now = play.now;
        match script.below(6) {
            0 => {
                let request = script.request();
                play.client.start(now, request);
                play.open += 1;
            }
            1 => play.client.handle_input(now, script.bytes()),
            2 => play.reply(script),
            3 => play.now += Duration::from_millis(u64::from(script.number())),
            4 => {
                let (peer, data) = (script.address(), script.bytes());
                assert!(play.client.data(peer, data).is_some_and(|sent| sent.len() >= data.len()));
            }
            _ => {
                let request = script.request();
                let id = play.client.start(now, request);
                assert!(play.client.give_up(now, id).is_some(), "nothing was answered to it yet");
            }
        }
        play.rest();
    }
    // Silence: every request ends.
    for _ in 0..10_000 {
        match play.rest() {
            None => return assert_eq!(play.open, 0, "requests without an answer"),
            Some(until) => play.now = until,
        }
    }
    panic!("requests that never end");
}

struct Play {
    client: Client,
    now: Instant,
    last: Option<Message>,
    /// Requests that have no answer yet.
    open: u32,
}

impl Play {
    /// Polls until there is nothing to do before the time it gives.
    fn rest(&mut self) -> Option<Instant> {
        for _ in 0..100_000 {
            match self.client.poll(self.now) {
                Output::Transmit(bytes) => {
                    self.last = Some(Message::from_bytes(&bytes).expect("we send what can be read"));
                }
                Output::Event(Event::Answer(answer)) => {
                    // One unauthenticated, one again after a 401, two after a 438, and the last.
                    assert!((1..=5).contains(&answer.legs.len()), "{} tries", answer.legs.len());
                    assert!(self.open > 0, "an answer to nothing");
                    self.open -= 1;
                }
                Output::Event(_) => {}
                Output::Wait(until) => {
                    assert!(until > self.now, "waits for what is past");
                    return Some(until);
                }
                Output::Idle => return None,
            }
        }
        panic!("the client never rests");
    }

    /// An answer to what was sent last, with attributes by the script.
    fn reply(&mut self, script: &mut Script<'_>) {
        let Some(request) = &self.last else { return };
        let class = [Class::Success, Class::Error][script.below(2)];
        let mut builder = MessageBuilder::new(class, request.method, request.transaction);
        for _ in 0..script.below(6) {
            let kind = KINDS[script.below(KINDS.len())];
            builder = match kind {
                attribute::ERROR_CODE => {
                    let code = [401, 438, 300, 437, 486, script.number()][script.below(6)];
                    builder.attribute(kind, &[0, 0, (code / 100) as u8, (code % 100) as u8])
                }
                attribute::MESSAGE_INTEGRITY => builder.integrity(script.bytes()),
                attribute::XOR_RELAYED_ADDRESS | attribute::XOR_PEER_ADDRESS => {
                    builder.xor_address(kind, script.address())
                }
                _ => builder.attribute(kind, script.bytes()),
            };
        }
        let mut bytes = builder.finish();
        bytes.extend_from_slice(if script.below(8) == 0 { script.bytes() } else { &[] });
        self.client.handle_input(self.now, &bytes);
    }
}
