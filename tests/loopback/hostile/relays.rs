//! Allocations that are granted and then fall apart.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rtcscope::stun::{Class, Message, Method, attribute};

use super::fake::{Fake, bound, challenge, is_signed, refused, reply};
use super::{ALICE, LIMIT, udp};
use crate::bounded::run;
use crate::run::probe;
use crate::watching::Watching;

/// Grants every signed request but those that `other` answers otherwise; the relay itself is `relayed`, where there
/// is none.
fn granting(relayed: SocketAddr, other: impl Fn(&Message) -> Option<Vec<Vec<u8>>> + Send + 'static) -> Fake {
    let key = super::authentication::key();
    Fake::stun(move |request, from| {
        if request.method == Method::Binding {
            return vec![bound(request, from)];
        }
        if !is_signed(request) {
            return vec![challenge(request, 401, b"nonce")];
        }
        if let Some(instead) = other(request) {
            return instead;
        }
        let granted = reply(request, Class::Success);
        let granted = match request.method {
            Method::Allocate => {
                granted.xor_address(attribute::XOR_RELAYED_ADDRESS, relayed).number(attribute::LIFETIME, 600)
            }
            Method::Refresh => granted.number(attribute::LIFETIME, 600),
            _ => granted,
        };
        vec![granted.integrity(&key).finish()]
    })
}

fn nowhere() -> SocketAddr {
    "127.0.0.1:1".parse().unwrap()
}

/// A healthy server whose answers to signed requests of `method` are lost or others.
fn but(method: Method, code: Option<u16>) -> Fake {
    Fake::meddling(move |_, bytes| match Message::from_bytes(&bytes) {
        Ok(message) if message.method == method && message.class == Class::Success => {
            let key = super::authentication::key();
            code.map(|code| refused(&message, code, b"no").integrity(&key).finish()).into_iter().collect()
        }
        _ => vec![bytes],
    })
}

#[test]
fn a_relayed_address_with_port_zero_is_no_relay() {
    let server = granting("127.0.0.1:0".parse().unwrap(), |_| None);
    udp(&server).fails(&["MALFORMED"]);
}

#[test]
fn a_relayed_address_where_nobody_is_carries_nothing() {
    let run = udp(&granting(nowhere(), |_| None));
    run.fails(&["RELAY_INBOUND_BLOCKED", "RELAY_OUTBOUND_BLOCKED"]);
}

#[test]
fn a_refresh_that_finds_no_allocation_is_told_once() {
    let run = udp(&but(Method::Refresh, Some(437)));
    run.fails(&["ALLOC_MISMATCH"]).way_is_clear("udp", "inbound");
    run.check(run.json["findings"].as_array().unwrap().len() == 1, "it is told more than once");
}

/// Holds allocations of others for the ports that the first clients come from.
fn holding(ports: usize) -> Fake {
    let mut refused_to: Vec<SocketAddr> = Vec::new();
    Fake::meddling(move |client, bytes| match Message::from_bytes(&bytes) {
        Ok(message) if message.method == Method::Allocate && message.class == Class::Success => {
            if !refused_to.contains(&client) && refused_to.len() == ports {
                return vec![bytes];
            }
            if !refused_to.contains(&client) {
                refused_to.push(client);
            }
            vec![refused(&message, 437, b"no").integrity(&super::authentication::key()).finish()]
        }
        _ => vec![bytes],
    })
}

#[test]
fn a_port_that_the_server_holds_for_another_is_left_for_another_twice() {
    udp(&holding(0)).passes().shows("udp", "/allocate/ports_taken", 0);
    udp(&holding(1)).passes().shows("udp", "/allocate/ports_taken", 1).carries("udp");
    udp(&holding(2)).passes().shows("udp", "/allocate/ports_taken", 2);
    let run = udp(&holding(3));
    run.fails(&["ALLOC_MISMATCH"]).shows("udp", "/allocate/ports_taken", 3).shows(
        "udp",
        "/allocate/code",
        437,
    );
}

#[test]
fn a_call_leaves_such_a_port_too() {
    for (ports, exit) in [(2, 0), (6, 1)] {
        let server = holding(ports);
        let uri = format!("turn:{}?transport=udp", server.addr);
        let flags = ["--duration", "100ms", "--format", "json"];
        let ended = run(&[&["call", "--relay", &uri][..], &ALICE, &flags].concat());
        assert_eq!(ended.code, exit, "{ended:#?}");
        let call = ended.json();
        let taken = [0, 1].map(|relay: usize| &call["paths"][0]["relays"][relay]);
        let taken: u64 = taken.iter().map(|relay| relay["ports_taken"].as_u64().unwrap_or_default()).sum();
        match exit {
            0 => assert_eq!(taken, ports as u64, "{ended:#?}"),
            _ => assert_eq!(call["failure"]["phase"], "turn-allocate 437", "{ended:#?}"),
        }
    }
}

