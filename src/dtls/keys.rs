//! From a key exchange to keys, and records sealed and opened with them (RFC 5246 §6.3, RFC 6347 §4.1.2.1).

use ring::aead::{self, Aad, LessSafeKey, UnboundKey};
use rustls::crypto::{ActiveKeyExchange, CryptoProvider};
use rustls::{SupportedCipherSuite, Tls12CipherSuite};

use zeroize::Zeroizing;

use super::HandshakeFault;
use super::record::{self, DTLS_1_2, Record};

const TAG: usize = 16;
const EXPLICIT_NONCE: usize = 8;
/// Finished is twelve bytes in every suite of TLS 1.2 (RFC 5246 §7.4.9).
pub(super) const VERIFY_DATA: usize = 12;

/// A suite that can be offered.
#[derive(Clone, Copy)]
pub(super) struct Suite {
    pub(super) id: u16,
    pub(super) tls: &'static Tls12CipherSuite,
    algorithm: &'static aead::Algorithm,
}

impl Suite {
    /// What the provider has, in its order.
    pub(super) fn all(provider: &CryptoProvider) -> Vec<Self> {
        let usable = |suite: &SupportedCipherSuite| {
            let SupportedCipherSuite::Tls12(tls) = suite else { return None };
            let id = u16::from(tls.common.suite);
            let algorithm = match id {
                0xc02b | 0xc02f => &aead::AES_128_GCM,
                0xc02c | 0xc030 => &aead::AES_256_GCM,
                0xcca8 | 0xcca9 => &aead::CHACHA20_POLY1305,
                _ => return None,
            };
            Some(Self { id, tls, algorithm })
        };
        provider.cipher_suites.iter().filter_map(usable).collect()
    }

    /// The suite's name at the IANA.
    pub(super) fn name(&self) -> Option<&'static str> {
        self.tls.common.suite.as_str()
    }

    pub(super) fn hash(&self, data: &[u8]) -> Vec<u8> {
        self.tls.common.hash_provider.hash(data).as_ref().to_vec()
    }
}

/// What both sides know in the end.
pub(super) struct Master {
    suite: Suite,
    secret: Zeroizing<[u8; 48]>,
}

/// The randoms of both hellos.
#[derive(Clone, Copy)]
pub(super) struct Randoms<'a> {
    pub(super) client: &'a [u8; 32],
    pub(super) server: &'a [u8; 32],
}

impl Master {
    /// With `session_hash`, the extended master secret (RFC 7627 §4).
    pub(super) fn derive(
        suite: Suite,
        exchange: Box<dyn ActiveKeyExchange>,
        peer: &[u8],
        randoms: Randoms<'_>,
        session_hash: Option<&[u8]>,
    ) -> Result<Self, HandshakeFault> {
        let plain = [&randoms.client[..], &randoms.server[..]].concat();
        let (label, seed): (&[u8], &[u8]) = match session_hash {
            Some(hash) => (b"extended master secret", hash),
            None => (b"master secret", &plain),
        };
        let mut secret = Zeroizing::new([0; 48]);
        suite
            .tls
            .prf_provider
            .for_key_exchange(&mut secret, exchange, peer, label, seed)
            .map_err(|_| HandshakeFault::KeyExchange)?;
        Ok(Self { suite, secret })
    }

    /// What a log of keys says.
    pub(super) fn known(suite: Suite, secret: [u8; 48]) -> Self {
        Self { suite, secret: Zeroizing::new(secret) }
    }

    /// The client's and the server's keys.
    pub(super) fn keys(&self, randoms: Randoms<'_>) -> Option<(Key, Key)> {
        let seed = [&randoms.server[..], &randoms.client[..]].concat();
        let (key, iv) = (self.suite.algorithm.key_len(), fixed_iv(self.suite.algorithm));
        let mut block = Zeroizing::new(vec![0; 2 * (key + iv)]);
        self.suite.tls.prf_provider.for_secret(&mut block, &*self.secret, b"key expansion", &seed);
        let (keys, ivs) = block.split_at(2 * key);
        let make = |key: &[u8], iv: &[u8]| Key::new(self.suite.algorithm, key, iv);
        Some((make(&keys[..key], &ivs[..iv])?, make(&keys[key..], &ivs[iv..])?))
    }

