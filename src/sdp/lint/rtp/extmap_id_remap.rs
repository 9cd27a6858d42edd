//! A header extension keeps the number that the offer gave it (RFC 8285).

use std::collections::{HashMap, HashSet};

use crate::finding::{Rule, Severity};
use crate::sdp::lint::{Check, Findings, LintRule, Pair, Side};
use crate::sdp::pairing::{levels, pairs};

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP606",
        name: "extmap-id-remap",
        severity: Severity::Error,
        summary: "the answer has a header extension under another number",
        explain: include_str!("extmap_id_remap.md"),
        refs: &["RFC 8285 §7"],
        since: "0.1.0",
    },
    checks: &[Check::Answer(check)],
};

/// Numbers of an offer that has more extensions than fit: the answer chooses others.
const TO_BE_CHOSEN: std::ops::RangeInclusive<u16> = 4096..=4351;

fn check(pair: &Pair<'_>, findings: &mut Findings<'_>) {
    for media in pairs(pair.first(), pair.second()).filter(|media| media.is_live_rtp()) {
        let offered = levels(pair.first(), media.offer);
        // The first of each extension, all numbers, and the extensions whose number is the answer's to choose.
        let (mut first, mut numbers, mut to_be_chosen) = (HashMap::new(), HashSet::new(), HashSet::new());
        for other in offered.iter().flat_map(|section| section.extmaps()) {
            first.entry(other.what()).or_insert(other);
            numbers.insert((other.what(), other.id.value));
            if TO_BE_CHOSEN.contains(&other.id.value) {
                to_be_chosen.insert(other.what());
            }
        }
        for extension in media.answer.section().extmaps() {
            let Some(first) = first.get(&extension.what()) else { continue };
            let is_kept = numbers.contains(&(extension.what(), extension.id.value));
            if is_kept || to_be_chosen.contains(&extension.what()) {
                continue;
            }
            let what = extension.name().unwrap_or(extension.uri.value);
            let message =
                format!("{what} has the number {} in the offer, and {} here", first.id, extension.id);
            findings
                .push(extension.id.span, message)
                .also_in(Side::First, first.id.span, "the offer")
                .help(format!("write `a=extmap:{} {}`", first.id, extension.uri));
        }
    }
}
