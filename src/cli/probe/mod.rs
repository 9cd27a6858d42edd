//! `rtcscope probe`: flags in, a [`Summary`] out.

mod audits;
mod cred;
pub(super) mod credentials;
pub(super) mod embedded;
mod network;
mod quality;
mod recording;
mod targets;
mod token;
mod turnserver_conf;
mod watch;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use rustls::RootCertStore;
use rustls::pki_types::ServerName;

pub(super) use self::credentials::{SecretArg, password_in};
use self::turnserver_conf::Configured;
use super::duration;
use super::{Context, UserError};
use crate::finding::Exit;
use crate::io::local::Local;
use crate::io::probe::{Environment, Run};
use crate::io::server::EmbeddedServer;
use crate::io::tls::{self, Trust};
use crate::measure::Pace;
use crate::metric::{Bound, Threshold, Unit};
use crate::probe::plan::{Options, Preset, Target, Transport};
use crate::probe::{Judge, METRICS, Summary};
use crate::report::Progress;
use crate::turn::Family;

/// Probe STUN and TURN servers: reachability, credentials, certificate, relay data path
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES, args_conflicts_with_subcommands = true, disable_help_subcommand = true)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    targets: targets::Args,
    #[command(flatten)]
    configuration: turnserver_conf::Args,
    #[command(flatten)]
    credentials: credentials::Args,
    #[command(flatten)]
    network: network::Args,
    #[command(flatten)]
    trust: TrustArgs,
    #[command(flatten)]
    traffic: TrafficArgs,
    #[command(flatten)]
    audits: audits::Args,
    #[command(flatten)]
    quality: quality::Args,
    #[command(flatten)]
    watch: watch::Args,
    #[command(flatten)]
    limits: LimitArgs,
    #[command(flatten)]
    recording: recording::Args,
}

