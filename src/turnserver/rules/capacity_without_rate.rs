//! A total bandwidth without one for each relay.

use super::{Check, Findings};
use crate::finding::{Rule, Severity};
use crate::turnserver::Conf;

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "CONF505",
    name: "capacity-without-rate",
    severity: Severity::Error,
    summary: "coturn does not start with `bps-capacity` alone",
    explain: include_str!("capacity_without_rate.md"),
    refs: &["coturn turnserver.conf"],
    since: "0.1.0",
};

fn check(conf: &Conf, findings: &mut Findings<'_>) {
    let capacity = conf.number("bps-capacity").unwrap_or(0);
    if capacity == 0 || conf.number("max-bps").unwrap_or(0) > 0 {
        return;
    }
    if let Some((line, setting)) = conf.last("bps-capacity") {
        findings.at(&RULE, line, &setting.name, |finding| {
            finding.help("set `max-bps` too, in bytes per second for each relay, or drop `bps-capacity`")
        });
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::turnserver::rules::check;

    #[test]
    fn finds_the_fault_and_nothing_else() {
        check(&RULE, "bps-capacity=1000000\n", &[1]);
        check(&RULE, "bps-capacity=1000000\nmax-bps=0\n", &[1]);
        check(&RULE, "bps-capacity=0\n", &[]);
        check(&RULE, "bps-capacity=1000000\nmax-bps=375000\n", &[]);
    }
}
