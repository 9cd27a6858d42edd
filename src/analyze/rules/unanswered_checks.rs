//! Sessions of ICE without a single answer.

use super::seen::count;
use super::{Check, Seen};
use crate::analyze::transport::IceRow;
use crate::finding::{Confidence, Finding, Rule, Severity};

/// Fewer checks may have been given up for a better pair.
const FEWEST: u64 = 5;

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "ICE_CHECKS_UNANSWERED",
    name: "unanswered-checks",
    severity: Severity::Error,
    summary: "no check of ICE was answered on any pair",
    explain: include_str!("unanswered_checks.md"),
    refs: &["RFC 8445 §7.2.5", "RFC 8445 §8"],
    since: "0.1.0",
};

fn check(seen: &Seen<'_>, found: &mut Vec<Finding>) {
    for session in seen.sessions() {
        let sum = |of: fn(&IceRow) -> u64| -> u64 {
            session.iter().filter_map(|row| row.ice.as_ref()).map(of).sum()
        };
        let unanswered = sum(|ice| ice.src.unanswered + ice.dst.unanswered);
        // Where none is answered, what was sent again was not either.
        let sent = unanswered + sum(|ice| ice.src.repeated + ice.dst.repeated);
        let heard = sum(|ice| {
            let errors = ice.src.errors.values().sum::<u64>() + ice.dst.errors.values().sum::<u64>();
            ice.src.answered + ice.dst.answered + errors
        });
        let has_media = session.iter().any(|row| !seen.streams_over(&row.leg).is_empty());
        if unanswered == 0 || sent < FEWEST || heard > 0 || has_media {
            continue;
        }
        let Some(busiest) =
            session.iter().max_by_key(|row| row.ice.as_ref().map(|ice| ice.src.checks + ice.dst.checks))
        else {
            continue;
        };
        let sides = session.iter().filter_map(|row| row.ice.as_ref());
        let both = sides.clone().any(|ice| ice.src.checks > 0 && ice.dst.checks > 0);
        let first = sides.flat_map(|ice| [ice.src.first_check_at_s, ice.dst.first_check_at_s]).flatten();
        let message = format!(
            "none of {}{} was answered, on {}{}",
            count(unanswered, "check", "checks"),
            if sent > unanswered { format!(", sent {sent} times,") } else { String::new() },
            count(session.len() as u64, "pair of addresses", "pairs of addresses"),
            if both { ", though both sides sent some" } else { "" }
        );
        found.push(
            seen.of_pair(&RULE, "ice", &busiest.leg, first.min_by(f64::total_cmp).unwrap_or(0.0), None)
                .confidence(Confidence::Medium)
                .message(message)
                .evidence("unanswered", unanswered)
                .evidence("transmissions", sent)
                .evidence("pairs", session.len())
                .evidence("both_sides_check", both)
                .help(match both {
                    true => {
                        "each side hears the other, or its checks are filtered on the way: compare ufrag and password of both \
                         descriptions, which must be those of this session"
                    }
                    false => {
                        "nothing comes back: a firewall or NAT on the way, a side that did not get the candidates, or a capture \
                         that sees one direction alone; offer a TURN relay over TLS"
                    }
                }),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::CHECK;
    use crate::analyze::rules::scene::{Scene, audio, pair};
    use crate::finding::Severity;

    fn silent(pairs: usize) -> Scene {
        let mut scene = Scene::new();
        for number in 0..pairs {
            let mut row = pair();
            row.leg.dst.set_port(7000 + number as u16);
            let ice = row.ice.as_mut().unwrap();
            ice.flow = number;
            (ice.src.answered, ice.src.unanswered, ice.dst.checks, ice.dst.answered) = (0, 4, 0, 0);
            scene.transport.pairs.push(row);
        }
        scene
    }

    #[test]
    fn a_session_without_an_answer_on_any_pair_is_told_once() {
        assert_eq!(silent(1).severities(&CHECK), [], "four checks are few");
        assert_eq!(silent(3).severities(&CHECK), [Severity::Error]);
        assert_eq!(silent(3).says(&CHECK), "none of 12 checks was answered, on 3 pairs of addresses");
    }

    #[test]
    fn a_check_that_is_sent_again_and_again_counts_each_time() {
        let mut scene = silent(3);
        for row in &mut scene.transport.pairs {
            let ice = row.ice.as_mut().unwrap();
            (ice.src.checks, ice.src.unanswered, ice.src.repeated) = (1, 1, 6);
        }
        assert_eq!(
            scene.says(&CHECK),
            "none of 3 checks, sent 21 times, was answered, on 3 pairs of addresses"
        );
        scene.transport.pairs.iter_mut().for_each(|row| row.ice.as_mut().unwrap().src.unanswered = 0);
        assert_eq!(scene.severities(&CHECK), [], "an answer may be on its way");
    }

    #[test]
    fn pairs_that_fail_beside_one_that_works_are_no_fault() {
        let mut scene = silent(3);
        scene.transport.pairs[1].ice.as_mut().unwrap().src.answered = 1;
        assert_eq!(scene.severities(&CHECK), []);
        let mut scene = silent(3);
        scene.streams.push(audio("s1", 1));
        scene.streams[0].path = scene.transport.pairs[2].leg.clone();
        assert_eq!(scene.severities(&CHECK), [], "its answers are not in the capture");
    }
}
