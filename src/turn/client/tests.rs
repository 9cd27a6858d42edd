use super::*;
use crate::turn::credentials::Secret;
use crate::turn::credentials::token::AccessToken;

struct Server {
    start: Instant,
    now: Instant,
    client: Client,
}

const KEY_REALM: &str = "example.test";

fn credentials() -> Credentials {
    Credentials::password("alice".to_owned(), Secret::new("wonder".to_owned()))
}

impl Server {
    fn new(stream: bool, credentials: Option<Credentials>) -> Self {
        let start = Instant::now();
        let settings = Settings { stream, credentials, timeout: Duration::from_secs(5), seed: [3; 32] };
        Self { start, now: start, client: Client::new(settings) }
    }

    /// Lets time pass until the client sends; the request it sent.
    fn request(&mut self) -> Message {
        loop {
            match self.client.poll(self.now) {
                Output::Transmit(bytes) => return Message::from_bytes(&bytes).unwrap(),
                Output::Wait(until) => self.now = until,
                other => panic!("expected a request, got {other:?}"),
            }
        }
    }

    fn event(&mut self) -> Event {
        loop {
            match self.client.poll(self.now) {
                Output::Event(event) => return event,
                Output::Wait(until) => self.now = until,
                Output::Transmit(_) => {}
                Output::Idle => panic!("idle"),
            }
        }
    }

    fn answer(&mut self) -> Answer {
        match self.event() {
            Event::Answer(answer) => answer,
            other => panic!("expected an answer, got {other:?}"),
        }
    }

    fn reply(&mut self, request: &Message, class: Class) -> MessageBuilder {
        MessageBuilder::new(class, request.method, request.transaction)
    }

    fn refuse(&mut self, request: &Message, code: u16, realm: Option<&str>, nonce: Option<&str>) {
        let mut reply = self
            .reply(request, Class::Error)
            .attribute(attribute::ERROR_CODE, &[0, 0, (code / 100) as u8, (code % 100) as u8]);
        if let Some(realm) = realm {
            reply = reply.attribute(attribute::REALM, realm.as_bytes());
        }
        if let Some(nonce) = nonce {
            reply = reply.attribute(attribute::NONCE, nonce.as_bytes());
        }
        self.client.handle_input(self.now, &reply.finish());
    }

    fn grant(&mut self, request: &Message, key: Option<&[u8]>) {
        let mut reply = self.reply(request, Class::Success).number(attribute::LIFETIME, 600);
        if let Some(key) = key {
            reply = reply.integrity(key);
        }
        self.client.handle_input(self.now, &reply.finish());
    }
}

#[test]
fn answers_a_401_with_a_signed_request() {
    let mut server = Server::new(false, Some(credentials()));
    server.client.start(server.now, Request::Allocate(Allocate::default()));
    let first = server.request();
    assert_eq!(first.integrity(b""), stun::Integrity::Absent);
    server.refuse(&first, 401, Some(KEY_REALM), Some("n1"));
    let second = server.request();
    let key = credentials().key(KEY_REALM);
    assert_eq!(second.integrity(&key), stun::Integrity::Valid);
    assert_eq!(second.text(attribute::NONCE).unwrap(), "n1");
    assert_ne!(second.transaction, first.transaction);
    server.grant(&second, Some(&key));
    let answer = server.answer();
    assert_eq!(answer.success().unwrap().number(attribute::LIFETIME), Some(600));
    assert_eq!(answer.legs.iter().map(|leg| leg.code).collect::<Vec<_>>(), [Some(401), None]);
}

#[test]
fn a_wrong_password_is_tried_twice_with_fresh_nonces() {
    let mut server = Server::new(true, Some(credentials()));
    server.client.start(server.now, Request::Allocate(Allocate::default()));
    for nonce in ["n1", "n2", "n3"] {
        let request = server.request();
        server.refuse(&request, 401, Some(KEY_REALM), Some(nonce));
    }
    let answer = server.answer();
    assert_eq!(answer.code(), Some(401));
    assert_eq!(answer.legs.iter().filter(|leg| leg.authenticated).count(), 2);
}

