//! The embedded STUN/TURN server, seen by real clients on loopback: coturn's, and raw sockets.

// The client below is no test function itself, but nothing else than a test either.
#![allow(clippy::unwrap_used)]
#![allow(clippy::disallowed_methods, reason = "tests use sockets and clocks as they like")]

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, UdpSocket};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use ::stun::attributes::{
    ATTR_CHANNEL_NUMBER, ATTR_ERROR_CODE, ATTR_NONCE, ATTR_REALM, ATTR_REQUESTED_TRANSPORT, ATTR_USERNAME,
    ATTR_XOR_PEER_ADDRESS, ATTR_XOR_RELAYED_ADDRESS, ATTR_XORMAPPED_ADDRESS, AttrType,
};
use ::stun::fingerprint::FINGERPRINT;
use ::stun::integrity::MessageIntegrity;
use ::stun::message::{
    BINDING_REQUEST, CLASS_REQUEST, METHOD_ALLOCATE, METHOD_CHANNEL_BIND, METHOD_REFRESH, Message,
    MessageType, Setter,
};
use ::stun::textattrs::TextAttribute;
use ::stun::xoraddr::XorMappedAddress;
use rtcscope::io::server::{EmbeddedServer, Flaw, Identity, Listen};
use rtcscope::server::{Faults, Settings};
use rtcscope::turn::credentials::{Secret, rest};

const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const LOOPBACK_6: IpAddr = IpAddr::V6(Ipv6Addr::LOCALHOST);

fn start(settings: Settings) -> EmbeddedServer {
    let tls = Identity::throw_away(["localhost", "127.0.0.1"]);
    EmbeddedServer::start(settings, Listen::on(LOOPBACK).with_tls(tls)).unwrap()
}

// ---- a client of a few lines ---------------------------------------------------------------------

/// One way to exchange whole messages.
trait Path {
    fn send(&mut self, bytes: &[u8]);
    /// `None` when nothing comes.
    fn receive(&mut self) -> Option<Vec<u8>>;
}

impl Path for UdpSocket {
    fn send(&mut self, bytes: &[u8]) {
        UdpSocket::send(self, bytes).unwrap();
    }

    fn receive(&mut self) -> Option<Vec<u8>> {
        let mut buffer = vec![0; 65_536];
        let length = self.recv(&mut buffer).ok()?;
        buffer.truncate(length);
        Some(buffer)
    }
}

/// A stream of frames, in the clear or in TLS.
struct Framed<S>(S);

impl<S: Read + Write> Path for Framed<S> {
    fn send(&mut self, bytes: &[u8]) {
        // In two writes, so that the server must put the frame together.
        let (head, tail) = bytes.split_at(bytes.len() / 2);
        self.0.write_all(head).unwrap();
        self.0.flush().unwrap();
        self.0.write_all(tail).unwrap();
        self.0.flush().unwrap();
    }

    fn receive(&mut self) -> Option<Vec<u8>> {
        let mut frame = vec![0; 4];
        self.0.read_exact(&mut frame).ok()?;
        let length = usize::from(u16::from_be_bytes([frame[2], frame[3]]));
        let rest = if frame[0] < 0x40 { 16 + length } else { length.next_multiple_of(4) };
        frame.resize(4 + rest, 0);
        self.0.read_exact(&mut frame[4..]).ok()?;
        Some(frame)
    }
}

fn udp(server: SocketAddr) -> Box<dyn Path> {
    let socket = UdpSocket::bind((if server.is_ipv4() { LOOPBACK } else { LOOPBACK_6 }, 0)).unwrap();
    socket.connect(server).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(2))).unwrap();
    Box::new(socket)
}

fn tcp(server: SocketAddr) -> Box<dyn Path> {
    let stream = TcpStream::connect(server).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(2))).unwrap();
    Box::new(Framed(stream))
}

