//! Packets that were asked for again in vain.

use super::seen::{count, name};
use super::{Check, Seen};
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
        let Some((asker, pair)) = asking else { continue };
        let wanted = pair.nack_distinct.unwrap_or(pair.nack_numbers);
        if wanted < FEWEST {
            continue;
        }
        // The same numbers again show as copies where the first was seen, and as late packets where it was not.
        let again = media.legs.iter().map(|leg| leg.duplicates + leg.reordered).max().unwrap_or(0);
        let unknown = media.legs.iter().map(|leg| seen.unpaired(leg, wanted)).max().unwrap_or(0);
        let repairs = media.repaired() + unknown;
        if (again + repairs) * 2 >= wanted {
            continue;
        }
        let nacks = pair.counts.of(Report::Nack);
        let mut message = format!(
            "of {}, {} asked for again{} in {}",
            name(stream),
            count(wanted, "packet was", "packets were"),
            match pair.nack_numbers {
                times if times > wanted => format!(" {times} times"),
                _ => String::new(),
            },
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
            seen.of_stream_and_reports(&RULE, stream, asker, at, frames)
                .confidence(Confidence::Medium)
                .message(message)
                .evidence("asked_again", wanted)
                .evidence("times", pair.nack_numbers)
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

#[cfg(test)]
mod tests {
    use super::CHECK;
    use crate::analyze::facts::{Kind, StreamFacts};
    use crate::analyze::reports::{PairFacts, RequestFacts};
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
        scene.streams[1].of = None;
        assert_eq!(scene.severities(&CHECK), [], "it may be of this one");
    }

    #[test]
    fn a_packet_that_is_asked_for_twice_is_one() {
        let mut scene = asked(68);
        let pair = &mut scene.reports.rtcp[0].reports[0];
        pair.nack_distinct = Some(34);
        pair.nacks = Some(RequestFacts {
            first_s: 12.0,
            last_s: 13.0,
            first_frame: 2400,
            last_frame: 2500,
            most_in_5s: 34,
        });
        let found = scene.finds(&CHECK);
        assert!(
            found[0].message.contains("34 packets were asked for again 68 times in"),
            "{}",
            found[0].message
        );
        let place = found[0].location.as_ref().unwrap().to_string();
        assert!(place.starts_with("frames 2400 to 2500, from 12.000 s"), "{place}");
    }
}
