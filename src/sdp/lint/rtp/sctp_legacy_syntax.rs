//! Data channels as drafts of RFC 8841 wrote them.

use crate::finding::{Rule, Severity};
use crate::sdp::lint::{Check, Description, Findings, LintRule};
use crate::sdp::session::Media;

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP616",
        name: "sctp-legacy-syntax",
        severity: Severity::Info,
        summary: "data channels are written as in a draft of 2013",
        explain: include_str!("sctp_legacy_syntax.md"),
        refs: &["RFC 8841 §4", "RFC 8841 §5", "RFC 9429 §5.2.1"],
        since: "0.1.0",
    },
    checks: &[Check::One(check)],
};

fn check(description: &Description<'_>, findings: &mut Findings<'_>) {
    for media in description.media().filter(|media| !media.is_rejected()) {
        let Some(protocol) = media.line().protocol else { continue };
        let map = media.section().first("sctpmap");
        let format = media.line().formats.first().filter(|format| format.value != "webrtc-datachannel");
        if let (true, Some(format), Some(port)) =
            (media.line().is_data_channel(), format, media.section().first("sctp-port"))
        {
            findings
                .push(format.span, format!("`{format}` is the old form of the m-line, and `a=sctp-port` the new one"))
                .severity(description.unreadable_is())
                .also(port.span(), "of the new form")
                .help("write `webrtc-datachannel` in the m-line; browsers refuse a description that mixes the two");
            continue;
        }
        if protocol.value == "DTLS/SCTP" {
            let finding = findings.push(protocol.span, "`DTLS/SCTP` is how drafts wrote data channels");
            let finding = match map {
                Some(map) => finding.also(map.span(), "belongs to that form"),
                None => finding,
            };
            let kind = media.line().kind;
            let port = media.line().port.map_or(9, |port| port.value);
            finding.help(format!(
                "write `m={kind} {port} UDP/DTLS/SCTP webrtc-datachannel` and `a=sctp-port:{}`",
                sctp_port(media)
            ));
        } else if let Some(map) = map {
            findings
                .push(map.span(), "`a=sctpmap` is how drafts wrote data channels")
                .help(format!("remove the line; `a=sctp-port:{}` says the same", sctp_port(media)));
        }
    }
}

/// As the m-line or `sctpmap` has it; 5000, as everybody has it, otherwise.
pub(super) fn sctp_port(media: Media<'_, '_>) -> u16 {
    let mapped = media.section().sctpmap().map(|map| map.port.value);
    let format = || media.line().formats.first().and_then(|format| format.value.parse().ok());
    mapped.or_else(format).unwrap_or(5000)
}
