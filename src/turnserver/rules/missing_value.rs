//! An option that needs a value and has none.

use super::{Check, Findings, login_without_realm};
use crate::finding::{Rule, Severity};
use crate::turnserver::Conf;
use crate::turnserver::options::Kind;

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "CONF107",
    name: "missing-value",
    severity: Severity::Warning,
    summary: "the option has no value",
    explain: include_str!("missing_value.md"),
    refs: &["coturn turnserver.conf"],
    since: "0.1.0",
};

fn check(conf: &Conf, findings: &mut Findings<'_>) {
    for (line, setting, option) in conf.known() {
        // Without a value, `listening-ip` means every IPv4 address; users have a rule of their own.
        let needs = matches!(option.kind, Kind::Text | Kind::Secret | Kind::Number | Kind::Port);
        let told = option.name == "realm" && login_without_realm::applies(conf);
        if needs && !told && setting.value.is_empty() && option.name != "listening-ip" {
            findings.at(&RULE, line, &setting.name, |finding| {
                let name = option.name;
                finding
                    .message(format!("`{name}` has no value"))
                    .help(format!("write `{name}=` and its value, or drop the line"))
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
        check(&RULE, "realm=\nmin-port\ncert=\"\"\n", &[1, 2, 3]);
        check(&RULE, "lt-cred-mech\nrealm=\n", &[]);
        check(&RULE, "stale-nonce\nlistening-ip=\nfingerprint\nuse-auth-secret\n", &[]);
    }
}
