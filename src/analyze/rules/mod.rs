//! What went wrong in a call: one rule a file, and the text of each beside it.
//!
//! Rules see the facts of the report and nothing else: what a finding says can be looked up there.

mod audio_and_video_apart;
mod burst_of_losses;
mod call_without_media;
mod capture_breaks_off;
mod certificate_of_nobody;
mod changed_pair;
mod changed_source;
mod clock_of_capture_went_back;
mod copies_of_packets;
mod cut_packets;
mod drifting_clock;
mod encrypted_reports;
mod fatal_dtls_alert;
mod figures;
mod frozen_video;
mod index;
mod interrupted_media;
mod keys_that_open_nothing;
mod long_round_trip;
mod lost_consent;
mod lost_packets;
mod no_media_after_handshake;
mod one_way_call;
mod one_way_media;
mod packets_lost_behind_capture;
mod packets_missing_from_capture;
mod paused_video;
mod poor_speech;
mod refused_by_relay;
mod refused_checks;
mod refused_media;
mod reordered_packets;
mod repeated_handshake;
mod restarted_stream;
#[cfg(test)]
pub(super) mod scene;
mod seen;
mod silent_relay;
mod storm_of_picture_requests;
mod unanswered_checks;
mod unanswered_nacks;
mod uneven_arrival;
mod unfinished_handshake;

pub use figures::metrics;
pub(super) use figures::names as figure_names;
pub use index::Index;
use seen::Media;
pub use seen::Seen;
pub(super) use seen::subject;

use crate::finding::{Finding, Rule};

/// A rule, and what looks for its fault.
#[derive(Debug)]
pub(super) struct Check {
    rule: &'static Rule,
    check: fn(&Seen<'_>, &mut Vec<Finding>),
}

/// Every rule, sorted by code.
static CHECKS: &[&Check] = &[
    &audio_and_video_apart::CHECK,
    &one_way_call::CHECK,
    &call_without_media::CHECK,
    &clock_of_capture_went_back::CHECK,
    &packets_missing_from_capture::CHECK,
    &capture_breaks_off::CHECK,
    &drifting_clock::CHECK,
    &lost_consent::CHECK,
    &fatal_dtls_alert::CHECK,
    &repeated_handshake::CHECK,
    &unfinished_handshake::CHECK,
    &copies_of_packets::CHECK,
    &certificate_of_nobody::CHECK,
    &frozen_video::CHECK,
    &refused_checks::CHECK,
    &unanswered_checks::CHECK,
    &uneven_arrival::CHECK,
    &keys_that_open_nothing::CHECK,
    &lost_packets::CHECK,
    &packets_lost_behind_capture::CHECK,
    &burst_of_losses::CHECK,
    &interrupted_media::CHECK,
    &paused_video::CHECK,
    &refused_media::CHECK,
    &poor_speech::CHECK,
    &unanswered_nacks::CHECK,
    &no_media_after_handshake::CHECK,
    &one_way_media::CHECK,
    &cut_packets::CHECK,
    &changed_pair::CHECK,
    &storm_of_picture_requests::CHECK,
    &reordered_packets::CHECK,
    &encrypted_reports::CHECK,
    &long_round_trip::CHECK,
    &changed_source::CHECK,
    &restarted_stream::CHECK,
    &refused_by_relay::CHECK,
    &silent_relay::CHECK,
];

/// Every rule as data, sorted by code.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    CHECKS.iter().map(|check| check.rule)
}

/// What the rules find, the gravest first, and of those the earliest.
#[must_use]
pub fn findings(seen: &Seen<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for check in CHECKS {
        (check.check)(seen, &mut found);
    }
    found.sort_by(|a, b| b.severity.cmp(&a.severity).then(seen::time(a).total_cmp(&seen::time(b))));
    found
}
