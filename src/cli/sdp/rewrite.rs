//! `rtcscope sdp rewrite`: a description in, the same with changes out.

use std::collections::BTreeMap;
use std::path::Path;

use super::input::{self, Input};
use crate::cli::{Context, UserError};
use crate::finding::Exit;
use crate::sdp::attribute::Direction;
use crate::sdp::edit::Edit;
use crate::sdp::redact::{Redactor, Unknown};
use crate::sdp::rewrite::{self, Bitrate, CodecName, Plan, Refusal, Rewritten, Scope};
use crate::sdp::source::{Document, Kind};
use crate::sdp::{Session, Text};
use crate::spelling;

/// Change codecs, bandwidth or direction of a session description, or redact it, and nothing else
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Args {
    /// A file with SDP in it, or - for standard input
    #[arg(value_name = "INPUT")]
    input: String,
    /// Put this codec first, its rtx and red with it: VP8, opus/48000, 'H264;profile-level-id=42e01f', or a payload
    /// type; may be repeated, in order of preference
    #[arg(long, value_name = "CODEC", value_parser = CodecName::from_arg)]
    prefer: Vec<CodecName>,
    /// Take out all other codecs where this one is, with all that is said of them; may be repeated to keep several
    #[arg(long, value_name = "CODEC", value_parser = CodecName::from_arg)]
    only: Vec<CodecName>,
    /// Take this codec out, with its rtx, red and all that is said of it; may be repeated
    #[arg(long, value_name = "CODEC", value_parser = CodecName::from_arg)]
    remove: Vec<CodecName>,
    /// Set b=AS and b=TIAS, those that are there or else both, of one kind of media or one mid: video=1500k; may be
    /// repeated
    #[arg(long, value_name = "MEDIA=RATE", value_parser = Scope::with_bitrate)]
    bandwidth: Vec<(Scope, Bitrate)>,
    /// Set which way one kind of media or one mid goes: video=recvonly; may be repeated
    #[arg(long, value_name = "MEDIA=DIRECTION", value_parser = Scope::with_direction)]
    direction: Vec<(Scope, Direction)>,
    /// Of several descriptions, take the one of this number alone, counted from 1 as `sdp explain` does
    #[arg(long, value_name = "NUMBER")]
    at: Option<usize>,
    /// Write the result even if `sdp lint` finds faults in it that the input has not
    #[arg(long)]
    force: bool,
}

const EXAMPLES: &str = "Examples:
  rtcscope sdp rewrite --prefer H264 offer.sdp
      H.264 first, all else as it was
  rtcscope sdp rewrite --remove VP9 --remove AV1 -o offer.sdp offer.sdp
      in place; the file may be JSON or a message with the SDP in it
  rtcscope sdp rewrite --only opus --bandwidth video=1500k --direction video=sendonly offer.sdp
      other audio codecs out, a limit on video
  pbpaste | rtcscope sdp rewrite --redact -
      what was copied, fit to be shown to others

What stands around the description (JSON, a log, a message, whose Content-Length follows) stays as it is. Where the
description cannot be changed in its place, as in base64, it is written alone, and standard error says so.

Exit codes here:
  0 written, 2 the command line is wrong or would make the description worse, 3 the input cannot be read or has no
  SDP in it";

