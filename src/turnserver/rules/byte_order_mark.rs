//! A byte order mark before the first line.

use super::{Check, Findings};
use crate::finding::{Rule, Severity};
use crate::turnserver::Conf;

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "CONF109",
    name: "byte-order-mark",
    severity: Severity::Warning,
    summary: "a byte order mark hides the first line",
    explain: include_str!("byte_order_mark.md"),
    refs: &["coturn turnserver.conf"],
    since: "0.1.0",
};

fn check(conf: &Conf, findings: &mut Findings<'_>) {
    let Some((line, setting)) = conf.settings().next() else { return };
    let Some(hidden) = conf.text(&setting.name).strip_prefix('\u{feff}') else { return };
    findings.at(&RULE, line, &(setting.name.start..setting.name.start + '\u{feff}'.len_utf8()), |finding| {
        let finding = finding.help("save the file as UTF-8 without a byte order mark");
        match hidden.is_empty() || hidden.starts_with('#') {
            true => finding
                .severity(Severity::Info)
                .message("a byte order mark stands before the first line, which is a comment"),
            false => finding,
        }
    });
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::turnserver::rules::check;

    #[test]
    fn finds_the_fault_and_nothing_else() {
        check(&RULE, "\u{feff}realm=a\n", &[1]);
        check(&RULE, "\u{feff}# note\nrealm=a\n", &[1]);
        check(&RULE, "# \u{feff}\nrealm=a\n", &[]);
    }
}
