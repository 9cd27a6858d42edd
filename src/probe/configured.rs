//! What a server's configuration, where it is at hand, explains of what was seen of the server.

use super::codes::{AUTH_WRONG, CONNECTION_CLOSED, FORBIDDEN_PEER, REST_SECRET_MISMATCH};
use super::summary::Summary;
use crate::finding::Finding;
use crate::turnserver::Report;

/// A fault of the text, and what comes of it.
const CAUSES: [(&str, &str); 2] = [
    // coturn 4.6.1 crashes at the first Allocate.
    ("CONF306", CONNECTION_CLOSED.code),
    ("CONF406", FORBIDDEN_PEER.code),
];

/// Adds to what was seen what the text says about it, and puts causes before their consequences.
pub(super) fn explain(summary: &mut Summary, report: &Report) {
    let each = |finding: &mut Finding| {
        point_at_cause(finding, report);
        point_at_database(finding, report);
    };
    let of_targets = summary.targets.iter_mut().flat_map(|target| {
        target.findings.iter_mut().chain(target.endpoints.iter_mut().flat_map(|e| &mut e.findings))
    });
    of_targets.chain(&mut summary.findings).for_each(each);
    let seen: Vec<&str> = summary.findings.iter().map(|finding| finding.code).collect();
    let causes: Vec<&str> = CAUSES
        .iter()
        .filter(|(_, comes_of_it)| seen.contains(comes_of_it))
        .map(|(cause, _)| *cause)
        .collect();
    // A stable sort: all else keeps its place.
    summary
        .findings
        .sort_by_key(|finding| (std::cmp::Reverse(finding.severity), !causes.contains(&finding.code)));
}

fn point_at_cause(finding: &mut Finding, report: &Report) {
    let cause = CAUSES.iter().find(|(_, comes_of_it)| *comes_of_it == finding.code);
    let Some((code, _)) = cause.filter(|(code, _)| report.findings.iter().any(|known| known.code == *code))
    else {
        return;
    };
    finding.evidence.insert("likely_cause".to_owned(), (*code).into());
    finding.help = format!("mend {code} first, which has this effect; if it stays: {}", finding.help);
}

fn point_at_database(finding: &mut Finding, report: &Report) {
    let about_users = [AUTH_WRONG.code, REST_SECRET_MISMATCH.code].contains(&finding.code);
    let Some((name, line)) = report.databases.first().filter(|_| about_users) else { return };
    finding.evidence.insert("user_database".to_owned(), format!("{name} in line {line}").into());
    finding.help = format!(
        "{}; `{name}` in line {line} of {} may be unreachable for the server, which then knows none of its users: \
         see its log",
        finding.help, report.path
    );
}
