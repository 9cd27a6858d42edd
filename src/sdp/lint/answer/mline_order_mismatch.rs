//! The m-lines of the answer are those of the offer, in its order (RFC 3264 §6).

use crate::finding::{Rule, Severity};
use crate::sdp::lint::{Check, Findings, LintRule, Pair, Side};
use crate::sdp::pairing::{MediaPair, pairs};
use crate::sdp::session::Media;

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP702",
        name: "mline-order-mismatch",
        severity: Severity::Error,
        summary: "the m-lines of the answer are not in the order of the offer",
        explain: include_str!("mline_order_mismatch.md"),
        refs: &["RFC 3264 §6", "RFC 3264 §6.1", "RFC 9429 §5.3.1"],
        since: "0.1.0",
    },
    checks: &[Check::Answer(check)],
};

fn check(pair: &Pair<'_>, findings: &mut Findings<'_>) {
    let mut wrong = pairs(pair.first(), pair.second()).filter(|media| is_misplaced(pair, *media));
    // All that follow are mostly the fault of the first.
    let Some(first) = wrong.next() else { return };
    let (place, more) = (first.answer.index(), wrong.count());
    let message =
        format!("m-line {place} is {}, and the offer has {} here", called(first.answer), called(first.offer));
    let belongs = home(pair, first.answer);
    let here = counterpart(pair, first.offer);
    let mut help = match here {
        Some(here) => format!("put {} here, which is m-line {} now", called(here), here.index()),
        None => format!("answer {} here: with port 0, if it is not wanted", called(first.offer)),
    };
    if let Some(belongs) = belongs.filter(|belongs| *belongs != place) {
        help.push_str(&format!("; this one belongs at place {belongs}"));
    }
    findings
        .push(first.answer.line().value.span, message)
        .evidence("m_line_in_offer", belongs)
        .evidence("more_misplaced", more)
        .also_in(Side::First, first.offer.line().value.span, format!("m-line {place} of the offer"))
        .help(help);
}

/// Whether it is of another kind, or has the name of another m-line.
fn is_misplaced(pair: &Pair<'_>, media: MediaPair<'_, '_>) -> bool {
    let place = media.answer.index();
    !media.is_of_one_kind() || by_name(pair, media.answer).is_some_and(|belongs| belongs != place)
}

/// Which m-line of the offer has its name.
fn by_name(pair: &Pair<'_>, media: Media<'_, '_>) -> Option<usize> {
    let offered = pair.first().media_by_mid(media.mid()?.value)?;
    Some(offered.index())
}

/// Where it belongs: by its name, or else by its kind if that is the only one of the kind.
fn home(pair: &Pair<'_>, media: Media<'_, '_>) -> Option<usize> {
    let by_kind = || {
        let mut same = pair.first().media().filter(|offered| *offered.line().kind == *media.line().kind);
        let only = same.next()?;
        same.next().is_none().then(|| only.index())
    };
    by_name(pair, media).or_else(by_kind)
}

/// Which m-line of the answer this one of the offer has: by its name, or else by its kind if that is the only one of it.
fn counterpart<'d>(pair: &Pair<'d>, offered: Media<'d, 'd>) -> Option<Media<'d, 'd>> {
    let answer = pair.second().session();
    let by_kind = || {
        let mut same = answer.media().filter(|own| *own.line().kind == *offered.line().kind);
        same.next().filter(|_| same.next().is_none())
    };
    match offered.mid() {
        Some(mid) => answer.media_by_mid(mid.value),
        None => by_kind(),
    }
}

/// `video (mid 1)`.
fn called(media: Media<'_, '_>) -> String {
    let mid = media.mid().map(|mid| format!(" (mid {mid})")).unwrap_or_default();
    format!("{}{mid}", media.line().kind)
}
