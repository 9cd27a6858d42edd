//! From which of this machine's addresses we speak: `--interface`, `--local-addr`, or as the system chooses.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket as BlockingUdpSocket};

use tokio::net::{TcpListener, TcpSocket, TcpStream, UdpSocket};

use super::wire::unspecified;

/// Where sockets are bound. DNS is asked by the system's own ways, whatever is said here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Local {
    /// Bind to these alone; empty: to any address.
    addresses: Vec<IpAddr>,
    /// And send through this interface alone, where the system has a word for that.
    interface: Option<String>,
}

/// There is no such interface or address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LocalError {
    /// `--interface`.
    #[error("this machine has no interface `{name}` with an address")]
    NoInterface {
        /// As asked for.
        name: String,
        /// Those that there are.
        known: Vec<String>,
    },
    /// `--local-addr`: nobody sends from such an address, though a socket may be bound to it.
    #[error("{address} is {kind}, and nothing is sent from there")]
    NoSource {
        /// As asked for.
        address: IpAddr,
        /// What it is.
        kind: &'static str,
        /// Those that there are.
        known: Vec<IpAddr>,
    },
    /// `--local-addr`: an address of every link, and which is not said.
    #[error("{address} is good for one link alone, and is not taken without saying which")]
    NoScope {
        /// As asked for.
        address: IpAddr,
        /// The interfaces that have it.
        links: Vec<String>,
    },
    /// `--local-addr`.
    #[error("{address} is none of this machine's addresses")]
    NoAddress {
        /// As asked for.
        address: IpAddr,
        /// Those that there are.
        known: Vec<IpAddr>,
    },
}

impl Local {
    /// The addresses of an interface.
    ///
    /// # Errors
    /// It does not exist, or has no address.
    pub fn from_interface(name: &str) -> Result<Self, LocalError> {
        let all = if_addrs::get_if_addrs().unwrap_or_default();
        let mut addresses: Vec<IpAddr> =
            all.iter().filter(|interface| interface.name == name).map(if_addrs::Interface::ip).collect();
        // An address that is good for its own link alone comes last.
        addresses.sort_by_key(|ip| matches!(ip, IpAddr::V6(ip) if ip.is_unicast_link_local()));
        if addresses.is_empty() {
            let mut known: Vec<String> = all.into_iter().map(|interface| interface.name).collect();
            known.sort_unstable();
            known.dedup();
            return Err(LocalError::NoInterface { name: name.to_owned(), known });
        }
        Ok(Self { addresses, interface: Some(name.to_owned()) })
    }

    /// One address.
    ///
    /// # Errors
    /// It is not ours, or no host's.
    pub fn from_address(address: IpAddr) -> Result<Self, LocalError> {
        let address = address.to_canonical();
        let all = if_addrs::get_if_addrs().unwrap_or_default();
        let known = || all.iter().map(if_addrs::Interface::ip).collect();
        if let Some(kind) = no_source(address, &all) {
            return Err(LocalError::NoSource { address, kind, known: known() });
        }
        if matches!(address, IpAddr::V6(ip) if ip.is_unicast_link_local()) {
            let links = all.iter().filter(|own| own.ip() == address).map(|own| own.name.clone()).collect();
            return Err(LocalError::NoScope { address, links });
        }
        match BlockingUdpSocket::bind((address, 0)) {
            Ok(_) => Ok(Self { addresses: vec![address], interface: None }),
            Err(_) => Err(LocalError::NoAddress { address, known: known() }),
        }
    }

    /// The addresses that sockets are bound to; none: any.
    pub fn addresses(&self) -> &[IpAddr] {
        &self.addresses
    }

    /// Whether a socket bound here may have this address.
    pub fn allows(&self, address: IpAddr) -> bool {
        self.addresses.is_empty() || self.addresses.contains(&address)
    }

    /// Where a socket that speaks to `peer` is bound.
    ///
    /// # Errors
    /// The interface has no address of that family.
    pub fn towards(&self, peer: SocketAddr) -> io::Result<SocketAddr> {
        if self.addresses.is_empty() {
            return Ok(unspecified(peer));
        }
        let found = self.addresses.iter().find(|ip| ip.is_ipv4() == peer.is_ipv4());
        found.map(|ip| SocketAddr::new(*ip, 0)).ok_or_else(|| {
            let family = if peer.is_ipv4() { "IPv4" } else { "IPv6" };
            // As the system itself says where an address cannot be used.
            io::Error::new(io::ErrorKind::AddrNotAvailable, format!("no {family} address to send from"))
        })
    }

    /// A UDP socket for `peer`, not connected yet.
    ///
    /// # Errors
    /// What the system reported.
    pub async fn udp(&self, peer: SocketAddr) -> io::Result<UdpSocket> {
        self.udp_at(self.towards(peer)?).await
    }

    /// A UDP socket at an address of ours, by the interface that is asked for.
    ///
    /// # Errors
    /// What the system reported.
    pub async fn udp_at(&self, address: SocketAddr) -> io::Result<UdpSocket> {
        let socket = UdpSocket::bind(address).await?;
        #[cfg(target_os = "linux")]
        if let Some(interface) = &self.interface {
            permitted(socket.bind_device(Some(interface.as_bytes())))?;
        }
        Ok(socket)
    }

