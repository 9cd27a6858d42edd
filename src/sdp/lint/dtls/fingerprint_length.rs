//! The number of bytes of a fingerprint is that of its hash function (RFC 8122 §5).

use crate::finding::{Rule, Severity};
use crate::sdp::attribute::Fingerprint;
use crate::sdp::lint::{Check, Description, Findings, LintRule};

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP302",
        name: "fingerprint-length",
        severity: Severity::Error,
        summary: "a fingerprint is longer or shorter than its hash function makes it",
        explain: include_str!("fingerprint_length.md"),
        refs: &["RFC 8122 §5"],
        since: "0.1.0",
    },
    checks: &[Check::One(check)],
};

/// As RFC 8122 §5 writes them, and the number of bytes of each. MD5, of 16 bytes, is not to be used.
const HASHES: [(&str, usize); 5] =
    [("sha-1", 20), ("sha-224", 28), ("sha-256", 32), ("sha-384", 48), ("sha-512", 64)];

fn check(description: &Description<'_>, findings: &mut Findings<'_>) {
    for fingerprint in description.sections_in_use().flat_map(|section| section.fingerprints()) {
        let (hash, length) = (fingerprint.hash, fingerprint.length());
        match fingerprint.expected_length() {
            Some(expected) if expected != length => {
                let message = format!("a `{hash}` hash has {expected} bytes, and this has {length}");
                findings
                    .push(fingerprint.value.span, message)
                    .help(help(fingerprint, expected))
                    .evidence("length_bytes", length)
                    .evidence("expected_bytes", expected);
            }
            Some(_) => {}
            None => {
                let plain = |name: &str| name.replace(['-', '_'], "").to_ascii_lowercase();
                let meant = HASHES.iter().find(|(name, _)| plain(name) == plain(hash.value));
                if let Some((name, _)) = meant {
                    findings
                        .push(hash.span, format!("`{hash}` is not the name of a hash function"))
                        .help(format!("write `{name}`, or peers cannot tell how to read the fingerprint"));
                }
            }
        }
    }
}

fn help(fingerprint: &Fingerprint<'_>, expected: usize) -> String {
    let length = fingerprint.length();
    match HASHES.iter().find(|(_, bytes)| *bytes == length) {
        Some((name, _)) => {
            format!("write `{name}` if that is how it was made, or a hash of {expected} bytes after `{}`", {
                fingerprint.hash
            })
        }
        None if length < expected => {
            "copy all of the fingerprint; the end of it may have been cut off".to_owned()
        }
        None => "copy the fingerprint again; there is more on the line than one hash".to_owned(),
    }
}
