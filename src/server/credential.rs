//! Whom the embedded server knows: static users, or TURN REST credentials; and the keys they sign with.

use zeroize::Zeroizing;

use super::settings::Settings;
use crate::stun::{Integrity, Message, MessageBuilder};
use crate::turn::credentials::rest;

/// How a password becomes a key (PASSWORD-ALGORITHM, RFC 8489 §18.5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PasswordAlgorithm {
    Md5,
    Sha256,
}

/// A user's key, by the attribute that it makes.
#[derive(Clone)]
pub(super) enum Key {
    /// MESSAGE-INTEGRITY.
    Sha1(Zeroizing<Vec<u8>>),
    /// MESSAGE-INTEGRITY-SHA256.
    Sha256(Zeroizing<Vec<u8>>),
}

impl Key {
    pub(super) fn has_signed(&self, message: &Message) -> bool {
        let integrity = match self {
            Self::Sha1(key) => message.integrity(key),
            Self::Sha256(key) => message.integrity_sha256(key),
        };
        integrity == Integrity::Valid
    }

    pub(super) fn sign(&self, message: MessageBuilder) -> MessageBuilder {
        match self {
            Self::Sha1(key) => message.integrity(key),
            Self::Sha256(key) => message.integrity_sha256(key),
        }
    }
}

/// The key of this user at this wall-clock time (seconds since 1970); `None` for unknown and for expired.
pub(super) fn key_of(
    settings: &Settings,
    username: &str,
    algorithm: PasswordAlgorithm,
    unix_time: u64,
) -> Option<Zeroizing<Vec<u8>>> {
    // coturn has its users by realm, and finds none without one.
    if settings.realm.is_empty() {
        return None;
    }
    let credentials = match &settings.rest_secret {
        Some(secret) => {
            let clock = unix_time.saturating_add_signed(settings.clock_offset_s);
            (rest::expiry(username)? >= clock).then_some(())?;
            rest::for_username(secret, username)
        }
        None => settings.users.iter().find(|user| user.username == username)?.clone(),
    };
    Some(match algorithm {
        PasswordAlgorithm::Md5 => credentials.key(&settings.realm),
        PasswordAlgorithm::Sha256 => Zeroizing::new(credentials.key_sha256(&settings.realm)?.to_vec()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::turn::credentials::{Credentials, Secret};

    const TIME: u64 = 1_712_345_678;

    fn knows(settings: &Settings, username: &str, unix_time: u64) -> bool {
        key_of(settings, username, PasswordAlgorithm::Md5, unix_time).is_some()
    }

    #[test]
    fn a_rest_credential_is_good_until_its_timestamp() {
        let settings = Settings { rest_secret: Some(Secret::new("s")), ..Settings::default() };
        for name in [format!("{TIME}"), format!("{TIME}:ann"), format!("ann:{TIME}")] {
            assert!(knows(&settings, &name, TIME), "{name}");
            assert!(!knows(&settings, &name, TIME + 1), "{name}");
        }
        for name in ["ann", "", ":", Settings::USER.0] {
            assert!(!knows(&settings, name, 0), "{name}");
        }
    }

    #[test]
    fn the_key_is_made_of_the_users_password_or_of_the_rest_secrets() {
        let settings = Settings::default();
        let (name, password) = Settings::USER;
        let user = Credentials::password(name, Secret::new(password));
        let key = |algorithm| key_of(&settings, name, algorithm, 0).unwrap().to_vec();
        assert_eq!(key(PasswordAlgorithm::Md5), user.key(&settings.realm).to_vec());
        assert_eq!(key(PasswordAlgorithm::Sha256), user.key_sha256(&settings.realm).unwrap().to_vec());
        let secret = Secret::new("north");
        let minted = rest::mint(&secret, Some("ann"), TIME, rest::SEPARATOR);
        let settings = Settings { rest_secret: Some(secret), ..settings };
        let key = key_of(&settings, &minted.username, PasswordAlgorithm::Md5, 0).unwrap();
        assert_eq!(key[..], minted.key(&settings.realm)[..]);
    }

    #[test]
    fn without_a_realm_nobody_is_known() {
        let settings = Settings { realm: String::new(), ..Settings::default() };
        assert!(!knows(&settings, Settings::USER.0, 0));
    }
}
