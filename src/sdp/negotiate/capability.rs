//! Two offers: the answer that a conforming peer would give to the first, if it can do what the second says.

use std::collections::{HashMap, HashSet};

use super::facts::*;
use super::outcome::{alone, common, dtls, ice, speaks_dtls};
use crate::sdp::attribute::{Direction, Setup};
use crate::sdp::codec::Codec;
use crate::sdp::pairing::{is_same_configuration, is_same_encoding, levels};
use crate::sdp::session::{Media, Session};

/// Each m-line of the first, against the one of the second that is of its kind.
pub(super) fn media(offer: &Session<'_>, other: &Session<'_>) -> Vec<MediaOutcome> {
    let mut used: HashMap<String, usize> = HashMap::new();
    let mut by_kind: HashMap<String, Vec<Media<'_, '_>>> = HashMap::new();
    for media in other.media().filter(|media| !media.is_rejected()) {
        by_kind.entry(kind(media)).or_default().push(media);
    }
    let one = |media: Media<'_, '_>| {
        if media.is_rejected() {
            return alone(media, State::RejectedByOffer);
        }
        // What a peer can do for one video it can do for the next.
        let next = used.entry(kind(media)).or_default();
        let all = by_kind.get(&kind(media)).map(Vec::as_slice).unwrap_or_default();
        let own = all.get(*next).or(all.last());
        *next += 1;
        match own {
            Some(own) => answered(offer, media, other, *own),
            None => alone(media, State::RejectedByAnswer),
        }
    };
    offer.media().map(one).collect()
}

fn kind(media: Media<'_, '_>) -> String {
    let protocol = if media.line().is_data_channel() { " data" } else { "" };
    format!("{}{protocol}", media.line().kind.to_ascii_lowercase())
}

fn answered(
    offer: &Session<'_>,
    media: Media<'_, '_>,
    other: &Session<'_>,
    own: Media<'_, '_>,
) -> MediaOutcome {
    let outcome = alone(media, State::Agreed);
    if gap(media, own).is_some() {
        return alone(media, State::OtherTransport);
    }
    if media.line().is_data_channel() {
        let size =
            |media: Media<'_, '_>| media.section().max_message_size().map_or(65_536, |size| size.value);
        let port = |media: Media<'_, '_>| media.section().sctp_port().map(|port| port.value);
        let sctp = SctpOutcome {
            offer_port: port(media),
            answer_port: port(own),
            offerer_max_message_size: size(own),
            answerer_max_message_size: size(media),
        };
        return MediaOutcome { sctp: Some(sctp), ..outcome };
    }
    if !media.line().is_rtp() || !own.line().is_rtp() {
        let is_same =
            media.line().protocol.map(|word| word.value) == own.line().protocol.map(|word| word.value);
        return if is_same { outcome } else { alone(media, State::RejectedByAnswer) };
    }
    let codecs = shared(media, own);
    if codecs.iter().all(|codec| codec.auxiliary) {
        return alone(media, State::NothingInCommon);
    }
    let direction = answer_to(media.direction(), own.direction());
    let (head, sections) = (levels(offer, media), levels(other, own));
    let known: HashSet<_> =
        sections.iter().flat_map(|section| section.extmaps()).map(|extmap| extmap.what()).collect();
    let extmaps = head.iter().flat_map(|section| section.extmaps());
    let extmaps = extmaps.filter(|offered| known.contains(&offered.what()));
    let extmaps = extmaps.map(|extension| ExtmapOutcome {
        id: extension.id.value,
        offer_id: extension.id.value,
        uri: extension.uri.value.to_owned(),
        name: extension.name(),
    });
    MediaOutcome {
        direction: Some(direction.as_str()),
        offer_direction: Some(media.direction().as_str()),
        answer_direction: Some(direction.as_str()),
        offerer_sends: direction.receives(),
        answerer_sends: direction.sends(),
        codecs,
        extmaps: extmaps.collect(),
        rtcp_rsize: Some(media.counts("rtcp-rsize") && own.counts("rtcp-rsize")),
        ..outcome
    }
}

/// What one of the two lacks for its packets to be of use to the other, in words.
pub(super) fn gap(first: Media<'_, '_>, second: Media<'_, '_>) -> Option<String> {
    let sides = [("second", "first", lack(first, second)), ("first", "second", lack(second, first))];
    let (poor, rich, lack) = sides.into_iter().find_map(|(poor, rich, lack)| Some((poor, rich, lack?)))?;
    let of_rich = if rich == "first" { first } else { second };
    let browser = if is_webrtc(of_rich) { ": a browser cannot talk to it without a gateway" } else { "" };
    Some(format!("the {poor} has {lack}, which the {rich} needs{browser}"))
}

/// What `two` lacks that `one` cannot do without.
fn lack(one: Media<'_, '_>, two: Media<'_, '_>) -> Option<&'static str> {
    let (own, other) = (secrecy(one), secrecy(two));
    let fits = own.iter().zip(other).any(|(own, other)| *own && other);
    let lacks_ice = is_webrtc(one) && two.ice_ufrag().is_none();
    match (own[0] && !fits, lacks_ice) {
        (true, true) => Some("no DTLS and no ICE"),
        (true, false) => Some("no DTLS"),
        (false, true) => Some("no ICE"),
        (false, false) => (own[1] && !fits).then_some("no SRTP"),
    }
}

