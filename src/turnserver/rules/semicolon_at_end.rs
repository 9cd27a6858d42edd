//! A semicolon, as other formats want it at the end of a line.

use super::{Check, Findings};
use crate::finding::{Rule, Severity};
use crate::turnserver::Conf;
use crate::turnserver::options::Kind;

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "CONF113",
    name: "semicolon-at-end",
    severity: Severity::Warning,
    summary: "the semicolon at the end is a part of the value",
    explain: include_str!("semicolon_at_end.md"),
    refs: &["coturn turnserver.conf"],
    since: "0.1.0",
};

fn check(conf: &Conf, findings: &mut Findings<'_>) {
    for (line, setting, option) in conf.known() {
        let kind = matches!(option.kind, Kind::Text | Kind::Secret | Kind::User | Kind::Flag);
        if kind && option.gone.is_none() && conf.text(&setting.value).ends_with(';') {
            findings.at(&RULE, line, &(setting.value.end - 1..setting.value.end), |finding| {
                finding.help("drop the semicolon")
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
        check(&RULE, "realm=a;\nuser=a:b;\n", &[1, 2]);
        check(&RULE, "max-bps=1;\nrealm=a;b\n", &[]);
    }
}
