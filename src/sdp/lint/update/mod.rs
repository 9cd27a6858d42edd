//! The rules about an offer and the one before.

use super::LintRule;

/// Sorted by code.
pub(super) static RULES: &[&LintRule] = &[];