/// No server is known that tells a relay of one family and has one of the other.
#[test]
fn a_peer_of_the_other_family_is_named() {
    let run = udp(&but(Method::CreatePermission, Some(443)));
    run.fails(&["FAMILY_PEER_MISMATCH"]).shows("udp", "/permission/code", 443);
}

#[test]
fn an_own_relay_that_is_refused_as_a_peer_is_a_warning() {
    // The permissions for the loop are the second one of the first client, and the only one of the other.
    let mut asked: HashMap<SocketAddr, u32> = HashMap::new();
    let server = Fake::meddling(move |client, bytes| match Message::from_bytes(&bytes) {
        Ok(message) if message.method == Method::CreatePermission && message.class == Class::Success => {
            let times = asked.entry(client).or_default();
            *times += 1;
            match *times {
                1 => vec![bytes],
                _ => vec![refused(&message, 403, b"no").integrity(&super::authentication::key()).finish()],
            }
        }
        _ => vec![bytes],
    });
    let run = udp(&server);
    run.ends("warn", 0).warnings(&["RELAY_TO_RELAY_BLOCKED"]).way_is_clear("udp", "inbound");
}

/// As node-turn 0.0.6 does, which was seen to.
#[test]
fn a_refresh_that_is_answered_with_a_lifetime_of_nothing_is_odd() {
    for (lifetime, warnings) in
        [(0, &["LIFETIME_ODD"][..]), (30, &["LIFETIME_ODD"]), (599, &[]), (3_600, &[])]
    {
        let server = Fake::meddling(move |_, bytes| match Message::from_bytes(&bytes) {
            Ok(message) if message.method == Method::Refresh && message.class == Class::Success => {
                let granted = reply(&message, Class::Success).number(attribute::LIFETIME, lifetime);
                vec![granted.integrity(&super::authentication::key()).finish()]
            }
            _ => vec![bytes],
        });
        udp(&server).errors(&[]).warnings(warnings);
    }
}

#[test]
fn a_permission_that_is_never_answered_is_told() {
    let run = udp(&but(Method::CreatePermission, None));
    run.fails(&["SERVER_ERROR"]).shows("udp", "/permission/ok", false).shows("udp", "/release/ok", true);
}

#[test]
fn a_channel_that_is_refused_does_not_stop_the_data() {
    let run = udp(&but(Method::ChannelBind, Some(400)));
    run.fails(&["SERVER_ERROR"]).way_is_clear("udp", "inbound").way_is_clear("udp", "outbound");
}

#[test]
fn a_server_that_falls_silent_after_the_allocation_is_told_in_time() {
    let run = udp(&granting(nowhere(), |request| (request.method != Method::Allocate).then(Vec::new)));
    run.ends("fail", 1).has("SERVER_ERROR", "error");
}

#[test]
fn packets_that_come_twice_and_out_of_order_are_counted_apart() {
    // Four packets from peers to one client are held back, and then each is sent twice, the last first.
    let mut held: HashMap<SocketAddr, Vec<Vec<u8>>> = HashMap::new();
    let server = Fake::meddling(move |client, bytes| {
        if bytes[0] >> 6 != 1 {
            return vec![bytes];
        }
        let held = held.entry(client).or_default();
        held.push(bytes);
        match held.len() {
            4 => held.drain(..).rev().flat_map(|bytes| [bytes.clone(), bytes]).collect(),
            _ => Vec::new(),
        }
    });
    let target = format!("turn:{}?transport=udp", server.addr);
    let run = probe(&[&[&target[..]], &ALICE[..], &["--timeout", "600ms", "--count", "20"]].concat());
    run.within(LIMIT);
    let inbound = &run.endpoint("udp")["relay"]["inbound"];
    for count in ["reordered", "duplicates"] {
        let counted = inbound[count].as_u64().unwrap_or(0);
        run.check(counted >= 5, &format!("{counted} {count} of 20 packets"));
    }
    run.check(inbound["received"].as_u64().is_some_and(|received| received >= 16), "packets are missing");
}

#[test]
fn data_that_no_peer_sent_is_not_counted() {
    let server = Fake::meddling(|_, bytes| {
        let mut all = vec![bytes.clone()];
        if bytes[0] >> 6 == 1 {
            // A channel that was never bound, the right one with junk, and a length beyond the end.
            all.extend([
                b"\x4f\xff\x00\x04abcd".to_vec(),
                b"\x40\x00\x00\x04abcd".to_vec(),
                b"\x40\x00\xff\xff".to_vec(),
            ]);
        }
        all
    });
    let run = udp(&server);
    run.check(run.code == 0, "not healthy").carries("udp");
}

