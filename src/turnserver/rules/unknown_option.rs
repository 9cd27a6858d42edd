//! A setting whose name no version of coturn has.

use super::{Check, Findings};
use crate::finding::{Rule, Severity};
use crate::turnserver::Conf;
use crate::turnserver::options;

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "CONF102",
    name: "unknown-option",
    severity: Severity::Warning,
    summary: "coturn has no option of this name",
    explain: include_str!("unknown_option.md"),
    refs: &["coturn turnserver.conf"],
    since: "0.1.0",
};

fn check(conf: &Conf, findings: &mut Findings<'_>) {
    for (line, setting) in conf.settings() {
        let name = conf.text(&setting.name);
        if options::KnownOption::named(name).is_some() || !conf.is_nameable(setting) {
            continue;
        }
        let near = options::nearest(name);
        let near: Vec<String> = near.iter().map(|name| format!("`{name}`")).collect();
        findings.at(&RULE, line, &setting.name, |finding| {
            finding.message(format!("coturn has no option `{name}`, and leaves the line out")).help(
                match near.is_empty() {
                    true => "drop the line, or look for the option in `turnserver -h`".to_owned(),
                    false => format!("did you mean {}?", near.join(" or ")),
                },
            )
        });
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::turnserver::rules::check;

    #[test]
    fn finds_the_fault_and_nothing_else() {
        check(&RULE, "relam=a\nrealm=b\nfoo=1\n", &[1, 3]);
        check(&RULE, "--realm=a\nRealm=a\nlt_cred_mech\n", &[1, 2, 3]);
        check(&RULE, "Verbose\nCA-file=x\nno-loopback-peers\nhunter2\n", &[]);
    }
}
