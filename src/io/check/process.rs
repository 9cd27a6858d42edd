//! What this process takes of the machine, where the system tells: Linux.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// What a process takes.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Process {
    /// Bytes of memory that are really there.
    pub memory_bytes: Option<u64>,
    /// Open files, sockets among them.
    pub open_files: Option<u64>,
}

/// What this one takes now.
pub fn process() -> Process {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = resident.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok());
    // Less the one that the listing itself is.
    let files = std::fs::read_dir("/proc/self/fd").ok().map(|files| (files.count() as u64).saturating_sub(1));
    Process { memory_bytes: kilobytes.map(|kilobytes| kilobytes * 1024), open_files: files }
}

/// Seconds since 1970, with what is less than one.
pub fn unix_seconds() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO).as_secs_f64()
}
