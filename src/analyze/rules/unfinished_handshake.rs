//! Handshakes that do not end.

use super::seen::time_of;
use super::{Check, Seen};
use crate::finding::{Confidence, Finding, Rule, Severity};

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "DTLS_UNFINISHED",
    name: "unfinished-handshake",
    severity: Severity::Error,
    summary: "a DTLS handshake began, and did not end",
    explain: include_str!("unfinished_handshake.md"),
    refs: &["RFC 6347 §4.2.4", "RFC 5763 §6.7"],
    since: "0.1.0",
};

fn check(seen: &Seen<'_>, found: &mut Vec<Finding>) {
    let mut told = Vec::new();
    for row in &seen.transport.pairs {
        let Some(dtls) = row.dtls.iter().rfind(|dtls| dtls.began_at_s.is_some()) else { continue };
        let session = seen.session_of(row);
        // It ended where media flows, or on another leg of the same flow.
        let is_done = session.iter().any(|row| {
            !seen.streams_over(&row.leg).is_empty() || row.dtls.iter().any(|dtls| dtls.ended_at_s.is_some())
        });
        let flow = row.ice.as_ref().map(|ice| ice.flow);
        let (Some(began), false) =
            (dtls.began_at_s, is_done || flow.is_some_and(|flow| told.contains(&flow)))
        else {
            continue;
        };
        // Another finding says why.
        if dtls.alerts.iter().any(|alert| alert.fatal) {
            continue;
        }
        let ms = (seen.duration_s - began) * 1e3;
        if seen.limit("silence").severity(ms).is_none() {
            continue;
        }
        told.extend(flow);
        let last = dtls.messages.last();
        let spoke = |who| dtls.messages.iter().any(|message| message.from == who);
        let (message, help) = match (spoke("server"), last) {
            (false, _) => (
                format!("a handshake began at {began:.1} s, and was not answered in {}", time_of(ms)),
                "the other side does not listen for DTLS: look at `a=setup` of both descriptions, and whether it got the \
                 answer; or what comes back is not in the capture",
            ),
            (true, Some(last)) => (
                format!(
                    "a handshake began at {began:.1} s and did not end: {} of the {} was the last",
                    last.name, last.from
                ),
                "look at what the side that is silent now did not get or did not like: large packets that are lost, a \
                 certificate, its log",
            ),
            (true, None) => (
                format!("a handshake began at {began:.1} s and did not end"),
                "look at the logs of both sides",
            ),
        };
        let first = dtls.began_frame.unwrap_or(1);
        let frames = (first, last.map_or(first, |last| last.frame.max(first)));
        found.push(
            seen.of_pair(&RULE, "dtls", &row.leg, began, Some(frames))
                .confidence(Confidence::Medium)
                .message(message)
                .evidence("version", dtls.version.clone())
                .evidence("last_message", last.map(|last| last.name.clone()))
                .evidence("client_repeats", dtls.client_rounds)
                .evidence("server_repeats", dtls.server_rounds)
                .help(help),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::CHECK;
    use crate::analyze::dtls::MessageFacts;
    use crate::analyze::rules::scene::{Scene, audio, pair};
    use crate::finding::Severity;

    fn unfinished() -> Scene {
        let mut scene = Scene::call();
        scene.streams.clear();
        let dtls = &mut scene.transport.pairs[0].dtls[0];
        (dtls.ended_at_s, dtls.ended_frame, dtls.handshake_ms) = (None, None, None);
        dtls.messages =
            vec![MessageFacts { at_s: 0.3, frame: 5, from: "client", name: "ClientHello".to_owned() }];
        scene
    }

    #[test]
    fn a_handshake_that_does_not_end_is_an_error() {
        assert_eq!(unfinished().severities(&CHECK), [Severity::Error]);
        insta::assert_snapshot!(unfinished().says(&CHECK), @"a handshake began at 0.3 s, and was not answered in 59.7 s");
        let mut scene = unfinished();
        let answer = MessageFacts { at_s: 0.4, frame: 6, from: "server", name: "Certificate".to_owned() };
        scene.transport.pairs[0].dtls[0].messages.push(answer);
        assert_eq!(
            scene.says(&CHECK),
            "a handshake began at 0.3 s and did not end: Certificate of the server was the last"
        );
    }

    #[test]
    fn where_it_ended_elsewhere_or_the_capture_did_nothing_is_said() {
        let mut scene = unfinished();
        scene.transport.pairs.push(pair());
        assert_eq!(scene.severities(&CHECK), []);
        let mut scene = unfinished();
        scene.streams.push(audio("s1", 1));
        assert_eq!(scene.severities(&CHECK), []);
        let mut scene = unfinished();
        scene.transport.pairs[0].dtls[0].began_at_s = Some(57.0);
        assert_eq!(scene.severities(&CHECK), []);
        assert_eq!(Scene::call().severities(&CHECK), []);
    }
}
