//! Sources that take the place of others.

use super::seen::{is_rated, name, rounded};
use super::{Check, Seen};
use crate::analyze::facts::StreamFacts;
use crate::finding::{Confidence, Finding, Rule, Severity};

/// One begins when the other has ended, give or take what is between two packets, and a moment.
const OVERLAP_S: f64 = 0.2;
const PAUSE_S: f64 = 2.0;

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "SSRC_CHANGED",
    name: "changed-source",
    severity: Severity::Info,
    summary: "one stream ended and another of the same kind began",
    explain: include_str!("changed_source.md"),
    refs: &["RFC 3550 §8.1", "RFC 3550 §8.2"],
    since: "0.1.0",
};

fn check(seen: &Seen<'_>, found: &mut Vec<Finding>) {
    for before in seen.streams.iter().filter(|stream| is_rated(stream)) {
        let beside =
            seen.streams_over(&before.path).into_iter().filter(|(other, there)| *there && is_rated(other));
        let rated = || beside.clone().map(|(other, _)| other);
        let follows = |after: &&'_ StreamFacts| {
            after.ssrc != before.ssrc
                && is_alike(before, after)
                && (-OVERLAP_S..=PAUSE_S).contains(&(after.first_seen_s - before.last_seen_s))
        };
        let Some(after) = rated().find(follows) else { continue };
        // Where several are sent at once, as by an SFU, one that ends and one that begins have nothing in common.
        let alone = rated().filter(|other| is_alike(before, other)).all(|other| {
            [&before.id, &after.id].contains(&&other.id)
                || other.last_seen_s < before.last_seen_s
                || other.first_seen_s > after.first_seen_s
        });
        if !alone {
            continue;
        }
        let gap = (after.first_seen_s - before.last_seen_s).max(0.0) * 1e3;
        let message = format!("{} took the place of {}", name(after), name(before));
        found.push(
            seen.of_stream(&RULE, after, after.first_seen_s, after.frame_range)
                .confidence(Confidence::Medium)
                .message(message)
                .evidence("before", before.ssrc.as_str())
                .evidence("pause_ms", rounded(gap))
                .help("the sender was restarted, transferred or renegotiated; nothing to mend if that was meant"),
        );
    }
}

/// The same kind of media on the same way.
fn is_alike(one: &StreamFacts, other: &StreamFacts) -> bool {
    one.path == other.path && one.media == other.media
}

#[cfg(test)]
mod tests {
    use super::CHECK;
    use crate::analyze::facts::StreamFacts;
    use crate::analyze::rules::scene::{Scene, audio};
    use crate::finding::Severity;

    fn scene(others: Vec<StreamFacts>) -> Scene {
        let mut after = audio("s2", 2);
        (after.first_seen_s, after.last_seen_s) = (21.5, 40.0);
        Scene::with([vec![audio("s1", 1), after], others].concat())
    }

    #[test]
    fn a_source_that_takes_the_place_of_another_is_worth_a_word() {
        assert_eq!(
            scene(vec![]).says(&CHECK),
            "audio 0x00000002 (opus) took the place of audio 0x00000001 (opus)"
        );
        assert_eq!(scene(vec![]).severities(&CHECK), [Severity::Info]);
    }

    #[test]
    fn among_several_that_are_sent_at_once_none_takes_anothers_place() {
        let mut third = audio("s3", 3);
        (third.first_seen_s, third.last_seen_s) = (5.0, 50.0);
        assert_eq!(scene(vec![third]).severities(&CHECK), []);
        assert_eq!(Scene::call().severities(&CHECK), []);
    }
}
