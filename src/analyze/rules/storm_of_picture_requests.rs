//! Whole pictures that are asked for all the time.

use super::seen::{count, name, rounded};
use super::{Check, Seen};
use crate::analyze::reports::{Kind, PairFacts};
use crate::finding::{Finding, Rule, Severity};

/// The window of the limit, in seconds.
const WINDOW_S: f64 = 5.0;
/// Some are asked for when a call begins.
const FEWEST: u64 = 5;

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "PLI_STORM",
    name: "storm-of-picture-requests",
    severity: Severity::Warning,
    summary: "whole pictures are asked for all the time",
    explain: include_str!("storm_of_picture_requests.md"),
    refs: &["RFC 4585 §6.3.1", "RFC 5104 §4.3.1"],
    since: "0.1.0",
};

fn check(seen: &Seen<'_>, found: &mut Vec<Finding>) {
    for media in seen.media() {
        let requests = |pair: &PairFacts| pair.counts.of(Kind::Pli) + pair.counts.of(Kind::Fir);
        let Some((_, pair)) = seen.reports_on(media.ssrc()).max_by_key(|(_, pair)| requests(pair)) else {
            continue;
        };
        let (Some(asked), Some(stream), number) = (pair.picture_requests, media.legs.first(), requests(pair))
        else {
            continue;
        };
        let seconds = (stream.last_seen_s - stream.first_seen_s).max(WINDOW_S);
        let each = number as f64 * WINDOW_S / seconds;
        let Some(severity) = seen.limit("pli").severity(each).filter(|_| number >= FEWEST) else { continue };
        let message = format!(
            "{} of {} asked for in {seconds:.0} s, up to {} in 5 s",
            count(number, "whole picture", "whole pictures"),
            name(stream),
            asked.most_in_5s
        );
        let frames = (asked.first_frame, asked.last_frame);
        let back = super::seen::reverse(&stream.path);
        let mut finding = seen.of_pair(&RULE, "rtcp", &back, asked.first_s, Some(frames));
        finding.subject = super::seen::subject(stream);
        found.push(
            finding
                .severity(severity)
                .message(message)
                .evidence("requests", number)
                .evidence("each_5s", rounded(each))
                .evidence("most_in_5s", asked.most_in_5s)
                .help(
                    "each costs the bit rate of many frames, and makes the next loss likelier: look at LOSS and \
                     NACK_UNANSWERED first, then for a receiver that cannot decode, or an SFU with viewers who come and go",
                ),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::CHECK;
    use crate::analyze::reports::{Kind, RequestFacts};
    use crate::analyze::rules::scene::{Scene, receiver, report_on, video};
    use crate::finding::Severity;

    fn asked(number: u64) -> Scene {
        let mut scene = Scene::with(vec![video("s1", 1)]);
        let mut pair = report_on(1);
        (0..number).for_each(|_| pair.counts.count(Kind::Pli));
        pair.picture_requests = Some(RequestFacts {
            first_s: 2.0,
            last_s: 20.0,
            first_frame: 30,
            last_frame: 900,
            most_in_5s: 3,
        });
        scene.reports.rtcp = vec![receiver(vec![pair])];
        scene
    }

    #[test]
    fn more_than_one_in_five_seconds_is_a_storm() {
        assert_eq!(asked(4).severities(&CHECK), []);
        assert_eq!(asked(5).severities(&CHECK), [Severity::Warning]);
        assert_eq!(
            asked(5).says(&CHECK),
            "5 whole pictures of video 0x00000001 (VP8) asked for in 20 s, up to 3 in 5 s"
        );
    }

    #[test]
    fn the_first_few_of_a_call_are_none() {
        let mut scene = asked(4);
        scene.streams[0].last_seen_s = 3.0;
        assert_eq!(scene.severities(&CHECK), []);
    }
}
