//! Long-term credentials (RFC 8489 §9.2): a user name and a password, the key that is made of them, or a token of
//! third-party authorization (RFC 7635).
//!
//! Leaves out nonces and MESSAGE-INTEGRITY. Whatever is secret here is wiped from memory when dropped and
//! never printed.

pub mod clock;
pub mod form;
pub mod rest;
pub mod token;

use std::fmt;

use md5::digest::Output;
use md5::{Digest, Md5};
use sha2::Sha256;
use thiserror::Error;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use self::token::AccessToken;

/// Text that no output may show: it has no `Display`, and `Debug` prints `[redacted]`.
#[derive(Clone, PartialEq, Eq, Hash, Zeroize, ZeroizeOnDrop)]
pub struct Secret(String);

/// What a client proves itself with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// Goes over the wire in clear.
    pub username: String,
    /// Does not.
    pub secret: LongTermSecret,
}

/// What a server's operator may hand out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LongTermSecret {
    /// The password itself.
    Password(Secret),
    /// MD5 of user name, realm and password, good for that realm alone.
    Key(Ha1),
    /// A token for ACCESS-TOKEN and its MAC key; the user name is the id of the key that sealed it.
    Token(AccessToken),
}

/// The HA1 key that `turnadmin -k` prints: MD5 of `username:realm:password`.
#[derive(Clone, PartialEq, Eq, Hash, Zeroize, ZeroizeOnDrop)]
pub struct Ha1([u8; 16]);

/// Why a key was refused; never says what it was.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum KeyError {
    /// Another number of digits.
    #[error(
        "the key has {digits} characters; an HA1 key has 32 hexadecimal digits, as `turnadmin -k` prints them"
    )]
    Length {
        /// How many, `0x` not counted.
        digits: usize,
    },
    /// Something other than `0-9a-fA-F`.
    #[error("character {position} of the key is not a hexadecimal digit")]
    Digit {
        /// Counted from 1, `0x` not counted.
        position: usize,
    },
}

impl Secret {
    /// Takes the text over.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, for the one place that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl Credentials {
    /// A user name and its password.
    pub fn password(username: impl Into<String>, password: Secret) -> Self {
        Self { username: username.into(), secret: LongTermSecret::Password(password) }
    }

    /// A token of third-party authorization; `kid` names the key that sealed it.
    pub fn token(kid: impl Into<String>, token: AccessToken) -> Self {
        Self { username: kid.into(), secret: LongTermSecret::Token(token) }
    }

    /// The token, where these are of that kind.
    pub fn access_token(&self) -> Option<&AccessToken> {
        match &self.secret {
            LongTermSecret::Token(token) => Some(token),
            LongTermSecret::Password(_) | LongTermSecret::Key(_) => None,
        }
    }

    /// The key of MESSAGE-INTEGRITY: MD5 of `username:realm:password` (RFC 8489 §9.2.2); a token's MAC key as it is
    /// (RFC 7635 §5).
    ///
    /// The RFC wants the OpaqueString profile applied to user name, realm and password. Browsers and coturn
    /// use the bytes as they are, so we do too: what we find is then what a browser would find.
    pub fn key(&self, realm: &str) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(match &self.secret {
            LongTermSecret::Key(key) => key.0.to_vec(),
            LongTermSecret::Password(password) => self.digest::<Md5>(realm, password).to_vec(),
            LongTermSecret::Token(token) => token.mac_key().to_vec(),
        })
    }

    /// The key where PASSWORD-ALGORITHM says SHA-256 (RFC 8489 §18.5.1.2); `None` where there is no password to
    /// digest.
    pub fn key_sha256(&self, realm: &str) -> Option<Zeroizing<[u8; 32]>> {
        match &self.secret {
            LongTermSecret::Key(_) | LongTermSecret::Token(_) => None,
            LongTermSecret::Password(password) => {
                Some(Zeroizing::new(self.digest::<Sha256>(realm, password).into()))
            }
        }
    }

    fn digest<D: Digest>(&self, realm: &str, password: &Secret) -> Output<D> {
        let mut digest = D::new();
        for part in [&self.username, ":", realm, ":", password.expose()] {
            digest.update(part);
        }
        digest.finalize()
    }
}

