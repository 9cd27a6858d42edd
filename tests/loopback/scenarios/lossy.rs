//! Networks that lose, delay and shuffle packets, played by the forwarder: what is reported is what it did.
//!
//! The control connections go through the forwarder, and with them all that the relay hands us and we hand it. The
//! plain UDP peer talks to the relay itself.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rtcscope::stun::{Message, attribute};

use super::{ALICE, LOOPBACK, args, settings, start};
use crate::forwarder::{Direction, Forwarder, Impairment, Log, Passage, Weather};
use crate::run::{Run, probe};

/// Held by what measures and by what keeps the machine busy: milliseconds are only worth anything on a quiet one.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

const INBOUND: u8 = 0;
const OUTBOUND: u8 = 1;
const LOOP: u8 = 2;

/// A measuring packet that the forwarder saw.
struct Carried<'a> {
    flow: u8,
    echo: bool,
    number: u32,
    passage: &'a Passage,
}

/// The measuring packets of a direction.
fn carried(log: &Log, direction: Direction) -> Vec<Carried<'_>> {
    let passages = log.passages.iter().filter(|passage| passage.direction == direction);
    passages.filter_map(carried_by).collect()
}

fn carried_by(passage: &Passage) -> Option<Carried<'_>> {
    let bytes = &passage.bytes[..];
    let message;
    let data = match bytes.first()? >> 6 {
        // ChannelData (RFC 8656 §12.4).
        1 => bytes.get(4..)?,
        _ => {
            message = Message::from_bytes(bytes).ok()?;
            message.attribute(attribute::DATA)?
        }
    };
    let number = u32::from_be_bytes(data.get(10..14)?.try_into().ok()?);
    Some(Carried { flow: data[8], echo: data[9] == 1, number, passage })
}

/// The numbers of a flow's packets, or of their echoes, that were dropped in a direction.
fn dropped(log: &Log, direction: Direction, flow: u8, echo: bool) -> BTreeSet<u32> {
    let ours = carried(log, direction).into_iter().filter(|c| c.flow == flow && c.echo == echo);
    ours.filter(|carried| !carried.passage.kept).map(|carried| carried.number).collect()
}

/// How long a flow's packets, or their echoes, took in a direction, by their numbers.
fn delays(log: &Log, direction: Direction, flow: u8, echo: bool) -> Vec<(u32, Duration)> {
    let ours = carried(log, direction).into_iter().filter(|c| c.flow == flow && c.echo == echo);
    ours.filter_map(|carried| Some((carried.number, carried.passage.took()?))).collect()
}

/// The lower median, in milliseconds.
fn median(mut delays: Vec<Duration>) -> f64 {
    delays.sort_unstable();
    delays[(delays.len() - 1) / 2].as_secs_f64() * 1000.0
}

fn through(weather: Weather, flags: &[&str]) -> (Run, Log) {
    let server = start(settings());
    let forwarder = Forwarder::start((LOOPBACK, 0).into(), server.udp_addr().unwrap(), weather);
    let uri = format!("turn:{}?transport=udp", forwarder.addr());
    let run = probe(&args(&[&[&uri], &ALICE, flags]));
    (run, forwarder.log())
}

/// What the probe says was lost on each path is what the forwarder dropped.
fn loss_is_the_forwarders_own(run: &Run, log: &Log) {
    let endpoint = run.endpoint("udp");
    let both = |flow| &dropped(log, Direction::Up, flow, false) | &dropped(log, Direction::Down, flow, false);
    for (name, flow) in [("inbound", INBOUND), ("outbound", OUTBOUND), ("loop", LOOP)] {
        let path = &endpoint["relay"][name];
        let count = |key: &str| path[key].as_u64().unwrap_or(u64::MAX) as usize;
        let (sent, received) = (count("sent"), count("received"));
        let lost = both(flow).len();
        run.check(sent - received == lost, &format!("{name}: {path}, and the forwarder dropped {lost}"));
        let echoes = &dropped(log, Direction::Up, flow, true) | &dropped(log, Direction::Down, flow, true);
        let back = received - echoes.len();
        let lost = echoes.len();
        run.check(count("echoes_received") == back, &format!("{name}: {path}, and {lost} echoes dropped"));
    }
}

/// With three of ten packets lost one way, requests come through by being sent again.
fn heavy_loss(direction: Direction) {
    let _alone = alone();
    // They mostly wait: all at once take as long as the slowest.
    std::thread::scope(|scope| {
        for seed in 1..=10 {
            scope.spawn(move || {
                let loss = Impairment::loss(0.3);
                let weather = match direction {
                    Direction::Up => Weather { seed, up: loss, ..Weather::default() },
                    Direction::Down => Weather { seed, down: loss, ..Weather::default() },
                };
                let (run, log) =
                    through(weather, &["--count", "500", "--timeout", "10s", "--no-capabilities"]);
                run.ends("warn", 0).errors(&[]).has("RELAY_LOSSY", "warning");
                for step in ["binding", "allocate", "permission", "channel", "refresh", "release"] {
                    run.shows("udp", &format!("/{step}/ok"), true);
                }
                run.check(!run.gave_up(), &format!("seed {seed}: a check was given up"));
                loss_is_the_forwarders_own(&run, &log);
                let (dropped, seen) = (log.dropped(direction).len(), log.seen(direction));
                let part = dropped as f64 / seen as f64;
                assert!((0.25..0.35).contains(&part), "seed {seed}: {dropped} of {seen} dropped");
            });
        }
    });
}

