use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use super::*;
use crate::stun::attribute::{self, PROTOCOL_UDP};
use crate::stun::{Class, Integrity, Message, MessageBuilder, Method, TransactionId};
use crate::turn::credentials::{Credentials, Secret, rest};

const NOW: u64 = 1_700_000_000;
const UDP_TRANSPORT: [u8; 4] = [PROTOCOL_UDP, 0, 0, 0];

/// A server whose sockets are made up, and the clients before it.
struct Bench {
    server: Server,
    now: Instant,
    next_port: u16,
    next_transaction: u8,
    outputs: Vec<Output>,
}

/// A client with what it learnt.
struct Caller {
    client: Client,
    credentials: Credentials,
    realm: String,
    nonce: String,
}

impl Bench {
    fn new(settings: Settings) -> Self {
        let now = Instant::now();
        Self {
            server: Server::new(settings, [9; 32], now),
            now,
            next_port: 50_000,
            next_transaction: 0,
            outputs: Vec::new(),
        }
    }

    fn caller(&mut self, transport: Transport, port: u16) -> Caller {
        let (user, password) = Settings::USER;
        self.caller_as(transport, port, Credentials::password(user, Secret::new(password)))
    }

    fn caller_as(&mut self, transport: Transport, port: u16, credentials: Credentials) -> Caller {
        let client = Client { transport, address: SocketAddr::new([127, 0, 0, 1].into(), port) };
        let mut caller = Caller { client, credentials, realm: String::new(), nonce: String::new() };
        let asked = self.message(Method::Allocate).attribute(attribute::REQUESTED_TRANSPORT, &UDP_TRANSPORT);
        if let Some(challenge) = self.exchange(client, &asked.finish()) {
            caller.learn(&challenge);
        }
        caller
    }

    fn message(&mut self, method: Method) -> MessageBuilder {
        self.next_transaction += 1;
        MessageBuilder::new(Class::Request, method, TransactionId([self.next_transaction; 12]))
    }

    /// Hands bytes in, plays the driver, and takes the first message that goes back to that client.
    fn exchange(&mut self, client: Client, bytes: &[u8]) -> Option<Message> {
        self.server.handle_client(client, bytes, self.now, NOW);
        self.settle();
        let at = self
            .outputs
            .iter()
            .position(|output| matches!(output, Output::ToClient { client: to, .. } if *to == client))?;
        let Output::ToClient { data, .. } = self.outputs.remove(at) else { unreachable!() };
        Some(Message::from_bytes(&data).unwrap())
    }

    fn settle(&mut self) {
        while let Some(output) = self.server.poll_output() {
            if let Output::OpenRelay { client, family, even_port } = output {
                let ip: IpAddr =
                    if family == Family::V4 { [127, 0, 0, 1].into() } else { "::1".parse().unwrap() };
                self.next_port += if even_port { 2 - self.next_port % 2 } else { 1 };
                let relay = SocketAddr::new(ip, self.next_port);
                self.server.relay_opened(client, family, Ok(relay), self.now);
            } else {
                self.outputs.push(output);
            }
        }
    }

    fn ask(&mut self, caller: &Caller, request: MessageBuilder) -> Message {
        let bytes = caller.sign(request);
        let response = self.exchange(caller.client, &bytes).expect("an answer");
        assert!(response.attribute(attribute::FINGERPRINT).is_some());
        response
    }

    fn allocate(&mut self, caller: &Caller) -> Message {
        let request =
            self.message(Method::Allocate).attribute(attribute::REQUESTED_TRANSPORT, &UDP_TRANSPORT);
        self.ask(caller, request)
    }

    fn permit(&mut self, caller: &Caller, peer: &str) -> Message {
        let request = self.message(Method::CreatePermission);
        let peer = peer.parse().unwrap();
        self.ask(caller, request.xor_address(attribute::XOR_PEER_ADDRESS, peer))
    }

    fn bind(&mut self, caller: &Caller, number: u16, peer: &str) -> Message {
        let request =
            self.message(Method::ChannelBind).number(attribute::CHANNEL_NUMBER, u32::from(number) << 16);
        let peer = peer.parse().unwrap();
        self.ask(caller, request.xor_address(attribute::XOR_PEER_ADDRESS, peer))
    }