pub(super) fn run(args: Args, context: Context) -> anyhow::Result<Exit> {
    let (input, bytes) = input::whole(&args.input)?;
    let chosen = chosen(&input, args.at)?;
    let plan = Plan {
        prefer: args.prefer,
        only: args.only,
        remove: args.remove,
        bandwidth: args.bandwidth,
        direction: args.direction,
    };
    check_names(&plan, &chosen)?;
    let (mut rewritten, mut rejected) = (Vec::new(), BTreeMap::<String, Vec<String>>::new());
    for (index, document) in &chosen {
        // Of several, the one at fault.
        let which = match chosen.len() {
            1 => String::new(),
            _ => format!("that is description {} of the input; `--at` takes one alone", index + 1),
        };
        let text = Text::from_bytes(&document.text);
        let session = Session::from_text(&text);
        let edits = rewrite::edits(&session, &plan).map_err(|refusal| refused(&refusal).hint(&which))?;
        for scope in plan.rejected(&session) {
            rejected.entry(scope.to_string()).or_default().push((index + 1).to_string());
        }
        let one = Rewritten::of(*index, document, edits);
        check_fragment(document, &one)?;
        if !args.force && !one.edits.is_empty() {
            check_faults(document, &one, &input.name).map_err(|error| error.hint(&which))?;
        }
        rewritten.push(one);
    }
    for (scope, places) in rejected {
        let place = if chosen.len() == 1 { "" } else { &format!(" in description {}", places.join(", ")) };
        context.announce(&format!("{scope} is rejected (port 0){place}, and left as it was"));
    }
    if context.redacts() {
        let one = single(rewritten, &input)?;
        let document = &input.sources.documents[one.index];
        if document.verbatim() != Some(0..bytes.len()) {
            context
                .announce("the description is written without what stood around it, which was not redacted");
        }
        let mut redactor = Redactor::new();
        let redacted = redactor.redact(&one.text);
        if let Some(what) = unknown(redactor.unknown()) {
            context.announce(&what);
        }
        return context.emit_raw(&redacted);
    }
    match rewrite::carried(&bytes, &input.sources.documents, &rewritten) {
        Some(result) => context.emit_raw(&result),
        None => {
            let one = single(rewritten, &input)?;
            let label = input.sources.documents[one.index].label.as_str();
            let place = if label.is_empty() { String::new() } else { format!(" ({label})") };
            let reason = "cannot be changed in the form that it has there, and is written alone";
            context.announce(&format!("the description{place} {reason}"));
            context.emit_raw(&one.text)
        }
    }
}

/// What to say of what was redacted because nobody knows what it is. Names only: what stands there may be secret.
fn unknown(unknown: &[Unknown]) -> Option<String> {
    const MOST: usize = 12;
    let named = |one: &Unknown| match one.attribute.as_str() {
        "" => format!("line {}", one.line),
        name => format!("a={name} (line {})", one.line),
    };
    let mut names: Vec<String> = unknown.iter().take(MOST).map(named).collect();
    if unknown.len() > MOST {
        names.push(format!("{} more", unknown.len() - MOST));
    }
    (!names.is_empty())
        .then(|| format!("redacted too, since it is not known and may be secret: {}", names.join(", ")))
}

/// The descriptions to rewrite, with their places among all.
fn chosen(input: &Input, at: Option<usize>) -> anyhow::Result<Vec<(usize, &Document)>> {
    let documents = &input.sources.documents;
    let all = documents.iter().enumerate().filter(|(_, document)| document.kind != Kind::Rollback);
    let chosen: Vec<_> = all.filter(|(index, _)| at.is_none_or(|at| at == index + 1)).collect();
    match at {
        _ if !chosen.is_empty() => Ok(chosen),
        Some(at) if !documents.is_empty() => Err(UserError::usage(format!("there is no description {at}"))
            .hint(format!("the input has {}", documents.len()))
            .into()),
        _ => {
            let why = input.sources.why_none().unwrap_or("there is no description in it");
            Err(UserError::could_not_look(format!("{}: {why}", input.name)).into())
        }
    }
}

/// The only one that was chosen.
fn single(mut rewritten: Vec<Rewritten>, input: &Input) -> anyhow::Result<Rewritten> {
    match rewritten.pop() {
        Some(one) if rewritten.is_empty() => Ok(one),
        _ => {
            let count = input.sources.documents.len();
            Err(UserError::usage(format!("there are {count} descriptions, and one can be written alone"))
                .hint("say which with `--at`; `rtcscope sdp explain` lists them")
                .into())
        }
    }
}

