//! Lines `user=` that the shared secret makes void.

use super::{Check, Findings};
use crate::finding::{Rule, Severity};
use crate::turnserver::Conf;
use crate::turnserver::conf::Auth;

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "CONF202",
    name: "users-beside-auth-secret",
    severity: Severity::Warning,
    summary: "static users are left out where a shared secret is set",
    explain: include_str!("users_beside_auth_secret.md"),
    refs: &["coturn turnserver.conf"],
    since: "0.1.0",
};

fn check(conf: &Conf, findings: &mut Findings<'_>) {
    if conf.auth() != Auth::SharedSecret {
        return;
    }
    for (line, setting) in conf.all("user") {
        findings.at(&RULE, line, &setting.name, |finding| {
            finding.help("drop the `user` lines, or drop `use-auth-secret` and `static-auth-secret`: one of the two ways counts")
        });
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::turnserver::rules::check;

    #[test]
    fn finds_the_fault_and_nothing_else() {
        check(&RULE, "use-auth-secret\nuser=a:b\nuser=c:d\n", &[2, 3]);
        check(&RULE, "user=a:b\nstatic-auth-secret=x\n", &[1]);
        check(&RULE, "lt-cred-mech\nuser=a:b\n", &[]);
    }
}
