//! An established session: data in records, each a datagram of its own.

use std::fmt;

use super::keys::Key;
use super::record::{ALERT, APPLICATION_DATA, EPOCH, Seen, records};

const CLOSE_NOTIFY: u8 = 0;
const FATAL: u8 = 2;

/// What a handshake agreed on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Negotiated {
    /// The suite's IANA name.
    pub cipher: Option<&'static str>,
    /// The protocol agreed on.
    pub alpn: Option<Vec<u8>>,
    /// DER, the server's own first, as it sent them.
    pub chain: Vec<Vec<u8>>,
}

/// Keys and counters. `Debug` shows neither.
pub struct Session {
    ours: Key,
    theirs: Key,
    next: u64,
    seen: Seen,
    /// What the handshake agreed on.
    pub negotiated: Negotiated,
}

/// The server ended the session, with this alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closed(pub u8);

impl Session {
    /// Goes on with the record behind Finished.
    pub(super) fn new(ours: Key, theirs: Key, next: u64, seen: Seen, negotiated: Negotiated) -> Self {
        Self { ours, theirs, next, seen, negotiated }
    }

    /// The datagram that carries `data`; `None` where it is too long for a record.
    pub fn seal(&mut self, data: &[u8]) -> Option<Vec<u8>> {
        const MOST: usize = 1 << 14;
        (data.len() <= MOST).then_some(())?;
        let sealed = self.ours.seal(APPLICATION_DATA, EPOCH | self.next, data)?;
        self.next += 1;
        Some(sealed)
    }

    /// Says goodbye.
    pub fn close(&mut self) -> Option<Vec<u8>> {
        let sealed = self.ours.seal(ALERT, EPOCH | self.next, &[1, CLOSE_NOTIFY])?;
        self.next += 1;
        Some(sealed)
    }

    /// Passes the data of each record of a datagram to `take`. What is not authentic, or has come before, is dropped
    /// without a word (RFC 6347 §4.1.2.7).
    ///
    /// # Errors
    /// The server ended the session.
    pub fn open(&mut self, datagram: &[u8], mut take: impl FnMut(Vec<u8>)) -> Result<(), Closed> {
        for record in records(datagram).filter(|record| record.epoch() == 1) {
            let Some(body) = self.theirs.open(&record) else { continue };
            if !self.seen.take(record.number) {
                continue;
            }
            match (record.kind, &body[..]) {
                (APPLICATION_DATA, _) => take(body),
                (ALERT, [level, alert]) if *level == FATAL || *alert == CLOSE_NOTIFY => {
                    return Err(Closed(*alert));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("negotiated", &self.negotiated).finish_non_exhaustive()
    }
}
