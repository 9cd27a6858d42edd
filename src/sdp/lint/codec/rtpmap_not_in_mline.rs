//! `rtpmap` and `fmtp` are about formats of their m-line (RFC 8866 §6.6, §6.15).

use crate::finding::{Rule, Severity};
use crate::sdp::attribute::View;
use crate::sdp::lint::{Check, Description, Findings, LintRule};

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP204",
        name: "rtpmap-not-in-mline",
        severity: Severity::Warning,
        summary: "an `rtpmap` or `fmtp` is about a payload type that the m-line does not list",
        explain: include_str!("rtpmap_not_in_mline.md"),
        refs: &["RFC 8866 §6.6", "RFC 8866 §6.15", "RFC 9429 §5.8"],
        since: "0.1.0",
    },
    checks: &[Check::One(check)],
};

fn check(description: &Description<'_>, findings: &mut Findings<'_>) {
    if description.lost_m_line() {
        return;
    }
    for media in super::streams(description) {
        let attributes = media.section().attributes.iter();
        let about = attributes.filter(|attribute| matches!(attribute.view, View::Rtpmap(_) | View::Fmtp(_)));
        for (number, places) in super::unlisted(media, about).into_values() {
            let [first, others @ ..] = &places[..] else { continue };
            // RFC 8866 §6.15: the format of `fmtp` must be one of the m-line. No such word is in §6.6.
            let has_parameters = places.iter().any(|place| place.value == "fmtp");
            let mut pushed = findings
                .push(
                    first.span,
                    format!("`{first}` is about payload type {number}, which the m-line does not list"),
                )
                .severity(if has_parameters { description.unreadable_is() } else { Severity::Warning })
                .also(super::formats(media), "the m-line lists these");
            // One more is enough to see a pattern.
            if let Some(other) = others.first() {
                pushed = pushed.also(other.span, "also about it");
            }
            pushed.help(format!(
                "take out every line about {number}, or add {number} to the m-line if the codec is wanted"
            ));
        }
    }
}
