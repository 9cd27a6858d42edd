//! Why the network let nothing through.

use serde::Serialize;

/// Why the network let nothing through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Fault {
    /// What the system reported.
    pub kind: FaultKind,
    /// At which step.
    pub stage: &'static str,
    /// The system's words, or ours.
    pub message: String,
}

/// What is wrong with a server, or on the way to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FaultKind {
    /// ICMP port unreachable, or a TCP reset to the first packet.
    Refused,
    /// ICMP administratively prohibited or host unreachable.
    Prohibited,
    /// This machine has no route to that address.
    NoRoute,
    /// This machine's own firewall refuses to send.
    Local,
    /// This machine has no descriptor left for another socket.
    NoSocket,
    /// No answer in time.
    TimedOut,
    /// The stream was closed or reset.
    Closed,
    /// TLS did not come about.
    Tls,
    /// The server refused a sound ClientHello with the alert `handshake_failure`.
    HandshakeFailure,
    /// What answers does not speak TLS.
    NotTls,
    /// The handshake began, and stopped in the middle.
    Stalled,
    /// The server speaks no version of TLS that is still in use.
    OldTls,
    /// Anything else.
    Other,
}
