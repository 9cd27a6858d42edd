//! Packets that the capture lacks, and the network did not lose.

use super::seen::{Repair, count, name, pair, rounded};
use super::{Check, Media, Seen};
use crate::analyze::stream::Cause;
use crate::finding::{Confidence, Finding, Rule, Severity};

/// Fewer may be lost between two reports, or be copies.
const FEWEST: u64 = 10;
/// What a receiver must have reported on, of what was expected here.
const COVERED: f64 = 0.8;
/// Losses of both directions are at the same time if they overlap and each is of so many packets.
const TOGETHER: u64 = 5;

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "CAPTURE_LOSSY",
    name: "packets-missing-from-capture",
    severity: Severity::Warning,
    summary: "packets are missing from the capture that were not lost",
    explain: include_str!("packets_missing_from_capture.md"),
    refs: &["RFC 3550 §6.4.1", "RFC 9293 §3.8"],
    since: "0.1.0",
};

fn check(seen: &Seen<'_>, found: &mut Vec<Finding>) {
    for media in seen.media() {
        found.extend(contradicted(seen, &media));
    }
    let is_cut = seen.captures.iter().any(|capture| capture.cut > 0);
    for row in &seen.transport.pairs {
        let Some(tcp) = row.tcp.as_ref().filter(|tcp| tcp.missing_bytes > 0 && !is_cut) else { continue };
        let message = format!(
            "{} of the connection between {} are not in the capture, and TCP delivers all",
            count(tcp.missing_bytes, "byte", "bytes"),
            pair(&row.leg)
        );
        let finding = seen.of_pair(&RULE, "capture", &row.leg, 0.0, None);
        found.push(finished(finding.message(message).evidence("missing_bytes", tcp.missing_bytes)));
    }
    found.extend(together(seen));
}

/// What a receiver reports as arrived cannot have been lost before it.
fn contradicted(seen: &Seen<'_>, media: &Media<'_>) -> Option<Finding> {
    let stream = *media.legs.iter().min_by_key(|leg| leg.lost)?;
    let expected = (stream.packets + stream.lost) as f64;
    let reports = seen.reports_on(media.ssrc()).map(|(_, pair)| pair);
    let report = reports.filter(|pair| pair.interval_expected as f64 >= expected * COVERED);
    // A receiver subtracts copies from losses.
    let reported = report.map(|pair| pair.interval_lost.max(0) as u64 + stream.duplicates).min()?;
    // Nor does it count what came again.
    let again = match media.repair(seen, stream) {
        Repair::Recovered(again) | Repair::Likely(again) => again,
        Repair::None => 0,
    };
    let missing = stream.lost.saturating_sub(again);
    if missing < FEWEST || reported * 2 >= missing {
        return None;
    }
    let message = format!(
        "{} of {} are missing here, but its receiver reports {} lost: the capture dropped the others",
        count(missing, "packet", "packets"),
        name(stream),
        count(reported, "packet", "packets")
    );
    let finding = seen.of_whole_stream(&RULE, stream).message(message);
    Some(finished(
        finding
            .evidence("lost", missing)
            .evidence("sent_again", again)
            .evidence("reported_lost", reported)
            .evidence("loss_pct", rounded(stream.loss_pct)),
    ))
}

/// Losses of both directions of a call at the same moment.
fn together(seen: &Seen<'_>) -> Option<Finding> {
    let lost = seen.streams.iter().flat_map(|stream| {
        let lost =
            stream.pauses.iter().filter(|pause| pause.cause == Cause::Lost && pause.missing >= TOGETHER);
        lost.map(move |pause| (stream, pause))
    });
    let lost: Vec<_> = lost.take(256).collect();
    let both = lost.iter().find_map(|(stream, pause)| {
        let (from, to) = (pause.at_s, pause.at_s + pause.ms / 1e3);
        let back = lost.iter().find(|(other, there)| {
            let overlap = to.min(there.at_s + there.ms / 1e3) - from.max(there.at_s);
            super::seen::reverse(&other.path) == stream.path && overlap * 1e3 > pause.ms.min(there.ms) / 2.0
        })?;
        Some((*stream, *pause, *back))
    });
    let (stream, pause, (other, there)) = both?;
    let message = format!(
        "at {:.1} s packets are missing in both directions at once: {} of {} and {} of {}",
        pause.at_s,
        pause.missing,
        name(stream),
        there.missing,
        name(other)
    );
    let finding = seen.of_stream(&RULE, stream, pause.at_s, pause.frames).message(message);
    Some(finished(finding.evidence("missing", pause.missing).evidence("missing_back", there.missing)))
}

