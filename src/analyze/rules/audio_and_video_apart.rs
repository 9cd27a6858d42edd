//! Audio and video that belong together, and come apart.

use super::seen::{name, rounded, time_of};
use super::{Check, Seen};
use crate::analyze::facts::ssrc;
use crate::finding::{Finding, Rule, Severity};

/// Packets that were compared; fewer may be chance.
const FEWEST: usize = 10;

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "AV_SYNC",
    name: "audio-and-video-apart",
    severity: Severity::Warning,
    summary: "audio and video of one sender are out of step",
    explain: include_str!("audio_and_video_apart.md"),
    refs: &["ITU-R BT.1359", "RFC 3550 §6.4.1"],
    since: "0.1.0",
};

fn check(seen: &Seen<'_>, found: &mut Vec<Finding>) {
    let mut told = Vec::new();
    let mut rows: Vec<_> = seen.sync.iter().filter(|row| row.n >= FEWEST).collect();
    rows.sort_by(|a, b| b.av_offset_ms.abs().total_cmp(&a.av_offset_ms.abs()));
    for row in rows {
        let ms = row.av_offset_ms;
        let Some(severity) = seen.limit("av-offset").severity(ms.abs()) else { continue };
        let of = |number: u32| seen.streams.iter().find(|stream| stream.ssrc == ssrc(number));
        let (Some(audio), Some(video)) = (of(row.audio_ssrc), of(row.video_ssrc)) else { continue };
        // On several legs it is the same.
        if told.contains(&(row.audio_ssrc, row.video_ssrc)) {
            continue;
        }
        told.push((row.audio_ssrc, row.video_ssrc));
        let way = if ms > 0.0 { "ahead of" } else { "behind" };
        let message =
            format!("{} is {} {way} {} at the capture", name(audio), time_of(ms.abs()), name(video));
        found.push(
            seen.of_whole_stream(&RULE, video)
                .severity(severity)
                .message(message)
                .evidence("av_offset_ms", rounded(ms))
                .evidence("min_ms", rounded(row.min_ms))
                .evidence("max_ms", rounded(row.max_ms))
                .evidence("cname", row.cname.as_str())
                .help(
                    "receivers line both up by the sender's reports, and delay the earlier one: look at what delays the other \
                     at the sender, at its encoder and pacing first",
                ),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::CHECK;
    use crate::analyze::reports::Sync;
    use crate::analyze::rules::scene::{Scene, audio, receiver, video};
    use crate::finding::Severity;

    fn apart(ms: f64) -> Scene {
        let mut scene = Scene::with(vec![audio("s1", 1), video("s2", 2)]);
        let row = Sync {
            cname: "a".to_owned(),
            audio_ssrc: 1,
            video_ssrc: 2,
            leg_id: receiver(vec![]).leg_id,
            n: 200,
            av_offset_ms: ms,
            min_ms: ms,
            max_ms: ms,
        };
        scene.sync = vec![row.clone(), row];
        scene
    }

    #[test]
    fn lips_that_are_out_of_step_are_told_once() {
        assert_eq!(apart(79.0).severities(&CHECK), []);
        assert_eq!(
            apart(-90.0).says(&CHECK),
            "audio 0x00000001 (opus) is 90 ms behind video 0x00000002 (VP8) at the capture"
        );
        assert_eq!(apart(210.0).severities(&CHECK), [Severity::Error]);
    }
}
