//! WebRTC offers put their m-lines into one BUNDLE group (RFC 9429 §5.2.1).

use crate::finding::{Rule, Severity};
use crate::sdp::lint::{Check, Description, Findings, LintRule};

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP507",
        name: "bundle-missing",
        severity: Severity::Warning,
        summary: "several m-lines and no BUNDLE group",
        explain: include_str!("bundle_missing.md"),
        refs: &["RFC 9429 §5.2.1", "RFC 9143 §5"],
        since: "0.1.0",
    },
    checks: &[Check::One(check)],
};

/// More names than these are not written out.
const MOST: usize = 12;

fn check(description: &Description<'_>, findings: &mut Findings<'_>) {
    let has_group = description.head().groups().any(|group| group.is_bundle() && !group.mids.is_empty());
    if has_group || !description.is_webrtc() {
        return;
    }
    let live: Vec<_> = description.media().filter(|media| !media.is_rejected()).collect();
    let [first, second, ..] = live[..] else { return };
    let mids: Vec<_> = live.iter().map_while(|media| media.mid()).map(|mid| mid.value).collect();
    let help = match mids.len() == live.len() && mids.len() <= MOST {
        true => format!("add `a=group:BUNDLE {}` before the first `m=`", mids.join(" ")),
        false => "name every m-line (`a=mid:`), and list the names in `a=group:BUNDLE` before the first `m=`"
            .to_owned(),
    };
    let count = live.len();
    let message = format!("{count} m-lines and no BUNDLE group, so each needs a transport of its own");
    let finding =
        findings.push(second.line().value.span, message).also(first.line().value.span, "first transport");
    if description.is_answer() {
        // The offer may have had none, or the answer may refuse it: both are allowed.
        finding.severity(Severity::Info).help(format!("if the offer has a BUNDLE group: {help}"));
    } else {
        finding.help(help);
    }
}
