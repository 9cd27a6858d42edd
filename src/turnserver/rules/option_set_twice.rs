//! An option that is set twice, and differently.

use super::{Check, Findings};
use crate::finding::{Rule, Severity};
use crate::turnserver::Conf;

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "CONF108",
    name: "option-set-twice",
    severity: Severity::Warning,
    summary: "a later line sets this option to something else",
    explain: include_str!("option_set_twice.md"),
    refs: &["coturn turnserver.conf"],
    since: "0.1.0",
};

fn check(conf: &Conf, findings: &mut Findings<'_>) {
    for (line, setting, option) in conf.known() {
        let Some((last, counts)) = conf.last(option.name) else { continue };
        let same = conf.text(&setting.value) == conf.text(&counts.value);
        if option.repeats || option.gone.is_some() || line.number == last.number || same {
            continue;
        }
        findings.at(&RULE, line, &setting.name, |finding| {
            let (name, number) = (option.name, last.number);
            finding
                .message(format!("`{name}` is set again in line {number}, and the last line counts"))
                .evidence("line_that_counts", number)
                .help("keep one of the two lines")
        });
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::turnserver::rules::check;

    #[test]
    fn finds_the_fault_and_nothing_else() {
        check(&RULE, "realm=a\nrealm=b\nmax-bps=1\nmax-bps=1\n", &[1]);
        check(&RULE, "listening-ip=10.0.0.1\nlistening-ip=10.0.0.2\nuser=a:b\nuser=c:d\n", &[]);
    }
}