impl Ha1 {
    /// Reads 32 hexadecimal digits, with or without `0x` in front.
    pub fn from_hex(text: &str) -> Result<Self, KeyError> {
        let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")).unwrap_or(text);
        let count = digits.chars().count();
        if count != 32 {
            return Err(KeyError::Length { digits: count });
        }
        let mut key = [0; 16];
        for (i, c) in digits.chars().enumerate() {
            let value = c.to_digit(16).ok_or(KeyError::Digit { position: i + 1 })?;
            key[i / 2] = key[i / 2] << 4 | value as u8;
        }
        Ok(Self(key))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl fmt::Debug for Ha1 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(key: &[u8]) -> String {
        key.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn the_key_is_md5_of_user_realm_and_password() {
        // printf %s user:realm:pass | openssl md5 (and RFC 8489 §9.2.2 has the same example)
        let user = Credentials::password("user", Secret::new("pass"));
        assert_eq!(hex(&user.key("realm")), "8493fbc53ba582fb4c044c456bdc40eb");
        // python3: hashlib.md5("マトリックス:example.org:TheMatrIX".encode()), the names of RFC 5769 §2.4
        let matrix = Credentials::password("マトリックス", Secret::new("TheMatrIX"));
        assert_eq!(hex(&matrix.key("example.org")), "e8ca7ad59d5eb0518e312911d2dab2a9");
    }

    #[test]
    fn a_sha256_key_needs_the_password() {
        let matrix = Credentials::password("マトリックス", Secret::new("TheMatrIX"));
        // printf %s マトリックス:example.org:TheMatrIX | openssl sha256
        let expected = "dd295a613b9058c3c23d6dc7165bda072304d989c9d0af3a8c7e184b4f9bb4a1";
        assert_eq!(hex(&*matrix.key_sha256("example.org").unwrap()), expected);
        let key = LongTermSecret::Key(Ha1::from_hex("cc89cc8b5156f34b6f0f8a41d6b3785d").unwrap());
        let credentials = Credentials { username: "alice".into(), secret: key };
        assert_eq!(credentials.key_sha256("example.test"), None);
    }

    #[test]
    fn a_ready_made_key_is_taken_as_it_is() {
        // printf %s alice:example.test:wonder | openssl md5
        for text in ["cc89cc8b5156f34b6f0f8a41d6b3785d", "0xCC89CC8B5156F34B6F0F8A41D6B3785D"] {
            let key = LongTermSecret::Key(Ha1::from_hex(text).unwrap());
            let credentials = Credentials { username: "alice".into(), secret: key };
            assert_eq!(hex(&credentials.key("any.realm")), "cc89cc8b5156f34b6f0f8a41d6b3785d");
        }
    }

    #[test]
    fn a_bad_key_is_refused_without_repeating_it() {
        let refuse = |text: &str| Ha1::from_hex(text).unwrap_err();
        assert_eq!(refuse("0x1234"), KeyError::Length { digits: 4 });
        assert_eq!(refuse(""), KeyError::Length { digits: 0 });
        assert_eq!(refuse("cc89cc8b5156f34b6f0f8a41d6b3785z"), KeyError::Digit { position: 32 });
        assert_eq!(refuse("+c89cc8b5156f34b6f0f8a41d6b3785d"), KeyError::Digit { position: 1 });
        assert_eq!(refuse("äc89cc8b5156f34b6f0f8a41d6b3785d"), KeyError::Digit { position: 1 });
        insta::assert_snapshot!(refuse("0xhunter2"), @"the key has 7 characters; an HA1 key has 32 hexadecimal digits, as `turnadmin -k` prints them");
    }

    #[test]
    fn nothing_secret_is_printed() {
        let password = Credentials::password("alice", Secret::new("wonder"));
        let key = LongTermSecret::Key(Ha1::from_hex("cc89cc8b5156f34b6f0f8a41d6b3785d").unwrap());
        insta::assert_snapshot!(format!("{password:?}"), @r#"Credentials { username: "alice", secret: Password([redacted]) }"#);
        insta::assert_snapshot!(format!("{key:?}"), @"Key([redacted])");
    }
}
