//! Streams whose numbers begin anew.

use super::seen::{count, name};
use super::{Check, Seen};
use crate::finding::{Finding, Rule, Severity};

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "STREAM_RESTARTED",
    name: "restarted-stream",
    severity: Severity::Warning,
    summary: "the sequence numbers of a stream began anew",
    explain: include_str!("restarted_stream.md"),
    refs: &["RFC 3550 A.1", "RFC 3550 §8.1"],
    since: "0.1.0",
};

fn check(seen: &Seen<'_>, found: &mut Vec<Finding>) {
    for media in seen.media() {
        let Some((stream, restarts)) = media.worst(|stream| Some(stream.restarts as f64)) else { continue };
        if restarts < 1.0 {
            continue;
        }
        let message = format!(
            "the sequence numbers of {} began anew {}{}",
            name(stream),
            count(stream.restarts, "time", "times"),
            match (stream.restarted_at_s, stream.restarts) {
                (Some(at), 1) => format!(", at {at:.1} s"),
                (Some(at), _) => format!(", first at {at:.1} s"),
                (None, _) => String::new(),
            }
        );
        let at = stream.restarted_at_s.unwrap_or(stream.first_seen_s);
        let frame = stream.restarted_frame.unwrap_or(stream.frame_range.0);
        found.push(
            seen.of_stream(&RULE, stream, at, (frame, stream.frame_range.1))
                .message(message)
                .evidence("restarts", stream.restarts)
                .evidence("packets", stream.packets)
                .help(
                    "a sender that starts again should take another SSRC: receivers of SRTP may drop all that follows; look \
                     for two senders with one SSRC, or for a device that was restarted",
                ),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::CHECK;
    use crate::analyze::rules::scene::{Scene, audio};
    use crate::finding::Severity;

    #[test]
    fn numbers_that_begin_anew_are_told() {
        let mut stream = audio("s1", 1);
        stream.restarts = 2;
        let scene = Scene::with(vec![stream, audio("s2", 2)]);
        assert_eq!(scene.says(&CHECK), "the sequence numbers of audio 0x00000001 (opus) began anew 2 times");
        assert_eq!(scene.severities(&CHECK), [Severity::Warning]);
    }
}
