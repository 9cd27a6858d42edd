//! A `cli-password` that is short.

use super::{Check, Findings};
use crate::finding::{Rule, Severity};
use std::net::IpAddr;

use super::strength;
use crate::turnserver::Conf;

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "CONF404",
    name: "weak-cli-password",
    severity: Severity::Warning,
    summary: "the password of the command line interface can be guessed",
    explain: include_str!("weak_cli_password.md"),
    refs: &["coturn turnserver.conf"],
    since: "0.1.0",
};

fn check(conf: &Conf, findings: &mut Findings<'_>) {
    if conf.is_on("no-cli") {
        return;
    }
    let elsewhere =
        conf.value("cli-ip").and_then(|ip| ip.parse::<IpAddr>().ok()).is_some_and(|ip| !ip.is_loopback());
    if let Some((line, setting)) = conf.last("cli-password")
        && strength::is_weak_password("", conf.text(&setting.value))
    {
        findings.at(&RULE, line, &setting.name, |finding| {
            let finding = finding.evidence("reachable_from_elsewhere", elsewhere);
            match elsewhere {
                true => finding
                    .severity(Severity::Error)
                    .help("set `no-cli`, or a long `cli-password` and `cli-ip=127.0.0.1`"),
                false => finding.help("set `no-cli`, or a long `cli-password`"),
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
        check(&RULE, "cli-password=logen\n", &[1]);
        check(&RULE, "cli-password=qwerty\ncli-ip=0.0.0.0\n", &[1]);
        check(&RULE, "cli-password=logen\nno-cli\n", &[]);
        check(&RULE, "cli-password=\n", &[]);
        check(
            &RULE,
            "cli-password=$5$79a316b350311570$81df9cfb9af7f5e5a76eada31e7097b663a0670f99a3c07ded3f1c8e59c5658a\n",
            &[],
        );
    }
}
