//! From a [`Session`] to its facts.

use std::collections::HashMap;

use super::facts::*;
use super::lines;
use crate::sdp::attribute::{Candidate, RidDirection, Setup, Streams};
use crate::sdp::codec::Codec;
use crate::sdp::session::{Media, Section, Session};
use crate::sdp::text::{Oddity, Text};
use crate::sdp::{Problem, source, strict, writer};

/// A description, and what its input says of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Given {
    /// Which one of all.
    pub number: usize,
    /// Where it came from.
    pub source: String,
    /// The line of the input that it begins in.
    pub first_line: Option<usize>,
    /// As what it was given: `offer`, `answer`, `pranswer`, `sdpfrag`.
    pub kind: Option<&'static str>,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Whether a picture of it is drawn.
    pub drawn: bool,
}

impl SessionFacts {
    /// Reads a description; `None` if no line of it can be one of SDP. `with_lines` annotates every line.
    pub fn of(given: &Given, with_lines: bool) -> Option<Self> {
        let text = Text::from_bytes(&given.bytes);
        if !is_sdp(&text) {
            return None;
        }
        let session = Session::from_text(&text);
        let head = session.head();
        let by_setup = || type_by_setup(&session).map(|kind| (kind, TypeFacts::Setup));
        let kind = given.kind.map(|kind| (kind, TypeFacts::Input)).or_else(by_setup);
        let is_fragment = given.kind == Some(FRAGMENT);
        let mut media: Vec<MediaFacts> = session.media().map(|media| self::media(&session, media)).collect();
        if is_fragment {
            media.iter_mut().for_each(only_ice);
        }
        Some(Self {
            number: given.number,
            source: given.source.clone(),
            first_line: given.first_line,
            kind: kind.map(|(kind, _)| kind),
            type_from: kind.map(|(_, from)| from),
            writer: writer::guess(&session),
            origin: head.origin.map(|origin| OriginFacts {
                username: origin.username.value.to_owned(),
                session_id: origin.session_id.value.to_owned(),
                session_version: origin.session_version.value.to_owned(),
                address_type: origin.address_type.value.to_owned(),
                address: origin.address.value.to_owned(),
            }),
            name: head.name.map(|name| name.value.to_owned()),
            bundle_groups: bundle_groups(head),
            ice_lite: session.sections().any(|section| section.has("ice-lite")),
            media,
            problem_count: problem_count(&session),
            problems: problems(&session),
            strict: strict::refusal(&text).filter(|_| !is_fragment).map(|refusal| StrictFacts {
                line: text.lines().get(refusal.line).map_or(1, |line| line.number),
                reason: refusal.reason.phrase(),
            }),
            bytes: given.bytes.len(),
            lines: with_lines.then(|| lines::annotated(&session)),
            drawn: if given.drawn { lines::annotated(&session) } else { Vec::new() },
        })
    }
}

/// What trickle ICE sends.
pub(super) const FRAGMENT: &str = "sdpfrag";

/// The m-line of a fragment only says which section is meant (RFC 8840 §9).
fn only_ice(media: &mut MediaFacts) {
    media.port = None;
    media.direction = None;
    media.connection = None;
    media.codecs.clear();
    media.formats.clear();
}

/// Whether it is a description, perhaps a broken one, and not something else with a line like that in it.
fn is_sdp(text: &Text<'_>) -> bool {
    let filled = text.lines().iter().filter(|line| !line.is_blank()).count();
    let typed = text.lines().iter().filter(|line| line.kind.is_some_and(|kind| KINDS.contains(kind))).count();
    typed > 0 && typed * 2 >= filled
}

/// The types of RFC 8866 §5, and two that GB/T 28181 adds.
const KINDS: &str = "vosiuepcbtrzkamyf";

