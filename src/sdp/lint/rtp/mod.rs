//! The rules about RTCP, header extensions, sources, simulcast, data channels.

mod bandwidth_cap_low;
mod extmap_duplicate_id;
mod extmap_id_range;
mod msid_syntax;
mod plan_b;
mod rtcp_mux_missing;
mod sctp_legacy_syntax;
mod sctp_max_message_size;
mod sctp_port_missing;
mod simulcast_ssrc_group_legacy;
mod simulcast_unknown_rid;
mod ssrc_group_unknown_ssrc;
mod ssrc_without_cname;

use super::LintRule;

/// Sorted by code.
pub(super) static RULES: &[&LintRule] = &[
    &rtcp_mux_missing::RULE,
    &extmap_duplicate_id::RULE,
    &extmap_id_range::RULE,
    &simulcast_unknown_rid::RULE,
    &simulcast_ssrc_group_legacy::RULE,
    &plan_b::RULE,
    &msid_syntax::RULE,
    &ssrc_without_cname::RULE,
    &ssrc_group_unknown_ssrc::RULE,
    &sctp_legacy_syntax::RULE,
    &sctp_port_missing::RULE,
    &sctp_max_message_size::RULE,
    &bandwidth_cap_low::RULE,
];
