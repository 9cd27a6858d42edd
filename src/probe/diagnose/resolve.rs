//! Names and addresses.

use super::Context;
use crate::finding::{Confidence, Finding};
use crate::probe::codes::{DNS_FAIL, DNS_PARTIAL};
use crate::probe::facts::{Resolve, ResolveErrorKind, TargetFacts};

/// What DNS came to. A name without AAAA (or without A) is no fault.
pub(super) fn names(facts: &TargetFacts, context: Context<'_>) -> Vec<Finding> {
    let Resolve { a, aaaa, errors, .. } = &facts.resolve;
    let said = || {
        let said: Vec<String> = errors.iter().map(|e| format!("{}: {}", e.record, e.message)).collect();
        said.join("; ")
    };
    let subject = context.target.uri.clone();
    // Without an error either, nobody was asked: the run was interrupted.
    if a.is_empty() && aaaa.is_empty() && !errors.is_empty() {
        let gone = errors.iter().any(|e| e.kind == ResolveErrorKind::Nxdomain);
        let silent = errors.iter().all(|e| e.kind == ResolveErrorKind::Timeout);
        let help = match (gone, silent) {
            (true, _) => "check the spelling of the host and that its record is published",
            (_, true) => "the resolver in /etc/resolv.conf is not reachable from here: mend that first",
            _ => "check the resolver in /etc/resolv.conf, and ask it: `dig A NAME`, `dig AAAA NAME`",
        };
        return vec![
            DNS_FAIL
                .finding("resolve", subject)
                .message(format!("`{}` has no address: {}", context.target.host, said()))
                .evidence("host", context.target.host.to_string())
                .help(help),
        ];
    }
    let failed: Vec<_> = errors.iter().filter(|e| e.kind != ResolveErrorKind::Nodata).collect();
    failed
        .iter()
        .map(|error| {
            DNS_PARTIAL
                .finding("resolve", subject.clone())
                .confidence(Confidence::Medium)
                .message(format!(
                    "the {} query failed, the other family answered: {}",
                    error.record, error.message
                ))
                .evidence("record", error.record)
                .help("clients that ask for this family may wait for its timeout before they connect")
        })
        .collect()
}
