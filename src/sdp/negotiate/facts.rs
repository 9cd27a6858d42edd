//! What two descriptions agree on, as the JSON has it: `null` for what they do not say.

use serde::Serialize;

use crate::finding::Confidence;

/// One of the two descriptions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct SideFacts {
    /// The file, or `standard input`.
    pub source: String,
    /// Where in it; absent where the file is the description.
    #[serde(rename = "in", skip_serializing_if = "String::is_empty")]
    pub label: String,
    /// `offer`, `answer`, `pranswer`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Who wrote it, as far as that shows.
    pub writer: String,
    /// How many m-lines it has.
    pub m_lines: usize,
    /// Whether it only answers connectivity checks.
    pub ice_lite: bool,
}

/// That libwebrtc, in Chrome, Edge, Safari and many applications, would not take a description.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct RefusalFacts {
    /// What `setRemoteDescription` would say, after "Failed to set remote answer sdp: ", or "offer" for "answer".
    pub sentence: String,
    /// How sure that is.
    pub confidence: Confidence,
    /// Where the fault is: `offer` or `answer`.
    pub side: &'static str,
    /// Counted from 1, in the text of the description.
    pub line: u32,
    /// Characters, counted from 1.
    pub column: usize,
    /// Characters.
    pub length: usize,
    /// Which m-line, counted from 0; `null` at the session level.
    pub m_line: Option<usize>,
    /// What is wrong there, and what it should be.
    pub reason: String,
}

/// A transport, and which m-lines share it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct TransportFacts {
    /// Counted from 0.
    pub m_lines: Vec<usize>,
    /// Their names.
    pub mids: Vec<String>,
    /// Whether a BUNDLE group makes them share it.
    pub bundled: bool,
    /// Who begins the handshake; `null` without DTLS.
    pub dtls: Option<DtlsFacts>,
    /// Who nominates; `null` without ICE.
    pub ice: Option<IceFacts>,
    /// Whether RTCP shares the port; `null` without RTP.
    pub rtcp_mux: Option<bool>,
}

/// The roles of DTLS (RFC 8842 §5, RFC 4145 §4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct DtlsFacts {
    /// `offerer` or `answerer` begins the handshake; `null` where they do not agree on that.
    pub client: Option<&'static str>,
    /// The other one.
    pub server: Option<&'static str>,
    /// `a=setup` of the offer.
    pub offer_setup: Option<&'static str>,
    /// `a=setup` of the answer.
    pub answer_setup: Option<&'static str>,
}

/// The roles of ICE (RFC 8445 §6.1.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct IceFacts {
    /// `offerer` or `answerer` nominates the pair of candidates.
    pub controlling: &'static str,
    /// Whether the offerer only answers checks.
    pub offerer_lite: bool,
    /// Whether the answerer only answers checks.
    pub answerer_lite: bool,
}

/// What became of an m-line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It is used.
    Agreed,
    /// Port 0 in the offer.
    RejectedByOffer,
    /// Port 0 in the answer.
    RejectedByAnswer,
    /// There is no m-line at its place in the answer.
    Unanswered,
    /// There is no m-line at its place in the offer.
    NotOffered,
    /// The m-line at its place in the answer is of another kind.
    OtherKind,
    /// No codec that carries media is in both.
    NothingInCommon,
    /// Of two offers: one has DTLS, ICE or SRTP, and the other has not.
    OtherTransport,
}

