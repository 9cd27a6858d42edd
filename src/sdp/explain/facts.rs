//! What there is to say of a description, as the JSON has it: `null` for what it does not say.

use serde::Serialize;

use super::AnnotatedLine;
use crate::sdp::Writer;

/// One description.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct SessionFacts {
    /// Which one of all inputs together, counted from 1.
    pub number: usize,
    /// Where it came from.
    pub source: String,
    /// The line of the input that it begins in; `null` where it stands in none, as behind base64.
    pub first_line: Option<usize>,
    /// `offer`, `answer`, `pranswer`; as what it was given, or what its `setup` says. `sdpfrag` is a part of one, as
    /// trickle ICE sends it (RFC 8840 §9).
    #[serde(rename = "type")]
    pub kind: Option<&'static str>,
    /// How that is known.
    pub type_from: Option<TypeFacts>,
    /// Who wrote it.
    pub writer: Writer,
    /// `o=`.
    pub origin: Option<OriginFacts>,
    /// `s=`.
    pub name: Option<String>,
    /// The mids of each BUNDLE group.
    pub bundle_groups: Vec<Vec<String>>,
    /// Whether this side only answers connectivity checks.
    pub ice_lite: bool,
    /// The m-lines, in order.
    pub media: Vec<MediaFacts>,
    /// How many values and lines cannot be read.
    pub problem_count: usize,
    /// The first thousand of them, or a few more.
    pub problems: Vec<ProblemFacts>,
    /// Where a strict parser stops; `null` if it takes all.
    pub strict: Option<StrictFacts>,
    /// Bytes.
    pub bytes: usize,
    /// Every line with what it means; only where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lines: Option<Vec<AnnotatedLine>>,
    /// The same for a picture; empty where none is drawn.
    #[serde(skip)]
    pub drawn: Vec<AnnotatedLine>,
}

/// How the type is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum TypeFacts {
    /// The input says so.
    Input,
    /// `a=setup` says so: `actpass` is for offers, `active` and `passive` for answers (RFC 8842 §5).
    Setup,
}

/// `o=`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct OriginFacts {
    /// A user name, or `-`.
    pub username: String,
    /// The same in every version.
    pub session_id: String,
    /// Higher in every version.
    pub session_version: String,
    /// `IP4` or `IP6`.
    pub address_type: String,
    /// An address or a name.
    pub address: String,
}

/// One m-line with its section, and what it inherits.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct MediaFacts {
    /// Counted from 0.
    pub index: usize,
    /// The line of `m=`, counted from 1.
    pub line: u32,
    /// `audio`, `video`, `application`, …
    pub kind: String,
    /// 0 for a rejected or stopped one.
    pub port: Option<u16>,
    /// `UDP/TLS/RTP/SAVPF`, …
    pub proto: Option<String>,
    /// Its name.
    pub mid: Option<String>,
    /// Whether its port is 0, and neither `bundle-only` nor RTSP explains that.
    pub rejected: bool,
    /// Whether RTSP sets it up, which chooses the port.
    pub rtsp: bool,
    /// Whether it is used as part of its BUNDLE group only.
    pub bundle_only: bool,
    /// `sendrecv`, `sendonly`, `recvonly`, `inactive`; `null` where media has no direction, as in data channels.
    pub direction: Option<&'static str>,
    /// `actpass`, `active`, `passive`, `holdconn`.
    pub setup: Option<&'static str>,
    /// The certificates' hashes.
    pub fingerprints: Vec<FingerprintFacts>,
    /// The name of this side in connectivity checks.
    pub ice_ufrag: Option<String>,
    /// Whether candidates may follow.
    pub trickle: bool,
    /// Whether there will be no more candidates.
    pub end_of_candidates: bool,
    /// Whether RTCP shares the port.
    pub rtcp_mux: bool,
    /// Whether RTCP packets may be short.
    pub rtcp_rsize: bool,
    /// Whether SRTP keys stand in the description.
    pub sdes: bool,
    /// `c=`, where it says more than that ICE will tell.
    pub connection: Option<String>,
    /// `b=`.
    pub bandwidth: Vec<BandwidthFacts>,
    /// In order of preference.
    pub codecs: Vec<CodecFacts>,
    /// Formats that are neither payload types nor of data channels.
    pub formats: Vec<String>,
    /// RTP header extensions.
    pub extmaps: Vec<ExtmapFacts>,
    /// Where this side can be reached.
    pub candidates: Vec<CandidateFacts>,
    /// `stream track` of each `msid`.
    pub msids: Vec<String>,
    /// What is sent.
    pub ssrcs: Vec<SsrcFacts>,
    /// Streams with names.
    pub rids: Vec<RidFacts>,
    /// Encodings sent or taken at once.
    pub simulcast: Option<SimulcastFacts>,
    /// Data channels.
    pub sctp: Option<SctpFacts>,
}

