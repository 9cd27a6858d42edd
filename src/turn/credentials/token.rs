//! Access tokens of third-party authorization (RFC 7635): what a client is handed in place of a password, and how it
//! is made.
//!
//! A token is a block that only the server can open; to a client it is opaque. The MAC key comes along with it, and is
//! inside the token as well: that is how the server learns it.

use std::fmt;

use base64::Engine as _;
use base64::alphabet::STANDARD as ALPHABET;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use ring::aead::{AES_128_GCM, AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use thiserror::Error;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::Secret;

/// The MAC key that fits HMAC-SHA1, which MESSAGE-INTEGRITY is; coturn takes no other length.
pub const MAC_KEY_BYTES: usize = 20;
/// A token larger than this fits into no datagram beside the rest of a request.
const MOST: usize = 32 * 1024;
/// `nonce_length` and `nonce` of a token that AES-GCM seals (RFC 7635 §6.2, RFC 5116 §5.1).
const NONCE_BYTES: usize = 12;

/// A token and its MAC key. Neither is ever printed.
#[derive(Clone, PartialEq, Eq, Hash, Zeroize, ZeroizeOnDrop)]
pub struct AccessToken {
    sealed: Vec<u8>,
    mac_key: Vec<u8>,
}

/// Which of the secrets of third-party authorization.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// What goes into ACCESS-TOKEN.
    Token,
    /// What signs requests.
    MacKey,
    /// What authorization server and TURN server share.
    SharedKey,
}

/// Why one was refused; never says what it was.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TokenError {
    /// Something that is no base64.
    #[error("the {} is not base64", part.phrase())]
    Base64 {
        /// Which.
        part: Part,
    },
    /// Nothing at all.
    #[error("the {} is empty", part.phrase())]
    Empty {
        /// Which.
        part: Part,
    },
    /// More than a request can carry.
    #[error("the {} has {bytes} bytes; {MOST} are the limit", part.phrase())]
    TooLarge {
        /// Which.
        part: Part,
        /// How many.
        bytes: usize,
    },
    /// A shared key that no AES-GCM takes.
    #[error("the {} has {bytes} bytes; AES-128-GCM takes 16 and AES-256-GCM 32", Part::SharedKey.phrase())]
    SharedKeyLength {
        /// How many.
        bytes: usize,
    },
}

impl Part {
    fn phrase(self) -> &'static str {
        match self {
            Part::Token => "access token",
            Part::MacKey => "MAC key",
            Part::SharedKey => "key that servers share",
        }
    }
}

/// What a token says inside (RFC 7635 §6.2), and what seals it; the random parts come from the caller.
#[derive(Debug, Clone, Copy)]
pub struct Minting<'a> {
    /// The name that the TURN server says in THIRD-PARTY-AUTHORIZATION: the token is good for no other.
    pub server_name: &'a str,
    /// When the token was made, in Unix seconds.
    pub made: u64,
    /// For how many seconds it is good.
    pub lifetime: u32,
    /// The MAC key to put into it.
    pub mac_key: [u8; MAC_KEY_BYTES],
    /// Never used twice with a shared key.
    pub nonce: [u8; NONCE_BYTES],
}

impl AccessToken {
    /// Reads both as they are handed out: in base64 of either alphabet, with or without `=`, blanks and line ends
    /// around them.
    pub fn from_base64(token: &Secret, mac_key: &Secret) -> Result<Self, TokenError> {
        Ok(Self { sealed: bytes_of(Part::Token, token)?, mac_key: self::mac_key(mac_key)? })
    }

    /// Makes one, as an authorization server does: `shared_key` is what it shares with the TURN server, in base64; its
    /// length says which AES-GCM it is for.
    pub fn mint(shared_key: &Secret, minting: Minting<'_>) -> Result<Self, TokenError> {
        let mut shared = bytes_of(Part::SharedKey, shared_key)?;
        let algorithm = match shared.len() {
            16 => &AES_128_GCM,
            32 => &AES_256_GCM,
            bytes => {
                shared.zeroize();
                return Err(TokenError::SharedKeyLength { bytes });
            }
        };
        let key = UnboundKey::new(algorithm, &shared).map(LessSafeKey::new);
        shared.zeroize();
        let mut block = (MAC_KEY_BYTES as u16).to_be_bytes().to_vec();
        block.extend_from_slice(&minting.mac_key);
        // 48 bits of seconds, 16 of a fraction of one.
        block.extend_from_slice(&(minting.made << 16).to_be_bytes());
        block.extend_from_slice(&minting.lifetime.to_be_bytes());
        key.and_then(|key| {
            let nonce = Nonce::assume_unique_for_key(minting.nonce);
            key.seal_in_place_append_tag(nonce, Aad::from(minting.server_name), &mut block)
        })
        .expect("AES-GCM takes a key of its length and a block of 34 bytes");
        let mut sealed = (NONCE_BYTES as u16).to_be_bytes().to_vec();
        sealed.extend_from_slice(&minting.nonce);
        sealed.append(&mut block);
        Ok(Self { sealed, mac_key: minting.mac_key.to_vec() })
    }

    /// The value of ACCESS-TOKEN.
    pub fn sealed(&self) -> &[u8] {
        &self.sealed
    }

