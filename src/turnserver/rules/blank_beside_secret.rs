//! White space before or behind a secret.

use super::{Check, Findings};
use crate::finding::{Rule, Severity};
use crate::turnserver::Conf;

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "CONF205",
    name: "blank-beside-secret",
    severity: Severity::Info,
    summary: "a blank stands beside the secret",
    explain: include_str!("blank_beside_secret.md"),
    refs: &["coturn turnserver.conf"],
    since: "0.1.0",
};

fn check(conf: &Conf, findings: &mut Findings<'_>) {
    for (line, setting, option) in conf.known() {
        let value = conf.text(&setting.value);
        if !option.is_secret() || value.is_empty() {
            continue;
        }
        let raw = conf.text(&setting.raw);
        let quoted = raw.starts_with('"');
        let inner = value.trim_end();
        if quoted && inner.len() < value.len() {
            findings.at(&RULE, line, &(setting.value.start + inner.len()..setting.value.end), |finding| {
                finding
                    .severity(Severity::Warning)
                    .message("a blank stands before the closing quote, and is a part of the secret")
                    .help("take the blank away, unless clients have it too")
            });
        } else if !quoted && raw.trim_end().len() < raw.len() {
            findings.at(&RULE, line, &(setting.raw.start + raw.trim_end().len()..setting.raw.end), |finding| {
                finding
                    .message("a blank stands behind the secret, which coturn up to 4.5.1.1 takes as a part of it")
                    .help("take the blank away: before 4.5.1.2 no credential fits")
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
        check(&RULE, "static-auth-secret=abc \nuser=a:b\t\n", &[1, 2]);
        check(&RULE, "static-auth-secret=\"abc \"\n", &[1]);
        check(&RULE, "static-auth-secret=abc\r\nrealm=a \nuser=a:b c\n", &[]);
    }
}
