//! `rtcscope sdp explain`: descriptions in, what they say out.

use super::input;
use crate::cli::Context;
use crate::finding::Exit;
use crate::sdp::explain::{Explanation, SessionFacts};

/// Explain what a session description says, in plain words and m-line by m-line
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Args {
    /// Files with SDP, or - for standard input
    #[arg(value_name = "INPUT", required = true)]
    inputs: Vec<String>,
    /// Say of every line what it means, and which RFC says so; ICE passwords and keys are left out
    #[arg(long)]
    lines: bool,
}

const EXAMPLES: &str = "Examples:
  rtcscope sdp explain offer.sdp
      who wrote it, what it proposes, and each m-line: codecs, ICE, DTLS, extensions
  pbpaste | rtcscope sdp explain -
      what was copied from a console or a log
  rtcscope sdp explain offer.sdp answer.sdp --format json
      the same for programs
  rtcscope sdp explain --lines offer.sdp
      every line with its meaning

Exit codes here:
  0 explained, 2 the command line is wrong, 3 the input cannot be read or has no SDP in it";

pub(super) fn run(args: Args, context: Context) -> anyhow::Result<Exit> {
    let mut explanation = Explanation {
        sessions: Vec::new(),
        notes: Vec::new(),
        findings: Vec::new(),
        fail_on: context.fail_on,
    };
    for given in input::read(&args.inputs)? {
        match SessionFacts::of(&given, args.lines) {
            Some(session) => explanation.sessions.push(session),
            None => {
                let what = if given.bytes.is_empty() { "is empty" } else { "has no SDP in it" };
                explanation.notes.push(format!("{} {what}.", given.source));
            }
        }
    }
    context.emit(&explanation)
}
