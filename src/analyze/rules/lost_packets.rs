//! Packets that never arrived.

use super::seen::{at_most, count, name, rounded};
use super::{Check, Seen};
use crate::analyze::side::Side;
use crate::finding::{Finding, Rule, Severity};

/// Fewer losses are chance, and no error before so many.
const FEWEST: u64 = 3;
const SURE: u64 = 10;

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "LOSS",
    name: "lost-packets",
    severity: Severity::Warning,
    summary: "packets of a stream never arrived",
    explain: include_str!("lost_packets.md"),
    refs: &["RFC 3550 §6.4.1", "RFC 3550 A.3"],
    since: "0.1.0",
};

fn check(seen: &Seen<'_>, found: &mut Vec<Finding>) {
    for media in seen.media() {
        let Some((stream, pct)) = media.worst(|stream| Some(stream.loss_pct)) else { continue };
        let Some(severity) = seen.limit("loss").severity(pct).filter(|_| stream.lost >= FEWEST) else {
            continue;
        };
        // A share that some packets make is as much chance.
        let severity = if stream.lost < SURE { at_most(severity, Severity::Warning) } else { severity };
        let repair = media.repair(seen, stream);
        let severity = repair.lessens(severity, stream.lost, |left| seen.limit("loss").severity(pct * left));
        let expected = stream.packets + stream.lost - stream.duplicates.min(stream.packets);
        let bursts = match stream.loss_bursts.count {
            0 => "each on its own".to_owned(),
            bursts => format!("with {}", count(bursts, "burst", "bursts")),
        };
        let mut message = format!(
            "{} lost {pct:.2} % of its packets: {} of about {expected}, {bursts}",
            name(stream),
            stream.lost
        );
        message += &repair.words(stream.lost);
        // The same packets, met elsewhere with fewer losses: it was between the two.
        let before = media.legs.iter().filter(|leg| leg.id != stream.id && leg.lost * 2 <= stream.lost);
        let before = before.min_by_key(|leg| leg.lost);
        if let Some(before) = before {
            message += &format!("; {} lacks {}, so most were lost between the two", before.id, before.lost);
        }
        let reported = seen.reports_on(media.ssrc()).filter_map(|(_, pair)| pair.interval_loss_pct);
        let reported =
            reported.fold(None, |most: Option<f64>, pct| Some(most.map_or(pct, |most| most.max(pct))));
        let mut finding = seen
            .of_whole_stream(&RULE, stream)
            .severity(severity)
            .message(message)
            .evidence("loss_pct", rounded(pct))
            .evidence("lost", stream.lost)
            .evidence("bursts", stream.loss_bursts.count)
            .evidence("longest_run", stream.loss_runs.max);
        finding = repair.evidence(finding);
        if let Some(pct) = reported {
            finding = finding.evidence("reported_loss_pct", rounded(pct));
        }
        if let Some(before) = before {
            finding = finding.evidence("fewer_on", before.id.as_str());
        }
        if let Some(names) = media.names() {
            finding = finding.evidence("legs", names);
        }
        found.push(finding.help(help(before.is_some(), seen.side(stream))));
    }
}

fn help(is_between: bool, side: Option<Side>) -> &'static str {
    match (is_between, side) {
        (true, _) => {
            "look at what is between the two places: the relay's load, its rate limits, the link behind it"
        }
        (false, Some(Side::Sender)) => {
            "captured at the sender, so the network is not to blame: look at its socket buffers and its CPU, and whether \
             the capture itself dropped packets (`tcpdump` says so when it ends)"
        }
        (false, Some(Side::Receiver)) => {
            "lost on the way, or at the receiver's network card: look at Wi-Fi, queues and policers of the path, and at \
             a bit rate above what it carries"
        }
        (false, Some(Side::Mid)) => {
            "lost between the sender and this place: look at the sender's access network first"
        }
        (false, None) => {
            "lost between the sender and the place of the capture, or by the capture: say where it was taken with --side"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::CHECK;
    use crate::analyze::facts::{Kind, StreamFacts};
    use crate::analyze::rules::scene::{Scene, audio, video};
    use crate::analyze::side::{Side, Sides};
    use crate::finding::Severity;

    #[test]
    fn lost_packets_are_told_by_the_limits_once_for_all_legs() {
        let lossy = |id, lost: u64| {
            let mut stream = video(id, 7);
            (stream.lost, stream.loss_pct) = (lost, lost as f64 / 10.0);
            stream.path.src.set_port(5000 + lost as u16);
            stream
        };
        let mut scene = Scene::with(vec![lossy("s1", 0), lossy("s2", 31), lossy("s3", 30)]);
        let found = scene.finds(&CHECK);
        assert_eq!((found.len(), found[0].severity), (1, Severity::Warning));
        assert!(found[0].subject.starts_with("s2"), "{}", found[0].subject);
        insta::assert_snapshot!(found[0].message, @"video 0x00000007 (VP8) lost 3.10 % of its packets: 31 of about 1031, each on its own; s1 lacks 0, so most were lost between the two");
        scene.limits.set("loss=1%/2%").unwrap();
        assert_eq!(scene.severities(&CHECK), [Severity::Error]);
        scene.limits.set("loss=4%/off").unwrap();
        assert_eq!(scene.severities(&CHECK), []);
    }

    #[test]
    fn what_came_again_is_one_grade_less() {
        let mut stream = video("s1", 7);
        (stream.lost, stream.loss_pct) = (60, 10.0);
        let rtx =
            StreamFacts { kind: Kind::Rtx, of: Some(stream.ssrc.clone()), packets: 60, ..video("s2", 8) };
        let mut scene = Scene::with(vec![stream, rtx]);
        // Encrypted, they do not say of what they are a copy.
        assert_eq!(scene.severities(&CHECK), [Severity::Warning]);
        assert!(
            scene.says(&CHECK).ends_with("; 60 packets of another source may be the same, sent again (RTX)")
        );
        scene.recovered = 58;
        assert_eq!(scene.severities(&CHECK), [Severity::Warning]);
        assert!(scene.says(&CHECK).ends_with("; 58 of 60 came again by RTX"));
        scene.recovered = 20;
        assert_eq!(scene.severities(&CHECK), [Severity::Error], "6.7 % are left");
        scene.recovered = 58;
        scene.streams[0].loss_pct = 3.0;
        assert_eq!(scene.severities(&CHECK), [Severity::Info]);
    }

    #[test]
    fn repairs_and_short_streams_have_no_loss() {
        let mut short = audio("s1", 1);
        (short.packets, short.lost, short.loss_pct) = (40, 40, 50.0);
        let mut repair = video("s2", 2);
        (repair.kind, repair.lost, repair.loss_pct) = (Kind::Rtx, 400, 30.0);
        assert_eq!(Scene::with(vec![short, repair, audio("s3", 3)]).severities(&CHECK), []);
    }

    #[test]
    fn the_side_says_who_is_not_to_blame() {
        let mut stream = audio("s1", 1);
        (stream.lost, stream.loss_pct) = (90, 9.0);
        let mut scene = Scene::with(vec![stream]);
        for (side, word) in
            [(Some(Side::Sender), "not to blame"), (Some(Side::Receiver), "Wi-Fi"), (None, "--side")]
        {
            scene.sides = Sides::new(side, &scene.streams);
            assert!(scene.finds(&CHECK)[0].help.contains(word), "{word}");
        }
    }
}
