//! One direction of a session: its keys, and the rollover counter of each of its streams.

use std::collections::HashMap;
use std::fmt;

use hmac::{Hmac, Mac};
use ring::aead::{AES_128_GCM, AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use sha1::Sha1;

use super::cipher::{Aes, session_key};
use super::{Master, Profile};

/// Streams whose rollover is followed.
const MOST_STREAMS: usize = 1024;
/// Rollovers tried where a stream is joined: 65,536 packets are ten minutes of video.
const MOST_ROLLOVERS: u32 = 16;
const RTP_HEADER: usize = 12;
const RTCP_HEADER: usize = 8;
const INDEX: usize = 4;
const ENCRYPTED: u32 = 1 << 31;

/// Why a packet stays closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It is shorter than what protects it.
    #[error("the packet is too short")]
    Short,
    /// The keys are others, or it was damaged.
    #[error("the packet is not authentic with these keys")]
    Tag,
}

/// Opens the packets of one direction. `Debug` shows no key.
pub struct Context {
    profile: Profile,
    rtp: Keys,
    rtcp: Keys,
    streams: HashMap<u32, Rollover>,
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context").field("profile", &self.profile).finish_non_exhaustive()
    }
}

struct Keys {
    cipher: Cipher,
    salt: [u8; 14],
}

enum Cipher {
    Counter { aes: Aes, authentication: Hmac<Sha1> },
    Gcm(LessSafeKey),
}

/// The highest sequence number, with its cycles.
#[derive(Debug, Clone, Copy)]
struct Rollover {
    cycles: u32,
    highest: u16,
}

impl Rollover {
    /// The cycles that a number most likely belongs to (RFC 3711 §3.3.1).
    fn guess(self, sequence: u16) -> u32 {
        let step = sequence.wrapping_sub(self.highest) as i16;
        match sequence < self.highest {
            true if step > 0 => self.cycles.wrapping_add(1),
            false if step < 0 => self.cycles.wrapping_sub(1),
            _ => self.cycles,
        }
    }
}

impl Context {
    /// With the session keys of a master key. `None` where the key has another length than its profile demands.
    #[must_use]
    pub fn new(master: &Master) -> Option<Self> {
        let profile = master.profile;
        let keys = |first| Keys::new(profile, &master.key, &master.salt, first);
        Some(Self { profile, rtp: keys(0)?, rtcp: keys(3)?, streams: HashMap::new() })
    }

    /// An SRTP packet as the RTP packet that it was.
    ///
    /// # Errors
    /// It is too short, or not authentic.
    pub fn rtp(&mut self, packet: &[u8]) -> Result<Vec<u8>, Refused> {
        let header = rtp_header(packet).ok_or(Refused::Short)?;
        let sequence = u16::from_be_bytes([packet[2], packet[3]]);
        let ssrc = u32::from_be_bytes([packet[8], packet[9], packet[10], packet[11]]);
        let known = self.streams.get(&ssrc).copied();
        let first = known.map_or(0, |known| known.guess(sequence));
        let last = if known.is_some() { first } else { MOST_ROLLOVERS - 1 };
        for cycles in first..=last {
            match self.open_rtp(packet, header, ssrc, sequence, cycles) {
                Err(Refused::Tag) if cycles < last => continue,
                Err(refused) => return Err(refused),
                Ok(plain) => {
                    let ahead = known.is_none_or(|known| {
                        (cycles, sequence) > (known.cycles, known.highest) && cycles != u32::MAX
                    });
                    if ahead && (known.is_some() || self.streams.len() < MOST_STREAMS) {
                        self.streams.insert(ssrc, Rollover { cycles, highest: sequence });
                    }
                    return Ok(plain);
                }
            }
        }
        Err(Refused::Tag)
    }

    fn open_rtp(
        &self,
        packet: &[u8],
        header: usize,
        ssrc: u32,
        sequence: u16,
        cycles: u32,
    ) -> Result<Vec<u8>, Refused> {
        let index = u64::from(cycles) << 16 | u64::from(sequence);
        match &self.rtp.cipher {
            Cipher::Gcm(key) => {
                let (aad, sealed) = packet.split_at_checked(header).ok_or(Refused::Short)?;
                let nonce = self.rtp.nonce(ssrc, index);
                open(key, nonce, aad, sealed).map(|plain| [aad, &plain].concat())
            }
            Cipher::Counter { aes, authentication } => {
                let body = packet.len().checked_sub(self.profile.tag_length()).ok_or(Refused::Short)?;
                let (signed, tag) = packet.split_at(body);
                let mut mac = authentication.clone();
                mac.update(signed);
                mac.update(&cycles.to_be_bytes());
                mac.verify_truncated_left(tag).map_err(|_| Refused::Tag)?;
                let mut plain = signed.to_vec();
                let payload = plain.get_mut(header..).ok_or(Refused::Short)?;
                aes.counter_mode(self.rtp.iv(ssrc, index), payload);
                Ok(plain)
            }
        }
    }

