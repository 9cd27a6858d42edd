//! A list of `denied-peer-ip` with gaps.

use super::{Check, Findings};
use crate::finding::{Rule, Severity};
use crate::turnserver::Conf;
use crate::turnserver::peers;

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "CONF402",
    name: "inner-networks-left-open",
    severity: Severity::Warning,
    summary: "some networks that strangers should not reach are left open to relays",
    explain: include_str!("inner_networks_left_open.md"),
    refs: &["coturn turnserver.conf", "RFC 8656 §21.1.4"],
    since: "0.1.0",
};

fn check(conf: &Conf, findings: &mut Findings<'_>) {
    let open = peers::open(conf);
    if !conf.relays() || open.is_empty() {
        return;
    }
    if let Some((line, setting)) = conf.last("denied-peer-ip") {
        findings.at(&RULE, line, &setting.name, |finding| {
            let names: Vec<&str> = open.iter().map(|range| range.name).collect();
            finding
                .message(format!("`denied-peer-ip` leaves {} open to relays", few(&names)))
                .evidence("open", names)
                .help(format!("add, unless users are to reach them:\n{}", peers::lines(&open)))
        });
    }
}

/// The first of them; all stand in the evidence.
fn few(names: &[&str]) -> String {
    match names.len() {
        ..=5 => names.join(", "),
        count => format!("{} and {} ranges more", names[..4].join(", "), count - 4),
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::turnserver::{peers, rules::check};

    #[test]
    fn finds_the_fault_and_nothing_else() {
        check(&RULE, "denied-peer-ip=10.0.0.0-10.255.255.255\n", &[1]);
        check(&RULE, peers::GOOD, &[]);
        check(&RULE, "listening-ip=198.51.100.1\ndenied-peer-ip=0.0.0.0-255.255.255.255\n", &[]);
        check(&RULE, "realm=a\n", &[]);
    }
}
