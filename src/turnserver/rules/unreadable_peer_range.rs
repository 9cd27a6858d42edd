//! A `denied-peer-ip` or `allowed-peer-ip` that is no range.

use super::{Check, Findings};
use crate::finding::{Rule, Severity};
use crate::turnserver::Conf;
use crate::turnserver::peers;

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "CONF403",
    name: "unreadable-peer-range",
    severity: Severity::Error,
    summary: "coturn cannot read this range of addresses",
    explain: include_str!("unreadable_peer_range.md"),
    refs: &["coturn turnserver.conf"],
    since: "0.1.0",
};

fn check(conf: &Conf, findings: &mut Findings<'_>) {
    for (line, setting) in conf.all("denied-peer-ip").chain(conf.all("allowed-peer-ip")) {
        let value = conf.text(&setting.value);
        if peers::is_range(value) {
            continue;
        }
        findings.at(&RULE, line, &setting.value, |finding| {
            let name = conf.text(&setting.name);
            let finding = finding.message(format!("`{name}` needs an address, or two with a `-` between: coturn up to 4.10 leaves the line out, 4.11 and later do not start"));
            match peers::from_prefix(value) {
                Some((first, last)) => finding.help(format!("write `{name}={first}-{last}`")),
                None => finding.help(format!("write it as `{name}=10.0.0.0-10.255.255.255`")),
            }
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
            "denied-peer-ip=10.0.0.0/8\nallowed-peer-ip=all\ndenied-peer-ip=10.0.0.0-10.255\n",
            &[1, 2, 3],
        );
        check(
            &RULE,
            "denied-peer-ip=10.0.0.1\ndenied-peer-ip=10.0.0.0-10.255.255.255\ndenied-peer-ip=fc00::-fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff\nallowed-peer-ip=turn.example.org\n",
            &[],
        );
    }
}