fn tls(server: &EmbeddedServer, name: &str) -> Result<Box<dyn Path>, rustls::Error> {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(server.ca_der().unwrap().to_vec().into()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = name.to_owned().try_into().unwrap();
    let mut session = rustls::ClientConnection::new(Arc::new(config), name).unwrap();
    let mut stream = TcpStream::connect(server.tls_addr().unwrap()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(2))).unwrap();
    while session.is_handshaking() {
        if let Err(error) = session.complete_io(&mut stream) {
            return Err(error.downcast().expect("a TLS error"));
        }
    }
    Ok(Box::new(Framed(rustls::StreamOwned::new(session, stream))))
}

struct Client {
    path: Box<dyn Path>,
    user: String,
    password: String,
    realm: String,
    nonce: String,
}

impl Client {
    fn new(path: Box<dyn Path>) -> Self {
        Self::of(path, Settings::USER.0, Settings::USER.1)
    }

    fn of(path: Box<dyn Path>, user: &str, password: &str) -> Self {
        let (user, password) = (user.to_owned(), password.to_owned());
        Self { path, user, password, realm: String::new(), nonce: String::new() }
    }

    fn exchange(&mut self, request: &Message) -> Option<Message> {
        self.path.send(&request.raw);
        let mut response = Message::new();
        response.raw = self.path.receive()?;
        assert!(response.decode().is_ok());
        assert_eq!(response.transaction_id, request.transaction_id);
        assert!(FINGERPRINT.check(&response).is_ok());
        Some(response)
    }

    /// Asks without credential first where there is no nonce yet; learns every new one.
    fn ask(&mut self, kind: MessageType, attributes: &[(AttrType, &[u8])]) -> Option<Message> {
        let mut request = message(kind);
        attributes.iter().for_each(|(kind, value)| request.add(*kind, value));
        if !self.nonce.is_empty() {
            request.add(ATTR_USERNAME, self.user.as_bytes());
            request.add(ATTR_REALM, self.realm.as_bytes());
            request.add(ATTR_NONCE, self.nonce.as_bytes());
            assert!(self.key().add_to(&mut request).is_ok());
        }
        let response = self.exchange(&request)?;
        if let Some(nonce) = text(&response, ATTR_NONCE) {
            let first = self.nonce.is_empty();
            self.nonce = nonce;
            self.realm = text(&response, ATTR_REALM).unwrap();
            if first {
                assert_eq!(code(&response), 401);
                return self.ask(kind, attributes);
            }
        }
        Some(response)
    }

    fn key(&self) -> MessageIntegrity {
        let (user, realm, password) = (self.user.clone(), self.realm.clone(), self.password.clone());
        MessageIntegrity::new_long_term_integrity(user, realm, password)
    }

    fn allocate(&mut self) -> Message {
        self.ask(request(METHOD_ALLOCATE), &[(ATTR_REQUESTED_TRANSPORT, &[17, 0, 0, 0])]).expect("an answer")
    }

    fn relay(&mut self) -> SocketAddr {
        let mut response = self.allocate();
        assert_eq!(code(&response), 0);
        assert!(self.key().check(&mut response).is_ok());
        address(&response, ATTR_XOR_RELAYED_ADDRESS)
    }

    /// Binds channel 0x4000.
    fn bind(&mut self, peer: SocketAddr) -> Message {
        let mut request = message(request(METHOD_CHANNEL_BIND));
        request.add(ATTR_CHANNEL_NUMBER, &[0x40, 0, 0, 0]);
        let peer = XorMappedAddress { ip: peer.ip(), port: peer.port() };
        assert!(peer.add_to_as(&mut request, ATTR_XOR_PEER_ADDRESS).is_ok());
        request.add(ATTR_USERNAME, self.user.as_bytes());
        request.add(ATTR_REALM, self.realm.as_bytes());
        request.add(ATTR_NONCE, self.nonce.as_bytes());
        assert!(self.key().add_to(&mut request).is_ok());
        self.exchange(&request).expect("an answer")
    }

    fn send(&mut self, data: &[u8]) {
        let length = u16::try_from(data.len()).unwrap().to_be_bytes();
        let mut frame = [&[0x40, 0][..], &length, data].concat();
        frame.resize(frame.len().next_multiple_of(4), 0);
        self.path.send(&frame);
    }

