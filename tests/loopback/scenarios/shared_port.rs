//! A proxy that puts all its clients on one port towards the server, where another client's allocation is already.

use std::net::{SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rtcscope::server::Settings;
use rtcscope::turn::credentials::{Credentials, Secret};

use super::{ALICE, Holder, LOOPBACK, args, settings, start};
use crate::run::probe;

/// The proxy; what the server answers goes to whoever sent last.
struct Proxy {
    addr: SocketAddr,
    stopped: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Proxy {
    fn over(towards: UdpSocket) -> Self {
        let here = UdpSocket::bind((LOOPBACK, 0)).expect("a socket");
        let (addr, stopped) = (here.local_addr().expect("it is bound"), Arc::<AtomicBool>::default());
        let last: Arc<Mutex<Option<SocketAddr>>> = Arc::default();
        for socket in [&here, &towards] {
            socket.set_read_timeout(Some(Duration::from_millis(20))).expect("a time above zero");
        }
        let up = {
            let (here, towards) = (here.try_clone().expect("a clone"), towards.try_clone().expect("a clone"));
            let (last, stopped) = (last.clone(), stopped.clone());
            thread::spawn(move || {
                let mut buffer = [0; 2048];
                while !stopped.load(Ordering::Relaxed) {
                    if let Ok((length, from)) = here.recv_from(&mut buffer) {
                        *last.lock().expect("no panic") = Some(from);
                        let _ = towards.send(&buffer[..length]);
                    }
                }
            })
        };
        let stop = stopped.clone();
        let down = thread::spawn(move || {
            let mut buffer = [0; 2048];
            while !stop.load(Ordering::Relaxed) {
                if let (Ok(length), Some(to)) = (towards.recv(&mut buffer), *last.lock().expect("no panic")) {
                    let _ = here.send_to(&buffer[..length], to);
                }
            }
        });
        Self { addr, stopped, threads: vec![up, down] }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

#[test]
fn an_allocation_on_the_same_port_is_named_and_one_of_another_user_too() {
    let bob = Credentials::password("bob", Secret::new("other-password-12"));
    let server = start(Settings { users: [settings().users, vec![bob]].concat(), ..settings() });
    let proxy = Proxy::over(Holder::of(server.udp_addr().unwrap()).0);
    let target = format!("turn:{}?transport=udp", proxy.addr);
    let run = probe(&args(&[&[&target], &ALICE]));
    run.fails(&["ALLOC_MISMATCH"]).shows("udp", "/allocate/code", 437);
    let run = probe(&[&target, "-u", "bob", "-w", "other-password-12"]);
    run.fails(&["WRONG_CREDENTIALS"]).shows("udp", "/allocate/code", 441);
}
