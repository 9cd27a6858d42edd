//! An `m=` line has a kind, a port, a transport and at least one format (RFC 8866 §5.14).

use crate::finding::{Rule, Severity};
use crate::sdp::line::MediaLine;
use crate::sdp::lint::{Check, Description, Findings, LintRule};
use crate::sdp::{Problem, Word};

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP107",
        name: "mline-syntax",
        severity: Severity::Error,
        summary: "an `m=` line cannot be read",
        explain: include_str!("mline_syntax.md"),
        refs: &["RFC 8866 §5.14", "RFC 8866 §9"],
        since: "0.1.0",
    },
    checks: &[Check::Any(check)],
};

fn check(description: &Description<'_>, findings: &mut Findings<'_>) {
    let problems = description.problems();
    for media in description.media() {
        let line: &MediaLine<'_> = media.line();
        let at = problems.partition_point(|problem| problem.span.start < line.value.span.start);
        if let Some(problem) = problems.get(at).filter(|problem| problem.span.end <= line.value.span.end) {
            findings.push(problem.span, problem.to_string()).help(
                "write `m=<kind> <port> <transport> <format> ...`, such as `m=audio 9 UDP/TLS/RTP/SAVPF 111`",
            );
        } else if line.is_rtp() {
            formats(description, line, findings);
        }
    }
}

/// The formats of RTP are payload types.
fn formats(description: &Description<'_>, line: &MediaLine<'_>, findings: &mut Findings<'_>) {
    let is_number = |format: &Word<'_>| {
        !format.starts_with('+') && format.value.parse().is_ok_and(|number: u8| number < 128)
    };
    let Some(odd) = line.formats.iter().find(|format| !is_number(format)) else { return };
    let problem = Problem::expected("a payload type (0 to 127)", *odd);
    let help = match odd.contains(',') {
        true => "write blanks between the payload types, and nothing else",
        false => {
            "write payload types alone: those of the `a=rtpmap` lines below, and the assigned ones such as 0 and 8"
        }
    };
    findings.push(odd.span, problem.to_string()).severity(description.unreadable_is()).help(help);
}