#[test]
fn without_credentials_a_401_ends_it() {
    let mut server = Server::new(false, None);
    server.client.start(server.now, Request::Allocate(Allocate::default()));
    let request = server.request();
    server.refuse(&request, 401, Some(KEY_REALM), Some("n1"));
    assert_eq!(server.answer().legs.len(), 1);
}

#[test]
fn a_binding_is_never_authenticated() {
    let mut server = Server::new(false, Some(credentials()));
    server.client.start(server.now, Request::Binding);
    let request = server.request();
    server.refuse(&request, 401, Some(KEY_REALM), Some("n1"));
    assert_eq!(server.answer().code(), Some(401));
}

#[test]
fn a_server_that_never_takes_its_own_nonce_is_given_up_on() {
    let mut server = Server::new(false, Some(credentials()));
    server.client.start(server.now, Request::Allocate(Allocate::default()));
    let first = server.request();
    server.refuse(&first, 401, Some(KEY_REALM), Some("n0"));
    let mut asked = 0;
    loop {
        match server.client.poll(server.now) {
            Output::Transmit(bytes) => {
                asked += 1;
                let request = Message::from_bytes(&bytes).unwrap();
                server.refuse(&request, 438, Some(KEY_REALM), Some(&format!("m{asked}")));
            }
            Output::Event(Event::Answer(answer)) => {
                assert_eq!((answer.code(), asked), (Some(438), 3));
                return;
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_bound_on_requests_holds_for_repetitions_too_and_leaves_room_to_release() {
    let mut server = Server::new(false, Some(credentials()));
    let allowance = Allowance::of(4);
    server.client.draw_on(allowance.clone());
    server.client.start(server.now, Request::Allocate(Allocate::default()));
    let first = server.request();
    server.refuse(&first, 401, Some(KEY_REALM), Some("one"));
    let second = server.request();
    server.refuse(&second, 438, Some(KEY_REALM), Some("two"));
    let answer = server.answer();
    assert_eq!((answer.code(), answer.legs.len()), (Some(438), 2), "it was asked a third time");
    server.client.start(server.now, Request::CreatePermission(vec![[10, 0, 0, 1].into()]));
    let answer = server.answer();
    assert_eq!((answer.outcome, answer.legs.len()), (Outcome::TimedOut, 0));
    server.client.start(server.now, Request::Refresh { lifetime: 0 });
    assert_eq!(server.request().method, Method::Refresh);
    assert_eq!(allowance.begun(), 3);
}

#[test]
fn one_438_is_followed_and_remembered() {
    let mut server = Server::new(false, Some(credentials()));
    let key = credentials().key(KEY_REALM);
    server.client.start(server.now, Request::Allocate(Allocate::default()));
    let first = server.request();
    server.refuse(&first, 401, Some(KEY_REALM), Some("old"));
    let second = server.request();
    server.refuse(&second, 438, Some(KEY_REALM), Some("new"));
    let third = server.request();
    assert_eq!(third.text(attribute::NONCE).unwrap(), "new");
    server.grant(&third, Some(&key));
    assert!(server.answer().success().is_some());
    server.client.start(server.now, Request::Refresh { lifetime: 0 });
    let refresh = server.request();
    assert_eq!(refresh.integrity(&key), stun::Integrity::Valid);
    assert_eq!(refresh.text(attribute::NONCE).unwrap(), "new");
}

#[test]
fn unsigned_and_wrongly_signed_success_is_discarded() {
    let mut server = Server::new(false, Some(credentials()));
    let key = credentials().key(KEY_REALM);
    server.client.start(server.now, Request::Allocate(Allocate::default()));
    let first = server.request();
    server.refuse(&first, 401, Some(KEY_REALM), Some("n1"));
    let second = server.request();
    server.grant(&second, None);
    assert_eq!(server.event(), Event::Oddity(Oddity::NoIntegrity));
    server.grant(&second, Some(b"forged"));
    assert_eq!(server.event(), Event::Oddity(Oddity::WrongIntegrity));
    server.grant(&second, Some(&key));
    assert!(server.answer().success().is_some());
}

#[test]
fn forged_and_late_responses_are_told_and_change_nothing() {
    let mut server = Server::new(false, None);
    server.client.start(server.now, Request::Binding);
    let request = server.request();
    let mut forged = request.clone();
    forged.transaction = stun::TransactionId([0; 12]);
    server.grant(&forged, None);
    assert_eq!(server.event(), Event::Oddity(Oddity::UnmatchedTransaction));
    server.grant(&request, None);
    assert!(server.answer().success().is_some());
    // A further answer to the same request is the network's or the retransmission's doing.
    server.grant(&request, None);
    assert_eq!((server.client.poll(server.now), server.client.repeated()), (Output::Idle, 1));
}

/// When the next request is sent again, after one that was sent at 0 and 500 ms and answered at 700 ms.
fn second_send_after_an_answer_at_700_ms(repeat: bool) -> Duration {
    let mut server = Server::new(false, None);
    server.client.start(server.now, Request::Binding);
    let request = server.request();
    assert_eq!(server.request().transaction, request.transaction);
    server.now = server.start + Duration::from_millis(700);
    server.grant(&request, None);
    assert_eq!(server.answer().at, server.now);
    if repeat {
        server.grant(&request, None);
    }
    server.client.start(server.now, Request::Binding);
    server.request();
    let Output::Wait(until) = server.client.poll(server.now) else { panic!() };
    until - server.now
}

#[test]
fn a_slow_server_is_given_time_once_it_has_answered_each_send() {
    // Twice 700 ms, but no more than leaves room for three sends.
    assert_eq!(second_send_after_an_answer_at_700_ms(true), Duration::from_secs(5) / 7);
}

#[test]
fn a_lost_request_does_not_make_a_server_slow() {
    assert_eq!(second_send_after_an_answer_at_700_ms(false), Duration::from_millis(500));
}

#[test]
fn an_answer_is_never_lost_behind_a_flood_of_data() {
    let peer: SocketAddr = "192.0.2.7:4242".parse().unwrap();
    let mut server = Server::new(true, None);
    let id = server.client.start(server.now, Request::ChannelBind { number: 0x4000, peer });
    let bind = server.request();
    let mut flood = b"\x40\x00\x00\x00".repeat(MOST_EVENTS * 2);
    flood.extend(server.reply(&bind, Class::Success).finish());
    server.client.handle_input(server.now, &flood);
    let answered = std::iter::repeat_with(|| server.client.poll(server.now))
        .take(MOST_EVENTS + 2)
        .any(|output| matches!(output, Output::Event(Event::Answer(answer)) if answer.request == id));
    assert!(answered);
}

#[test]
fn silence_ends_at_the_timeout_after_the_retransmissions() {
    let mut server = Server::new(false, None);
    server.client.start(server.now, Request::Binding);
    let answer = server.answer();
    assert_eq!(answer.outcome, Outcome::TimedOut);
    assert_eq!(answer.legs[0].sent, 10);
    assert_eq!(server.now - server.start, Duration::from_secs(5));
}

#[test]
fn data_goes_by_indication_until_a_channel_is_bound() {
    let peer: SocketAddr = "192.0.2.7:4242".parse().unwrap();
    let mut server = Server::new(true, None);
    let indication = Message::from_bytes(&server.client.data(peer, b"hello").unwrap()).unwrap();
    assert_eq!(indication.xor_address(attribute::XOR_PEER_ADDRESS), Some(peer));
    server.client.start(server.now, Request::ChannelBind { number: 0x4000, peer });
    let bind = server.request();
    assert_eq!(server.client.data(peer, b"hello").unwrap()[..2], [0, 0x16]);
    server.grant(&bind, None);
    server.answer();
    assert_eq!(server.client.data(peer, b"hello").unwrap(), b"\x40\x00\x00\x05hello\0\0\0");
    server.client.handle_input(server.now, b"\x40\x00\x00\x02yo\0\0");
    let Event::Data { peer: from, data, .. } = server.event() else { panic!() };
    assert_eq!((from, data.as_slice()), (peer, &b"yo"[..]));
}

#[test]
fn what_is_no_turn_is_told_by_its_first_bytes() {
    let mut server = Server::new(true, None);
    server.client.start(server.now, Request::Binding);
    server.request();
    server.client.handle_input(server.now, b"HTTP/1.1 400 Bad Request\r\n\r\n");
    let Event::Oddity(Oddity::NotTurn(other)) = server.event() else { panic!() };
    assert!(other.head.starts_with(b"HTTP/1.1"));
}

#[test]
fn a_request_can_be_given_up_until_the_server_has_answered_part_of_it() {
    let mut server = Server::new(false, Some(credentials()));
    let id = server.client.start(server.now, Request::Allocate(Allocate::default()));
    let first = server.request();
    let answer = server.client.give_up(server.now, id).unwrap();
    assert_eq!((answer.outcome, answer.legs[0].sent), (Outcome::TimedOut, 1));
    server.refuse(&first, 401, Some(KEY_REALM), Some("n1"));
    assert_eq!(server.event(), Event::Oddity(Oddity::UnmatchedTransaction));
    let id = server.client.start(server.now, Request::Allocate(Allocate::default()));
    let first = server.request();
    server.refuse(&first, 401, Some(KEY_REALM), Some("n1"));
    assert_eq!(server.client.give_up(server.now, id), None);
}

#[test]
fn a_server_that_offers_sha256_is_answered_with_it_and_held_to_it() {
    let mut server = Server::new(false, Some(credentials()));
    server.client.start(server.now, Request::Allocate(Allocate::default()));
    let first = server.request();
    let offered = [0, 2, 0, 0, 0, 1, 0, 0];
    let challenge = server
        .reply(&first, Class::Error)
        .attribute(attribute::ERROR_CODE, &[0, 0, 4, 1])
        .attribute(attribute::REALM, KEY_REALM.as_bytes())
        .attribute(attribute::NONCE, b"obMatJos2gAAAn1")
        .attribute(attribute::PASSWORD_ALGORITHMS, &offered)
        .finish();
    server.client.handle_input(server.now, &challenge);
    let second = server.request();
    let key = credentials().key_sha256(KEY_REALM).unwrap();
    assert_eq!(second.integrity_sha256(&*key), stun::Integrity::Valid);
    assert_eq!(second.integrity(&*key), stun::Integrity::Absent);
    assert_eq!(second.attribute(attribute::PASSWORD_ALGORITHMS), Some(&offered[..]));
    assert_eq!(second.attribute(attribute::PASSWORD_ALGORITHM), Some(&[0, 2, 0, 0][..]));
    // The old signature alone is no signature here.
    server.grant(&second, Some(&credentials().key(KEY_REALM)));
    assert_eq!(server.event(), Event::Oddity(Oddity::NoIntegrity));
    let granted = server.reply(&second, Class::Success).integrity_sha256(&*key).finish();
    server.client.handle_input(server.now, &granted);
    assert!(server.answer().success().is_some());
}

#[test]
fn a_challenge_whose_algorithms_were_taken_out_on_the_way_is_not_answered() {
    let mut server = Server::new(false, Some(credentials()));
    server.client.start(server.now, Request::Allocate(Allocate::default()));
    let first = server.request();
    server.refuse(&first, 401, Some(KEY_REALM), Some("obMatJos2gAAAn1"));
    let answer = server.answer();
    assert_eq!((answer.code(), answer.legs.len()), (Some(401), 1));
}

#[test]
fn tcp_relays_are_spoken_to_with_the_requests_of_their_own() {
    let mut server = Server::new(true, Some(credentials()));
    let peer: SocketAddr = "192.0.2.7:4242".parse().unwrap();
    for (request, method, kind, value) in [
        (Request::Connect(peer), 0x00a, attribute::XOR_PEER_ADDRESS, None),
        (Request::ConnectionBind(0x0102_0304), 0x00b, attribute::CONNECTION_ID, Some(&[1, 2, 3, 4][..])),
    ] {
        server.client.start(server.now, request);
        let Output::Transmit(bytes) = server.client.poll(server.now) else { panic!("nothing is sent") };
        assert_eq!(u16::from_be_bytes([bytes[0], bytes[1]]), method);
        let sent = Message::from_bytes(&bytes).unwrap();
        let written = sent.attribute(kind).unwrap();
        assert!(value.is_none_or(|value| value == written), "{written:?}");
        server.grant(&sent, None);
        assert!(server.answer().success().is_some());
    }
}

fn token() -> Credentials {
    // base64 of "an opaque token" and of "twenty-byte-mac-key!"
    let (token, mac_key) = ("YW4gb3BhcXVlIHRva2Vu", "dHdlbnR5LWJ5dGUtbWFjLWtleSE=");
    Credentials::token("kid-7", AccessToken::from_base64(&Secret::new(token), &Secret::new(mac_key)).unwrap())
}

impl Server {
    /// A 401 that asks for a token (RFC 7635 §6.1).
    fn ask_for_token(&mut self, request: &Message, nonce: &str) {
        let reply = self
            .reply(request, Class::Error)
            .error_code(401, "Unauthorized")
            .attribute(attribute::REALM, KEY_REALM.as_bytes())
            .attribute(attribute::NONCE, nonce.as_bytes())
            .attribute(attribute::THIRD_PARTY_AUTHORIZATION, b"turn.example.test");
        self.client.handle_input(self.now, &reply.finish());
    }
}

#[test]
fn a_token_is_sent_to_a_server_that_asks_for_one_and_its_mac_key_signs_as_it_is() {
    let mut server = Server::new(false, Some(token()));
    server.client.start(server.now, Request::Allocate(Allocate::default()));
    let first = server.request();
    assert_eq!(first.attribute(attribute::ACCESS_TOKEN), None);
    server.ask_for_token(&first, "n1");
    let second = server.request();
    assert_eq!(second.attribute(attribute::ACCESS_TOKEN), Some(&b"an opaque token"[..]));
    assert_eq!(second.text(attribute::USERNAME).unwrap(), "kid-7");
    assert_eq!(second.text(attribute::REALM).unwrap(), KEY_REALM);
    // RFC 7635 §5: no MD5, the MAC key itself.
    assert_eq!(second.integrity(b"twenty-byte-mac-key!"), stun::Integrity::Valid);
    server.grant(&second, Some(b"twenty-byte-mac-key!"));
    assert!(server.answer().success().is_some());
    // RFC 7635 §9: in Allocate and Refresh only.
    let peer = "192.0.2.1".parse().unwrap();
    for (request, carries) in [
        (Request::CreatePermission(vec![peer]), false),
        (Request::ChannelBind { number: 0x4000, peer: SocketAddr::new(peer, 9) }, false),
        (Request::Refresh { lifetime: 600 }, true),
        (Request::Connect(SocketAddr::new(peer, 9)), false),
        (Request::ConnectionBind(1), true),
    ] {
        server.client.start(server.now, request.clone());
        let sent = server.request();
        assert_eq!(sent.attribute(attribute::ACCESS_TOKEN).is_some(), carries, "{request:?}");
        assert_eq!(sent.integrity(b"twenty-byte-mac-key!"), stun::Integrity::Valid, "{request:?}");
        server.grant(&sent, Some(b"twenty-byte-mac-key!"));
        assert!(server.answer().success().is_some());
    }
}

#[test]
fn a_token_stays_at_home_where_the_server_does_not_ask_for_one() {
    let mut server = Server::new(false, Some(token()));
    server.client.start(server.now, Request::Allocate(Allocate::default()));
    let first = server.request();
    server.refuse(&first, 401, Some(KEY_REALM), Some("n1"));
    let answer = server.answer();
    assert_eq!((answer.code(), answer.legs.len()), (Some(401), 1));
}

#[test]
fn a_refused_token_is_given_twice_and_a_later_438_need_not_ask_for_it_again() {
    let mut server = Server::new(false, Some(token()));
    server.client.start(server.now, Request::Allocate(Allocate::default()));
    let first = server.request();
    server.ask_for_token(&first, "n1");
    let second = server.request();
    server.refuse(&second, 438, Some(KEY_REALM), Some("n2"));
    // The second 401 is to coturn's way to sign: with the first sixteen bytes.
    for (nonce, key) in [("n3", &b"twenty-byte-mac-key!"[..]), ("n4", b"twenty-byte-mac-")] {
        let request = server.request();
        assert!(request.attribute(attribute::ACCESS_TOKEN).is_some());
        assert_eq!(request.integrity(key), stun::Integrity::Valid);
        server.refuse(&request, 401, Some(KEY_REALM), Some(nonce));
    }
    assert_eq!(server.answer().legs.iter().filter(|leg| leg.authenticated).count(), 3);
}

#[test]
fn a_server_that_cuts_the_mac_key_is_spoken_to_in_its_way_from_then_on() {
    let mut server = Server::new(false, Some(token()));
    server.client.start(server.now, Request::Allocate(Allocate::default()));
    for nonce in ["n1", "n2"] {
        let request = server.request();
        server.ask_for_token(&request, nonce);
    }
    let third = server.request();
    server.grant(&third, Some(b"twenty-byte-mac-"));
    let cut: Vec<bool> = server.answer().legs.iter().map(|leg| leg.cut_mac_key).collect();
    assert_eq!(cut, [false, false, true]);
    server.client.start(server.now, Request::Refresh { lifetime: 600 });
    let refresh = server.request();
    assert_eq!(refresh.integrity(b"twenty-byte-mac-"), stun::Integrity::Valid);
}

#[test]
fn a_mac_key_that_was_taken_whole_is_not_cut_by_a_later_401() {
    let mut server = Server::new(false, Some(token()));
    server.client.start(server.now, Request::Allocate(Allocate::default()));
    let first = server.request();
    server.ask_for_token(&first, "n1");
    let second = server.request();
    server.grant(&second, Some(b"twenty-byte-mac-key!"));
    server.answer();
    server.client.start(server.now, Request::Refresh { lifetime: 600 });
    for nonce in ["n2", "n3"] {
        let request = server.request();
        assert_eq!(request.integrity(b"twenty-byte-mac-key!"), stun::Integrity::Valid);
        server.ask_for_token(&request, nonce);
    }
    assert_eq!(server.answer().code(), Some(401));
}

#[test]
fn what_is_signed_with_another_key_than_the_tokens_is_discarded() {
    let mut server = Server::new(false, Some(token()));
    server.client.start(server.now, Request::Allocate(Allocate::default()));
    let first = server.request();
    server.ask_for_token(&first, "n1");
    let second = server.request();
    server.grant(&second, Some(b"another-mac-key-here"));
    assert_eq!(server.event(), Event::Oddity(Oddity::WrongIntegrity));
}

#[test]
fn a_token_is_not_digested_where_the_server_offers_algorithms_for_passwords() {
    let mut server = Server::new(false, Some(token()));
    server.client.start(server.now, Request::Allocate(Allocate::default()));
    let first = server.request();
    let reply = server
        .reply(&first, Class::Error)
        .error_code(401, "Unauthorized")
        .attribute(attribute::REALM, KEY_REALM.as_bytes())
        .attribute(attribute::NONCE, b"obMatJos2gAAAxyz")
        .attribute(attribute::PASSWORD_ALGORITHMS, &[0, 2, 0, 0, 0, 1, 0, 0])
        .attribute(attribute::THIRD_PARTY_AUTHORIZATION, b"turn.example.test");
    server.client.handle_input(server.now, &reply.finish());
    let second = server.request();
    assert_eq!(second.integrity(b"twenty-byte-mac-key!"), stun::Integrity::Valid);
    assert_eq!(second.attribute(attribute::PASSWORD_ALGORITHM), None);
}
