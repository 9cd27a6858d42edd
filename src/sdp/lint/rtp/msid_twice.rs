//! Two m-lines send two tracks, and each has a name of its own (RFC 8830 §2).

use crate::finding::{Rule, Severity};
use crate::sdp::libwebrtc;
use crate::sdp::lint::{Check, Description, Findings, LintRule};

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP622",
        name: "msid-twice",
        severity: Severity::Warning,
        summary: "two m-lines name the same track of the same stream",
        explain: include_str!("msid_twice.md"),
        refs: &["RFC 8830 §2"],
        since: "0.1.0",
    },
    checks: &[Check::One(check)],
};

fn check(description: &Description<'_>, findings: &mut Findings<'_>) {
    let Some((first, again)) = libwebrtc::track_twice(description.session()) else { return };
    if description.is_webrtc() {
        findings
            .push(again.span, "this m-line sends the same track as another")
            .also(first.span, "first named here")
            .help("give each m-line a track of its own; browsers made from libwebrtc refuse the description otherwise");
    }
}
