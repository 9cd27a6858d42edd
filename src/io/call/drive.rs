//! The loop: both ends, their timers, every datagram stamped as it comes.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::Watcher;
use super::evidence::Tape;
use super::ports::Ports;
use crate::call::{Call, Output, Phase};

/// The largest UDP payload.
const BUFFER: usize = 65_535;
/// Datagrams that are read in a row before the time is looked at: each may make the ends send more.
const ROUND: usize = 64;
/// How soon Ctrl-C is seen, and how often progress is told.
const TICK: Duration = Duration::from_millis(50);

/// Until the call is over, or has to be.
pub(super) fn to_end(
    call: &mut Call,
    ports: &mut Ports,
    (stop, deadline): (&AtomicBool, Instant),
    (watcher, tape): (&Watcher, &Tape),
) {
    let mut buffer = vec![0; BUFFER];
    let mut tick = Instant::now();
    loop {
        let Some(until) = send(call, ports) else { return };
        let mut came = false;
        for at in 0..ports.len() {
            for _ in 0..ROUND {
                let Some((end, from, to, length)) = ports.receive(at, &mut buffer) else { break };
                came = true;
                let now = Instant::now();
                tape.datagram(now, end, from, to, &buffer[..length]);
                call.handle_input(now, end, from, to, &buffer[..length]);
                let goes_on = send(call, ports).is_some();
                tape.read(now, end, from, to);
                if !goes_on {
                    return;
                }
            }
        }
        let now = Instant::now();
        let relays = match ports.poll(now) {
            Ok(due) => due,
            Err(why) => return call.fail(Phase::Gather, why),
        };
        if now >= tick {
            tick = now + TICK;
            watcher(&call.rolling());
            if stop.load(Ordering::Relaxed) {
                call.interrupt(now);
            } else if now >= deadline {
                call.fail(Phase::FirstFrame, "not over within --deadline");
            }
        }
        let until = relays.map_or(until, |relays| relays.min(until));
        if !came && until > now {
            ports.wait(until.min(tick));
        }
    }
}

/// Sends all that is to be sent; when there is more, or `None` at the end.
fn send(call: &mut Call, ports: &mut Ports) -> Option<Instant> {
    loop {
        match call.poll(Instant::now()) {
            Output::Transmit { end, from, to, bytes } => ports.send(end, from, to, &bytes),
            Output::Wait(until) => return Some(until),
            Output::Done => return None,
        }
    }
}
