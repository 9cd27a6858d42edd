//! The rules about payload types and what is said of them.

mod av1_params;
mod codec_not_offered;
mod duplicate_payload_type;
mod duplicate_rtpmap;
mod dynamic_pt_without_rtpmap;
mod h264_level_asymmetry;
mod h264_packetization_mode_mismatch;
mod h264_profile_level_id;
mod h264_profile_mismatch;
mod mandatory_audio_codec;
mod no_common_codec;
mod opus_fmtp;
mod opus_rtpmap;
mod payload_type_codec_mismatch;
mod payload_type_remapped;
mod pt_rtcp_conflict;
mod ptime_range;
mod red_fmtp_dangling;
mod rtcp_fb_unknown_pt;
mod rtpmap_not_in_mline;
mod rtx_apt_dangling;
mod rtx_missing;
mod static_pt_redefined;
mod telephone_event_clock;
mod vp9_profile_mismatch;

use std::collections::BTreeMap;

use super::{Description, LintRule};
use crate::sdp::attribute::{Rtpmap, View};
use crate::sdp::session::{Attribute, Media, Section};
use crate::sdp::text::{Span, Word};

/// Sorted by code.
pub(super) static RULES: &[&LintRule] = &[
    &duplicate_payload_type::RULE,
    &duplicate_rtpmap::RULE,
    &dynamic_pt_without_rtpmap::RULE,
    &rtpmap_not_in_mline::RULE,
    &pt_rtcp_conflict::RULE,
    &static_pt_redefined::RULE,
    &rtx_apt_dangling::RULE,
    &rtx_missing::RULE,
    &red_fmtp_dangling::RULE,
    &opus_rtpmap::RULE,
    &opus_fmtp::RULE,
    &mandatory_audio_codec::RULE,
    &h264_profile_level_id::RULE,
    &h264_profile_mismatch::RULE,
    &h264_packetization_mode_mismatch::RULE,
    &h264_level_asymmetry::RULE,
    &vp9_profile_mismatch::RULE,
    &av1_params::RULE,
    &rtcp_fb_unknown_pt::RULE,
    &ptime_range::RULE,
    &telephone_event_clock::RULE,
    &no_common_codec::RULE,
    &payload_type_codec_mismatch::RULE,
    &payload_type_remapped::RULE,
    &codec_not_offered::RULE,
];

/// The m-lines with RTP whose formats count: those of a rejected one are ignored (RFC 3264 §6).
fn streams<'d>(description: &Description<'d>) -> impl Iterator<Item = Media<'d, 'd>> + use<'d> {
    description.session().media().filter(|media| media.line().is_rtp() && !media.is_rejected())
}

/// Whether this m-line, which lists some formats, lists this payload type.
fn lists(media: Media<'_, '_>, payload_type: u8) -> bool {
    media.codec(payload_type).is_some()
}

/// Every `rtpmap` that can be read, in order.
fn rtpmaps<'s, 't>(section: &'s Section<'t>) -> impl Iterator<Item = &'s Rtpmap<'t>> {
    section.named("rtpmap").filter_map(|attribute| match &attribute.view {
        View::Rtpmap(rtpmap) => Some(rtpmap),
        _ => None,
    })
}

/// The payload types that these attributes are about and the m-line does not list, each with the places of it. Not
/// where the m-line has no payload type at all: then that is what is wrong.
fn unlisted<'s>(
    media: Media<'s, '_>,
    attributes: impl Iterator<Item = &'s Attribute<'s>>,
) -> BTreeMap<usize, (u8, Vec<Word<'s>>)> {
    let mut unlisted = BTreeMap::new();
    let mut first_of = [None; 128];
    if media.codecs().is_empty() {
        return unlisted;
    }
    for attribute in attributes {
        let word = match &attribute.view {
            View::Rtpmap(rtpmap) => rtpmap.payload_type.map(|_| attribute.name.value),
            View::Fmtp(fmtp) => fmtp.format.map(|_| attribute.name.value),
            View::RtcpFb(feedback) => feedback.format.map(|_| attribute.name.value),
            _ => continue,
        };
        let Some(payload_type) = number_of(&attribute.view).filter(|&number| !lists(media, number)) else {
            continue;
        };
        let first = *first_of[usize::from(payload_type)].get_or_insert(word.span.start);
        unlisted.entry(first).or_insert((payload_type, Vec::new())).1.push(word);
    }
    unlisted
}

/// The payload type that an attribute is about; `None` for `*` and for formats that are no numbers.
fn number_of(view: &View<'_>) -> Option<u8> {
    let of = |word: &Word<'_>| word.number::<u8>("").ok().map(|number| number.value);
    match view {
        View::Rtpmap(rtpmap) => Some(rtpmap.payload_type.value),
        View::Fmtp(fmtp) => of(&fmtp.format),
        View::RtcpFb(feedback) => of(&feedback.format),
        _ => None,
    }
    .filter(|&number| number < 128)
}

/// Where the formats of the m-line stand.
fn formats(media: Media<'_, '_>) -> Span {
    let formats = &media.line().formats;
    match (formats.first(), formats.last()) {
        (Some(first), Some(last)) => first.span.to(last.span),
        _ => media.line().value.span.after(),
    }
}

/// `96`, `96 and 97`, `96, 97 and 98`.
fn listed<T: std::fmt::Display>(items: &[T]) -> String {
    let mut text = String::new();
    for (index, item) in items.iter().enumerate() {
        match index {
            0 => {}
            _ if index + 1 == items.len() => text.push_str(" and "),
            _ => text.push_str(", "),
        }
        text.push_str(&item.to_string());
    }
    text
}
