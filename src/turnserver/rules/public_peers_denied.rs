//! A `denied-peer-ip` that holds the internet.

use super::{Check, Findings};
use crate::finding::{Confidence, Rule, Severity};
use crate::turnserver::Conf;
use crate::turnserver::peers::{self, Reach};

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "CONF406",
    name: "public-peers-denied",
    severity: Severity::Error,
    summary: "relays may not send to public addresses",
    explain: include_str!("public_peers_denied.md"),
    refs: &["coturn turnserver.conf", "RFC 8656 §10.2"],
    since: "0.1.0",
};

fn check(conf: &Conf, findings: &mut Findings<'_>) {
    let excepted = conf.last("allowed-peer-ip").is_some();
    for (line, setting) in conf.all("denied-peer-ip") {
        let value = conf.text(&setting.value);
        let Some(reach) = peers::reach(value) else { continue };
        let what = match (reach, value) {
            (Reach::All, value) if !value.contains('-') => {
                "every address, as coturn reads an unspecified one"
            }
            (Reach::All, _) => "every public address",
            (Reach::Much, _) => "much of the internet",
        };
        findings.at(&RULE, line, &setting.value, |finding| {
            // A relay for a media server alone is built so.
            let (finding, who) = match excepted {
                true => (
                    finding.severity(Severity::Info).confidence(Confidence::Medium),
                    "of it, relays can reach what `allowed-peer-ip` names alone",
                ),
                false => (finding, "relays cannot send there"),
            };
            finding.message(format!("`denied-peer-ip` holds {what}: {who}")).help(
                "deny private and special networks, as in `denied-peer-ip=10.0.0.0-10.255.255.255`: the other end of a \
                 call may have any public address",
            )
        });
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::turnserver::{peers, rules::check};

    #[test]
    fn finds_the_fault_and_nothing_else() {
        check(
            &RULE,
            "denied-peer-ip=0.0.0.0-255.255.255.255\ndenied-peer-ip=::\ndenied-peer-ip=0.0.0.0\ndenied-peer-ip=1.0.0.0-99.0.0.0\n",
            &[1, 2, 3, 4],
        );
        check(&RULE, "denied-peer-ip=0.0.0.0-255.255.255.255\nallowed-peer-ip=198.51.100.9\n", &[1]);
        check(&RULE, peers::GOOD, &[]);
        check(
            &RULE,
            "denied-peer-ip=198.51.100.0-198.51.100.255\nallowed-peer-ip=0.0.0.0-255.255.255.255\n",
            &[],
        );
    }
}
