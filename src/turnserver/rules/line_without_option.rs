//! A line that is neither a comment nor an option.

use super::{Check, Findings};
use crate::finding::{Rule, Severity};
use std::net::IpAddr;

use crate::turnserver::Conf;
use crate::turnserver::options::KnownOption;

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "CONF101",
    name: "line-without-option",
    severity: Severity::Warning,
    summary: "coturn reads no option from this line",
    explain: include_str!("line_without_option.md"),
    refs: &["coturn turnserver.conf"],
    since: "0.1.0",
};

fn check(conf: &Conf, findings: &mut Findings<'_>) {
    for (line, setting) in conf.settings() {
        let name = conf.text(&setting.name);
        if KnownOption::named(name).is_some() || conf.is_nameable(setting) || name.starts_with('\u{feff}') {
            continue;
        }
        let address = name.parse::<IpAddr>().is_ok();
        findings.at(&RULE, line, &(setting.name.start..line.span.end), |finding| {
            finding.help(match address {
                true => "write the option in front of the address (`listening-ip=`, `relay-ip=`), or drop the line",
                false => "write it as `option=value`, put `#` in front of it, or drop it",
            })
        });
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::turnserver::rules::check;

    #[test]
    fn finds_the_fault_and_nothing_else() {
        check(&RULE, "realm=a\n172.26.7.151\n[turn]\n# note\n", &[2, 3]);
        check(&RULE, "hunter2\nalice:hunter2=\n", &[1, 2]);
        check(&RULE, "\nrealm=a\nfoo=bar\nrelam=b\n", &[]);
    }
}
