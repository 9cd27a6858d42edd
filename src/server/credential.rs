//! Whom the embedded server knows: static users, or TURN REST credentials.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest as _, Md5};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::codec::hmac_sha1;
use super::settings::Settings;

/// The password of a TURN REST username under a shared secret (draft-uberti-behave-turn-rest §2.2).
pub fn rest_password(secret: &str, username: &str) -> String {
    STANDARD.encode(hmac_sha1(secret.as_bytes(), &[username.as_bytes()]))
}

/// How a password becomes a key (PASSWORD-ALGORITHM, RFC 8489 §18.5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PasswordAlgorithm {
    Md5,
    Sha256,
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
    let password = Zeroizing::new(match &settings.rest_secret {
        Some(secret) => {
            (expiry(username)? >= unix_time).then_some(())?;
            rest_password(secret, username)
        }
        None => settings.users.iter().find(|(name, _)| name == username)?.1.clone(),
    });
    let text = Zeroizing::new(format!("{username}:{}:{}", settings.realm, password.as_str()));
    Some(Zeroizing::new(match algorithm {
        PasswordAlgorithm::Md5 => Md5::digest(text.as_bytes()).to_vec(),
        PasswordAlgorithm::Sha256 => Sha256::digest(text.as_bytes()).to_vec(),
    }))
}

/// coturn takes `timestamp`, `timestamp:name` and `name:timestamp`.
fn expiry(username: &str) -> Option<u64> {
    let (head, tail) = username.split_once(':').unwrap_or((username, ""));
    [head, tail].into_iter().find_map(|part| part.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rest_credential_is_good_until_its_timestamp() {
        let settings = Settings { rest_secret: Some("s".to_owned()), ..Settings::default() };
        for name in ["1000", "1000:ann", "ann:1000"] {
            assert!(key_of(&settings, name, PasswordAlgorithm::Md5, 1000).is_some(), "{name}");
            assert!(key_of(&settings, name, PasswordAlgorithm::Md5, 1001).is_none(), "{name}");
        }
        for name in ["ann", "", ":", Settings::USER.0] {
            assert!(key_of(&settings, name, PasswordAlgorithm::Md5, 0).is_none(), "{name}");
        }
    }

    #[test]
    fn the_key_is_md5_of_user_realm_and_password() {
        // RFC 5389 §15.4 gives this credential and its key.
        let settings = Settings {
            realm: "realm".to_owned(),
            users: vec![("user".to_owned(), "pass".to_owned())],
            ..Settings::default()
        };
        let Some(key) = key_of(&settings, "user", PasswordAlgorithm::Md5, 0) else { panic!("no key") };
        assert_eq!(key[..], 0x8493_FBC5_3BA5_82FB_4C04_4C45_6BDC_40EB_u128.to_be_bytes());
    }

    #[test]
    fn without_a_realm_nobody_is_known() {
        let settings = Settings { realm: String::new(), ..Settings::default() };
        assert!(key_of(&settings, Settings::USER.0, PasswordAlgorithm::Md5, 0).is_none());
    }
}
