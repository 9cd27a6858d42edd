//! Every stream of `simulcast` is an `a=rid` of the same direction (RFC 9429 §5.8.3, RFC 8853 §5.1).

use std::collections::HashMap;

use crate::finding::{Rule, Severity};
use crate::sdp::attribute::{Rid, RidDirection, View};
use crate::sdp::lint::{Check, Description, Findings, LintRule};
use crate::sdp::session::Attribute;

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP608",
        name: "simulcast-unknown-rid",
        severity: Severity::Error,
        summary: "the list of `a=simulcast` has a stream that no `a=rid` of its direction describes",
        explain: include_str!("simulcast_unknown_rid.md"),
        refs: &["RFC 9429 §5.8.3", "RFC 8853 §5.1", "RFC 8851 §4"],
        since: "0.1.0",
    },
    checks: &[Check::One(check)],
};

fn check(description: &Description<'_>, findings: &mut Findings<'_>) {
    for section in description.sections() {
        let mut lines =
            section.named("simulcast").filter(|attribute| !names_payload_types(attribute)).peekable();
        if lines.peek().is_none() {
            continue;
        }
        let rids: HashMap<(&str, RidDirection), &Rid<'_>> =
            section.rids().map(|rid| ((rid.id.value, rid.direction.value), rid)).collect();
        for attribute in lines {
            let View::Simulcast(simulcast) = &attribute.view else { continue };
            for (direction, other) in
                [(RidDirection::Send, RidDirection::Recv), (RidDirection::Recv, RidDirection::Send)]
            {
                let streams = simulcast.streams(direction).into_iter().flat_map(|streams| streams.rids());
                for stream in streams {
                    let rid = stream.rid;
                    if rids.contains_key(&(rid.value, direction)) {
                        continue;
                    }
                    let (is, line) = (direction.as_str(), format!("a=rid:{rid} {}", direction.as_str()));
                    match rids.get(&(rid.value, other)) {
                        Some(reverse) => findings
                            .push(
                                rid.span,
                                format!(
                                    "`{rid}` is `{is}` in simulcast, and `{}` in its `a=rid`",
                                    other.as_str()
                                ),
                            )
                            .also(reverse.direction.span, "the other way here")
                            .help(format!("write `{line}`, or list `{rid}` under `{}`", other.as_str())),
                        None => findings
                            .push(
                                rid.span,
                                format!("simulcast names the stream `{rid}`, which no `a=rid` describes"),
                            )
                            .help(format!("add `{line}` to the same m-line, or take `{rid}` off the list")),
                    };
                }
            }
        }
    }
}

/// The oldest drafts listed payload types: `send pt=97;98`.
pub(super) fn names_payload_types(attribute: &Attribute<'_>) -> bool {
    attribute.value.is_some_and(|value| value.words().any(|word| word.starts_with("pt=")))
}