/// What is done about servers without asking them. A first word that is none of these is a target.
#[derive(Debug, clap::Subcommand)]
enum Command {
    Cred(cred::Args),
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "TLS")]
struct TrustArgs {
    /// Trust the certificates of this PEM file instead of the system's
    #[arg(long, value_name = "FILE")]
    cafile: Option<PathBuf>,
    /// Hold certificates against this name instead of the target's host
    #[arg(long, value_name = "NAME", value_parser = server_name)]
    servername: Option<ServerName<'static>>,
    /// Report a bad certificate without failing for it
    #[arg(long)]
    insecure: bool,
    /// Warn of a certificate that ends within so many days
    #[arg(long, value_name = "N", default_value_t = 14, value_parser = clap::value_parser!(u16).range(0..=3650))]
    min_days: u16,
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Relay traffic")]
struct TrafficArgs {
    /// Packets sent over each relay path, 1 to 1000000 [default: 20; in each round of --watch 5]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    count: Option<u32>,
    /// Packets a second on each relay path, 1 to 10000
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    rate: u32,
    /// Bytes of each packet, 14 to 1400
    #[arg(long, value_name = "BYTES", default_value_t = 160, value_parser = clap::value_parser!(u16).range(14..=1400))]
    size: u16,
    /// Send what such a call sends, and fail on what spoils it (--max overrides the limits)
    #[arg(long, value_name = "CALL", value_enum, conflicts_with_all = ["count", "rate", "size"])]
    preset: Option<Preset>,
    /// Send for so long instead of a number of packets
    #[arg(long, value_name = "TIME", conflicts_with = "count", value_parser = duration::from_arg)]
    duration: Option<Duration>,
    /// Show relay candidates alone (iceTransportPolicy "relay")
    #[arg(long)]
    relay_only: bool,
    /// Ask for a relay of this address family; browsers name none, which means IPv4
    #[arg(long, value_name = "FAMILY", value_enum)]
    relay_family: Option<Family>,
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Limits")]
struct LimitArgs {
    /// How long each step may take
    #[arg(long, value_name = "TIME", default_value = "5s", value_parser = duration::from_arg)]
    timeout: Duration,
    /// How long the run may take [default: 30s beyond the time that sending and --nat-lifetime take; with --watch no
    /// end]
    #[arg(long, value_name = "TIME", value_parser = duration::from_arg)]
    deadline: Option<Duration>,
    /// Fail if a metric is above a limit, as in rtt.p99=5ms or loss=1%; may be repeated
    #[arg(long = "max", value_name = "METRIC=VALUE")]
    max: Vec<String>,
    /// Fail if a metric is below a limit, as in throughput.outbound=2M; may be repeated
    #[arg(long = "min", value_name = "METRIC=VALUE")]
    min: Vec<String>,
    /// Fail unless these transports work
    #[arg(long, value_name = "TRANSPORT", value_enum, value_delimiter = ',')]
    require: Vec<Transport>,
}

const EXAMPLES: &str = "Examples:
  rtcscope probe --embedded
      start a server inside the process and probe it: no network needed
  rtcscope probe turn:turn.example.org -u alice --password-file secret.txt
      probe a TURN server over UDP and TCP
  rtcscope probe turn:turn.example.org turns:turn.example.org --secret S --require udp,tls
      mint TURN REST credentials; fail unless both UDP and TLS work
  rtcscope probe turn.example.org --transport udp,tcp,tls,dtls -u alice --password-file secret.txt
      probe every transport over every address, with TLS and DTLS at 5349
  rtcscope probe stun:stun1.example.org stun:stun2.example.org --nat
      what kind of NAT this machine is behind, and which calls need TURN
  rtcscope probe --ice-servers servers.json --max rtt.p99=50ms --format json
      probe what a web app is given, and fail above a limit
  rtcscope probe turn:turn.example.org -u alice --password-file secret.txt --watch 10s
      then look again every ten seconds, and tell what changed, until Ctrl-C
  rtcscope probe turn:turn.example.org -u alice --password-file secret.txt --trace=trace.txt --pcap probe.pcapng
      write down all that is sent and received, for a ticket
  rtcscope probe cred --secret S turn:turn.example.org
      mint a credential and an iceServers block; `rtcscope probe -- cred` probes a host of that name
  rtcscope probe turn:turn.example.org --turnserver-conf /etc/turnserver.conf
      probe a coturn with a user of its own configuration, and say what is wrong with that
  rtcscope probe --turnserver-conf turnserver.conf --lint-only
      say what is wrong with a configuration, and send nothing

Environment:
  RTCSCOPE_USERNAME, RTCSCOPE_PASSWORD, RTCSCOPE_SECRET, RTCSCOPE_ACCESS_TOKEN, RTCSCOPE_MAC_KEY
      used where no flag says otherwise; passwords given as arguments are seen by other users of this machine,
      those of the environment and of --password-file are not

Metrics for --max and --min:
  rtt.{min,median,p95,p99,max}, loss, jitter
      of the relay's paths with a plain UDP peer, each way (of STUN Binding where no relay is asked for)
  throughput.{inbound,outbound}, mtu.{inbound,outbound}
      with --throughput and --mtu; for --min
  setup, resolve, connect, tls.handshake, allocate, permission, channel, refresh
      how long each takes
  downtime
      the part of a --watch in which an endpoint did not work
  binding.rtt.*, binding.loss, relay.{inbound,outbound,loop}.{rtt.*,loss,jitter}
      each apart";

/// Packets of a path without `--count`.
const COUNT: u32 = 20;
/// What a run without `--deadline` is given beyond the traffic asked for.
const DEADLINE: Duration = Duration::from_secs(30);

/// What a preset takes, which has one path at a time.
fn long_paths(options: &Options) -> Option<String> {
    options.preset?;
    let each = (options.pace.interval * options.pace.count).as_secs_f64();
    Some(format!(
        "--preset sends over up to three relay paths, one after the other as they would share a cap: {each:.0} s each, \
         about {:.0} s in all",
        3.0 * each
    ))
}

/// The files that are read.
fn inputs(args: &Args) -> Vec<(&'static str, &std::path::Path)> {
    let files = [
        ("--ice-servers", &args.targets.ice_servers),
        ("--turnserver-conf", &args.configuration.turnserver_conf),
        ("--password-file", &args.credentials.password_file),
        ("--cafile", &args.trust.cafile),
    ];
    files.into_iter().filter_map(|(flag, path)| Some((flag, path.as_deref()?))).collect()
}

pub(super) fn run(args: Args, mut context: Context) -> anyhow::Result<Exit> {
    if let Some(Command::Cred(args)) = args.command {
        return cred::run(args, context);
    }
    recording::spare(&args.recording, &context, &inputs(&args))?;
    let ready = Ready::of(&args, &context)?;
    if !args.watch.is_on() {
        let summary = ready.once(&args, &context)?;
        return context.emit(&summary);
    }
    let Started { run, judge, recorder, progress, server, .. } = ready.start(&args, &context)?;
    let Some(every) = args.watch.every(&args.traffic, &args.limits, &run.options) else {
        anyhow::bail!("a watch has an interval")
    };
    let summary = watch::run(run, every, judge, &progress, &mut context)?;
    recorder.finish();
    drop(server);
    context.emit(&summary)
}

/// Probes as `run` does, for a command that does more than that.
pub(super) fn examine(args: &Args, context: &Context) -> anyhow::Result<Summary> {
    Ready::of(args, context)?.once(args, context)
}

/// Whether the flags make sense together, as far as that is to be known before anything is sent.
pub(super) fn review(args: &Args, context: &Context) -> anyhow::Result<()> {
    Ready::of(args, context).map(drop)
}

impl Args {
    /// Who we are.
    pub(super) fn credentials(&mut self) -> &mut credentials::Args {
        &mut self.credentials
    }
}

/// A probe of which all is known that can be before anything is sent.
struct Ready {
    targets: Vec<Target>,
    options: Options,
    judge: Judge,
    configured: Option<Configured>,
    local: Local,
    roots: RootCertStore,
}

/// A probe that has only to be run.
struct Started {
    run: Run,
    judge: Judge,
    configured: Option<Configured>,
    recorder: recording::Recorder,
    progress: Arc<Progress>,
    server: Option<EmbeddedServer>,
}

impl Ready {
    fn of(args: &Args, context: &Context) -> anyhow::Result<Self> {
        let mut options = options(args)?;
        let thresholds = thresholds(args)?;
        options.needs_bps = needs(args.traffic.preset, &thresholds);
        options.deadline = context.left().map_or(options.deadline, |left| left.min(options.deadline));
        let judge = Judge { fail_on: context.fail_on, thresholds, verbosity: context.verbosity };
        let configured = args.configuration.read()?;
        if args.configuration.lint_only {
            let (targets, local, roots) = (Vec::new(), Local::default(), RootCertStore::empty());
            return Ok(Self { targets, options, judge, configured, local, roots });
        }
        let (mut targets, relay_only) = targets::read(&args.targets, &args.credentials, configured.as_ref())?;
        options.relay_only |= relay_only;
        let local = args.network.local()?;
        args.network.apply(&mut targets)?;
        let roots = tls::roots_for(&targets, args.trust.cafile.as_deref())?;
        if !args.targets.embedded {
            targets::require(&mut targets, &args.limits.require)?;
        }
        Ok(Self { targets, options, judge, configured, local, roots })
    }

