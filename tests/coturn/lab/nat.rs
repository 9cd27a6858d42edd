//! A NAT between the client and the server, as at home or in an office: a third namespace that takes
//! over the client's public address, with the client in a private network behind it.

use super::{CLIENT, DEVICE, Lab, Side, must, process};

/// The client's address behind the NAT.
pub(crate) const PRIVATE: &str = "192.168.77.10";
/// The router's device towards the client; towards the server it is [`DEVICE`].
pub(crate) const INSIDE: &str = "lab1";

const GATEWAY: &str = "192.168.77.1";

/// How the router maps addresses (RFC 4787 §4.1). Both let in only what answers a packet that went out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nat {
    /// A socket keeps its port whatever it sends to.
    Cone,
    /// Each destination sees the socket at another port.
    Symmetric,
}

impl Lab {
    /// Puts a NAT router before the client; what ran in the client namespace until now loses its network.
    pub(crate) fn nat(&self, kind: Nat) {
        let (client, router) = (self.namespace(Side::Client), self.namespace(Side::Router));
        must(&["netns", "add", &router]);
        // The client's end of the link to the server becomes the router's, without its addresses.
        must(&["-n", &client, "link", "set", DEVICE, "netns", &router]);
        let pair = ["link", "add", INSIDE, "netns", &router, "type", "veth", "peer"];
        must(&[&pair[..], &["name", DEVICE, "netns", &client]].concat());
        let addresses = [(&router, DEVICE, CLIENT), (&router, INSIDE, GATEWAY), (&client, DEVICE, PRIVATE)];
        for (ns, device, address) in addresses {
            must(&["-n", ns, "addr", "add", &format!("{address}/24"), "dev", device]);
            must(&["-n", ns, "link", "set", device, "up"]);
        }
        must(&["-n", &client, "route", "add", "default", "via", GATEWAY]);
        let forward = ["-c", "echo 1 >/proc/sys/net/ipv4/ip_forward"];
        let done = process::run(self.command(Side::Router, "sh", &forward), super::STEP);
        assert!(done.success(), "forwarding: {}", done.stderr);
        let random = match kind {
            Nat::Cone => "",
            Nat::Symmetric => " --random-fully",
        };
        let rule = format!("-t nat -A POSTROUTING -o {DEVICE} -j MASQUERADE{random}");
        self.firewall(Side::Router, &[&rule]);
    }

    /// Has the router forget a UDP socket that was idle for so many seconds.
    pub(crate) fn forget_after(&self, seconds: u32) {
        let dir = "/proc/sys/net/netfilter/nf_conntrack_udp_timeout";
        let write = format!("echo {seconds} >{dir} && echo {seconds} >{dir}_stream");
        let done = process::run(self.command(Side::Router, "sh", &["-c", &write]), super::STEP);
        assert!(done.success(), "conntrack: {}", done.stderr);
    }
}
