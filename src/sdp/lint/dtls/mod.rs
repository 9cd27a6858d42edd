//! The rules about fingerprints, roles, keys.

mod answer_setup_actpass;
mod dtls_identity_changed;
mod fingerprint_length;
mod fingerprint_weak_hash;
mod missing_fingerprint;
mod missing_setup;
mod offer_setup_not_actpass;
mod sdes_in_webrtc;
mod setup_role_conflict;

use super::LintRule;
use crate::sdp::session::Media;

/// Sorted by code.
pub(super) static RULES: &[&LintRule] = &[
    &missing_fingerprint::RULE,
    &fingerprint_length::RULE,
    &fingerprint_weak_hash::RULE,
    &missing_setup::RULE,
    &offer_setup_not_actpass::RULE,
    &sdes_in_webrtc::RULE,
    &answer_setup_actpass::RULE,
    &setup_role_conflict::RULE,
    &dtls_identity_changed::RULE,
];

/// Whether a DTLS handshake comes before its media: its transport is DTLS, or it is RTP set up by ICE and has a
/// fingerprint, which is what counts by RFC 9429 §5.1.2.
fn does_dtls(media: Media<'_, '_>) -> bool {
    let is_webrtc = || media.line().is_rtp() && media.counts("fingerprint") && media.counts("ice-ufrag");
    !media.is_rejected() && (is_dtls(media) || is_webrtc())
}

/// Whether its transport is DTLS: `UDP/TLS/…`, `UDP/DTLS/SCTP`, `DTLS/SCTP`, `TCP/DTLS/…`. TLS over TCP is not, and
/// has rules of its own: its `setup` may be missing (RFC 4145 §4.1), its fingerprint too if an authority vouches.
pub(super) fn is_dtls(media: Media<'_, '_>) -> bool {
    media.line().protocol.is_some_and(|protocol| {
        let is_udp = protocol.split('/').next().is_some_and(|part| part.value == "UDP");
        protocol.split('/').any(|part| part.value == "DTLS" || (is_udp && part.value == "TLS"))
    })
}
