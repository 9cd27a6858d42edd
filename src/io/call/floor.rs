//! What this machine takes for a datagram there and back, with nothing on top: the same sockets, the same thread.

use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use super::ports::{Port, Ports};
use crate::call::End;
use crate::measure::{Distribution, Rolling};

/// The most that goes out in one datagram; of more, a call makes several, and there is nothing to hold against them.
pub(super) const DATAGRAM: usize = 1200;
/// How long all of it takes at most.
pub(super) const TAKES: Duration = Duration::from_millis(1200);
/// How long one of the others may take.
const MOST: Duration = Duration::from_millis(300);

/// Round trips between two sockets at `address`, one `every` so often, by the loop that a call has, without its engines: as
/// a call's pings, they come when the processor has slept since the last and has forgotten it.
pub(super) fn paced(address: Option<IpAddr>, every: Duration, bytes: usize) -> Option<Distribution> {
    /// For how long, and the least often.
    const LASTS: Duration = Duration::from_millis(500);
    const SLOWEST: Duration = Duration::from_millis(5);
    let every = every.min(SLOWEST);
    let (near, far) = (Port::open(address?).ok()?, Port::open(address?).ok()?);
    let (near_address, far_address) = (near.address(), far.address());
    let mut ports = Ports::default();
    ports.add(End::Caller, near);
    ports.add(End::Callee, far);
    let message = vec![0x5a; bytes.clamp(1, DATAGRAM)];
    let (mut buffer, mut measured) = ([0; 2048], Rolling::default());
    let began = Instant::now();
    let (mut due, mut under_way) = (began, None);
    loop {
        let now = Instant::now();
        if now > began + LASTS {
            return measured.distribution();
        }
        if under_way.is_none() && now >= due {
            under_way = Some(now);
            due = (due + every).max(now);
            ports.send(End::Caller, near_address, far_address, &message);
        }
        let mut came = false;
        for at in 0..ports.len() {
            while let Some((end, from, to, length)) = ports.receive(at, &mut buffer) {
                came = true;
                match end {
                    End::Callee => ports.send(end, to, from, &buffer[..length]),
                    End::Caller => measured.add(under_way.take()?.elapsed()),
                }
            }
        }
        if !came {
            ports.wait(due.max(now));
        }
    }
}

/// A message there and back.
fn exchange(
    near: &(UdpSocket, SocketAddr),
    far: &(UdpSocket, SocketAddr),
    message: &[u8],
    end: Instant,
) -> Option<()> {
    let mut buffer = [0; 2048];
    near.0.send_to(message, far.1).ok()?;
    let (length, _) = receive(&far.0, &mut buffer, end)?;
    far.0.send_to(&buffer[..length], near.1).ok()?;
    receive(&near.0, &mut buffer, end)?;
    Some(())
}

/// So many round trips between two sockets at `address`, each as soon as the last is over.
pub(super) fn back_to_back(address: Option<IpAddr>, round_trips: u32, bytes: usize) -> Option<Distribution> {
    let (near, far) = (super::socket(address?).ok()?, super::socket(address?).ok()?);
    let end = Instant::now() + MOST;
    let message = vec![0x5a; bytes.clamp(1, DATAGRAM)];
    let mut measured = Rolling::default();
    for _ in 0..round_trips {
        let start = Instant::now();
        exchange(&near, &far, &message, end)?;
        let now = Instant::now();
        measured.add(now.duration_since(start));
        if now > end {
            break;
        }
    }
    measured.distribution()
}

/// The same between two threads that wait for each other, as two programs do: the system has to wake one each time.
pub(super) fn woken(address: Option<IpAddr>, round_trips: u32, bytes: usize) -> Option<Distribution> {
    let open = || {
        let socket = UdpSocket::bind((address?, 0)).ok()?;
        socket.set_read_timeout(Some(MOST)).ok()?;
        Some(socket)
    };
    let (near, far) = (open()?, open()?);
    let (near_address, far_address) = (near.local_addr().ok()?, far.local_addr().ok()?);
    let echo = std::thread::spawn(move || {
        let mut buffer = [0; 2048];
        // An empty datagram is the end.
        while let Ok((length @ 1.., _)) = far.recv_from(&mut buffer) {
            if far.send_to(&buffer[..length], near_address).is_err() {
                return;
            }
        }
    });
    let message = vec![0x5a; bytes.clamp(1, DATAGRAM)];
    let (mut buffer, mut measured) = ([0; 2048], Rolling::default());
    let end = Instant::now() + MOST;
    for _ in 0..round_trips {
        let start = Instant::now();
        near.send_to(&message, far_address).ok()?;
        near.recv_from(&mut buffer).ok()?;
        let now = Instant::now();
        measured.add(now.duration_since(start));
        if now > end {
            break;
        }
    }
    near.send_to(&[], far_address).ok()?;
    echo.join().ok()?;
    measured.distribution()
}

fn receive(socket: &UdpSocket, buffer: &mut [u8], end: Instant) -> Option<(usize, SocketAddr)> {
    loop {
        match socket.recv_from(buffer) {
            Ok(received) => return Some(received),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock && Instant::now() < end => {
                std::thread::yield_now();
            }
            Err(_) => return None,
        }
    }
}
