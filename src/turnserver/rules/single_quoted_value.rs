//! Single quotes, which coturn does not take off.

use super::{Check, Findings};
use crate::finding::{Rule, Severity};
use crate::turnserver::Conf;
use crate::turnserver::options::Kind;

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "CONF112",
    name: "single-quoted-value",
    severity: Severity::Warning,
    summary: "the single quotes are a part of the value",
    explain: include_str!("single_quoted_value.md"),
    refs: &["coturn turnserver.conf"],
    since: "0.1.0",
};

fn check(conf: &Conf, findings: &mut Findings<'_>) {
    for (line, setting, option) in conf.known() {
        if !matches!(option.kind, Kind::Text | Kind::Secret | Kind::User) {
            continue;
        }
        let value = conf.text(&setting.value);
        let start = match option.kind {
            Kind::User if !value.starts_with('\'') => value.find(':').map_or(0, |at| at + 1),
            _ => 0,
        };
        let quoted = value[start..].len() > 1 && value[start..].starts_with('\'') && value.ends_with('\'');
        if quoted {
            findings.at(&RULE, line, &(setting.value.start + start..setting.value.end), |finding| {
                finding.help("drop the single quotes; double quotes around the whole value are taken off")
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
        check(&RULE, "realm='a'\nuser=a:'b'\ncli-password 'c'\nuser='a:b'\n", &[1, 2, 3, 4]);
        check(&RULE, "realm=\"a\"\nuser=a:it's\ncert='\n", &[]);
    }
}