    fn receive(&mut self) -> Option<Vec<u8>> {
        let frame = self.path.receive()?;
        assert_eq!(frame[..2], [0x40, 0]);
        let length = usize::from(u16::from_be_bytes([frame[2], frame[3]]));
        Some(frame[4..4 + length].to_vec())
    }
}

fn request(method: ::stun::message::Method) -> MessageType {
    MessageType::new(method, CLASS_REQUEST)
}

fn message(kind: MessageType) -> Message {
    let mut message = Message::new();
    message.set_type(kind);
    assert!(message.new_transaction_id().is_ok());
    message.write_header();
    message
}

fn text(message: &Message, kind: AttrType) -> Option<String> {
    TextAttribute::get_from_as(message, kind).ok().map(|text| text.text)
}

fn address(message: &Message, kind: AttrType) -> SocketAddr {
    let mut address = XorMappedAddress::default();
    assert!(address.get_from_as(message, kind).is_ok());
    SocketAddr::new(address.ip, address.port)
}

fn code(message: &Message) -> u16 {
    message.get(ATTR_ERROR_CODE).map_or(0, |value| u16::from(value[2]) * 100 + u16::from(value[3]))
}

fn peer_socket() -> UdpSocket {
    let socket = UdpSocket::bind((LOOPBACK, 0)).unwrap();
    socket.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
    socket
}

// ---- what a healthy server does ------------------------------------------------------------------

#[test]
fn binding_allocation_and_data_over_every_transport() {
    let server = start(Settings::default());
    assert_eq!(server.udp_addr(), server.tcp_addr(), "one port for both");
    for path in
        [udp(server.udp_addr().unwrap()), tcp(server.tcp_addr().unwrap()), tls(&server, "localhost").unwrap()]
    {
        let mut client = Client::new(path);
        let response = client.exchange(&message(BINDING_REQUEST)).expect("an answer");
        assert!(address(&response, ATTR_XORMAPPED_ADDRESS).ip().is_loopback());
        let relay = client.relay();
        let peer = peer_socket();
        let peer_address = peer.local_addr().unwrap();
        assert_eq!(code(&client.bind(peer_address)), 0);
        for size in [0, 1, 5, 1200] {
            let data = vec![7; size];
            client.send(&data);
            let mut buffer = [0; 2000];
            let (length, from) = peer.recv_from(&mut buffer).unwrap();
            assert_eq!((&buffer[..length], from), (&data[..], relay));
            peer.send_to(&data, relay).unwrap();
            assert_eq!(client.receive().unwrap(), data);
        }
        let released = client.ask(request(METHOD_REFRESH), &[(AttrType(0x000D), &[0; 4])]).unwrap();
        assert_eq!(code(&released), 0);
        assert_eq!(code(&client.bind(peer_address)), 437);
    }
    assert!(!server.panicked());
}

#[test]
fn ipv6_serves_both_families() {
    let Ok(server) = EmbeddedServer::start(Settings::default(), Listen::on(LOOPBACK_6)) else {
        note("this machine has no ::1");
        return;
    };
    let mut client = Client::new(udp(server.udp_addr().unwrap()));
    let response = client.exchange(&message(BINDING_REQUEST)).unwrap();
    assert_eq!(address(&response, ATTR_XORMAPPED_ADDRESS).ip(), LOOPBACK_6);
    assert_eq!(client.relay().ip(), LOOPBACK);
    let mut client = Client::new(tcp(server.tcp_addr().unwrap()));
    let v6: (AttrType, &[u8]) = (AttrType(0x0017), &[2, 0, 0, 0]);
    let asked = [(ATTR_REQUESTED_TRANSPORT, &[17, 0, 0, 0][..]), v6];
    let response = client.ask(request(METHOD_ALLOCATE), &asked).unwrap();
    assert_eq!(address(&response, ATTR_XOR_RELAYED_ADDRESS).ip(), LOOPBACK_6);
}

