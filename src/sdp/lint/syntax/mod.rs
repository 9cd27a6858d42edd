//! The rules about the form of lines and their order.

mod mline_syntax;
mod version_line;

use super::LintRule;

/// Sorted by code.
pub(super) static RULES: &[&LintRule] = &[&version_line::RULE, &mline_syntax::RULE];
