//! Interruptions, by loss or by delay; silence is none.

use super::seen::{at_most, count, is_video, name, rounded, time_of};
use super::{Check, Seen};
use crate::analyze::facts::{PauseFacts, StreamFacts};
use crate::analyze::stream::Cause;
use crate::finding::{Confidence, Finding, Rule, Severity};

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "MEDIA_GAP",
    name: "interrupted-media",
    severity: Severity::Warning,
    summary: "media was interrupted by loss or delay",
    explain: include_str!("interrupted_media.md"),
    refs: &["RFC 3550 §6.4.1"],
    since: "0.1.0",
};

/// The pauses that are none of the sender's.
fn interruptions(stream: &StreamFacts) -> impl Iterator<Item = &PauseFacts> {
    stream.pauses.iter().filter(|pause| match pause.cause {
        Cause::Lost | Cause::Late => true,
        Cause::Sender => false,
        // Without a clock it is not known whether the sender paused.
        Cause::Unknown => stream.clock_rate.is_some(),
    })
}

/// The longest of them.
fn longest(stream: &StreamFacts) -> Option<&PauseFacts> {
    interruptions(stream).max_by(|a, b| a.ms.total_cmp(&b.ms))
}

/// What the limits are about.
pub(super) fn figure(stream: &StreamFacts) -> Option<f64> {
    Some(longest(stream).map_or(0.0, |pause| pause.ms))
}

/// Whether losses that showed in these packets are told as an interruption.
pub(super) fn is_told(seen: &Seen<'_>, stream: &StreamFacts, frames: (u64, u64)) -> bool {
    let limit = seen.limit(if is_video(stream) { "gap.video" } else { "gap.audio" });
    interruptions(stream).any(|pause| {
        let overlaps = pause.overlaps(frames);
        pause.cause == Cause::Lost && overlaps && limit.severity(pause.ms).is_some()
    })
}

fn check(seen: &Seen<'_>, found: &mut Vec<Finding>) {
    for media in seen.media() {
        let Some((stream, ms)) = media.worst(figure) else { continue };
        let Some(pause) = longest(stream) else { continue };
        let limit = seen.limit(if is_video(stream) { "gap.video" } else { "gap.audio" });
        let Some(severity) = limit.severity(ms) else { continue };
        let frozen = stream
            .freeze_candidates
            .iter()
            .any(|freeze| freeze.cause != Cause::Sender && freeze.overlaps(pause.frames));
        if frozen {
            // FREEZE tells it.
            continue;
        }
        let interval_ms = stream.packet_rate.map_or(0.0, |rate| 1e3 / rate.max(1.0));
        let why = match pause.cause {
            Cause::Lost => {
                format!("{} in it", count(pause.missing, "packet is missing", "packets are missing"))
            }
            Cause::Late if pause.late as f64 * interval_ms >= ms / 2.0 => {
                let lost = match pause.missing {
                    0 => String::new(),
                    missing => format!(", and {missing} did not come at all"),
                };
                format!(
                    "{} afterwards, out of order{lost}",
                    count(pause.late, "packet of it came", "packets of it came")
                )
            }
            Cause::Late => "what was sent meanwhile came behind it, all at once".to_owned(),
            _ => "no number is missing, and the sender's clock did not go on".to_owned(),
        };
        let such = || interruptions(stream).filter(|other| limit.severity(other.ms).is_some());
        let others = such().count();
        let all = match such().next() {
            Some(first) if others > 1 => {
                format!(", the longest of {others} times, first at {:.1} s", first.at_s)
            }
            _ => String::new(),
        };
        let message =
            format!("{} stopped for {} at {:.1} s{all}: {why}", name(stream), time_of(ms), pause.at_s);
        let mut finding = seen
            .of_stream(&RULE, stream, pause.at_s, pause.frames)
            .severity(severity)
            .message(message)
            .evidence("gap_ms", rounded(ms))
            .evidence("missing", pause.missing)
            .evidence("late", pause.late)
            .evidence("such_gaps", others);
        if pause.cause == Cause::Unknown {
            // A sender that pauses with its clock looks the same as a way that got longer.
            finding = finding.confidence(Confidence::Low).severity(at_most(severity, Severity::Warning));
        }
        found.push(finding.help(match pause.cause {
            Cause::Late => "a queue held it, or the sender did: compare with other streams of the same machine at that time",
            Cause::Lost => "look at what happened on the path at that time: roaming, a route that changed, a full queue",
            _ => "look whether the sender was on hold or switched its source; else the way got longer",
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::CHECK;
    use crate::analyze::facts::PauseFacts;
    use crate::analyze::rules::scene::{Scene, audio};
    use crate::analyze::stream::Cause;
    use crate::finding::{Confidence, Severity};

    fn paused(ms: f64, cause: Cause) -> Scene {
        let mut stream = audio("s1", 1);
        let pause = PauseFacts { at_s: 5.0, ms, frames: (200, 240), missing: 24, late: 0, cause };
        stream.pauses = vec![PauseFacts { ms: ms / 4.0, ..pause.clone() }, pause];
        Scene::with(vec![stream])
    }

    #[test]
    fn an_interruption_is_told_and_silence_is_not() {
        assert_eq!(paused(500.0, Cause::Lost).severities(&CHECK), [Severity::Error]);
        assert_eq!(paused(160.0, Cause::Late).severities(&CHECK), [Severity::Warning]);
        assert_eq!(paused(140.0, Cause::Lost).severities(&CHECK), []);
        assert_eq!(paused(5_843.0, Cause::Sender).severities(&CHECK), []);
        insta::assert_snapshot!(paused(500.0, Cause::Lost).says(&CHECK), @"audio 0x00000001 (opus) stopped for 500 ms at 5.0 s: 24 packets are missing in it");
    }

    #[test]
    fn what_came_afterwards_was_late_and_many_are_counted() {
        let mut scene = paused(500.0, Cause::Late);
        for (pause, at_s) in scene.streams[0].pauses.iter_mut().zip([2.0, 5.0]) {
            (pause.missing, pause.late, pause.at_s, pause.ms) = (0, 20, at_s, 100.0 * at_s);
        }
        assert_eq!(
            scene.says(&CHECK),
            "audio 0x00000001 (opus) stopped for 500 ms at 5.0 s, the longest of 2 times, first at 2.0 s: 20 packets of it \
             came afterwards, out of order"
        );
    }

    #[test]
    fn what_may_be_the_senders_own_is_no_more_than_a_warning() {
        let found = paused(5_000.0, Cause::Unknown).finds(&CHECK);
        assert_eq!((found[0].severity, found[0].confidence), (Severity::Warning, Confidence::Low));
    }

    #[test]
    fn a_frozen_picture_is_told_once() {
        let mut scene = paused(900.0, Cause::Lost);
        let stream = &mut scene.streams[0];
        stream.media = Some("video".to_owned());
        assert_eq!(scene.severities(&CHECK), [Severity::Warning]);
        let freeze =
            PauseFacts { at_s: 5.0, ms: 910.0, frames: (199, 240), missing: 24, late: 0, cause: Cause::Lost };
        scene.streams[0].freeze_candidates = vec![freeze];
        assert_eq!(scene.severities(&CHECK), []);
    }
}
