//! Video that its sender did not send.

use super::seen::{is_video, name, rounded, time_of};
use super::{Check, Seen};
use crate::analyze::facts::{PauseFacts, StreamFacts};
use crate::analyze::stream::Cause;
use crate::finding::{Finding, Rule, Severity};

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "MEDIA_PAUSED",
    name: "paused-video",
    severity: Severity::Info,
    summary: "video was not sent for a while",
    explain: include_str!("paused_video.md"),
    refs: &["RFC 3550 §5.1"],
    since: "0.1.0",
};

fn longest(stream: &StreamFacts) -> Option<&PauseFacts> {
    let pauses = stream.pauses.iter().filter(|pause| is_video(stream) && pause.cause == Cause::Sender);
    pauses.max_by(|a, b| a.ms.total_cmp(&b.ms))
}

fn check(seen: &Seen<'_>, found: &mut Vec<Finding>) {
    for media in seen.media() {
        let Some((stream, ms)) = media.worst(|stream| longest(stream).map(|pause| pause.ms)) else {
            continue;
        };
        let Some(pause) = longest(stream) else { continue };
        if seen.limit("gap.video").severity(ms) != Some(Severity::Error) {
            continue;
        }
        let message = format!(
            "{} was not sent for {} at {:.1} s: no packet is missing, and its clock went on",
            name(stream),
            time_of(ms),
            pause.at_s
        );
        found.push(
            seen.of_stream(&RULE, stream, pause.at_s, pause.frames)
                .message(message)
                .evidence("pause_ms", rounded(ms))
                .help("a shared screen that did not change, or a camera that was off; else look at the sender's CPU"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::CHECK;
    use crate::analyze::facts::PauseFacts;
    use crate::analyze::rules::scene::{Scene, audio, video};
    use crate::analyze::stream::Cause;
    use crate::finding::Severity;

    #[test]
    fn a_long_pause_of_video_is_worth_a_word_and_silence_is_not() {
        let pause =
            PauseFacts { at_s: 5.0, ms: 3_200.0, frames: (200, 201), missing: 0, cause: Cause::Sender };
        let mut pictures = video("s1", 1);
        pictures.pauses = vec![pause.clone()];
        let mut voice = audio("s2", 2);
        voice.pauses = vec![pause];
        let mut scene = Scene::with(vec![pictures, voice]);
        insta::assert_snapshot!(scene.says(&CHECK), @"video 0x00000001 (VP8) was not sent for 3.2 s at 5.0 s: no packet is missing, and its clock went on");
        assert_eq!(scene.severities(&CHECK), [Severity::Info]);
        scene.streams[0].pauses[0].ms = 1_900.0;
        assert_eq!(scene.severities(&CHECK), []);
    }
}
