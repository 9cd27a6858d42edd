//! Servers that are careless about who asks, seen with `--security`.

use std::collections::HashSet;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use rtcscope::io::server::{EmbeddedServer, Listen};
use rtcscope::probe::security;
use rtcscope::server::{PeerRange, Settings};
use rtcscope::stun::{Class, Message, Method, TransactionId, attribute};
use rtcscope::turn::credentials::{Credentials, Secret};

use super::fake::{Fake, bound, challenge, is_signed, refused, reply};
use super::{ALICE, LIMIT, TIMEOUT, USER};
use crate::run::{Run, probe};

fn audited(server: &Fake) -> Run {
    asked(server, &["--security"])
}

fn asked(server: &Fake, flags: &[&str]) -> Run {
    let target = format!("turn:{}?transport=udp", server.addr);
    let run = probe(
        &[&[&target[..]][..], &ALICE[..], &["--timeout", TIMEOUT, "--no-capabilities"], flags].concat(),
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

/// Two servers may share an address: what is known of the one says nothing of the other.
#[test]
fn a_server_that_was_examined_does_not_stand_for_another_at_its_address() {
    let (closed, silent) = (closed(), permissions(|_, _| None));
    let targets = [
        format!("turn:{}?transport=udp", closed.udp_addr().unwrap()),
        format!("turn:{}?transport=udp", silent.addr),
    ];
    let common = ["--timeout", TIMEOUT, "--security", "--no-capabilities"];
    let run = probe(&[&[&targets[0][..]][..], &ALICE, &common].concat());
    run.passes();
    let run = probe(&[&[&targets[0][..], &targets[1][..]][..], &ALICE, &common].concat());
    run.ends("inconclusive", 3);
}

/// A server of another realm that denies what it should.
fn closed() -> EmbeddedServer {
    let denied = security::embedded_denials().map(|line| line.parse::<PeerRange>().unwrap());
    let users = vec![Credentials::password(USER.0, Secret::new(USER.1))];
    let settings = Settings { users, denied_peers: denied.collect(), ..Settings::default() };
    EmbeddedServer::start(settings, Listen::on(Ipv4Addr::LOCALHOST.into())).unwrap()
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

/// What a server answers in the place of its own answer: the how-manieth response to a request of this method it is.
type Instead = fn(usize, &Message) -> Option<Vec<u8>>;

/// Every request but Binding that comes to a server which answers as `instead` says.
fn requests(instead: Instead, flags: &[&str]) -> (usize, Run) {
    let asked_for = Arc::new(Mutex::new(HashSet::<TransactionId>::new()));
    let (count, mut seen) = (asked_for.clone(), [0, 0]);
    let server = Fake::meddling(move |_, bytes| {
        let Ok(message) = Message::from_bytes(&bytes) else { return vec![bytes] };
        if message.class == Class::Indication || message.method == Method::Binding {
            return vec![bytes];
        }
        count.lock().unwrap().insert(message.transaction);
        let seen = match (message.method, message.class) {
            // The 401 comes first, each time.
            (Method::Allocate, Class::Success) => &mut seen[0],
            (Method::CreatePermission, _) => &mut seen[1],
            _ => return vec![bytes],
        };
        *seen += 1;
        vec![instead(*seen, &message).unwrap_or(bytes)]
    });
    let run = asked(&server, flags);
    // The last releases are not waited for.
    thread::sleep(Duration::from_millis(150));
    let asked_for = asked_for.lock().unwrap().len();
    (asked_for, run)
}

/// What the audit says that it sent is what came to the server, and within the bound.
#[track_caller]
fn every_request_counts(instead: Instead) -> Run {
    let (without, _) = requests(instead, &[]);
    let (with, run) = requests(instead, &["--security"]);
    let told = run.endpoint("udp")["security"]["requests"].as_u64().unwrap_or(0) as usize;
    // One Binding was not looked at.
    run.check(told == with - without + 1, &format!("{told} requests told, {} sent", with - without + 1));
    run.check(told <= 50, &format!("{told} requests"));
    run
}

fn is_permission(message: &Message) -> bool {
    message.method == Method::CreatePermission
}

fn full(message: &Message) -> Option<Vec<u8>> {
    Some(refused(message, 508, b"full").integrity(&super::authentication::key()).finish())
}

#[test]
fn the_requests_of_an_ordinary_audit_are_all_counted() {
    let run = every_request_counts(|_, _| None);
    let peers = run.endpoint("udp")["security"]["peers"].as_array().map_or(0, Vec::len);
    run.check(peers > 10, &format!("{peers} peers"));
}

#[test]
fn a_server_that_has_room_for_no_permission_is_not_asked_without_end() {
    // The three of the paths, and the one that shows whether permissions are enforced.
    let run = every_request_counts(
        |seen, message| {
            if seen > 4 && is_permission(message) { full(message) } else { None }
        },
    );
    run.ends("inconclusive", 3);
    run.check(run.text.contains("the 50 requests that this audit makes at most were spent"), "no word of it");
}

#[test]
fn a_server_that_has_room_for_one_permission_after_the_other_is_not_asked_without_end() {
    every_request_counts(|seen, message| {
        if seen > 4 && seen % 2 == 0 && is_permission(message) { full(message) } else { None }
    });
}

#[test]
fn a_server_that_has_no_room_for_the_audits_allocations_is_not_asked_without_end() {
    // Two are the probe's own.
    let run = every_request_counts(
        |seen, message| {
            if seen > 2 && !is_permission(message) { full(message) } else { None }
        },
    );
    run.ends("inconclusive", 3);
    run.check(run.text.contains("(508)"), "the refusal is not told");
}

#[test]
fn a_server_that_takes_no_nonce_of_its_own_is_not_asked_without_end() {
    let run = every_request_counts(|seen, message| {
        (seen > 4 && is_permission(message))
            .then(|| challenge(message, 438, format!("nonce {seen}").as_bytes()))
    });
    run.ends("inconclusive", 3);
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
