//! Which part of a capture is shown, and how.

use std::time::Duration;

use crate::analyze::listing::Filter;
use crate::analyze::{Analysis, Window, facts};
use crate::cli::{UserError, duration};

/// The views besides the summary, and what they leave out.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Views")]
pub(super) struct View {
    /// Show each stream over time too; with --format csv or jsonl, nothing but that
    #[arg(long, conflicts_with_all = ["rtcp", "packets", "live"])]
    pub(super) timeline: bool,
    /// Show what RTCP says, packet by packet and block by block
    #[arg(long, conflicts_with_all = ["packets", "live", "pt"])]
    rtcp: bool,
    /// Show packet by packet: a line each
    #[arg(long, conflicts_with = "live")]
    packets: bool,
    /// Tell how it goes while packets come in on standard input, and the summary at the end
    #[arg(long)]
    pub(super) live: bool,
    /// How long an interval of --timeline and --live is
    #[arg(long, value_name = "TIME", value_parser = duration::from_arg, default_value = "1s")]
    interval: Duration,
    /// Show only this source, as 0x… or decimal; may be repeated
    #[arg(long, value_name = "SSRC", value_parser = ssrc)]
    ssrc: Vec<u32>,
    /// Show only this payload type of RTP; may be repeated
    #[arg(long, value_name = "PT", value_parser = clap::value_parser!(u8).range(0..=127))]
    pt: Vec<u8>,
    /// Count RTP and RTCP only from here on, in seconds since the capture's first packet
    #[arg(long, value_name = "S", value_parser = moment)]
    from: Option<i64>,
    /// Count RTP and RTCP only up to here, in seconds since the capture's first packet
    #[arg(long, value_name = "S", value_parser = moment)]
    to: Option<i64>,
}

/// What is shown one by one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Listed {
    Packets,
    Reports,
}

impl View {
    pub(super) fn listing(&self) -> Option<Listed> {
        match (self.packets, self.rtcp) {
            (true, _) => Some(Listed::Packets),
            (_, true) => Some(Listed::Reports),
            _ => None,
        }
    }

    pub(super) fn filter(&self) -> Filter {
        Filter { ssrcs: self.ssrc.clone(), payload_types: self.pt.clone(), ..Filter::default() }
    }

    /// Whether each source that is asked for is there: nothing to show is not nothing wrong.
    pub(super) fn knows(&self, analysis: &Analysis) -> Result<(), UserError> {
        /// As many as fit into a line or two.
        const MOST: usize = 12;
        let mut there: Vec<u32> = analysis.streams().map(|found| found.ssrc).collect();
        there.extend(analysis.reporters());
        let Some(missing) = self.ssrc.iter().find(|ssrc| !there.contains(ssrc)) else { return Ok(()) };
        there.sort_unstable();
        there.dedup();
        let named: Vec<String> = there.iter().take(MOST).map(|ssrc| facts::ssrc(*ssrc)).collect();
        let dots = if there.len() > MOST { ", …" } else { "" };
        let error = UserError::could_not_look(format!("there is no source {}", facts::ssrc(*missing)));
        Err(error.hint(match named.is_empty() {
            true => "the capture has no stream at all".to_owned(),
            false => format!("there are {}{dots}", named.join(", ")),
        }))
    }

    pub(super) fn interval_ns(&self) -> i64 {
        i64::try_from(self.interval.as_nanos()).unwrap_or(i64::MAX)
    }

    pub(super) fn interval(&self) -> Duration {
        self.interval
    }

    pub(super) fn window(&self) -> Result<Window, UserError> {
        match (self.from, self.to) {
            (Some(from), Some(to)) if from >= to => Err(UserError::usage("`--from` is not before `--to`")
                .hint("both count from the capture's first packet")),
            (from_ns, to_ns) => Ok(Window { from_ns, to_ns }),
        }
    }
}

/// A source as people write it.
pub(super) fn ssrc(arg: &str) -> Result<u32, String> {
    let lower = arg.to_ascii_lowercase();
    let number = match lower.strip_prefix("0x") {
        Some(digits) => u32::from_str_radix(digits, 16).ok(),
        None => lower.parse().ok(),
    };
    number.ok_or_else(|| "write it as 0x2a3945c1, or as a decimal number below 2^32".to_owned())
}

/// Seconds since the beginning, in nanoseconds.
fn moment(arg: &str) -> Result<i64, String> {
    let usage = || "write it in seconds, as in 12.5".to_owned();
    let seconds: f64 = arg.trim().trim_end_matches('s').parse().map_err(|_| usage())?;
    // Some nine years, and no more than whole nanoseconds can count.
    let fits = (0.0..=3e8).contains(&seconds);
    if fits { Ok((seconds * 1e9).round() as i64) } else { Err(usage()) }
}
