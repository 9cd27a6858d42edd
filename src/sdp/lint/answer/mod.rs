//! The rules about an answer and its offer, m-line by m-line.

mod direction_conflict;
mod media_inactive;
mod mid_mismatch;
mod mline_count_mismatch;
mod mline_order_mismatch;
mod mline_rejected;
mod proto_mismatch;

use super::LintRule;

/// Sorted by code.
pub(super) static RULES: &[&LintRule] = &[
    &mline_count_mismatch::RULE,
    &mline_order_mismatch::RULE,
    &mid_mismatch::RULE,
    &proto_mismatch::RULE,
    &mline_rejected::RULE,
    &direction_conflict::RULE,
    &media_inactive::RULE,
];
