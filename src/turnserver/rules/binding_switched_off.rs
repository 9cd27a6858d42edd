//! `no-stun`, which takes Binding away.

use super::{Check, Findings};
use crate::finding::{Rule, Severity};
use crate::turnserver::Conf;

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "CONF503",
    name: "binding-switched-off",
    severity: Severity::Warning,
    summary: "the server does not answer STUN Binding",
    explain: include_str!("binding_switched_off.md"),
    refs: &["coturn turnserver.conf", "RFC 8489 §3"],
    since: "0.1.0",
};

fn check(conf: &Conf, findings: &mut Findings<'_>) {
    if let Some((line, setting)) = conf.last("no-stun").filter(|_| conf.is_on("no-stun")) {
        findings.at(&RULE, line, &setting.name, |finding| {
            finding.help("drop `no-stun`, or give clients another `stun:` server")
        });
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::turnserver::rules::check;

    #[test]
    fn finds_the_fault_and_nothing_else() {
        check(&RULE, "no-stun\n", &[1]);
        check(&RULE, "no-stun=0\n", &[]);
    }
}
