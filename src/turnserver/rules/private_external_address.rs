//! An `external-ip` of a private network.

use super::{Check, Findings};
use crate::finding::{Rule, Severity};
use crate::ice::address::AddressClass;
use crate::turnserver::Conf;
use crate::turnserver::conf;

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "CONF301",
    name: "private-external-address",
    severity: Severity::Warning,
    summary: "the address for others is one they cannot reach",
    explain: include_str!("private_external_address.md"),
    refs: &["coturn turnserver.conf", "RFC 1918 §3", "RFC 8656 §7.2"],
    since: "0.1.0",
};

fn check(conf: &Conf, findings: &mut Findings<'_>) {
    for ip in conf.external_ips() {
        let Some(public) = ip.public.filter(|public| conf::is_inner(*public) || public.is_unspecified())
        else {
            continue;
        };
        findings.at(&RULE, ip.line, &ip.span, |finding| {
            let class = AddressClass::of(public).phrase();
            finding
                .message(format!("`external-ip` is {class}, which others cannot reach"))
                .evidence("address", public.to_string())
                .help("write the public address first, as in `external-ip=PUBLIC/PRIVATE`; on a network of its own, drop the line")
        });
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::turnserver::rules::check;

    #[test]
    fn finds_the_fault_and_nothing_else() {
        check(
            &RULE,
            "external-ip=192.168.1.5\nexternal-ip=10.0.0.1/203.0.113.5\nexternal-ip=fd00::1\n",
            &[1, 2, 3],
        );
        check(&RULE, "external-ip=198.51.100.7/10.0.0.1\nexternal-ip=turn.example.org\n", &[]);
    }
}
