//! An answer groups what the offer groups, or less (RFC 9143 §7.3).

use std::collections::HashMap;

use crate::finding::{Rule, Severity};
use crate::sdp::lint::{Check, Findings, LintRule, Pair, Side};

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP505",
        name: "bundle-answer-not-subset",
        severity: Severity::Error,
        summary: "the answer's BUNDLE group has an m-line that the offer's has not",
        explain: include_str!("bundle_answer_not_subset.md"),
        refs: &["RFC 9143 §7.3", "RFC 5888 §9.2"],
        since: "0.1.0",
    },
    checks: &[Check::Answer(check)],
};

fn check(pair: &Pair<'_>, findings: &mut Findings<'_>) {
    let offer = pair.first();
    let offered: Vec<_> = offer.head().groups().filter(|group| group.is_bundle()).collect();
    let places = offered
        .iter()
        .enumerate()
        .flat_map(|(place, group)| group.mids.iter().map(move |mid| (mid.value, place)));
    let places: HashMap<&str, usize> = places.collect();
    for group in pair.second().head().groups().filter(|group| group.is_bundle()) {
        let mut own = None;
        for mid in &group.mids {
            // Names that the offer does not know at all are told by other rules.
            let Some(media) = offer.media_by_mid(mid.value) else { continue };
            let place = places.get(mid.value).copied();
            match (place, own) {
                (Some(place), None) => own = Some(place),
                (Some(place), Some(known)) if place == known => {}
                (Some(place), Some(_)) => {
                    findings
                        .push(mid.span, format!("`{mid}` is in another BUNDLE group of the offer"))
                        .also_in(Side::First, offered[place].semantics.span, "the offer has it here")
                        .help("keep the groups as they are offered; m-lines may be left out, and not moved");
                }
                (None, _) => {
                    let line = media.mid().map_or(media.line().value.span, |mid| mid.span);
                    findings
                        .push(mid.span, format!("the offer does not have `{mid}` in its BUNDLE group"))
                        .also_in(Side::First, line, "offered with a transport of its own")
                        .help(format!(
                            "take `{mid}` out of the group, and give its m-line a transport of its own"
                        ));
                }
            }
        }
    }
}
