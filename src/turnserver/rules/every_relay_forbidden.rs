//! `no-udp-relay` and `no-tcp-relay` together.

use super::{Check, Findings};
use crate::finding::{Rule, Severity};
use crate::turnserver::Conf;

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "CONF506",
    name: "every-relay-forbidden",
    severity: Severity::Error,
    summary: "coturn does not start with both kinds of relay forbidden",
    explain: include_str!("every_relay_forbidden.md"),
    refs: &["coturn turnserver.conf"],
    since: "0.1.0",
};

fn check(conf: &Conf, findings: &mut Findings<'_>) {
    if !conf.is_on("no-udp-relay") || !conf.is_on("no-tcp-relay") {
        return;
    }
    if let Some((line, setting)) = conf.last("no-udp-relay") {
        findings.at(&RULE, line, &setting.name, |finding| {
            finding.help("drop `no-udp-relay`: every call needs it; for STUN alone, set `stun-only`")
        });
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::turnserver::rules::check;

    #[test]
    fn finds_the_fault_and_nothing_else() {
        check(&RULE, "no-tcp-relay\nno-udp-relay\n", &[2]);
        check(&RULE, "no-tcp-relay\n", &[]);
        check(&RULE, "no-udp-relay=0\nno-tcp-relay\n", &[]);
    }
}
