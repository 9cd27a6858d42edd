//! STUN that is broken, or forged.

use rtcscope::stun::{Class, Message, Method, attribute};

use super::fake::{Fake, bound, challenge, is_signed, refused, reply};
use super::{stun, tcp, udp};

/// A server whose answers to Binding are what `make` makes of good ones.
fn damaged(make: impl Fn(Vec<u8>) -> Vec<u8> + Send + 'static) -> Fake {
    Fake::stun(move |request, from| vec![make(bound(request, from))])
}

/// A healthy server whose signed Allocate success is what `make` makes of it.
fn forged(make: impl Fn(Vec<u8>) -> Vec<u8> + Send + 'static) -> Fake {
    Fake::meddling(move |_, bytes| {
        let granted = Message::from_bytes(&bytes)
            .is_ok_and(|message| (message.class, message.method) == (Class::Success, Method::Allocate));
        vec![if granted { make(bytes) } else { bytes }]
    })
}

/// The same message again, without what `leave_out` names, and with a FINGERPRINT that fits.
fn rebuilt(bytes: &[u8], leave_out: u16) -> Vec<u8> {
    let message = Message::from_bytes(bytes).unwrap();
    let mut copy = reply(&message, message.class);
    let mut at = 20;
    while at + 4 <= bytes.len() {
        let kind = u16::from_be_bytes([bytes[at], bytes[at + 1]]);
        let length = usize::from(u16::from_be_bytes([bytes[at + 2], bytes[at + 3]]));
        if kind != leave_out && kind != attribute::FINGERPRINT {
            copy = copy.attribute(kind, &bytes[at + 4..at + 4 + length]);
        }
        at += 4 + length.next_multiple_of(4);
    }
    copy.finish()
}

#[test]
fn a_server_that_meddles_with_nothing_passes() {
    let run = udp(&Fake::meddling(|_, bytes| vec![bytes]));
    run.passes().carries("udp");
}

#[test]
fn truncated_stun_is_malformed() {
    std::thread::scope(|scope| {
        for length in [1, 4, 19, 20, 24, 31] {
            scope.spawn(move || {
                stun(&damaged(move |bytes| bytes[..length].to_vec())).fails(&["MALFORMED"]).code
            });
        }
    });
}

#[test]
fn a_length_that_is_no_multiple_of_four_is_malformed() {
    let odd = |mut bytes: Vec<u8>| {
        bytes[3] += 1;
        bytes.push(0);
        bytes
    };
    stun(&damaged(odd)).fails(&["MALFORMED"]);
}

#[test]
fn an_attribute_that_runs_over_the_end_is_malformed() {
    std::thread::scope(|scope| {
        for length in [0x0009, 0x4000, 0xffff_u16] {
            let overrun = move |mut bytes: Vec<u8>| {
                bytes[22..24].copy_from_slice(&length.to_be_bytes());
                // Without FINGERPRINT, which would be found not to fit first.
                bytes.truncate(32);
                bytes[2..4].copy_from_slice(&12_u16.to_be_bytes());
                bytes
            };
            scope.spawn(move || stun(&damaged(overrun)).fails(&["MALFORMED"]).code);
        }
    });
}

#[test]
fn a_wrong_fingerprint_is_told_from_other_damage() {
    let flipped = |mut bytes: Vec<u8>| {
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        bytes
    };
    stun(&damaged(flipped)).fails(&["FINGERPRINT_BAD"]);
    udp(&damaged(flipped)).fails(&["FINGERPRINT_BAD"]);
}

#[test]
fn a_wrong_transaction_id_is_not_silence() {
    let other = |bytes: Vec<u8>| {
        let mut message = bytes[..32].to_vec();
        message[2..4].copy_from_slice(&12_u16.to_be_bytes());
        message[19] ^= 1;
        message
    };
    let run = stun(&damaged(other));
    run.fails(&["MALFORMED"]).has("UNMATCHED_TRANSACTION_ID", "info");
}

#[test]
fn bytes_behind_the_message_are_a_warning_where_all_else_works() {
    let trailing = |bytes: Vec<u8>| [bytes, vec![0, 1, 2]].concat();
    let run = stun(&damaged(trailing));
    run.ends("warn", 0).warnings(&["MALFORMED"]).shows("udp", "/binding/ok", true);
}

