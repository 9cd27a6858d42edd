//! No `denied-peer-ip` at all.

use super::{Check, Findings};
use crate::finding::{Rule, Severity};
use crate::turnserver::Conf;
use crate::turnserver::peers;

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "CONF401",
    name: "no-denied-peers",
    severity: Severity::Warning,
    summary: "relays may reach the server's own network",
    explain: include_str!("no_denied_peers.md"),
    refs: &["coturn turnserver.conf", "RFC 8656 §21.1.4"],
    since: "0.1.0",
};

fn check(conf: &Conf, findings: &mut Findings<'_>) {
    if conf.relays() && conf.last("denied-peer-ip").is_none() {
        findings.absent(&RULE, |finding| {
            finding
                .message("no `denied-peer-ip`: users may relay into the networks that the server stands in")
                .help(format!(
                    "add, and allow again with `allowed-peer-ip` what must be reached; behind a 1:1 NAT (clouds) write \
                     `external-ip=PUBLIC/PRIVATE` too, or the server refuses its own relays:\n{}",
                    peers::lines(&peers::open(conf))
                ))
        });
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::turnserver::rules::check;

    #[test]
    fn finds_the_fault_and_nothing_else() {
        check(&RULE, "realm=a\n", &[0]);
        check(&RULE, "denied-peer-ip=10.0.0.0-10.255.255.255\n", &[]);
        check(&RULE, "stun-only\n", &[]);
    }
}
