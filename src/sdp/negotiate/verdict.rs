//! The outcome in one sentence, its cause first: what is refused, what is wrong, what nobody will hear or see.

use serde::Serialize;

use super::Negotiation;
use super::capability;
use super::facts::*;
use crate::finding::{Finding, Location, Severity};
use crate::sdp::attribute::Direction;
use crate::sdp::session::{Media, Session};

/// The outcome in one sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Verdict {
    /// How it stands.
    pub outcome: Outcome,
    /// Without a full stop, the cause first.
    pub sentence: String,
}

/// How an offer and its answer stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// They agree, and what is offered flows.
    Agreed,
    /// They agree, and something that is offered will not flow, or perhaps not.
    Doubtful,
    /// The answer is refused, something is wrong, or nothing is agreed on.
    Failed,
}

pub(super) fn of(told: &Negotiation, offer: &Session<'_>, answer: &Session<'_>) -> Verdict {
    let (outcome, sentence) = if told.predicted {
        predicted(told, offer, answer)
    } else if is_same(offer, answer) {
        let outcome = match told.refusal.is_some() || !told.agreed {
            true => Outcome::Failed,
            false => Outcome::Doubtful,
        };
        (outcome, "both are one and the same description, and not an offer and its answer".to_owned())
    } else {
        answered(told, offer, answer)
    };
    Verdict { outcome, sentence }
}

fn is_same(offer: &Session<'_>, answer: &Session<'_>) -> bool {
    let [first, second] = [offer, answer].map(|session| session.text().as_str().trim_end());
    first == second
}

fn answered(told: &Negotiation, offer: &Session<'_>, answer: &Session<'_>) -> (Outcome, String) {
    if let Some(refusal) = &told.refusal {
        let side = if refusal.side == "offer" { &told.offer } else { &told.answer };
        let is_other = |finding: &&Finding| {
            !matches!(finding.location, Some(Location::Text { line, .. })
                if line == refusal.line as usize && finding.subject == side.source)
        };
        let rest = errors(told).filter(is_other).count();
        let text = format!(
            "libwebrtc refuses the answer: {} (line {} of the {}){}",
            refusal.reason,
            refusal.line,
            refusal.side,
            more(rest)
        );
        return (Outcome::Failed, text);
    }
    let all = told.media.len();
    let m_lines = if all == 1 { "m-line" } else { "m-lines" };
    if let Some(cause) = wrong(told) {
        let agreed = told.media.iter().filter(|media| is_sound(told, media)).count();
        return (Outcome::Failed, format!("{cause}; {agreed} of {all} {m_lines} agreed on"));
    }
    let agreed = told.media.iter().filter(|media| media.state == State::Agreed).count();
    let lost = lost(told, offer);
    if agreed == 0 {
        let why = if lost.is_empty() { String::new() } else { format!(": {}", lost.join(", ")) };
        return (Outcome::Failed, format!("nothing is agreed on{why}"));
    }
    let sentence = format!("offer and answer agree on {agreed} of {all} {m_lines}");
    if is_silent(told) {
        let data = told.media.iter().any(|media| media.state == State::Agreed && media.sctp.is_some());
        let data = if data { "; data channels are agreed on" } else { "" };
        return (Outcome::Doubtful, format!("no media flows: {}{data}", lost.join(", ")));
    }
    if let Some(reason) = out_of_reach(offer, answer) {
        return (Outcome::Doubtful, format!("{reason}; {sentence}"));
    }
    if is_wanted(told, offer) {
        return (Outcome::Doubtful, format!("{}; {sentence}", lost.join(", ")));
    }
    match &told.offer_refusal {
        Some(refusal) => (
            Outcome::Doubtful,
            format!("libwebrtc would refuse the offer itself: {}; {sentence}", refusal.reason),
        ),
        None => (Outcome::Agreed, sentence),
    }
}

