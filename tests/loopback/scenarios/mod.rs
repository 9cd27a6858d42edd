//! What goes wrong with real servers, played by the embedded one, and what the probe must say of it.

mod credentials;
mod healthy;
mod interrupt;
mod limits;
mod lossy;
mod machine;
mod modes;
mod quality;
mod reachability;
mod recording;
mod redirect;
mod relay;
mod secrets;
mod security;
mod shared_port;
mod tls;
mod watch;

use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rtcscope::io::server::{EmbeddedServer, Listen};
use rtcscope::server::Settings;
use rtcscope::turn::credentials::{Credentials, Secret};
use rtcscope::turn::{Allocate, Client, Event, Output, Request};

const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// The only user of a healthy server here.
const USER: (&str, &str) = ("alice", "wonder-4711");

/// That user as flags.
const ALICE: [&str; 4] = ["-u", USER.0, "-w", USER.1];

/// Long enough for a busy machine, and short enough to wait for.
const TIMEOUT: [&str; 2] = ["--timeout", "500ms"];

/// A healthy server.
fn settings() -> Settings {
    Settings {
        users: vec![rtcscope::turn::credentials::Credentials::password(
            USER.0,
            rtcscope::turn::credentials::Secret::new(USER.1),
        )],
        ..Settings::default()
    }
}

fn start(settings: Settings) -> EmbeddedServer {
    EmbeddedServer::start(settings, Listen::on(LOOPBACK)).expect("the server starts")
}

/// Over UDP and TCP.
fn turn(server: &EmbeddedServer) -> String {
    format!("turn:{}", server.udp_addr().expect("it listens for UDP"))
}

fn turn_udp(server: &EmbeddedServer) -> String {
    format!("turn:{}?transport=udp", server.udp_addr().expect("it listens for UDP"))
}

fn turn_tcp(server: &EmbeddedServer) -> String {
    format!("turn:{}?transport=tcp", server.tcp_addr().expect("it listens for TCP"))
}

fn turns(server: &EmbeddedServer) -> String {
    format!("turns:{}", server.tls_addr().expect("it listens for TLS"))
}

/// Command lines in one flow: targets first, then groups of flags.
fn args<'a>(groups: &[&[&'a str]]) -> Vec<&'a str> {
    groups.concat()
}

/// A file of one test alone, gone afterwards.
struct TempFile(PathBuf);

impl TempFile {
    fn new(content: &str) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("rtcscope-loopback-file-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, content).expect("a file can be written");
        Self(path)
    }

    fn path(&self) -> &str {
        self.0.to_str().expect("the path is UTF-8")
    }
}

impl Drop for TempFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Another client's allocation, held until dropped.
struct Holder(UdpSocket);

impl Holder {
    fn of(server: SocketAddr) -> Self {
        let socket = UdpSocket::bind((LOOPBACK, 0)).expect("a socket");
        socket.connect(server).expect("loopback has a route");
        let (username, password) = USER;
        let mut client = Client::new(rtcscope::turn::Settings {
            stream: false,
            credentials: Some(Credentials::password(username, Secret::new(password))),
            timeout: Duration::from_secs(5),
            seed: [7; 32],
        });
        client.start(Instant::now(), Request::Allocate(Allocate::default()));
        let mut buffer = [0; 2048];
        for _ in 0..100 {
            match client.poll(Instant::now()) {
                Output::Transmit(bytes) => drop(socket.send(&bytes).expect("it is sent")),
                Output::Event(Event::Answer(answer)) => {
                    assert!(answer.success().is_some(), "{answer:?}");
                    return Self(socket);
                }
                Output::Event(other) => panic!("{other:?}"),
                Output::Wait(_) | Output::Idle => {
                    socket.set_read_timeout(Some(Duration::from_millis(100))).expect("a time above zero");
                    if let Ok(length) = socket.recv(&mut buffer) {
                        client.handle_input(Instant::now(), &buffer[..length]);
                    }
                }
            }
        }
        panic!("no allocation to hold")
    }
}
