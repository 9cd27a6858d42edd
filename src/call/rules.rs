//! What a call finds: that it did not come up, or did not last.

use super::facts::{Failure, PathFacts};
use crate::finding::{Finding, Rule, Severity};

pub(crate) static CALL_FAILED: Rule = Rule {
    code: "CALL_FAILED",
    name: "failed-call",
    severity: Severity::Error,
    summary: "a call did not come up, or did not last",
    explain: include_str!("explain/CALL_FAILED.md"),
    refs: &["RFC 8829", "RFC 8445"],
    since: "0.1.0",
};

/// All of them.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    [&CALL_FAILED].into_iter()
}

/// What there is to find on a path.
pub(super) fn of(path: &PathFacts) -> Option<Finding> {
    let Failure { phase, reason } = path.failure.as_ref()?;
    let help = match phase.as_str() {
        phase if phase.starts_with("turn-") => {
            "`rtcscope probe` with the same server and credentials names the cause"
        }
        "path" => "look at what happened at that time: the relay, the network, this machine",
        _ => {
            "`rtcscope call -v` shows how far each step came; without `--impair`, look at this machine's firewall"
        }
    };
    let finding = CALL_FAILED.finding("call", path.called()).message(format!("{phase}: {reason}")).help(help);
    Some(finding.evidence("phase", phase.as_str()))
}
