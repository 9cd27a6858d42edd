//! What the embedded server does, healthy or not.

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;
use std::time::Duration;

use crate::turn::credentials::{Credentials, Secret};

/// What the embedded server does. The default is a healthy server with one user,
/// [`Settings::USER`]; every other value plays something that real deployments do.
#[derive(Debug, Clone)]
pub struct Settings {
    /// REALM; empty plays a coturn without `realm`: a REALM of zero length and 401 for ever.
    pub realm: String,
    /// Who may ask for relays.
    pub users: Vec<Credentials>,
    /// The shared secret of TURN REST credentials; as in coturn, [`Self::users`] are unknown then.
    pub rest_secret: Option<Secret>,
    /// Whether TURN requests must be authenticated; without it this is an open relay.
    pub require_auth: bool,
    /// Offers SHA-256 beside MD5 (RFC 8489 §9.2: nonce cookie and PASSWORD-ALGORITHMS).
    pub offer_sha256: bool,
    /// The address told in XOR-RELAYED-ADDRESS instead of the true one, if of the same family: a
    /// wrong `external-ip`. As in coturn, relays of this server reach each other through it.
    pub advertised_relay_ip: Option<IpAddr>,
    /// How many allocations one user may hold, over all transports together; then 486.
    pub user_quota: Option<usize>,
    /// How many allocations all may hold together; then 508.
    pub total_ports: Option<usize>,
    /// Answers every Allocate with 300 and this ALTERNATE-SERVER, before authentication as coturn.
    pub redirect: Option<SocketAddr>,
    /// Peers refused with 403.
    pub denied_peers: Vec<PeerRange>,
    /// How long a nonce is good; then 438.
    pub nonce_lifetime: Option<Duration>,
    /// Answers 438 to every nonce, the freshest too: a load balancer without affinity.
    pub wrong_nonce_always: bool,
    /// How far its clock is ahead, in seconds: what [`Self::rest_secret`]'s credentials are held against.
    pub clock_offset_s: i64,
    /// Silent to everything but Binding.
    pub stun_only: bool,
    /// Silent to Binding.
    pub turn_only: bool,
    /// SOFTWARE in responses.
    pub software: Option<String>,
    /// Faults of the network around the server.
    pub faults: Faults,
}

impl Settings {
    /// The username and password of the user that a healthy server knows.
    pub const USER: (&str, &str) = ("probe", "probe");
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            realm: "rtcscope.test".to_owned(),
            users: vec![Credentials::password(Self::USER.0, Secret::new(Self::USER.1))],
            rest_secret: None,
            require_auth: true,
            offer_sha256: false,
            advertised_relay_ip: None,
            user_quota: None,
            total_ports: None,
            redirect: None,
            denied_peers: Vec::new(),
            nonce_lifetime: None,
            wrong_nonce_always: false,
            clock_offset_s: 0,
            stun_only: false,
            turn_only: false,
            software: Some(concat!("rtcscope-", env!("CARGO_PKG_VERSION")).to_owned()),
            faults: Faults::default(),
        }
    }
}

/// Faults of the network around the server: what a firewall there would eat.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Faults {
    /// What comes to the UDP listener is lost.
    pub drop_udp_in: bool,
    /// What others send to relayed addresses is lost.
    pub relay_inbound_blocked: bool,
    /// What relayed addresses send to others is lost.
    pub relay_outbound_blocked: bool,
    /// What one relayed address of this server sends to another is lost.
    pub relay_hairpin_blocked: bool,
    /// What comes to a relayed address is passed on, whether its sender has a permission or not.
    pub permissions_ignored: bool,
}

/// A range of peer addresses, written as one address, `first-last` or `network/prefix`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PeerRange {
    first: IpAddr,
    last: IpAddr,
}

/// Why a text is no [`PeerRange`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no address, `first-last` or `network/prefix`")]
pub struct PeerRangeError(String);

impl PeerRange {
    /// The range from `first` to `last`, both in it; empty if they are of different families.
    pub fn new(first: IpAddr, last: IpAddr) -> Self {
        Self { first, last }
    }

    /// Whether `ip` lies in this range; an IPv4-mapped address counts as both.
    pub fn contains(&self, ip: IpAddr) -> bool {
        let holds = |ip: IpAddr| {
            ip.is_ipv4() == self.first.is_ipv4()
                && ip.is_ipv4() == self.last.is_ipv4()
                && (self.first..=self.last).contains(&ip)
        };
        holds(ip) || holds(ip.to_canonical())
    }
}

impl FromStr for PeerRange {
    type Err = PeerRangeError;

    fn from_str(text: &str) -> Result<Self, PeerRangeError> {
        let wrong = || PeerRangeError(text.to_owned());
        let ip = |text: &str| text.trim().parse::<IpAddr>().map_err(|_| wrong());
        if let Some((first, last)) = text.split_once('-') {
            return Ok(Self::new(ip(first)?, ip(last)?));
        }
        let Some((network, prefix)) = text.split_once('/') else {
            let one = ip(text)?;
            return Ok(Self::new(one, one));
        };
        let prefix: u32 = prefix.parse().map_err(|_| wrong())?;
        match ip(network)? {
            IpAddr::V4(ip) if prefix <= 32 => {
                let host = u32::MAX.checked_shr(prefix).unwrap_or(0);
                let first = ip.to_bits() & !host;
                Ok(Self::new(IpAddr::V4(first.into()), IpAddr::V4((first | host).into())))
            }
            IpAddr::V6(ip) if prefix <= 128 => {
                let host = u128::MAX.checked_shr(prefix).unwrap_or(0);
                let first = ip.to_bits() & !host;
                Ok(Self::new(IpAddr::V6(first.into()), IpAddr::V6((first | host).into())))
            }
            _ => Err(wrong()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_contains_its_ends_and_no_other_family() {
        let range: PeerRange = "10.0.0.0/8".parse().unwrap();
        assert!(range.contains("10.0.0.0".parse().unwrap()));
        assert!(range.contains("10.255.255.255".parse().unwrap()));
        assert!(range.contains("::ffff:10.1.2.3".parse().unwrap()));
        assert!(!range.contains("11.0.0.0".parse().unwrap()));
        assert!(!range.contains("::1".parse().unwrap()));
        let mapped: PeerRange = "::ffff:0:0/96".parse().unwrap();
        assert!(mapped.contains("::ffff:10.1.2.3".parse().unwrap()));
        assert!(!mapped.contains("10.1.2.3".parse().unwrap()));
        let all: PeerRange = "::/0".parse().unwrap();
        assert!(all.contains("::1".parse().unwrap()));
        let one: PeerRange = "192.0.2.1-192.0.2.3".parse().unwrap();
        assert!(one.contains("192.0.2.3".parse().unwrap()));
        assert!("10.0.0.0/33".parse::<PeerRange>().is_err());
    }

    #[test]
    fn secrets_stay_out_of_debug() {
        let settings = Settings {
            users: vec![Credentials::password("ann", Secret::new("hunter2"))],
            rest_secret: Some(Secret::new("hush-hush")),
            ..Settings::default()
        };
        let shown = format!("{settings:?}");
        assert!(
            shown.contains("ann") && !shown.contains("hunter2") && !shown.contains("hush-hush"),
            "{shown}"
        );
    }
}
