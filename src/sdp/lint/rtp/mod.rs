//! The rules about RTCP, header extensions, sources, simulcast, data channels.

use super::LintRule;

/// Sorted by code.
pub(super) static RULES: &[&LintRule] = &[];
