//! Certificates that no description names.

use super::{Check, Seen};
use crate::analyze::dtls::DtlsFacts;
use crate::finding::{Confidence, Finding, Rule, Severity};

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "FINGERPRINT_MISMATCH",
    name: "certificate-of-nobody",
    severity: Severity::Error,
    summary: "a certificate is not the one that a description names",
    explain: include_str!("certificate_of_nobody.md"),
    refs: &["RFC 8122 §5", "RFC 8827 §6.5"],
    since: "0.1.0",
};

fn check(seen: &Seen<'_>, found: &mut Vec<Finding>) {
    let all = seen.payloads.sections().iter().flat_map(|section| &section.fingerprints);
    let mut known: Vec<String> =
        all.filter(|(hash, _)| hash == "sha-256").map(|(hash, value)| format!("{hash} {value}")).collect();
    known.sort_unstable();
    known.dedup();
    if known.is_empty() {
        return;
    }
    let is_known = |print: &Option<String>| print.as_ref().map(|print| known.contains(print));
    let sides = |dtls: &DtlsFacts| [is_known(&dtls.client_fingerprint), is_known(&dtls.server_fingerprint)];
    let handshakes =
        || seen.transport.pairs.iter().flat_map(|row| row.dtls.iter().map(move |dtls| (row, dtls)));
    // Descriptions may be of one call among several in the capture.
    let any_fits = handshakes().any(|(_, dtls)| sides(dtls).contains(&Some(true)));
    let mut told: Vec<&String> = Vec::new();
    for (row, dtls) in handshakes() {
        let sides = sides(dtls);
        let fits = sides.contains(&Some(true));
        // With the fingerprint of one side alone, nothing is known of the other.
        if (fits && known.len() < 2) || (!fits && any_fits) {
            continue;
        }
        let ends = [
            ("client", dtls.client, &dtls.client_fingerprint),
            ("server", dtls.server, &dtls.server_fingerprint),
        ];
        for ((who, address, print), fits_here) in ends.into_iter().zip(sides) {
            let (Some(print), Some(false)) = (print, fits_here) else { continue };
            if told.contains(&print) {
                continue;
            }
            told.push(print);
            let address = address.map_or(String::new(), |address| format!(" {address}"));
            let message = match fits {
                true => format!("the certificate of the {who}{address} is none that the descriptions name"),
                false => format!(
                    "no certificate is one that the descriptions name: not that of the {who}{address}, nor any other"
                ),
            };
            let frames = dtls.began_frame.zip(dtls.ended_frame);
            found.push(
                seen.of_pair(&RULE, "dtls", &row.leg, dtls.began_at_s.unwrap_or(0.0), frames)
                    .confidence(if fits { Confidence::High } else { Confidence::Medium })
                    .message(message)
                    .evidence("certificate", print.as_str())
                    .evidence("described", known.clone())
                    .help(match fits {
                        true => {
                            "the description is of another session or was changed on its way, or somebody stands between: \
                             signal the fingerprint of the certificate in use"
                        }
                        false => "give the descriptions of this call; if they are, they were changed on their way",
                    }),
            );
            if !fits {
                // The descriptions are told about once.
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::CHECK;
    use crate::analyze::rules::scene::{Scene, pair};
    use crate::finding::{Confidence, Severity};

    fn described(prints: &[&str]) -> Scene {
        let mut scene = Scene::call();
        for print in prints {
            let sdp = format!(
                "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\na=fingerprint:sha-256 {print}\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\n"
            );
            scene.payloads.describe(sdp.as_bytes());
        }
        let dtls = &mut scene.transport.pairs[0].dtls[0];
        dtls.client_fingerprint = Some(format!("sha-256 {A}"));
        dtls.server_fingerprint = Some(format!("sha-256 {B}"));
        scene
    }

    const A: &str =
        "AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA";
    const B: &str =
        "BB:BB:BB:BB:BB:BB:BB:BB:BB:BB:BB:BB:BB:BB:BB:BB:BB:BB:BB:BB:BB:BB:BB:BB:BB:BB:BB:BB:BB:BB:BB:BB";
    const C: &str =
        "CC:CC:CC:CC:CC:CC:CC:CC:CC:CC:CC:CC:CC:CC:CC:CC:CC:CC:CC:CC:CC:CC:CC:CC:CC:CC:CC:CC:CC:CC:CC:CC";

    #[test]
    fn certificates_that_fit_or_cannot_be_compared_are_no_fault() {
        for prints in [&[A, B][..], &[A], &[B], &[]] {
            assert_eq!(described(prints).severities(&CHECK), [], "{prints:?}");
        }
        let mut scene = described(&[A, C]);
        scene.transport.pairs[0].dtls[0].server_fingerprint = None;
        assert_eq!(scene.severities(&CHECK), [], "DTLS 1.3 encrypts it");
    }

    #[test]
    fn one_that_does_not_fit_is_an_error() {
        let found = described(&[A, C]).finds(&CHECK);
        assert_eq!((found.len(), found[0].confidence), (1, Confidence::High));
        assert_eq!(
            found[0].message,
            "the certificate of the server 198.51.100.2:6000 is none that the descriptions name"
        );
        assert_eq!(described(&[C]).severities(&CHECK), [Severity::Error]);
    }

    #[test]
    fn the_handshake_of_another_call_beside_the_described_one_is_no_fault() {
        let mut scene = described(&[A, B]);
        let mut other = pair();
        other.dtls[0].client_fingerprint = Some(format!("sha-256 {C}"));
        other.dtls[0].server_fingerprint = None;
        scene.transport.pairs.push(other);
        assert_eq!(scene.severities(&CHECK), []);
    }
}
