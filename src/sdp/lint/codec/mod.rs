//! The rules about payload types and what is said of them.

use super::LintRule;

/// Sorted by code.
pub(super) static RULES: &[&LintRule] = &[];
