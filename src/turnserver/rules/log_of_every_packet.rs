//! `Verbose`, the louder of the two.

use super::{Check, Findings};
use crate::finding::{Rule, Severity};
use crate::turnserver::Conf;

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "CONF508",
    name: "log-of-every-packet",
    severity: Severity::Info,
    summary: "the log grows with every packet",
    explain: include_str!("log_of_every_packet.md"),
    refs: &["coturn turnserver.conf"],
    since: "0.1.0",
};

fn check(conf: &Conf, findings: &mut Findings<'_>) {
    if let Some((line, setting)) = conf.last("Verbose").filter(|_| conf.is_on("Verbose")) {
        findings.at(&RULE, line, &setting.name, |finding| {
            finding.help("write `verbose` with a small letter, or drop it")
        });
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::turnserver::rules::check;

    #[test]
    fn finds_the_fault_and_nothing_else() {
        check(&RULE, "Verbose\n", &[1]);
        check(&RULE, "verbose\nVerbose=no\n", &[]);
    }
}
