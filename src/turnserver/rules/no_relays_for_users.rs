//! `stun-only` beside what TURN needs.

use super::{Check, Findings};
use crate::finding::{Rule, Severity};
use crate::turnserver::Conf;
use crate::turnserver::conf::Auth;

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "CONF502",
    name: "no-relays-for-users",
    severity: Severity::Warning,
    summary: "users are set, and the server relays for nobody",
    explain: include_str!("no_relays_for_users.md"),
    refs: &["coturn turnserver.conf"],
    since: "0.1.0",
};

fn check(conf: &Conf, findings: &mut Findings<'_>) {
    if let Some((line, setting)) =
        conf.last("stun-only").filter(|_| !conf.relays() && conf.auth() != Auth::Nobody)
    {
        findings
            .at(&RULE, line, &setting.name, |finding| finding.help("drop `stun-only`, or what logins need"));
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::turnserver::rules::check;

    #[test]
    fn finds_the_fault_and_nothing_else() {
        check(&RULE, "stun-only\nuser=a:b\n", &[1]);
        check(&RULE, "stun-only\n", &[]);
        check(&RULE, "stun-only=no\nuser=a:b\n", &[]);
    }
}
