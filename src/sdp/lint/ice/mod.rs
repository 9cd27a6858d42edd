//! The rules about credentials and candidates.

mod candidate_syntax;
mod candidates_mdns_only;
mod ice_credentials_identical;
mod ice_credentials_missing;
mod ice_half_restart;
mod ice_lite_both;
mod ice_pwd_too_short;
mod ice_restart;
mod ice_ufrag_too_short;
mod no_candidates;
mod no_relay_candidate;
mod restart;

use super::{Description, LintRule};
use crate::sdp::session::{Attribute, Media};
use crate::sdp::text::{Span, Word};

/// Sorted by code.
pub(super) static RULES: &[&LintRule] = &[
    &ice_credentials_missing::RULE,
    &ice_ufrag_too_short::RULE,
    &ice_pwd_too_short::RULE,
    &ice_credentials_identical::RULE,
    &ice_half_restart::RULE,
    &ice_restart::RULE,
    &ice_lite_both::RULE,
    &candidate_syntax::RULE,
    &no_candidates::RULE,
    &no_relay_candidate::RULE,
    &candidates_mdns_only::RULE,
];

/// Whether ICE goes on for it: not where one side found that the other's addresses were changed on the way
/// (RFC 8839 §5.3).
fn does_ice(media: Media<'_, '_>) -> bool {
    !media.is_rejected() && !media.section().has("ice-mismatch") && media.counts("ice-ufrag")
}

/// The m-lines that ICE finds an address for: each one, but of a BUNDLE group the first alone.
fn transports<'d>(description: &'d Description<'d>) -> impl Iterator<Item = Media<'d, 'd>> {
    let is_own = |media: &Media<'_, '_>| match media.bundle_tag() {
        Some(tag) => tag.index() == media.index(),
        None => media.bundle().is_none(),
    };
    description.media().filter(move |media| is_own(media) && does_ice(*media))
}

/// Whether no candidates will follow (RFC 8840 §8.2).
fn has_ended(media: Media<'_, '_>) -> bool {
    media.counts("end-of-candidates")
}

/// What is in the m-line but its formats, to point at where a line is missing.
fn place(media: Media<'_, '_>) -> Span {
    let line = media.line();
    line.protocol.map_or(line.value.span, |protocol| line.kind.span.to(protocol.span))
}

/// `ice-ufrag` and `ice-pwd` consist of these alone, and foundations (RFC 8839 §5.1).
fn is_ice_char(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '+' | '/')
}

/// The values of an attribute in all sections that are in use, with the empty ones.
fn values<'d>(description: &Description<'d>, name: &'static str) -> impl Iterator<Item = Word<'d>> + use<'d> {
    let attributes = description.session().sections_in_use().flat_map(move |section| section.named(name));
    attributes.map(|attribute: &Attribute<'_>| match attribute.value {
        Some(value) => value,
        None => Word { value: "", span: attribute.name.span.after() },
    })
}
