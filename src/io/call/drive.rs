//! The loop: both ends, their timers, every datagram stamped as it comes.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::Watcher;
use super::evidence::Tape;
use super::limits::Limits;
use super::ports::{LARGEST, Ports};
use crate::call::{Call, Output, Phase, Silence};

/// Datagrams that are read in a row before the time is looked at: each may make the ends send more.
const ROUND: usize = 64;
/// How soon Ctrl-C is seen, and how often progress is told.
const TICK: Duration = Duration::from_millis(50);
/// What is under way when the time is up is waited for so long.
const FAREWELL: Duration = Duration::from_millis(300);
/// A call whose engines know of no way for so long is over.
const PATHLESS: Duration = Duration::from_secs(3);

/// Until the call is over, or has to be. `via`: the relay that it goes through.
pub(super) fn to_end(
    call: &mut Call,
    ports: &mut Ports,
    limits: &Limits<'_>,
    via: Option<&str>,
    (watcher, tape): (&Watcher, &Tape),
) {
    let mut silence = Silence::new(call.phases().start());
    let is_over = run(call, (ports, &mut silence), limits, via, (watcher, tape));
    count_unread(call, ports, tape);
    if !is_over {
        return;
    }
    if let Some(silent) = silence.at_end() {
        lose(call, &silent, via);
    } else if let Some(since) = call.pathless().filter(|_| call.is_up()) {
        strand(call, since);
    } else if let Some(pings) = call.unanswered() {
        let why = format!("none of {pings} pings over the data channel was back at the end");
        call.fail(Phase::ChannelOpen, why);
    }
}

/// What has come and was not read by the end, as this machine had too much to do.
fn count_unread(call: &mut Call, ports: &mut Ports, tape: &Tape) {
    /// There is no end to what a stranger may send.
    const MOST: usize = 100_000;
    let mut buffer = vec![0; LARGEST];
    for at in 0..ports.len() {
        for _ in 0..MOST {
            let Some((end, from, to, length)) = ports.receive(at, &mut buffer) else { break };
            tape.datagram(Instant::now(), end, from, to, &buffer[..length]);
            call.count_unread(end, &buffer[..length]);
        }
    }
}

/// Whether it came to its own end.
fn run(
    call: &mut Call,
    (ports, silence): (&mut Ports, &mut Silence),
    limits: &Limits<'_>,
    via: Option<&str>,
    (watcher, tape): (&Watcher, &Tape),
) -> bool {
    let mut buffer = vec![0; LARGEST];
    let mut tick = Instant::now();
    loop {
        let Some(until) = send(call, ports, silence) else { return true };
        let mut came = false;
        for at in 0..ports.len() {
            for _ in 0..ROUND {
                let Some((end, from, to, length)) = ports.receive(at, &mut buffer) else { break };
                came = true;
                let now = Instant::now();
                silence.came(end, now);
                tape.datagram(now, end, from, to, &buffer[..length]);
                call.handle_input(now, end, from, to, &buffer[..length]);
                let goes_on = send(call, ports, silence).is_some();
                tape.read(now, end, from, to);
                if !goes_on {
                    return true;
                }
            }
        }
        let now = Instant::now();
        let relays = match ports.poll(now) {
            Ok(due) => due,
            Err(why) => {
                lost_relay(call, now, &why);
                return false;
            }
        };
        if now >= tick {
            tick = now + TICK;
            watcher(&call.rolling());
            if limits.stop.load(Ordering::Relaxed) {
                call.interrupt(now);
            } else if now >= limits.end || (call.is_up() && now + FAREWELL >= limits.end) {
                call.cut_off(now, limits.deadline);
            }
            if call.is_up() && is_lost(call, silence, now, via) {
                return false;
            }
        }
        let until = relays.map_or(until, |relays| relays.min(until));
        if !came && until > now {
            ports.wait(until.min(tick));
        }
    }
}

/// Whether nothing more can be had of a call that was up; it is told then.
fn is_lost(call: &mut Call, silence: &mut Silence, now: Instant, via: Option<&str>) -> bool {
    if let Some(silent) = silence.look(now) {
        lose(call, &silent, via);
        return true;
    }
    // An engine may find its way again.
    if let Some(since) = call.pathless().filter(|since| now > call.phases().start() + *since + PATHLESS) {
        strand(call, since);
        return true;
    }
    false
}

fn strand(call: &mut Call, since: Duration) {
    let seconds = since.as_secs_f64();
    call.fail(Phase::FirstFrame, format!("path: at {seconds:.2} s, ICE had no way to the other end left"));
}

fn lose(call: &mut Call, silent: &impl std::fmt::Display, via: Option<&str>) {
    let relay = via.map_or_else(String::new, |relay| format!(" (relay {relay})"));
    call.fail(Phase::FirstFrame, format!("path: {silent}{relay}"));
}

/// A relay is gone: of a call that was up, that ends the path, and it matters when.
fn lost_relay(call: &mut Call, now: Instant, why: &str) {
    if !call.is_up() {
        return call.fail(super::relay::PHASE, why);
    }
    let seconds = now.saturating_duration_since(call.phases().start()).as_secs_f64();
    let (name, reason) = why.split_once(": ").unwrap_or(("path", why));
    let reason = match (name, reason.strip_prefix("connection refused at ")) {
        ("turn-connect", Some(server)) => {
            format!("path: at {seconds:.2} s, the relay refused: nothing listens at {server} any more")
        }
        ("turn-connect", None) => format!("path: at {seconds:.2} s, the relay was lost: {reason}"),
        _ => format!("{name}: at {seconds:.2} s, {reason}"),
    };
    call.fail(Phase::FirstFrame, reason);
}

/// Sends all that is to be sent; when there is more, or `None` at the end.
fn send(call: &mut Call, ports: &mut Ports, silence: &mut Silence) -> Option<Instant> {
    loop {
        let now = Instant::now();
        match call.poll(now) {
            Output::Transmit { end, from, to, bytes } => {
                silence.sent(end, now);
                ports.send(end, from, to, &bytes);
            }
            Output::Wait(until) => return Some(until),
            Output::Done => return None,
        }
    }
}