#[test]
fn a_closed_connection_frees_its_allocation() {
    let server = start(Settings { user_quota: Some(1), ..Settings::default() });
    let mut first = Client::new(tcp(server.tcp_addr().unwrap()));
    first.relay();
    let mut second = Client::new(udp(server.udp_addr().unwrap()));
    assert_eq!(code(&second.allocate()), 486);
    drop(first);
    let freed = (0..100).any(|_| {
        std::thread::sleep(Duration::from_millis(10));
        code(&second.allocate()) == 0
    });
    assert!(freed);
}

#[test]
fn stopping_is_quick_and_leaves_the_port() {
    let server = start(Settings::default());
    let address = server.udp_addr().unwrap();
    let mut client = Client::new(tls(&server, "localhost").unwrap());
    client.relay();
    let began = Instant::now();
    drop(server);
    assert!(began.elapsed() < Duration::from_millis(500), "{:?}", began.elapsed());
    UdpSocket::bind(address).unwrap();
}

#[test]
fn garbage_ends_the_connection_and_not_the_server() {
    let server = start(Settings::default());
    for garbage in [&b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[..], &[0xFF; 64], &[0; 64]] {
        for address in [server.tcp_addr().unwrap(), server.tls_addr().unwrap()] {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.set_read_timeout(Some(Duration::from_secs(2))).unwrap();
            stream.write_all(garbage).unwrap();
            stream.shutdown(std::net::Shutdown::Write).unwrap();
            let mut rest = Vec::new();
            // Closed or reset, but not left open.
            if let Err(error) = stream.read_to_end(&mut rest) {
                assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
            }
        }
    }
    let mut client = Client::new(udp(server.udp_addr().unwrap()));
    let mut state = 1_u32;
    for size in 0..2000 {
        let mut bytes = vec![0; size % 700];
        for byte in &mut bytes {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *byte = (state >> 24) as u8;
        }
        client.path.send(&bytes);
    }
    // It may have lost datagrams by then, as UDP does.
    let answered = (0..5).any(|_| client.exchange(&message(BINDING_REQUEST)).is_some());
    assert!(answered && !server.panicked());
}

#[test]
fn more_connections_than_it_takes_do_not_stop_it() {
    let server = start(Settings::default());
    let held: Vec<_> = (0..300).map_while(|_| TcpStream::connect(server.tcp_addr().unwrap()).ok()).collect();
    let mut client = Client::new(udp(server.udp_addr().unwrap()));
    assert!(client.exchange(&message(BINDING_REQUEST)).is_some());
    drop(held);
    let served = (0..50).any(|_| {
        std::thread::sleep(Duration::from_millis(20));
        let mut stream = TcpStream::connect(server.tcp_addr().unwrap()).unwrap();
        stream.set_read_timeout(Some(Duration::from_millis(500))).unwrap();
        // A refused connection may be reset under the write already.
        stream.write_all(&message(BINDING_REQUEST).raw).is_ok()
            && stream.read(&mut [0; 4]).is_ok_and(|n| n == 4)
    });
    assert!(served);
}

// ---- what it plays -------------------------------------------------------------------------------

#[test]
fn each_certificate_flaw_is_what_the_client_sees() {
    use rustls::CertificateError as E;
    let refused = |flaw| {
        let listen = Listen::on(LOOPBACK).with_tls(Identity::flawed(["localhost"], flaw));
        let server = EmbeddedServer::start(Settings::default(), listen).unwrap();
        match tls(&server, "localhost") {
            Err(rustls::Error::InvalidCertificate(error)) => error,
            Err(error) => panic!("{error}"),
            Ok(_) => panic!("{flaw:?} was accepted"),
        }
    };
    assert!(matches!(refused(Flaw::Expired), E::ExpiredContext { .. }));
    assert!(matches!(refused(Flaw::NotYetValid), E::NotValidYetContext { .. }));
    assert!(matches!(refused(Flaw::WrongName), E::NotValidForNameContext { .. }));
    assert!(matches!(refused(Flaw::UnknownCa), E::UnknownIssuer));
    assert!(matches!(refused(Flaw::SelfSignedCa), E::Other(_)));
}