    fn release(&mut self, caller: &Caller) -> Message {
        let request = self.message(Method::Refresh).number(attribute::LIFETIME, 0);
        self.ask(caller, request)
    }

    /// What the relay at `from` sends when its client sends this.
    fn send(&mut self, client: Client, bytes: &[u8]) -> Vec<Output> {
        self.server.handle_client(client, bytes, self.now, NOW);
        self.settle();
        std::mem::take(&mut self.outputs)
    }

    fn receive(&mut self, relay: SocketAddr, from: &str, data: &[u8]) -> Vec<Output> {
        self.server.handle_peer(relay, from.parse().unwrap(), data, self.now);
        self.settle();
        std::mem::take(&mut self.outputs)
    }
}

impl Caller {
    fn learn(&mut self, challenge: &Message) {
        self.realm = challenge.text(attribute::REALM).unwrap_or_default();
        self.nonce = challenge.text(attribute::NONCE).unwrap_or_default();
    }

    fn sign(&self, request: MessageBuilder) -> Vec<u8> {
        request
            .attribute(attribute::USERNAME, self.credentials.username.as_bytes())
            .attribute(attribute::REALM, self.realm.as_bytes())
            .attribute(attribute::NONCE, self.nonce.as_bytes())
            .integrity(&self.credentials.key(&self.realm))
            .finish()
    }

    /// Whether the server knows our key.
    fn believes(&self, response: &Message) -> bool {
        response.integrity(&self.credentials.key(&self.realm)) == Integrity::Valid
    }
}

fn code(response: &Message) -> u16 {
    response.error_code().map_or(0, |(code, _)| code)
}

fn relayed(response: &Message) -> SocketAddr {
    assert_eq!(code(response), 0);
    response.xor_address(attribute::XOR_RELAYED_ADDRESS).unwrap()
}

fn local(port: u16) -> SocketAddr {
    SocketAddr::new([127, 0, 0, 1].into(), port)
}

#[test]
fn binding_tells_the_address_and_refuses_what_it_must_understand_and_does_not() {
    let mut bench = Bench::new(Settings::default());
    let client = Client { transport: Transport::Udp, address: "[::1]:7".parse().unwrap() };
    let request = bench.message(Method::Binding).attribute(attribute::SOFTWARE, b"someone");
    let response = bench.exchange(client, &request.finish()).unwrap();
    assert_eq!(response.xor_address(attribute::XOR_MAPPED_ADDRESS), Some(client.address));
    let change_request = bench.message(Method::Binding).attribute(0x0003, &[0; 4]);
    let response = bench.exchange(client, &change_request.finish()).unwrap();
    assert_eq!(code(&response), 420);
    assert_eq!(response.attribute(attribute::UNKNOWN_ATTRIBUTES), Some(&[0, 3][..]));
}

#[test]
fn an_allocation_is_signed_by_its_user_and_tells_nothing_of_the_machine_behind() {
    let mut bench = Bench::new(Settings::default());
    let caller = bench.caller(Transport::Udp, 1);
    assert_eq!(caller.realm, "rtcscope.test");
    let response = bench.allocate(&caller);
    assert!(caller.believes(&response));
    assert_eq!(relayed(&response), local(50_001));
    assert_eq!(response.xor_address(attribute::XOR_MAPPED_ADDRESS), Some(caller.client.address));
    assert_eq!(response.number(attribute::LIFETIME), Some(600));
    for internal in [attribute::NONCE, attribute::REALM, attribute::PASSWORD_ALGORITHMS] {
        assert_eq!(response.attribute(internal), None);
    }
}

#[test]
fn a_retransmitted_allocate_gets_the_same_answer_and_another_one_437() {
    let mut bench = Bench::new(Settings::default());
    let caller = bench.caller(Transport::Udp, 1);
    let request = bench.message(Method::Allocate).attribute(attribute::REQUESTED_TRANSPORT, &UDP_TRANSPORT);
    let first = bench.ask(&caller, request.clone());
    let again = bench.ask(&caller, request);
    assert_eq!(relayed(&first), relayed(&again));
    assert_eq!(code(&bench.allocate(&caller)), 437);
}

