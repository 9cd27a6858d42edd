//! Video that stood still.

use super::seen::{count, name, rounded, time_of};
use super::{Check, Seen};
use crate::analyze::facts::{PauseFacts, StreamFacts};
use crate::analyze::stream::Cause;
use crate::finding::{Finding, Rule, Severity};

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "FREEZE",
    name: "frozen-video",
    severity: Severity::Warning,
    summary: "video stood still because of loss or delay",
    explain: include_str!("frozen_video.md"),
    refs: &["RFC 4585 §6.2.1", "RFC 4588"],
    since: "0.1.0",
};

/// Pauses between frames, and times in which none was whole.
fn freezes(stream: &StreamFacts) -> impl Iterator<Item = PauseFacts> {
    let told = |freeze: &&PauseFacts| matches!(freeze.cause, Cause::Lost | Cause::Late);
    let pauses = stream.freeze_candidates.iter().filter(told);
    let broken = stream.incomplete_runs.iter().filter_map(|run| {
        let (ms, frames) = ((run.to_s - run.from_s) * 1e3, run.frame_range);
        let is_told =
            stream.freeze_candidates.iter().any(|pause| pause.ms * 2.0 > ms && pause.overlaps(frames));
        let freeze =
            PauseFacts { at_s: run.from_s, ms, frames, missing: run.missing, late: 0, cause: Cause::Lost };
        (!is_told).then_some(freeze)
    });
    pauses.cloned().chain(broken)
}

fn longest(stream: &StreamFacts) -> Option<PauseFacts> {
    freezes(stream).max_by(|a, b| a.ms.total_cmp(&b.ms))
}

/// What the limits are about.
pub(super) fn figure(stream: &StreamFacts) -> Option<f64> {
    Some(longest(stream).map_or(0.0, |freeze| freeze.ms))
}

/// Whether losses that showed in these packets are told as a freeze.
pub(super) fn is_told(seen: &Seen<'_>, stream: &StreamFacts, frames: (u64, u64)) -> bool {
    let limit = seen.limit("freeze");
    freezes(stream).any(|freeze| {
        let overlaps = freeze.overlaps(frames);
        freeze.cause == Cause::Lost && overlaps && limit.severity(freeze.ms).is_some()
    })
}

fn check(seen: &Seen<'_>, found: &mut Vec<Finding>) {
    for media in seen.media() {
        let Some((stream, ms)) = media.worst(figure) else { continue };
        let Some(freeze) = longest(stream) else { continue };
        let Some(severity) = seen.limit("freeze").severity(ms) else { continue };
        let mut message = format!("{} froze {} at {:.1} s", name(stream), time_of(ms), freeze.at_s);
        message += &match freeze.cause {
            Cause::Lost => {
                let bursts = match stream.loss_bursts.count {
                    0 => String::new(),
                    bursts => format!(
                        " (the stream lost {} in {} and singly)",
                        stream.lost,
                        count(bursts, "burst", "bursts")
                    ),
                };
                format!(": {} by then{bursts}", count(freeze.missing, "packet missing", "packets missing"))
            }
            _ if freeze.late > 0 => {
                format!(": {} late", count(freeze.late, "packet of it came", "packets of it came"))
            }
            _ => ": its packets came late".to_owned(),
        };
        let asked: u64 = seen
            .reports_on(media.ssrc())
            .map(|(_, pair)| pair.nack_distinct.unwrap_or(pair.nack_numbers))
            .max()
            .unwrap_or(0);
        let repaired = media.repaired() > 0;
        if asked > 0 {
            message += &format!(", {asked} asked for again");
            message += if repaired { "" } else { " and no retransmission seen" };
        }
        let mut finding = seen
            .of_stream(&RULE, stream, freeze.at_s, freeze.frames)
            .severity(severity)
            .message(message)
            .evidence("freeze_ms", rounded(ms))
            .evidence("missing", freeze.missing)
            .evidence("late", freeze.late)
            .evidence("such_freezes", freezes(stream).count())
            .evidence("lost", stream.lost)
            .evidence("asked_again", asked);
        if let Some(names) = media.names() {
            finding = finding.evidence("legs", names);
        }
        found.push(finding.help(
            "look at the losses around it, and whether NACK and RTX are negotiated (`rtcscope sdp explain`); where \
             frames came late, at queues and at the sender's CPU",
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::CHECK;
    use crate::analyze::facts::{IncompleteRun, PauseFacts};
    use crate::analyze::reports::PairFacts;
    use crate::analyze::rules::scene::{Scene, receiver, report_on, video};
    use crate::analyze::stream::Cause;
    use crate::finding::Severity;

    fn frozen(ms: f64, cause: Cause) -> Scene {
        let mut stream = video("s1", 0x2a39);
        (stream.lost, stream.loss_bursts.count) = (34, 9);
        stream.freeze_candidates =
            vec![PauseFacts { at_s: 12.3, ms, frames: (12, 400), missing: 34, late: 0, cause }];
        Scene::with(vec![stream])
    }

    #[test]
    fn a_freeze_is_told_with_what_was_missing_and_asked_for() {
        let mut scene = frozen(184.0, Cause::Lost);
        scene.reports.rtcp = vec![receiver(vec![PairFacts { nack_numbers: 67, ..report_on(0x2a39) }])];
        insta::assert_snapshot!(scene.says(&CHECK), @"video 0x00002a39 (VP8) froze 184 ms at 12.3 s: 34 packets missing by then (the stream lost 34 in 9 bursts and singly), 67 asked for again and no retransmission seen");
        assert_eq!(scene.severities(&CHECK), [Severity::Warning]);
        assert_eq!(frozen(2_500.0, Cause::Late).severities(&CHECK), [Severity::Error]);
    }

    #[test]
    fn a_picture_that_did_not_change_is_no_freeze() {
        assert_eq!(frozen(9_000.0, Cause::Sender).severities(&CHECK), []);
        assert_eq!(Scene::with(vec![video("s1", 1)]).severities(&CHECK), []);
    }

    #[test]
    fn a_time_without_a_whole_frame_is_a_freeze() {
        let mut stream = video("s1", 0x2a39);
        stream.lost = 34;
        let frame_range = (12, 400);
        stream.incomplete_runs =
            vec![IncompleteRun { from_s: 12.3, to_s: 12.8, frames: 12, missing: 34, frame_range }];
        let scene = Scene::with(vec![stream]);
        insta::assert_snapshot!(scene.says(&CHECK), @"video 0x00002a39 (VP8) froze 500 ms at 12.3 s: 34 packets missing by then");
        assert_eq!(scene.severities(&CHECK), [Severity::Warning]);
    }
}
