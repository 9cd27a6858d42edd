//! Handshakes that had to be repeated.

use super::seen::{count, rounded};
use super::{Check, Seen};
use crate::finding::{Finding, Rule, Severity};

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "DTLS_REPEATED",
    name: "repeated-handshake",
    severity: Severity::Warning,
    summary: "parts of a handshake had to be sent again and again",
    explain: include_str!("repeated_handshake.md"),
    refs: &["RFC 6347 §4.2.4"],
    since: "0.1.0",
};

fn check(seen: &Seen<'_>, found: &mut Vec<Finding>) {
    let mut told = Vec::new();
    for row in &seen.transport.pairs {
        let flow = row.ice.as_ref().map(|ice| ice.flow);
        for dtls in &row.dtls {
            let rounds = dtls.client_rounds.max(dtls.server_rounds);
            let Some(severity) = seen.limit("dtls.repeats").severity(rounds as f64) else { continue };
            if flow.is_some_and(|flow| told.contains(&flow)) {
                continue;
            }
            told.extend(flow);
            let (who, address) = match dtls.client_rounds >= dtls.server_rounds {
                true => ("client", dtls.client),
                false => ("server", dtls.server),
            };
            let mut message = format!(
                "the {who} {}sent the same part of its handshake {}",
                address.map_or(String::new(), |address| format!("{address} ")),
                count(rounds + 1, "time", "times")
            );
            if let Some(ms) = dtls.handshake_ms {
                message += &format!("; it took {}", super::seen::time_of(ms));
            }
            let frames =
                dtls.began_frame.map(|began| (began, dtls.ended_frame.unwrap_or(seen.all_frames().1)));
            found.push(
                seen.of_pair(&RULE, "dtls", &row.leg, dtls.began_at_s.unwrap_or(0.0), frames)
                    .severity(severity)
                    .message(message)
                    .evidence("client_repeats", dtls.client_rounds)
                    .evidence("server_repeats", dtls.server_rounds)
                    .evidence("handshake_ms", dtls.handshake_ms.map(rounded))
                    .help(
                        "handshake packets are lost or not answered: look at packets of more than 1200 bytes (certificates, \
                         post-quantum keys) on the way, and whether the other side was ready",
                    ),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::CHECK;
    use crate::analyze::rules::scene::Scene;
    use crate::finding::Severity;

    #[test]
    fn parts_that_are_sent_again_often_are_told() {
        let mut scene = Scene::call();
        scene.transport.pairs[0].dtls[0].server_rounds = 3;
        assert_eq!(scene.severities(&CHECK), []);
        scene.transport.pairs[0].dtls[0].server_rounds = 4;
        assert_eq!(scene.severities(&CHECK), [Severity::Warning]);
        assert_eq!(
            scene.says(&CHECK),
            "the server 198.51.100.2:6000 sent the same part of its handshake 5 times; it took 100 ms"
        );
    }
}
