//! `lt-cred-mech` beside a shared secret.

use super::{Check, Findings};
use crate::finding::{Rule, Severity};
use crate::turnserver::Conf;
use crate::turnserver::conf::Auth;

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "CONF210",
    name: "two-ways-to-log-in",
    severity: Severity::Warning,
    summary: "the shared secret makes `lt-cred-mech` void",
    explain: include_str!("two_ways_to_log_in.md"),
    refs: &["coturn turnserver.conf"],
    since: "0.1.0",
};

fn check(conf: &Conf, findings: &mut Findings<'_>) {
    if conf.auth() != Auth::SharedSecret || !conf.is_on("lt-cred-mech") {
        return;
    }
    if let Some((line, setting)) = conf.last("lt-cred-mech") {
        findings.at(&RULE, line, &setting.name, |finding| {
            finding.help("drop `lt-cred-mech`, or drop `use-auth-secret` and `static-auth-secret`")
        });
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::turnserver::rules::check;

    #[test]
    fn finds_the_fault_and_nothing_else() {
        check(&RULE, "use-auth-secret\nlt-cred-mech\n", &[2]);
        check(&RULE, "lt-cred-mech\nstatic-auth-secret=x\n", &[1]);
        check(&RULE, "lt-cred-mech\nuser=a:b\n", &[]);
        check(&RULE, "lt-cred-mech=no\nuse-auth-secret\n", &[]);
    }
}
