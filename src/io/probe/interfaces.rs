//! This machine's own addresses, for host candidates.

use std::net::{IpAddr, SocketAddr, UdpSocket};

use crate::io::local::Local;

/// One UDP address an interface, as a browser would gather it: no loopback (unless everything that is
/// probed is there) and no link-local IPv6; with `--interface` or `--local-addr` those addresses alone.
pub(super) fn host_addresses(loopback: bool, local: &Local) -> Vec<SocketAddr> {
    let interfaces = if_addrs::get_if_addrs().unwrap_or_default();
    let wanted = |ip: &IpAddr| match ip {
        IpAddr::V6(ip) if ip.is_unicast_link_local() => false,
        ip => ip.is_loopback() == loopback,
    };
    interfaces
        .iter()
        .map(if_addrs::Interface::ip)
        .filter(|ip| wanted(ip) && local.allows(*ip))
        .filter_map(|ip| UdpSocket::bind((ip, 0)).ok()?.local_addr().ok())
        .collect()
}
