//! `--trace` and `--pcap`: what goes into a ticket.

use std::path::{Path, PathBuf};

use crate::cli::{Context, UserError};
use crate::io::output;
use crate::io::tap::{Recording, Tap, TraceTo};
use crate::report::{Progress, printable};

#[derive(Debug, clap::Args)]
#[group(skip)]
#[command(next_help_heading = "Recording")]
pub(super) struct Args {
    /// Write each message sent and received as a line, secrets left out: to standard error, or to a file
    ///
    /// Nothing else is left out: addresses and user names stay.
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true, default_missing_value = "-")]
    trace: Option<PathBuf>,
    /// Write everything sent and received to a file for Wireshark (pcapng), TLS in clear
    ///
    /// No password or secret is in it, and nothing is left out: addresses and user names stay, and HMACs, against which
    /// passwords can be guessed.
    #[arg(long, value_name = "FILE")]
    pcap: Option<PathBuf>,
}

/// What is recorded of a run.
#[derive(Debug)]
pub(super) struct Recorder {
    recording: Recording,
    on_stderr: bool,
    /// For whoever makes connections.
    pub(super) tap: Tap,
}

/// Refuses to write over what is read: at the end of the run it would be gone.
pub(super) fn spare(args: &Args, context: &Context, inputs: &[(&str, &Path)]) -> Result<(), UserError> {
    for (input, path) in inputs.iter().filter(|(_, path)| path.as_os_str() != "-") {
        let recorded = [("--pcap", &args.pcap), ("--trace", &args.trace)];
        let over = recorded.into_iter().find(|(_, to)| {
            to.as_deref().is_some_and(|to| to.as_os_str() != "-" && output::is_same_file(to, path))
        });
        let flag = match over {
            Some((flag, _)) => flag,
            None if context.writes_to(path) => "the result",
            None => continue,
        };
        let message = format!("{flag} would be written over {}, which {input} reads", path.display());
        return Err(UserError::usage(message).hint("name another file to write to"));
    }
    Ok(())
}

/// Opens the files.
pub(super) fn start(args: &Args, context: &Context) -> anyhow::Result<Recorder> {
    if args.pcap.as_ref().is_some_and(|path| path.as_os_str() == "-") {
        return Err(UserError::usage("--pcap needs a file: standard output is for the result").into());
    }
    let trace = args.trace.as_deref().filter(|path| path.as_os_str() != "-");
    if let (Some(pcap), Some(trace)) = (&args.pcap, trace)
        && output::is_same_file(pcap, trace)
    {
        return Err(UserError::usage("--pcap and --trace would write the same file").into());
    }
    for (flag, path) in [("--pcap", args.pcap.as_deref()), ("--trace", trace)] {
        if let Some(path) = path.filter(|path| context.writes_to(path)) {
            let message = format!("{flag}: {} is where the result goes", path.display());
            return Err(UserError::usage(message)
                .hint("give each `--report`, `--output`, `--pcap` and `--trace` its own file")
                .into());
        }
    }
    let trace = args.trace.as_ref().map(|path| match path.as_os_str() == "-" {
        true => TraceTo::Stderr,
        false => TraceTo::File(path.clone()),
    });
    let (recording, tap) = Recording::start(trace.as_ref(), context.verbosity > 0, args.pcap.as_deref())?;
    Ok(Recorder { recording, on_stderr: matches!(trace, Some(TraceTo::Stderr)), tap })
}

impl Recorder {
    /// The progress line; none where the trace has standard error for itself.
    pub(super) fn progress(&self, context: &Context) -> Progress {
        if self.on_stderr { Progress::new(false) } else { context.progress() }
    }

    /// Writes what waits, and says what could not be written: the run is not the worse for it.
    pub(super) fn finish(self) {
        for problem in self.recording.finish() {
            output::write_stderr(&format!("warning: {}\n", printable(&problem)));
        }
    }
}
