//! The rules about the form of lines and their order.

mod attr_level;
mod connection_missing;
mod line_order;
mod line_syntax;
mod mline_syntax;
mod origin_fields;
mod session_required;
mod version_line;

use super::LintRule;

/// Sorted by code.
pub(super) static RULES: &[&LintRule] = &[
    &version_line::RULE,
    &line_syntax::RULE,
    &line_order::RULE,
    &origin_fields::RULE,
    &session_required::RULE,
    &connection_missing::RULE,
    &mline_syntax::RULE,
    &attr_level::RULE,
];
