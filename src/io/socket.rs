//! What a UDP socket is told beyond sending and receiving. Only Linux is asked; elsewhere the answer is no.

use std::io;

use tokio::net::UdpSocket;

/// Has the system set the DF bit on everything that `socket` sends, whatever it believes of the path; what is
/// larger than the interface is then refused. Whether it does.
#[cfg(target_os = "linux")]
pub fn dont_fragment(socket: &UdpSocket) -> bool {
    use rustix::net::sockopt::{
        Ipv4PathMtuDiscovery, Ipv6PathMtuDiscovery, set_ip_mtu_discover, set_ipv6_mtu_discover,
    };
    match socket.local_addr().is_ok_and(|local| local.is_ipv4()) {
        true => set_ip_mtu_discover(socket, Ipv4PathMtuDiscovery::PROBE).is_ok(),
        false => set_ipv6_mtu_discover(socket, Ipv6PathMtuDiscovery::PROBE).is_ok(),
    }
}

/// As on Linux, where that can be had.
#[cfg(not(target_os = "linux"))]
pub fn dont_fragment(_: &UdpSocket) -> bool {
    false
}

/// Asks for room for `bytes` that have come and are not read yet; the system gives what it likes.
#[cfg(target_os = "linux")]
pub fn widen(socket: &impl std::os::fd::AsFd, bytes: usize) {
    let _ = rustix::net::sockopt::set_socket_recv_buffer_size(socket, bytes);
}

/// As on Linux, where that can be had.
#[cfg(not(target_os = "linux"))]
pub fn widen<T>(_: &T, _: usize) {}

/// The system found a datagram too long: for the interface, or, as a router told it, for the way.
#[cfg(target_os = "linux")]
pub fn too_long(error: &io::Error) -> bool {
    error.raw_os_error() == Some(rustix::io::Errno::MSGSIZE.raw_os_error())
}

/// As on Linux, where that can be told.
#[cfg(not(target_os = "linux"))]
pub fn too_long(_: &io::Error) -> bool {
    false
}
