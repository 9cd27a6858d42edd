//! What an offer has and its answer leaves out.

use std::collections::HashSet;

use super::facts::{CodecNotTaken, ExtmapNotTaken, MediaOutcome, State};
use crate::sdp::pairing::levels;
use crate::sdp::session::Session;

/// Notes it for each m-line that comes to something, or would but for its codecs.
pub(super) fn note(offer: &Session<'_>, media: &mut [MediaOutcome]) {
    for outcome in media.iter_mut().filter(|one| matches!(one.state, State::Agreed | State::NothingInCommon))
    {
        let Some(offered) = offer.media_at(outcome.index) else { continue };
        let taken = |number: u8| outcome.codecs.iter().any(|codec| codec.offer_payload_type == number);
        let codecs = offered.codecs().iter().filter(|codec| !taken(codec.payload_type.value));
        let codecs = codecs.map(|codec| CodecNotTaken {
            payload_type: codec.payload_type.value,
            name: codec.name().map(str::to_owned),
            clock_rate: codec.clock_rate(),
            reading: codec.reading(),
        });
        let taken: HashSet<&str> = outcome.extmaps.iter().map(|extmap| extmap.uri.as_str()).collect();
        let levels = levels(offer, offered);
        let extmaps = levels.iter().flat_map(|section| section.extmaps());
        let extmaps = extmaps.filter(|extmap| !taken.contains(extmap.uri.value)).map(|extmap| {
            ExtmapNotTaken { id: extmap.id.value, uri: extmap.uri.value.to_owned(), name: extmap.name() }
        });
        (outcome.codecs_not_taken, outcome.extmaps_not_taken) = (codecs.collect(), extmaps.collect());
    }
}