fn predicted(told: &Negotiation, offer: &Session<'_>, other: &Session<'_>) -> (Outcome, String) {
    let accepted = told.media.iter().filter(|media| media.state == State::Agreed).count();
    let all = told.media.len();
    let m_lines = if all == 1 { "m-line" } else { "m-lines" };
    let sentence = format!("an answer to the first would accept {accepted} of {all} {m_lines}");
    if let Some(cause) = wrong(told) {
        return (Outcome::Failed, format!("two offers: {cause}; {sentence}"));
    }
    let gap = told.media.iter().filter(|media| media.state == State::OtherTransport).find_map(|media| {
        let first = offer.media_at(media.index)?;
        other.media().find_map(|second| capability::gap(first, second))
    });
    let outcome = match (accepted, &gap) {
        (0, _) => Outcome::Failed,
        (_, Some(_)) => Outcome::Doubtful,
        _ if is_silent(told) => Outcome::Doubtful,
        _ => Outcome::Agreed,
    };
    match gap {
        Some(gap) => (outcome, format!("two offers: {gap}; {sentence}")),
        None if accepted > 0 && is_silent(told) => (
            outcome,
            format!("two offers: no media would flow: {}; {sentence}", lost(told, offer).join(", ")),
        ),
        None => (outcome, format!("two offers: {sentence}")),
    }
}

fn errors(told: &Negotiation) -> impl Iterator<Item = &Finding> {
    told.findings.iter().filter(|finding| finding.severity == Severity::Error)
}

/// The first error; those between the two come before those of each alone.
fn wrong(told: &Negotiation) -> Option<String> {
    let first = errors(told).next()?;
    let place = m_line(first).and_then(|index| told.media.get(index)).filter(|_| told.media.len() > 1);
    let place = place.map(|media| format!(" (m-line {}, {})", media.index, media.kind)).unwrap_or_default();
    let refused = match &told.offer_refusal {
        Some(refusal)
            if matches!(first.location, Some(Location::Text { line, .. })
            if line == refusal.line as usize && first.subject == told.offer.source) =>
        {
            "libwebrtc refuses the offer: "
        }
        _ => "",
    };
    Some(format!("{refused}{}{place}{}", first.message, more(errors(told).count() - 1)))
}

fn more(count: usize) -> String {
    match count {
        0 => String::new(),
        1 => ", and 1 more error".to_owned(),
        count => format!(", and {count} more errors"),
    }
}

fn m_line(finding: &Finding) -> Option<usize> {
    match finding.location {
        Some(Location::Text { m_line, .. }) => m_line,
        _ => None,
    }
}

/// Whether it is agreed on, and no error is about it.
fn is_sound(told: &Negotiation, media: &MediaOutcome) -> bool {
    media.state == State::Agreed && errors(told).all(|finding| m_line(finding) != Some(media.index))
}

fn flows(media: &MediaOutcome) -> bool {
    media.state == State::Agreed && (media.offerer_sends || media.answerer_sends)
}

/// Whether there is media, and none of it goes either way.
fn is_silent(told: &Negotiation) -> bool {
    let mut media = told.media.iter().filter(|media| media.sctp.is_none()).peekable();
    let has_direction = told.media.iter().any(|media| media.offer_direction.is_some());
    media.peek().is_some() && has_direction && !media.any(flows)
}

/// Whether something comes to nothing that the offerer would send. What it would only receive is often answered with
/// nothing: there is nobody yet.
fn is_wanted(told: &Negotiation, offer: &Session<'_>) -> bool {
    told.media.iter().filter(|media| is_lost(media)).any(|media| {
        let sends = |media: Media<'_, '_>| !media.line().is_rtp() || media.direction().sends();
        offer.media_at(media.index).is_some_and(sends)
    })
}

fn is_lost(media: &MediaOutcome) -> bool {
    match media.state {
        State::RejectedByOffer => false,
        State::Agreed => media.offer_direction.is_some() && !flows(media),
        _ => true,
    }
}

