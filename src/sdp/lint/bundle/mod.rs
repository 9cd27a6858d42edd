//! The rules about groups, and the names of m-lines.

mod bundle_answer_not_subset;
mod bundle_contains_rejected;
mod bundle_missing;
mod bundle_only_port;
mod bundle_payload_type_conflict;
mod bundle_unknown_mid;
mod duplicate_mid;
mod mid_missing;

use super::LintRule;

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
];
