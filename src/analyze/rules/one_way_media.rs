//! Media that goes one way.

use super::seen::{at_most, time_of};
use super::{Check, Seen};
use crate::analyze::transport::{IceRow, Row};
use crate::finding::{Confidence, Finding, Rule, Severity};
use crate::sdp::attribute::Direction;

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "ONE_WAY_MEDIA",
    name: "one-way-media",
    severity: Severity::Warning,
    summary: "media went one way only, though both sides were there",
    explain: include_str!("one_way_media.md"),
    refs: &["RFC 7675", "RFC 3264 §6.1"],
    since: "0.1.0",
};

fn check(seen: &Seen<'_>, found: &mut Vec<Finding>) {
    let sections = seen.payloads.sections().iter().filter(|section| !section.data);
    let mut directions = sections.filter_map(|section| section.direction).peekable();
    if directions.peek().is_some() && directions.all(|direction| direction != Direction::Sendrecv) {
        // It was agreed on.
        return;
    }
    let mut told = Vec::new();
    for row in &seen.transport.pairs {
        let Some(ice) = row.ice.as_ref().filter(|ice| !told.contains(&ice.flow)) else { continue };
        let finding = [true, false].into_iter().find_map(|from_src| of(seen, row, ice, from_src));
        if let Some(finding) = finding {
            told.push(ice.flow);
            found.push(finding);
        }
    }
}

/// Of media that one side sends.
fn of(seen: &Seen<'_>, row: &Row, ice: &IceRow, from_src: bool) -> Option<Finding> {
    let over = seen.streams_over(&row.leg);
    let (there, back): (Vec<_>, Vec<_>) = over.into_iter().partition(|(_, by_src)| *by_src == from_src);
    let first = there.iter().map(|(stream, _)| stream.first_seen_s).min_by(f64::total_cmp)?;
    let last = there.iter().map(|(stream, _)| stream.last_seen_s).max_by(f64::total_cmp)?;
    let ended = back.iter().map(|(stream, _)| stream.last_seen_s).max_by(f64::total_cmp);
    // What else the silent side sent shows that it was there, and that the capture sees it.
    let (speaker, silent) = if from_src { (row.leg.src, row.leg.dst) } else { (row.leg.dst, row.leg.src) };
    let answers = if from_src { &ice.src } else { &ice.dst }.last_answer_at_s;
    let reports = seen.reports.rtcp.iter().filter(|row| (row.src, row.dst) == (silent, speaker));
    let reports = reports.map(|row| row.last_seen_s);
    let present = answers.into_iter().chain(reports).max_by(f64::total_cmp)?;
    let from = ended.map_or(first, |ended| ended.max(first));
    let ms = (present.min(last) - from) * 1e3;
    let severity = at_most(seen.limit("silence").severity(ms)?, Severity::Warning);
    // It may have sent over another pair meanwhile.
    let speaks: Vec<&str> = there.iter().map(|(stream, _)| stream.ssrc.as_str()).collect();
    let elsewhere = seen.session_of(row).into_iter().filter(|other| other.leg != row.leg).any(|other| {
        let streams = seen.streams_over(&other.leg);
        streams
            .iter()
            .any(|(stream, _)| !speaks.contains(&stream.ssrc.as_str()) && stream.last_seen_s > from + 1.0)
    });
    if elsewhere {
        return None;
    }
    let message = match ended {
        Some(ended) => format!(
            "{silent} sent no media from {ended:.1} s on, for {} and more, while {speaker} did",
            time_of(ms)
        ),
        None => format!("{speaker} sent media for {}, and {silent} sent none", time_of(ms)),
    };
    let frames = there.iter().map(|(stream, _)| stream.frame_range);
    let frames = frames.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
    // From the last packet of the side that fell silent.
    let silence = back.iter().filter(|_| ended.is_some_and(|ended| ended >= first));
    let silence = silence.max_by(|a, b| a.0.last_seen_s.total_cmp(&b.0.last_seen_s));
    let frames = frames.map(|(from, to)| (silence.map_or(from, |(stream, _)| stream.frame_range.1), to));
    let confidence = if ended.is_some() { Confidence::Medium } else { Confidence::Low };
    Some(
        seen.of_pair(&RULE, "media", &row.leg, from, frames)
            .severity(severity)
            .confidence(confidence)
            .message(message)
            .evidence("silent", silent.to_string())
            .evidence("silent_ms", ms.round())
            .evidence("sent_before", ended.is_some())
            .help(
                "it answered checks or sent reports meanwhile, so the path was open: look at its microphone, at mute and hold, \
                 and at the directions of both descriptions (`rtcscope sdp negotiate`); who only listens is no fault",
            ),
    )
}

#[cfg(test)]
mod tests {
    use super::CHECK;
    use crate::analyze::rules::scene::{Scene, receiver};
    use crate::finding::{Confidence, Severity};

    #[test]
    fn a_side_that_is_there_and_sends_nothing_is_told() {
        let mut scene = Scene::call();
        assert_eq!(scene.severities(&CHECK), []);
        scene.streams.pop();
        let found = scene.finds(&CHECK);
        assert_eq!((found[0].severity, found[0].confidence), (Severity::Warning, Confidence::Low));
        insta::assert_snapshot!(found[0].message, @"192.0.2.1:5000 sent media for 20.0 s, and 198.51.100.2:6000 sent none");
        // It was not there: that is another fault.
        scene.transport.pairs[0].ice.as_mut().unwrap().src.last_answer_at_s = None;
        assert_eq!(scene.severities(&CHECK), []);
        scene.reports.rtcp = vec![receiver(vec![])];
        assert_eq!(scene.severities(&CHECK), [Severity::Warning]);
    }

    #[test]
    fn a_side_that_stops_is_told_and_one_that_begins_late_is_not() {
        let mut scene = Scene::call();
        scene.streams[1].last_seen_s = 8.0;
        insta::assert_snapshot!(scene.says(&CHECK), @"198.51.100.2:6000 sent no media from 8.0 s on, for 13.0 s and more, while 192.0.2.1:5000 did");
        (scene.streams[1].first_seen_s, scene.streams[1].last_seen_s) = (15.0, 21.0);
        assert_eq!(scene.severities(&CHECK), []);
    }

    #[test]
    fn what_was_agreed_on_is_no_fault() {
        let mut scene = Scene::call();
        scene.streams.pop();
        scene.payloads.describe(
            b"v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\nm=audio 5000 RTP/AVP 0\r\na=sendonly\r\n",
        );
        assert_eq!(scene.severities(&CHECK), []);
    }
}
