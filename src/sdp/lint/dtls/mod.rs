//! The rules about fingerprints, roles, keys.

mod answer_setup_actpass;
mod setup_role_conflict;

use super::LintRule;

/// Sorted by code.
pub(super) static RULES: &[&LintRule] = &[&answer_setup_actpass::RULE, &setup_role_conflict::RULE];
