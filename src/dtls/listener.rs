//! Records of a session between others, opened with their master secret.

use super::keys::{Key, Master, Randoms, Suite};
use super::record::Record;

/// Who sent a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum From {
    /// Who said the ClientHello.
    Client,
    /// The other.
    Server,
}

/// The keys of both directions.
pub struct Listener {
    client: Key,
    server: Key,
}

impl std::fmt::Debug for Listener {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Listener")
    }
}

impl Listener {
    /// Of a session of DTLS 1.2 with this suite, secret, and randoms of the two hellos; `None` where the suite is none that
    /// can be opened: AES-GCM and ChaCha20 can.
    #[must_use]
    pub fn new(suite: u16, secret: &[u8], client: &[u8; 32], server: &[u8; 32]) -> Option<Self> {
        let provider = rustls::crypto::ring::default_provider();
        let suite = Suite::all(&provider).into_iter().find(|known| known.id == suite)?;
        let master = Master::known(suite, secret.try_into().ok()?);
        let (client, server) = master.keys(Randoms { client, server })?;
        Some(Self { client, server })
    }

    /// What is in a record of this type, epoch and number, if it is authentic.
    #[must_use]
    pub fn open(&self, from: From, kind: u8, epoch: u16, number: u64, body: &[u8]) -> Option<Vec<u8>> {
        let number = u64::from(epoch) << 48 | number;
        let key = match from {
            From::Client => &self.client,
            From::Server => &self.server,
        };
        key.open(&Record { kind, number, body })
    }
}