#[test]
fn a_given_certificate_is_shown() {
    let certified = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let cert_chain = certified.cert.pem();
    let key = certified.signing_key.serialize_pem().into();
    let listen = Listen::on(LOOPBACK).with_tls(Identity::Pem { cert_chain, key });
    let server = EmbeddedServer::start(Settings::default(), listen).unwrap();
    assert_eq!(server.ca_pem(), None);
    let broken = Identity::Pem { cert_chain: "nothing".to_owned(), key: String::new().into() };
    assert!(EmbeddedServer::start(Settings::default(), Listen::on(LOOPBACK).with_tls(broken)).is_err());
}

#[test]
fn credentials_are_told_apart_by_the_server_alone() {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    let server = start(Settings { rest_secret: Some(Secret::new("secret")), ..Settings::default() });
    for (user, secret, expected) in [
        (format!("{}:ann", now + 60), "secret", 0),
        (format!("{}:ann", now - 60), "secret", 401),
        (format!("{}:ann", now + 60), "other", 401),
        ("ann".to_owned(), "secret", 401),
    ] {
        let password = rest::password(&Secret::new(secret), &user);
        let mut client = Client::of(udp(server.udp_addr().unwrap()), &user, password.expose());
        assert_eq!(code(&client.allocate()), expected, "{user} {secret}");
    }
}

#[test]
fn refusals_come_with_their_codes() {
    let refusal = |settings| {
        let server = start(settings);
        let mut client = Client::new(udp(server.udp_addr().unwrap()));
        code(&client.allocate())
    };
    let healthy = Settings::default;
    assert_eq!(refusal(Settings { realm: String::new(), ..healthy() }), 401);
    assert_eq!(refusal(Settings { wrong_nonce_always: true, ..healthy() }), 438);
    assert_eq!(refusal(Settings { user_quota: Some(0), ..healthy() }), 486);
    assert_eq!(refusal(Settings { total_ports: Some(0), ..healthy() }), 508);
    assert_eq!(refusal(Settings { redirect: Some("127.0.0.1:9".parse().unwrap()), ..healthy() }), 300);

    let denied_peers = vec!["127.0.0.0/8".parse().unwrap()];
    let server = start(Settings { denied_peers, ..healthy() });
    let mut client = Client::new(udp(server.udp_addr().unwrap()));
    client.relay();
    assert_eq!(code(&client.bind("127.0.0.1:9".parse().unwrap())), 403);
}

#[test]
fn a_nonce_ages() {
    let nonce_lifetime = Some(Duration::from_secs(1));
    let server = start(Settings { nonce_lifetime, ..Settings::default() });
    let mut client = Client::new(udp(server.udp_addr().unwrap()));
    client.relay();
    std::thread::sleep(Duration::from_millis(1100));
    let refresh = request(METHOD_REFRESH);
    assert_eq!(client.ask(refresh, &[]).map(|response| code(&response)), Some(438));
    assert_eq!(client.ask(refresh, &[]).map(|response| code(&response)), Some(0));
}

#[test]
fn silence_is_kept_where_it_is_asked_for() {
    let faults = Faults { drop_udp_in: true, ..Faults::default() };
    let server = start(Settings { faults, ..Settings::default() });
    let socket = peer_socket();
    socket.connect(server.udp_addr().unwrap()).unwrap();
    assert!(Client::new(Box::new(socket)).exchange(&message(BINDING_REQUEST)).is_none());
    assert!(Client::new(tcp(server.tcp_addr().unwrap())).exchange(&message(BINDING_REQUEST)).is_some());
}

