//! Files with keys: NSS key logs, SDES lines, and exported keying material as JSON.

use std::collections::HashMap;
use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use serde::{Deserialize, Serialize};
use sha2::{Sha256, Sha384};
use zeroize::Zeroizing;

use super::Profile;

/// Secrets that are kept of each kind.
const MOST: usize = 4096;

/// A master key and its salt. `Debug` shows neither.
#[derive(Clone, PartialEq, Eq)]
pub struct Master {
    pub(super) profile: Profile,
    pub(super) key: Zeroizing<Vec<u8>>,
    pub(super) salt: Zeroizing<Vec<u8>>,
}

impl fmt::Debug for Master {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Master").field("profile", &self.profile).finish_non_exhaustive()
    }
}

impl Master {
    /// The client's and the server's, out of exported keying material (RFC 5764 §4.2).
    #[must_use]
    pub fn from_exporter(profile: Profile, material: &[u8]) -> Option<[Self; 2]> {
        let (key, salt) = (profile.key_length(), profile.salt_length());
        let (keys, salts) = material.split_at_checked(2 * key)?;
        let side = |n: usize| {
            let key = Zeroizing::new(keys.get(n * key..(n + 1) * key)?.to_vec());
            let salt = Zeroizing::new(salts.get(n * salt..(n + 1) * salt)?.to_vec());
            Some(Self { profile, key, salt })
        };
        Some([side(0)?, side(1)?])
    }

    /// Out of `a=crypto` (RFC 4568 §6.1): key and salt in one.
    fn from_sdes(profile: Profile, concatenated: &[u8]) -> Option<Self> {
        let (key, salt) = concatenated.split_at_checked(profile.key_length())?;
        let salt = salt.get(..profile.salt_length())?;
        Some(Self { profile, key: Zeroizing::new(key.to_vec()), salt: Zeroizing::new(salt.to_vec()) })
    }
}

/// What a file of keys has. `Debug` shows how many, no more.
#[derive(Clone, Default)]
pub struct KeyFile {
    sessions: HashMap<[u8; 32], Zeroizing<Vec<u8>>>,
    masters: Vec<Master>,
    unsupported: u64,
    unread: u64,
}

impl fmt::Debug for KeyFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyFile")
            .field("sessions", &self.sessions.len())
            .field("masters", &self.masters.len())
            .field("unsupported", &self.unsupported)
            .field("unread", &self.unread)
            .finish()
    }
}

#[derive(Deserialize)]
struct Exported {
    keying_material: String,
    srtp: String,
}

/// What a handshake gave for SRTP, as a file of keys has it.
#[derive(Serialize, schemars::JsonSchema)]
struct Export<'a> {
    label: &'static str,
    call: &'a str,
    end: &'a str,
    proto: &'static str,
    srtp: &'static str,
    keying_material: &'a str,
}

/// Master keys to be written to a file, which [`KeyFile::read`] understands. `Debug` shows none.
#[derive(Default)]
pub struct Exports(Vec<Zeroizing<String>>);

impl fmt::Debug for Exports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Exports").field(&self.0.len()).finish()
    }
}

impl Exports {
    /// Adds what `end` of `call` exported from its handshake of DTLS 1.2 (RFC 5764 §4.2).
    pub fn add(&mut self, call: &str, end: &str, profile: Profile, material: &[u8]) {
        let digits = material.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        let digits = digits.filter_map(|digit| char::from_digit(digit.into(), 16));
        let keying_material = Zeroizing::new(digits.collect::<String>());
        let export = Export {
            label: "EXTRACTOR-dtls_srtp",
            call,
            end,
            proto: "DTLSv1.2",
            srtp: profile.name(),
            keying_material: &keying_material,
        };
        self.0.extend(serde_json::to_string_pretty(&export).map(Zeroizing::new));
    }

