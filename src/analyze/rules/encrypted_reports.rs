//! Reports that cannot be read.

use super::seen::count;
use super::{Check, Seen};
use crate::finding::{Finding, Rule, Severity};

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "RTCP_ENCRYPTED",
    name: "encrypted-reports",
    severity: Severity::Info,
    summary: "reports are encrypted, and were not read",
    explain: include_str!("encrypted_reports.md"),
    refs: &["RFC 3711 §3.4"],
    since: "0.1.0",
};

fn check(seen: &Seen<'_>, found: &mut Vec<Finding>) {
    let totals = &seen.reports.rtcp_totals;
    if totals.encrypted == 0 || totals.packets > 0 {
        return;
    }
    let message = format!(
        "{} encrypted: what receivers lost, asked for again and measured is not known",
        count(totals.encrypted, "report is", "reports are")
    );
    let mut versions =
        seen.transport.pairs.iter().flat_map(|row| &row.dtls).map(|dtls| dtls.version.as_deref());
    let is_new = versions.any(|version| version == Some("DTLS 1.3"));
    found.push(RULE.finding("rtcp", "RTCP").message(message).evidence("encrypted", totals.encrypted).help(
        match is_new {
            true => "this is DTLS 1.3, whose key logs do not help: give --keys exported SRTP keys",
            false => {
                "give --keys: a key log of DTLS 1.2 (SSLKEYLOGFILE), a=crypto lines, or exported SRTP keys"
            }
        },
    ));
}

#[cfg(test)]
mod tests {
    use super::CHECK;
    use crate::analyze::rules::scene::Scene;
    use crate::finding::Severity;

    #[test]
    fn encrypted_reports_are_worth_a_word_unless_some_were_read() {
        let mut scene = Scene::new();
        assert_eq!(scene.severities(&CHECK), []);
        scene.reports.rtcp_totals.encrypted = 80;
        assert_eq!(scene.severities(&CHECK), [Severity::Info]);
        assert!(scene.says(&CHECK).starts_with("80 reports are encrypted"));
        scene.reports.rtcp_totals.packets = 1;
        assert_eq!(scene.severities(&CHECK), []);
    }
}
