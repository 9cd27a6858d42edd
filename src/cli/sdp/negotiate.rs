//! `rtcscope sdp negotiate`: an offer and its answer in, what they agree on out.

use std::path::Path;

use clap::ValueEnum;

use super::input::{self, Input};
use super::lint::unknown;
use crate::cli::{Context, UserError};
use crate::finding::Exit;
use crate::sdp::attribute::Setup;
use crate::sdp::explain::browser_of;
use crate::sdp::lint::{self, Selection};
use crate::sdp::negotiate::{Negotiation, RecordedRefusal, are_swapped};
use crate::sdp::source::{Document, Kind};
use crate::sdp::{Session, Text};

/// Show what an offer and its answer agree on, and what is wrong between them
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Args {
    /// A file with the offer, or with both: a dump, a log, a recording; - for standard input
    #[arg(value_name = "OFFER")]
    offer: String,
    /// A file with the answer, or with a second offer
    #[arg(value_name = "ANSWER")]
    answer: Option<String>,
    /// What the first and the second one are, where neither the input nor the name of the file says so
    #[arg(long = "type", value_enum, value_name = "TYPE")]
    kinds: Vec<Side>,
    /// Of a dump, take this peer connection alone
    #[arg(long, value_name = "ID")]
    pc: Option<String>,
    /// Of an input with several answers, take the description of this number, as `sdp explain` counts them
    #[arg(long, value_name = "NUMBER")]
    at: Option<usize>,
    /// Ask these rules alone: codes, the beginning of codes (SDP7), or names; may be repeated
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    select: Vec<String>,
    /// Do not ask these rules; may be repeated
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    ignore: Vec<String>,
}

/// `--type`.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Side {
    /// An offer
    Offer,
    /// An answer
    Answer,
}

const EXAMPLES: &str = "Examples:
  rtcscope sdp negotiate offer.sdp answer.sdp
      codecs, directions, transports and roles, and why the answer may be refused
  rtcscope sdp negotiate signalling.log
      the last answer in it, with its offer; a dump will do as well, where --pc and --at choose
  rtcscope sdp negotiate offer.sdp other-offer.sdp
      two offers: what an answer to the first would say, and which codecs both have; --type offer
      --type offer says so, where the names of the files do not

Exit codes here:
  0 they agree, 1 a finding is an error, the answer would be refused or nothing is agreed on,
  2 the command line is wrong, 3 an input cannot be read, or offer and answer are not in it";

/// A description, and whose it is.
struct Candidate<'i> {
    input: &'i Input,
    document: &'i Document,
    kind: Kind,
    /// Whether it was taken for that because of its place alone.
    is_guessed: bool,
    /// As `sdp explain` counts.
    number: usize,
}

pub(super) fn run(args: Args, context: Context) -> anyhow::Result<Exit> {
    let selection = Selection::from_words(&args.select, &args.ignore).map_err(unknown)?;
    if args.kinds.len() > 2 {
        return Err(UserError::usage("`--type` is for two descriptions").into());
    }
    let paths: Vec<String> = std::iter::once(args.offer.clone()).chain(args.answer.clone()).collect();
    let inputs = input::read(&paths)?;
    let (mut pair, mut notes) = match &inputs[..] {
        [one] => within(one, &args)?,
        both => between(both, &args)?,
    };
    let [first, second] = &pair;
    let may_swap = first.is_guessed && (second.is_guessed || second.kind == Kind::Offer);
    if may_swap && are_swapped(first.document, second.document) {
        (pair[0].kind, pair[1].kind) = (Kind::Answer, Kind::Offer);
    }
    let mut swapped = false;
    match (pair[0].kind, pair[1].kind) {
        (Kind::Answer | Kind::Pranswer, Kind::Offer) => {
            let is_guessed = pair[0].is_guessed;
            pair.reverse();
            swapped = true;
            let [offer, answer] = &pair;
            let why = match is_guessed {
                true => {
                    " It leaves the role in DTLS open (`a=setup:actpass`), as offers do; the other has chosen."
                }
                false => "",
            };
            notes.insert(
                0,
                match offer.input.name == answer.input.name {
                    true => format!(
                        "The offer stands behind its answer: they are taken the other way round.{why}"
                    ),
                    false => format!("The offer is in {}, which was given second.{why}", offer.input.name),
                },
            );
        }
        (Kind::Answer | Kind::Pranswer, Kind::Answer | Kind::Pranswer) => {
            return Err(UserError::usage("both descriptions are answers")
                .hint("give an offer and its answer, or two offers; `--type` says what they are")
                .into());
        }
        _ => {}
    }
    let [first, second] = &pair;
    let given = [first, second].map(|one| lint::Input {
        source: &one.input.name,
        document: one.document,
        kind: Some(one.kind),
    });
    let told = Negotiation::of(given, &selection);
    let negotiation = Negotiation { fail_on: context.fail_on, notes, swapped, ..told };
    // An answer is set after its offer, so what was said of it counts first.
    let refused = [second, first].iter().find_map(|one| recorded(one));
    let negotiation = match refused {
        Some(refused) => negotiation.refused_by(refused),
        None => negotiation,
    };
    context.emit(&negotiation)
}

