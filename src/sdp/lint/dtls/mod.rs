//! The rules about fingerprints, roles, keys.

use super::LintRule;

/// Sorted by code.
pub(super) static RULES: &[&LintRule] = &[];
