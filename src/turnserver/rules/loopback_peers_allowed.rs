//! `allow-loopback-peers`, a setting for tests.

use super::{Check, Findings};
use crate::finding::{Rule, Severity};
use crate::turnserver::Conf;

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "CONF405",
    name: "loopback-peers-allowed",
    severity: Severity::Warning,
    summary: "relays may reach services of the server itself",
    explain: include_str!("loopback_peers_allowed.md"),
    refs: &["coturn turnserver.conf", "RFC 8656 §21.1.4"],
    since: "0.1.0",
};

fn check(conf: &Conf, findings: &mut Findings<'_>) {
    if let Some((line, setting)) =
        conf.last("allow-loopback-peers").filter(|_| conf.is_on("allow-loopback-peers"))
    {
        findings.at(&RULE, line, &setting.name, |finding| {
            finding.help("drop `allow-loopback-peers`, unless this is a server for tests")
        });
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::turnserver::rules::check;

    #[test]
    fn finds_the_fault_and_nothing_else() {
        check(&RULE, "allow-loopback-peers\n", &[1]);
        check(&RULE, "allow-loopback-peers=no\n", &[]);
    }
}
