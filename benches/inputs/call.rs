//! Both ends of a call and the line between them, in made-up time, without sockets; and such a call as a capture.

use std::collections::VecDeque;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use rtcscope::call::{
    Call, CandidateKind, Channel, End, Kind, Load, Output, Reliability, Scenario, Witness, Witnessed,
};
use rtcscope::impair::Impairment;
use rtcscope::io::call::crypto;
use rtcscope::srtp::{Exports, KeyFile};

use crate::generator;

/// A call that goes on for as long as it is run. What one end sends, the other has as soon as it listens.
pub(crate) struct Line {
    call: Call,
    witnesses: [Witness; 2],
    began: Instant,
    now: Instant,
    flying: VecDeque<(End, SocketAddr, SocketAddr, Vec<u8>)>,
}

/// A day: longer than anybody runs it.
const DURATION: Duration = Duration::from_secs(86_400);
const PINGS_A_SECOND: u32 = 20;

fn address(end: End) -> (Ipv4Addr, u16) {
    (Ipv4Addr::new(192, 0, 2, 1), 5000 + end as u16)
}

impl Line {
    /// Audio, 2 Mbit/s of video and 20 pings a second, both ways; `impairment` as `--impair` takes it.
    pub(crate) fn new(impairment: Option<&str>) -> Self {
        let impairment =
            impairment.map(|arg| Impairment::from_arg(arg).expect("an impairment")).unwrap_or_default();
        let media = vec![Kind::Audio, Kind::Video];
        let pings = DURATION.as_secs() as u32 * PINGS_A_SECOND;
        let scenario = Scenario {
            load: Load { media, bitrate_bps: 2_000_000, pings, throughput: None },
            channel: Channel { ordered: true, reliability: Reliability::Reliable, message_size: 64 },
            timeout: Duration::from_secs(5),
            duration: DURATION,
            up: impairment.clone(),
            down: impairment,
            seed: 7,
        };
        let witnesses = [(); 2].map(|()| Witness::new(Mutex::new(Witnessed::default())));
        let providers = witnesses.clone().map(|witness| (crypto::provider(&witness), witness));
        let began = Instant::now();
        let mut call = Call::new(began, began, scenario, providers);
        for end in End::BOTH {
            call.add_candidate(end, CandidateKind::Host, address(end).into()).expect("an address");
        }
        call.ready(began);
        call.negotiate(began).expect("both are the same");
        Self { call, witnesses, began, now: began, flying: VecDeque::new() }
    }

    /// The same once it is up: handshakes are over, and media flows.
    pub(crate) fn up(impairment: Option<&str>) -> Self {
        let mut line = Self::new(impairment);
        line.rise();
        line
    }

    /// Until it is up; how many datagrams it took.
    pub(crate) fn rise(&mut self) -> u64 {
        let mut datagrams = 0;
        while !self.call.is_up() {
            datagrams += self.run(Duration::from_millis(1), &mut |_, _, _| {});
        }
        datagrams
    }

    /// For so long in its own time; how many datagrams arrived. `heard` is told of each, since the beginning.
    pub(crate) fn run(&mut self, span: Duration, heard: &mut dyn FnMut(Duration, End, &[u8])) -> u64 {
        let (end_of_span, mut datagrams) = (self.now + span, 0);
        while self.now < end_of_span {
            match self.call.poll(self.now) {
                Output::Transmit { end, from, to, bytes } => {
                    self.flying.push_back((end.other(), from, to, bytes));
                }
                Output::Wait(until) => match self.flying.pop_front() {
                    Some((end, from, to, bytes)) => {
                        heard(self.now - self.began, end.other(), &bytes);
                        self.call.handle_input(self.now, end, from, to, &bytes);
                        datagrams += 1;
                    }
                    // Time goes on in its smallest steps where much is due at once.
                    None => self.now = until.max(self.now + Duration::from_micros(1)).min(end_of_span),
                },
                Output::Done => {
                    panic!("a call does not end on its own: {:?}", self.call.facts("", None).failure)
                }
            }
        }
        datagrams
    }
}

/// A call of so many seconds as a capture file, from the first check on, and the keys that open it.
pub(crate) fn capture(seconds: u64) -> (Vec<u8>, KeyFile) {
    let mut bytes = Vec::new();
    generator::header(&mut bytes).expect("memory can be written");
    let mut line = Line::new(None);
    line.run(Duration::from_secs(seconds), &mut |at, end, datagram| {
        let at_us = at.as_micros() as u64;
        generator::datagram(&mut bytes, at_us, address(end), address(end.other()), &[datagram])
            .expect("memory can be written");
    });
    let (mut keys, mut exports) = (KeyFile::default(), Exports::default());
    for (witness, end) in line.witnesses.iter().zip(["caller", "callee"]) {
        let seen = witness.lock().expect("nobody panicked").keys.clone().expect("the call is up");
        exports.add("bench", end, seen.profile, &seen.material);
    }
    keys.read(&exports.text());
    assert!(!keys.is_empty());
    (bytes, keys)
}
