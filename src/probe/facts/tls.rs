//! A TLS session and its certificate.

use serde::Serialize;

use crate::tls::{CertificateReport, TlsFault};

/// A TLS session and the certificate behind it.
#[derive(Debug, Clone, Serialize)]
pub struct TlsFacts {
    /// From the ClientHello until application data may flow.
    pub handshake_ms: f64,
    /// `1.2` or `1.3`.
    pub version: Option<String>,
    /// The suite's IANA name.
    pub cipher: Option<String>,
    /// The protocol agreed on (RFC 7443 has `stun.turn`).
    pub alpn: Option<String>,
    /// The name that the certificate was held against.
    pub server_name: String,
    /// The certificate is one a browser would accept.
    pub verified: bool,
    /// What is wrong with it.
    pub errors: Vec<TlsFault>,
    /// Root certificates it was held against; with none, no issuer is trusted.
    pub roots: usize,
    /// `--insecure`: the faults are not held against the server.
    pub insecure: bool,
    /// The certificate itself.
    #[serde(flatten)]
    pub certificate: Option<CertificateReport>,
}