/// An m-line of both.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct MediaOutcome {
    /// Counted from 0.
    pub index: usize,
    /// `audio`, `video`, `application`, …: of the offer, where it has the m-line.
    pub kind: String,
    /// Its name.
    pub mid: Option<String>,
    /// What became of it.
    pub state: State,
    /// Which of the transports, counted from 0.
    pub transport: Option<usize>,
    /// The transport as the answer names it.
    pub proto: Option<String>,
    /// As the answerer sees it; `null` where media has no direction.
    pub direction: Option<&'static str>,
    /// As the offer says it.
    pub offer_direction: Option<&'static str>,
    /// As the answer says it.
    pub answer_direction: Option<&'static str>,
    /// Whether media goes from the offerer to the answerer.
    pub offerer_sends: bool,
    /// Whether media goes from the answerer to the offerer.
    pub answerer_sends: bool,
    /// In the answer's order.
    pub codecs: Vec<CodecOutcome>,
    /// Header extensions of both.
    pub extmaps: Vec<ExtmapOutcome>,
    /// Codecs of the offer that the answer leaves out, in the offer's order.
    pub codecs_not_taken: Vec<CodecNotTaken>,
    /// Header extensions of the offer that the answer leaves out.
    pub extmaps_not_taken: Vec<ExtmapNotTaken>,
    /// Whether RTCP packets may be short; `null` without RTP.
    pub rtcp_rsize: Option<bool>,
    /// Streams sent at once, where the offer would send or take some.
    pub simulcast: Option<SimulcastOutcome>,
    /// Data channels.
    pub sctp: Option<SctpOutcome>,
}

/// A codec that both have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct CodecOutcome {
    /// Its number in the offer: what the answerer writes into packets.
    pub offer_payload_type: u8,
    /// Its number in the answer: what the offerer writes into packets.
    pub answer_payload_type: u8,
    /// The number that the second of two offers has for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub second_payload_type: Option<u8>,
    /// The codec; `null` for a number that nothing explains.
    pub name: Option<String>,
    /// Hz.
    pub clock_rate: Option<u32>,
    /// Where they are said.
    pub channels: Option<u16>,
    /// Whether it carries other codecs, tones or silence.
    pub auxiliary: bool,
    /// The payload type that it repeats, by the number of the answer.
    pub repeats: Option<u8>,
    /// The parameters of the offer, which bind the answerer.
    pub offer_fmtp: Option<String>,
    /// The parameters of the answer, which bind the offerer.
    pub answer_fmtp: Option<String>,
    /// The latter in words.
    pub reading: String,
    /// Feedback that both name.
    pub feedback: Vec<String>,
}

/// A codec that the offer has alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct CodecNotTaken {
    /// Its number in the offer.
    pub payload_type: u8,
    /// The codec; `null` for a number that nothing explains.
    pub name: Option<String>,
    /// Hz.
    pub clock_rate: Option<u32>,
    /// Its parameters in words.
    pub reading: String,
}

/// A header extension that the offer has alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct ExtmapNotTaken {
    /// Its number in the offer.
    pub id: u16,
    /// What it is.
    pub uri: String,
    /// What it is called, where that is known.
    pub name: Option<&'static str>,
}

/// A header extension that both have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct ExtmapOutcome {
    /// Its number in the answer.
    pub id: u16,
    /// Its number in the offer, which should be the same.
    pub offer_id: u16,
    /// What it is.
    pub uri: String,
    /// What it is called, where that is known.
    pub name: Option<&'static str>,
}

/// Streams at once; alternatives have `,` between them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, schemars::JsonSchema)]
pub struct SimulcastOutcome {
    /// What the offerer may send: offered, and taken by the answer.
    pub offerer_sends: Vec<String>,
    /// What the offerer would send, and the answer does not take.
    pub not_taken: Vec<String>,
    /// What the answerer may send.
    pub answerer_sends: Vec<String>,
}

/// Data channels (RFC 8841).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct SctpOutcome {
    /// The offerer's port.
    pub offer_port: Option<u16>,
    /// The answerer's port.
    pub answer_port: Option<u16>,
    /// Bytes of the largest message that the offerer may send; 0 for any size.
    pub offerer_max_message_size: u64,
    /// Bytes of the largest message that the answerer may send; 0 for any size.
    pub answerer_max_message_size: u64,
}

/// What the browser of a dump said when it would not take one of the two.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct RecordedRefusal {
    /// Which description of the dump, as `sdp explain` counts them.
    pub description: usize,
    /// The browser in two words.
    pub browser: Option<String>,
    /// Its words.
    pub message: String,
}
