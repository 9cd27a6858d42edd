//! TLS and DTLS that stop, turn into noise, or send a megabyte of certificates: before each command that talks to a relay.

use std::io::Write;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::ALICE;
use super::fake::Fake;
use super::steps::{DEADLINE, MOST_KIB, told};
use crate::bounded::{Ended, run};

/// Stops, or turns into something else, after so many bytes: within the hello, the certificate, the session.
fn tls_until(bytes: usize, flood: bool) -> Fake {
    Fake::pumping_tls(move |client, chunk, gone| {
        let rest = bytes.saturating_sub(gone).min(chunk.len());
        if client.write_all(&chunk[..rest]).is_err() {
            return false;
        }
        if flood && rest < chunk.len() {
            // Records of application data that nothing opens.
            let _ = client.set_write_timeout(Some(Duration::from_millis(200)));
            let records = [&[23, 3, 3, 0x40, 0][..], &[0x5a; 0x4000]].concat();
            let end = std::time::Instant::now() + Duration::from_secs(8);
            while std::time::Instant::now() < end && client.write_all(&records).is_ok() {}
            return false;
        }
        true
    })
}

fn over_tls(server: &Fake, call_s: &Fake) -> (Ended, Ended) {
    before_both(&format!("turns:{}", server.addr), &format!("turns:{}", call_s.addr))
}

/// A probe before one server, and a call before the other.
fn before_both(uri: &str, call_uri: &str) -> (Ended, Ended) {
    let limits = ["--timeout", "700ms", "--deadline", "4s", "--insecure", "--format", "json"];
    let probe = run(&[&["probe", uri, "--count", "5", "--no-capabilities"][..], &ALICE, &limits].concat());
    let call = run(&[&["call", "--relay", call_uri, "--duration", "300ms"][..], &ALICE, &limits].concat());
    for ended in [&probe, &call] {
        ended.is_sound(DEADLINE, MOST_KIB);
        assert!([1, 3].contains(&ended.code), "{ended:#?}");
    }
    (probe, call)
}

#[test]
fn tls_that_stops_or_turns_into_noise_at_any_byte_ends_in_time() {
    std::thread::scope(|scope| {
        for flood in [false, true] {
            for bytes in [0, 3, 90, 400, 900, 1400] {
                scope.spawn(move || {
                    let (probe, call) = over_tls(&tls_until(bytes, flood), &tls_until(bytes, flood));
                    let (findings, why) = told(&probe, &call);
                    assert!(!findings.is_empty(), "{bytes}: {probe:#?}");
                    if bytes < 400 {
                        assert_eq!(findings, ["TLS_FAILED"], "{bytes}: {why}");
                        assert!(why.starts_with("turn-tls"), "{bytes}: {why}");
                    }
                });
            }
        }
    });
}

#[test]
fn a_certificate_of_a_megabyte_fills_no_memory() {
    let key = rcgen::KeyPair::generate().unwrap();
    let names: Vec<String> = (0..18_000).map(|n| format!("{n:050}.example.test")).collect();
    let certificate = rcgen::CertificateParams::new(names).unwrap().self_signed(&key).unwrap();
    assert!(certificate.der().len() > 1 << 20);
    let chain = vec![certificate.der().clone()];
    let key = rustls::pki_types::PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    // A server that looked at its own certificate would not take it either.
    let key = provider.key_provider.load_private_key(key).unwrap();
    let certified = rustls::sign::SingleCertAndKey::from(rustls::sign::CertifiedKey::new(chain, key));
    let config = rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.unwrap().with_no_client_auth().with_cert_resolver(std::sync::Arc::new(certified));
    let config = std::sync::Arc::new(config);
    let server = Fake::tcp(move |mut stream, stopped| {
        let mut session = rustls::ServerConnection::new(config.clone()).unwrap();
        while !stopped.load(Ordering::Relaxed) {
            match session.complete_io(&mut stream) {
                Ok((0, 0)) => return,
                Err(error) if !super::fake::is_patience(&error) => return,
                _ => {}
            }
        }
    });
    let (probe, call) = over_tls(&server, &server);
    let (findings, why) = told(&probe, &call);
    assert_eq!(findings, ["TLS_FAILED"], "{why}");
    assert!(why.starts_with("turn-tls"), "{why}");
}

/// A ServerHello, and a megabyte of certificates in fragments behind it, for every datagram that comes.
fn megabyte_over_dtls() -> Fake {
    const LENGTH: usize = 1 << 20;
    Fake::udp(|socket, _, from| {
        let record = |number: u16, kind: u8, length: usize, sequence: u8, offset: usize, data: &[u8]| {
            let wide = |value: usize| u32::try_from(value).unwrap().to_be_bytes();
            let body = [
                &[kind],
                &wide(length)[1..],
                &[0, sequence],
                &wide(offset)[1..],
                &wide(data.len())[1..],
                data,
            ]
            .concat();
            let header =
                [&[22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0][..], &number.to_be_bytes(), &wide(body.len())[2..]];
            let _ = socket.send_to(&[header.concat(), body].concat(), from);
        };
        let hello = [&[0xfe, 0xfd][..], &[7; 32], &[0, 0xc0, 0x2b, 0]].concat();
        record(0, 2, hello.len(), 0, 0, &hello);
        for (number, offset) in (1u16..).zip((0..LENGTH).step_by(1024)) {
            record(number, 11, LENGTH, 1, offset, &[0x5a; 1024]);
        }
    })
}

#[test]
fn certificates_of_a_megabyte_over_dtls_are_named_and_not_taken() {
    let server = megabyte_over_dtls();
    let uri = format!("turns:{}?transport=udp", server.addr);
    let (probe, call) = before_both(&uri, &uri);
    let (findings, why) = told(&probe, &call);
    assert_eq!(findings, ["TLS_FAILED"], "{why}");
    let message = probe.json()["findings"][0]["message"].to_string();
    assert!(message.contains("1048576 bytes"), "{message}");
    assert!(why.starts_with("turn-tls") && why.contains("1048576 bytes"), "{why}");
}
