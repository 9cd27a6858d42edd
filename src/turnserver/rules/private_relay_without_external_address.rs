//! Private addresses to relay from, and no public one to tell.

use super::{Check, Findings};
use crate::finding::Confidence;
use crate::finding::{Rule, Severity};
use crate::turnserver::Conf;
use crate::turnserver::conf;

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "CONF302",
    name: "private-relay-without-external-address",
    severity: Severity::Warning,
    summary: "relayed addresses will be private ones",
    explain: include_str!("private_relay_without_external_address.md"),
    refs: &["coturn turnserver.conf", "RFC 1918 §3", "RFC 8656 §7.2"],
    since: "0.1.0",
};

fn check(conf: &Conf, findings: &mut Findings<'_>) {
    let relay = ["relay-ip", "listening-ip"].into_iter().find(|name| conf.last(name).is_some());
    let Some(relay) = relay.filter(|_| conf.relays() && conf.last("external-ip").is_none()) else { return };
    let addresses = conf.addresses(relay);
    let all_inner = !addresses.is_empty() && addresses.iter().all(|address| conf::is_inner(*address));
    if !all_inner
        || addresses.len() != conf.all(relay).count()
        || addresses.iter().any(|address| address.is_loopback())
    {
        return;
    }
    if let Some((line, setting)) = conf.all(relay).next() {
        findings.at(&RULE, line, &setting.value, |finding| {
            finding
                .confidence(Confidence::Medium)
                .help("set `external-ip=PUBLIC/PRIVATE`; for a network of its own this is right as it is")
        });
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::turnserver::rules::check;

    #[test]
    fn finds_the_fault_and_nothing_else() {
        check(&RULE, "listening-ip=10.0.0.5\n", &[1]);
        check(&RULE, "listening-ip=198.51.100.1\nrelay-ip=192.168.0.1\n", &[2]);
        check(&RULE, "listening-ip=10.0.0.5\nexternal-ip=198.51.100.1\n", &[]);
        check(&RULE, "listening-ip=10.0.0.5\nlistening-ip=198.51.100.1\n", &[]);
        check(&RULE, "listening-ip=127.0.0.1\n", &[]);
        check(&RULE, "", &[]);
    }
}