/// A payload type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct CodecFacts {
    /// Its number.
    pub payload_type: u8,
    /// The codec; `null` for a number that nothing explains.
    pub name: Option<String>,
    /// Hz.
    pub clock_rate: Option<u32>,
    /// Where they are said.
    pub channels: Option<u16>,
    /// Its parameters as written.
    pub fmtp: Option<String>,
    /// The same in words; empty where there are none.
    pub reading: String,
    /// Feedback that may be sent about it.
    pub feedback: Vec<String>,
}

/// A certificate's hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct FingerprintFacts {
    /// The hash function.
    pub hash: String,
    /// The bytes.
    pub value: String,
}

/// `b=`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct BandwidthFacts {
    /// `AS`, `TIAS`, …
    #[serde(rename = "type")]
    pub kind: String,
    /// In bit/s; `null` where the unit is not known.
    pub bps: Option<u64>,
}

/// An RTP header extension.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct ExtmapFacts {
    /// Its number.
    pub id: u16,
    /// What it is.
    pub uri: String,
    /// What it is called, where that is known.
    pub name: Option<&'static str>,
    /// Where it is restricted.
    pub direction: Option<&'static str>,
    /// Whether it is encrypted.
    pub encrypted: bool,
}

/// An ICE candidate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct CandidateFacts {
    /// `host`, `srflx`, `prflx`, `relay`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Equal for candidates that live or die together.
    pub foundation: String,
    /// 1 for RTP or everything bundled, 2 for RTCP.
    pub component: u16,
    /// In lower case.
    pub protocol: String,
    /// Its rank.
    pub priority: u32,
    /// An address, or a name.
    pub address: String,
    /// The port.
    pub port: u16,
    /// `active`, `passive`, `so`.
    pub tcp_type: Option<String>,
    /// `raddr`.
    pub related_address: Option<String>,
    /// `rport`.
    pub related_port: Option<u16>,
    /// Whether a browser hides the address behind a name.
    pub mdns: bool,
}

/// A candidate that stands in no description, or the word that there are no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct LoneCandidateFacts {
    /// Where it came from.
    pub source: String,
    /// The line of the input.
    pub line: Option<usize>,
    /// The section that it is for.
    pub mid: Option<String>,
    /// The same by number, counted from 0.
    pub m_line: Option<u32>,
    /// The generation of credentials that it is for.
    pub ufrag: Option<String>,
    /// As written; `null` for the end of candidates.
    pub text: Option<String>,
    /// What it says; no keys at all where it cannot be read.
    #[serde(flatten)]
    pub candidate: Option<CandidateFacts>,
}

/// A source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct SsrcFacts {
    /// Its number.
    pub id: u32,
    /// The name that all sources of one peer share.
    pub cname: Option<String>,
    /// `stream track`, where it stands here.
    pub msid: Option<String>,
    /// What it repeats or protects: the first of its group.
    pub repairs: Option<u32>,
}

/// A stream with a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct RidFacts {
    /// The name.
    pub id: String,
    /// `send` or `recv`.
    pub direction: &'static str,
    /// The payload types that it is restricted to.
    pub formats: Vec<String>,
    /// Its limits, as written.
    pub restrictions: Vec<String>,
}

/// Encodings at once; those that begin paused have `~` before them, alternatives `,` between them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct SimulcastFacts {
    /// What is sent from here.
    pub send: Vec<String>,
    /// What is taken here.
    pub recv: Vec<String>,
}

/// Data channels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct SctpFacts {
    /// The SCTP port.
    pub port: Option<u16>,
    /// Bytes; 0 for any size; absent means 65536 (RFC 8841 §6).
    pub max_message_size: Option<u64>,
    /// Whether it is written as in drafts (`sctpmap`).
    pub legacy: bool,
}

/// A value that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct ProblemFacts {
    /// Counted from 1.
    pub line: u32,
    /// Characters, counted from 1.
    pub column: usize,
    /// Characters; 0 where something is missing.
    pub length: usize,
    /// Which m-line, counted from 0; `null` at the session level.
    pub m_line: Option<usize>,
    /// What is wrong.
    pub message: String,
}

/// Where a strict parser stops.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct StrictFacts {
    /// Counted from 1.
    pub line: u32,
    /// Why.
    pub reason: &'static str,
}
