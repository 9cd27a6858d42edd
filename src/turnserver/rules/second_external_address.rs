//! Several `external-ip` without the address behind each.

use super::{Check, Findings};
use crate::finding::{Rule, Severity};
use crate::turnserver::Conf;

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "CONF307",
    name: "second-external-address",
    severity: Severity::Warning,
    summary: "coturn takes the first external address alone",
    explain: include_str!("second_external_address.md"),
    refs: &["coturn turnserver.conf"],
    since: "0.1.0",
};

fn check(conf: &Conf, findings: &mut Findings<'_>) {
    for ip in conf.external_ips().filter(|ip| ip.private.is_none()).skip(1) {
        findings.at(&RULE, ip.line, &ip.span, |finding| {
            finding.help("write `external-ip=PUBLIC/PRIVATE`, once for each pair of addresses")
        });
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::turnserver::rules::check;

    #[test]
    fn finds_the_fault_and_nothing_else() {
        check(&RULE, "external-ip=198.51.100.1\nexternal-ip=198.51.100.2\n", &[2]);
        check(
            &RULE,
            "external-ip=198.51.100.1/10.0.0.1\nexternal-ip=198.51.100.2/10.0.0.2\nexternal-ip=198.51.100.3\n",
            &[],
        );
    }
}
