//! From an offer and its answer to what they agree on.

use std::collections::{HashMap, HashSet};

use super::facts::*;
use crate::sdp::attribute::{RtcpFb, Setup, Streams};
use crate::sdp::codec::Codec;
use crate::sdp::pairing::{Counterpart, MediaPair, levels};
use crate::sdp::session::{Media, Session};

/// What counts where `max-message-size` is absent (RFC 8841 §6).
const MESSAGE_SIZE: u64 = 65_536;

/// Every m-line of both.
pub(super) fn media(offer: &Session<'_>, answer: &Session<'_>) -> Vec<MediaOutcome> {
    let count = offer.media().len().max(answer.media().len());
    let one = |index| match (offer.media_at(index), answer.media_at(index)) {
        (Some(first), Some(second)) => pair(offer, answer, MediaPair { offer: first, answer: second }),
        (Some(only), None) => alone(only, State::Unanswered),
        (_, Some(only)) => alone(only, State::NotOffered),
        (None, None) => unreachable!("an index below the longer of the two"),
    };
    (0..count).map(one).collect()
}

/// An m-line that comes to nothing.
pub(super) fn alone(media: Media<'_, '_>, state: State) -> MediaOutcome {
    MediaOutcome {
        index: media.index(),
        kind: media.line().kind.value.to_owned(),
        mid: media.mid().map(|mid| mid.value.to_owned()),
        state,
        transport: None,
        proto: media.line().protocol.map(|protocol| protocol.value.to_owned()),
        direction: None,
        offer_direction: None,
        answer_direction: None,
        offerer_sends: false,
        answerer_sends: false,
        codecs: Vec::new(),
        extmaps: Vec::new(),
        codecs_not_taken: Vec::new(),
        extmaps_not_taken: Vec::new(),
        rtcp_rsize: None,
        simulcast: None,
        sctp: None,
    }
}

fn pair(offer: &Session<'_>, answer: &Session<'_>, media: MediaPair<'_, '_>) -> MediaOutcome {
    let state = if !media.is_of_one_kind() {
        State::OtherKind
    } else if media.offer.is_rejected() {
        State::RejectedByOffer
    } else if media.answer.is_rejected() {
        State::RejectedByAnswer
    } else {
        State::Agreed
    };
    let outcome = alone(media.offer, state);
    if state != State::Agreed {
        return outcome;
    }
    let proto = media.answer.line().protocol.map(|protocol| protocol.value.to_owned());
    let outcome = MediaOutcome { proto, sctp: sctp(media), ..outcome };
    if !media.is_live_rtp() {
        return outcome;
    }
    let codecs: Vec<CodecOutcome> =
        media.answer.codecs().iter().filter_map(|own| codec(media, own)).collect();
    let has_media = codecs.iter().any(|codec| !codec.auxiliary);
    let wants_media = media.offer.codecs().iter().any(|codec| !codec.is_auxiliary());
    let [offered, answered] = [media.offer, media.answer].map(Media::direction);
    MediaOutcome {
        state: if wants_media && !has_media { State::NothingInCommon } else { State::Agreed },
        direction: Some(answered.as_str()),
        offer_direction: Some(offered.as_str()),
        answer_direction: Some(answered.as_str()),
        offerer_sends: media.offerer_sends() && !codecs.is_empty(),
        answerer_sends: media.answerer_sends() && !codecs.is_empty(),
        codecs,
        extmaps: extmaps(offer, answer, media),
        rtcp_rsize: Some(media.offer.counts("rtcp-rsize") && media.answer.counts("rtcp-rsize")),
        simulcast: simulcast(media),
        ..outcome
    }
}

fn codec(media: MediaPair<'_, '_>, own: &Codec<'_>) -> Option<CodecOutcome> {
    let offered = match media.counterpart(own) {
        Counterpart::Same(offered) | Counterpart::Remapped(offered) => offered,
        Counterpart::OtherCodec { same, .. } => same?,
        Counterpart::NotOffered => return None,
    };
    Some(common(offered, media.offer, own, media.answer))
}

