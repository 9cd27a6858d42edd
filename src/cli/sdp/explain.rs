//! `rtcscope sdp explain`: descriptions in, what they say out.

use super::input::{self, Input};
use crate::cli::{Context, UserError};
use crate::finding::Exit;
use crate::report::Unread;
use crate::sdp::explain::{DumpFacts, Explanation, Given, LoneCandidateFacts, SessionFacts};
use crate::sdp::lint::{self, Selection};
use crate::sdp::source::{Document, Kind};

/// Explain what a session description says, in plain words and m-line by m-line
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(in crate::cli) struct Args {
    /// Files with SDP in them, whatever they are: SDP, JSON, logs, messages, dumps; - for standard input
    #[arg(value_name = "INPUT", required = true)]
    inputs: Vec<String>,
    /// Say of every line what it means, and which RFC says so; ICE passwords and keys are left out
    #[arg(long)]
    lines: bool,
    /// Of a dump, take this peer connection alone
    #[arg(long, value_name = "ID")]
    pc: Option<String>,
    /// Explain the description of this number alone, counted from 1 in the order of the input
    #[arg(long, value_name = "NUMBER")]
    at: Option<usize>,
}

const EXAMPLES: &str = "Examples:
  rtcscope sdp explain offer.sdp
      who wrote it, what it proposes, and each m-line: codecs, ICE, DTLS, extensions
  pbpaste | rtcscope sdp explain -
      what was copied from a console, a log or a chat
  rtcscope sdp explain --lines offer.sdp
      every line with its meaning
  rtcscope sdp explain webrtc_internals_dump.txt
      what happened to each peer connection; --at 3 explains its third description

Exit codes here:
  0 explained, 1 explained, and a finding is at or above --fail-on or a peer connection failed, 2 the command line is wrong,
  3 the input cannot be read or has no SDP in it";

pub(in crate::cli) fn run(args: Args, context: Context) -> anyhow::Result<Exit> {
    let mut explanation = Explanation {
        fail_on: context.fail_on,
        with_remarks: context.verbosity > 0,
        ..Explanation::default()
    };
    let mut count = 0;
    for input in input::read(&args.inputs)? {
        let base = count + 1;
        count += input.sources.documents.len();
        let documents = input.sources.documents.iter().enumerate();
        let mut sessions: Vec<SessionFacts> = Vec::new();
        for (index, document) in documents {
            let given = given(&input, document, base + index, context.draws());
            match SessionFacts::of(&given, args.lines) {
                Some(mut session) => {
                    session.know_writer(input.sources.dump.as_ref(), document.in_dump);
                    sessions.push(session);
                }
                None => explanation.notes.push(format!(
                    "{}: description {} is said to be SDP, but hardly a line of it is one of SDP.",
                    given.source, given.number
                )),
            }
        }
        explanation.dumps.extend(input.sources.dump.as_ref().map(|dump| {
            let mut facts = DumpFacts::of(&input.name, dump, &sessions, base);
            facts.connections.retain(|one| args.pc.as_ref().is_none_or(|id| *id == one.id));
            facts
        }));
        sessions.retain(|session| args.at.is_none_or(|at| at == session.number));
        sessions.retain(|session| {
            let document = input.sources.documents.get(session.number - base);
            document.is_some_and(|document| input.is_of(document, args.pc.as_deref()))
        });
        for session in sessions {
            let document = &input.sources.documents[session.number - base];
            let kind = input.kind(document, None);
            let examined = lint::Input { source: &input.name, document, kind };
            let (mut findings, omitted) = examined.findings(&Selection::all());
            if input.sources.documents.len() > 1 {
                for finding in &mut findings {
                    finding.evidence.insert("description".to_owned(), session.number.into());
                }
            }
            explanation.omitted_findings += omitted;
            // Beside lines that are shown with their numbers, those are meant.
            if document.stands_in_lines() && !args.lines {
                explanation.in_lines.push(session.number);
            }
            explanation.add(session, findings);
        }
        explanation.subjects.push(input.name.clone());
        if let Some(document) = input.sources.fragment() {
            let examined = lint::Input { source: &input.name, document: &document, kind: None };
            let (findings, omitted) = examined.findings(&Selection::all());
            explanation.omitted_findings += omitted;
            let candidates = input.sources.candidates.iter();
            explanation.add_candidates(
                candidates.map(|one| LoneCandidateFacts::of(&input.name, one)).collect(),
                findings,
            );
        }
        if input.sources.is_empty() {
            let why = input.sources.why_none().unwrap_or("there is no description in it");
            explanation.unread.push(Unread::new(&input.name, why));
        }
        explanation
            .notes
            .extend(input.sources.notes.iter().map(|note| format!("{}: {}.", input.name, note.text)));
    }
    if let Some(id) = args.pc.filter(|_| explanation.dumps.iter().all(|dump| dump.connections.is_empty())) {
        return Err(UserError::usage(format!("no peer connection is called `{id}`"))
            .hint("without `--pc`, all of them are listed")
            .into());
    }
    if let Some(at) = args.at.filter(|_| explanation.sessions.is_empty()) {
        return Err(input::no_description(at, count).into());
    }
    explanation.in_full = explanation.dumps.is_empty() || args.at.is_some() || args.lines;
    if args.at.is_some() {
        explanation.dumps.clear();
    }
    context.emit(&explanation)
}

fn given(input: &Input, document: &Document, number: usize, drawn: bool) -> Given {
    let source = match document.label.as_str() {
        "" => input.name.clone(),
        label => format!("{}, {label}", input.name),
    };
    let kind = (!matches!(document.kind, Kind::Rollback | Kind::Unknown)).then(|| document.kind.name());
    let first_line = document.place(0).map(|place| place.line);
    Given { number, source, first_line, kind, bytes: document.text.clone(), drawn }
}
