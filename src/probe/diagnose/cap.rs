//! What a cap that the server declares explains: then loss is no riddle, and silence no crash.

use super::Case;
use crate::probe::facts::EndpointFacts;

/// Below this no voice fits: 6 kbit/s are the least that Opus makes (RFC 6716 §2.1.1), and the headers and tags of
/// fifty packets a second (RFC 3550 §5.1, RFC 3711 §8.2) come to 8.8.
pub(super) const LEAST_VOICE_BPS: u64 = 14_800;

/// The cap for each allocation that the server declares.
pub(super) fn declared(facts: &EndpointFacts) -> Option<u64> {
    facts.allocate.as_ref().and_then(|allocate| allocate.bandwidth_bps).filter(|cap| *cap > 0)
}

/// Whether what was sent over the allocation, or what a call was to send, is more than the cap lets through.
pub(super) fn explains_loss(case: &Case<'_>) -> bool {
    let Some(cap) = declared(case.facts) else { return false };
    match case.context.needs_bps {
        Some(needs) => cap < needs,
        None => {
            let relay = &case.facts.relay;
            let paths =
                [&relay.inbound, &relay.outbound, &relay.hairpin].into_iter().flatten().count() as u64;
            let pace = case.context.pace;
            let packet_bits = pace.size as f64 * 8.0;
            (cap as f64) < packet_bits / pace.interval.as_secs_f64() * paths as f64
        }
    }
}

/// Whether the cap may swallow whole paths, and requests too: it is counted by the second, and this one is spent by the
/// requests of an allocation (about 1000 bytes) and two packets of each path.
pub(super) fn starves(case: &Case<'_>) -> bool {
    declared(case.facts).is_some_and(|cap| cap / 8 < 1000 + 6 * case.context.pace.size as u64)
}
