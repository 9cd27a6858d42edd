//! Losses that only the receiver sees.

use super::seen::{name, rounded};
use super::{Check, Seen};
use crate::analyze::side::Side;
use crate::finding::{Finding, Rule, Severity};

/// What was expected between the first report and the last; fewer say nothing.
const FEWEST: u64 = 50;

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "LOSS_BEHIND_CAPTURE",
    name: "packets-lost-behind-capture",
    severity: Severity::Warning,
    summary: "the receiver reports losses that are not seen here",
    explain: include_str!("packets_lost_behind_capture.md"),
    refs: &["RFC 3550 §6.4.1"],
    since: "0.1.0",
};

fn check(seen: &Seen<'_>, found: &mut Vec<Finding>) {
    for media in seen.media() {
        let Some((stream, here)) = media.worst(|stream| Some(stream.loss_pct)) else { continue };
        let reports = seen.reports_on(media.ssrc()).filter(|(_, pair)| pair.interval_expected >= FEWEST);
        let reports = reports.filter_map(|(row, pair)| Some((row, pair, pair.interval_loss_pct?)));
        let Some((row, pair, reported)) = reports.max_by(|a, b| a.2.total_cmp(&b.2)) else { continue };
        let Some(severity) = seen.limit("loss").severity(reported - here) else { continue };
        let message = format!(
            "of {}, {} reports {reported:.2} % lost, and {here:.2} % are missing here: lost on the way from here to there",
            name(stream),
            row.src
        );
        let (at, frames) = match pair.worst_interval {
            Some(worst) => (worst.at_s, (worst.frame, worst.frame)),
            None => (row.first_seen_s, (row.first_frame, row.last_frame)),
        };
        let back = crate::analyze::transport::LegFacts {
            src: row.src,
            dst: row.dst,
            carrier: stream.path.carrier,
            via: None,
        };
        let mut finding = seen.of_pair(&RULE, "rtcp", &back, at, Some(frames));
        finding.subject = super::seen::subject(stream);
        found.push(
            finding
                .severity(severity)
                .message(message)
                .evidence("reported_loss_pct", rounded(reported))
                .evidence("loss_pct", rounded(here))
                .evidence("reported_lost", pair.interval_lost)
                .evidence("reported_expected", pair.interval_expected)
                .evidence("worst_interval_pct", pair.worst_interval.map(|worst| rounded(worst.loss_pct)))
                .help(match seen.side(stream) {
                    Some(Side::Receiver) => {
                        "captured at the receiver, so it lost them itself: look at its socket buffers and its CPU"
                    }
                    _ => "look at the way from the capture to the receiver; a capture there shows which packets",
                }),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::CHECK;
    use crate::analyze::reports::PairFacts;
    use crate::analyze::rules::scene::{Scene, audio, receiver, report_on};
    use crate::finding::Severity;

    #[test]
    fn what_only_the_receiver_lacks_was_lost_behind_the_capture() {
        let mut scene = Scene::with(vec![audio("s1", 1)]);
        let pair = PairFacts { interval_lost: 60, interval_loss_pct: Some(6.67), ..report_on(1) };
        scene.reports.rtcp = vec![receiver(vec![pair])];
        assert_eq!(scene.severities(&CHECK), [Severity::Error]);
        insta::assert_snapshot!(scene.says(&CHECK), @"of audio 0x00000001 (opus), 198.51.100.2:6000 reports 6.67 % lost, and 0.00 % are missing here: lost on the way from here to there");
        // The same is missing here.
        scene.streams[0].loss_pct = 6.0;
        assert_eq!(scene.severities(&CHECK), []);
        scene.streams[0].loss_pct = 0.0;
        scene.reports.rtcp[0].reports[0].interval_expected = 30;
        assert_eq!(scene.severities(&CHECK), []);
    }
}
