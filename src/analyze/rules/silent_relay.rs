//! TURN servers that are silent.

use super::seen::count;
use super::{Check, Seen};
use crate::finding::{Confidence, Finding, Rule, Severity};

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "TURN_UNANSWERED",
    name: "silent-relay",
    severity: Severity::Error,
    summary: "a TURN server did not answer",
    explain: include_str!("silent_relay.md"),
    refs: &["RFC 8656 §7.1", "RFC 8489 §6.2.1"],
    since: "0.1.0",
};

fn check(seen: &Seen<'_>, found: &mut Vec<Finding>) {
    for row in &seen.transport.pairs {
        let Some(turn) = &row.turn else { continue };
        let Some(asked) = turn.requests.get("Allocate") else { continue };
        let heard = turn.requests.values().any(|counts| counts.succeeded > 0 || !counts.errors.is_empty());
        // It was sent again: the client waited.
        if heard || asked.unanswered == 0 || asked.repeated < 2 {
            continue;
        }
        let message = format!(
            "{} answered none of {} of {}",
            turn.server,
            count(asked.requests + asked.repeated, "Allocate request", "Allocate requests"),
            turn.client
        );
        found.push(
            seen.of_pair(&RULE, "turn", &row.leg, 0.0, None)
                .confidence(Confidence::Medium)
                .message(message)
                .evidence("requests", asked.requests)
                .evidence("repeated", asked.repeated)
                .help(
                    "a firewall on the way drops it, or nothing listens there: `rtcscope probe` from the same network tells; \
                     offer the server over TLS at port 443 as well",
                ),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::CHECK;
    use crate::analyze::rules::scene::{Scene, relay};
    use crate::analyze::turn::Counts;
    use crate::finding::Severity;

    fn asked(repeated: u64, succeeded: u64) -> Scene {
        let mut scene = Scene::new();
        let counts =
            Counts { requests: 1, repeated, succeeded, unanswered: 1 - succeeded, ..Counts::default() };
        scene.transport.pairs = vec![relay([("Allocate".to_owned(), counts)].into(), Vec::new())];
        scene
    }

    #[test]
    fn a_relay_that_answers_nothing_is_told_once_it_was_waited_for() {
        assert_eq!(asked(1, 0).severities(&CHECK), []);
        assert_eq!(asked(3, 0).severities(&CHECK), [Severity::Error]);
        assert_eq!(
            asked(3, 0).says(&CHECK),
            "198.51.100.2:6000 answered none of 4 Allocate requests of 192.0.2.1:5000"
        );
        assert_eq!(asked(3, 1).severities(&CHECK), []);
    }
}