    /// An SRTCP packet as the compound packet that it was.
    ///
    /// # Errors
    /// It is too short, or not authentic.
    pub fn rtcp(&self, packet: &[u8]) -> Result<Vec<u8>, Refused> {
        let ssrc = packet.get(4..RTCP_HEADER).and_then(|ssrc| ssrc.try_into().ok());
        let ssrc = u32::from_be_bytes(ssrc.ok_or(Refused::Short)?);
        let tag = if self.profile.is_aead() { 0 } else { 10 };
        let end = packet.len().checked_sub(tag + INDEX).ok_or(Refused::Short)?;
        let (body, trailer) = packet.split_at(end);
        let (word, tag) = trailer.split_first_chunk::<INDEX>().ok_or(Refused::Short)?;
        let (index, encrypted) = (u32::from_be_bytes(*word), u32::from_be_bytes(*word) & ENCRYPTED != 0);
        let index = u64::from(index & !ENCRYPTED);
        let (head, sealed) = body.split_at_checked(RTCP_HEADER).ok_or(Refused::Short)?;
        match &self.rtcp.cipher {
            Cipher::Gcm(key) if encrypted => {
                let aad = [head, word].concat();
                let plain = open(key, self.rtcp.nonce(ssrc, index), &aad, sealed)?;
                Ok([head, &plain].concat())
            }
            Cipher::Gcm(key) => {
                let tag = body.len().checked_sub(16).ok_or(Refused::Short)?;
                let (plain, tag) = body.split_at(tag);
                open(key, self.rtcp.nonce(ssrc, index), &[plain, word].concat(), tag)?;
                Ok(plain.to_vec())
            }
            Cipher::Counter { aes, authentication } => {
                let mut mac = authentication.clone();
                mac.update(body);
                mac.update(word);
                mac.verify_truncated_left(tag).map_err(|_| Refused::Tag)?;
                let mut plain = sealed.to_vec();
                if encrypted {
                    aes.counter_mode(self.rtcp.iv(ssrc, index), &mut plain);
                }
                Ok([head, &plain].concat())
            }
        }
    }
}

impl Keys {
    /// `first` is the label of the encryption key; those for authentication and salt follow.
    fn new(profile: Profile, master: &[u8], master_salt: &[u8], first: u8) -> Option<Self> {
        let derive = |label, length| session_key(master, master_salt, label, length);
        (master.len() == profile.key_length() && master_salt.len() == profile.salt_length()).then_some(())?;
        let key = derive(first, profile.key_length())?;
        let cipher = match profile {
            Profile::Gcm128 => gcm(&AES_128_GCM, &key)?,
            Profile::Gcm256 => gcm(&AES_256_GCM, &key)?,
            Profile::AesCm80 | Profile::AesCm32 => Cipher::Counter {
                aes: Aes::new(&key)?,
                authentication: <Hmac<Sha1> as Mac>::new_from_slice(&derive(first + 1, 20)?).ok()?,
            },
        };
        let mut salt = [0; 14];
        let derived = derive(first + 2, profile.salt_length())?;
        salt.get_mut(..derived.len())?.copy_from_slice(&derived);
        Some(Self { cipher, salt })
    }

    /// RFC 7714 §8.1 and §9.1: both have the index at the end, of RTP in 48 bits, of RTCP in 31.
    fn nonce(&self, ssrc: u32, index: u64) -> Nonce {
        let mut nonce = [0; 12];
        nonce[2..6].copy_from_slice(&ssrc.to_be_bytes());
        nonce[6..].copy_from_slice(&index.to_be_bytes()[2..]);
        for (byte, salt) in nonce.iter_mut().zip(self.salt) {
            *byte ^= salt;
        }
        Nonce::assume_unique_for_key(nonce)
    }

    /// RFC 3711 §4.1.1.
    fn iv(&self, ssrc: u32, index: u64) -> [u8; 16] {
        let mut iv = [0; 16];
        iv[4..8].copy_from_slice(&ssrc.to_be_bytes());
        iv[8..14].copy_from_slice(&index.to_be_bytes()[2..]);
        for (byte, salt) in iv.iter_mut().zip(self.salt) {
            *byte ^= salt;
        }
        iv
    }
}

fn gcm(algorithm: &'static ring::aead::Algorithm, key: &[u8]) -> Option<Cipher> {
    UnboundKey::new(algorithm, key).ok().map(LessSafeKey::new).map(Cipher::Gcm)
}

fn open(key: &LessSafeKey, nonce: Nonce, aad: &[u8], sealed: &[u8]) -> Result<Vec<u8>, Refused> {
    let mut plain = sealed.to_vec();
    let length = key.open_in_place(nonce, Aad::from(aad), &mut plain).map_err(|_| Refused::Tag)?.len();
    plain.truncate(length);
    Ok(plain)
}

/// How long the part is that is not encrypted.
fn rtp_header(packet: &[u8]) -> Option<usize> {
    let fixed = packet.get(..RTP_HEADER)?;
    let mut length = RTP_HEADER + 4 * usize::from(fixed[0] & 0x0f);
    if fixed[0] & 0x10 != 0 {
        let words = packet.get(length + 2..length + 4)?;
        length += 4 + 4 * usize::from(u16::from_be_bytes([words[0], words[1]]));
    }
    (length <= packet.len()).then_some(length)
}
