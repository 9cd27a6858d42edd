//! `rtcp`: where RTCP goes without `rtcp-mux` (RFC 3605 §2.1).

use crate::sdp::Problem;
use crate::sdp::line::Connection;
use crate::sdp::text::{Spanned, Word};

/// `a=rtcp`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rtcp<'t> {
    /// The port.
    pub port: Spanned<u16>,
    /// Where it is not the address of the section.
    pub address: Option<Connection<'t>>,
}

impl<'t> Rtcp<'t> {
    pub(super) fn read(value: Word<'t>) -> Result<Self, Problem> {
        let mut words = value.words();
        let port = words.expect("a port")?.number("a port (0 to 65535)")?;
        let rest = words.rest();
        let address = if rest.is_empty() { None } else { Some(Connection::read(rest)?) };
        Ok(Self { port, address })
    }
}
