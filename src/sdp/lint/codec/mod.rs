//! The rules about payload types and what is said of them.

mod av1_params;
mod codec_not_offered;
mod h264_level_asymmetry;
mod h264_packetization_mode_mismatch;
mod h264_profile_mismatch;
mod no_common_codec;
mod opus_fmtp;
mod payload_type_codec_mismatch;
mod payload_type_remapped;
mod vp9_profile_mismatch;

use super::LintRule;

/// Sorted by code.
pub(super) static RULES: &[&LintRule] = &[
    &opus_fmtp::RULE,
    &h264_profile_mismatch::RULE,
    &h264_packetization_mode_mismatch::RULE,
    &h264_level_asymmetry::RULE,
    &vp9_profile_mismatch::RULE,
    &av1_params::RULE,
    &no_common_codec::RULE,
    &payload_type_codec_mismatch::RULE,
    &payload_type_remapped::RULE,
    &codec_not_offered::RULE,
];