#[test]
fn data_flows_both_ways_with_permission_only() {
    let mut bench = Bench::new(Settings::default());
    for (transport, port) in [(Transport::Udp, 1), (Transport::Tcp, 2)] {
        let caller = bench.caller(transport, port);
        let relay = relayed(&bench.allocate(&caller));
        assert_eq!(bench.receive(relay, "127.0.0.1:99", b"early"), []);
        assert_eq!(code(&bench.permit(&caller, "127.0.0.1:99")), 0);
        let sent = MessageBuilder::new(Class::Indication, Method::Send, TransactionId([1; 12]))
            .xor_address(attribute::XOR_PEER_ADDRESS, local(99))
            .attribute(attribute::DATA, b"hello");
        let peer = local(99);
        let out = bench.send(caller.client, &sent.finish());
        assert_eq!(out, [Output::ToPeer { relay, peer, data: b"hello".to_vec() }]);
        let out = bench.receive(relay, "127.0.0.1:99", b"world");
        let [Output::ToClient { client, data }] = &out[..] else { panic!("{out:?}") };
        let indication = Message::from_bytes(data).unwrap();
        assert_eq!((*client, indication.attribute(attribute::DATA)), (caller.client, Some(&b"world"[..])));

        assert_eq!(code(&bench.bind(&caller, 0x4000, "127.0.0.1:99")), 0);
        assert_eq!(code(&bench.bind(&caller, 0x4000, "127.0.0.1:98")), 400);
        assert_eq!(code(&bench.bind(&caller, 0x4001, "127.0.0.1:99")), 400);
        // Over UDP padding is no duty and no fault.
        for sent in [&b"\x40\x00\x00\x05hello"[..], b"\x40\x00\x00\x05hello\0\0\0"] {
            let out = bench.send(caller.client, sent);
            assert_eq!(out, [Output::ToPeer { relay, peer, data: b"hello".to_vec() }]);
        }
        assert_eq!(bench.send(caller.client, b"\x40\x00\x00\x06hello"), [], "shorter than announced");
        let padding: &[u8] = if transport == Transport::Udp { b"" } else { b"\0\0\0" };
        let out = bench.receive(relay, "127.0.0.1:99", b"world");
        let data = [b"\x40\x00\x00\x05world", padding].concat();
        assert_eq!(out, [Output::ToClient { client: caller.client, data }]);
    }
}

#[test]
fn an_expired_channel_may_have_another_peer() {
    let mut bench = Bench::new(Settings::default());
    let caller = bench.caller(Transport::Udp, 1);
    relayed(&bench.allocate(&caller));
    assert_eq!(code(&bench.bind(&caller, 0x4000, "127.0.0.1:99")), 0);
    bench.now += Duration::from_secs(400);
    let refresh = bench.message(Method::Refresh);
    assert_eq!(code(&bench.ask(&caller, refresh)), 0);
    assert_eq!(code(&bench.bind(&caller, 0x4000, "127.0.0.1:98")), 400);
    bench.now += Duration::from_secs(201);
    bench.server.handle_timeout(bench.now);
    assert_eq!(code(&bench.bind(&caller, 0x4000, "127.0.0.1:98")), 0);
    let out = bench.send(caller.client, b"\x40\x00\x00\x01x");
    let [Output::ToPeer { peer, .. }] = &out[..] else { panic!("{out:?}") };
    assert_eq!(*peer, local(98));
}

#[test]
fn wrong_password_unknown_user_and_no_realm_look_alike() {
    let mut bench = Bench::new(Settings::default());
    for (port, user, password) in [(1, "probe", "wrong"), (2, "nobody", "probe")] {
        let credentials = Credentials::password(user, Secret::new(password));
        let caller = bench.caller_as(Transport::Udp, port, credentials);
        let response = bench.allocate(&caller);
        assert_eq!(code(&response), 401);
        assert_eq!(response.attribute(attribute::MESSAGE_INTEGRITY), None);
    }
    let mut bench = Bench::new(Settings { realm: String::new(), ..Settings::default() });
    let caller = bench.caller(Transport::Udp, 1);
    let response = bench.allocate(&caller);
    assert_eq!(code(&response), 401);
    assert_eq!(response.attribute(attribute::REALM), Some(&b""[..]));
}