/// What the browser of a dump said when it would not take a description.
fn recorded(one: &Candidate<'_>) -> Option<RecordedRefusal> {
    let message = one.input.sources.dump.as_ref()?.refusal_of(one.document.in_dump?)?;
    let browser = one.input.sources.dump.as_ref().and_then(browser_of);
    Some(RecordedRefusal { description: one.number, browser, message: message.to_owned() })
}

/// One of each of two inputs.
fn between<'i>(inputs: &'i [Input], args: &Args) -> anyhow::Result<([Candidate<'i>; 2], Vec<String>)> {
    let wanted = [Kind::Offer, Kind::Answer];
    let (mut pair, mut notes) = (Vec::new(), Vec::new());
    for (position, input) in inputs.iter().enumerate() {
        let all = candidates(input, args.pc.as_deref());
        let of_kind = all.iter().rposition(|one| one.kind == wanted[position]);
        let chosen = of_kind.or(all.len().checked_sub(1));
        let mut chosen =
            chosen.and_then(|chosen| all.into_iter().nth(chosen)).ok_or_else(|| nothing(input))?;
        if chosen.kind == Kind::Unknown {
            let name = Path::new(&input.name).file_name().and_then(|name| name.to_str());
            let hint = || name.and_then(Kind::from_hint);
            let known = said(args, position).or_else(hint);
            chosen.is_guessed = known.is_none();
            chosen.kind = known.unwrap_or(wanted[position]);
        } else {
            notes.extend(overruled(&chosen, args, position));
        }
        pair.push(chosen);
    }
    match <[Candidate<'i>; 2]>::try_from(pair) {
        Ok(pair) => Ok((pair, notes)),
        Err(_) => Err(UserError::usage("two inputs are needed").into()),
    }
}

/// An answer of one input, and the offer that came before it.
fn within<'i>(input: &'i Input, args: &Args) -> anyhow::Result<([Candidate<'i>; 2], Vec<String>)> {
    let mut all = candidates(input, args.pc.as_deref());
    if all.is_empty() {
        return Err(nothing(input).into());
    }
    if all.len() == 2 {
        for (position, one) in all.iter_mut().enumerate().filter(|(_, one)| one.kind == Kind::Unknown) {
            let usual = if position == 0 { Kind::Offer } else { Kind::Answer };
            let known = said(args, position);
            one.is_guessed = known.is_none();
            one.kind = known.unwrap_or(usual);
        }
        if all.iter().all(|one| one.kind == Kind::Offer) && args.at.is_none() && input.sources.dump.is_none()
        {
            let pair = <[Candidate<'i>; 2]>::try_from(all).map_err(|_| nothing(input))?;
            return Ok((pair, Vec::new()));
        }
    }
    let is_answer = |one: &Candidate<'_>| matches!(one.kind, Kind::Answer | Kind::Pranswer);
    let answers: Vec<usize> = (0..all.len()).filter(|&place| is_answer(&all[place])).collect();
    let chosen = match args.at {
        Some(at) => answers.iter().copied().find(|&place| all[place].number == at).ok_or_else(|| {
            let numbers: Vec<String> = answers.iter().map(|&place| all[place].number.to_string()).collect();
            UserError::usage(format!("description {at} is no answer"))
                .hint(format!("the answers are: {}", numbers.join(", ")))
        })?,
        None => answers.last().copied().ok_or_else(|| nothing(input))?,
    };
    let of = |place: usize| all[place].document.in_dump.map(|place| place.connection);
    let is_offer = |place: &usize| all[*place].kind == Kind::Offer && of(*place) == of(chosen);
    let before = (0..chosen).rev().find(is_offer);
    let offer = before.or_else(|| (chosen..all.len()).find(is_offer)).ok_or_else(|| nothing(input))?;
    let mut notes = Vec::new();
    if answers.len() > 1 {
        notes.push(format!(
            "{} has {} answers; this is description {}, to the offer {}. `--at` chooses another one.",
            input.name,
            answers.len(),
            all[chosen].number,
            all[offer].number
        ));
    }
    let mut taken: Vec<Option<Candidate<'i>>> = all.into_iter().map(Some).collect();
    match (taken[offer].take(), taken[chosen].take()) {
        (Some(offer), Some(answer)) => Ok(([offer, answer], notes)),
        _ => Err(nothing(input).into()),
    }
}

/// The descriptions of an input, of one peer connection where that is wanted.
fn candidates<'i>(input: &'i Input, pc: Option<&str>) -> Vec<Candidate<'i>> {
    let connections = input.sources.dump.as_ref().map(|dump| &dump.connections);
    let is_wanted = |document: &Document| {
        let own = document.in_dump.and_then(|place| connections?.get(place.connection));
        pc.is_none_or(|id| own.is_some_and(|own| own.id == id))
    };
    let documents = input.sources.documents.iter().enumerate();
    documents
        .filter(|(_, document)| {
            !matches!(document.kind, Kind::Rollback | Kind::Sdpfrag) && is_wanted(document)
        })
        .map(|(index, document)| Candidate {
            input,
            document,
            kind: document.kind,
            is_guessed: false,
            number: index + 1,
        })
        .collect()
}

