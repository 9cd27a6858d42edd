//! Handshakes that no media follows.

use super::seen::time_of;
use super::{Check, Seen};
use crate::finding::{Confidence, Finding, Rule, Severity};

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "NO_MEDIA",
    name: "no-media-after-handshake",
    severity: Severity::Error,
    summary: "a handshake for media was done, and no media came",
    explain: include_str!("no_media_after_handshake.md"),
    refs: &["RFC 5764 §4", "RFC 5763"],
    since: "0.1.0",
};

fn check(seen: &Seen<'_>, found: &mut Vec<Finding>) {
    let mut told = Vec::new();
    for row in &seen.transport.pairs {
        let mut finished =
            row.dtls.iter().filter(|dtls| dtls.began_at_s.is_some() && dtls.handshake_ms.is_some());
        let Some(dtls) = finished.next_back() else { continue };
        let for_media = dtls.srtp_profile.is_some() || !dtls.srtp_profiles_offered.is_empty();
        // Browsers offer SRTP for data channels as well.
        if !for_media || row.dtls.iter().any(|dtls| dtls.data_records > 0) {
            continue;
        }
        let session = seen.session_of(row);
        let has_media = session.iter().any(|row| !seen.streams_over(&row.leg).is_empty());
        let is_told = row.ice.as_ref().is_some_and(|ice| told.contains(&ice.flow));
        let Some(ended) = dtls.ended_at_s.filter(|_| !has_media && !is_told) else { continue };
        told.extend(row.ice.as_ref().map(|ice| ice.flow));
        let quiet_ms = ((seen.duration_s - ended) * 1e3).max(0.0);
        let severity = seen.limit("silence").severity(quiet_ms);
        let (first, last) = (dtls.began_frame.unwrap_or(1), dtls.ended_frame.unwrap_or(1));
        let message = match severity {
            Some(_) => {
                format!("handshake done at {ended:.1} s, no media in the {} that followed", time_of(quiet_ms))
            }
            None => format!("handshake done, no media: the capture ends {} later", time_of(quiet_ms)),
        };
        found.push(
            seen.of_pair(&RULE, "media", &row.leg, dtls.began_at_s.unwrap_or(ended), Some((first, last)))
                .severity(severity.unwrap_or(Severity::Info))
                .confidence(if severity.is_some() { Confidence::Medium } else { Confidence::Low })
                .message(message)
                .evidence("handshake_ended_at_s", ended)
                .evidence("quiet_ms", quiet_ms.round())
                .evidence("srtp_profiles_offered", dtls.srtp_profiles_offered.clone())
                .help(match severity {
                    Some(_) => {
                        "the path and the keys are there: look whether a track was added on either side, at the directions \
                         of the descriptions, and whether media is let through where the capture was taken"
                    }
                    None => "capture for longer to tell",
                }),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::CHECK;
    use crate::analyze::rules::scene::{Scene, pair};
    use crate::finding::Severity;

    #[test]
    fn a_handshake_without_media_is_an_error_after_a_while() {
        let mut scene = Scene::call();
        assert_eq!(scene.severities(&CHECK), []);
        scene.streams.clear();
        assert_eq!(scene.severities(&CHECK), [Severity::Error]);
        insta::assert_snapshot!(scene.says(&CHECK), @"handshake done at 0.4 s, no media in the 59.6 s that followed");
        scene.transport.pairs[0].dtls[0].ended_at_s = Some(58.0);
        assert_eq!(scene.severities(&CHECK), [Severity::Info]);
    }

    #[test]
    fn data_channels_need_no_media_and_media_may_take_another_pair() {
        let mut scene = Scene::call();
        scene.streams.clear();
        scene.transport.pairs[0].dtls[0].data_records = 9;
        assert_eq!(scene.severities(&CHECK), []);
        let mut scene = Scene::call();
        let mut other = pair();
        other.leg.src.set_port(7);
        other.ice.as_mut().unwrap().flow = 1;
        scene.transport.pairs.push(other);
        assert_eq!(scene.severities(&CHECK), []);
    }

    #[test]
    fn several_legs_of_one_flow_are_told_once() {
        let mut scene = Scene::call();
        scene.streams.clear();
        let mut leg = pair();
        leg.leg.src.set_port(7);
        scene.transport.pairs.push(leg);
        assert_eq!(scene.severities(&CHECK).len(), 1);
    }
}
