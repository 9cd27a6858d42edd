//! What a server told us to authenticate with, and how that signs requests and checks answers
//! (RFC 8489 §9.2, RFC 7635).

use std::fmt;

use zeroize::Zeroizing;

use crate::stun::attribute::{self, PASSWORD_ALGORITHM, PASSWORD_ALGORITHMS};
use crate::stun::{Integrity, Message, MessageBuilder, Method};
use crate::turn::credentials::Credentials;

/// REALM, NONCE, and the key that follows from them and our credentials. `Debug` does not show the key.
#[derive(Clone, Default)]
pub(super) struct Access {
    realm: Vec<u8>,
    nonce: Vec<u8>,
    /// PASSWORD-ALGORITHMS as it came, to be sent back, and the algorithm that we took from it.
    algorithms: Option<(Vec<u8>, Algorithm)>,
    /// THIRD-PARTY-AUTHORIZATION came: the server takes tokens.
    third_party: bool,
    /// The server has taken our key.
    proven: bool,
    /// A token's MAC key is used as coturn does.
    cut: bool,
    key: Option<Zeroizing<Vec<u8>>>,
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Access").field("proven", &self.proven).finish_non_exhaustive()
    }
}

/// coturn (4.5 to 4.17) takes a token with a MAC key of twenty bytes alone, and then signs with the first so many of it,
/// the length of an MD5 key; whoever signs with all of it, as RFC 7635 §5 says, gets a 401.
const CUT: usize = 16;

/// RFC 8489 §18.5.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Algorithm {
    Md5,
    Sha256,
}

/// What a 401 or 438 tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Challenge {
    realm: Option<Vec<u8>>,
    nonce: Vec<u8>,
    algorithms: Option<Vec<u8>>,
    third_party: bool,
}

impl Challenge {
    /// Reads a challenge; `None` if it has no NONCE, or if somebody took PASSWORD-ALGORITHMS out of it:
    /// the nonce itself says that the server sent them (RFC 8489 §9.2.5).
    pub(super) fn from_response(response: &Message) -> Option<Self> {
        let nonce = response.attribute(attribute::NONCE)?.to_vec();
        let algorithms = response.attribute(PASSWORD_ALGORITHMS).map(<[u8]>::to_vec);
        if algorithms.is_none() && announces_algorithms(&nonce) {
            return None;
        }
        let realm = response.attribute(attribute::REALM).map(<[u8]>::to_vec);
        let third_party = response.attribute(attribute::THIRD_PARTY_AUTHORIZATION).is_some();
        Some(Self { realm, nonce, algorithms, third_party })
    }
}

impl Access {
    /// Whether there is an answer to this challenge: a token is for servers that ask for one (RFC 7635 §5).
    pub(super) fn can_answer(&self, challenge: &Challenge, credentials: &Credentials) -> bool {
        credentials.access_token().is_none() || self.third_party || challenge.third_party
    }

    /// Takes a challenge; `refused` says that it came to a request that was signed, and was a 401: a token is then tried
    /// coturn's way. Without credentials, or where no algorithm offered is one of ours, there is no key.
    pub(super) fn learn(&mut self, challenge: Challenge, credentials: Option<&Credentials>, refused: bool) {
        self.nonce = challenge.nonce;
        if let Some(realm) = challenge.realm {
            self.realm = realm;
        }
        self.third_party |= challenge.third_party;
        let credentials = credentials.filter(|it| it.access_token().is_none() || self.third_party);
        let realm = String::from_utf8_lossy(&self.realm);
        let sha256 = || credentials.and_then(|credentials| credentials.key_sha256(&realm));
        // PASSWORD-ALGORITHMS is about passwords: a token's requests are signed with its MAC key as it is.
        let offered =
            challenge.algorithms.filter(|_| credentials.is_none_or(|it| it.access_token().is_none()));
        self.algorithms = offered.and_then(|offered| {
            let algorithm = first_known(&offered, sha256().is_some())?;
            Some((offered, algorithm))
        });
        self.key = match self.algorithms {
            Some((_, Algorithm::Sha256)) => sha256().map(|key| Zeroizing::new(key.to_vec())),
            _ => credentials.map(|credentials| credentials.key(&realm)),
        };
        let token = credentials.and_then(Credentials::access_token);
        self.cut |= refused && !self.proven && token.is_some_and(|token| token.mac_key().len() > CUT);
        if let (true, Some(key)) = (self.cut, &mut self.key) {
            key.truncate(CUT);
        }
    }