    /// The file.
    #[must_use]
    pub fn text(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new("[".to_owned());
        for (n, export) in self.0.iter().enumerate() {
            text.push_str(if n == 0 { "\n" } else { ",\n" });
            text.push_str(export);
        }
        text.push_str("\n]\n");
        text
    }
}

impl KeyFile {
    /// Takes the keys of one file, whichever kind it is.
    pub fn read(&mut self, text: &str) {
        if text.trim_start().starts_with('[') {
            self.json(text);
            return;
        }
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            self.line(line);
        }
    }

    /// Secrets that were read.
    #[must_use]
    pub fn len(&self) -> usize {
        self.sessions.len() + self.masters.len()
    }

    /// Whether nothing was read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Secrets of TLS 1.3, which cannot be used.
    #[must_use]
    pub fn unsupported(&self) -> u64 {
        self.unsupported
    }

    /// Lines that are no key of a known kind.
    #[must_use]
    pub fn unread(&self) -> u64 {
        self.unread
    }

    /// Master keys that belong to no handshake: either side may have any of them.
    #[must_use]
    pub fn masters(&self) -> &[Master] {
        &self.masters
    }

    /// The master secret of a session of DTLS 1.2.
    pub(crate) fn master_secret(&self, client_random: &[u8; 32]) -> Option<&[u8]> {
        self.sessions.get(client_random).map(|secret| &secret[..])
    }

    /// The client's and the server's master keys after a handshake of DTLS 1.2, if its secret is known.
    #[must_use]
    pub fn of_handshake(
        &self,
        client_random: &[u8; 32],
        server_random: &[u8; 32],
        suite: u16,
        profile: Profile,
    ) -> Option<[Master; 2]> {
        let secret = self.sessions.get(client_random)?;
        let seed = [b"EXTRACTOR-dtls_srtp", &client_random[..], &server_random[..]].concat();
        let length = 2 * (profile.key_length() + profile.salt_length());
        let material = match suite {
            // Those that end in SHA384.
            0x009d | 0x009f | 0xc024 | 0xc028 | 0xc02c | 0xc030 => prf::<Hmac<Sha384>>(secret, &seed, length),
            _ => prf::<Hmac<Sha256>>(secret, &seed, length),
        };
        Master::from_exporter(profile, &material?)
    }

    fn line(&mut self, line: &str) {
        let mut words = line.split_ascii_whitespace();
        let (first, second, third) = (words.next(), words.next(), words.next());
        match (first, second, third) {
            (Some("CLIENT_RANDOM"), Some(random), Some(secret)) => {
                let random = hex(random).and_then(|random| <[u8; 32]>::try_from(&random[..]).ok());
                match (random, hex(secret)) {
                    (Some(random), Some(secret)) if self.sessions.len() < MOST => {
                        self.sessions.insert(random, secret);
                    }
                    _ => self.unread += 1,
                }
            }
            (Some(label), Some(_), Some(_))
                if label.contains("TRAFFIC_SECRET") || label.contains("EXPORTER") =>
            {
                self.unsupported += 1;
            }
            _ => match sdes(line) {
                Some(master) if self.masters.len() < MOST => self.masters.push(master),
                _ => self.unread += 1,
            },
        }
    }

    fn json(&mut self, text: &str) {
        let Ok(entries) = serde_json::from_str::<Vec<Exported>>(text) else {
            self.unread += 1;
            return;
        };
        for entry in entries {
            let profile = Profile::from_name(&entry.srtp);
            let material = Zeroizing::new(entry.keying_material);
            let pair = profile.zip(hex(&material));
            match pair.and_then(|(profile, material)| Master::from_exporter(profile, &material)) {
                // Both sides export the same.
                Some(pair) => {
                    for master in pair {
                        if !self.masters.contains(&master) && self.masters.len() < MOST {
                            self.masters.push(master);
                        }
                    }
                }
                None => self.unread += 1,
            }
        }
    }
}