#[test]
fn rest_credentials_expire() {
    let secret = Secret::new("s");
    let mut bench = Bench::new(Settings { rest_secret: Some(secret.clone()), ..Settings::default() });
    for (port, time, expected) in [(1, NOW + 1, 0), (2, NOW - 1, 401)] {
        let credentials = rest::mint(&secret, Some("ann"), time, rest::SEPARATOR);
        let caller = bench.caller_as(Transport::Udp, port, credentials);
        assert_eq!(code(&bench.allocate(&caller)), expected, "{time}");
    }
}

#[test]
fn a_stale_nonce_is_replaced_once_and_a_wrong_one_for_ever() {
    let lifetime = Some(Duration::from_secs(2));
    let mut bench = Bench::new(Settings { nonce_lifetime: lifetime, ..Settings::default() });
    let mut caller = bench.caller(Transport::Udp, 1);
    assert_eq!(code(&bench.allocate(&caller)), 0);
    bench.now += Duration::from_secs(3);
    let stale = bench.permit(&caller, "127.0.0.1:9");
    assert_eq!(code(&stale), 438);
    caller.learn(&stale);
    assert_eq!(code(&bench.permit(&caller, "127.0.0.1:9")), 0);

    let mut bench = Bench::new(Settings { wrong_nonce_always: true, ..Settings::default() });
    let mut caller = bench.caller(Transport::Udp, 1);
    for _ in 0..3 {
        bench.now += Duration::from_millis(1);
        let refused = bench.allocate(&caller);
        assert_eq!(code(&refused), 438);
        assert_ne!(refused.text(attribute::NONCE).unwrap(), caller.nonce);
        caller.learn(&refused);
    }
}

#[test]
fn quotas_count_over_all_transports_and_a_release_makes_room() {
    for (settings, expected) in [
        (Settings { user_quota: Some(2), ..Settings::default() }, 486),
        (Settings { total_ports: Some(2), ..Settings::default() }, 508),
    ] {
        let mut bench = Bench::new(settings);
        let one = bench.caller(Transport::Udp, 1);
        let two = bench.caller(Transport::Tcp, 1);
        let three = bench.caller(Transport::Tls, 1);
        let relay = relayed(&bench.allocate(&one));
        assert_eq!(code(&bench.allocate(&two)), 0);
        let refused = bench.allocate(&three);
        assert_eq!(code(&refused), expected);
        assert!(three.believes(&refused));
        let released = bench.release(&one);
        assert_eq!(released.number(attribute::LIFETIME), Some(0));
        assert_eq!(std::mem::take(&mut bench.outputs), [Output::CloseRelay { relay }]);
        assert_eq!(code(&bench.allocate(&three)), 0);
    }
}

#[test]
fn a_redirect_needs_no_credential_and_binding_has_none() {
    let other: SocketAddr = "198.51.100.7:3478".parse().unwrap();
    let mut bench = Bench::new(Settings { redirect: Some(other), ..Settings::default() });
    let client = Client { transport: Transport::Udp, address: local(1) };
    let request = bench.message(Method::Allocate);
    let response = bench.exchange(client, &request.finish()).unwrap();
    assert_eq!(code(&response), 300);
    assert_eq!(
        response.attribute(attribute::ALTERNATE_SERVER),
        Some(&[0, 1, 0x0D, 0x96, 198, 51, 100, 7][..])
    );
    let request = bench.message(Method::Binding);
    assert_eq!(code(&bench.exchange(client, &request.finish()).unwrap()), 0);
}

#[test]
fn denied_peers_are_refused_with_a_signature() {
    let denied = vec!["10.0.0.0/8".parse().unwrap()];
    let mut bench = Bench::new(Settings { denied_peers: denied, ..Settings::default() });
    let caller = bench.caller(Transport::Udp, 1);
    assert_eq!(code(&bench.permit(&caller, "10.0.0.1:9")), 437, "no allocation yet");
    assert_eq!(code(&bench.allocate(&caller)), 0);
    for response in [bench.permit(&caller, "10.0.0.1:9"), bench.bind(&caller, 0x4000, "10.0.0.1:9")] {
        assert_eq!(code(&response), 403);
        assert!(caller.believes(&response));
    }
    assert_eq!(code(&bench.permit(&caller, "127.0.0.1:9")), 0);
}

