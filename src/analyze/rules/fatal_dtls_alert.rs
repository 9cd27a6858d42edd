//! Alerts that end a session.

use super::{Check, Seen};
use crate::finding::{Finding, Rule, Severity};

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "DTLS_ALERT",
    name: "fatal-dtls-alert",
    severity: Severity::Error,
    summary: "a DTLS session ended with a fatal alert",
    explain: include_str!("fatal_dtls_alert.md"),
    refs: &["RFC 6347 §4.1.2.7", "RFC 8446 §6.2"],
    since: "0.1.0",
};

fn check(seen: &Seen<'_>, found: &mut Vec<Finding>) {
    let mut told = Vec::new();
    for row in &seen.transport.pairs {
        // The legs of one flow carry the same alert.
        let flow = row.ice.as_ref().map(|ice| ice.flow);
        for alert in row.dtls.iter().flat_map(|dtls| &dtls.alerts).filter(|alert| alert.fatal) {
            let key = (flow, alert.name.clone());
            if flow.is_some() && told.contains(&key) {
                continue;
            }
            told.push(key);
            found.push(
                seen.of_pair(&RULE, "dtls", &row.leg, alert.at_s, Some((alert.frame, alert.frame)))
                    .message(format!("{} ended the session with the alert {}", alert.src, alert.name))
                    .evidence("alert", alert.name.as_str())
                    .evidence("from", alert.src.to_string())
                    .help(match alert.name.as_str() {
                        "bad_certificate" | "certificate_unknown" | "unknown_ca" | "decrypt_error" => {
                            "the certificate is not the one whose fingerprint was signalled: see FINGERPRINT_MISMATCH, and \
                             whether a description of another session was used"
                        }
                        "handshake_failure" | "insufficient_security" | "protocol_version" => {
                            "the two have no version, cipher or SRTP profile in common: compare what each offers"
                        }
                        _ => "look at the log of the side that sent it, at this time",
                    }),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::CHECK;
    use crate::analyze::dtls::AlertFacts;
    use crate::analyze::rules::scene::{Scene, pair};
    use crate::finding::Severity;

    #[test]
    fn a_fatal_alert_is_told_once_for_all_legs_and_a_goodbye_is_none() {
        let alert = |fatal, name: &str| AlertFacts {
            at_s: 0.5,
            frame: 9,
            src: "192.0.2.1:5000".parse().unwrap(),
            fatal,
            name: name.to_owned(),
        };
        let mut scene = Scene::call();
        scene.transport.pairs.push(pair());
        for row in &mut scene.transport.pairs {
            row.dtls[0].alerts = vec![alert(false, "close_notify")];
        }
        assert_eq!(scene.severities(&CHECK), []);
        for row in &mut scene.transport.pairs {
            row.dtls[0].alerts.push(alert(true, "bad_certificate"));
        }
        assert_eq!(scene.severities(&CHECK), [Severity::Error]);
        assert_eq!(scene.says(&CHECK), "192.0.2.1:5000 ended the session with the alert bad_certificate");
        assert!(scene.finds(&CHECK)[0].help.contains("fingerprint"));
    }
}