/// `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:…|2^31`, or `inline:…` alone, whose length tells the profile.
fn sdes(line: &str) -> Option<Master> {
    let (before, inline) = line.split_once("inline:")?;
    let key = inline.split(['|', ';', ' ', '\t']).next()?;
    let key = Zeroizing::new(STANDARD.decode(key).ok()?);
    let named = before.split_ascii_whitespace().find_map(Profile::from_name);
    let profile = named.or(match key.len() {
        30 => Some(Profile::AesCm80),
        28 => Some(Profile::Gcm128),
        44 => Some(Profile::Gcm256),
        _ => None,
    })?;
    Master::from_sdes(profile, &key)
}

/// The pseudorandom function of TLS 1.2 (RFC 5246 §5); `seed` has the label in front.
fn prf<M: Mac + hmac::digest::KeyInit>(
    secret: &[u8],
    seed: &[u8],
    length: usize,
) -> Option<Zeroizing<Vec<u8>>> {
    let mac = |parts: &[&[u8]]| {
        let mut mac = <M as Mac>::new_from_slice(secret).ok()?;
        parts.iter().for_each(|part| mac.update(part));
        Some(mac.finalize().into_bytes().to_vec())
    };
    let mut out = Zeroizing::new(Vec::with_capacity(length + 64));
    let mut a = seed.to_vec();
    while out.len() < length {
        a = mac(&[&a])?;
        out.extend(mac(&[&a, seed])?);
    }
    out.truncate(length);
    Some(out)
}

fn hex(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let bytes = text.as_bytes();
    let digit = |byte: u8| (byte as char).to_digit(16).map(|digit| digit as u8);
    bytes.len().is_multiple_of(2).then_some(())?;
    let read = bytes.chunks_exact(2).map(|two| Some(digit(two[0])? << 4 | digit(two[1])?));
    read.collect::<Option<Vec<u8>>>().map(Zeroizing::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_can_be_read() {
        let mut exports = Exports::default();
        let material: Vec<u8> = (0..56).collect();
        exports.add("direct", "caller", Profile::Gcm128, &material);
        exports.add("direct", "callee", Profile::Gcm128, &material);
        let mut keys = KeyFile::default();
        keys.read(&exports.text());
        let both = Master::from_exporter(Profile::Gcm128, &material).unwrap();
        assert_eq!((keys.masters(), keys.unread()), (&both[..], 0));
        keys.read(&Exports::default().text());
        assert_eq!((keys.len(), keys.unread()), (2, 0));
        assert_eq!(format!("{exports:?}"), "Exports(2)");
    }

    #[test]
    fn every_kind_of_line_is_known_and_no_key_is_shown() {
        let mut keys = KeyFile::default();
        let random = "ab".repeat(32);
        let inline = STANDARD.encode([7; 30]);
        keys.read(&format!("# a comment\nCLIENT_RANDOM {random} {}\n", "cd".repeat(48)));
        keys.read(&format!(
            "CLIENT_TRAFFIC_SECRET_0 {random} {}\nnothing\nCLIENT_RANDOM x y",
            "ef".repeat(32)
        ));
        keys.read(&format!("a=crypto:1 AES_CM_128_HMAC_SHA1_32 inline:{inline}|2^31|1:1\ninline:{inline}"));
        let material = "01".repeat(88);
        keys.read(&format!("[{{\"keying_material\": \"{material}\", \"srtp\": \"SRTP_AEAD_AES_256_GCM\"}}]"));
        assert_eq!((keys.len(), keys.unsupported(), keys.unread()), (4, 1, 2));
        assert_eq!(keys.masters()[0].profile, Profile::AesCm32);
        let shown = format!("{keys:?} {:?}", keys.masters());
        assert!(!shown.contains("cdcd") && !shown.contains('7'), "{shown}");
        assert!(keys.of_handshake(&[0xab; 32], &[0; 32], 0xc02b, Profile::Gcm256).is_some());
    }
}
