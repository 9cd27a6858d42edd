//! Video that its sender did not send.

use super::seen::{is_rated, is_video, name, rounded, time_of};
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

fn pauses(stream: &StreamFacts) -> impl Iterator<Item = &PauseFacts> {
    stream.pauses.iter().filter(|pause| is_video(stream) && pause.cause == Cause::Sender)
}

fn longest(stream: &StreamFacts) -> Option<&PauseFacts> {
    pauses(stream).max_by(|a, b| a.ms.total_cmp(&b.ms))
}

fn is_long(seen: &Seen<'_>, ms: f64) -> bool {
    seen.limit("gap.video").severity(ms) == Some(Severity::Error)
}

/// Video that ended for good while audio of the same sender went on, and no other video.
fn ended(seen: &Seen<'_>, stream: &StreamFacts) -> Option<Finding> {
    let beside = seen.streams_over(&stream.path);
    let beside =
        || beside.iter().filter(|(other, there)| *there && other.id != stream.id).map(|(other, _)| *other);
    let goes_on = |other: &&StreamFacts| other.last_seen_s > stream.last_seen_s + 1.0;
    if !is_video(stream) || beside().any(|other| is_video(other) && goes_on(&other)) {
        return None;
    }
    let audio = beside().filter(|other| is_rated(other) && !is_video(other) && goes_on(other));
    let audio = audio.max_by(|a, b| a.last_seen_s.total_cmp(&b.last_seen_s))?;
    let ms = (audio.last_seen_s - stream.last_seen_s) * 1e3;
    seen.limit("silence").severity(ms)?;
    let message = format!(
        "{} ended at {:.1} s, and {} of the same sender went on for {}",
        name(stream),
        stream.last_seen_s,
        name(audio),
        time_of(ms)
    );
    let last = (stream.frame_range.1, stream.frame_range.1);
    Some(
        seen.of_stream(&RULE, stream, stream.last_seen_s, last)
            .message(message)
            .evidence("audio_after_ms", rounded(ms))
            .help("a camera that was switched off, or a sender that gave up: ask whether that was meant"),
    )
}

fn check(seen: &Seen<'_>, found: &mut Vec<Finding>) {
    for media in seen.media() {
        found.extend(media.legs.first().and_then(|stream| ended(seen, stream)));
        let Some((stream, ms)) = media.worst(|stream| longest(stream).map(|pause| pause.ms)) else {
            continue;
        };
        let Some(pause) = longest(stream) else { continue };
        if !is_long(seen, ms) {
            continue;
        }
        let such = || pauses(stream).filter(|pause| is_long(seen, pause.ms));
        let all = match (such().next(), such().count()) {
            (Some(first), count) if count > 1 => {
                format!(", the longest of {count} times, first at {:.1} s", first.at_s)
            }
            _ => String::new(),
        };
        let message = format!(
            "{} was not sent for {} at {:.1} s{all}: no packet is missing, and its clock went on",
            name(stream),
            time_of(ms),
            pause.at_s
        );
        found.push(
            seen.of_stream(&RULE, stream, pause.at_s, pause.frames)
                .message(message)
                .evidence("pause_ms", rounded(ms))
                .evidence("such_pauses", such().count())
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
        let pause = PauseFacts {
            at_s: 5.0,
            ms: 3_200.0,
            frames: (200, 201),
            missing: 0,
            late: 0,
            cause: Cause::Sender,
        };
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
