use std::net::SocketAddr;
use std::time::Duration;

use super::*;
use crate::finding::Confidence;
use crate::ice::uri::ServerUri;
use crate::measure::{Distribution, FlowReport};
use crate::probe::facts::{
    AllocateFacts, AttemptFacts, BindingFacts, ClockFacts, DeliveredPeer, Fault, FaultKind, MendedFacts,
    MintedFacts, PeerFacts, RedirectFacts, RelayFacts, Resolve, ResolveError, ResolveErrorKind,
    SecurityFacts, StepFacts, TriedPeer,
};
use crate::probe::plan::Knowledge;
use crate::turn::Oddity;
use crate::turn::credentials::form::Defect;
use crate::turn::credentials::token::AccessToken;
use crate::turn::credentials::{Credentials, Secret};

const SERVER: &str = "198.51.100.1:3478";
const NOW: u64 = 1_800_000_000;

fn addr(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

fn target_of(uri: &str) -> Target {
    let mut target = Target::from_uri(&ServerUri::from_text(uri).unwrap());
    target.credentials = Some(Credentials::password("alice", Secret::new("wonder")));
    target
}

fn leg(code: Option<u16>, authenticated: bool) -> AttemptFacts {
    let challenge = code.is_some();
    AttemptFacts {
        code,
        answered: true,
        authenticated,
        cut_mac_key: false,
        realm: challenge.then(|| "example.test".to_owned()),
        nonce: challenge,
        password_algorithms: Vec::new(),
        third_party_authorization: false,
        token_server_name: None,
        sent: 1,
        took_ms: 0.2,
    }
}

fn allocate(code: Option<u16>, attempts: Vec<AttemptFacts>) -> Option<AllocateFacts> {
    Some(AllocateFacts {
        ok: code.is_none(),
        code,
        reason: None,
        took_ms: 0.4,
        at_ms: code.is_none().then_some(1.0),
        attempts,
        unauthenticated: false,
        lifetime_s: code.is_none().then_some(600),
        reflexive: None,
        software: None,
        bandwidth_bps: None,
    })
}

fn binding(received: u32) -> Option<BindingFacts> {
    Some(BindingFacts {
        ok: received > 0,
        code: None,
        reflexive: (received > 0).then(|| addr("198.51.100.10:4242")),
        at_ms: None,
        rtt: Distribution::of([]),
        loss_pct: None,
        sent: 5,
        received,
        software: None,
        other_address: None,
        response_origin: None,
    })
}

fn step(code: Option<u16>) -> Option<StepFacts> {
    Some(StepFacts { ok: code.is_none(), code, stale_nonces: 0, took_ms: 0.1, lifetime_s: None })
}

fn path(received: usize) -> Option<FlowReport> {
    Some(FlowReport {
        ok: received > 0,
        sent: 20,
        received,
        loss_pct: Some((20 - received) as f64 * 5.0),
        reordered: 0,
        duplicates: 0,
        jitter_ms: None,
        one_way: None,
        rtt: None,
        echoes_received: received,
        send_refused: 0,
    })
}

/// A server with nothing wrong.
fn healthy() -> EndpointFacts {
    let mut facts = EndpointFacts::new(addr(SERVER), Transport::Udp, true);
    facts.binding = binding(5);
    facts.allocate = allocate(None, vec![leg(Some(401), false), leg(None, true)]);
    facts.permission = step(None);
    facts.channel = step(None);
    facts.refresh = step(None);
    facts.release = step(None);
    facts.relay = RelayFacts {
        address: Some(addr("198.51.100.1:49160")),
        class: None,
        peer: Some(PeerFacts {
            local: addr("198.51.100.10:5000"),
            reflexive: Some(addr("198.51.100.10:5000")),
            seen_by_relay: Some(addr("198.51.100.10:5000")),
            nat: Some(false),
        }),
        inbound: path(20),
        outbound: path(20),
        hairpin: path(20),
        loop_allocation_code: None,
        loop_permission_code: None,
    };
    facts
}

/// Up to the allocation, which ended with `code`.
fn refused(code: u16, attempts: Vec<AttemptFacts>) -> EndpointFacts {
    let mut facts = EndpointFacts::new(addr(SERVER), Transport::Udp, true);
    facts.binding = binding(5);
    facts.allocate = allocate(Some(code), attempts);
    facts
}

fn context(target: &Target) -> Context<'_> {
    // As by default: 100 packets of 160 bytes a second.
    let pace = Pace {
        count: 20,
        interval: Duration::from_millis(10),
        size: 160,
        patience: Duration::from_millis(400),
    };
    Context {
        target,
        now_unix: NOW,
        timeout_s: 5.0,
        min_days: 14,
        needs_bps: None,
        pace,
        security: false,
        relay_family: None,
    }
}

fn found(facts: &EndpointFacts, target: &Target) -> Vec<Finding> {
    endpoint(facts, context(target))
}

/// The codes found, the severity of each by its first letter.
fn codes_of(facts: &EndpointFacts, target: &Target) -> Vec<String> {
    let letter = |severity| match severity {
        Severity::Error => 'E',
        Severity::Warning => 'W',
        Severity::Info => 'I',
    };
    found(facts, target).iter().map(|f| format!("{} {}", letter(f.severity), f.code)).collect()
}

