//! The verdict in one sentence.

use crate::finding::Severity;
use crate::metric::State;
use crate::probe::facts::EndpointFacts;
use crate::probe::summary::{Summary, Verdict};
use crate::report::{Cell, Tone};

/// One sentence: what works, what does not.
pub(super) fn verdict(summary: &Summary) -> Cell {
    let endpoints = || summary.targets.iter().flat_map(|t| t.endpoints.iter().map(move |e| (t, e)));
    let (mut works, mut broken) = (Vec::new(), Vec::new());
    for (_, endpoint) in endpoints() {
        let ok = endpoint.works == Some(true);
        let list = match () {
            () if ok => &mut works,
            () if endpoint.skipped.is_some() => continue,
            () => &mut broken,
        };
        let name = endpoint.transport.name().to_uppercase();
        if !list.contains(&name) {
            list.push(name);
        }
    }
    broken.retain(|name| !works.contains(name) || summary.verdict == Verdict::Fail);
    let what = if summary.targets.iter().any(|target| target.turn) { "relay" } else { "STUN" };
    let worst = summary.findings.first();
    let crossed = summary.thresholds.iter().find(|judgement| judgement.state() == State::Crossed);
    let cause = worst.map(|finding| format!("{} ({})", finding.message, finding.code));
    let works = works.join(", ");
    let text = match summary.verdict {
        Verdict::Pass => {
            let digits = if summary.took_ms < 10.0 { 1 } else { 0 };
            format!("{what} works over {works}, in {:.digits$} ms", summary.took_ms)
        }
        Verdict::Warn => {
            let cause = cause.unwrap_or_else(|| "see below".to_owned());
            format!("{what} works over {works}, but {cause}")
        }
        Verdict::Fail => match (worst, crossed) {
            (Some(finding), _) if finding.severity == Severity::Error => {
                let also = if works.is_empty() { String::new() } else { format!("; works: {works}") };
                format!("{}{also}", cause.unwrap_or_default())
            }
            (_, Some(judgement)) => {
                let metric = judgement.threshold.metric;
                let actual = judgement.actual.unwrap_or_default();
                let (limit, unit) = (judgement.threshold.limit, metric.unit.symbol());
                format!("{} is {actual}{unit}, over the limit of {limit}{unit}", metric.name)
            }
            _ => cause.unwrap_or_else(|| "a check failed".to_owned()),
        },
        Verdict::Inconclusive if summary.interrupted => "interrupted; what was learnt is below".to_owned(),
        Verdict::Inconclusive => {
            let given_up = |e: &EndpointFacts| e.given_up.first().map(|given_up| given_up.reason.clone());
            let skipped = endpoints().find_map(|(_, e)| e.skipped.clone().or_else(|| given_up(e)));
            let unmeasured = summary.thresholds.iter().find(|j| j.state() == State::NotMeasured);
            match (skipped, unmeasured) {
                (Some(why), _) => format!("cannot tell from here: {why}"),
                (None, Some(judgement)) => {
                    format!("cannot tell: {} was not measured", judgement.threshold.metric.name)
                }
                (None, None) => "cannot tell: nothing was reached".to_owned(),
            }
        }
    };
    let tone = match summary.verdict {
        Verdict::Pass => Tone::Good,
        Verdict::Warn | Verdict::Inconclusive => Tone::Warn,
        Verdict::Fail => Tone::Bad,
    };
    Cell::new(text, tone)
}
