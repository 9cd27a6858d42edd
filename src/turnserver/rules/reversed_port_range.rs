//! A `min-port` above `max-port`.

use super::{Check, Findings};
use crate::finding::{Rule, Severity};
use crate::turnserver::Conf;

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "CONF306",
    name: "reversed-port-range",
    severity: Severity::Error,
    summary: "the relay's range of ports is empty",
    explain: include_str!("reversed_port_range.md"),
    refs: &["coturn turnserver.conf"],
    since: "0.1.0",
};

fn check(conf: &Conf, findings: &mut Findings<'_>) {
    let (first, last) = conf.relay_ports();
    if first <= last {
        return;
    }
    let Some((line, setting)) = conf.last("min-port").or(conf.last("max-port")) else { return };
    findings.at(&RULE, line, &setting.value, |finding| {
        finding
            .message(format!("relay ports run from {first} to {last}, so there is none"))
            .evidence("min_port", first)
            .evidence("max_port", last)
            .help("set `min-port` below `max-port`; without them the range is 49152 to 65535")
    });
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::turnserver::rules::check;

    #[test]
    fn finds_the_fault_and_nothing_else() {
        check(&RULE, "min-port=50000\nmax-port=49000\n", &[1]);
        check(&RULE, "max-port=40000\n", &[1]);
        check(&RULE, "min-port=50000\n", &[]);
        check(&RULE, "min-port=50000\nmax-port=50000\n", &[]);
    }
}