    /// A listener at an address of ours, by the interface that is asked for.
    ///
    /// # Errors
    /// What the system reported.
    pub fn listen_at(&self, address: SocketAddr) -> io::Result<TcpListener> {
        let socket = self.tcp_socket(address)?;
        socket.bind(address)?;
        socket.listen(4)
    }

    /// A TCP connection to `peer`.
    ///
    /// # Errors
    /// What the system reported.
    pub async fn tcp(&self, peer: SocketAddr) -> io::Result<TcpStream> {
        let socket = self.tcp_socket(peer)?;
        if !self.addresses.is_empty() {
            socket.bind(self.towards(peer)?)?;
        }
        socket.connect(peer).await
    }

    fn tcp_socket(&self, family: SocketAddr) -> io::Result<TcpSocket> {
        let socket = if family.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
        #[cfg(target_os = "linux")]
        if let Some(interface) = &self.interface {
            permitted(socket.bind_device(Some(interface.as_bytes())))?;
        }
        Ok(socket)
    }
}

/// What an address is that no packet may come from (RFC 1122 §3.2.1.3, RFC 4291 §2.7).
fn no_source(address: IpAddr, interfaces: &[if_addrs::Interface]) -> Option<&'static str> {
    let broadcast = |ip: Ipv4Addr| {
        ip.is_broadcast()
            || interfaces.iter().any(|interface| match &interface.addr {
                // Where a network has one or two addresses, each is a host's (RFC 3021).
                if_addrs::IfAddr::V4(own) if u32::from(own.netmask) < u32::MAX - 1 => {
                    u32::from(ip) == u32::from(own.ip) | !u32::from(own.netmask)
                }
                _ => false,
            })
    };
    match address {
        ip if ip.is_unspecified() => Some("the unspecified address"),
        ip if ip.is_multicast() => Some("a multicast address"),
        IpAddr::V4(ip) if broadcast(ip) => Some("a broadcast address"),
        _ => None,
    }
}

/// Before Linux 5.7 only root may bind to an interface; its address then has to do.
#[cfg(target_os = "linux")]
fn permitted(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(()),
        result => result,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_is_not_ours_is_refused_with_those_that_are() {
        let error = Local::from_address("192.0.2.77".parse().unwrap()).unwrap_err();
        assert_eq!(error.to_string(), "192.0.2.77 is none of this machine's addresses");
        assert!(Local::from_address("127.0.0.1".parse().unwrap()).is_ok());
        assert_eq!(
            Local::from_address("::ffff:127.0.0.1".parse().unwrap()),
            Local::from_address("127.0.0.1".parse().unwrap())
        );
    }

    #[test]
    fn an_address_that_is_no_hosts_is_refused_though_a_socket_can_be_bound_to_it() {
        for (address, what) in [
            ("0.0.0.0", "unspecified"),
            ("::", "unspecified"),
            ("::ffff:0.0.0.0", "unspecified"),
            ("224.0.0.1", "multicast"),
            ("ff02::1", "multicast"),
            ("255.255.255.255", "broadcast"),
            ("127.255.255.255", "broadcast"),
        ] {
            let error = Local::from_address(address.parse().unwrap()).unwrap_err();
            assert!(matches!(error, LocalError::NoSource { .. }), "{address}: {error:?}");
            assert!(error.to_string().contains(what), "{error}");
        }
        // All of 127.0.0.0/8 is ours on Linux, whatever the list of interfaces says.
        #[cfg(target_os = "linux")]
        assert!(Local::from_address("127.0.0.77".parse().unwrap()).is_ok());
    }

    #[test]
    fn the_broadcast_address_of_a_network_is_told_from_its_hosts() {
        let interface = |ip: [u8; 4], prefix: u32| if_addrs::Interface {
            name: "lan0".to_owned(),
            addr: if_addrs::IfAddr::V4(if_addrs::Ifv4Addr {
                ip: ip.into(),
                netmask: u32::MAX.checked_shl(32 - prefix).unwrap_or(0).into(),
                prefixlen: u8::try_from(prefix).unwrap(),
                broadcast: None,
            }),
            index: None,
            oper_status: if_addrs::IfOperStatus::Up,
            is_p2p: false,
        };
        let is = |address: &str, interface| no_source(address.parse().unwrap(), &[interface]).is_some();
        assert!(is("192.0.2.127", interface([192, 0, 2, 5], 25)));
        assert!(!is("192.0.2.255", interface([192, 0, 2, 5], 25)));
        assert!(!is("192.0.2.5", interface([192, 0, 2, 5], 32)));
        assert!(!is("192.0.2.5", interface([192, 0, 2, 4], 31)));
    }

    #[test]
    fn an_interface_that_is_not_there_is_refused_with_those_that_are() {
        let Err(LocalError::NoInterface { known, .. }) = Local::from_interface("no-such-0") else { panic!() };
        assert!(!known.is_empty());
        assert!(Local::from_interface(&known[0]).is_ok());
    }

    #[test]
    fn the_family_that_an_address_lacks_cannot_be_sent_from() {
        let local = Local::from_address("127.0.0.1".parse().unwrap()).unwrap();
        assert_eq!(local.towards("192.0.2.1:3478".parse().unwrap()).unwrap().ip().to_string(), "127.0.0.1");
        let error = local.towards("[2001:db8::1]:3478".parse().unwrap()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AddrNotAvailable);
        assert!(
            Local::default().towards("[2001:db8::1]:3478".parse().unwrap()).unwrap().ip().is_unspecified()
        );
    }
}
