//! Without candidates, and without a word that they will follow, there is nothing to connect to (RFC 8840 §4.1.1).

use super::{has_ended, place, transports};
use crate::finding::{Rule, Severity};
use crate::sdp::lint::{Check, Description, Findings, LintRule};
use crate::sdp::session::{Media, Section};

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP409",
        name: "no-candidates",
        severity: Severity::Warning,
        summary: "there are no candidates for an m-line, and nothing says that they will follow",
        explain: include_str!("no_candidates.md"),
        refs: &["RFC 8839 §4.3.1", "RFC 8840 §4.1.1", "RFC 8840 §8.2"],
        since: "0.1.0",
    },
    checks: &[Check::One(check)],
};

fn check(description: &Description<'_>, findings: &mut Findings<'_>) {
    let anywhere = description.sections().any(|section| section.has("candidate"));
    for media in transports(description) {
        // A group may have its candidates below another of its m-lines.
        if media.section().has("candidate") || (anywhere && media.bundle().is_some()) {
            continue;
        }
        let (severity, message) = if has_ended(media) {
            (Severity::Warning, "`a=end-of-candidates` says that none will follow, and ICE has none here")
        } else if trickles(media, description) {
            continue;
        } else if is_placeholder(media, description) {
            // RFC 8839 §4.3.1 allows this, and old versions of Chrome wrote it although they trickled.
            (
                Severity::Info,
                "ICE has no candidates here, and no `a=ice-options:trickle` says that they will follow",
            )
        } else {
            (Severity::Warning, "the m-line has an address, and ICE has no candidate for it")
        };
        findings.push(place(media), message).severity(severity).help(
            "send the description when its candidates are gathered; or add `a=ice-options:trickle`, and send each \
             candidate as it comes",
        );
    }
}

/// By the option of today, or that of old versions of Chrome.
fn trickles(media: Media<'_, '_>, description: &Description<'_>) -> bool {
    let is_google =
        |section: &Section<'_>| section.ice_options().is_some_and(|options| options.has("google-ice"));
    media.trickles() || is_google(media.section()) || is_google(description.head())
}

/// Whether it has no address but the one that stands for none: port 9 or `0.0.0.0`.
fn is_placeholder(media: Media<'_, '_>, description: &Description<'_>) -> bool {
    let connections = [media.section(), description.head()].map(|section| section.connections.first());
    let connection = connections.into_iter().flatten().next();
    let is_nowhere = connection.and_then(|connection| connection.ip()).is_none_or(|ip| ip.is_unspecified());
    is_nowhere || media.line().port.is_none_or(|port| matches!(port.value, 0 | 9))
}
