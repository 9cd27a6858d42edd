//! Input that is eight times as long takes about eight times as long, and nowhere near sixty-four times.

use std::time::{Duration, Instant};

/// The shorter of the two.
const SHORT: usize = 20_000;
const TIMES: usize = 8;
/// Between the eight times of a line and the sixty-four of a square.
const MOST: u32 = 24;
/// Below this, it is the noise that is measured.
const WORTH: Duration = Duration::from_millis(300);
const PATIENCE: Duration = Duration::from_secs(2);

/// Targets that take no more of their input than a bounded part.
const BOUNDED: [&str; 4] = ["analyze", "pcapng", "server", "sdp_views"];

/// Repeats each seed until it is long.
pub(crate) fn check(name: &str, target: fn(&[u8]), seeds: &[Vec<u8>]) {
    if BOUNDED.contains(&name) {
        return;
    }
    let end = Instant::now() + PATIENCE;
    for seed in seeds.iter().filter(|seed| !seed.is_empty() && seed.len() < SHORT) {
        if Instant::now() >= end {
            break;
        }
        let cost = |length: usize| {
            let input = seed.repeat(length / seed.len());
            let before = cpu();
            target(&input);
            cpu().zip(before).map(|(after, before)| after.saturating_sub(before))
        };
        let is_too_much = || {
            let (Some(short), Some(long)) = (cost(SHORT), cost(SHORT * TIMES)) else { return None };
            (long > WORTH && long > short * MOST).then_some((short, long))
        };
        // Others on the machine take caches away, but not three times in a row.
        if let Some((short, long)) = is_too_much().and_then(|_| is_too_much()).and_then(|_| is_too_much()) {
            let seed = String::from_utf8_lossy(&seed[..seed.len().min(200)]);
            panic!("{name}: {short:?} for {SHORT} bytes, {long:?} for {TIMES} times as many of {seed:?}");
        }
    }
}

/// Time that this thread had a processor, where the system tells.
fn cpu() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}