fn said(args: &Args, position: usize) -> Option<Kind> {
    args.kinds.get(position).map(|side| match side {
        Side::Offer => Kind::Offer,
        Side::Answer => Kind::Answer,
    })
}

/// What the only description of an input is: as the input or the name of the file says, or else by what it says of
/// DTLS, where offers leave the choice and answers do not (RFC 8842 §5.2, §5.3).
fn half(input: &Input, document: &Document) -> Option<Kind> {
    if document.kind != Kind::Unknown {
        return Some(document.kind);
    }
    let by_name = || Kind::from_hint(Path::new(&input.name).file_name()?.to_str()?);
    by_name().or_else(|| {
        let text = Text::from_bytes(&document.text);
        let session = Session::from_text(&text);
        let mut roles =
            session.media().filter(|media| !media.is_rejected()).filter_map(|media| media.setup());
        let (role, _) = roles.next()?;
        match role.value {
            Setup::Actpass => Some(Kind::Offer),
            _ => None,
        }
    })
}

/// That `--type` says otherwise than the input, which counts.
fn overruled(one: &Candidate<'_>, args: &Args, position: usize) -> Option<String> {
    let said = said(args, position).filter(|said| *said != one.kind)?;
    Some(format!(
        "`--type {}` has no effect: {} itself says that its description is of the type {}.",
        said.name(),
        one.input.name,
        one.kind.name()
    ))
}

fn nothing(input: &Input) -> UserError {
    let why = input.sources.why_none().map(|why| format!(": {why}")).unwrap_or_default();
    let halves: Vec<Option<Kind>> = input.sources.documents.iter().map(|one| half(input, one)).collect();
    let text = match &halves[..] {
        [] => format!("there is no description in {}{why}", input.name),
        [Some(Kind::Offer)] => format!("{} has an offer; the answer is missing", input.name),
        [Some(Kind::Answer | Kind::Pranswer)] => {
            format!("{} has an answer; the offer is missing", input.name)
        }
        [_] => format!("{} has one description; the other half is missing", input.name),
        _ => format!("{} does not have an offer and an answer to it", input.name),
    };
    UserError::could_not_look(text)
        .hint("give two files, or one with both in it; `rtcscope sdp explain` shows what is in a file")
}
