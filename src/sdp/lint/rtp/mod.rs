//! The rules about RTCP, header extensions, sources, simulcast, data channels.

mod bandwidth_cap_low;
mod extmap_duplicate_id;
mod extmap_id_range;
mod extmap_id_remap;
mod extmap_levels_mixed;
mod extmap_not_offered;
mod msid_syntax;
mod msid_twice;
mod plan_b;
mod rid_direction;
mod rtcp_fb_not_offered;
mod rtcp_mux_missing;
mod rtcp_rsize_mismatch;
mod sctp_legacy_syntax;
mod sctp_max_message_size;
mod sctp_port_missing;
mod simulcast_not_accepted;
mod simulcast_ssrc_group_legacy;
mod simulcast_unknown_rid;
mod simulcast_without_rid;
mod ssrc_group_unknown_ssrc;
mod ssrc_without_cname;

use super::LintRule;

/// Sorted by code.
pub(super) static RULES: &[&LintRule] = &[
    &rtcp_mux_missing::RULE,
    &rtcp_fb_not_offered::RULE,
    &rtcp_rsize_mismatch::RULE,
    &extmap_duplicate_id::RULE,
    &extmap_id_range::RULE,
    &extmap_id_remap::RULE,
    &extmap_not_offered::RULE,
    &simulcast_unknown_rid::RULE,
    &simulcast_not_accepted::RULE,
    &rid_direction::RULE,
    &simulcast_ssrc_group_legacy::RULE,
    &plan_b::RULE,
    &msid_syntax::RULE,
    &ssrc_without_cname::RULE,
    &ssrc_group_unknown_ssrc::RULE,
    &sctp_legacy_syntax::RULE,
    &sctp_port_missing::RULE,
    &sctp_max_message_size::RULE,
    &bandwidth_cap_low::RULE,
    &extmap_levels_mixed::RULE,
    &simulcast_without_rid::RULE,
    &msid_twice::RULE,
];
