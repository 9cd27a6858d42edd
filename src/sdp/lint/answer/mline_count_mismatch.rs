//! Each m-line of the offer is answered by one (RFC 3264 §6).

use crate::finding::{Rule, Severity};
use crate::sdp::lint::{Check, Findings, LintRule, Pair, Side};
use crate::sdp::session::Media;
use crate::sdp::text::Span;

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP701",
        name: "mline-count-mismatch",
        severity: Severity::Error,
        summary: "offer and answer do not have the same number of m-lines",
        explain: include_str!("mline_count_mismatch.md"),
        refs: &["RFC 3264 §6", "RFC 9429 §5.3.1"],
        since: "0.1.0",
    },
    checks: &[Check::Answer(check)],
};

fn check(pair: &Pair<'_>, findings: &mut Findings<'_>) {
    let (offer, answer) = (pair.first(), pair.second());
    let (offered, answered) = (offer.media().len(), answer.media().len());
    let message = format!("the offer has {}, and the answer {answered}", counted(offered));
    if answered > offered {
        let Some(extra) = answer.media_at(offered) else { return };
        let finding = findings
            .push(extra.line().value.span, message)
            .help("take out the m-lines that were not offered; offer them from this side afterwards");
        if let Some(last) = offered.checked_sub(1).and_then(|last| offer.media_at(last)) {
            finding.also_in(Side::First, last.line().value.span, "the last one of the offer");
        }
    } else if answered < offered {
        let lines = answer.text().lines();
        let end = lines.iter().rev().find(|line| !line.is_blank()).map_or(Span::default(), |line| line.span);
        let Some(missing) = offer.media_at(missing(pair, answered)) else { return };
        findings
            .push(end.after(), message)
            .also_in(Side::First, missing.line().value.span, "this one has no answer")
            .help(format!(
                "answer every m-line in its place; one that is not wanted is rejected with port 0: `m={} 0 {} …`",
                missing.line().kind,
                missing.line().protocol.map_or("…", |protocol| protocol.value),
            ));
    }
}

/// The first m-line of the offer whose name the answer lacks; where names do not tell, the first that is left over.
fn missing(pair: &Pair<'_>, answered: usize) -> usize {
    let has_answer =
        |media: &Media<'_, '_>| media.mid().is_none_or(|mid| pair.second().media_by_mid(mid.value).is_some());
    pair.first().media().find(|media| !has_answer(media)).map_or(answered, Media::index)
}

fn counted(count: usize) -> String {
    if count == 1 { "1 m-line".to_owned() } else { format!("{count} m-lines") }
}
