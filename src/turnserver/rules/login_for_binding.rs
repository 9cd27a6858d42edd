//! `secure-stun`, which asks for a login before Binding.

use super::{Check, Findings};
use crate::finding::{Rule, Severity};
use crate::turnserver::Conf;

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "CONF504",
    name: "login-for-binding",
    severity: Severity::Error,
    summary: "browsers cannot use STUN with `secure-stun`",
    explain: include_str!("login_for_binding.md"),
    refs: &["coturn turnserver.conf", "RFC 8489 §9.2"],
    since: "0.1.0",
};

fn check(conf: &Conf, findings: &mut Findings<'_>) {
    if let Some((line, setting)) = conf.last("secure-stun").filter(|_| conf.is_on("secure-stun")) {
        findings.at(&RULE, line, &setting.name, |finding| finding.help("drop `secure-stun`"));
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::turnserver::rules::check;

    #[test]
    fn finds_the_fault_and_nothing_else() {
        check(&RULE, "secure-stun\n", &[1]);
        check(&RULE, "secure-stun=0\n", &[]);
    }
}
