//! The rules about credentials and candidates.

use super::LintRule;

/// Sorted by code.
pub(super) static RULES: &[&LintRule] = &[];
