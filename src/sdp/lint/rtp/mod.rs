//! The rules about RTCP, header extensions, sources, simulcast, data channels.

mod extmap_id_remap;
mod extmap_not_offered;
mod rid_direction;
mod rtcp_fb_not_offered;
mod rtcp_rsize_mismatch;
mod simulcast_not_accepted;

use super::LintRule;

/// Sorted by code.
pub(super) static RULES: &[&LintRule] = &[
    &rtcp_fb_not_offered::RULE,
    &rtcp_rsize_mismatch::RULE,
    &extmap_id_remap::RULE,
    &extmap_not_offered::RULE,
    &simulcast_not_accepted::RULE,
    &rid_direction::RULE,
];
