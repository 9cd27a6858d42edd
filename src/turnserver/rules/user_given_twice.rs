//! The same name in two lines `user=`.

use super::{Check, Findings};
use crate::finding::{Rule, Severity};
use std::collections::HashMap;

use crate::turnserver::Conf;

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "CONF203",
    name: "user-given-twice",
    severity: Severity::Warning,
    summary: "this user is there already",
    explain: include_str!("user_given_twice.md"),
    refs: &["coturn turnserver.conf"],
    since: "0.1.0",
};

fn check(conf: &Conf, findings: &mut Findings<'_>) {
    let mut seen: HashMap<&str, usize> = HashMap::new();
    for user in conf.users().filter(|user| !user.name.is_empty()) {
        let Some(first) = seen.insert(user.name, user.line.number) else { continue };
        findings.at(&RULE, user.line, &user.span, |finding| {
            finding
                .message(format!("this user is in line {first} already, and the last line counts"))
                .evidence("line_before", first)
                .help("keep the line with the password that clients have")
        });
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::turnserver::rules::check;

    #[test]
    fn finds_the_fault_and_nothing_else() {
        check(&RULE, "user=a:b\nuser=c:d\nuser=a:0xcc89cc8b5156f34b6f0f8a41d6b3785d\n", &[3]);
        check(&RULE, "user=a:b\nuser=A:b\n", &[]);
    }
}
