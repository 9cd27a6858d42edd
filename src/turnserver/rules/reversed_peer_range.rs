//! A range of peers whose ends are the wrong way round.

use super::{Check, Findings};
use crate::finding::{Rule, Severity};
use crate::turnserver::Conf;
use crate::turnserver::peers;

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "CONF407",
    name: "reversed-peer-range",
    severity: Severity::Error,
    summary: "the range of addresses runs backwards and holds none",
    explain: include_str!("reversed_peer_range.md"),
    refs: &["coturn turnserver.conf"],
    since: "0.1.0",
};

fn check(conf: &Conf, findings: &mut Findings<'_>) {
    for (line, setting) in conf.all("denied-peer-ip").chain(conf.all("allowed-peer-ip")) {
        let Some((first, last)) = peers::reversed(conf.text(&setting.value)) else { continue };
        findings.at(&RULE, line, &setting.value, |finding| {
            finding
                .message("the range runs backwards: coturn takes the line, and no address is in it")
                .help(format!("write `{}={last}-{first}`", conf.text(&setting.name)))
        });
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::turnserver::rules::check;

    #[test]
    fn finds_the_fault_and_nothing_else() {
        check(&RULE, "denied-peer-ip=203.0.113.9-203.0.113.1\nallowed-peer-ip=fd00::2-fd00::1\n", &[1, 2]);
        check(
            &RULE,
            "denied-peer-ip=203.0.113.1-203.0.113.9\ndenied-peer-ip=10.0.0.1\ndenied-peer-ip=10.0.0.0/8\n",
            &[],
        );
    }
}