#[test]
fn another_user_on_the_same_5_tuple_has_wrong_credentials() {
    let [ann, bob] = ["ann", "bob"].map(|name| Credentials::password(name, Secret::new("a")));
    let users = vec![ann.clone(), bob.clone()];
    let mut bench = Bench::new(Settings { users, ..Settings::default() });
    let ann = bench.caller_as(Transport::Udp, 1, ann);
    let bob = bench.caller_as(Transport::Udp, 1, bob);
    assert_eq!(code(&bench.allocate(&ann)), 0);
    assert_eq!(code(&bench.permit(&bob, "127.0.0.1:9")), 441);
}

#[test]
fn half_a_server_is_silent_to_the_other_half() {
    let client = Client { transport: Transport::Udp, address: local(1) };
    for (stun_only, turn_only) in [(true, false), (false, true)] {
        let mut bench = Bench::new(Settings { stun_only, turn_only, ..Settings::default() });
        let binding = bench.message(Method::Binding).finish();
        let allocate = bench.message(Method::Allocate).finish();
        assert_eq!(bench.exchange(client, &binding).is_some(), stun_only);
        assert_eq!(bench.exchange(client, &allocate).is_some(), turn_only);
    }
}

#[test]
fn an_open_relay_asks_for_nothing_and_signs_nothing() {
    let mut bench = Bench::new(Settings { require_auth: false, ..Settings::default() });
    let client = Client { transport: Transport::Udp, address: local(1) };
    let request = bench.message(Method::Allocate).attribute(attribute::REQUESTED_TRANSPORT, &UDP_TRANSPORT);
    let response = bench.exchange(client, &request.finish()).unwrap();
    assert_eq!(relayed(&response), local(50_001));
    assert_eq!(response.attribute(attribute::MESSAGE_INTEGRITY), None);
}

#[test]
fn what_the_relay_cannot_do_is_refused() {
    let mut bench = Bench::new(Settings::default());
    let caller = bench.caller(Transport::Tcp, 1);
    for (kind, value, expected) in [
        (attribute::EVEN_PORT, vec![0x80], 508),
        (0x001A, vec![], 420),
        (0x0022, vec![0; 8], 420),
        (attribute::REQUESTED_ADDRESS_FAMILY, vec![9, 0, 0, 0], 440),
    ] {
        let request =
            bench.message(Method::Allocate).attribute(attribute::REQUESTED_TRANSPORT, &UDP_TRANSPORT);
        assert_eq!(code(&bench.ask(&caller, request.attribute(kind, &value))), expected);
    }
    let tcp = bench.message(Method::Allocate).attribute(attribute::REQUESTED_TRANSPORT, &[6, 0, 0, 0]);
    assert_eq!(code(&bench.ask(&caller, tcp)), 442);
    let none = bench.message(Method::Allocate);
    assert_eq!(code(&bench.ask(&caller, none)), 400);
    let even = bench.message(Method::Allocate).attribute(attribute::REQUESTED_TRANSPORT, &UDP_TRANSPORT);
    assert_eq!(relayed(&bench.ask(&caller, even.attribute(attribute::EVEN_PORT, &[0]))).port(), 50_002);
}

#[test]
fn an_ipv6_relay_is_had_by_asking_for_it() {
    let mut bench = Bench::new(Settings::default());
    let caller = bench.caller(Transport::Udp, 1);
    let request = bench
        .message(Method::Allocate)
        .attribute(attribute::REQUESTED_TRANSPORT, &UDP_TRANSPORT)
        .attribute(attribute::REQUESTED_ADDRESS_FAMILY, &[2, 0, 0, 0]);
    assert!(relayed(&bench.ask(&caller, request)).is_ipv6());
    assert_eq!(code(&bench.permit(&caller, "127.0.0.1:9")), 443);
    assert_eq!(code(&bench.permit(&caller, "[::1]:9")), 0);
}

