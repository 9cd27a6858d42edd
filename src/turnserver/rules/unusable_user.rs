//! A line `user=` that coturn cannot use.

use super::{Check, Findings};
use crate::finding::{Rule, Severity};
use crate::turnserver::Conf;
use crate::turnserver::conf::{Auth, Password};

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "CONF209",
    name: "unusable-user",
    severity: Severity::Error,
    summary: "nobody can log in as this user",
    explain: include_str!("unusable_user.md"),
    refs: &["coturn turnserver.conf"],
    since: "0.1.0",
};

fn check(conf: &Conf, findings: &mut Findings<'_>) {
    if conf.auth() == Auth::SharedSecret {
        return;
    }
    for user in conf.users().filter(|user| user.password == Password::Unusable) {
        let Some(setting) = &user.line.setting else { continue };
        findings.at(&RULE, user.line, &setting.name, |finding| {
            finding.help(
                "write `user=name:password`, or the key as `turnadmin -k` prints it: `0x` and 32 digits",
            )
        });
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::turnserver::rules::check;

    #[test]
    fn finds_the_fault_and_nothing_else() {
        check(&RULE, "user=alice\nuser=alice:\nuser=:b\nuser=a:0x1234\nuser=\n", &[1, 2, 3, 4, 5]);
        check(&RULE, "user=a:b\nuser=b:0xcc89cc8b5156f34b6f0f8a41d6b3785d\n", &[]);
        check(&RULE, "use-auth-secret\nuser=a\n", &[]);
    }
}
