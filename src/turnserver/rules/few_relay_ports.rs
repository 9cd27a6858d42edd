//! A range of relay ports smaller than the quota.

use super::{Check, Findings};
use crate::finding::{Rule, Severity};
use crate::turnserver::Conf;

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "CONF305",
    name: "few-relay-ports",
    severity: Severity::Warning,
    summary: "there are fewer relay ports than relays allowed",
    explain: include_str!("few_relay_ports.md"),
    refs: &["coturn turnserver.conf"],
    since: "0.1.0",
};

fn check(conf: &Conf, findings: &mut Findings<'_>) {
    let (first, last) = conf.relay_ports();
    if first > last || !conf.relays() || conf.is_on("multiplex-peer") {
        return;
    }
    let addresses = conf.all("relay-ip").count().max(1) as u64;
    let ports = (u64::from(last - first) + 1) * addresses;
    let quota = |name| conf.number(name).filter(|quota| *quota > ports).map(|quota| (name, quota));
    let (message, quota) = match quota("total-quota").or(quota("user-quota")) {
        Some((name, quota)) => {
            (format!("`{name}` allows {quota} relays, and there are ports for {ports}"), Some(quota))
        }
        None if ports < FEWEST => {
            (format!("there are ports for {ports} relays, and one browser may ask for six"), None)
        }
        None => return,
    };
    let place = ["max-port", "min-port"].into_iter().find_map(|name| conf.last(name));
    let Some((line, setting)) = place.or(conf.last("total-quota")).or(conf.last("user-quota")) else {
        return;
    };
    findings.at(&RULE, line, &setting.value, |finding| {
        finding
            .message(message)
            .evidence("relay_ports", ports)
            .evidence("quota", quota)
            .help("widen `min-port` to `max-port`, in the firewall too, or lower the quota")
    });
}

/// Fewer ports than this are not enough for two browsers.
const FEWEST: u64 = 10;

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::turnserver::rules::check;

    #[test]
    fn finds_the_fault_and_nothing_else() {
        check(&RULE, "min-port=50000\nmax-port=50099\ntotal-quota=1200\n", &[2]);
        check(&RULE, "min-port=50000\nmax-port=50009\nuser-quota=12\n", &[2]);
        check(&RULE, "min-port=50000\nmax-port=50003\n", &[2]);
        check(&RULE, "min-port=50000\nmax-port=50099\ntotal-quota=100\nuser-quota=0\n", &[]);
        check(&RULE, "total-quota=1200\n", &[]);
        check(&RULE, "min-port=50000\nmax-port=50099\nrelay-ip=a\nrelay-ip=b\ntotal-quota=200\n", &[]);
    }
}
