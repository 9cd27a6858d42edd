//! Names and addresses.

use super::Context;
use crate::finding::{Confidence, Finding};
use crate::probe::codes::{DNS_FAIL, DNS_PARTIAL};
use crate::probe::facts::{Resolve, ResolveError, ResolveErrorKind, TargetFacts};

/// What DNS came to. A name without AAAA (or without A) is no fault.
pub(super) fn names(facts: &TargetFacts, context: Context<'_>) -> Vec<Finding> {
    let Resolve { a, aaaa, errors, .. } = &facts.resolve;
    let said = || {
        let said: Vec<String> = errors.iter().map(|e| format!("{}: {}", e.record, e.message)).collect();
        said.join("; ")
    };
    let subject = context.target.uri.clone();
    // A record that leads nowhere, while others may lead somewhere.
    let nowhere = facts.resolve.srv.iter().filter(|srv| {
        srv.addresses.is_empty() && srv.target != "." && errors.iter().any(|error| error.name == srv.target)
    });
    let mut found: Vec<Finding> = nowhere
        .map(|srv| {
            DNS_FAIL
                .finding("resolve", subject.clone())
                .message(format!(
                    "the SRV record {} leads to `{}`, which has no address",
                    srv.name, srv.target
                ))
                .evidence("host", srv.target.clone())
                .evidence("srv", srv.name.clone())
                .help("publish an A or AAAA record for that name, or take the SRV record away")
        })
        .collect();
    if !found.is_empty() && a.is_empty() && aaaa.is_empty() {
        return found;
    }
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
    let led_nowhere = |error: &&&ResolveError| {
        !found.iter().any(|f| f.evidence.get("host").is_some_and(|h| *h == error.name))
    };
    let partial: Vec<Finding> = failed
        .iter()
        .filter(led_nowhere)
        .map(|error| {
            let (message, help) = match error.record {
                "SRV" | "NAPTR" => (
                    format!("the {} query for {} failed: {}", error.record, error.name, error.message),
                    "clients that ask for such records wait for them before they connect; ask the resolver \
                     with `dig SRV NAME`",
                ),
                record => (
                    format!("the {record} query failed, the other family answered: {}", error.message),
                    "clients that ask for this family may wait for its timeout before they connect",
                ),
            };
            DNS_PARTIAL
                .finding("resolve", subject.clone())
                .confidence(Confidence::Medium)
                .message(message)
                .evidence("record", error.record)
                .help(help)
        })
        .collect();
    found.extend(partial);
    found
}
