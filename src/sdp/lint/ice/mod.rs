//! The rules about credentials and candidates.

mod ice_credentials_identical;
mod ice_lite_both;

use super::LintRule;

/// Sorted by code.
pub(super) static RULES: &[&LintRule] = &[&ice_credentials_identical::RULE, &ice_lite_both::RULE];
