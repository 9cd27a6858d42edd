//! The rules about an answer and its offer, m-line by m-line.

use super::LintRule;

/// Sorted by code.
pub(super) static RULES: &[&LintRule] = &[];
