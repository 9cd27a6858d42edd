//! `rtcscope call`: flags in, a call made, a [`Summary`](crate::call::Summary) out.

mod evidence;
mod load;
mod path;

use std::sync::Arc;
use std::time::Duration;

use super::duration;
use super::probe::credentials;
use super::{Context, UserError};
use crate::call::{METRICS, Rolling, Summary};
use crate::finding::Exit;
use crate::io::call::{Run, Started};
use crate::io::output;
use crate::io::tls::Trust;
use crate::metric::Threshold;
use crate::report::{Part, printable};

/// Make a real WebRTC call without a browser, and measure it phase by phase
#[derive(Debug, clap::Args)]
// The credentials are those of the probe, which looks for clocks as well.
#[command(after_long_help = EXAMPLES, mut_arg("clock", |clock| clock.hide(true)))]
pub(super) struct Args {
    #[command(flatten)]
    path: path::Args,
    #[command(flatten)]
    credentials: credentials::Args,
    #[command(flatten)]
    load: load::Args,
    #[command(flatten)]
    evidence: evidence::Args,
    #[command(flatten)]
    limits: LimitArgs,
    /// Show offer and answer as well
    #[arg(long)]
    print_sdp: bool,
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Limits")]
struct LimitArgs {
    /// How long the call may take to come up
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = duration::from_arg)]
    timeout: Duration,
    /// How long the run may take [default: 5s beyond --timeout and --duration]
    #[arg(long, value_name = "TIME", value_parser = duration::from_arg)]
    deadline: Option<Duration>,
    /// Fail if a metric is above a limit, as in rtt.p99=5ms or loss=1%; may be repeated
    #[arg(long = "max", value_name = "METRIC=VALUE")]
    max: Vec<String>,
    /// Fail if a metric is below a limit, as in bitrate=1M; may be repeated
    #[arg(long = "min", value_name = "METRIC=VALUE")]
    min: Vec<String>,
}

const EXAMPLES: &str = "Examples:
  rtcscope call
      a call within this host: what the machine and the software take, phase by phase
  rtcscope call --impair loss=2%,delay=50ms,jitter=10ms --seed 7
      the same over a bad line; the same seed loses the same packets
  rtcscope call --embedded
      through a relay inside this process, over UDP, TCP and TLS side by side
  rtcscope call --relay turn:turn.example.org --transport udp,tcp,tls -u alice --password-file secret.txt
      through your relay, over each transport
  rtcscope call --duration 30s --bitrate 4M --max loss=1% --max rtt.p99=5ms --format json
      a longer and larger call, and exit code 1 beyond a limit
  rtcscope call --impair loss=2% --pcap call.pcapng --keys call.keys.json
      and its packets, for Wireshark and for `rtcscope analyze --keys call.keys.json call.pcapng`

Metrics for --max and --min:
  setup
      from the start to when all of the call is up
  phases.{setup,gather,ice_first_check,ice_nominated,dtls,sctp,channel_open,first_rtp,first_frame}
      how long each takes
  rtt.{min,median,p95,p99,max}
      of the data channel
  pings.lost
      of the pings over it, how many were not back at the end
  one_way.{min,median,p95,p99,max}, one_way.{audio,video,from_caller,from_callee}.{median,p95,p99,max}
      of media: together, of a kind, of a direction
  loss, jitter, bitrate
      of media, both ways
  throughput
      with --throughput
  cpu, peak_memory
      what it takes of this machine";

/// What a run without `--deadline` is given beyond what it is asked for.
const SLACK: Duration = Duration::from_secs(5);
/// Round trips of raw datagrams.
const FLOOR: u32 = 2000;

pub(super) fn run(args: Args, context: Context) -> anyhow::Result<Exit> {
    context.needs_no(&[Part::Findings, Part::Rows])?;
    let (summary, problems) = examine(&args, &context)?;
    for problem in &problems {
        output::write_stderr(&format!("warning: {}\n", printable(problem)));
    }
    context.emit(&summary)
}

impl Args {
    fn thresholds(&self) -> Result<Vec<Threshold>, UserError> {
        let read = |arg: &String| Threshold::from_arg(arg, METRICS).map_err(UserError::from);
        let mut thresholds = self.limits.max.iter().map(read).collect::<Result<Vec<_>, _>>()?;
        for arg in &self.limits.min {
            thresholds.push(read(arg)?.at_least());
        }
        Ok(thresholds)
    }

    /// Who we are.
    pub(super) fn credentials(&mut self) -> &mut credentials::Args {
        &mut self.credentials
    }
}

/// Whether the flags make sense together, as far as that is to be known before a call is made.
pub(super) fn review(args: &Args) -> anyhow::Result<()> {
    args.thresholds()?;
    if !args.path.embedded() {
        args.path.routes(&args.credentials)?;
    }
    args.load.scenario(args.limits.timeout)?;
    args.path.addresses()?;
    args.path.local()?;
    Ok(())
}

/// Calls as `run` does, for a command that does more than that; and what could not be written.
pub(super) fn examine(args: &Args, context: &Context) -> anyhow::Result<(Summary, Vec<String>)> {
    let started = Started::now();
    let thresholds = args.thresholds()?;
    let routes = args.path.routes(&args.credentials)?;
    let calls = u32::try_from(routes.routes.len().max(1)).unwrap_or(u32::MAX);
    let lasts = args.load.lasts() * calls;
    let deadline = args.limits.deadline.unwrap_or((args.limits.timeout + SLACK) * calls + lasts);
    let deadline = context.left().map_or(deadline, |left| left.min(deadline));
    if lasts >= deadline {
        let seconds = |time: Duration| (time.as_secs_f64() * 10.0).round() / 10.0;
        let (lasts, deadline) = (seconds(lasts), seconds(deadline));
        let message = format!("the call lasts {lasts} s, longer than --deadline {deadline} s");
        return Err(UserError::usage(message).hint("lower --duration, or raise --deadline").into());
    }
    let scenario = args.load.scenario(args.limits.timeout.min(deadline))?;
    let progress = Arc::new(context.progress());
    let shown = progress.clone();
    let run = Run {
        scenario,
        addresses: args.path.addresses()?,
        pairs: args.load.pairs,
        routes: routes.routes,
        all: args.path.all(),
        local: args.path.local()?,
        families: args.path.families(),
        relay_family: args.path.relay_family,
        trust: Trust { roots: Arc::new(routes.roots), insecure: args.path.insecure },
        server_name: args.path.servername.clone(),
        thresholds,
        deadline,
        floor: FLOOR,
        files: args.evidence.files(context)?,
    };
    let ended = run.to_end(started, Arc::new(move |how| shown.set(in_words(how))))?;
    progress.finish();
    drop(routes.server);
    let descriptions = ended.descriptions.filter(|_| args.print_sdp);
    let summary = ended.summary.with_descriptions(descriptions).told(context.verbosity);
    Ok((summary, ended.problems))
}

/// How a call goes, in a line.
fn in_words(how: &Rolling) -> String {
    let (sent, came) = how.packets;
    match how.round_trip_ms {
        Some(ms) => {
            let loss = 100.0 * sent.saturating_sub(came) as f64 / sent.max(1) as f64;
            format!(
                "round trip {ms:.3} ms, {sent} packets of media, {loss:.1} % of them not here yet or lost"
            )
        }
        None => how.phase.map_or_else(|| "setting up".to_owned(), |phase| phase.name().replace('_', " ")),
    }
}