fn check(facts: &EndpointFacts, expected: &[&str]) {
    assert_eq!(codes_of(facts, &target_of("turn:198.51.100.1")), expected);
}

fn with(change: impl FnOnce(&mut EndpointFacts)) -> EndpointFacts {
    let mut facts = healthy();
    change(&mut facts);
    facts
}

#[test]
fn a_healthy_server_has_no_finding() {
    check(&healthy(), &[]);
    assert_eq!(works(&healthy(), true), Some(true));
}

#[test]
fn what_was_not_tried_has_no_finding() {
    let mut facts = EndpointFacts::new(addr(SERVER), Transport::Udp, true);
    facts.skipped = Some("no route".to_owned());
    facts.fault = Some(Fault { kind: FaultKind::NoRoute, stage: "connect", message: String::new() });
    check(&facts, &[]);
}

#[test]
fn faults_of_the_network_are_told_by_kind_and_transport() {
    for (transport, kind, stage, code) in [
        (Transport::Udp, FaultKind::Refused, "binding", "PORT_REFUSED"),
        (Transport::Tls, FaultKind::Refused, "connect", "PORT_REFUSED"),
        (Transport::Udp, FaultKind::Prohibited, "binding", "ICMP_PROHIBITED"),
        (Transport::Tcp, FaultKind::TimedOut, "connect", "TCP_TIMEOUT"),
        (Transport::Tls, FaultKind::TimedOut, "connect", "TCP_TIMEOUT"),
        (Transport::Tls, FaultKind::TimedOut, "tls", "TLS_FAILED"),
        (Transport::Tls, FaultKind::Tls, "tls", "TLS_FAILED"),
        (Transport::Tls, FaultKind::HandshakeFailure, "tls", "TLS_FAILED"),
        (Transport::Tls, FaultKind::OldTls, "tls", "TLS_OLD"),
        (Transport::Dtls, FaultKind::Refused, "tls", "PORT_REFUSED"),
        (Transport::Dtls, FaultKind::TimedOut, "tls", "UDP_TIMEOUT"),
        (Transport::Dtls, FaultKind::Tls, "tls", "TLS_FAILED"),
        (Transport::Dtls, FaultKind::NotTls, "tls", "TLS_FAILED"),
        (Transport::Dtls, FaultKind::Stalled, "tls", "UDP_TIMEOUT"),
        (Transport::Tls, FaultKind::Closed, "tls", "TLS_FAILED"),
        (Transport::Tcp, FaultKind::Closed, "binding", "CONNECTION_CLOSED"),
    ] {
        let mut facts = EndpointFacts::new(addr(SERVER), transport, true);
        facts.fault = Some(Fault { kind, stage, message: "why".to_owned() });
        check(&facts, &[&format!("E {code}")]);
        // Nobody asked for this way: that it is closed is worth a warning.
        facts.required = false;
        check(&facts, &[&format!("W {code}")]);
    }
}

#[test]
fn a_wrong_password_is_an_error_over_any_transport() {
    let mut facts = refused(401, vec![leg(Some(401), false), leg(Some(401), true), leg(Some(401), true)]);
    check(&facts, &["E AUTH_WRONG"]);
    facts.required = false;
    check(&facts, &["E AUTH_WRONG"]);
}

#[test]
fn what_the_client_knows_separates_the_causes_of_one_401() {
    let facts = refused(401, vec![leg(Some(401), false), leg(Some(401), true), leg(Some(401), true)]);
    let mut target = target_of("turn:198.51.100.1");
    target.knowledge.rest_expiry = Some(NOW - 7200);
    let expired = &found(&facts, &target)[0];
    assert_eq!((expired.code, expired.message.as_str()), ("REST_EXPIRED", "the credentials expired 2 h ago"));
    assert_eq!(expired.evidence["expired_at"], "2027-01-15T06:00:00Z");
    target.knowledge.rest_expiry = Some(NOW + 60);
    assert_eq!(codes_of(&facts, &target), ["E AUTH_WRONG"]);
    target.knowledge.secret_mismatch = true;
    assert_eq!(codes_of(&facts, &target), ["E REST_SECRET_MISMATCH"]);
    target.credentials = None;
    let asked = refused(401, vec![leg(Some(401), false)]);
    assert_eq!(codes_of(&asked, &target), ["E CREDENTIALS_REQUIRED"]);
}

#[test]
fn a_static_user_at_a_server_that_takes_minted_credentials_is_told_from_a_wrong_password() {
    let legs = || vec![leg(Some(401), false), leg(Some(401), true), leg(Some(401), true)];
    let finding = |accepted| {
        let mut facts = refused(401, legs());
        facts.minted = Some(MintedFacts { expires_unix: NOW + 3_600, accepted, code: None });
        found(&facts, &target_of("turn:198.51.100.1")).remove(0)
    };
    for (accepted, rest_only) in [(Some(true), true), (Some(false), false), (None, false)] {
        let finding = finding(accepted);
        assert_eq!(finding.code, "AUTH_WRONG");
        assert_eq!(finding.message.contains("and not those of this static user"), rest_only, "{accepted:?}");
        assert_eq!(finding.evidence.get("minted_is_accepted").and_then(|it| it.as_bool()), accepted);
    }
}

