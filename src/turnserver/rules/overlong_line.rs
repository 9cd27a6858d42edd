//! A line that coturn cuts in two.

use super::{Check, Findings};
use crate::finding::{Rule, Severity};
use crate::turnserver::Conf;
use crate::turnserver::syntax::LONGEST_LINE;

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "CONF110",
    name: "overlong-line",
    severity: Severity::Warning,
    summary: "the line is longer than coturn reads",
    explain: include_str!("overlong_line.md"),
    refs: &["coturn turnserver.conf"],
    since: "0.1.0",
};

fn check(conf: &Conf, findings: &mut Findings<'_>) {
    for line in conf.lines() {
        if line.span.len() <= LONGEST_LINE {
            continue;
        }
        let rest = (line.span.start..=line.span.start + LONGEST_LINE).rev();
        let start = rest.into_iter().find(|at| conf.is_boundary(*at)).unwrap_or(line.span.start);
        findings.at(&RULE, line, &(start..line.span.end), |finding| {
            finding
                .message(format!(
                    "coturn reads {LONGEST_LINE} bytes of a line, and takes the rest for a line of its own"
                ))
                .evidence("line_bytes", line.span.len())
                .help("shorten the line")
        });
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::turnserver::rules::check;

    #[test]
    fn finds_the_fault_and_nothing_else() {
        check(&RULE, &format!("realm={}\n#{}\n", "a".repeat(1017), "b".repeat(1022)), &[]);
        check(&RULE, &format!("realm={}\n#{}\n", "a".repeat(1018), "é".repeat(600)), &[1, 2]);
    }
}