    /// The content of a Finished.
    pub(super) fn verify_data(&self, label: &[u8], transcript: &[u8]) -> [u8; VERIFY_DATA] {
        let mut data = [0; VERIFY_DATA];
        let hash = self.suite.hash(transcript);
        self.suite.tls.prf_provider.for_secret(&mut data, &*self.secret, label, &hash);
        data
    }
}

fn fixed_iv(algorithm: &'static aead::Algorithm) -> usize {
    if algorithm == &aead::CHACHA20_POLY1305 { 12 } else { 4 }
}

/// The key of one direction.
pub(super) struct Key {
    key: LessSafeKey,
    iv: [u8; 12],
    /// GCM carries half of its nonce in the record (RFC 5288 §3); ChaCha20 none of it (RFC 7905 §2).
    explicit: bool,
}

impl Key {
    fn new(algorithm: &'static aead::Algorithm, key: &[u8], fixed: &[u8]) -> Option<Self> {
        let key = LessSafeKey::new(UnboundKey::new(algorithm, key).ok()?);
        let mut iv = [0; 12];
        iv.get_mut(..fixed.len())?.copy_from_slice(fixed);
        Some(Self { key, iv, explicit: fixed.len() == 4 })
    }

    /// Record number and fixed part in one: in GCM the fixed part is followed by zeros, so that both suites
    /// are the same sum.
    fn nonce(&self, number: u64) -> aead::Nonce {
        let mut nonce = self.iv;
        for (byte, number) in nonce[4..].iter_mut().zip(number.to_be_bytes()) {
            *byte ^= number;
        }
        aead::Nonce::assume_unique_for_key(nonce)
    }

    /// A whole record.
    pub(super) fn seal(&self, kind: u8, number: u64, plain: &[u8]) -> Option<Vec<u8>> {
        let explicit = if self.explicit { EXPLICIT_NONCE } else { 0 };
        let mut bytes = record::header(kind, DTLS_1_2, number, explicit + plain.len() + TAG);
        if self.explicit {
            bytes.extend_from_slice(&number.to_be_bytes());
        }
        let mut body = plain.to_vec();
        let aad = Aad::from(aad(kind, number, plain.len()));
        self.key.seal_in_place_append_tag(self.nonce(number), aad, &mut body).ok()?;
        bytes.extend_from_slice(&body);
        Some(bytes)
    }

    /// What is in a record, if it is authentic.
    pub(super) fn open(&self, record: &Record<'_>) -> Option<Vec<u8>> {
        let (nonce, sealed) = match self.explicit {
            true => {
                let (explicit, sealed) = record.body.split_first_chunk::<EXPLICIT_NONCE>()?;
                (self.nonce(u64::from_be_bytes(*explicit)), sealed)
            }
            false => (self.nonce(record.number), record.body),
        };
        let length = sealed.len().checked_sub(TAG)?;
        let mut body = sealed.to_vec();
        let aad = Aad::from(aad(record.kind, record.number, length));
        self.key.open_in_place(nonce, aad, &mut body).ok()?;
        body.truncate(length);
        Some(body)
    }
}

fn aad(kind: u8, number: u64, length: usize) -> [u8; record::HEADER] {
    let mut aad = [0; record::HEADER];
    aad[..8].copy_from_slice(&number.to_be_bytes());
    aad[8] = kind;
    aad[9..11].copy_from_slice(&DTLS_1_2);
    aad[11..].copy_from_slice(&u16::try_from(length).unwrap_or(u16::MAX).to_be_bytes());
    aad
}
