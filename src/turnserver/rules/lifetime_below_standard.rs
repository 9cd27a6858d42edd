//! Lifetimes of channels and permissions below those of the standard.

use super::{Check, Findings};
use crate::finding::{Rule, Severity};
use crate::turnserver::Conf;
use crate::turnserver::conf;

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "CONF507",
    name: "lifetime-below-standard",
    severity: Severity::Warning,
    summary: "clients renew later than this server forgets",
    explain: include_str!("lifetime_below_standard.md"),
    refs: &["coturn turnserver.conf", "RFC 8656 §9", "RFC 8656 §12"],
    since: "0.1.0",
};

fn check(conf: &Conf, findings: &mut Findings<'_>) {
    for (name, standard) in [("channel-lifetime", 600), ("permission-lifetime", 300)] {
        let Some((line, setting)) = conf.last(name).filter(|(_, setting)| !setting.value.is_empty()) else {
            continue;
        };
        let seconds = conf::leading_number(conf.text(&setting.value));
        if seconds < standard {
            findings.at(&RULE, line, &setting.value, |finding| {
                finding
                    .message(format!("`{name}` is {seconds} s, and clients rely on {standard} s"))
                    .evidence("lifetime_s", seconds)
                    .help(format!("drop the line: the default is {standard}"))
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::turnserver::rules::check;

    #[test]
    fn finds_the_fault_and_nothing_else() {
        check(&RULE, "channel-lifetime=60\npermission-lifetime=120\n", &[1, 2]);
        check(&RULE, "channel-lifetime=600\npermission-lifetime\n", &[]);
    }
}