#[test]
fn an_empty_realm_is_named_even_where_our_own_answer_to_it_was_taken() {
    let mut challenge = leg(Some(401), false);
    challenge.realm = Some(String::new());
    check(&refused(401, vec![challenge.clone(), challenge.clone()]), &["E REALM_MISSING"]);
    check(&with(|f| f.allocate = allocate(None, vec![challenge, leg(None, true)])), &["E REALM_MISSING"]);
}

#[test]
fn a_401_without_a_nonce_is_named() {
    let mut challenge = leg(Some(401), false);
    challenge.nonce = false;
    check(&refused(401, vec![challenge]), &["E NONCE_MISSING"]);
}

#[test]
fn error_codes_of_an_allocate_have_findings_of_their_own() {
    for (code, expected) in [
        (438, "E NONCE_LOOP"),
        (486, "E QUOTA"),
        (508, "E CAPACITY"),
        (437, "E ALLOC_MISMATCH"),
        (440, "E FAMILY_UNSUPPORTED"),
        (441, "E WRONG_CREDENTIALS"),
        (442, "E UNSUPPORTED_TRANSPORT"),
        (500, "E SERVER_ERROR"),
    ] {
        check(&refused(code, vec![leg(Some(401), false), leg(Some(code), true)]), &[expected]);
    }
}

#[test]
fn a_stale_nonce_that_was_followed_is_worth_a_word() {
    let stale = |f: &mut EndpointFacts| f.refresh.as_mut().unwrap().stale_nonces = 1;
    check(&with(stale), &["I STALE_NONCE_OK"]);
}

#[test]
fn silence_is_told_apart_by_what_does_answer() {
    let mut facts = EndpointFacts::new(addr(SERVER), Transport::Udp, true);
    facts.binding = binding(0);
    check(&facts, &["E UDP_TIMEOUT"]);
    facts.transport = Transport::Tcp;
    check(&facts, &["E NOT_A_STUN_SERVER"]);
    check(&with(|f| f.binding = binding(0)), &["W TURN_ONLY"]);
    facts.transport = Transport::Udp;
    facts.binding = binding(5);
    facts.allocate = allocate(Some(0), vec![AttemptFacts { answered: false, ..leg(None, false) }]);
    facts.allocate.as_mut().unwrap().code = None;
    facts.allocate.as_mut().unwrap().ok = false;
    check(&facts, &["E STUN_ONLY"]);
}

#[test]
fn a_refused_binding_is_told_by_its_code() {
    for (code, expected) in [(401, "E STUN_AUTH_REQUIRED"), (500, "E SERVER_ERROR")] {
        check(&with(|f| f.binding.as_mut().unwrap().code = Some(code)), &[expected]);
    }
}

#[test]
fn garbage_is_an_error_where_nothing_else_came_and_a_warning_where_all_works() {
    let not_stun = || Oddity::NotTurn(crate::stun::framing::datagram(b"HTTP/1.1 400", false).unwrap_err());
    let mut facts = EndpointFacts::new(addr(SERVER), Transport::Tcp, true);
    facts.binding = binding(0);
    facts.oddity(&not_stun(), "binding");
    facts.oddity(&not_stun(), "binding");
    let findings = found(&facts, &target_of("turn:198.51.100.1"));
    assert_eq!(findings.len(), 1);
    assert_eq!((findings[0].code, findings[0].evidence["count"].as_u64()), ("NOT_A_STUN_SERVER", Some(2)));
    assert!(findings[0].message.contains("HTTP/1.1 400"));
    check(&with(|f| f.oddity(&not_stun(), "binding")), &["W NOT_A_STUN_SERVER"]);
    check(&with(|f| f.oddity(&Oddity::WrongIntegrity, "allocate")), &["W INTEGRITY_BAD"]);
    check(&with(|f| f.oddity(&Oddity::UnmatchedTransaction, "binding")), &["I UNMATCHED_TRANSACTION_ID"]);
}

#[test]
fn a_closed_stream_after_garbage_is_the_garbage() {
    let mut facts = EndpointFacts::new(addr(SERVER), Transport::Tcp, true);
    facts.binding = binding(0);
    facts.oddity(&Oddity::Echo, "binding");
    facts.fault = Some(Fault { kind: FaultKind::Closed, stage: "binding", message: String::new() });
    check(&facts, &["E NOT_A_STUN_SERVER"]);
}

#[test]
fn each_direction_of_the_relay_is_blamed_alone() {
    check(&with(|f| f.relay.inbound = path(0)), &["E RELAY_INBOUND_BLOCKED"]);
    check(&with(|f| f.relay.outbound = path(0)), &["E RELAY_OUTBOUND_BLOCKED"]);
    check(&with(|f| f.relay.hairpin = path(0)), &["E HAIRPIN_FAIL"]);
    check(&with(|f| f.relay.hairpin = path(18)), &["W RELAY_LOSSY"]);
}

#[test]
fn loss_that_no_call_bears_is_an_error_and_the_path_does_not_work() {
    check(&with(|f| f.relay.inbound = path(13)), &["W RELAY_LOSSY"]);
    check(&with(|f| f.relay.inbound = path(12)), &["E RELAY_LOSSY"]);
    let mut facts = with(|f| (f.relay.inbound, f.relay.hairpin) = (path(13), path(5)));
    facts.findings = found(&facts, &target_of("turn:198.51.100.1"));
    assert_eq!(works(&facts, true), Some(false));
    let said = &facts.findings[0].message;
    assert_eq!(said, "the relay's paths lose more packets than any call bears: 35 % inbound, 75 % loop");
}

