//! Losses that came together.

use super::seen::{name, rounded, time_of};
use super::{Check, Seen, frozen_video, interrupted_media};
use crate::finding::{Finding, Rule, Severity};

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "LOSS_BURST",
    name: "burst-of-losses",
    severity: Severity::Warning,
    summary: "many packets were lost close together",
    explain: include_str!("burst_of_losses.md"),
    refs: &["RFC 3611 §4.7.2"],
    since: "0.1.0",
};

fn check(seen: &Seen<'_>, found: &mut Vec<Finding>) {
    for media in seen.media() {
        let burst = media.worst(|stream| stream.densest_burst.as_ref().map(|burst| burst.lost as f64));
        let Some((stream, lost)) = burst else { continue };
        let Some(severity) = seen.limit("loss.burst").severity(lost) else { continue };
        let Some(burst) = &stream.densest_burst else { continue };
        // One hole is told once: as what was heard or seen of it.
        let is_told = interrupted_media::is_told(seen, stream, burst.frames)
            || frozen_video::is_told(seen, stream, burst.frames);
        if is_told {
            continue;
        }
        let repair = media.repair(seen, stream);
        let severity =
            repair.lessens(severity, stream.lost, |left| seen.limit("loss.burst").severity(lost * left));
        let lasted = burst.to_s - burst.from_s;
        let mut message = match burst.span == burst.lost {
            true => format!("{} lost {} packets in a row at {:.1} s", name(stream), burst.lost, burst.from_s),
            false => {
                let what = format!("{} lost {} of {} packets", name(stream), burst.lost, burst.span);
                match lasted < 0.95 {
                    true => format!("{what} at {:.1} s, within {}", burst.from_s, time_of(lasted * 1e3)),
                    false => format!("{what} from {:.1} s to {:.1} s", burst.from_s, burst.to_s),
                }
            }
        };
        if stream.loss_bursts.count > 1 {
            message += &format!(", the worst of {} bursts", stream.loss_bursts.count);
        }
        message += &repair.words(stream.lost);
        let finding = seen
            .of_stream(&RULE, stream, burst.from_s, burst.frames)
            .severity(severity)
            .message(message)
            .evidence("lost", burst.lost)
            .evidence("span", burst.span)
            .evidence("to_s", rounded(burst.to_s))
            .evidence("bursts", stream.loss_bursts.count);
        found.push(repair.evidence(finding).help(
            "concealment and retransmission cope with single losses: look for what stops the flow for a moment, such as \
             roaming, a queue that overflows, a policer; `--report json=` has the histogram",
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::CHECK;
    use crate::analyze::facts::{BurstFacts, PauseFacts};
    use crate::analyze::rules::scene::{Scene, audio};
    use crate::analyze::stream::Cause;
    use crate::finding::Severity;

    #[test]
    fn the_worst_burst_is_told_with_its_packets() {
        let mut stream = audio("s1", 1);
        stream.loss_bursts.count = 3;
        stream.densest_burst =
            Some(BurstFacts { lost: 12, span: 30, from_s: 4.0, to_s: 4.4, frames: (700, 733) });
        let mut scene = Scene::with(vec![stream]);
        let found = scene.finds(&CHECK);
        assert_eq!(found[0].severity, Severity::Warning);
        insta::assert_snapshot!(found[0].message, @"audio 0x00000001 (opus) lost 12 of 30 packets at 4.0 s, within 400 ms, the worst of 3 bursts");
        assert!(found[0].location.as_ref().unwrap().to_string().starts_with("frames 700 to 733"));
        scene.limits.set("loss.burst=5/10").unwrap();
        assert_eq!(scene.severities(&CHECK), [Severity::Error]);
        let pause =
            PauseFacts { at_s: 4.0, ms: 300.0, frames: (699, 700), missing: 12, late: 0, cause: Cause::Lost };
        scene.streams[0].pauses = vec![pause];
        assert_eq!(scene.severities(&CHECK), [], "MEDIA_GAP tells it");
        scene.streams[0].pauses[0].ms = 140.0;
        assert_eq!(scene.severities(&CHECK), [Severity::Error]);
        scene.streams[0].densest_burst.as_mut().unwrap().lost = 5;
        assert_eq!(scene.severities(&CHECK), []);
    }

    #[test]
    fn losses_that_are_spread_evenly_are_no_burst() {
        let mut stream = audio("s1", 1);
        let burst = BurstFacts { lost: 60, span: 591, from_s: 0.4, to_s: 29.9, frames: (12, 705) };
        (stream.worst_burst, stream.loss_bursts.count) = (Some(burst.clone()), 1);
        let mut scene = Scene::with(vec![stream]);
        assert_eq!(scene.severities(&CHECK), []);
        scene.streams[0].densest_burst = Some(BurstFacts { span: 200, ..burst });
        assert_eq!(scene.says(&CHECK), "audio 0x00000001 (opus) lost 60 of 200 packets from 0.4 s to 29.9 s");
    }
}