/// An offer leaves the choice of roles open, an answer makes it.
fn type_by_setup(session: &Session<'_>) -> Option<&'static str> {
    let setup = session.sections().find_map(Section::setup)?;
    match setup.value {
        Setup::Actpass => Some("offer"),
        Setup::Active | Setup::Passive => Some("answer"),
        Setup::Holdconn => None,
    }
}

fn bundle_groups(head: &Section<'_>) -> Vec<Vec<String>> {
    let bundles = head.groups().filter(|group| group.is_bundle());
    bundles.map(|group| group.mids.iter().map(|mid| mid.value.to_owned()).collect()).collect()
}

fn media(session: &Session<'_>, media: Media<'_, '_>) -> MediaFacts {
    let (section, line) = (media.section(), media.line());
    let head = session.head();
    let speaks_rtp = line.is_rtp();
    let connection = section.connections.first().or(head.connections.first());
    let bandwidths = section.bandwidths.iter();
    let either = |name: &str| section.has(name) || head.has(name);
    let sctp = line.is_data_channel().then(|| SctpFacts {
        port: section
            .sctp_port()
            .map(|port| port.value)
            .or_else(|| section.sctpmap().map(|map| map.port.value)),
        max_message_size: section.max_message_size().map(|size| size.value),
        legacy: section.sctpmap().is_some(),
    });
    MediaFacts {
        index: media.index(),
        line: session.text().lines()[section.lines.start].number,
        kind: line.kind.value.to_owned(),
        port: line.port.map(|port| port.value),
        proto: line.protocol.map(|protocol| protocol.value.to_owned()),
        mid: media.mid().map(|mid| mid.value.to_owned()),
        rejected: media.is_rejected(),
        rtsp: media.is_rtsp(),
        bundle_only: section.has("bundle-only"),
        direction: (speaks_rtp || section.direction().is_some()).then(|| media.direction().as_str()),
        setup: media.setup().map(|(setup, _)| setup.as_str()),
        fingerprints: fingerprints(media),
        ice_ufrag: media.ice_ufrag().map(|(ufrag, _)| ufrag.value.to_owned()),
        trickle: media.trickles(),
        end_of_candidates: either("end-of-candidates"),
        rtcp_mux: section.has("rtcp-mux"),
        rtcp_rsize: section.has("rtcp-rsize"),
        sdes: section.has("crypto") || head.has("crypto"),
        connection: connection.map(|connection| connection.address.value.to_owned()),
        bandwidth: bandwidths
            .map(|b| BandwidthFacts { kind: b.kind.value.to_owned(), bps: b.bits_per_second() })
            .collect(),
        codecs: section.codecs.iter().map(|codec| self::codec(section, codec)).collect(),
        formats: match speaks_rtp || line.is_data_channel() {
            true => Vec::new(),
            false => line.formats.iter().map(|format| format.value.to_owned()).collect(),
        },
        extmaps: extmaps(section),
        candidates: section.candidates().map(candidate).collect(),
        msids: section
            .msids()
            .map(|msid| match msid.track {
                Some(track) => format!("{} {track}", msid.stream),
                None => msid.stream.value.to_owned(),
            })
            .collect(),
        ssrcs: ssrcs(section),
        rids: rids(section),
        simulcast: section.simulcast().map(|simulcast| SimulcastFacts {
            send: streams(simulcast.streams(RidDirection::Send)),
            recv: streams(simulcast.streams(RidDirection::Recv)),
        }),
        sctp,
    }
}

fn codec(section: &Section<'_>, codec: &Codec<'_>) -> CodecFacts {
    let fmtps: Vec<&str> = codec.fmtps.iter().map(|fmtp| fmtp.parameters.value).collect();
    // Retransmissions and the like have no feedback of their own; `*` means the codecs.
    let for_all = section.feedback_for_all().filter(|_| !codec.is_auxiliary()).take(MOST_FEEDBACK);
    CodecFacts {
        payload_type: codec.payload_type.value,
        name: codec.name().map(str::to_owned),
        clock_rate: codec.clock_rate(),
        channels: codec.channels(),
        fmtp: (!fmtps.is_empty()).then(|| fmtps.join(";")),
        reading: codec.reading(),
        feedback: codec.feedback.iter().chain(for_all).map(|f| f.feedback.value.to_owned()).collect(),
    }
}

/// More `rtcp-fb:*` lines than this are no description, and each would be told once a codec.
const MOST_FEEDBACK: usize = 64;

fn fingerprints(media: Media<'_, '_>) -> Vec<FingerprintFacts> {
    let Some((section, _)) = media.fingerprints() else { return Vec::new() };
    let facts = section.fingerprints().map(|fingerprint| FingerprintFacts {
        hash: fingerprint.hash.value.to_owned(),
        value: fingerprint.value.value.to_owned(),
    });
    facts.take(MOST_FEEDBACK).collect()
}

fn extmaps(section: &Section<'_>) -> Vec<ExtmapFacts> {
    let facts = section.extmaps().map(|extmap| ExtmapFacts {
        id: extmap.id.value,
        uri: extmap.uri.value.to_owned(),
        name: extmap.name(),
        direction: extmap.direction.map(|direction| direction.as_str()),
        encrypted: extmap.encrypted,
    });
    facts.collect()
}

impl LoneCandidateFacts {
    /// What a candidate of this input says.
    pub fn of(source: &str, lone: &source::Candidate) -> Self {
        Self {
            source: source.to_owned(),
            line: lone.place.map(|place| place.line),
            mid: lone.mid.clone(),
            m_line: lone.m_line,
            ufrag: lone.ufrag.clone(),
            text: lone.line.clone(),
            candidate: lone.line.as_deref().and_then(CandidateFacts::of_line),
        }
    }
}

impl CandidateFacts {
    /// Reads `candidate:…` by itself; `None` if it cannot be read.
    pub fn of_line(line: &str) -> Option<Self> {
        Candidate::from_text(line).ok().map(|read| candidate(&read))
    }
}

fn candidate(candidate: &Candidate<'_>) -> CandidateFacts {
    CandidateFacts {
        kind: candidate.kind.value.to_owned(),
        foundation: candidate.foundation.value.to_owned(),
        component: candidate.component.value,
        protocol: candidate.transport.to_ascii_lowercase(),
        priority: candidate.priority.value,
        address: candidate.address.value.to_owned(),
        port: candidate.port.value,
        tcp_type: candidate.tcp_type().map(|word| word.value.to_owned()),
        related_address: candidate.related_address.map(|word| word.value.to_owned()),
        related_port: candidate.related_port.map(|port| port.value),
        mdns: candidate.is_mdns(),
    }
}

/// Each source once, in order of first mention.
fn ssrcs(section: &Section<'_>) -> Vec<SsrcFacts> {
    let mut facts: Vec<SsrcFacts> = Vec::new();
    let mut places: HashMap<u32, usize> = HashMap::new();
    for ssrc in section.ssrcs() {
        let place = *places.entry(ssrc.id.value).or_insert_with(|| {
            facts.push(SsrcFacts { id: ssrc.id.value, cname: None, msid: None, repairs: None });
            facts.len() - 1
        });
        let said = ssrc.value.map(|value| value.value.to_owned());
        match ssrc.attribute.value {
            "cname" => facts[place].cname = said,
            "msid" => facts[place].msid = said,
            _ => {}
        }
    }
    for group in section.ssrc_groups().filter(|group| group.semantics.value.starts_with('F')) {
        let [first, others @ ..] = &group.ssrcs[..] else { continue };
        for other in others {
            if let Some(&place) = places.get(&other.value) {
                facts[place].repairs = Some(first.value);
            }
        }
    }
    facts
}

fn rids(section: &Section<'_>) -> Vec<RidFacts> {
    let facts = section.rids().map(|rid| RidFacts {
        id: rid.id.value.to_owned(),
        direction: rid.direction.as_str(),
        formats: rid.formats.iter().map(|format| format.value.to_owned()).collect(),
        restrictions: rid
            .restrictions
            .iter()
            .map(|limit| match limit.value {
                Some(value) => format!("{}={value}", limit.name),
                None => limit.name.value.to_owned(),
            })
            .collect(),
    });
    facts.collect()
}

fn streams(streams: Option<&Streams<'_>>) -> Vec<String> {
    let Some(streams) = streams else { return Vec::new() };
    let one = |alternatives: &Vec<crate::sdp::attribute::Alternative<'_>>| {
        let written = alternatives.iter().map(|a| format!("{}{}", if a.paused { "~" } else { "" }, a.rid));
        written.collect::<Vec<_>>().join(",")
    };
    streams.streams.iter().map(one).collect()
}

