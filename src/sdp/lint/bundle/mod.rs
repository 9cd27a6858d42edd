//! The rules about groups, and the names of m-lines.

mod bundle_answer_not_subset;
mod bundle_contains_rejected;
mod bundle_mid_twice;
mod bundle_missing;
mod bundle_only_port;
mod bundle_payload_type_conflict;
mod bundle_unknown_mid;
mod duplicate_mid;
mod mid_missing;

use super::LintRule;
use crate::sdp::text::Word;

/// Sorted by code.
pub(super) static RULES: &[&LintRule] = &[
    &bundle_unknown_mid::RULE,
    &mid_missing::RULE,
    &duplicate_mid::RULE,
    &bundle_contains_rejected::RULE,
    &bundle_answer_not_subset::RULE,
    &bundle_payload_type_conflict::RULE,
    &bundle_missing::RULE,
    &bundle_only_port::RULE,
    &bundle_mid_twice::RULE,
];

/// More names than these are not written out.
const MOST: usize = 8;

/// `` `0`, `1` and 3 more``.
fn listed(mids: &[&Word<'_>]) -> String {
    let names: Vec<String> = mids.iter().take(MOST).map(|mid| format!("`{mid}`")).collect();
    match mids.len().saturating_sub(MOST) {
        0 => names.join(", "),
        more => format!("{} and {more} more", names.join(", ")),
    }
}
