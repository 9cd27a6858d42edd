//! Data channels have an `sctp-port`, for which there is no default (RFC 8841 §5).

use super::sctp_legacy_syntax::sctp_port;
use crate::finding::{Rule, Severity};
use crate::sdp::line::MediaLine;
use crate::sdp::lint::{Check, Description, Findings, LintRule};

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP617",
        name: "sctp-port-missing",
        severity: Severity::Error,
        summary: "an m-line of data channels has no `a=sctp-port`",
        explain: include_str!("sctp_port_missing.md"),
        refs: &["RFC 8841 §5", "RFC 9429 §5.8.2"],
        since: "0.1.0",
    },
    checks: &[Check::One(check)],
};

fn check(description: &Description<'_>, findings: &mut Findings<'_>) {
    for media in description.media().filter(|media| is_current(media.line()) && !media.is_rejected()) {
        let section = media.section();
        if section.has("sctp-port") {
            continue;
        }
        let finding = findings
            .push(media.line().value.span, "data channels without `a=sctp-port`, which has no default")
            .help(format!("add `a=sctp-port:{}` below the m-line", sctp_port(media)));
        if let Some(map) = section.first("sctpmap") {
            finding.also(map.span(), "the form of drafts, which does not count here");
        }
    }
}

/// Whether it has the form that RFC 8841 §4 gives to data channels.
pub(super) fn is_current(line: &MediaLine<'_>) -> bool {
    line.protocol.is_some_and(|protocol| matches!(protocol.value, "UDP/DTLS/SCTP" | "TCP/DTLS/SCTP"))
}
