//! The rules about groups, and the names of m-lines.

use super::LintRule;

/// Sorted by code.
pub(super) static RULES: &[&LintRule] = &[];
