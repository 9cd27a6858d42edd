//! An option whose value coturn does not look at.

use super::{Check, Findings};
use crate::finding::{Rule, Severity};
use crate::turnserver::Conf;
use crate::turnserver::conf;
use crate::turnserver::options::Kind;

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "CONF106",
    name: "switch-that-stays-on",
    severity: Severity::Warning,
    summary: "this option is on whatever its value says",
    explain: include_str!("switch_that_stays_on.md"),
    refs: &["coturn turnserver.conf"],
    since: "0.1.0",
};

fn check(conf: &Conf, findings: &mut Findings<'_>) {
    for (line, setting, option) in conf.known() {
        let value = conf.text(&setting.value);
        let harmless = matches!(option.name, "new-log-timestamp" | "version") || option.gone.is_some();
        if option.kind == Kind::Switch && !harmless && conf::boolean(value) == Some(false) {
            findings.at(&RULE, line, &setting.value, |finding| {
                let name = option.name;
                finding
                    .message(format!(
                        "`{name}` is on wherever it is named: coturn does not look at its value"
                    ))
                    .help(format!("drop the line, or put `#` in front of it, to have `{name}` off"))
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
        check(&RULE, "use-auth-secret=no\nprometheus=0\n", &[1, 2]);
        check(&RULE, "use-auth-secret\nno-auth-pings=yes\nlt-cred-mech=no\n", &[]);
    }
}