#[test]
fn three_of_ten_packets_lost_on_the_way_there_are_no_failure() {
    heavy_loss(Direction::Up);
}

#[test]
fn three_of_ten_packets_lost_on_the_way_back_are_no_failure() {
    heavy_loss(Direction::Down);
}

/// Loss must agree whenever it is looked at; times where the machine has the time to keep them, so there are several tries.
#[test]
fn loss_and_delay_are_those_of_the_forwarders_log() {
    let _alone = alone();
    let ms = Duration::from_millis;
    let shaky = Impairment { loss: 0.05, delay: ms(30), jitter: ms(20), ..Impairment::default() };
    for seed in 4711..4717 {
        let weather = Weather { seed, up: shaky, down: shaky, ..Weather::default() };
        let (run, log) = through(weather, &["--count", "1000", "--timeout", "10s", "--no-capabilities"]);
        run.errors(&[]).check(run.code == 0, "not exit 0");
        loss_is_the_forwarders_own(&run, &log);
        let far = times_off(&run, &log);
        if far.iter().all(|far| *far < 2.0) {
            return;
        }
        eprintln!("seed {seed}: off by {far:?} ms");
    }
    panic!("the times are not those of the log, six times in a row");
}

/// How far our medians of one-way delays and round trips are from those of the log, in milliseconds.
fn times_off(run: &Run, log: &Log) -> Vec<f64> {
    let figure = |pointer: &str| {
        let figure = run.endpoint("udp").pointer(pointer).and_then(serde_json::Value::as_f64);
        figure.unwrap_or_else(|| panic!("no {pointer}"))
    };
    let paths = [
        ("inbound", INBOUND, Direction::Down, Direction::Up),
        ("outbound", OUTBOUND, Direction::Up, Direction::Down),
    ];
    let off = paths.map(|(name, flow, there, back)| {
        let (there, back) = (delays(log, there, flow, false), delays(log, back, flow, true));
        let one_way = median(there.iter().map(|(_, took)| *took).collect());
        let back: std::collections::BTreeMap<u32, Duration> = back.into_iter().collect();
        let sums = there.iter().filter_map(|(number, took)| Some(*took + *back.get(number)?));
        let rtt = median(sums.collect());
        let our_way = figure(&format!("/relay/{name}/one_way/median_ms"));
        let our_rtt = figure(&format!("/relay/{name}/rtt/median_ms"));
        let reordered = figure(&format!("/relay/{name}/reordered"));
        run.check(reordered > 0.0, "±20 ms at 10 ms a packet shuffle none");
        [(our_way - one_way).abs(), (our_rtt - rtt).abs()]
    });
    off.concat()
}

/// A duplicate is no packet, and what overtakes another is not lost.
#[test]
fn duplicates_and_packets_held_back_are_counted_as_such() {
    let messy =
        Impairment { duplicate: 0.2, reorder: 0.2, hold: Duration::from_millis(25), ..Impairment::default() };
    let weather = Weather { seed: 5, up: messy, ..Weather::default() };
    let (run, log) = through(weather, &["--count", "100"]);
    run.ends("pass", 0).way_is_clear("udp", "inbound").way_is_clear("udp", "outbound");
    let outbound = carried(&log, Direction::Up).into_iter().filter(|c| c.flow == OUTBOUND && !c.echo);
    let twice = outbound.filter(|carried| carried.passage.left.len() == 2).count();
    run.shows("udp", "/relay/outbound/duplicates", twice).shows("udp", "/relay/inbound/duplicates", 0);
    let reordered = run.endpoint("udp")["relay"]["outbound"]["reordered"].as_u64();
    run.check(reordered > Some(0), "none overtook another");
}

/// TCP hides loss and shows it as delay; a stall is waited for, a reset is told.
#[test]
fn a_tcp_connection_that_is_reset_or_stalls_is_no_other_fault() {
    let server = start(settings());
    let through = |weather| {
        let forwarder = Forwarder::start((LOOPBACK, 0).into(), server.tcp_addr().unwrap(), weather);
        let uri = format!("turn:{}?transport=tcp", forwarder.addr());
        probe(&args(&[&[&uri], &ALICE, &["--count", "100"]]))
    };
    let ms = Duration::from_millis;
    let late = Impairment { delay: ms(20), jitter: ms(5), ..Impairment::default() };
    let run = through(Weather { seed: 1, up: late, down: late, ..Weather::default() });
    run.passes().carries("tcp");
    // The way is never shorter than its delays; longer it may be by what a busy machine adds.
    let shortest = run.endpoint("tcp")["binding"]["rtt"]["min_ms"].as_f64().unwrap_or(0.0);
    run.check((30.0..80.0).contains(&shortest), &format!("a shortest round trip of {shortest} ms, not 40"));
    let stall = crate::forwarder::Stream { stall: Some((ms(300), ms(400))), ..Default::default() };
    through(Weather { stream: stall, ..Weather::default() }).passes().carries("tcp");
    let reset = crate::forwarder::Stream { reset: Some(ms(500)), ..Default::default() };
    through(Weather { stream: reset, ..Weather::default() }).fails(&["CONNECTION_CLOSED"]);
}
