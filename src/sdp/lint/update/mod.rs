//! The rules about an offer and the one before.

mod mline_removed;
mod o_version_not_incremented;
mod payload_type_reused;
mod session_id_changed;

use super::LintRule;

/// Sorted by code.
pub(super) static RULES: &[&LintRule] = &[
    &o_version_not_incremented::RULE,
    &session_id_changed::RULE,
    &mline_removed::RULE,
    &payload_type_reused::RULE,
];
