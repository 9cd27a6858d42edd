//! `no-auth` and what asks for logins.

use super::{Check, Findings};
use crate::finding::{Rule, Severity};
use crate::turnserver::Conf;

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "CONF207",
    name: "no-auth-beside-logins",
    severity: Severity::Error,
    summary: "coturn does not start with `no-auth` beside logins",
    explain: include_str!("no_auth_beside_logins.md"),
    refs: &["coturn turnserver.conf"],
    since: "0.1.0",
};

fn check(conf: &Conf, findings: &mut Findings<'_>) {
    if !conf.stops_at_once() {
        return;
    }
    if let Some((line, setting)) = conf.last("no-auth") {
        findings.at(&RULE, line, &setting.name, |finding| finding.help("drop `no-auth`"));
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::turnserver::rules::check;

    #[test]
    fn finds_the_fault_and_nothing_else() {
        check(&RULE, "lt-cred-mech\nno-auth\n", &[2]);
        check(&RULE, "no-auth\nstatic-auth-secret=x\n", &[1]);
        check(&RULE, "no-auth=0\nlt-cred-mech\n", &[]);
        check(&RULE, "no-auth\nuser=a:b\n", &[]);
    }
}