#[test]
fn a_nat_of_ours_lowers_the_confidence() {
    let confidence = |change: &dyn Fn(&mut PeerFacts)| {
        let facts = with(|f| {
            f.relay.inbound = path(0);
            change(f.relay.peer.as_mut().unwrap());
        });
        found(&facts, &target_of("turn:198.51.100.1"))[0].confidence
    };
    assert_eq!(confidence(&|_| {}), Confidence::High);
    assert_eq!(confidence(&|peer| peer.nat = Some(true)), Confidence::Medium);
}

#[test]
fn a_network_without_udp_does_not_blame_a_relay_that_works_between_two_allocations() {
    let no_udp = |f: &mut EndpointFacts| {
        (f.relay.inbound, f.relay.outbound) = (path(0), path(0));
        let peer = f.relay.peer.as_mut().unwrap();
        (peer.reflexive, peer.seen_by_relay, peer.nat) = (None, None, None);
    };
    check(&with(no_udp), &[]);
    let neither = with(|f| {
        no_udp(f);
        f.relay.hairpin = path(0);
    });
    // Then nothing is known of the relay: the summary says so, and blames nobody.
    check(&neither, &[]);
    assert_eq!(works(&neither, true), Some(false));
}

#[test]
fn a_private_relay_address_is_the_cause_and_what_follows_from_it_is_not_told() {
    let private = |f: &mut EndpointFacts| f.relay.address = Some(addr("192.168.5.5:49160"));
    let blocked = with(|f| {
        private(f);
        f.relay.inbound = path(0);
    });
    check(&blocked, &["E RELAY_ADDR_PRIVATE"]);
    // Data passes, and the server is no more public than the relay: a laboratory.
    check(&with(private), &["I RELAY_ADDR_PRIVATE"]);
    let public = with(|f| {
        private(f);
        f.addr = addr("8.8.8.8:3478");
    });
    check(&public, &["E RELAY_ADDR_PRIVATE"]);
}

#[test]
fn another_relay_address_matters_only_where_data_does_not_pass() {
    let other = |f: &mut EndpointFacts| f.relay.address = Some(addr("203.0.113.7:49160"));
    check(&with(other), &["I RELAY_ADDR_MISMATCH"]);
    let blocked = with(|f| {
        other(f);
        f.relay.inbound = path(0);
    });
    check(&blocked, &["E RELAY_INBOUND_BLOCKED", "W RELAY_ADDR_MISMATCH"]);
}

#[test]
fn a_lost_allocation_is_told_once_and_not_at_all_where_a_blocked_path_explains_it() {
    let lost = |f: &mut EndpointFacts| (f.refresh, f.release) = (step(Some(437)), step(Some(437)));
    check(&with(lost), &["E ALLOC_MISMATCH"]);
    let blocked = with(|f| {
        lost(f);
        f.relay.outbound = path(0);
    });
    check(&blocked, &["E RELAY_OUTBOUND_BLOCKED"]);
}

#[test]
fn a_refused_peer_is_an_error_and_a_refused_loop_a_warning() {
    let refused = with(|f| {
        f.permission = step(Some(403));
        f.relay = RelayFacts { address: f.relay.address, ..RelayFacts::default() };
    });
    check(&refused, &["E FORBIDDEN_PEER"]);
    check(&with(|f| f.relay.loop_permission_code = Some(403)), &["W RELAY_TO_RELAY_BLOCKED"]);
}

#[test]
fn a_redirect_is_followed_lost_or_a_loop() {
    let to = Some(addr("198.51.100.2:3478"));
    let redirect = RedirectFacts { to, domain: None, followed: true, again_to: None, fault: None };
    let followed = with(|f| {
        f.redirect = Some(redirect.clone());
        f.relay.address = Some(addr("198.51.100.2:49160"));
    });
    check(&followed, &["I REDIRECT"]);
    let mut facts = refused(300, vec![leg(Some(300), false)]);
    facts.redirect = Some(RedirectFacts { again_to: Some(addr(SERVER)), ..redirect.clone() });
    check(&facts, &["E REDIRECT_LOOP"]);
    facts.redirect = Some(RedirectFacts { to: None, followed: false, ..redirect.clone() });
    check(&facts, &["E REDIRECT_FAILED"]);
    let fault = Some(Fault { kind: FaultKind::Refused, stage: "redirect", message: "refused".to_owned() });
    facts.redirect = Some(RedirectFacts { fault, followed: false, ..redirect });
    check(&facts, &["E REDIRECT_FAILED"]);
}

#[test]
fn one_missing_record_is_no_fault_and_one_failed_query_is_a_warning() {
    let error = |record, kind| ResolveError { record, name: String::new(), kind, message: String::new() };
    let codes = |a: &[&str], errors: Vec<ResolveError>| {
        let resolve =
            Resolve { a: a.iter().map(|ip| ip.parse().unwrap()).collect(), errors, ..Resolve::default() };
        let facts =
            TargetFacts { uri: String::new(), turn: true, resolve, endpoints: vec![], findings: vec![] };
        let target = target_of("turn:turn.example.test");
        let found = super::target(&facts, context(&target));
        found.iter().map(|finding| finding.code).collect::<Vec<_>>()
    };
    use ResolveErrorKind::{Failed, Nodata, Nxdomain, Timeout};
    assert_eq!(codes(&["198.51.100.1"], vec![error("AAAA", Nodata)]), [""; 0]);
    assert_eq!(codes(&["198.51.100.1"], vec![error("AAAA", Failed)]), ["DNS_PARTIAL"]);
    assert_eq!(codes(&[], vec![error("A", Nxdomain), error("AAAA", Nxdomain)]), ["DNS_FAIL"]);
    assert_eq!(codes(&[], vec![error("A", Timeout), error("AAAA", Nodata)]), ["DNS_FAIL"]);
}

