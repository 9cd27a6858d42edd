//! Packets that arrive unevenly.

use super::seen::{is_video, name, rounded, time_of};
use super::{Check, Seen};
use crate::analyze::facts::StreamFacts;
use crate::finding::{Finding, Rule, Severity};

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "JITTER",
    name: "uneven-arrival",
    severity: Severity::Warning,
    summary: "packets arrive unevenly for seconds",
    explain: include_str!("uneven_arrival.md"),
    refs: &["RFC 3550 §6.4.1", "RFC 3550 A.8"],
    since: "0.1.0",
};

/// What the limits are about: of audio what stays for seconds, of video the mean of frames.
pub(super) fn figure(stream: &StreamFacts) -> Option<f64> {
    match is_video(stream) {
        true => stream.frame_jitter_mean_ms,
        false => stream.jitter_sustained_ms,
    }
}

fn check(seen: &Seen<'_>, found: &mut Vec<Finding>) {
    for media in seen.media() {
        let Some((stream, ms)) = media.worst(figure) else { continue };
        let limit = if is_video(stream) { "jitter.video" } else { "jitter.audio" };
        let Some(severity) = seen.limit(limit).severity(ms) else { continue };
        let (message, max) = match is_video(stream) {
            true => (
                format!("frames of {} come with a jitter of {} on average", name(stream), time_of(ms)),
                stream.frame_jitter_max_ms,
            ),
            false => (
                format!("packets of {} come with a jitter of {} for seconds", name(stream), time_of(ms)),
                stream.jitter_max_ms,
            ),
        };
        let mut finding = seen
            .of_whole_stream(&RULE, stream)
            .severity(severity)
            .message(message)
            .evidence("jitter_ms", rounded(ms))
            .evidence("jitter_max_ms", max)
            .evidence("clock_rate", stream.clock_rate);
        if let Some(names) = media.names() {
            finding = finding.evidence("legs", names);
        }
        found.push(finding.help(
            "each millisecond of it is delay that the receiver's buffer adds: look for queues that fill (bufferbloat), \
             Wi-Fi, a busy sender or relay",
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::CHECK;
    use crate::analyze::rules::scene::{Scene, audio, video};
    use crate::finding::Severity;

    #[test]
    fn audio_is_judged_by_what_stays_and_video_by_its_frames() {
        let mut noisy = audio("s1", 1);
        (noisy.jitter_max_ms, noisy.jitter_sustained_ms) = (Some(90.0), Some(20.0));
        let mut pictures = video("s2", 2);
        (pictures.jitter_sustained_ms, pictures.frame_jitter_mean_ms) = (Some(300.0), Some(40.0));
        let mut scene = Scene::with(vec![noisy, pictures]);
        assert_eq!(scene.severities(&CHECK), []);
        scene.streams[0].jitter_sustained_ms = Some(31.0);
        scene.streams[1].frame_jitter_mean_ms = Some(101.0);
        assert_eq!(scene.severities(&CHECK), [Severity::Warning, Severity::Error]);
        scene.limits.set("jitter.audio=40ms/60ms").unwrap();
        assert_eq!(
            scene.says(&CHECK),
            "frames of video 0x00000002 (VP8) come with a jitter of 101 ms on average"
        );
    }
}