#[test]
fn a_success_signed_with_another_key_is_not_believed() {
    let resigned = |bytes: Vec<u8>| {
        let message = Message::from_bytes(&bytes).unwrap();
        let relayed = message.xor_address(attribute::XOR_RELAYED_ADDRESS).unwrap();
        let forged = reply(&message, Class::Success).xor_address(attribute::XOR_RELAYED_ADDRESS, relayed);
        forged.number(attribute::LIFETIME, 600).integrity(b"another key").finish()
    };
    let run = udp(&forged(resigned));
    run.fails(&["INTEGRITY_BAD"]).shows("udp", "/allocate/ok", false);
}

#[test]
fn a_success_without_a_signature_is_not_believed() {
    let run = udp(&forged(|bytes| rebuilt(&bytes, attribute::MESSAGE_INTEGRITY)));
    run.fails(&["INTEGRITY_BAD"]).shows("udp", "/allocate/ok", false);
}

#[test]
fn an_allocation_without_an_address_is_no_relay() {
    let server = Fake::stun(|request, from| match request.method {
        Method::Binding => vec![bound(request, from)],
        _ if !is_signed(request) => vec![challenge(request, 401, b"nonce")],
        _ => {
            let key = super::authentication::key();
            vec![reply(request, Class::Success).number(attribute::LIFETIME, 600).integrity(&key).finish()]
        }
    });
    udp(&server).fails(&["MALFORMED"]);
}

#[test]
fn sixty_four_kilobytes_of_attributes_are_read() {
    let server = Fake::stun_stream(|request, from| match request.method {
        Method::Binding => {
            let mut response = reply(request, Class::Success);
            for n in 0..12_u8 {
                response = response.attribute(0xc000 + u16::from(n), &[n; 5000]);
            }
            response.xor_address(attribute::XOR_MAPPED_ADDRESS, from).finish()
        }
        _ => refused(request, 486, b"no").finish(),
    });
    let run = tcp(&server);
    run.fails(&["QUOTA"]).shows("tcp", "/binding/ok", true);
}

#[test]
fn thousands_of_empty_attributes_are_read() {
    let server = Fake::stun_stream(|request, from| {
        let mut response = reply(request, Class::Success);
        for n in 0..16_000_u16 {
            response = response.attribute(0xc000 + (n & 0xff), b"");
        }
        response.xor_address(attribute::XOR_MAPPED_ADDRESS, from).finish()
    });
    tcp(&server).shows("tcp", "/binding/ok", true);
}

#[test]
fn an_error_without_a_code_is_malformed() {
    for value in [&b""[..], b"\x00", b"\x00\x00\x04"] {
        let server = Fake::stun(move |request, from| match request.method {
            Method::Binding => vec![bound(request, from)],
            _ => vec![reply(request, Class::Error).attribute(attribute::ERROR_CODE, value).finish()],
        });
        udp(&server).fails(&["MALFORMED"]);
    }
    let server = Fake::stun(|request, from| match request.method {
        Method::Binding => vec![bound(request, from)],
        _ => vec![reply(request, Class::Error).finish()],
    });
    udp(&server).fails(&["MALFORMED"]);
}

#[test]
fn a_binding_refused_without_a_code_is_malformed() {
    let server = Fake::stun(|request, _| vec![reply(request, Class::Error).finish()]);
    stun(&server).fails(&["MALFORMED"]);
}

#[test]
fn a_binding_success_without_an_address_is_malformed() {
    let server = Fake::stun(|request, _| vec![reply(request, Class::Success).finish()]);
    stun(&server).fails(&["MALFORMED"]);
}

#[test]
fn reasons_and_software_drive_no_terminal() {
    let hostile = b"\x1b[2J\x1b]0;owned\x07\xff\xfe\xc2\x9b2J\x00\x00";
    let server = Fake::stun(move |request, from| {
        let software = |builder: rtcscope::stun::MessageBuilder| {
            builder.attribute(attribute::SOFTWARE, hostile).finish()
        };
        match request.method {
            Method::Binding => vec![software(
                reply(request, Class::Success).xor_address(attribute::XOR_MAPPED_ADDRESS, from),
            )],
            _ => vec![software(refused(request, 500, hostile))],
        }
    });
    // That no control character is shown holds of every run.
    let run = udp(&server);
    run.fails(&["SERVER_ERROR"]);
    run.check(run.text.contains("\\u{1b}[2J"), "the text does not show what it was");
}

#[test]
fn an_address_of_an_unknown_family_is_not_shown() {
    let server = Fake::stun(|request, _| {
        let odd = reply(request, Class::Success).attribute(attribute::XOR_MAPPED_ADDRESS, &[0, 7, 1, 2, 3]);
        vec![odd.finish()]
    });
    stun(&server).fails(&["MALFORMED"]).shows("udp", "/binding/reflexive", serde_json::Value::Null);
}
