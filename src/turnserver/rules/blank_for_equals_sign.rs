//! A blank before the value of an option whose value may be left out.

use super::{Check, Findings};
use crate::finding::{Rule, Severity};
use crate::turnserver::Conf;
use crate::turnserver::options::Kind;

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "CONF111",
    name: "blank-for-equals-sign",
    severity: Severity::Info,
    summary: "on a command line this value would be lost",
    explain: include_str!("blank_for_equals_sign.md"),
    refs: &["coturn turnserver.conf"],
    since: "0.1.0",
};

fn check(conf: &Conf, findings: &mut Findings<'_>) {
    for (line, setting, option) in conf.known() {
        let separator = conf.text(&setting.separator);
        let value = conf.text(&setting.value);
        if option.kind == Kind::OptionalNumber
            && !separator.contains('=')
            && value.starts_with(|c: char| c.is_ascii_digit())
        {
            findings.at(&RULE, line, &setting.separator, |finding| {
                let name = option.name;
                finding
                    .message(format!("`{name}` has a blank for an `=`: right in this file, and its default on a command line"))
                    .help(format!("write `{name}={value}`, which is read alike everywhere"))
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
        check(&RULE, "stale-nonce 10\nchannel-lifetime\t600\n", &[1, 2]);
        check(&RULE, "stale-nonce\nstale-nonce = 10\nrealm a\n", &[]);
    }
}
