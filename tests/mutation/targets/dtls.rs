//! Handshakes.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use rtcscope::analyze::dtls::Dtls as Watched;
use rtcscope::analyze::leg::{Carrier, Leg};
use rtcscope::capture::{Frame, Time};
use rtcscope::dtls::{Handshake, Offer, Output as Dtls, looks_like_dtls};
use rtcscope::srtp::KeyFile;

use super::script::Script;

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

/// Datagrams behind their length, from either side in turn by its highest bit, as a capture shows them: each record is
/// counted once, and no message is told that nobody sent.
pub(super) fn dtls_records(bytes: &[u8]) {
    let ends: [SocketAddr; 2] = [([192, 0, 2, 1], 5000).into(), ([198, 51, 100, 1], 6000).into()];
    let mut keys = KeyFile::default();
    // The randoms of the seeds are 7s.
    keys.read(&format!("CLIENT_RANDOM {} {}", "07".repeat(32), "0a".repeat(48)));
    let nobodys = KeyFile::default();
    let (mut open, mut shut) = (Watched::default(), Watched::default());
    let mut script = Script(bytes);
    let (mut datagrams, mut strange) = (0, 0);
    while !script.0.is_empty() {
        let length = script.number();
        let side = usize::from(length >> 15);
        let datagram = script.take(usize::from(length & 0x3fff));
        let leg = Leg { src: ends[side], dst: ends[1 - side], carrier: Carrier::Udp, via: None };
        datagrams += 1;
        let frame = Frame { file: 0, number: datagrams };
        let at = Time(datagrams as i64 * 1_000_000);
        let is_likely = length & 0x4000 != 0;
        let took = open.datagram(&leg, at, frame, datagram, is_likely, &keys);
        assert_eq!(took, shut.datagram(&leg, at, frame, datagram, is_likely, &nobodys));
        strange += u64::from(!took);
        let _ = looks_like_dtls(datagram);
    }
    assert_eq!(open.strange(), strange);
    for (leg, handshakes) in open.facts(Time(0)) {
        assert!(ends.contains(&leg.src) && handshakes.len() <= 64, "{} handshakes", handshakes.len());
        for facts in handshakes {
            assert!(facts.data_records + facts.encrypted_alerts <= facts.records, "{facts:?}");
            assert!(
                facts.client_rounds <= facts.client_repeated && facts.server_rounds <= facts.server_repeated
            );
            assert!(facts.handshake_ms.is_none_or(|ms| ms >= 0.0), "{facts:?}");
            assert!(
                facts.messages.iter().all(|message| (1..=datagrams).contains(&message.frame)),
                "{facts:?}"
            );
            serde_json::to_string(&facts).expect("facts have a JSON form");
        }
    }
}
