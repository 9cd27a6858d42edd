//! Packets that are no datagrams, counted by reason.

use std::collections::BTreeMap;

/// Why a packet was not looked at any further.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// Its link layer is of a type that is not read (LINKTYPE_…).
    LinkType(u32),
    /// What it carries is neither IP nor a known tunnel (EtherType).
    EtherType(u16),
    /// The IP protocol is neither UDP nor TCP, nor a known tunnel.
    Protocol(u8),
    /// ARP.
    Arp,
    /// ICMP or ICMPv6. What they quote of other packets was not sent anew.
    Icmp,
    /// IPsec ESP, or MACsec: nobody here can read it.
    Encrypted,
    /// 802.11 frames that are no data, or are protected by WEP, WPA.
    Wifi,
    /// The snap length left less than the headers.
    CutHeader,
    /// A header contradicts itself or the packet.
    Malformed,
    /// A fragment whose other fragments are not in the capture, or came too late.
    Fragment,
    /// Tunnels in tunnels, deeper than anybody builds them.
    TunnelDepth,
    /// A packet of an interface that its section does not describe.
    NoInterface,
    /// The packet block that pcapng gave up in 2004.
    ObsoleteBlock,
}

impl Reason {
    /// The word for it in JSON and tables.
    #[must_use]
    pub fn word(self) -> String {
        match self {
            Self::LinkType(number) => format!("link_type_{number}"),
            Self::EtherType(number) => format!("ethertype_0x{number:04x}"),
            Self::Protocol(number) => format!("ip_protocol_{number}"),
            Self::Arp => "arp".to_owned(),
            Self::Icmp => "icmp".to_owned(),
            Self::Encrypted => "encrypted".to_owned(),
            Self::Wifi => "wifi_no_data".to_owned(),
            Self::CutHeader => "cut_header".to_owned(),
            Self::Malformed => "malformed".to_owned(),
            Self::Fragment => "incomplete_fragments".to_owned(),
            Self::TunnelDepth => "tunnels_too_deep".to_owned(),
            Self::NoInterface => "no_interface".to_owned(),
            Self::ObsoleteBlock => "obsolete_block".to_owned(),
        }
    }
}

/// How many packets were skipped, by reason.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Skipped(BTreeMap<Reason, u64>);

impl Skipped {
    /// One more.
    pub fn count(&mut self, reason: Reason) {
        self.count_many(reason, 1);
    }

    /// So many more.
    pub fn count_many(&mut self, reason: Reason, packets: u64) {
        if packets > 0 {
            *self.0.entry(reason).or_default() += packets;
        }
    }

    /// Those of another file too.
    pub fn add(&mut self, other: &Self) {
        for (reason, count) in &other.0 {
            self.count_many(*reason, *count);
        }
    }

    /// By reason.
    pub fn iter(&self) -> impl Iterator<Item = (Reason, u64)> + '_ {
        self.0.iter().map(|(reason, count)| (*reason, *count))
    }

    /// All of them.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.0.values().sum()
    }
}
