//! Whoever does ICE has a user fragment and a password for each m-line (RFC 8839 §5.4).

use super::place;
use crate::finding::{Rule, Severity};
use crate::sdp::lint::dtls::is_dtls;
use crate::sdp::lint::{Check, Description, Findings, LintRule};
use crate::sdp::session::Media;

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP401",
        name: "ice-credentials-missing",
        severity: Severity::Error,
        summary: "an m-line needs ICE, and has no `ice-ufrag` or no `ice-pwd`",
        explain: include_str!("ice_credentials_missing.md"),
        refs: &["RFC 8839 §5.4", "RFC 8839 §4.3.1", "RFC 9429 §5.8.3"],
        since: "0.1.0",
    },
    checks: &[Check::One(check)],
};

fn check(description: &Description<'_>, findings: &mut Findings<'_>) {
    let is_webrtc = description.is_webrtc();
    let is_ice = description.head().has("ice-lite") || description.head().has("ice-options");
    for media in description.media().filter(|media| !media.is_rejected()) {
        let ends = |name: &str| media.section().first(name).map(|attribute| attribute.span());
        let (missing, other) = match (media.counts("ice-ufrag"), media.counts("ice-pwd")) {
            (true, true) => continue,
            (true, false) => ("`a=ice-pwd`", ends("ice-ufrag")),
            (false, true) => ("`a=ice-ufrag`", ends("ice-pwd")),
            (false, false) if needs_ice(media, is_webrtc, is_ice) => {
                ("`a=ice-ufrag` and no `a=ice-pwd`", None)
            }
            (false, false) => continue,
        };
        findings.push(other.unwrap_or(place(media)), format!("there is no {missing} for this m-line")).help(
            "add `a=ice-ufrag:` with 4 characters or more and `a=ice-pwd:` with 22 or more, chosen at random; browsers \
             refuse the description without them",
        );
    }
}

/// Whether nothing but ICE can find an address for it.
fn needs_ice(media: Media<'_, '_>, is_webrtc: bool, is_ice: bool) -> bool {
    let section = media.section();
    if section.has("ice-mismatch") {
        return false;
    }
    // Data channels and what stands beside m-lines with ICE; SIP has DTLS without ICE as well.
    let is_dtls = is_dtls(media);
    section.has("candidate")
        || (is_dtls && (is_webrtc || is_ice || section.has("ice-options")))
        || (media.line().is_data_channel()
            && media.line().formats.iter().any(|f| f.value == "webrtc-datachannel"))
}
