//! The verdict in one sentence.

use crate::finding::{Severity, Verdict};
use crate::metric::{Bound, State};
use crate::probe::facts::EndpointFacts;
use crate::probe::summary::{Summary, told};
use crate::report::Cell;
use crate::turnserver;

/// One sentence: what works, what does not.
pub(super) fn verdict(summary: &Summary) -> Cell {
    if let (Some(report), true) = (&summary.turnserver_conf, summary.targets.is_empty()) {
        return Cell::new(configuration(report), summary.verdict.into());
    }
    let endpoints = || summary.targets.iter().flat_map(|t| t.endpoints.iter().map(move |e| (t, e)));
    let (mut works, mut broken) = (Vec::new(), Vec::new());
    let tried = || endpoints().map(|(_, endpoint)| endpoint).filter(|endpoint| endpoint.skipped.is_none());
    // Where one address family works and the other does not, it is told which.
    let splits = |transport| {
        let ok = |ipv4| {
            let mut of_family =
                tried().filter(|e| e.transport == transport && e.addr.is_ipv4() == ipv4).peekable();
            of_family.peek().is_some().then(|| of_family.all(|e| e.works == Some(true)))
        };
        ok(true).zip(ok(false)).is_some_and(|(v4, v6)| v4 != v6)
    };
    for (_, endpoint) in endpoints() {
        let ok = endpoint.works == Some(true);
        let list = match () {
            () if ok => &mut works,
            () if endpoint.skipped.is_some() => continue,
            () => &mut broken,
        };
        let mut name = endpoint.transport.name().to_uppercase();
        if splits(endpoint.transport) {
            name.push_str(if endpoint.addr.is_ipv4() { " over IPv4" } else { " over IPv6" });
        }
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
            // What strangers may do besides is not about whether it works.
            (Some(finding), _)
                if finding.severity == Severity::Error
                    && finding.stage == "security"
                    && !works.is_empty() =>
            {
                format!("{what} works over {works}, but {}", cause.unwrap_or_default())
            }
            (Some(finding), _) if finding.severity == Severity::Error => {
                let also = if works.is_empty() { String::new() } else { format!("; works: {works}") };
                format!("{}{also}", cause.unwrap_or_default())
            }
            (_, Some(judgement)) => {
                let metric = judgement.threshold.metric;
                let (limit, actual) = (judgement.threshold.limit, judgement.measured().unwrap_or_default());
                let over = if judgement.threshold.bound == Bound::Min { "under" } else { "over" };
                format!("{} is {actual}, {over} the limit of {}", metric.name, metric.unit.written(limit))
            }
            _ => cause.unwrap_or_else(|| "a check failed".to_owned()),
        },
        Verdict::Inconclusive if summary.interrupted => "interrupted; what was learnt is below".to_owned(),
        Verdict::Inconclusive => {
            let given_up = |e: &EndpointFacts| e.given_up.first().map(|given_up| given_up.reason.clone());
            let skipped = endpoints().find_map(|(_, e)| e.skipped.clone().or_else(|| given_up(e)));
            let unmeasured = summary.thresholds.iter().find(|j| j.state() == State::NotMeasured);
            let healthy = endpoints().all(|(_, e)| !e.required || e.works == Some(true));
            let nat = summary.nat.as_deref().filter(|nat| healthy && !told(nat));
            match (skipped, unmeasured) {
                _ if nat.is_some() => {
                    format!("{what} works over {works}, but what a NAT here does to UDP could not be told")
                }
                (Some(why), _) => format!("cannot tell from here: {why}"),
                (None, Some(judgement)) => {
                    format!("cannot tell: {} was not measured", judgement.threshold.metric.name)
                }
                (None, None) => "cannot tell: nothing was reached".to_owned(),
            }
        }
    };
    Cell::new(text, summary.verdict.into())
}

/// Of a configuration that was read and nothing more.
fn configuration(report: &turnserver::Report) -> String {
    let count = |severity| report.findings.iter().filter(|finding| finding.severity == severity).count();
    let parts = [(count(Severity::Error), "error"), (count(Severity::Warning), "warning")];
    let parts = parts.into_iter().filter(|(count, _)| *count > 0);
    let parts = parts.map(|(count, word)| format!("{count} {word}{}", if count == 1 { "" } else { "s" }));
    let parts = parts.collect::<Vec<_>>().join(" and ");
    match parts.as_str() {
        "" => format!("nothing is wrong in the text of {}", report.path),
        parts => format!("{parts} in {}", report.path),
    }
}
