//! Packets that are there twice.

use super::seen::{name, rounded};
use super::{Check, Seen};
use crate::analyze::facts::StreamFacts;
use crate::finding::{Finding, Rule, Severity};

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "DUPLICATES",
    name: "copies-of-packets",
    severity: Severity::Warning,
    summary: "packets are in the capture more than once",
    explain: include_str!("copies_of_packets.md"),
    refs: &["RFC 3550 A.1"],
    since: "0.1.0",
};

/// What the limit is about.
pub(super) fn figure(stream: &StreamFacts) -> Option<f64> {
    (stream.packets > 0).then(|| stream.duplicates as f64 * 100.0 / stream.packets as f64)
}

fn check(seen: &Seen<'_>, found: &mut Vec<Finding>) {
    for media in seen.media() {
        let Some((stream, pct)) = media.worst(figure) else { continue };
        let Some(severity) = seen.limit("duplicates").severity(pct) else { continue };
        // Half of them, and it is the capture: no network sends everything twice.
        let is_capture = pct > 40.0;
        let message = match is_capture {
            true => format!("nearly every packet of {} is twice in the capture", name(stream)),
            false => format!("{pct:.1} % of the packets of {} are copies", name(stream)),
        };
        found.push(
            seen.of_whole_stream(&RULE, stream)
                .severity(severity)
                .message(message)
                .evidence("duplicates", stream.duplicates)
                .evidence("duplicates_pct", rounded(pct))
                .help(match is_capture {
                    true => "capture on one interface, not on `any`, and not on a mirror of both directions of a switch",
                    false => "look for a loop or a bonded link on the path, or a sender that repeats on purpose",
                }),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::CHECK;
    use crate::analyze::rules::scene::{Scene, audio};
    use crate::finding::Severity;

    #[test]
    fn copies_are_told_and_everything_twice_is_the_captures() {
        let mut stream = audio("s1", 1);
        stream.duplicates = 60;
        let mut scene = Scene::with(vec![stream]);
        assert_eq!(scene.says(&CHECK), "6.0 % of the packets of audio 0x00000001 (opus) are copies");
        scene.streams[0].duplicates = 500;
        assert_eq!(
            scene.says(&CHECK),
            "nearly every packet of audio 0x00000001 (opus) is twice in the capture"
        );
        scene.streams[0].duplicates = 50;
        assert_eq!(scene.severities(&CHECK), []);
        assert_eq!(CHECK.rule.severity, Severity::Warning);
    }
}