fn finished(finding: Finding) -> Finding {
    finding.confidence(Confidence::Medium).help(
        "what is told as lost may have arrived: see what tcpdump or dumpcap says it dropped, give it a larger buffer (`-B`), \
         a narrower filter, and a fast disk",
    )
}

#[cfg(test)]
mod tests {
    use super::CHECK;
    use crate::analyze::facts::{Kind, PauseFacts, StreamFacts};
    use crate::analyze::reports::PairFacts;
    use crate::analyze::rules::scene::{Scene, audio, receiver, report_on, video};
    use crate::analyze::stream::Cause;
    use crate::analyze::tcp::Connection;
    use crate::finding::Severity;

    fn reported(lost_here: u64, lost_there: i64) -> Scene {
        let mut stream = audio("s1", 1);
        stream.lost = lost_here;
        let mut scene = Scene::with(vec![stream]);
        scene.reports.rtcp = vec![receiver(vec![PairFacts { interval_lost: lost_there, ..report_on(1) }])];
        scene
    }

    #[test]
    fn what_a_receiver_got_was_not_lost_on_the_way() {
        assert_eq!(reported(40, 2).severities(&CHECK), [Severity::Warning]);
        insta::assert_snapshot!(reported(40, 2).says(&CHECK), @"40 packets of audio 0x00000001 (opus) are missing here, but its receiver reports 2 packets lost: the capture dropped the others");
        assert_eq!(reported(40, 38).severities(&CHECK), []);
        assert_eq!(reported(9, 0).severities(&CHECK), []);
        // It did not report on all of it.
        let mut scene = reported(40, 2);
        scene.reports.rtcp[0].reports[0].interval_expected = 400;
        assert_eq!(scene.severities(&CHECK), []);
    }

    #[test]
    fn what_came_again_is_not_lost_for_its_receiver() {
        let mut scene = reported(40, 2);
        let of = scene.streams[0].ssrc.clone();
        let rtx = StreamFacts { kind: Kind::Rtx, of: Some(of), packets: 38, ..video("s2", 2) };
        scene.streams.push(rtx);
        scene.recovered = 38;
        assert_eq!(scene.severities(&CHECK), []);
        scene.recovered = 10;
        assert_eq!(scene.severities(&CHECK), [Severity::Warning]);
    }

    #[test]
    fn a_hole_in_a_connection_is_the_captures_unless_packets_were_cut() {
        let mut scene = Scene::call();
        scene.transport.pairs[0].tcp = Some(Connection { missing_bytes: 700, ..Connection::default() });
        assert_eq!(scene.severities(&CHECK), [Severity::Warning]);
        scene.captures[0].cut = 1;
        assert_eq!(scene.severities(&CHECK), []);
    }

    #[test]
    fn both_directions_lose_at_once_only_where_both_pass() {
        let pause =
            |at_s| PauseFacts { at_s, ms: 400.0, frames: (5, 6), missing: 19, late: 0, cause: Cause::Lost };
        let mut scene = Scene::call();
        scene.streams[0].pauses = vec![pause(4.0)];
        scene.streams[1].pauses = vec![pause(9.0)];
        assert_eq!(scene.severities(&CHECK), []);
        scene.streams[1].pauses = vec![pause(9.0), pause(4.1)];
        assert_eq!(scene.severities(&CHECK), [Severity::Warning]);
    }
}
