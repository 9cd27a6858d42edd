//! A flag with a value that is neither yes nor no.

use super::{Check, Findings};
use crate::finding::{Rule, Severity};
use crate::turnserver::Conf;
use crate::turnserver::conf;
use crate::turnserver::options::Kind;

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "CONF105",
    name: "value-neither-on-nor-off",
    severity: Severity::Error,
    summary: "coturn does not start with this value",
    explain: include_str!("value_neither_on_nor_off.md"),
    refs: &["coturn turnserver.conf"],
    since: "0.1.0",
};

fn check(conf: &Conf, findings: &mut Findings<'_>) {
    for (line, setting, option) in conf.known() {
        let value = conf.text(&setting.value);
        if option.kind == Kind::Flag && option.gone.is_none() && conf::boolean(value).is_none() {
            findings.at(&RULE, line, &setting.value, |finding| {
                let name = option.name;
                finding
                    .message(format!("`{name}` can be on or off, and with this value coturn does not start"))
                    .help(format!("write `{name}`, or `{name}=no`; a comment needs a line of its own"))
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
        check(&RULE, "fingerprint # yes\nno-cli=maybe\nmobility=enabled\n", &[1, 2, 3]);
        check(
            &RULE,
            "fingerprint\nno-cli=1\nmobility=off\nno-udp = No\nno-tcp=true\nuse-auth-secret=maybe\n",
            &[],
        );
    }
}
