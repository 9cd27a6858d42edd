//! A comment behind a value, which coturn does not know.

use super::{Check, Findings};
use crate::finding::Confidence;
use crate::finding::{Rule, Severity};
use crate::turnserver::Conf;
use crate::turnserver::options::Kind;

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "CONF104",
    name: "comment-behind-value",
    severity: Severity::Warning,
    summary: "what stands behind the `#` is a part of the value",
    explain: include_str!("comment_behind_value.md"),
    refs: &["coturn turnserver.conf"],
    since: "0.1.0",
};

fn check(conf: &Conf, findings: &mut Findings<'_>) {
    for (line, setting, option) in conf.known() {
        let value = conf.text(&setting.value);
        let counted = matches!(option.kind, Kind::Number | Kind::OptionalNumber | Kind::Port);
        let Some(at) = comment(conf.text(&setting.separator), value) else { continue };
        // Numbers end before it; a flag that has one ends the server, which is told elsewhere.
        if matches!(option.kind, Kind::Flag | Kind::Switch)
            || counted && at > 0
            || conf.text(&setting.raw).starts_with('"')
        {
            continue;
        }
        let secret = option.is_secret();
        findings.at(&RULE, line, &(setting.value.start + at..setting.value.end), |finding| {
            let sure = if secret { Confidence::Medium } else { Confidence::High };
            finding.confidence(sure).help("put the comment on a line of its own")
        });
    }
}

/// Where a comment seems to start: at a `#` with a blank before it, or at the very beginning.
fn comment(separator: &str, value: &str) -> Option<usize> {
    let blank = |at: usize| if at == 0 { separator } else { &value[..at] }.ends_with([' ', '\t']);
    value.match_indices('#').map(|(at, _)| at).find(|at| blank(*at))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::turnserver::rules::check;

    #[test]
    fn finds_the_fault_and_nothing_else() {
        check(&RULE, "realm=example.org # ours\nuser=a:b # c\nmax-bps=1 # x\n", &[1, 2]);
        check(&RULE, "stale-nonce # x\n", &[1]);
        check(&RULE, "realm=a#b\nfingerprint # x\nuser=a:\"b # c\"\ncli-password=\"b # c\"\n", &[3]);
    }
}