/// Whether its media may go over DTLS, over SRTP with keys in the description, or unprotected. Some offer two of them.
fn secrecy(media: Media<'_, '_>) -> [bool; 3] {
    let is_secure = media
        .line()
        .protocol
        .is_some_and(|protocol| protocol.split('/').any(|part| part.value.starts_with("SAVP")));
    let dtls = speaks_dtls(media);
    let keys = media.section().has("crypto");
    [dtls, keys || (is_secure && !dtls), !is_secure && !media.line().is_dtls()]
}

fn is_webrtc(media: Media<'_, '_>) -> bool {
    speaks_dtls(media) && media.ice_ufrag().is_some()
}

/// The answerer does what both want (RFC 9429 §5.3.1).
fn answer_to(offered: Direction, own: Direction) -> Direction {
    match (offered.receives() && own.sends(), offered.sends() && own.receives()) {
        (true, true) => Direction::Sendrecv,
        (true, false) => Direction::Sendonly,
        (false, true) => Direction::Recvonly,
        (false, false) => Direction::Inactive,
    }
}

/// The codecs of both, in the order and with the numbers of the offer (RFC 3264 §6.1).
fn shared(media: Media<'_, '_>, own: Media<'_, '_>) -> Vec<CodecOutcome> {
    let shared = media.codecs().iter().filter_map(|offered| {
        let known = own.codecs().iter().find(|known| is_same(offered, media, known, own))?;
        let mut outcome = common(offered, media, known, own);
        outcome.repeats = offered.is("rtx").then(|| offered.associated().map(|apt| apt.value)).flatten();
        outcome.second_payload_type = Some(known.payload_type.value);
        outcome.answer_payload_type = outcome.offer_payload_type;
        outcome.channels = offered.channels();
        outcome.reading = offered.reading();
        Some(outcome)
    });
    shared.collect()
}

/// Numbers are of no account: what repeats a codec repeats the same one.
fn is_same(one: &Codec<'_>, of_one: Media<'_, '_>, two: &Codec<'_>, of_two: Media<'_, '_>) -> bool {
    let named = one.name().is_some() && is_same_encoding(one, two) && is_same_configuration(one, two);
    if !named || !one.is("rtx") {
        return named;
    }
    let repeated = |codec: &Codec<'_>, media: Media<'_, '_>| {
        let apt = codec.associated()?.value;
        media.codecs().iter().position(|other| other.payload_type.value == apt)
    };
    match (repeated(one, of_one), repeated(two, of_two)) {
        (Some(first), Some(second)) => {
            let (first, second) = (&of_one.codecs()[first], &of_two.codecs()[second]);
            !first.is("rtx") && is_same_encoding(first, second) && is_same_configuration(first, second)
        }
        _ => false,
    }
}

/// The groups that are offered, without what is rejected; one transport for each other m-line.
pub(super) fn transports(
    offer: &Session<'_>,
    other: &Session<'_>,
    outcomes: &mut [MediaOutcome],
) -> Vec<TransportFacts> {
    let bundles = other.head().groups().any(|group| group.is_bundle());
    let can_mux = other.media().any(|media| media.line().is_rtp() && media.counts("rtcp-mux"));
    let mut transports: Vec<TransportFacts> = Vec::new();
    let mut places: HashMap<usize, usize> = HashMap::new();
    for outcome in outcomes.iter_mut().filter(|outcome| outcome.state == State::Agreed) {
        let Some(media) = offer.media_at(outcome.index) else { continue };
        let group = media.bundle().map(|group| group.semantics.span.start).filter(|_| bundles);
        let place = match group.and_then(|group| places.get(&group).copied()) {
            Some(place) => place,
            None => {
                let setup = media.setup().map(|(setup, _)| setup.value);
                let answer = match setup {
                    Some(Setup::Active) => Setup::Passive,
                    Some(Setup::Holdconn) => Setup::Holdconn,
                    _ => Setup::Active,
                };
                let is_lite = |session: &Session<'_>| session.head().has("ice-lite");
                transports.push(TransportFacts {
                    m_lines: Vec::new(),
                    mids: Vec::new(),
                    bundled: group.is_some(),
                    dtls: speaks_dtls(media).then(|| dtls(setup, Some(answer))),
                    ice: media.ice_ufrag().map(|_| ice(is_lite(offer), is_lite(other))),
                    rtcp_mux: None,
                });
                transports.len() - 1
            }
        };
        if let Some(group) = group {
            places.insert(group, place);
        }
        let transport = &mut transports[place];
        transport.m_lines.push(outcome.index);
        transport.mids.extend(outcome.mid.clone());
        if media.line().is_rtp() {
            transport.rtcp_mux =
                Some(transport.rtcp_mux.unwrap_or(true) && can_mux && media.counts("rtcp-mux"));
        }
        outcome.transport = Some(place);
    }
    transports
}
