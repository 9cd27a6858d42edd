//! Calls that move to another pair.

use super::{Check, Seen};
use crate::analyze::transport::LegFacts;
use crate::finding::{Finding, Rule, Severity};

/// Moves told one by one.
const MOST: usize = 8;

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "PAIR_CHANGED",
    name: "changed-pair",
    severity: Severity::Info,
    summary: "the call moved to another pair of addresses",
    explain: include_str!("changed_pair.md"),
    refs: &["RFC 8445 §8.1.1"],
    since: "0.1.0",
};

fn check(seen: &Seen<'_>, found: &mut Vec<Finding>) {
    let mut told: Vec<(&LegFacts, &LegFacts)> = Vec::new();
    for step in &seen.transport.moves {
        let known = |(from, to): &(&LegFacts, &LegFacts)| {
            let same = |one: &LegFacts, other: &LegFacts| one == other || super::seen::reverse(one) == *other;
            same(from, &step.from) && same(to, &step.to)
        };
        if told.len() >= MOST || told.iter().any(known) {
            continue;
        }
        told.push((&step.from, &step.to));
        let relayed = |leg: &LegFacts| if leg.via.is_some() { " through a relay" } else { "" };
        let message = format!(
            "{} went on from {} to {}{}, before {} to {}{}",
            if step.by == "media" { "media" } else { "nomination" },
            step.to.src,
            step.to.dst,
            relayed(&step.to),
            step.from.src,
            step.from.dst,
            relayed(&step.from)
        );
        found.push(
            seen.of_pair(&RULE, "ice", &step.to, step.at_s, Some((step.frame, step.frame)))
                .message(message)
                .evidence("by", step.by)
                .help("a better pair, or a network that changed; look at gaps of the streams at that time"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::CHECK;
    use crate::analyze::rules::scene::{Scene, pair};
    use crate::analyze::rules::seen::reverse;
    use crate::analyze::transport::MoveRow;
    use crate::finding::Severity;

    #[test]
    fn both_directions_of_a_move_are_one() {
        let from = pair().leg;
        let mut to = from.clone();
        to.dst.set_port(7);
        let there = MoveRow { at_s: 9.0, frame: 700, from: from.clone(), to: to.clone(), by: "media" };
        let back = MoveRow { from: reverse(&from), to: reverse(&to), frame: 701, ..there.clone() };
        let mut scene = Scene::call();
        assert_eq!(scene.severities(&CHECK), []);
        scene.transport.moves = vec![there, back];
        assert_eq!(scene.severities(&CHECK), [Severity::Info]);
        assert_eq!(
            scene.says(&CHECK),
            "media went on from 192.0.2.1:5000 to 198.51.100.2:7, before 192.0.2.1:5000 to 198.51.100.2:6000"
        );
    }
}
