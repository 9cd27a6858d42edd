//! Packets that were asked for again in vain.

use super::seen::{count, name};
use super::{Check, Seen};
use crate::analyze::facts::{Kind, StreamFacts};
use crate::analyze::reports::Kind as Report;
use crate::finding::{Confidence, Finding, Rule, Severity};

/// Fewer may have been on their way when the capture ended.
const FEWEST: u64 = 10;

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "NACK_UNANSWERED",
    name: "unanswered-nacks",
    severity: Severity::Warning,
    summary: "lost packets were asked for again, and did not come",
    explain: include_str!("unanswered_nacks.md"),
    refs: &["RFC 4585 §6.2.1", "RFC 4588"],
    since: "0.1.0",
};

fn check(seen: &Seen<'_>, found: &mut Vec<Finding>) {
    for media in seen.media() {
        let Some((stream, _)) = media.worst(|stream| Some(stream.lost as f64)) else { continue };
        let asking = seen.reports_on(media.ssrc()).max_by_key(|(_, pair)| pair.nack_numbers);
        let Some((_, pair)) = asking.filter(|(_, pair)| pair.nack_numbers >= FEWEST) else { continue };
        // The same numbers again show as copies where the first was seen, and as late packets where it was not.
        let again = media.legs.iter().map(|leg| leg.duplicates + leg.reordered).max().unwrap_or(0);
        let unknown = media.legs.iter().map(|leg| unknown(seen, leg)).max().unwrap_or(0);
        let repairs = media.repaired() + unknown;
        if (again + repairs) * 2 >= pair.nack_numbers {
            continue;
        }
        let nacks = pair.counts.of(Report::Nack);
        let mut message = format!(
            "of {}, {} asked for again in {}",
            name(stream),
            count(pair.nack_numbers, "packet was", "packets were"),
            count(nacks, "NACK", "NACKs")
        );
        message += &match again + repairs {
            0 => ", and none came".to_owned(),
            came => format!(", and {came} at most came"),
        };
        let (at, frames) = pair.nacks.map_or((stream.first_seen_s, stream.frame_range), |asked| {
            (asked.first_s, (asked.first_frame, asked.last_frame))
        });
        found.push(
            seen.of_stream(&RULE, stream, at, (frames.0.min(stream.frame_range.0), frames.1))
                .confidence(Confidence::Medium)
                .message(message)
                .evidence("asked_again", pair.nack_numbers)
                .evidence("nacks", nacks)
                .evidence("retransmissions", repairs)
                .evidence("late_or_twice", again)
                .help(
                    "look whether both sides agreed on `nack` and `rtx` (`rtcscope sdp negotiate`), and whether the sender \
                     keeps packets for as long as a round trip takes",
                ),
        );
    }
}

/// Packets beside a stream that nothing else is known of: they may be retransmissions.
fn unknown(seen: &Seen<'_>, stream: &StreamFacts) -> u64 {
    let beside = seen.streams.iter().filter(|other| other.path == stream.path && other.ssrc != stream.ssrc);
    beside
        .filter(|other| other.kind == Kind::Primary && other.media.is_none())
        .map(|other| other.packets)
        .sum()
}

#[cfg(test)]
mod tests {
    use super::CHECK;
    use crate::analyze::facts::{Kind, StreamFacts};
    use crate::analyze::reports::PairFacts;
    use crate::analyze::rules::scene::{Scene, receiver, report_on, video};
    use crate::finding::Severity;

    fn asked(numbers: u64) -> Scene {
        let mut scene = Scene::with(vec![video("s1", 1)]);
        scene.streams[0].lost = 30;
        scene.reports.rtcp = vec![receiver(vec![PairFacts { nack_numbers: numbers, ..report_on(1) }])];
        scene
    }

    #[test]
    fn packets_asked_for_in_vain_are_told() {
        assert_eq!(asked(9).severities(&CHECK), []);
        assert_eq!(asked(40).severities(&CHECK), [Severity::Warning]);
        insta::assert_snapshot!(asked(40).says(&CHECK), @"of video 0x00000001 (VP8), 40 packets were asked for again in 0 NACKs, and none came");
    }

    #[test]
    fn retransmissions_of_any_kind_answer() {
        let mut scene = asked(40);
        scene.streams[0].reordered = 25;
        assert_eq!(scene.severities(&CHECK), []);
        let mut scene = asked(40);
        scene.streams.push(StreamFacts {
            kind: Kind::Rtx,
            of: Some("0x00000001".to_owned()),
            packets: 35,
            ..video("s2", 2)
        });
        assert_eq!(scene.severities(&CHECK), []);
        scene.streams[1].of = Some("0x00000009".to_owned());
        assert_eq!(scene.severities(&CHECK), [Severity::Warning]);
    }
}
