//! `ptime` and `maxptime` are times above zero (RFC 8866 §6.4, §6.5), the first no longer than the second.

use crate::finding::{Rule, Severity};
use crate::sdp::attribute::{Millis, View};
use crate::sdp::lint::{Check, Description, Findings, LintRule};
use crate::sdp::session::Section;
use crate::sdp::text::Spanned;

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP220",
        name: "ptime-range",
        severity: Severity::Warning,
        summary: "one of `ptime` and `maxptime` is no time, or they contradict each other",
        explain: include_str!("ptime_range.md"),
        refs: &["RFC 8866 §6.4", "RFC 8866 §6.5", "RFC 3264 §5.1"],
        since: "0.1.0",
    },
    checks: &[Check::One(check)],
};

fn check(description: &Description<'_>, findings: &mut Findings<'_>) {
    for name in ["ptime", "maxptime"] {
        for (_, _, problem) in description.unreadable(name) {
            findings.push(problem.span, problem.to_string()).help(HELP);
        }
    }
    let text = description.text();
    for section in description.sections() {
        for name in ["ptime", "maxptime"] {
            for time in times(section, name) {
                // Not by the number: less than a thousandth of a millisecond is not zero.
                if !text.slice(time.span).contains(|c| matches!(c, '1'..='9')) {
                    findings.push(time.span, format!("`{name}` is zero: packets of no time")).help(HELP);
                }
            }
        }
        let first = |name| times(section, name).find(|time| time.micros > 0);
        if let (Some(ptime), Some(most)) = (first("ptime"), first("maxptime"))
            && ptime.value > most.value
        {
            findings
                .push(ptime.span, format!("packets of {ptime} are asked for, but {most} is the most"))
                .also(most.span, "the most that a packet may have")
                .help(format!("write `a=ptime:{}` or less, or a longer `maxptime`", text.slice(most.span)));
        }
    }
}

const HELP: &str = "write milliseconds above zero, such as `a=ptime:20`, or take the line out";

fn times<'s>(section: &'s Section<'_>, name: &str) -> impl Iterator<Item = Spanned<Millis>> + use<'s> {
    section.named(name).filter_map(|attribute| match attribute.view {
        View::Ptime(time) | View::Maxptime(time) => Some(time),
        _ => None,
    })
}
