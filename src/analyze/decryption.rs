//! Media that is opened with keys that were handed over, where they fit.

use foldhash::HashMap;

use super::dtls::Dtls;
use super::leg::Leg;
use crate::srtp::{Context, KeyFile, Profile};

/// Packets of one leg that no key opens, before no more are tried.
const MOST_TRIES: u32 = 32;
/// Legs whose keys are remembered.
const MOST_LEGS: usize = 4096;
const DTLS_1_2: u16 = 0xfefd;

/// Keys, and where they fit.
#[derive(Debug, Default)]
pub struct Decryption {
    keys: KeyFile,
    legs: HashMap<Leg, State>,
    opened: u64,
    refused: u64,
}

#[derive(Debug)]
enum State {
    Open(Box<Context>),
    Closed(u32),
}

impl Decryption {
    /// With these keys.
    #[must_use]
    pub fn new(keys: KeyFile) -> Self {
        Self { keys, ..Self::default() }
    }

    /// Takes more keys.
    pub fn read(&mut self, text: &str) {
        self.keys.read(text);
    }

    /// Whether there are keys at all.
    #[must_use]
    pub fn has_keys(&self) -> bool {
        !self.keys.is_empty()
    }

    /// All keys.
    #[must_use]
    pub fn keys(&self) -> &KeyFile {
        &self.keys
    }

    /// Packets that were opened.
    #[must_use]
    pub fn opened(&self) -> u64 {
        self.opened
    }

    /// Packets that no key opened.
    #[must_use]
    pub fn refused(&self) -> u64 {
        self.refused
    }

    /// An SRTP packet as the RTP packet that it was. `path` is that of [`Inner::path`](super::transport::Inner::path).
    pub fn rtp(&mut self, path: &Leg, dtls: &Dtls, packet: &[u8]) -> Option<Vec<u8>> {
        self.open(path, dtls, |context| context.rtp(packet).ok())
    }

    /// An SRTCP packet as the compound packet that it was.
    pub fn rtcp(&mut self, path: &Leg, dtls: &Dtls, packet: &[u8]) -> Option<Vec<u8>> {
        self.open(path, dtls, |context| context.rtcp(packet).ok())
    }

    fn open(
        &mut self,
        path: &Leg,
        dtls: &Dtls,
        mut with: impl FnMut(&mut Context) -> Option<Vec<u8>>,
    ) -> Option<Vec<u8>> {
        if self.keys.is_empty() {
            return None;
        }
        let found = match self.legs.get_mut(path) {
            Some(State::Open(context)) => with(context),
            Some(State::Closed(tries)) if *tries >= MOST_TRIES => None,
            _ => self.try_all(path, dtls, &mut with),
        };
        *(if found.is_some() { &mut self.opened } else { &mut self.refused }) += 1;
        found
    }

    fn try_all(
        &mut self,
        path: &Leg,
        dtls: &Dtls,
        with: &mut impl FnMut(&mut Context) -> Option<Vec<u8>>,
    ) -> Option<Vec<u8>> {
        let handshake = dtls.agreed(path).filter(|(agreed, _)| agreed.version == DTLS_1_2);
        let derived = handshake.and_then(|(agreed, client)| {
            let profile = Profile::from_number(agreed.profile?)?;
            let (ours, theirs) = (&agreed.client_random, &agreed.server_random);
            let [first, second] = self.keys.of_handshake(ours, theirs, agreed.suite, profile)?;
            Some(if client { first } else { second })
        });
        let candidates = derived.iter().chain(self.keys.masters());
        let opened = candidates.filter_map(Context::new).find_map(|mut context| {
            let plain = with(&mut context)?;
            Some((context, plain))
        });
        let room = self.legs.len() < MOST_LEGS;
        match opened {
            Some((context, plain)) => {
                if room || self.legs.contains_key(path) {
                    self.legs.insert(*path, State::Open(Box::new(context)));
                }
                Some(plain)
            }
            None => {
                if let Some(State::Closed(tries)) = self.legs.get_mut(path) {
                    *tries += 1;
                } else if room {
                    self.legs.insert(*path, State::Closed(1));
                }
                None
            }
        }
    }
}