#[test]
fn a_relay_that_cannot_be_opened_leaves_nothing_behind() {
    let mut bench = Bench::new(Settings { user_quota: Some(1), ..Settings::default() });
    let caller = bench.caller(Transport::Udp, 1);
    for (refused, expected) in [(RelayRefused::Capacity, 508), (RelayRefused::Family, 440)] {
        let request =
            bench.message(Method::Allocate).attribute(attribute::REQUESTED_TRANSPORT, &UDP_TRANSPORT);
        bench.server.handle_client(caller.client, &caller.sign(request), bench.now, NOW);
        let Some(Output::OpenRelay { client, family, .. }) = bench.server.poll_output() else { panic!() };
        bench.server.relay_opened(client, family, Err(refused), bench.now);
        let Some(Output::ToClient { data, .. }) = bench.server.poll_output() else { panic!() };
        assert_eq!(code(&Message::from_bytes(&data).unwrap()), expected);
    }
    assert_eq!(code(&bench.allocate(&caller)), 0);
}

#[test]
fn a_lying_external_address_works_between_relays_and_nowhere_else() {
    let lie = Some("203.0.113.7".parse().unwrap());
    let mut bench = Bench::new(Settings { advertised_relay_ip: lie, ..Settings::default() });
    let one = bench.caller(Transport::Udp, 1);
    let two = bench.caller(Transport::Tcp, 2);
    let told_one = relayed(&bench.allocate(&one));
    let told_two = relayed(&bench.allocate(&two));
    assert_eq!(told_two.to_string(), "203.0.113.7:50002");
    assert_eq!(code(&bench.bind(&one, 0x4000, &told_two.to_string())), 0);
    assert_eq!(code(&bench.bind(&two, 0x4001, &told_one.to_string())), 0);
    let out = bench.send(one.client, b"\x40\x00\x00\x01x");
    assert_eq!(out, [Output::ToPeer { relay: local(50_001), peer: local(50_002), data: b"x".to_vec() }]);
    let out = bench.receive(local(50_002), "127.0.0.1:50001", b"x");
    let data = b"\x40\x01\x00\x01x\0\0\0".to_vec();
    assert_eq!(out, [Output::ToClient { client: two.client, data }]);
    assert_eq!(bench.receive(local(50_002), "127.0.0.1:9", b"x"), [], "no permission");
}

#[test]
fn each_direction_can_be_blocked_alone() {
    let blocked = |inbound, outbound, hairpin| {
        let faults = Faults {
            relay_inbound_blocked: inbound,
            relay_outbound_blocked: outbound,
            relay_hairpin_blocked: hairpin,
            ..Faults::default()
        };
        let mut bench = Bench::new(Settings { faults, ..Settings::default() });
        let one = bench.caller(Transport::Udp, 1);
        let two = bench.caller(Transport::Udp, 2);
        let relay_one = relayed(&bench.allocate(&one));
        let relay_two = relayed(&bench.allocate(&two));
        bench.bind(&one, 0x4000, "127.0.0.1:99");
        bench.bind(&one, 0x4001, &relay_two.to_string());
        bench.permit(&two, &relay_one.to_string());
        let inward = bench.receive(relay_one, "127.0.0.1:99", b"x").len();
        let outward = bench.send(one.client, b"\x40\x00\x00\x01x").len();
        let across = bench.send(one.client, b"\x40\x01\x00\x01x").len()
            * bench.receive(relay_two, &relay_one.to_string(), b"x").len();
        [inward, outward, across]
    };
    assert_eq!(blocked(false, false, false), [1, 1, 1]);
    assert_eq!(blocked(true, false, false), [0, 1, 1]);
    assert_eq!(blocked(false, true, false), [1, 0, 1]);
    assert_eq!(blocked(false, false, true), [1, 1, 0]);
}

#[test]
fn dropped_udp_spares_tcp() {
    let faults = Faults { drop_udp_in: true, ..Faults::default() };
    let mut bench = Bench::new(Settings { faults, ..Settings::default() });
    let binding = bench.message(Method::Binding).finish();
    for (transport, answered) in [(Transport::Udp, false), (Transport::Tcp, true), (Transport::Tls, true)] {
        let client = Client { transport, address: local(1) };
        assert_eq!(bench.exchange(client, &binding).is_some(), answered);
    }
}