/// Hands on what peers sent, one packet in so many with its last byte changed.
fn altering(one_in: usize) -> Fake {
    let mut passed = 0;
    Fake::meddling(move |_, mut bytes| {
        let is_data = bytes[0] >> 6 == 1;
        passed += usize::from(is_data);
        if is_data && passed % one_in == 0 {
            let last = 4 + usize::from(u16::from_be_bytes([bytes[2], bytes[3]])) - 1;
            bytes[last] ^= 0x20;
        }
        vec![bytes]
    })
}

#[test]
fn data_that_a_relay_alters_is_named_and_not_taken_for_blocked() {
    for (one_in, all) in [(1, true), (4, false)] {
        let run = udp(&altering(one_in));
        run.ends("fail", 1).has("DATA_ALTERED", "error");
        for blocked in ["RELAY_INBOUND_BLOCKED", "RELAY_OUTBOUND_BLOCKED", "HAIRPIN_FAIL"] {
            let told = run.json["findings"].as_array().unwrap().iter().any(|it| it["code"] == blocked);
            run.check(!told, &format!("{blocked} is told"));
        }
        let relay = &run.endpoint("udp")["relay"];
        let altered = ["inbound", "outbound", "loop"].map(|way| relay[way]["altered"].as_u64().unwrap());
        run.check(altered.iter().sum::<u64>() > 0, "nothing is said to be altered");
        run.check(!all || relay["inbound"]["received"] == 0, "what is altered is said to have arrived");
    }
}

#[test]
fn a_call_takes_altered_data_for_lost_and_goes_on() {
    for (one_in, exit) in [(20, 0), (1, 1)] {
        let server = altering(one_in);
        let uri = format!("turn:{}?transport=udp", server.addr);
        let flags =
            ["--duration", "600ms", "--timeout", if exit == 0 { "7s" } else { "1s" }, "--format", "json"];
        let ended = run(&[&["call", "--relay", &uri][..], &ALICE, &flags].concat());
        assert_eq!(ended.code, exit, "{ended:#?}");
        let call = ended.json();
        match exit {
            0 => {
                let media = call["paths"][0]["media"].as_array().unwrap();
                let sum = |key: &str| media.iter().map(|of| of[key].as_u64().unwrap()).sum::<u64>();
                let (sent, refused) = (sum("sent"), sum("refused"));
                assert!(refused > sent / 40 && refused < sent / 10, "{refused} of {sent}: {media:?}");
                assert_eq!(
                    sum("lost"),
                    refused + sum("sent") - sum("received") - sum("under_way"),
                    "{media:?}"
                );
                assert!(call["loss_pct"].as_f64().is_some_and(|loss| loss > 1.0), "{media:?}");
            }
            _ => assert!(call["failure"]["phase"].is_string(), "{ended:#?}"),
        }
    }
}

/// A server may renew an allocation for less time than it first gave: the next renewal keeps to that.
#[test]
fn a_watch_renews_for_as_long_as_the_last_refresh_granted() {
    let refreshed = Arc::new(AtomicUsize::new(0));
    let count = refreshed.clone();
    let server = Fake::meddling(move |_, bytes| {
        let Ok(message) = Message::from_bytes(&bytes) else { return vec![bytes] };
        let granted = match (message.class, message.method) {
            (Class::Success, Method::Allocate) => {
                let relayed = message.xor_address(attribute::XOR_RELAYED_ADDRESS).unwrap();
                let granted = reply(&message, Class::Success).number(attribute::LIFETIME, 2);
                granted.xor_address(attribute::XOR_RELAYED_ADDRESS, relayed)
            }
            (Class::Success, Method::Refresh) if message.number(attribute::LIFETIME) != Some(0) => {
                count.fetch_add(1, Ordering::Relaxed);
                reply(&message, Class::Success).number(attribute::LIFETIME, 1)
            }
            _ => return vec![bytes],
        };
        vec![granted.integrity(&super::authentication::key()).finish()]
    });
    let target = format!("turn:{}?transport=udp", server.addr);
    let flags = ["--watch", "50ms", "--rounds", "70", "--count", "1"];
    let mut command = Command::new(env!("CARGO_BIN_EXE_rtcscope"));
    command.arg("probe").arg(target).args(ALICE).args(flags).env_clear();
    let watched = Watching::start(command).end();
    assert_eq!(watched.endpoint("udp")["allocations"], 1);
    // One at the start, after a second the first of the watch, and then one each half second.
    let refreshed = refreshed.load(Ordering::Relaxed);
    assert!(refreshed >= 6, "{refreshed} in 3.5 s");
}
