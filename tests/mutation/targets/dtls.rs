//! Handshakes.

use std::sync::Arc;
use std::time::Instant;

use rtcscope::dtls::{Handshake, Offer, Output as Dtls};

/// Each datagram behind its length in two bytes, read by a client in the middle of its handshake.
pub(super) fn dtls_client(bytes: &[u8]) {
    let offer = Offer { server_name: None, alpn: Some(b"stun.turn".to_vec()), random: [7; 32] };
    let mut client = Handshake::new(Arc::new(rustls::crypto::ring::default_provider()), offer);
    let (mut now, mut rest) = (Instant::now(), bytes);
    while let Some((length, behind)) = rest.split_first_chunk::<2>() {
        let (datagram, behind) = behind.split_at(behind.len().min(usize::from(u16::from_be_bytes(*length))));
        rest = behind;
        client.handle_input(datagram);
        // A flight is one datagram, and between two of them time passes.
        let mut sent = 0;
        loop {
            match client.poll(now) {
                Dtls::Transmit(flight) => {
                    sent += 1;
                    assert!(sent == 1 && !flight.is_empty() && flight.len() < 1200, "{} bytes", flight.len());
                }
                Dtls::Wait(until) => {
                    assert!(until > now);
                    now = until;
                    break;
                }
                Dtls::Done(Err(fault)) => {
                    assert!(!fault.to_string().is_empty());
                    return;
                }
                Dtls::Done(Ok(_)) => panic!("a session with a server that has no keys"),
            }
        }
    }
}