#[test]
fn blocked_directions_lose_what_goes_that_way() {
    for (faults, outward, inward, across) in [
        (Faults::default(), true, true, true),
        (Faults { relay_inbound_blocked: true, ..Faults::default() }, true, false, true),
        (Faults { relay_outbound_blocked: true, ..Faults::default() }, false, true, true),
        (Faults { relay_hairpin_blocked: true, ..Faults::default() }, true, true, false),
    ] {
        let server = start(Settings { faults, ..Settings::default() });
        let mut one = Client::new(udp(server.udp_addr().unwrap()));
        let relay = one.relay();
        let peer = peer_socket();
        assert_eq!(code(&one.bind(peer.local_addr().unwrap())), 0);
        one.send(b"out");
        assert_eq!(peer.recv(&mut [0; 9]).is_ok(), outward, "{faults:?}");
        // What is lost is seen by what comes after it.
        let (mut two, mut three) =
            (Client::new(udp(server.udp_addr().unwrap())), Client::new(tcp(server.tcp_addr().unwrap())));
        let (relay_two, relay_three) = (two.relay(), three.relay());
        assert_eq!(code(&two.bind(relay_three)), 0);
        assert_eq!(code(&three.bind(relay_two)), 0);
        peer.send_to(b"in", relay).unwrap();
        two.send(b"across");
        std::thread::sleep(Duration::from_millis(20));
        let binding = message(BINDING_REQUEST);
        one.path.send(&binding.raw);
        assert_eq!(one.path.receive().unwrap()[0] == 0x40, inward, "{faults:?}");
        three.path.send(&binding.raw);
        assert_eq!(three.path.receive().unwrap()[0] == 0x40, across, "{faults:?}");
    }
}

#[test]
fn a_wrong_external_address_still_works_between_relays() {
    let advertised_relay_ip = Some("203.0.113.7".parse().unwrap());
    let server = start(Settings { advertised_relay_ip, ..Settings::default() });
    let (mut one, mut two) =
        (Client::new(udp(server.udp_addr().unwrap())), Client::new(tls(&server, "127.0.0.1").unwrap()));
    let (relay_one, relay_two) = (one.relay(), two.relay());
    assert_eq!(Some(relay_one.ip()), advertised_relay_ip);
    assert_eq!((code(&one.bind(relay_two)), code(&two.bind(relay_one))), (0, 0));
    one.send(b"ping");
    assert_eq!(two.receive().unwrap(), b"ping");
    two.send(b"pong");
    assert_eq!(one.receive().unwrap(), b"pong");
}

// ---- coturn's clients ----------------------------------------------------------------------------

#[test]
fn coturns_stunclient_is_answered() {
    let server = start(Settings::default());
    let port = server.udp_addr().unwrap().port().to_string();
    let Some(shown) = run("turnutils_stunclient", &["-p", &port, "127.0.0.1"]) else { return };
    assert!(shown.contains("reflexive addr: 127.0.0.1:"), "{shown}");
}

#[test]
fn coturns_uclient_loses_nothing_over_udp() {
    uclient(&[], |server| server.udp_addr());
}

#[test]
fn coturns_uclient_loses_nothing_over_tcp() {
    uclient(&["-t"], |server| server.tcp_addr());
}

#[test]
fn coturns_uclient_loses_nothing_over_tls() {
    uclient(&["-t", "-S"], |server| server.tls_addr());
}

fn uclient(flags: &[&str], address: fn(&EmbeddedServer) -> Option<SocketAddr>) {
    let server = start(Settings::default());
    let port = address(&server).unwrap().port().to_string();
    let (user, password) = Settings::USER;
    let mut args = vec!["-y", "-c", "-m", "1", "-n", "5", "-u", user, "-w", password, "-p", &port];
    args.extend_from_slice(flags);
    args.push("127.0.0.1");
    let Some(shown) = run("turnutils_uclient", &args) else { return };
    // Its exit code says nothing.
    assert!(shown.contains("tot_recv_msgs=10"), "{shown}");
    assert!(shown.contains("Total lost packets 0 "), "{shown}");
    assert!(!server.panicked());
}

/// What a tool of coturn prints within 40 s; `None`, loudly, where it is not installed.
fn run(tool: &str, args: &[&str]) -> Option<String> {
    let mut command = Command::new(tool);
    command.args(args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let Ok(mut child) = command.spawn() else {
        note(&format!("{tool} is not installed"));
        return None;
    };
    let until = Instant::now() + Duration::from_secs(40);
    while child.try_wait().unwrap().is_none() {
        if Instant::now() > until {
            child.kill().unwrap();
            break;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let output = child.wait_with_output().unwrap();
    Some(String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
}

/// Past the test runner's capture: a skipped test must be seen.
fn note(reason: &str) {
    let _ = writeln!(std::io::stderr(), "SKIPPED: {reason}");
}
