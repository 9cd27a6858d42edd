//! Pairs in use whose checks go unanswered.

use super::seen::time_of;
use super::{Check, Seen};
use crate::analyze::ice::SideFacts;
use crate::finding::{Finding, Rule, Severity};

/// A pair that was left by then is not in use any more, in seconds.
const LEFT_S: f64 = 5.0;

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "CONSENT_LOST",
    name: "lost-consent",
    severity: Severity::Error,
    summary: "checks on a pair in use were no longer answered",
    explain: include_str!("lost_consent.md"),
    refs: &["RFC 7675 §5.1"],
    since: "0.1.0",
};

fn check(seen: &Seen<'_>, found: &mut Vec<Finding>) {
    let mut told = Vec::new();
    for row in &seen.transport.pairs {
        let Some(ice) = row.ice.as_ref().filter(|ice| !told.contains(&ice.flow)) else { continue };
        let sides = [(&ice.src, row.leg.src, row.leg.dst), (&ice.dst, row.leg.dst, row.leg.src)];
        let longest = |side: &SideFacts| side.longest_silence_ms.unwrap_or(0.0);
        let Some((side, asks, silent)) =
            sides.into_iter().max_by(|a, b| longest(a.0).total_cmp(&longest(b.0)))
        else {
            continue;
        };
        let (ms, Some(at)) = (longest(side), side.longest_silence_at_s) else { continue };
        let Some(severity) = seen.limit("consent").severity(ms) else { continue };
        // Backup pairs are given up all the time; the one that media takes is not.
        let is_used = !seen.streams_over(&row.leg).is_empty();
        let is_left = seen.transport.moves.iter().any(|step| {
            (step.from == row.leg || super::seen::reverse(&step.from) == row.leg) && step.at_s <= at + LEFT_S
        });
        if !is_used || is_left {
            continue;
        }
        told.push(ice.flow);
        let message = format!("{silent} answered no check of {asks} for {} from {at:.1} s on", time_of(ms));
        let frames = side.longest_silence_frame.map(|frame| (frame, seen.all_frames().1));
        let media = seen.streams_over(&row.leg).into_iter().map(|(stream, _)| stream.last_seen_s);
        found.push(
            seen.of_pair(&RULE, "ice", &row.leg, at, frames)
                .severity(severity)
                .message(message)
                .evidence("silence_ms", ms.round())
                .evidence("media_until_s", media.max_by(f64::total_cmp))
                .help(
                    "consent ends after 30 s, and media with it: the far side went away without a word, its address changed, or a \
                     NAT or firewall forgot the way; ICE must be restarted then",
                ),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::CHECK;
    use crate::analyze::rules::scene::Scene;
    use crate::analyze::transport::MoveRow;
    use crate::finding::Severity;

    fn silent(ms: f64) -> Scene {
        let mut scene = Scene::call();
        scene.transport.pairs[0].ice.as_mut().unwrap().src.longest_silence_ms = Some(ms);
        scene
    }

    #[test]
    fn checks_that_go_unanswered_for_long_are_told() {
        assert_eq!(silent(14_000.0).severities(&CHECK), []);
        assert_eq!(silent(16_000.0).severities(&CHECK), [Severity::Warning]);
        assert_eq!(silent(31_000.0).severities(&CHECK), [Severity::Error]);
        assert_eq!(
            silent(31_000.0).says(&CHECK),
            "198.51.100.2:6000 answered no check of 192.0.2.1:5000 for 31.0 s from 4.0 s on"
        );
    }

    #[test]
    fn a_pair_that_carries_nothing_or_was_left_may_be_silent() {
        let mut scene = silent(31_000.0);
        scene.streams.clear();
        assert_eq!(scene.severities(&CHECK), []);
        let mut scene = silent(31_000.0);
        let leg = scene.transport.pairs[0].leg.clone();
        let mut to = leg.clone();
        to.dst.set_port(7);
        scene.transport.moves = vec![MoveRow { at_s: 4.5, frame: 9, from: leg, to, by: "media" }];
        assert_eq!(scene.severities(&CHECK), []);
    }
}
