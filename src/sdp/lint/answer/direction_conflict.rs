//! What one side does not send, the other does not receive (RFC 3264 §6.1).

use crate::finding::{Rule, Severity};
use crate::sdp::attribute::Direction;
use crate::sdp::lint::{Check, Findings, LintRule, Pair, Side};
use crate::sdp::pairing::pairs;
use crate::sdp::session::Media;
use crate::sdp::text::Span;

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP706",
        name: "direction-conflict",
        severity: Severity::Error,
        summary: "the answer's direction does not fit the offer's",
        explain: include_str!("direction_conflict.md"),
        refs: &["RFC 3264 §6.1"],
        since: "0.1.0",
    },
    checks: &[Check::Answer(check)],
};

fn check(pair: &Pair<'_>, findings: &mut Findings<'_>) {
    for media in pairs(pair.first(), pair.second()).filter(|media| media.is_live_rtp()) {
        let (first, second) = (media.offer.direction(), media.answer.direction());
        let right = match first {
            Direction::Sendrecv => continue,
            Direction::Sendonly => [Direction::Recvonly, Direction::Inactive],
            Direction::Recvonly => [Direction::Sendonly, Direction::Inactive],
            Direction::Inactive => [Direction::Inactive; 2],
        };
        if right.contains(&second) {
            continue;
        }
        let own = media.answer.section().direction().or_else(|| pair.second().head().direction());
        let message = match own {
            Some(_) => format!("`{}` is offered, and `{}` answered", first.as_str(), second.as_str()),
            None => format!(
                "`{}` is offered, and the answer says nothing, which means `sendrecv`",
                first.as_str()
            ),
        };
        let help = match right[0] == right[1] {
            true => "write `a=inactive`".to_owned(),
            false => format!("write `a={}`, or `a=inactive`", right[0].as_str()),
        };
        let place = own.map_or(media.answer.line().value.span, |direction| direction.span);
        findings
            .push(place, message)
            .also_in(Side::First, offered(pair, media.offer), "the offer")
            .help(help);
    }
}

fn offered(pair: &Pair<'_>, media: Media<'_, '_>) -> Span {
    let direction = media.section().direction().or_else(|| pair.first().head().direction());
    direction.map_or(media.line().value.span, |direction| direction.span)
}