/// A codec of both.
pub(super) fn common(
    offered: &Codec<'_>,
    of_offer: Media<'_, '_>,
    own: &Codec<'_>,
    of_answer: Media<'_, '_>,
) -> CodecOutcome {
    let fmtp = |codec: &Codec<'_>| {
        let all: Vec<&str> = codec.fmtps.iter().map(|fmtp| fmtp.parameters.value).collect();
        (!all.is_empty()).then(|| all.join(";"))
    };
    CodecOutcome {
        offer_payload_type: offered.payload_type.value,
        answer_payload_type: own.payload_type.value,
        second_payload_type: None,
        name: own.name().or(offered.name()).map(str::to_owned),
        clock_rate: own.clock_rate().or(offered.clock_rate()),
        channels: own.channels().or(offered.channels()),
        auxiliary: own.is_auxiliary(),
        repeats: own.is("rtx").then(|| own.associated().map(|apt| apt.value)).flatten(),
        offer_fmtp: fmtp(offered),
        answer_fmtp: fmtp(own),
        reading: own.reading(),
        feedback: feedback(offered, of_offer, own, of_answer),
    }
}

/// What both name, in the answer's order, for the payload type or for all.
fn feedback(
    offered: &Codec<'_>,
    of_offer: Media<'_, '_>,
    own: &Codec<'_>,
    of_answer: Media<'_, '_>,
) -> Vec<String> {
    let words = |feedback: &RtcpFb<'_>| {
        feedback.feedback.words().map(|word| word.value.to_owned()).collect::<Vec<_>>().join(" ")
    };
    let mut first: HashSet<String> =
        offered.feedback.iter().chain(of_offer.section().feedback_for_all()).map(words).collect();
    let second = own.feedback.iter().chain(of_answer.section().feedback_for_all()).map(words);
    // Each once: what was taken is gone.
    second.filter(|feedback| first.remove(feedback)).collect()
}

fn extmaps(offer: &Session<'_>, answer: &Session<'_>, media: MediaPair<'_, '_>) -> Vec<ExtmapOutcome> {
    // The first number of each extension, and all of them.
    let (mut first, mut all) = (HashMap::new(), HashSet::new());
    for offered in levels(offer, media.offer).iter().flat_map(|section| section.extmaps()) {
        first.entry(offered.what()).or_insert(offered.id.value);
        all.insert((offered.what(), offered.id.value));
    }
    let answered = levels(answer, media.answer);
    let both = answered.iter().flat_map(|section| section.extmaps()).filter_map(|own| {
        let first = *first.get(&own.what())?;
        let is_same = all.contains(&(own.what(), own.id.value));
        Some(ExtmapOutcome {
            id: own.id.value,
            offer_id: if is_same { own.id.value } else { first },
            uri: own.uri.value.to_owned(),
            name: own.name(),
        })
    });
    both.collect()
}

fn simulcast(media: MediaPair<'_, '_>) -> Option<SimulcastOutcome> {
    let offered = media.offer.section().simulcast()?;
    let answered = media.answer.section().simulcast();
    let (mut outcome, answer) = (SimulcastOutcome::default(), answered);
    if let Some(send) = offered.send.as_ref().filter(|_| media.offerer_sends()) {
        (outcome.offerer_sends, outcome.not_taken) =
            split(send, answer.and_then(|answer| answer.recv.as_ref()));
    }
    if let Some(recv) = offered.recv.as_ref().filter(|_| media.answerer_sends()) {
        let send = answer.and_then(|answer| answer.send.as_ref());
        outcome.answerer_sends = send.map(|send| split(send, Some(recv)).0).unwrap_or_default();
    }
    Some(outcome)
}

/// Of the streams that one side would send, those that the other takes, and the rest.
fn split(send: &Streams<'_>, recv: Option<&Streams<'_>>) -> (Vec<String>, Vec<String>) {
    let received: HashSet<&str> =
        recv.into_iter().flat_map(Streams::rids).map(|stream| stream.rid.value).collect();
    let (mut taken, mut rest) = (Vec::new(), Vec::new());
    for alternatives in &send.streams {
        let names = alternatives.iter().map(|stream| stream.rid.value);
        let fitting: Vec<&str> = names.clone().filter(|rid| received.contains(rid)).collect();
        match fitting.is_empty() {
            true => rest.push(names.collect::<Vec<_>>().join(",")),
            false => taken.push(fitting.join(",")),
        }
    }
    (taken, rest)
}

