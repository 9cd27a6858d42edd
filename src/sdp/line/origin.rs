//! `o=`: who made the description, and which version of it this is (RFC 8866 §5.2).

use crate::sdp::Problem;
use crate::sdp::text::{Spanned, Word};

/// `o=`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin<'t> {
    /// A name of the user, or `-`; some programs write their own name here.
    pub username: Word<'t>,
    /// The same in every version.
    pub session_id: Word<'t>,
    /// Higher in every version.
    pub session_version: Word<'t>,
    /// `IN`.
    pub network: Word<'t>,
    /// `IP4` or `IP6`.
    pub address_type: Word<'t>,
    /// An address or a name.
    pub address: Word<'t>,
}

impl<'t> Origin<'t> {
    pub(in crate::sdp) fn read(value: Word<'t>) -> Result<Self, Problem> {
        let mut words = value.words();
        let origin = Self {
            username: words.expect("a user name, or `-`")?,
            session_id: words.expect("a session id")?,
            session_version: words.expect("a session version")?,
            network: words.expect("a type of network, `IN`")?,
            address_type: words.expect("a type of address, `IP4` or `IP6`")?,
            address: words.expect("an address")?,
        };
        // A user name with a space is the commonest reason for a seventh word.
        words.end()?;
        Ok(origin)
    }

    /// The version as a number.
    pub fn version(&self) -> Result<Spanned<u64>, Problem> {
        self.session_version.number("a session version in digits")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sdp::text::Span;

    fn read(value: &str) -> Result<Origin<'_>, Problem> {
        Origin::read(Spanned { value, span: Span::new(2, 2 + value.len()) })
    }

    #[test]
    fn six_words_are_read() {
        let origin = read("- 4611731400430051336 2 IN IP4 127.0.0.1").unwrap();
        assert_eq!((origin.version().unwrap().value, origin.address.value), (2, "127.0.0.1"));
    }

    #[test]
    fn what_is_missing_or_too_much_is_named() {
        let short = read("- 1 1 IN IP4").unwrap_err();
        assert_eq!((short.expected, short.span), ("an address", Span::new(14, 14)));
        assert_eq!(read("- 1 1 IN IP4 ::1 more").unwrap_err().found, "more");
    }
}
