//! The JSON of handshakes.

use serde::Serialize;

use crate::analyze::association::SctpFacts;

/// One handshake.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct DtlsFacts {
    /// Who said the ClientHello.
    pub client: Option<std::net::SocketAddr>,
    /// Who did not.
    pub server: Option<std::net::SocketAddr>,
    /// What was agreed on.
    pub version: Option<String>,
    /// What the client offered.
    pub versions_offered: Vec<String>,
    /// The number of the cipher suite that was agreed on.
    pub cipher: Option<String>,
    /// Its name at the IANA.
    pub cipher_name: Option<String>,
    /// The numbers of those that the client offered.
    pub ciphers_offered: Vec<String>,
    /// The protection profiles that the client offered.
    pub srtp_profiles_offered: Vec<String>,
    /// The one that the server chose.
    pub srtp_profile: Option<String>,
    /// Whether the server's choice can be seen: DTLS 1.3 encrypts it.
    pub srtp_profile_observable: bool,
    /// Whether the server asked for a second ClientHello.
    pub cookie: bool,
    /// The first ClientHello.
    pub began_at_s: Option<f64>,
    /// The packet that it was in.
    pub began_frame: Option<u64>,
    /// When both sides had sent their Finished.
    pub ended_at_s: Option<f64>,
    /// The packet that the second was in.
    pub ended_frame: Option<u64>,
    /// Between the two.
    pub handshake_ms: Option<f64>,
    /// How often the word was passed on.
    pub flights: u64,
    /// Fragments that the client sent again.
    pub client_repeated: u64,
    /// Fragments that the server sent again.
    pub server_repeated: u64,
    /// The most that the client sent any fragment again: how often its patience ended.
    pub client_rounds: u64,
    /// The most that the server did.
    pub server_rounds: u64,
    /// Records that are twice in the capture.
    pub duplicates: u64,
    /// Whether certificates can be seen: DTLS 1.3 encrypts them.
    pub fingerprints_observable: bool,
    /// Of the client's certificate.
    pub client_fingerprint: Option<String>,
    /// Of the server's.
    pub server_fingerprint: Option<String>,
    /// Alerts in the clear.
    pub alerts: Vec<AlertFacts>,
    /// Alerts that cannot be read; at the end of a session that is close_notify, as a rule.
    pub encrypted_alerts: u64,
    /// Messages in the clear, each once, in order.
    pub messages: Vec<MessageFacts>,
    /// Messages that are not among them.
    pub messages_dropped: u64,
    /// All records.
    pub records: u64,
    /// Records with data: data channels.
    pub data_records: u64,
    /// What is in them, where they could be opened.
    pub sctp: Option<SctpFacts>,
}

/// An alert.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct AlertFacts {
    /// When it was sent.
    pub at_s: f64,
    /// The packet that it was in.
    pub frame: u64,
    /// By whom.
    pub src: std::net::SocketAddr,
    /// Whether it ends the session.
    pub fatal: bool,
    /// What it says.
    pub name: String,
}

/// A handshake message.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct MessageFacts {
    /// When it was whole.
    pub at_s: f64,
    /// The packet that made it so.
    pub frame: u64,
    /// `client` or `server`.
    pub from: &'static str,
    /// Its name.
    pub name: String,
}