    /// The key of MESSAGE-INTEGRITY, used as it is (RFC 7635 §5).
    pub fn mac_key(&self) -> &[u8] {
        &self.mac_key
    }

    /// Token and MAC key in base64, to be handed on.
    pub fn to_base64(&self) -> (Secret, Secret) {
        let encode = |bytes: &[u8]| Secret::new(STANDARD.encode(bytes));
        (encode(&self.sealed), encode(&self.mac_key))
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// Reads a MAC key alone: what signs the messages of a session with a token.
pub fn mac_key(text: &Secret) -> Result<Vec<u8>, TokenError> {
    bytes_of(Part::MacKey, text)
}

/// The W3C had `accessToken` in base64 and `macKey` in that for URLs; people paste either as it comes.
fn bytes_of(part: Part, text: &Secret) -> Result<Vec<u8>, TokenError> {
    let mut text: String = text.expose().trim().replace('-', "+").replace('_', "/");
    let lenient = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let bytes = GeneralPurpose::new(&ALPHABET, lenient).decode(&text);
    text.zeroize();
    let bytes = bytes.map_err(|_| TokenError::Base64 { part })?;
    match bytes.len() {
        0 => Err(TokenError::Empty { part }),
        1..=MOST => Ok(bytes),
        bytes => Err(TokenError::TooLarge { part, bytes }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The inputs of RFC 7635's sample tickets (appendix A).
    fn sample() -> Minting<'static> {
        Minting {
            server_name: "blackdow.carleon.gov",
            made: 92_470_300_704_768 >> 16,
            lifetime: 3600,
            mac_key: *b"ZksjpweoixXmvn67534m",
            nonce: *b"h4j3k2l2n4b5",
        }
    }

    fn mint(shared_key: &str) -> Result<(String, String), TokenError> {
        let (token, mac_key) = AccessToken::mint(&Secret::new(shared_key), sample())?.to_base64();
        Ok((token.expose().to_owned(), mac_key.expose().to_owned()))
    }

    #[test]
    fn mints_what_turnutils_oauth_mints() {
        // turnutils_oauth 4.6.1 -e --server-name blackdow.carleon.gov --auth-key-id 2783466234 --auth-key KEY
        // --auth-key-timestamp 1234567890 --auth-key-lifetime 3600 --auth-key-as-rs-alg A256GCM (A128GCM)
        // --token-nonce aDRqM2sybDJuNGI1 --token-mac-key WmtzanB3ZW9peFhtdm42NzUzNG0=
        // --token-timestamp 92470300704768 --token-lifetime 3600
        let mac_key = "WmtzanB3ZW9peFhtdm42NzUzNG0=".to_owned();
        let aes_256 =
            "AAxoNGozazJsMm40YjVhfvE0o9XkTpoZzH3BBLDAPQOypVHY/fXNO23KbxDPt35bLd7ITSk6XFBJk1nwwuJvdg==";
        assert_eq!(
            mint("SEdrajMyS0pHaXV5MDk4c2RmYXFiTmpPaWF6NzE5MjM="),
            Ok((aes_256.into(), mac_key.clone()))
        );
        let aes_128 =
            "AAxoNGozazJsMm40YjV/uemfCCe+PfHhvWUUk9MDHTbfVweXhK7l6stl+tTyf6saP5eXS2n4UbJL9a8J7aNX4A==";
        assert_eq!(mint("SEdrajMyS0pHaXV5MDk4cw=="), Ok((aes_128.into(), mac_key)));
    }

    #[test]
    fn a_shared_key_is_one_of_aes() {
        let refuse = |text: &str| mint(text).unwrap_err().to_string();
        insta::assert_snapshot!(refuse("c2hvcnQ="), @"the key that servers share has 5 bytes; AES-128-GCM takes 16 and AES-256-GCM 32");
        insta::assert_snapshot!(refuse("hunter2!"), @"the key that servers share is not base64");
    }

    #[test]
    fn a_token_is_read_in_either_base64_with_and_without_padding_and_blanks() {
        let read = |token: &str| {
            AccessToken::from_base64(&Secret::new(token), &Secret::new("a2V5"))
                .map(|token| token.sealed().to_vec())
        };
        for text in ["/+8A", "_-8A", " /+8A\r\n"] {
            assert_eq!(read(text), Ok(vec![0xff, 0xef, 0x00]), "{text:?}");
        }
        assert_eq!(read("/+8="), read("_-8"));
        assert_eq!(read("hunter2!"), Err(TokenError::Base64 { part: Part::Token }));
        assert_eq!(read(" \n"), Err(TokenError::Empty { part: Part::Token }));
        let bytes = MOST + 2;
        assert_eq!(
            read(&"AAAA".repeat(bytes / 3)),
            Err(TokenError::TooLarge { part: Part::Token, bytes: bytes / 3 * 3 })
        );
        let no_key = AccessToken::from_base64(&Secret::new("/+8A"), &Secret::new("")).unwrap_err();
        insta::assert_snapshot!(no_key, @"the MAC key is empty");
    }

    #[test]
    fn nothing_of_it_is_printed() {
        let token = AccessToken::mint(&Secret::new("SEdrajMyS0pHaXV5MDk4cw=="), sample()).unwrap();
        insta::assert_snapshot!(format!("{token:?}"), @"[redacted]");
    }
}
