//! What the process has taken of the machine, where the system tells.

use std::time::Duration;

/// Time on processors so far.
#[cfg(target_os = "linux")]
pub(super) fn processor_time() -> Option<Duration> {
    // In ticks, of which Linux counts a hundred a second for programs, whatever it counts for itself.
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let (_, behind_name) = stat.rsplit_once(')')?;
    let ticks: u64 =
        behind_name.split_whitespace().skip(11).take(2).filter_map(|n| n.parse::<u64>().ok()).sum();
    Some(Duration::from_millis(ticks * 10))
}

/// The largest resident set so far.
#[cfg(target_os = "linux")]
pub(super) fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
}

/// Not told.
#[cfg(not(target_os = "linux"))]
pub(super) fn processor_time() -> Option<Duration> {
    None
}

/// Not told.
#[cfg(not(target_os = "linux"))]
pub(super) fn peak_memory() -> Option<u64> {
    None
}