#[test]
fn an_allocation_ends_with_its_connection_and_with_its_lifetime() {
    let mut bench = Bench::new(Settings::default());
    let one = bench.caller(Transport::Tcp, 1);
    let relay = relayed(&bench.allocate(&one));
    bench.server.client_gone(one.client, bench.now);
    bench.settle();
    assert_eq!(std::mem::take(&mut bench.outputs), [Output::CloseRelay { relay }]);

    let two = bench.caller(Transport::Udp, 2);
    let relay = relayed(&bench.allocate(&two));
    bench.now += Duration::from_secs(601);
    bench.server.handle_timeout(bench.now);
    bench.settle();
    assert_eq!(std::mem::take(&mut bench.outputs), [Output::CloseRelay { relay }]);
    assert_eq!(code(&bench.permit(&two, "127.0.0.1:9")), 437);
}

#[test]
fn a_client_may_choose_sha256_where_it_is_offered() {
    let mut bench = Bench::new(Settings { offer_sha256: true, ..Settings::default() });
    let caller = bench.caller(Transport::Udp, 1);
    assert!(caller.nonce.starts_with("obMatJos2gAAA"));
    let key = caller.credentials.key_sha256(&caller.realm).unwrap();
    let algorithms = [0, 2, 0, 0, 0, 1, 0, 0];
    for (offered, expected) in [(&algorithms[..4], 400), (&algorithms, 0)] {
        let bytes = bench
            .message(Method::Allocate)
            .attribute(attribute::REQUESTED_TRANSPORT, &UDP_TRANSPORT)
            .attribute(attribute::USERNAME, b"probe")
            .attribute(attribute::REALM, caller.realm.as_bytes())
            .attribute(attribute::NONCE, caller.nonce.as_bytes())
            .attribute(attribute::PASSWORD_ALGORITHM, &[0, 2, 0, 0])
            .attribute(attribute::PASSWORD_ALGORITHMS, offered)
            .integrity_sha256(&*key)
            .finish();
        let response = bench.exchange(caller.client, &bytes).unwrap();
        assert_eq!(code(&response), expected);
        assert_eq!(response.integrity_sha256(&*key) == Integrity::Valid, expected == 0);
    }
    assert_eq!(
        code(&bench.permit(&caller, "127.0.0.1:9")),
        0,
        "an old client still signs with MD5 and SHA-1"
    );
}

#[test]
fn hostile_bytes_never_panic() {
    let mut bench = Bench::new(Settings { offer_sha256: true, ..Settings::default() });
    let caller = bench.caller(Transport::Udp, 1);
    let relay = relayed(&bench.allocate(&caller));
    bench.bind(&caller, 0x4000, "127.0.0.1:99");
    let indication = MessageBuilder::new(Class::Indication, Method::Send, TransactionId([1; 12]))
        .xor_address(attribute::XOR_PEER_ADDRESS, local(99))
        .attribute(attribute::DATA, b"hello");
    let permit =
        bench.message(Method::CreatePermission).attribute(attribute::XOR_PEER_ADDRESS, &[0, 1, 2, 3]);
    let seeds = [
        indication.finish(),
        caller.sign(permit),
        b"\x40\x00\x00\x05hello".to_vec(),
        bench.message(Method::Binding).finish(),
    ];
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut random = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as usize
    };
    for _ in 0..20_000 {
        let mut bytes = seeds[random() % seeds.len()].clone();
        for _ in 0..random() % 4 {
            let at = random() % bytes.len();
            bytes[at] = random() as u8;
        }
        bytes.truncate(random() % (bytes.len() * 4));
        // Often past the fingerprint, which would keep nearly everything else out.
        if bytes.len() > 28 && random() % 2 == 0 {
            bytes.truncate((bytes.len() - 8) & !3);
            let length = (bytes.len() as u16 - 20).to_be_bytes();
            bytes[2..4].copy_from_slice(&length);
        }
        bench.server.handle_client(caller.client, &bytes, bench.now, NOW);
        bench.server.handle_peer(relay, local(99), &bytes, bench.now);
        bench.settle();
        bench.outputs.clear();
    }
    for size in [0, 65_000, 65_507] {
        bench.server.handle_peer(relay, local(98), &vec![0; size], bench.now);
        bench.server.handle_peer(relay, local(99), &vec![0; size], bench.now);
        bench.server.handle_client(caller.client, &vec![0x40; size], bench.now, NOW);
    }
    bench.settle();
    bench.outputs.clear();
    let refused = bench.permit(&caller, "[::1]:9");
    assert_eq!(code(&refused), 443, "it still serves");
}
