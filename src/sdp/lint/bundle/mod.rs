//! The rules about groups, and the names of m-lines.

mod bundle_answer_not_subset;
mod bundle_contains_rejected;

use super::LintRule;

/// Sorted by code.
pub(super) static RULES: &[&LintRule] = &[&bundle_contains_rejected::RULE, &bundle_answer_not_subset::RULE];