    /// Whether requests are signed with the beginning of a MAC key.
    pub(super) fn is_cut(&self) -> bool {
        self.cut && self.has_key()
    }

    /// Whether requests can be signed.
    pub(super) fn has_key(&self) -> bool {
        self.key.is_some()
    }

    /// Adds who we are, and signs. To a server that offers algorithms, with SHA-256 alone (RFC 8489 §9.2.5). A token is
    /// sent where `method` makes the server look for one: it remembers the MAC key beside the allocation (RFC 7635 §9).
    pub(super) fn sign(
        &self,
        builder: MessageBuilder,
        method: Method,
        credentials: &Credentials,
    ) -> MessageBuilder {
        let Some(key) = &self.key else { return builder };
        // ConnectionBind comes over a connection of its own, which the server knows nothing of yet.
        let carries = matches!(method, Method::Allocate | Method::Refresh | Method::ConnectionBind);
        let builder = match credentials.access_token().filter(|_| carries) {
            Some(token) => builder.attribute(attribute::ACCESS_TOKEN, token.sealed()),
            None => builder,
        };
        let builder = builder
            .attribute(attribute::USERNAME, credentials.username.as_bytes())
            .attribute(attribute::REALM, &self.realm)
            .attribute(attribute::NONCE, &self.nonce);
        match &self.algorithms {
            None => builder.integrity(key),
            Some((offered, algorithm)) => {
                let number = match algorithm {
                    Algorithm::Md5 => 1,
                    Algorithm::Sha256 => 2,
                };
                builder
                    .attribute(PASSWORD_ALGORITHMS, offered)
                    .attribute(PASSWORD_ALGORITHM, &[0, number, 0, 0])
                    .integrity_sha256(key)
            }
        }
    }

    /// Whether the server signed an answer as it must.
    pub(super) fn check(&mut self, response: &Message) -> Integrity {
        let integrity = match (&self.key, &self.algorithms) {
            (None, _) => Integrity::Valid,
            (Some(key), None) => response.integrity(key),
            (Some(key), Some(_)) => response.integrity_sha256(key),
        };
        self.proven |= self.key.is_some() && integrity == Integrity::Valid;
        integrity
    }
}

/// Whether a nonce is one of RFC 8489 §9.2 that says "password algorithms": the cookie, then 24 feature bits
/// in base64, of which that is the first.
fn announces_algorithms(nonce: &[u8]) -> bool {
    let features = nonce.strip_prefix(b"obMatJos2").and_then(<[u8]>::first);
    // The first of 24 bits is set in the characters that stand for 32 to 63.
    features.is_some_and(|c| matches!(c, b'g'..=b'z' | b'0'..=b'9' | b'+' | b'/'))
}

/// The first algorithm of PASSWORD-ALGORITHMS that we know (RFC 8489 §14.11); SHA-256 only where we have a
/// password to digest.
fn first_known(mut offered: &[u8], sha256: bool) -> Option<Algorithm> {
    while let Some((head, rest)) = offered.split_at_checked(4) {
        match u16::from_be_bytes([head[0], head[1]]) {
            1 => return Some(Algorithm::Md5),
            2 if sha256 => return Some(Algorithm::Sha256),
            _ => {}
        }
        let parameters = usize::from(u16::from_be_bytes([head[2], head[3]])).next_multiple_of(4);
        offered = rest.get(parameters..)?;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_the_first_algorithm_that_it_knows_and_has_the_password_for() {
        let (md5, sha256, other) = ([0, 1, 0, 0], [0, 2, 0, 0], [0, 9, 0, 3, 7, 7, 7, 0]);
        let check = |offered: &[&[u8]], password, expected| {
            assert_eq!(first_known(&offered.concat(), password), expected);
        };
        check(&[&sha256, &md5], true, Some(Algorithm::Sha256));
        check(&[&md5, &sha256], true, Some(Algorithm::Md5));
        check(&[&other, &sha256], true, Some(Algorithm::Sha256));
        check(&[&sha256, &md5], false, Some(Algorithm::Md5));
        check(&[&sha256], false, None);
        check(&[&other[..6]], true, None);
    }

    #[test]
    fn a_nonce_says_whether_algorithms_were_sent_along() {
        for (nonce, expected) in [
            (&b"obMatJos2gAAAxyz"[..], true),
            (b"obMatJos2AAAAxyz", false),
            (b"obMatJos2QAAAxyz", false),
            (b"obMatJos2", false),
            (b"4f3a9c", false),
        ] {
            assert_eq!(announces_algorithms(nonce), expected);
        }
    }
}
