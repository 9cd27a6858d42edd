//! `fingerprint` and `setup`: whose certificate, and who begins the handshake (RFC 8122 §5, RFC 4145 §4).

use crate::sdp::Problem;
use crate::sdp::text::Word;

/// `a=fingerprint`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint<'t> {
    /// The hash function, as written.
    pub hash: Word<'t>,
    /// Bytes in hexadecimal with colons between them.
    pub value: Word<'t>,
}

/// `a=setup`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Setup {
    /// Begins the handshake: the DTLS client.
    Active,
    /// Waits for it: the DTLS server.
    Passive,
    /// Leaves the choice to the answer.
    Actpass,
    /// Wants no connection for now.
    Holdconn,
}

impl<'t> Fingerprint<'t> {
    pub(super) fn read(value: Word<'t>) -> Result<Self, Problem> {
        let mut words = value.words();
        let hash = words.expect("a hash function, such as `sha-256`")?;
        let value = words.expect("the fingerprint")?;
        words.end()?;
        let digits = |byte: &str| byte.len() == 2 && byte.bytes().all(|digit| digit.is_ascii_hexdigit());
        match value.split(':').find(|byte| !digits(byte.value)) {
            Some(byte) => {
                let byte = if byte.is_empty() { value } else { byte };
                Err(Problem::expected("bytes of two hexadecimal digits with `:` between them", byte))
            }
            None => Ok(Self { hash, value }),
        }
    }

    /// The number of bytes it has.
    pub fn length(&self) -> usize {
        self.value.split(':').count()
    }

    /// The number of bytes that its hash function gives; `None` for one that is not known here.
    pub fn expected_length(&self) -> Option<usize> {
        match self.hash.value.to_ascii_lowercase().as_str() {
            "md2" | "md5" => Some(16),
            "sha-1" => Some(20),
            "sha-224" => Some(28),
            "sha-256" => Some(32),
            "sha-384" => Some(48),
            "sha-512" => Some(64),
            _ => None,
        }
    }
}

impl Setup {
    pub(super) fn read(value: Word<'_>) -> Result<Self, Problem> {
        match value.value {
            "active" => Ok(Setup::Active),
            "passive" => Ok(Setup::Passive),
            "actpass" => Ok(Setup::Actpass),
            "holdconn" => Ok(Setup::Holdconn),
            _ => Err(Problem::expected("active, passive, actpass or holdconn", value)),
        }
    }

    /// As in `a=setup`.
    pub fn as_str(self) -> &'static str {
        match self {
            Setup::Active => "active",
            Setup::Passive => "passive",
            Setup::Actpass => "actpass",
            Setup::Holdconn => "holdconn",
        }
    }

    /// What it says of the handshake.
    pub fn phrase(self) -> &'static str {
        match self {
            Setup::Active => "this side begins the handshake (DTLS client)",
            Setup::Passive => "this side waits for the handshake (DTLS server)",
            Setup::Actpass => "the answer chooses who begins the handshake",
            Setup::Holdconn => "no connection for now",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sdp::text::{Span, Spanned};

    fn read(value: &str) -> Result<Fingerprint<'_>, Problem> {
        Fingerprint::read(Spanned { value, span: Span::new(0, value.len()) })
    }

    #[test]
    fn a_fingerprint_says_how_long_it_should_be() {
        let fingerprint = read("sha-1 AB:cd:00").unwrap();
        assert_eq!((fingerprint.length(), fingerprint.expected_length()), (3, Some(20)));
        assert_eq!(read("sha3 00").unwrap().expected_length(), None);
    }

    #[test]
    fn the_byte_that_is_none_is_named() {
        let problem = read("sha-256 AB:C:00").unwrap_err();
        assert_eq!((&*problem.found, problem.span), ("C", Span::new(11, 12)));
        assert!(read("sha-256").is_err());
        assert!(read("sha-256 AB 00").is_err());
    }
}
