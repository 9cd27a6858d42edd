//! A password that is short, or made from the name.

use super::strength;
use super::{Check, Findings};
use crate::finding::{Rule, Severity};
use crate::turnserver::Conf;
use crate::turnserver::conf::{Auth, Password};

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "CONF211",
    name: "weak-user-password",
    severity: Severity::Warning,
    summary: "this user's password can be guessed",
    explain: include_str!("weak_user_password.md"),
    refs: &["coturn turnserver.conf"],
    since: "0.1.0",
};

fn check(conf: &Conf, findings: &mut Findings<'_>) {
    if conf.auth() != Auth::LongTerm {
        return;
    }
    for user in conf.users() {
        if let Password::Plain(password) = &user.password
            && strength::is_weak_password(user.name, password.expose())
        {
            findings.at(&RULE, user.line, &user.span, |finding| {
                finding.help("give the user a random password: `openssl rand -base64 18`")
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::turnserver::rules::check;

    #[test]
    fn finds_the_fault_and_nothing_else() {
        check(&RULE, "user=ling:ling1234\nuser=bob:secret\nuser=eve:password123\n", &[1, 2, 3]);
        check(&RULE, "user=ling:correct-horse-battery\nuser=a:0xcc89cc8b5156f34b6f0f8a41d6b3785d\n", &[]);
        check(&RULE, "use-auth-secret\nuser=a:a\n", &[]);
    }
}
