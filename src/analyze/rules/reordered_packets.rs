//! Packets that were overtaken.

use super::seen::{count, name, rounded};
use super::{Check, Seen};
use crate::analyze::facts::StreamFacts;
use crate::finding::{Finding, Rule, Severity};

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "REORDERED",
    name: "reordered-packets",
    severity: Severity::Warning,
    summary: "packets overtake each other",
    explain: include_str!("reordered_packets.md"),
    refs: &["RFC 3550 A.1"],
    since: "0.1.0",
};

/// What the limit is about.
pub(super) fn figure(stream: &StreamFacts) -> Option<f64> {
    (stream.packets > 0).then(|| stream.reordered as f64 * 100.0 / stream.packets as f64)
}

fn check(seen: &Seen<'_>, found: &mut Vec<Finding>) {
    for media in seen.media() {
        let Some((stream, pct)) = media.worst(figure) else { continue };
        let Some(severity) = seen.limit("reordered").severity(pct) else { continue };
        let asked: u64 = seen.reports_on(media.ssrc()).map(|(_, pair)| pair.nack_numbers).max().unwrap_or(0);
        let message = format!(
            "{pct:.1} % of the packets of {} came behind one sent later: {}",
            name(stream),
            count(stream.reordered, "packet", "packets")
        );
        found.push(
            seen.of_whole_stream(&RULE, stream)
                .severity(severity)
                .message(message)
                .evidence("reordered", stream.reordered)
                .evidence("reordered_pct", rounded(pct))
                .evidence("asked_again", asked)
                .help(
                    "receivers take what is overtaken for lost, and ask for it again: look for paths that are balanced \
                     packet by packet, or for a sender whose packets of one frame take several ways",
                ),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::CHECK;
    use crate::analyze::rules::scene::{Scene, video};
    use crate::finding::Severity;

    #[test]
    fn packets_that_are_overtaken_are_told_by_their_share() {
        let mut stream = video("s1", 1);
        stream.reordered = 51;
        let mut scene = Scene::with(vec![stream]);
        assert_eq!(scene.severities(&CHECK), [Severity::Warning]);
        insta::assert_snapshot!(scene.says(&CHECK), @"5.1 % of the packets of video 0x00000001 (VP8) came behind one sent later: 51 packets");
        scene.streams[0].reordered = 50;
        assert_eq!(scene.severities(&CHECK), []);
    }
}