/// More than this are no description, and help nobody.
const MOST_PROBLEMS: usize = 1000;

fn problem_count(session: &Session<'_>) -> usize {
    let odd = session.text().lines().iter().filter(|line| line.oddity == Some(Oddity::NoType));
    session.problems().len() + odd.count()
}

/// Values that cannot be read, and lines that are none of SDP, in order.
fn problems(session: &Session<'_>) -> Vec<ProblemFacts> {
    let text = session.text();
    let fact = |span, message: String| {
        let place = text.place(span);
        let m_line = session.media_index_at(span.start);
        ProblemFacts { line: place.line, column: place.column, length: place.length, m_line, message }
    };
    let values = session
        .problems()
        .iter()
        .take(MOST_PROBLEMS)
        .map(|problem: &Problem| fact(problem.span, problem.to_string()));
    // A blank line and a bare space do no harm that one should be told of here.
    let odd = text.lines().iter().filter(|line| line.oddity == Some(Oddity::NoType));
    let odd = odd.take(MOST_PROBLEMS);
    let lines = odd.map(|line| fact(line.span, format!("the line {}", Oddity::NoType.phrase())));
    let mut all: Vec<ProblemFacts> = values.chain(lines).collect();
    all.sort_by_key(|problem| (problem.line, problem.column));
    all
}
