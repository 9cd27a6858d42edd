//! Servers of a few lines that break the rules, in threads of their own. Each stops when dropped.

use std::collections::HashMap;
use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rtcscope::io::server::{EmbeddedServer, Identity, Listen};
use rtcscope::server::Settings;
use rtcscope::stun::{Class, Message, MessageBuilder, Method, attribute};

use super::{REALM, USER};

/// How often a server looks whether it is to stop.
const BREATH: Duration = Duration::from_millis(20);

/// Told to every thread of a server.
pub(crate) type Stopped = Arc<AtomicBool>;

/// A server of one test.
pub(crate) struct Fake {
    pub(crate) addr: SocketAddr,
    stopped: Stopped,
    thread: Option<JoinHandle<()>>,
    /// What stands behind it.
    _behind: Option<EmbeddedServer>,
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Fake {
    /// Gives each datagram to `answer`, with the socket and the sender.
    pub(crate) fn udp(answer: impl FnMut(&UdpSocket, &[u8], SocketAddr) + Send + 'static) -> Self {
        Self::udp_until(Stopped::default(), answer)
    }

    fn udp_until(
        stopped: Stopped,
        mut answer: impl FnMut(&UdpSocket, &[u8], SocketAddr) + Send + 'static,
    ) -> Self {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        socket.set_read_timeout(Some(BREATH)).unwrap();
        let addr = socket.local_addr().unwrap();
        let stop = stopped.clone();
        let thread = thread::spawn(move || {
            let mut buffer = vec![0; 65_536];
            while !stop.load(Ordering::Relaxed) {
                if let Ok((length, from)) = socket.recv_from(&mut buffer) {
                    answer(&socket, &buffer[..length], from);
                }
            }
        });
        Self { addr, stopped, thread: Some(thread), _behind: None }
    }

    /// Answers each STUN request over UDP with the datagrams that `respond` gives.
    pub(crate) fn stun(
        mut respond: impl FnMut(&Message, SocketAddr) -> Vec<Vec<u8>> + Send + 'static,
    ) -> Self {
        Self::udp(move |socket, bytes, from| {
            let Ok(request) = Message::from_bytes(bytes) else { return };
            for response in respond(&request, from) {
                let _ = socket.send_to(&response, from);
            }
        })
    }

    /// Gives each connection to `serve`, in a thread of its own; reads on it wait for [`BREATH`] at most.
    pub(crate) fn tcp(serve: impl Fn(TcpStream, Stopped) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        listener.set_nonblocking(true).unwrap();
        let (addr, stopped) = (listener.local_addr().unwrap(), Stopped::default());
        let (stop, serve) = (stopped.clone(), Arc::new(serve));
        let thread = thread::spawn(move || {
            let mut connections = Vec::new();
            while !stop.load(Ordering::Relaxed) {
                let Ok((stream, _)) = listener.accept() else {
                    thread::sleep(Duration::from_millis(2));
                    continue;
                };
                stream.set_nonblocking(false).unwrap();
                stream.set_read_timeout(Some(BREATH)).unwrap();
                stream.set_nodelay(true).unwrap();
                let (serve, stop) = (serve.clone(), stop.clone());
                connections.push(thread::spawn(move || serve(stream, stop)));
            }
            for connection in connections {
                let _ = connection.join();
            }
        });
        Self { addr, stopped, thread: Some(thread), _behind: None }
    }

    /// Answers each STUN request on a TCP connection with the bytes that `respond` gives.
    pub(crate) fn stun_stream(
        respond: impl Fn(&Message, SocketAddr) -> Vec<u8> + Send + Sync + 'static,
    ) -> Self {
        Self::tcp(move |mut stream, stopped| {
            let from = stream.peer_addr().unwrap();
            while let Some(bytes) = read_message(&mut stream, &stopped) {
                let Ok(request) = Message::from_bytes(&bytes) else { return };
                if stream.write_all(&respond(&request, from)).is_err() {
                    return;
                }
            }
        })
    }

    /// A healthy server over UDP whose answers pass through `meddle` on their way: what comes out is sent instead.
    /// It answers Binding itself, since the server behind sees another client than there is.
    pub(crate) fn meddling(meddle: impl FnMut(SocketAddr, Vec<u8>) -> Vec<Vec<u8>> + Send + 'static) -> Self {
        let server = healthy(Listen::on(Ipv4Addr::LOCALHOST.into()));
        let upstream = server.udp_addr().unwrap();
        let meddle = Arc::new(Mutex::new(meddle));
        let mut clients: HashMap<SocketAddr, UdpSocket> = HashMap::new();
        let stopped = Stopped::default();
        let stop = stopped.clone();
        let mut fake = Self::udp_until(stopped, move |socket, bytes, from| {
            if let Ok(request) = Message::from_bytes(bytes)
                && request.method == Method::Binding
            {
                for response in meddle.lock().unwrap()(from, bound(&request, from)) {
                    let _ = socket.send_to(&response, from);
                }
                return;
            }
            let towards = clients.entry(from).or_insert_with(|| {
                let towards = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
                towards.connect(upstream).unwrap();
                towards.set_read_timeout(Some(BREATH)).unwrap();
                let (back, down) = (towards.try_clone().unwrap(), socket.try_clone().unwrap());
                let (meddle, stop) = (meddle.clone(), stop.clone());
                thread::spawn(move || {
                    let mut buffer = vec![0; 65_536];
                    while !stop.load(Ordering::Relaxed) {
                        let Ok(length) = back.recv(&mut buffer) else { continue };
                        for response in meddle.lock().unwrap()(from, buffer[..length].to_vec()) {
                            let _ = down.send_to(&response, from);
                        }
                    }
                });
                towards
            });
            let _ = towards.send(bytes);
        });
        fake._behind = Some(server);
        fake
    }

    /// A healthy server over TCP whose bytes to the client go through `pump`, which writes them as it likes.
    pub(crate) fn pumping(
        pump: impl Fn(&mut TcpStream, &[u8], usize) -> bool + Send + Sync + 'static,
    ) -> Self {
        let server = healthy(Listen::on(Ipv4Addr::LOCALHOST.into()));
        let upstream = server.tcp_addr().unwrap();
        Self::pumping_from(server, upstream, pump)
    }

    /// As [`pumping`](Self::pumping), of what is encrypted.
    pub(crate) fn pumping_tls(
        pump: impl Fn(&mut TcpStream, &[u8], usize) -> bool + Send + Sync + 'static,
    ) -> Self {
        let identity = Identity::throw_away(["127.0.0.1"]);
        let server = healthy(Listen::on(Ipv4Addr::LOCALHOST.into()).with_tls(identity));
        let upstream = server.tls_addr().unwrap();
        Self::pumping_from(server, upstream, pump)
    }

    fn pumping_from(
        server: EmbeddedServer,
        upstream: SocketAddr,
        pump: impl Fn(&mut TcpStream, &[u8], usize) -> bool + Send + Sync + 'static,
    ) -> Self {
        let mut fake = Self::tcp(move |mut client, stopped| {
            let Ok(mut server) = TcpStream::connect(upstream) else { return };
            server.set_nodelay(true).unwrap();
            server.set_read_timeout(Some(Duration::from_millis(1))).unwrap();
            client.set_read_timeout(Some(Duration::from_millis(1))).unwrap();
            let (mut buffer, mut gone) = (vec![0; 65_536], 0);
            while !stopped.load(Ordering::Relaxed) {
                match client.read(&mut buffer) {
                    Ok(0) => return,
                    Ok(length) if server.write_all(&buffer[..length]).is_err() => return,
                    Ok(_) => {}
                    Err(error) if is_patience(&error) => {}
                    Err(_) => return,
                }
                match server.read(&mut buffer) {
                    Ok(0) => return,
                    Ok(length) => {
                        if !pump(&mut client, &buffer[..length], gone) {
                            return;
                        }
                        gone += length;
                    }
                    Err(error) if is_patience(&error) => {}
                    Err(_) => return,
                }
            }
        });
        fake._behind = Some(server);
        fake
    }
}

/// What stands behind those that meddle.
fn healthy(listen: Listen) -> EmbeddedServer {
    let settings = Settings {
        realm: REALM.to_owned(),
        users: vec![rtcscope::turn::credentials::Credentials::password(
            USER.0,
            rtcscope::turn::credentials::Secret::new(USER.1),
        )],
        ..Settings::default()
    };
    EmbeddedServer::start(settings, listen).unwrap()
}

/// A response to `request`, without attributes yet.
pub(crate) fn reply(request: &Message, class: Class) -> MessageBuilder {
    MessageBuilder::new(class, request.method, request.transaction)
}

/// The response to a Binding that any server gives.
pub(crate) fn bound(request: &Message, from: SocketAddr) -> Vec<u8> {
    reply(request, Class::Success).xor_address(attribute::XOR_MAPPED_ADDRESS, from).finish()
}

/// An error response, without what its code demands besides.
pub(crate) fn refused(request: &Message, code: u16, reason: &[u8]) -> MessageBuilder {
    let mut value = vec![0, 0, (code / 100) as u8, (code % 100) as u8];
    value.extend(reason);
    reply(request, Class::Error).attribute(attribute::ERROR_CODE, &value)
}

/// A 401 or 438 that a client can go on with.
pub(crate) fn challenge(request: &Message, code: u16, nonce: &[u8]) -> Vec<u8> {
    let refusal = refused(request, code, b"Go on");
    refusal.attribute(attribute::REALM, REALM.as_bytes()).attribute(attribute::NONCE, nonce).finish()
}

/// Whether the client has signed this request.
pub(crate) fn is_signed(request: &Message) -> bool {
    request.attribute(attribute::MESSAGE_INTEGRITY).is_some()
}

/// An address in clear, as ALTERNATE-SERVER holds it.
pub(crate) fn plain_address(address: SocketAddr) -> Vec<u8> {
    let SocketAddr::V4(address) = address else { panic!("{address} is no IPv4 address") };
    [&[0, 1][..], &address.port().to_be_bytes(), &address.ip().octets()].concat()
}

/// One whole STUN message or ChannelData; `None` at the end of the stream or of the test.
pub(crate) fn read_message(stream: &mut TcpStream, stopped: &Stopped) -> Option<Vec<u8>> {
    let mut bytes = vec![0; 4];
    read_whole(stream, &mut bytes, stopped)?;
    let length = usize::from(u16::from_be_bytes([bytes[2], bytes[3]]));
    let rest = if bytes[0] < 0x40 { 16 + length } else { length.next_multiple_of(4) };
    let mut tail = vec![0; rest];
    read_whole(stream, &mut tail, stopped)?;
    bytes.extend(tail);
    Some(bytes)
}

fn read_whole(stream: &mut TcpStream, into: &mut [u8], stopped: &Stopped) -> Option<()> {
    let mut filled = 0;
    while filled < into.len() {
        match stream.read(&mut into[filled..]) {
            Ok(0) => return None,
            Ok(length) => filled += length,
            Err(error) if is_patience(&error) && !stopped.load(Ordering::Relaxed) => {}
            Err(_) => return None,
        }
    }
    Some(())
}

/// Whether a read only waited in vain.
pub(crate) fn is_patience(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
}
