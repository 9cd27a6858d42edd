mod credentials;
mod relay;
mod security;

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
        ports_taken: 0,
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
    Some(StepFacts { ok: code.is_none(), code, stale_nonces: 0, took_ms: 0.1, at_ms: None, lifetime_s: None })
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
        altered: 0,
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
