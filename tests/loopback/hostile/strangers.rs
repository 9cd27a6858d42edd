//! Servers that are careless about who asks, seen with `--security`.

use rtcscope::stun::{Class, Message, Method, attribute};

use super::fake::{Fake, bound, challenge, is_signed, refused, reply};
use super::{ALICE, LIMIT, TIMEOUT};
use crate::run::{Run, probe};

fn audited(server: &Fake) -> Run {
    let target = format!("turn:{}?transport=udp", server.addr);
    let run = probe(
        &[&[&target[..]][..], &ALICE[..], &["--timeout", TIMEOUT, "--security", "--no-capabilities"]]
            .concat(),
    );
    run.within(LIMIT);
    run
}

/// Signs for its own user alone, and asks the others no less for a relay.
fn asks_and_does_not_check() -> Fake {
    let key = super::authentication::key();
    Fake::stun(move |request, from| {
        if request.method == Method::Binding {
            return vec![bound(request, from)];
        }
        if !is_signed(request) {
            return vec![challenge(request, 401, b"nonce")];
        }
        let granted = reply(request, Class::Success);
        let granted = match request.method {
            Method::Allocate => granted
                .xor_address(attribute::XOR_RELAYED_ADDRESS, "127.0.0.1:1".parse().unwrap())
                .number(attribute::LIFETIME, 600),
            _ => granted,
        };
        vec![granted.integrity(&key).finish()]
    })
}

#[test]
fn a_login_that_is_not_checked_is_an_open_relay() {
    let run = audited(&asks_and_does_not_check());
    run.has("OPEN_RELAY", "error").shows("udp", "/security/made_up_credentials_accepted", true);
    run.shows("udp", "/security/allocation_without_credentials", false);
    run.check(run.finding("OPEN_RELAY")["message"].to_string().contains("made up"), "not told how");
}

/// A healthy server whose answers to permissions are lost or others, those for our own peer apart.
fn permissions(mut answer: impl FnMut(usize, &Message) -> Option<Vec<u8>> + Send + 'static) -> Fake {
    let mut seen = 0;
    Fake::meddling(move |_, bytes| match Message::from_bytes(&bytes) {
        // The three of the paths that data takes, and the one that shows whether permissions are enforced.
        Ok(message) if message.method == Method::CreatePermission && message.class != Class::Indication => {
            seen += 1;
            match seen {
                ..=4 => vec![bytes],
                _ => answer(seen, &message).into_iter().collect(),
            }
        }
        _ => vec![bytes],
    })
}

#[test]
fn silence_about_peers_is_neither_open_nor_closed() {
    let run = audited(&permissions(|_, _| None));
    run.ends("inconclusive", 3);
    run.check(run.text.contains("it is not known of"), "silence is not told");
    let security = &run.endpoint("udp")["security"];
    let states = security["peers"].as_array().unwrap();
    run.check(states.iter().all(|peer| peer["state"] == "unanswered"), "silence is taken for an answer");
}

#[test]
fn a_server_without_room_for_permissions_is_not_closed() {
    let key = super::authentication::key();
    let run = audited(&permissions(move |_, request| {
        Some(refused(request, 508, b"full").integrity(&key).finish())
    }));
    run.ends("inconclusive", 3);
    let security = &run.endpoint("udp")["security"];
    let states = security["peers"].as_array().unwrap();
    run.check(
        states.iter().all(|peer| peer["state"] == "unanswered"),
        "a lack of room is taken for a denial",
    );
}

#[test]
fn a_long_answer_to_a_short_question_is_measured() {
    let server = Fake::stun(|request, from| match request.method {
        Method::Binding => {
            let padded = reply(request, Class::Success).xor_address(attribute::XOR_MAPPED_ADDRESS, from);
            vec![padded.attribute(attribute::SOFTWARE, &[b'x'; 700]).finish()]
        }
        Method::Allocate => {
            let granted = reply(request, Class::Success);
            let relay = "127.0.0.1:1".parse().unwrap();
            vec![
                granted
                    .xor_address(attribute::XOR_RELAYED_ADDRESS, relay)
                    .number(attribute::LIFETIME, 600)
                    .finish(),
            ]
        }
        _ => vec![reply(request, Class::Success).finish()],
    });
    let run = audited(&server);
    run.has("OPEN_RELAY", "error");
    let binding = &run.endpoint("udp")["security"]["amplification"]["binding"];
    // 20 of header, 12 of address, 704 of SOFTWARE, 8 of FINGERPRINT.
    run.check(binding["request_bytes"] == 20 && binding["response_bytes"] == 744, &format!("{binding}"));
    run.check(binding["ratio"] == 37.2, &format!("{binding}"));
}
