//! A fingerprint that somebody else's certificate can be made to have proves nothing (RFC 8122 §5).

use crate::finding::{Rule, Severity};
use crate::sdp::lint::{Check, Description, Findings, LintRule};

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP303",
        name: "fingerprint-weak-hash",
        severity: Severity::Warning,
        summary: "the only fingerprint is made with a hash function that is broken",
        explain: include_str!("fingerprint_weak_hash.md"),
        refs: &["RFC 8122 §5", "RFC 8122 §5.1"],
        since: "0.1.0",
    },
    checks: &[Check::One(check)],
};

const HELP: &str = "write the SHA-256 hash of the certificate: `openssl x509 -noout -fingerprint -sha256 -in cert.pem` prints it";

fn check(description: &Description<'_>, findings: &mut Findings<'_>) {
    for section in description.sections_in_use() {
        // A peer takes the hash function that it likes most (RFC 8122 §5.1).
        let is_weak = |hash: &str| ["md2", "md5", "sha-1"].iter().any(|weak| hash.eq_ignore_ascii_case(weak));
        if !section.fingerprints().all(|fingerprint| is_weak(fingerprint.hash.value)) {
            continue;
        }
        for fingerprint in section.fingerprints() {
            let hash = fingerprint.hash;
            let (severity, message) = match hash.eq_ignore_ascii_case("sha-1") {
                true => (Severity::Warning, "the certificate is known by its SHA-1 hash alone".to_owned()),
                false => (Severity::Error, format!("no peer may trust a fingerprint made with `{hash}`")),
            };
            findings.push(hash.span, message).severity(severity).help(HELP);
        }
    }
}
