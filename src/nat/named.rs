//! Whether an address that a server names may be written to.
//!
//! A server can name any address, and would have us send there. The rule: only to a unicast address of the same
//! family with a port, and of the very scope (public, private, link-local, loopback) of the address that the
//! server itself was reached at. A public server thus sends nobody into a private network or to loopback, and
//! nobody to a group of hosts. What is sent is small, bounded, and asks for no more than it is.

use std::net::SocketAddr;

use crate::ice::address::AddressClass;

/// Why an address that a server names is of no use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// RFC 5780 §7.4: a second IP address, or no OTHER-ADDRESS at all.
    #[error("it is the server's own IP address again, with another port")]
    SameAddress,
    /// The other port is needed to tell address from port.
    #[error("it has the same port as the server's first address")]
    SamePort,
    /// IPv4 for an IPv6 server, or the other way round.
    #[error("it is of the other address family")]
    OtherFamily,
    /// Nobody can answer from there.
    #[error("it is {0}, where no server can be")]
    NotUnicast(AddressClass),
    /// A public server that names a private address, or the like.
    #[error("it is {named}, while the server was reached at {reached}")]
    OtherScope {
        /// The address named.
        named: AddressClass,
        /// The address asked.
        reached: AddressClass,
    },
    /// Port 0.
    #[error("it has no port")]
    NoPort,
}

/// Holds OTHER-ADDRESS against the address that the server was reached at.
///
/// # Errors
/// What is wrong with it.
pub fn usable(server: SocketAddr, named: SocketAddr) -> Result<(), Unusable> {
    writable(server, named)?;
    if named.ip() == server.ip() {
        return Err(Unusable::SameAddress);
    }
    if named.port() == server.port() {
        return Err(Unusable::SamePort);
    }
    Ok(())
}

/// Whether we write to what `server` names at all.
pub(super) fn writable(server: SocketAddr, named: SocketAddr) -> Result<(), Unusable> {
    let (reached, class) = (AddressClass::of(server.ip()), AddressClass::of(named.ip()));
    if named.is_ipv4() != server.is_ipv4() {
        return Err(Unusable::OtherFamily);
    }
    if named.port() == 0 {
        return Err(Unusable::NoPort);
    }
    match (scope(reached), scope(class)) {
        (_, None) => Err(Unusable::NotUnicast(class)),
        (reached_scope, scope) if reached_scope != scope => {
            Err(Unusable::OtherScope { named: class, reached })
        }
        _ => Ok(()),
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Scope {
    Public,
    Site,
    Link,
    Host,
    Documentation,
    Benchmark,
}

/// How far an address reaches; `None` where it is nobody's.
fn scope(class: AddressClass) -> Option<Scope> {
    Some(match class {
        AddressClass::Public | AddressClass::SixToFour | AddressClass::Nat64 => Scope::Public,
        AddressClass::Private | AddressClass::SharedCgnat | AddressClass::UniqueLocal => Scope::Site,
        AddressClass::LinkLocal => Scope::Link,
        AddressClass::Loopback => Scope::Host,
        AddressClass::Documentation => Scope::Documentation,
        AddressClass::Benchmark => Scope::Benchmark,
        AddressClass::Multicast
        | AddressClass::Broadcast
        | AddressClass::Unspecified
        | AddressClass::V4Mapped
        | AddressClass::Reserved => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(server: &str, named: &str, wanted: &str) {
        let got = usable(server.parse().unwrap(), named.parse().unwrap());
        assert_eq!(got.err().map_or("fine".to_owned(), |error| error.to_string()), wanted, "{named}");
    }

    #[test]
    fn a_second_address_of_the_same_kind_is_fine() {
        check("1.1.1.1:3478", "1.0.0.1:3479", "fine");
        check("10.0.0.1:3478", "192.168.1.1:3479", "fine");
        check("127.0.0.1:3478", "127.0.0.2:3479", "fine");
        check("[2606:4700::1]:3478", "[2606:4700::2]:3479", "fine");
    }

    #[test]
    fn a_second_port_alone_is_no_second_address() {
        let again = "it is the server's own IP address again, with another port";
        check("1.1.1.1:3478", "1.1.1.1:3479", again);
        check("1.1.1.1:3478", "1.1.1.1:3478", again);
        check("1.1.1.1:3478", "1.0.0.1:3478", "it has the same port as the server's first address");
    }

    #[test]
    fn nobody_is_sent_inwards_or_to_a_group() {
        let named = [
            (
                "127.0.0.1:80",
                "it is a loopback address (RFC 1122, RFC 4291), while the server was reached at a public address",
            ),
            (
                "10.0.0.1:3479",
                "it is a private address (RFC 1918), while the server was reached at a public address",
            ),
            (
                "169.254.169.254:80",
                "it is a link-local address (RFC 3927, RFC 4291), while the server was reached at a public address",
            ),
            ("224.0.0.1:3479", "it is a multicast address (RFC 5771, RFC 4291), where no server can be"),
            ("255.255.255.255:3479", "it is the broadcast address (RFC 919), where no server can be"),
            ("0.0.0.0:3479", "it is the unspecified address (RFC 1122, RFC 4291), where no server can be"),
            ("1.0.0.1:0", "it has no port"),
            ("[2606:4700::1]:3479", "it is of the other address family"),
        ];
        for (named, wanted) in named {
            check("1.1.1.1:3478", named, wanted);
        }
        check(
            "[2606:4700::1]:3478",
            "[::ffff:10.0.0.1]:3479",
            "it is an IPv4-mapped IPv6 address (RFC 4291), where no server can be",
        );
    }

    #[test]
    fn nobody_is_sent_outwards_from_a_private_server() {
        check(
            "10.0.0.1:3478",
            "1.1.1.1:3479",
            "it is a public address, while the server was reached at a private address (RFC 1918)",
        );
        check(
            "127.0.0.1:3478",
            "10.0.0.1:3479",
            "it is a private address (RFC 1918), while the server was reached at a loopback address (RFC 1122, RFC 4291)",
        );
    }
}