    fn start(self, args: &Args, context: &Context) -> anyhow::Result<Started> {
        let Self { mut targets, options, judge, configured, local, mut roots } = self;
        let mut server = None;
        if args.targets.embedded {
            server = Some(embedded::start(&mut targets, &mut roots)?);
            args.network.keep(&mut targets)?;
            targets::require(&mut targets, &args.limits.require)?;
        }
        for warning in quality::warnings(&options.audits).into_iter().chain(long_paths(&options)) {
            context.announce(&warning);
        }
        let recorder = recording::start(&args.recording, context)?;
        let progress = Arc::new(recorder.progress(context));
        let shown = progress.clone();
        let environment = Environment {
            trust: Trust { roots: Arc::new(roots), insecure: args.trust.insecure },
            local,
            server_name: args.trust.servername.clone(),
            progress: Arc::new(move |doing| shown.set(doing)),
            tap: recorder.tap.clone(),
        };
        let run = Run { targets, options, environment };
        Ok(Started { run, judge, configured, recorder, progress, server })
    }

    fn once(self, args: &Args, context: &Context) -> anyhow::Result<Summary> {
        if let Some(configured) = self.configured.as_ref().filter(|_| args.configuration.lint_only) {
            return Ok(Summary::of_configuration(configured.report(), &self.judge));
        }
        let Started { run, judge, configured, recorder, progress, server } = self.start(args, context)?;
        let (seen, plan) = run.to_end()?;
        progress.finish();
        recorder.finish();
        drop(server);
        let summary = Summary::new(seen, &plan.targets, &plan.options, &judge);
        Ok(match configured {
            Some(configured) => summary.beside(configured.report(), &judge),
            None => summary,
        })
    }
}

/// The limits of `--max` and `--min`, and those of the preset where no `--max` is about the same.
fn thresholds(args: &Args) -> Result<Vec<Threshold>, UserError> {
    let read = |arg: &str| Threshold::from_arg(arg, METRICS).map_err(|e| UserError::usage(&e).hint(e.hint()));
    let mut thresholds = args.limits.max.iter().map(|arg| read(arg)).collect::<Result<Vec<_>, _>>()?;
    let about = |threshold: &Threshold| threshold.metric.name.split('.').next().unwrap_or_default();
    let own: Vec<&str> = thresholds.iter().map(about).collect();
    let preset = args.traffic.preset.iter().flat_map(|preset| preset.limits());
    let preset = preset.map(read).collect::<Result<Vec<_>, _>>()?;
    let preset: Vec<Threshold> = preset.into_iter().filter(|limit| !own.contains(&about(limit))).collect();
    thresholds.extend(preset);
    for arg in &args.limits.min {
        thresholds.push(read(arg)?.at_least());
    }
    Ok(thresholds)
}

/// Payload a second that was asked for, by a preset or a least throughput.
fn needs(preset: Option<Preset>, thresholds: &[Threshold]) -> Option<u64> {
    let least = thresholds
        .iter()
        .filter(|threshold| threshold.bound == Bound::Min && threshold.metric.unit == Unit::BitsPerSecond)
        .map(|threshold| threshold.limit as u64);
    preset.map(Preset::needs_bps).into_iter().chain(least).max()
}

fn options(args: &Args) -> Result<Options, UserError> {
    let preset = args.traffic.preset;
    let rate = preset.map_or(args.traffic.rate, Preset::rate);
    let size = preset.map_or(args.traffic.size, Preset::size);
    let interval = Duration::from_secs(1) / rate;
    // Five seconds of a call: enough for a percent of loss to be more than one packet.
    let usual = preset.map_or(args.traffic.count.unwrap_or(COUNT), |preset| preset.rate() * 5);
    let count = match args.traffic.duration {
        None => usual,
        Some(duration) => u32::try_from(duration.as_nanos() / interval.as_nanos().max(1))
            .ok()
            .filter(|count| *count <= 10_000_000)
            .ok_or_else(|| UserError::usage("--duration times --rate is more than ten million packets"))?
            .max(1),
    };
    // One path after the other with a preset, else all at once.
    let traffic = interval * count * if preset.is_some() { 3 } else { 1 };
    let audits = args.quality.add_to(args.audits.audits()?)?;
    let (each, lifetimes) = audits.time();
    // A name may have an address of either family, which are two servers as far as is known.
    let servers = 2 * args.targets.named();
    let waiting = args.audits.waiting();
    let asked = traffic + waiting + each * servers + lifetimes;
    let deadline = args.limits.deadline.unwrap_or(DEADLINE + asked);
    if traffic >= deadline {
        let message = format!(
            "sending takes {:.0} s, longer than --deadline {:.0} s",
            traffic.as_secs_f64(),
            deadline.as_secs_f64()
        );
        return Err(
            UserError::usage(message).hint("lower --count or --duration, or raise --rate or --deadline")
        );
    }
    if traffic + waiting >= deadline {
        let message = format!(
            "--nat-lifetime waits {:.0} s, which --deadline {:.0} s leaves no time for",
            waiting.as_secs_f64(),
            deadline.as_secs_f64()
        );
        return Err(
            UserError::usage(message).hint("shorten it, as in --nat-lifetime=30s, or raise --deadline")
        );
    }
    let timeout = args.limits.timeout.min(deadline);
    let patience = Duration::from_secs(1).min(timeout);
    Ok(Options {
        timeout,
        deadline,
        bindings: 5,
        pace: Pace { count, interval, size: usize::from(size), patience },
        preset,
        needs_bps: None,
        audits,
        relay_only: args.traffic.relay_only,
        families: args.network.families(),
        srv: args.network.srv,
        min_days: i64::from(args.trust.min_days),
        relay_family: args.traffic.relay_family,
    })
}

pub(super) fn server_name(arg: &str) -> Result<ServerName<'static>, String> {
    ServerName::try_from(arg.to_owned()).map_err(|_| "write a DNS name or an IP address".to_owned())
}

#[cfg(test)]
mod tests {
    /// The subcommand of `probe` that a command line names, and its targets.
    fn read(args: &[&str]) -> (Option<String>, Vec<String>) {
        let args = ["rtcscope", "probe"].iter().chain(args);
        let matches = crate::cli::command().try_get_matches_from(args).unwrap();
        let probe = matches.subcommand_matches("probe").unwrap();
        let targets = probe.try_get_many::<String>("targets").ok().flatten();
        let targets = targets.map_or_else(Vec::new, |targets| targets.cloned().collect());
        (probe.subcommand_name().map(str::to_owned), targets)
    }

    #[test]
    fn a_host_may_have_the_name_of_a_subcommand() {
        let cred = |targets: &[&str]| (None, targets.iter().map(|&target| target.to_owned()).collect());
        assert_eq!(read(&["--", "cred"]), cred(&["cred"]));
        assert_eq!(read(&["turn:cred"]), cred(&["turn:cred"]));
        assert_eq!(read(&["turn:x", "cred"]), cred(&["turn:x", "cred"]));
        assert_eq!(read(&["--timeout", "1s", "cred"]), cred(&["cred"]));
        assert_eq!(read(&["help"]), cred(&["help"]));
        assert_eq!(read(&["cred", "-u", "alice"]).0.as_deref(), Some("cred"));
    }
}
