//! Time-limited credentials from a shared secret, the "TURN REST API"
//! (draft-uberti-behave-turn-rest): the user name holds the time of expiry, the password is its HMAC.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use sha1::Sha1;

use super::{Credentials, Secret};

/// What coturn (`rest-api-separator`) and the draft put between time and name.
pub const SEPARATOR: char = ':';

/// Times of expiry that are taken for one: 2001-09-09 to 2286-11-20, all the numbers with ten digits. A
/// numeric user name such as `1001` is none, nor is a time in milliseconds, which no server takes either.
const PLAUSIBLE: std::ops::Range<u64> = 1_000_000_000..10_000_000_000;

/// Makes credentials that expire at `expires_unix`: user name `expires_unix` or `expires_unix:user`,
/// password the base64 of its HMAC-SHA1.
pub fn mint(secret: &Secret, user: Option<&str>, expires_unix: u64, separator: char) -> Credentials {
    let username = match user {
        Some(user) => format!("{expires_unix}{separator}{user}"),
        None => expires_unix.to_string(),
    };
    for_username(secret, &username)
}

/// The credentials that `secret` gives for a user name that holds its expiry already.
pub fn for_username(secret: &Secret, username: &str) -> Credentials {
    Credentials::password(username, password(secret, username))
}

/// The password that `secret` gives for `username`.
pub fn password(secret: &Secret, username: &str) -> Secret {
    let mut hmac = Hmac::<Sha1>::new_from_slice(secret.expose().as_bytes())
        .expect("HMAC takes a key of any length (RFC 2104 §2)");
    hmac.update(username.as_bytes());
    Secret::new(STANDARD.encode(hmac.finalize().into_bytes()))
}

/// When `username` expires, in Unix seconds, if it is one of this kind: `time`, `time:name` or `name:time`.
pub fn expiry(username: &str) -> Option<u64> {
    expiry_separated(username, SEPARATOR)
}

/// [`expiry`] for a server with another separator. Follows coturn: the time is what stands before the first
/// separator if those are digits, else the digits behind it.
pub fn expiry_separated(username: &str, separator: char) -> Option<u64> {
    match username.split_once(separator) {
        None => time(username),
        Some((first, _)) if !first.is_empty() && first.bytes().all(|b| b.is_ascii_digit()) => time(first),
        Some((_, rest)) => time(rest.split(separator).next().unwrap_or(rest)),
    }
}

/// How a user name is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// No time in it: a static user.
    Static,
    /// `time`.
    Time,
    /// `time:name`.
    TimeName,
    /// `name:time`.
    NameTime,
}

/// How `username` is built, where `separator` stands between its parts.
pub fn form(username: &str, separator: char) -> Form {
    match (expiry_separated(username, separator), username.split_once(separator)) {
        (None, _) => Form::Static,
        (Some(_), None) => Form::Time,
        (Some(_), Some((first, _))) if time(first).is_some() => Form::TimeName,
        (Some(_), Some(_)) => Form::NameTime,
    }
}

/// Whether `password` is what `secret` gives for `username`.
pub fn matches(secret: &Secret, username: &str, password: &Secret) -> bool {
    self::password(secret, username) == *password
}

fn time(digits: &str) -> Option<u64> {
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok().filter(|seconds| PLAUSIBLE.contains(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::turn::credentials::LongTermSecret;

    fn minted(user: Option<&str>, separator: char) -> (String, String) {
        let credentials = mint(&Secret::new("north"), user, 1_712_345_678, separator);
        match credentials.secret {
            LongTermSecret::Password(password) => (credentials.username, password.expose().to_owned()),
            LongTermSecret::Key(_) | LongTermSecret::Token(_) => panic!("no password"),
        }
    }

    #[test]
    fn mints_what_openssl_computes() {
        // printf %s 1712345678:alice | openssl dgst -sha1 -hmac north -binary | base64
        let alice = ("1712345678:alice".into(), "0ZD6cnpTkaID21yeVWnCwmsDr9I=".into());
        assert_eq!(minted(Some("alice"), ':'), alice);
        // printf %s 1712345678 | openssl dgst -sha1 -hmac north -binary | base64
        assert_eq!(minted(None, ':'), ("1712345678".into(), "PJpbmC0zqIMcsBP3gTayn9k9gtA=".into()));
        assert_eq!(minted(Some("alice"), '-').0, "1712345678-alice");
    }

    #[test]
    fn knows_its_own_password_from_others() {
        let (username, password) = minted(Some("alice"), ':');
        let password = Secret::new(password);
        assert!(matches(&Secret::new("north"), &username, &password));
        assert!(!matches(&Secret::new("south"), &username, &password));
        assert!(!matches(&Secret::new("north"), "1712345679:alice", &password));
        assert!(!matches(&Secret::new(""), &username, &Secret::new("")));
    }

    #[test]
    fn finds_the_time_of_expiry_on_either_side() {
        let time = Some(1_712_345_678);
        assert_eq!(expiry("1712345678"), time);
        assert_eq!(expiry("1712345678:alice"), time);
        assert_eq!(expiry("1712345678:"), time);
        assert_eq!(expiry("1712345678:a:b"), time);
        assert_eq!(expiry("alice:1712345678"), time);
        assert_eq!(expiry("alice:1712345678:b"), time);
        assert_eq!(expiry(":1712345678"), time);
        assert_eq!(expiry_separated("1712345678-alice", '-'), time);
    }

    #[test]
    fn tells_the_forms_of_a_user_name_apart() {
        for (username, expected) in [
            ("alice", Form::Static),
            ("1001:alice", Form::Static),
            ("1712345678", Form::Time),
            ("1712345678:alice", Form::TimeName),
            ("alice:1712345678", Form::NameTime),
            ("alice:1712345678:b", Form::NameTime),
        ] {
            assert_eq!(form(username, ':'), expected, "{username}");
        }
    }

    #[test]
    fn an_ordinary_user_name_is_not_a_time() {
        for username in [
            "",
            ":",
            "alice",
            "1001",
            "1001:alice",
            "alice:1001",
            "1712345678alice",
            "alice1712345678",
            "1712345678-alice",
            "alice:1712345678x",
            "1712345678901",
            "99999999999999999999999",
            "+1712345678",
            "1001:1712345678",
        ] {
            assert_eq!(expiry(username), None, "{username}");
        }
    }
}
