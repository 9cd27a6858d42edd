//! What this machine takes for a datagram there and back, with nothing on top: the same sockets, the same thread.

use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use crate::measure::{Distribution, Rolling};

/// How long it may take in all.
const MOST: Duration = Duration::from_millis(300);

/// Round trips between two sockets at `address`, one `every` so often: as a call's pings, they come when the processor
/// has slept since the last and has forgotten it.
pub(super) fn paced(address: Option<IpAddr>, every: Duration, bytes: usize) -> Option<Distribution> {
    /// For how long, and the least often.
    const LASTS: Duration = Duration::from_millis(500);
    const SLOWEST: Duration = Duration::from_millis(5);
    let every = every.min(SLOWEST);
    let (near, far) = (super::socket(address?).ok()?, super::socket(address?).ok()?);
    let message = vec![0x5a; bytes.clamp(1, 1200)];
    let mut measured = Rolling::default();
    let began = Instant::now();
    let (mut due, end) = (began, began + LASTS + MOST);
    while due < began + LASTS {
        wait([&near.0, &far.0], due);
        let start = Instant::now();
        if start < due {
            continue;
        }
        exchange(&near, &far, &message, end)?;
        measured.add(start.elapsed());
        due = (due + every).max(start);
    }
    measured.distribution()
}

/// As the call's loop waits.
#[cfg(unix)]
fn wait(sockets: [&UdpSocket; 2], until: Instant) {
    use std::os::fd::AsFd;
    super::ports::wait(sockets.into_iter().map(AsFd::as_fd), until);
}

#[cfg(not(unix))]
fn wait(_: [&UdpSocket; 2], until: Instant) {
    std::thread::sleep(until.saturating_duration_since(Instant::now()));
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
    let message = vec![0x5a; bytes.clamp(1, 1200)];
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
    let message = vec![0x5a; bytes.clamp(1, 1200)];
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
