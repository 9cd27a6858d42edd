//! What the cryptography of an end sees in clear, for whoever keeps evidence.

use std::sync::{Arc, Mutex};

use zeroize::Zeroizing;

use crate::srtp::Profile;

/// What an engine's cryptography saw in clear, where somebody wants to know.
#[derive(Debug, Default)]
pub struct Witnessed {
    /// The association is there (COOKIE ACK, RFC 9260 §5.1).
    pub associated: bool,
    /// Keys for SRTP.
    pub keys: Option<SrtpKeys>,
    /// Packets of SCTP that came, if they are wanted.
    pub plain: Option<Vec<Vec<u8>>>,
}

/// What a handshake gave for SRTP (RFC 5764 §4.2).
#[derive(Clone, PartialEq, Eq)]
pub struct SrtpKeys {
    /// Which ciphers.
    pub profile: Profile,
    /// The keys of client and server, then their salts.
    pub material: Zeroizing<Vec<u8>>,
}

impl std::fmt::Debug for SrtpKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SrtpKeys").field("profile", &self.profile).finish_non_exhaustive()
    }
}

/// Where the cryptography of one end leaves what it saw.
pub type Witness = Arc<Mutex<Witnessed>>;
