//! `c=`: where media goes without ICE (RFC 8866 §5.7).

use std::net::IpAddr;

use crate::sdp::Problem;
use crate::sdp::text::Word;

/// `c=`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Connection<'t> {
    /// `IN`.
    pub network: Word<'t>,
    /// `IP4` or `IP6`.
    pub address_type: Word<'t>,
    /// An address or a name; `/` and the time to live follow a multicast address.
    pub address: Word<'t>,
}

impl<'t> Connection<'t> {
    pub(in crate::sdp) fn read(value: Word<'t>) -> Result<Self, Problem> {
        let mut words = value.words();
        let connection = Self {
            network: words.expect("a type of network, `IN`")?,
            address_type: words.expect("a type of address, `IP4` or `IP6`")?,
            address: words.expect("an address")?,
        };
        words.end()?;
        Ok(connection)
    }

    /// The address, unless it is a name.
    pub fn ip(&self) -> Option<IpAddr> {
        self.address.value.split('/').next().and_then(|address| address.parse().ok())
    }
}