fn sctp(media: MediaPair<'_, '_>) -> Option<SctpOutcome> {
    if !media.offer.line().is_data_channel() || !media.answer.line().is_data_channel() {
        return None;
    }
    let port = |media: Media<'_, '_>| {
        let section = media.section();
        let legacy = || section.sctpmap().map(|map| map.port.value);
        section.sctp_port().map(|port| port.value).or_else(legacy)
    };
    let size =
        |media: Media<'_, '_>| media.section().max_message_size().map_or(MESSAGE_SIZE, |size| size.value);
    Some(SctpOutcome {
        offer_port: port(media.offer),
        answer_port: port(media.answer),
        offerer_max_message_size: size(media.answer),
        answerer_max_message_size: size(media.offer),
    })
}

/// The transports that are left, and for each m-line which one it has.
pub(super) fn transports(
    offer: &Session<'_>,
    answer: &Session<'_>,
    outcomes: &mut [MediaOutcome],
) -> Vec<TransportFacts> {
    let mut transports: Vec<TransportFacts> = Vec::new();
    let mut places = HashMap::new();
    for outcome in
        outcomes.iter_mut().filter(|one| matches!(one.state, State::Agreed | State::NothingInCommon))
    {
        let (Some(first), Some(second)) = (offer.media_at(outcome.index), answer.media_at(outcome.index))
        else {
            continue;
        };
        let group = |media: Media<'_, '_>| media.bundle().map(|group| group.semantics.span.start);
        let key = group(first).zip(group(second));
        let place = match key.and_then(|key| places.get(&key).copied()) {
            Some(place) => place,
            None => {
                let tag =
                    second.bundle_tag().filter(|tag| key.is_some() && !tag.is_rejected()).unwrap_or(second);
                let of_offer = offer.media_at(tag.index()).unwrap_or(first);
                transports.push(transport(offer, answer, of_offer, tag, key.is_some()));
                transports.len() - 1
            }
        };
        if let Some(key) = key {
            places.insert(key, place);
        }
        let transport = &mut transports[place];
        transport.m_lines.push(outcome.index);
        transport.mids.extend(outcome.mid.clone());
        if first.line().is_rtp() && second.line().is_rtp() {
            let is_muxed = first.counts("rtcp-mux") && second.counts("rtcp-mux");
            transport.rtcp_mux = Some(transport.rtcp_mux.unwrap_or(true) && is_muxed);
        }
        outcome.transport = Some(place);
    }
    transports
}

fn transport(
    offer: &Session<'_>,
    answer: &Session<'_>,
    first: Media<'_, '_>,
    second: Media<'_, '_>,
    bundled: bool,
) -> TransportFacts {
    let [offered, answered] = [first, second].map(|media| media.setup().map(|(setup, _)| setup.value));
    let is_dtls = speaks_dtls(first) && speaks_dtls(second);
    let speaks_ice = first.ice_ufrag().is_some() && second.ice_ufrag().is_some();
    let is_lite = |session: &Session<'_>| session.head().has("ice-lite");
    TransportFacts {
        m_lines: Vec::new(),
        mids: Vec::new(),
        bundled,
        dtls: is_dtls.then(|| dtls(offered, answered)),
        ice: speaks_ice.then(|| ice(is_lite(offer), is_lite(answer))),
        rtcp_mux: None,
    }
}

/// By the name of its transport, or by a fingerprint: old browsers wrote `RTP/SAVPF` for both DTLS and SDES.
pub(super) fn speaks_dtls(media: Media<'_, '_>) -> bool {
    media.line().is_dtls() || media.fingerprints().is_some()
}

/// RFC 4145 §4.1: which answer fits which offer.
pub(super) fn dtls(offer: Option<Setup>, answer: Option<Setup>) -> DtlsFacts {
    let roles = match (offer, answer) {
        (Some(Setup::Actpass | Setup::Passive), Some(Setup::Active)) => Some(("answerer", "offerer")),
        (Some(Setup::Actpass | Setup::Active), Some(Setup::Passive)) => Some(("offerer", "answerer")),
        _ => None,
    };
    DtlsFacts {
        client: roles.map(|(client, _)| client),
        server: roles.map(|(_, server)| server),
        offer_setup: offer.map(Setup::as_str),
        answer_setup: answer.map(Setup::as_str),
    }
}

/// RFC 8445 §6.1.1: who is lite is controlled; otherwise the offerer controls.
pub(super) fn ice(offerer_lite: bool, answerer_lite: bool) -> IceFacts {
    let controlling = if offerer_lite && !answerer_lite { "answerer" } else { "offerer" };
    IceFacts { controlling, offerer_lite, answerer_lite }
}