#[test]
fn udp_that_is_silent_beside_a_working_tcp_is_a_finding_of_its_own() {
    let mut udp = EndpointFacts::new(addr(SERVER), Transport::Udp, true);
    udp.binding = binding(0);
    udp.findings = found(&udp, &target_of("turn:198.51.100.1"));
    let mut tcp = healthy();
    tcp.transport = Transport::Tcp;
    let target = |endpoints| TargetFacts {
        uri: "turn:198.51.100.1".to_owned(),
        turn: true,
        resolve: Resolve::default(),
        endpoints,
        findings: vec![],
    };
    let blocked = udp_blocked(&[target(vec![udp.clone()]), target(vec![tcp.clone()])]);
    assert_eq!(blocked.iter().map(|(at, f)| (*at, f.code)).collect::<Vec<_>>(), [(0, "UDP_BLOCKED_TCP_OK")]);
    tcp.addr = addr("203.0.113.9:3478");
    assert_eq!(udp_blocked(&[target(vec![udp, tcp])]).len(), 0);
}

#[test]
fn silence_to_the_signed_allocate_is_not_health() {
    let silent = AttemptFacts { answered: false, ..leg(None, true) };
    let mut facts = refused(0, vec![leg(Some(401), false), silent]);
    facts.allocate.as_mut().unwrap().code = None;
    check(&facts, &["E SERVER_ERROR"]);
}

#[test]
fn answers_that_match_no_request_are_not_silence() {
    let mut facts = EndpointFacts::new(addr(SERVER), Transport::Udp, true);
    facts.binding = binding(0);
    facts.oddity(&Oddity::UnmatchedTransaction, "binding");
    check(&facts, &["E MALFORMED", "I UNMATCHED_TRANSACTION_ID"]);
}

