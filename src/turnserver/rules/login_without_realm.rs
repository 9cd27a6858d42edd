//! Long-term credentials without `realm`.

use super::{Check, Findings};
use crate::finding::{Confidence, Finding, Rule, Severity};
use crate::turnserver::Conf;
use crate::turnserver::conf::Auth;

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "CONF201",
    name: "login-without-realm",
    severity: Severity::Error,
    summary: "logins are asked for, and no realm is set",
    explain: include_str!("login_without_realm.md"),
    refs: &["coturn turnserver.conf"],
    since: "0.1.0",
};

/// Whether it finds something: then the empty line is not told twice.
pub(super) fn applies(conf: &Conf) -> bool {
    conf.auth() != Auth::Nobody && conf.value("realm").is_none() && !conf.stops_at_once()
}

fn check(conf: &Conf, findings: &mut Findings<'_>) {
    if applies(conf) {
        let adjust = |finding: Finding| {
            finding.confidence(Confidence::Medium).help(
                "set `realm=turn.example.org`: any name will do, and keys made with `turnadmin -k` hold for one realm \
                 only",
            )
        };
        match conf.last("realm") {
            Some((line, setting)) => findings.at(&RULE, line, &setting.name, |finding| {
                adjust(finding.message("logins are asked for, and `realm` has no value"))
            }),
            None => findings.absent(&RULE, adjust),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::turnserver::rules::check;

    #[test]
    fn finds_the_fault_and_nothing_else() {
        check(&RULE, "lt-cred-mech\nuser=a:b\n", &[0]);
        check(&RULE, "use-auth-secret\nrealm=\n", &[2]);
        check(&RULE, "lt-cred-mech\nrealm=a\n", &[]);
        check(&RULE, "no-auth\n", &[]);
    }
}