/// `audio and video inactive in the answer`: what is offered and comes to nothing, by what stands in its way.
fn lost(told: &Negotiation, offer: &Session<'_>) -> Vec<String> {
    let mut causes: Vec<(String, Vec<String>)> = Vec::new();
    for media in told.media.iter().filter(|media| is_lost(media)) {
        let is_data = offer.media_at(media.index).is_some_and(|media| media.line().is_data_channel());
        let kind = if is_data { "data channels".to_owned() } else { media.kind.clone() };
        let cause = cause(media);
        match causes.iter_mut().find(|(known, _)| *known == cause) {
            Some((_, kinds)) if kinds.contains(&kind) => {}
            Some((_, kinds)) => kinds.push(kind),
            None => causes.push((cause, vec![kind])),
        }
    }
    let said = causes.into_iter().map(|(cause, kinds)| match &kinds[..] {
        [one] => format!("{one} {cause}"),
        [first @ .., last] => format!("{} and {last} {cause}", first.join(", ")),
        [] => cause,
    });
    said.collect()
}

fn cause(media: &MediaOutcome) -> String {
    let inactive = Direction::Inactive.as_str();
    match (media.state, media.offer_direction, media.answer_direction) {
        (State::RejectedByAnswer, ..) => "rejected in the answer".to_owned(),
        (State::Unanswered, ..) => "without an answer".to_owned(),
        (State::NotOffered, ..) => "not offered".to_owned(),
        (State::OtherKind, ..) => "answered by another kind of media".to_owned(),
        (State::NothingInCommon, ..) => "without a codec in common".to_owned(),
        (State::OtherTransport, ..) => "without a transport in common".to_owned(),
        (_, Some(offered), Some(answered)) if offered == inactive && answered == inactive => {
            "inactive in both".to_owned()
        }
        (_, _, Some(answered)) if answered == inactive => "inactive in the answer".to_owned(),
        (_, Some(offered), _) if offered == inactive => "inactive in the offer".to_owned(),
        (_, Some(offered), Some(answered)) if media.codecs.is_empty() => {
            format!("without a codec in common ({offered} offered, {answered} answered)")
        }
        (_, offered, answered) => {
            format!("{} offered and {} answered", offered.unwrap_or("nothing"), answered.unwrap_or("nothing"))
        }
    }
}

/// What a description tells of the addresses of its side.
struct Addresses {
    count: usize,
    /// All of them are names of multicast DNS.
    are_local: bool,
    /// No more will follow, in so many words.
    have_ended: bool,
}

fn addresses(session: &Session<'_>) -> Addresses {
    let candidates = || session.sections_in_use().flat_map(|section| section.candidates());
    let mut media = session.media().filter(|media| !media.is_rejected());
    Addresses {
        count: candidates().count(),
        are_local: candidates().all(|candidate| candidate.is_mdns()),
        have_ended: media.any(|media| media.counts("end-of-candidates"))
            || session.media().all(|media| !media.trickles()),
    }
}

/// Why the two may not find each other, as far as both have told their addresses. Who has an address that can be written to
/// is enough: the other's is learnt from where its checks come from.
fn out_of_reach(offer: &Session<'_>, answer: &Session<'_>) -> Option<String> {
    if !offer.media().any(|media| media.ice_ufrag().is_some()) {
        return None;
    }
    let [first, second] = [offer, answer].map(addresses);
    let is_hidden = |one: &Addresses| one.count > 0 && one.are_local && one.have_ended;
    let whose = match (is_hidden(&first), is_hidden(&second)) {
        (true, true) => return Some(
            "both sides have `.local` addresses alone, which count in one network: elsewhere nothing connects"
                .to_owned(),
        ),
        (true, false) if second.are_local => "offer",
        (false, true) if first.are_local => "answer",
        _ => return None,
    };
    Some(format!(
        "every address of the {whose} is a `.local` name, which counts in its own network alone, and the other side has \
         told none so far"
    ))
}