/// An audited server at `at`, with these peers granted.
fn audited(at: &str, granted: &[(&'static str, &str)]) -> EndpointFacts {
    let mut facts = healthy();
    facts.addr = addr(at);
    let peers = granted.iter().map(|(range, address)| TriedPeer {
        state: "granted",
        ..TriedPeer::new(range, address.parse().unwrap())
    });
    let mut seen = SecurityFacts { peers: peers.collect(), ..SecurityFacts::default() };
    seen.denied_peer_ip = crate::probe::security::lines(&seen, facts.addr.ip());
    facts.security = Some(seen);
    facts
}

#[test]
fn a_granted_peer_is_graver_the_farther_it_is_from_the_servers_own_network() {
    let public = [("10.0.0.0/8", "10.0.0.1"), ("relay", "198.51.100.1")];
    check(&audited(SERVER, &public), &["E PEER_PRIVATE_ALLOWED"]);
    let mut company = audited("10.0.0.9:3478", &[("10.0.0.0/8", "10.0.0.1")]);
    company.relay.address = Some(addr("10.0.0.9:49160"));
    check(&company, &["W PEER_PRIVATE_ALLOWED"]);
    check(&audited(SERVER, &[("240.0.0.0/4", "240.0.0.1")]), &[]);
    check(&audited(SERVER, &[("relay", "198.51.100.1")]), &[]);
}

#[test]
fn the_servers_own_address_is_a_warning_where_its_relays_are_elsewhere() {
    let apart = [("relay", "198.51.100.2"), ("server", "198.51.100.1")];
    let facts = audited(SERVER, &apart);
    check(&facts, &["W PEER_PRIVATE_ALLOWED"]);
    let found = &found(&facts, &target_of("turn:198.51.100.1"))[0];
    assert!(found.message.contains("the server's own address 198.51.100.1"), "{}", found.message);
    assert_eq!(found.help.lines().last(), Some("denied-peer-ip=198.51.100.1"));
    check(&audited(SERVER, &[("relay", "10.0.0.2"), ("server", "198.51.100.1")]), &[]);
    let worse = [apart[0], apart[1], ("169.254.0.0/16", "169.254.169.254")];
    check(&audited(SERVER, &worse), &["E PEER_PRIVATE_ALLOWED"]);
}

#[test]
fn lines_to_paste_stay_whole_whatever_the_server_calls_itself() {
    let mut facts = audited(SERVER, &[("10.0.0.0/8", "10.0.0.1")]);
    facts.binding.as_mut().unwrap().software = Some("another".to_owned());
    let found = found(&facts, &target_of("turn:198.51.100.1"));
    let lines: Vec<&str> = found[0].help.lines().collect();
    assert!(lines[0].ends_with("this server says it is `another`)"), "{lines:?}");
    assert_eq!(lines[1..], ["denied-peer-ip=10.0.0.0-10.255.255.255"]);
}

#[test]
fn a_peer_that_the_user_named_counts_by_what_it_is() {
    let named = |address: &str, state, sent| {
        let mut facts = audited(SERVER, &[]);
        let peer = DeliveredPeer { state, sent, ..DeliveredPeer::new(addr(address)) };
        facts.security.as_mut().unwrap().delivered.push(peer);
        codes_of(&facts, &target_of("turn:198.51.100.1"))
    };
    assert_eq!(named("10.9.9.9:7", "echoed", 1), ["E PEER_PRIVATE_ALLOWED"]);
    assert_eq!(named("10.9.9.9:7", "silent", 3), ["E PEER_PRIVATE_ALLOWED"]);
    assert!(named("10.9.9.9:7", "refused", 0).is_empty());
    assert!(named("203.0.113.5:7", "echoed", 1).is_empty());
}

#[test]
fn what_was_not_seen_of_security_is_no_finding() {
    let mut facts = healthy();
    facts.security = Some(SecurityFacts::default());
    check(&facts, &[]);
}

#[test]
fn a_security_finding_does_not_say_that_the_relay_is_broken() {
    let mut facts = audited(SERVER, &[("10.0.0.0/8", "10.0.0.1")]);
    facts.findings = found(&facts, &target_of("turn:198.51.100.1"));
    assert_eq!(works(&facts, true), Some(true));
}

#[test]
fn damage_that_could_not_be_tried_is_the_likeliest_cause_unless_the_time_is_over() {
    let mended = |accepted| {
        let mut facts = refused(401, vec![leg(Some(401), false), leg(Some(401), true)]);
        let password = vec![Defect::TrailingNewline];
        facts.mended = Some(MendedFacts { username: vec![], password, accepted, code: None });
        facts
    };
    let mut target = target_of("turn:198.51.100.1?transport=udp");
    for (accepted, expiry, expected, confidence) in [
        (Some(true), None, "CRED_FORMAT", Confidence::High),
        (None, None, "CRED_FORMAT", Confidence::Medium),
        (None, Some(NOW - 60), "REST_EXPIRED", Confidence::High),
        (Some(false), Some(NOW - 60), "REST_EXPIRED", Confidence::High),
        (Some(false), None, "AUTH_WRONG", Confidence::High),
    ] {
        target.knowledge.rest_expiry = expiry;
        let findings = found(&mended(accepted), &target);
        let got: Vec<_> = findings.iter().map(|finding| (finding.code, finding.confidence)).collect();
        assert_eq!(got, [(expected, confidence)], "{accepted:?} {expiry:?}");
    }
}

#[test]
fn a_lifetime_is_odd_where_it_cannot_be_kept_and_not_where_it_is_capped() {
    let lifetimes = |granted, refreshed| {
        with(|f| {
            f.allocate.as_mut().unwrap().lifetime_s = granted;
            f.refresh.as_mut().unwrap().lifetime_s = refreshed;
        })
    };
    for healthy in [
        (Some(600), Some(600)),
        (Some(30), Some(30)),
        (Some(600), Some(599)),
        (Some(3_600), Some(600)),
        (Some(600), None),
    ] {
        check(&lifetimes(healthy.0, healthy.1), &[]);
    }
    for odd in [(Some(600), Some(0)), (Some(0), Some(600)), (Some(600), Some(120)), (None, Some(60))] {
        check(&lifetimes(odd.0, odd.1), &["W LIFETIME_ODD"]);
    }
}

#[test]
fn a_clock_is_named_where_it_is_off_by_more_than_a_minute_beyond_doubt() {
    let clock = |offset: f64, error: f64| {
        with(|f| {
            f.clock = Some(ClockFacts {
                clock_offset_s: Some(offset),
                error_s: Some(error),
                attempts: 8,
                reason: None,
            });
        })
    };
    for (offset, error) in [(0.4, 1.0), (-59.0, 1.0), (60.5, 1.0), (80.0, 30.0)] {
        check(&clock(offset, error), &[]);
    }
    for (offset, error) in [(62.0, 1.0), (-3_600.0, 200.0)] {
        check(&clock(offset, error), &["W CLOCK_SKEW"]);
    }
}

#[test]
fn a_closed_relay_range_is_told_with_the_nat_that_may_stand_before_it() {
    let blocked = with(|f| f.relay.inbound = path(0));
    let finding = found(&blocked, &target_of("turn:198.51.100.1")).remove(0);
    assert_eq!(finding.code, "RELAY_INBOUND_BLOCKED");
    for word in ["firewall", "NAT stands there forward", "a range open in part passes at times"] {
        assert!(finding.help.contains(word), "{word}: {}", finding.help);
    }
}

/// The clock search is asked for by a flag; without it, one more try with a later expiry tells clock from secret.
#[test]
fn minted_credentials_that_are_taken_with_a_later_expiry_blame_the_clock_and_not_the_secret() {
    let legs = || vec![leg(Some(401), false), leg(Some(401), true)];
    let findings = |accepted, knowledge: fn(&mut Knowledge)| {
        let mut facts = refused(401, legs());
        facts.minted = Some(MintedFacts { expires_unix: NOW + 400_000_000, accepted, code: None });
        let mut target = target_of("turn:198.51.100.1");
        target.knowledge.rest_expiry = Some(NOW + 3_600);
        knowledge(&mut target.knowledge);
        found(&facts, &target)
    };
    for knowledge in [|it: &mut Knowledge| it.minted = true, |it: &mut Knowledge| it.fits_secret = true] {
        let clock = findings(Some(true), knowledge).remove(0);
        assert_eq!((clock.code, clock.severity), ("CLOCK_SKEW", Severity::Error));
        assert!(
            clock.message.contains("ahead of this machine's") && clock.help.contains("--clock"),
            "{clock:?}"
        );
        let secret = findings(Some(false), knowledge).remove(0);
        assert_eq!(secret.code, "REST_SECRET_MISMATCH");
        assert!(secret.help.contains("it is not its clock"), "{secret:?}");
        assert_eq!(findings(None, knowledge).remove(0).code, "REST_SECRET_MISMATCH");
    }
    // Without the secret nothing is known of either.
    assert_eq!(findings(Some(true), |_| ()).remove(0).code, "AUTH_WRONG");
}

#[test]
fn an_offset_is_told_no_more_exactly_than_it_is_known() {
    let message = |offset: f64, error: f64| {
        let clock =
            ClockFacts { clock_offset_s: Some(offset), error_s: Some(error), attempts: 8, reason: None };
        found(&with(|f| f.clock = Some(clock)), &target_of("turn:198.51.100.1")).remove(0).message
    };
    assert_eq!(message(95.0, 1.0), "the server's clock is 95 s ahead of this machine's");
    assert_eq!(message(7_195.0, 9.0), "the server's clock is about 2 h ahead of this machine's");
    assert_eq!(message(-19_805.0, 9.0), "the server's clock is about 5 h 30 min behind this machine's");
    assert_eq!(message(7_124.0, 371.0), "the server's clock is 113 min to 2 h 5 min ahead of this machine's");
}

fn capped(declared: Option<u64>, flat: Option<u64>) -> EndpointFacts {
    with(|facts| {
        if let Some(allocate) = &mut facts.allocate {
            allocate.bandwidth_bps = declared;
        }
        let report = |bps| crate::measure::RampReport {
            ok: true,
            achieved_bps: Some(bps),
            offered_bps: Some(bps * 2),
            loss_pct: Some(50.0),
            withheld_pct: Some(0.0),
            flat: true,
            own_pace: false,
            sustained_bps: None,
            sustained_loss_pct: None,
            sent_bytes: 0,
            received_bytes: 0,
            steps: Vec::new(),
        };
        facts.throughput =
            Some(crate::probe::facts::ThroughputFacts { inbound: flat.map(report), ..Default::default() });
    })
}

/// The finding's severity by its first letter; `-` where there is none.
fn severity_of(facts: &EndpointFacts, needs_bps: Option<u64>) -> String {
    let target = target_of("turn:turn.example.test");
    let found = endpoint(facts, Context { needs_bps, ..context(&target) });
    let found = found.iter().find(|finding| finding.code == "BANDWIDTH_CAPPED");
    found.map_or("-".to_owned(), |finding| format!("{:?}", finding.severity)[..1].to_owned())
}

#[test]
fn a_cap_is_as_grave_as_what_is_needed_of_it() {
    let check = |declared, flat, needs, expected: &str| {
        let facts = capped(declared, flat);
        assert_eq!(severity_of(&facts, needs), expected, "{declared:?} {flat:?} {needs:?}");
    };
    check(None, None, None, "-");
    check(None, None, Some(2_500_000), "-");
    check(Some(8_000_000), None, Some(2_500_000), "-");
    check(Some(8_000_000), None, None, "-");
    check(Some(62 * 1024), None, None, "W");
    check(Some(2_000_000), None, Some(2_500_000), "E");
    check(Some(2_000_000), Some(1_900_000), None, "W");
    check(None, Some(30_000_000), None, "I");
    check(None, Some(500_000), None, "W");
    check(None, Some(30_000_000), Some(64_000), "I");
    check(None, Some(2_000_000), Some(2_500_000), "E");
    // Declared as no cap.
    check(Some(0), None, Some(2_500_000), "-");
}

#[test]
fn what_a_declared_cap_explains_is_told_with_the_cap() {
    let capped = |cap, change: &dyn Fn(&mut EndpointFacts)| {
        with(|f| {
            f.allocate.as_mut().unwrap().bandwidth_bps = Some(cap);
            change(f);
        })
    };
    let lossy = |f: &mut EndpointFacts| f.relay.outbound = path(3);
    let swallowed = |f: &mut EndpointFacts| f.relay.hairpin = path(0);
    let silent = |f: &mut EndpointFacts| {
        f.channel =
            Some(StepFacts { ok: false, code: None, stale_nonces: 0, took_ms: 5000.0, lifetime_s: None });
    };
    for change in [&lossy as &dyn Fn(&mut EndpointFacts), &swallowed, &silent] {
        check(&capped(4096, change), &["E BANDWIDTH_CAPPED"]);
    }
    let said = found(&capped(4096, &lossy), &target_of("turn:198.51.100.1"))[0].clone();
    assert!(said.message.ends_with("; what is beyond it is lost: 85 % outbound"), "{}", said.message);
    assert!(said.help.contains("`max-bps`") && said.help.contains("`bps-capacity`"), "{}", said.help);
    // A voice fits, the three paths of the test together do not.
    check(&capped(65_536, &lossy), &["W BANDWIDTH_CAPPED"]);
    // A cap that lets some of each path through does not swallow one whole, nor a request.
    check(&capped(65_536, &swallowed), &["E HAIRPIN_FAIL", "W BANDWIDTH_CAPPED"]);
    check(&capped(65_536, &silent), &["E SERVER_ERROR", "W BANDWIDTH_CAPPED"]);
    // Nor does one that all paths fit into explain what they lose.
    check(&capped(1_000_000, &lossy), &["E RELAY_LOSSY"]);
}

#[test]
fn a_small_packet_is_the_paths_fault_and_not_that_of_our_own_interface() {
    let largest = |largest_bytes, own_interface| crate::probe::facts::LargestFacts {
        largest_bytes,
        lost_bytes: None,
        tried_bytes: 1472,
        own_interface,
    };
    let mtu = |found| {
        with(|facts| {
            facts.mtu = Some(crate::probe::facts::MtuFacts { outbound: Some(found), ..Default::default() });
        })
    };
    check(&mtu(largest(Some(1472), false)), &[]);
    check(&mtu(largest(Some(1200), false)), &[]);
    check(&mtu(largest(Some(1199), false)), &["W MTU_SMALL"]);
    check(&mtu(largest(Some(1100), true)), &[]);
    check(&mtu(largest(None, false)), &[]);
}

#[test]
fn a_grant_that_ends_before_its_time_is_odd_only_if_that_was_proved() {
    let lasted = |at_most_s, confirmed| {
        with(|facts| {
            let permission_s = Some(crate::probe::facts::LifetimeFacts {
                granted_s: 300.0,
                at_least_s: Some(7.0),
                at_most_s,
                confirmed,
                refresh_code: None,
            });
            facts.lifetimes =
                Some(crate::probe::facts::LifetimesFacts { permission_s, ..Default::default() });
        })
    };
    check(&lasted(Some(7.5), true), &["W LIFETIME_ODD"]);
    check(&lasted(Some(7.5), false), &[]);
    check(&lasted(Some(299.0), true), &[]);
    check(&lasted(None, false), &[]);
}

/// A leg to a server that asks for tokens.
fn asking(code: Option<u16>, authenticated: bool) -> AttemptFacts {
    let name = Some("turn.example.test".to_owned());
    AttemptFacts { third_party_authorization: true, token_server_name: name, ..leg(code, authenticated) }
}

fn target_with_token(mac_key: &str) -> Target {
    let token = AccessToken::from_base64(&Secret::new("dG9rZW4="), &Secret::new(mac_key)).unwrap();
    let mut target = target_of("turn:198.51.100.1");
    target.credentials = Some(Credentials::token("kid-7", token));
    target
}

/// Twenty bytes.
const MAC_KEY: &str = "dHdlbnR5LWJ5dGUtbWFjLWtleSE=";

#[test]
fn tokens_and_passwords_are_told_apart_from_what_the_server_wants() {
    let refusal = |leg: fn(Option<u16>, bool) -> AttemptFacts| {
        refused(401, vec![leg(Some(401), false), leg(Some(401), true), leg(Some(401), true)])
    };
    let token = &found(&refusal(asking), &target_with_token(MAC_KEY))[0];
    assert_eq!((token.code, token.severity), ("TOKEN_REFUSED", Severity::Error));
    assert!(token.message.starts_with("the server refuses the token: it has expired"), "{}", token.message);
    assert_eq!(token.evidence["token_server_name"], "turn.example.test");
    assert_eq!(token.evidence["mac_key_bytes"], 20);
    let short = &found(&refusal(asking), &target_with_token("c2hvcnQ="))[0];
    assert!(short.message.contains("the MAC key has 5 bytes"), "{}", short.message);
    let cut = with(|facts| {
        let last = AttemptFacts { cut_mac_key: true, ..leg(None, true) };
        facts.allocate = allocate(None, vec![asking(Some(401), false), asking(Some(401), true), last]);
    });
    let cut = &found(&cut, &target_with_token(MAC_KEY))[0];
    assert_eq!((cut.code, cut.severity), ("TOKEN_REFUSED", Severity::Info));
    let password = &found(&refusal(asking), &target_of("turn:198.51.100.1"))[0];
    assert_eq!(password.code, "AUTH_WRONG");
    assert!(password.message.contains("a token of third-party authorization for `turn.example.test`"));
    let nobody = Target { credentials: None, ..target_of("turn:198.51.100.1") };
    let wanted = &found(&refused(401, vec![asking(Some(401), false)]), &nobody)[0];
    assert_eq!(wanted.code, "CREDENTIALS_REQUIRED");
    assert!(wanted.help.contains("--access-token-file"), "{wanted:?}");
    let unwanted = &found(&refused(401, vec![leg(Some(401), false)]), &target_with_token(MAC_KEY))[0];
    assert_eq!(unwanted.code, "CREDENTIALS_REQUIRED");
    assert!(unwanted.message.contains("the token was not sent"), "{}", unwanted.message);
}

#[test]
fn the_end_of_a_token_caps_lifetimes_and_nobody_minds() {
    let facts = with(|facts| {
        facts.allocate.as_mut().unwrap().lifetime_s = Some(300);
        facts.refresh.as_mut().unwrap().lifetime_s = Some(240);
    });
    assert_eq!(codes_of(&facts, &target_of("turn:198.51.100.1")), ["W LIFETIME_ODD"]);
    assert_eq!(codes_of(&facts, &target_with_token(MAC_KEY)), [""; 0]);
}
