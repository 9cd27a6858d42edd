//! Offer and answer beside each other: what is taken of each m-line, and what is left out.

use super::Negotiation;
use super::facts::{MediaOutcome, SideFacts, State};
use crate::report::picture::{Pair, SideBySide};
use crate::report::{Cell, Picture, Tone};

/// M-lines that are drawn; the tables have all of them.
const MOST: usize = 32;

pub(super) fn pictures(negotiation: &Negotiation) -> Vec<Picture> {
    let name = |what: &str, side: &SideFacts| {
        let label = if side.label.is_empty() { String::new() } else { format!(" ({})", side.label) };
        format!("{what}: {}{label}", side.source)
    };
    let answer = if negotiation.predicted { "what an answer could take" } else { "answer" };
    let names = [name("offer", &negotiation.offer), name(answer, &negotiation.answer)];
    let rows: Vec<Pair> = negotiation.media.iter().take(MOST).flat_map(of_media).collect();
    let title = "What is offered, and what of it is taken".to_owned();
    let picture = SideBySide { title, names, rows };
    (!picture.rows.is_empty()).then_some(Picture::SideBySide(picture)).into_iter().collect()
}

fn of_media(media: &MediaOutcome) -> Vec<Pair> {
    let mid = media.mid.as_ref().map(|mid| format!(", mid {mid}")).unwrap_or_default();
    let heading = Cell::new(format!("m-line {}: {}{mid}", media.index, media.kind), Tone::Strong);
    let (word, tone) = match media.state {
        State::Agreed => ("taken", Tone::Good),
        State::RejectedByOffer => ("not used: port 0 in the offer", Tone::Dim),
        State::RejectedByAnswer => ("rejected", Tone::Warn),
        State::Unanswered => ("no m-line here", Tone::Bad),
        State::NotOffered => ("not offered", Tone::Bad),
        State::OtherKind => ("another kind of media", Tone::Bad),
        State::NothingInCommon => ("no codec in common", Tone::Bad),
        State::OtherTransport => ("no transport in common", Tone::Bad),
    };
    let left = if media.state == State::NotOffered { Cell::default() } else { heading };
    let mut rows = vec![Pair { left, right: Cell::new(word, tone), differs: media.state != State::Agreed }];
    let mut row = |left: String, right: Option<String>| {
        let differs = right.is_none();
        let right = right.map_or_else(|| Cell::new("not taken", Tone::Warn), Cell::from);
        rows.push(Pair { left: format!("  {left}").into(), right, differs });
    };
    if let (Some(offered), Some(answered)) = (media.offer_direction, media.answer_direction) {
        row(offered.to_owned(), Some(answered.to_owned()));
    }
    // Retransmissions go with what they repeat.
    for codec in media.codecs.iter().filter(|codec| codec.repeats.is_none()) {
        let told = |number: u8| encoding(number, codec.name.as_deref(), codec.clock_rate, &codec.reading);
        let second = codec.second_payload_type.unwrap_or(codec.answer_payload_type);
        row(told(codec.offer_payload_type), Some(told(second)));
    }
    for codec in media.codecs_not_taken.iter().filter(|codec| codec.name.as_deref() != Some("rtx")) {
        row(encoding(codec.payload_type, codec.name.as_deref(), codec.clock_rate, &codec.reading), None);
    }
    for extmap in &media.extmaps {
        let name = extmap.name.unwrap_or(&extmap.uri);
        row(format!("extension {} {name}", extmap.offer_id), Some(format!("extension {} {name}", extmap.id)));
    }
    for extmap in &media.extmaps_not_taken {
        row(format!("extension {} {}", extmap.id, extmap.name.unwrap_or(&extmap.uri)), None);
    }
    if let Some(simulcast) = &media.simulcast {
        simulcast.offerer_sends.iter().for_each(|rid| row(format!("simulcast {rid}"), Some(rid.clone())));
        simulcast.not_taken.iter().for_each(|rid| row(format!("simulcast {rid}"), None));
    }
    rows
}

fn encoding(number: u8, name: Option<&str>, rate: Option<u32>, reading: &str) -> String {
    let rate = rate.map(|rate| format!("/{rate}")).unwrap_or_default();
    let reading = if reading.is_empty() { String::new() } else { format!(", {reading}") };
    format!("{number} {}{rate}{reading}", name.unwrap_or("unknown"))
}
