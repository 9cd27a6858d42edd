//! Nonces that need no memory: the time of issue, and a MAC over it and the client's 5-tuple.

use std::time::{Duration, Instant};

use hmac::{Hmac, Mac as _};
use sha2::Sha256;

use super::Client;

/// Issues nonces and knows its own again.
#[derive(Debug)]
pub(super) struct Nonces {
    secret: [u8; 32],
    started: Instant,
    lifetime: Option<Duration>,
    prefix: &'static str,
}

/// The nonce cookie with the security feature "password algorithms" alone (RFC 8489 §9.2).
const PASSWORD_ALGORITHMS: &str = "obMatJos2gAAA";

impl Nonces {
    pub(super) fn new(secret: [u8; 32], started: Instant, lifetime: Option<Duration>, sha256: bool) -> Self {
        Self { secret, started, lifetime, prefix: if sha256 { PASSWORD_ALGORITHMS } else { "" } }
    }

    /// A nonce for this client alone.
    pub(super) fn issue(&self, client: Client, now: Instant) -> String {
        let age = now.saturating_duration_since(self.started).as_micros() as u64;
        format!("{}{age:014x}{}", self.prefix, self.mac(client, age))
    }

    /// Whether this is a nonce of ours, issued to this client, and young enough.
    pub(super) fn holds(&self, nonce: &str, client: Client, now: Instant) -> bool {
        let Some(rest) = nonce.strip_prefix(self.prefix) else { return false };
        let Some((issued, mac)) = rest.split_at_checked(14) else { return false };
        let Ok(issued) = u64::from_str_radix(issued, 16) else { return false };
        let age = now.saturating_duration_since(self.started).saturating_sub(Duration::from_micros(issued));
        mac == self.mac(client, issued) && self.lifetime.is_none_or(|lifetime| age <= lifetime)
    }

    fn mac(&self, client: Client, issued: u64) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.secret).expect("HMAC takes a key of any length");
        mac.update(&issued.to_be_bytes());
        mac.update(format!("{client:?}").as_bytes());
        mac.finalize().into_bytes()[..10].iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::Transport;
    use super::*;

    #[test]
    fn a_nonce_is_good_for_its_client_and_its_time() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let client = Client { transport: Transport::Udp, address: "127.0.0.1:9".parse().unwrap() };
        let other = Client { transport: Transport::Tcp, ..client };
        for sha256 in [false, true] {
            let nonces = Nonces::new([1; 32], start, Some(Duration::from_secs(2)), sha256);
            let nonce = nonces.issue(client, at(500));
            assert!(nonces.holds(&nonce, client, at(2500)));
            assert!(!nonces.holds(&nonce, client, at(2501)), "too old");
            assert!(!nonces.holds(&nonce, other, at(500)), "of another client");
            for wrong in ["", "obMatJos2gAAA", "zz", &nonce[1..], "é00000000000000000000000000"] {
                assert!(!nonces.holds(wrong, client, at(500)), "{wrong}");
            }
        }
    }
}