/// What the command line names must be in one of the descriptions.
fn check_names(plan: &Plan, chosen: &[(usize, &Document)]) -> anyhow::Result<()> {
    let texts: Vec<Text<'_>> = chosen.iter().map(|(_, document)| Text::from_bytes(&document.text)).collect();
    let sessions: Vec<Session<'_>> = texts.iter().map(Session::from_text).collect();
    let everywhere = |missing: &dyn Fn(&Session<'_>) -> Vec<String>| -> Option<String> {
        let all: Vec<Vec<String>> = sessions.iter().map(missing).collect();
        let (first, rest) = all.split_first()?;
        first.iter().find(|name| rest.iter().all(|other| other.contains(name))).cloned()
    };
    let text = |names: Vec<String>| if names.is_empty() { "none".to_owned() } else { names.join("; ") };
    let codec =
        everywhere(&|session| plan.unknown_codecs(session).into_iter().map(ToString::to_string).collect());
    if let Some(codec) = codec {
        let mut present: Vec<String> = sessions.iter().flat_map(rewrite::present).collect();
        present.dedup();
        let names = present.iter().flat_map(|line| line.split([' ', '/', ',']));
        let near = spelling::nearest(&codec, names);
        let has_rejected = sessions.iter().any(|session| session.media().any(|media| media.is_rejected()));
        let near = near.first().and_then(|near| spelling::question(&[near])).unwrap_or_default();
        return Err(UserError::usage(format!("no m-line has the codec `{codec}`"))
            .hint(near)
            .hint(format!("these are there: {}", text(present)))
            .hint(match has_rejected {
                true => "m-lines that are rejected (port 0) do not count",
                false => "",
            })
            .into());
    }
    let scope =
        everywhere(&|session| plan.unknown_scopes(session).into_iter().map(ToString::to_string).collect());
    if let Some(scope) = scope {
        let media = sessions.iter().flat_map(|session| session.media());
        let mut present: Vec<String> = media
            .map(|media| match media.mid() {
                Some(mid) => format!("{} (mid {mid})", media.line().kind),
                None => media.line().kind.value.to_owned(),
            })
            .collect();
        present.dedup();
        let lines = sessions.iter().flat_map(|session| session.media());
        let names = lines
            .flat_map(|media| [Some(media.line().kind.value), media.mid().map(|mid| mid.value)])
            .flatten();
        let meant = spelling::question(&spelling::nearest(&scope, names)).unwrap_or_default();
        return Err(UserError::usage(format!("no m-line is of kind or mid `{scope}`"))
            .hint(meant)
            .hint(format!("these are there: {}", text(present)))
            .into());
    }
    Ok(())
}

fn refused(refusal: &Refusal) -> UserError {
    let Refusal::NoCodecLeft { kind, present, .. } = refusal;
    UserError::usage(refusal)
        .hint(format!("it has {}; keep one of them", present.join(", ")))
        .hint(format!("to have no {kind}, write `--direction {kind}=inactive`"))
}

/// Fragments of trickle ICE have m-lines and attributes alone (RFC 8840): with more they would be none.
fn check_fragment(document: &Document, one: &Rewritten) -> Result<(), UserError> {
    let is_bandwidth = |edit: &Edit| edit.text.starts_with("b=");
    if document.kind != Kind::Sdpfrag || !one.edits.iter().any(is_bandwidth) {
        return Ok(());
    }
    Err(UserError::usage("an SDP fragment cannot have a bandwidth")
        .hint("set it in the offer or the answer that the fragment belongs to"))
}

/// The result must not have faults that the input has not.
fn check_faults(document: &Document, one: &Rewritten, path: &str) -> Result<(), UserError> {
    let name = Path::new(path).file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let said = Some(document.kind).filter(|kind| *kind != Kind::Unknown);
    let kind = said.or_else(|| Kind::from_hint(name)).unwrap_or(Kind::Unknown);
    let faults = rewrite::new_faults(&document.text, &one.text, kind);
    let Some(fault) = faults.first() else { return Ok(()) };
    let message = format!(
        "the description would be worse than before: {} ({} {}, line {} of it)",
        fault.message, fault.code, fault.name, fault.line
    );
    Err(UserError::usage(message).hint("`--force` writes it all the same"))
}
