//! Datagrams that somebody on the way, or their receiver, sent word of that they cannot be taken: ICMP's Destination
//! Unreachable (RFC 792, RFC 4443 §3.1), by the addresses of what it quotes.

use std::net::{IpAddr, SocketAddr};

use foldhash::{HashMap, HashMapExt};

use super::link::u16_at;
use super::network::packet;
use super::packet::{Frame, Time};

const UDP: u8 = 17;
/// In front of the quoted packet, in both versions of ICMP.
const HEADER: usize = 8;
/// Pairs of addresses that are told apart; a scan has any number of them.
const MOST: usize = 1024;

/// Why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unreachable {
    /// Nobody listens at the port.
    Port,
    /// A firewall says so.
    Prohibited,
    /// The host, the network, the address.
    Host,
}

impl Unreachable {
    /// The word for it in JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Port => "port",
            Self::Prohibited => "prohibited",
            Self::Host => "host",
        }
    }
}

/// Refusals of what went from one address to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    /// Who says so.
    pub by: IpAddr,
    /// Who had sent it.
    pub src: SocketAddr,
    /// Where it was to go.
    pub dst: SocketAddr,
    /// Why it did not.
    pub what: Unreachable,
    /// How many.
    pub packets: u64,
    /// The first.
    pub first: (Time, Frame),
    /// The last.
    pub last: (Time, Frame),
}

/// All of a file.
#[derive(Debug)]
pub(super) struct Refusals {
    all: Vec<Refusal>,
    places: HashMap<(SocketAddr, SocketAddr, Unreachable), usize>,
}

impl Default for Refusals {
    fn default() -> Self {
        Self { all: Vec::new(), places: HashMap::new() }
    }
}

impl Refusals {
    pub(super) fn all(&self) -> &[Refusal] {
        &self.all
    }

    /// Takes an ICMP message, of IPv6 where `is_v6`.
    pub(super) fn message(&mut self, by: IpAddr, is_v6: bool, message: &[u8], at: Time, frame: Frame) {
        let Some((what, src, dst)) = read(is_v6, message) else { return };
        match self.places.get(&(src, dst, what)) {
            Some(place) => {
                let refusal = &mut self.all[*place];
                refusal.packets += 1;
                refusal.last = (at, frame);
            }
            None if self.all.len() >= MOST => {}
            None => {
                self.places.insert((src, dst, what), self.all.len());
                let (first, last) = ((at, frame), (at, frame));
                self.all.push(Refusal { by, src, dst, what, packets: 1, first, last });
            }
        }
    }
}

fn read(is_v6: bool, message: &[u8]) -> Option<(Unreachable, SocketAddr, SocketAddr)> {
    let what = match (is_v6, message.first()?, message.get(1)?) {
        (false, 3, 3) | (true, 1, 4) => Unreachable::Port,
        (false, 3, 9 | 10 | 13) | (true, 1, 1 | 5 | 6) => Unreachable::Prohibited,
        (false, 3, 0 | 1 | 5..=7 | 11 | 12) | (true, 1, 0 | 2 | 3) => Unreachable::Host,
        _ => return None,
    };
    let quoted = packet(message.get(HEADER..)?).ok()?;
    let is_first = quoted.part.is_none_or(|part| part.offset == 0);
    (quoted.protocol == UDP && is_first).then_some(())?;
    let port = |at: usize| u16_at(quoted.payload, at).ok();
    Some((what, SocketAddr::new(quoted.src, port(0)?), SocketAddr::new(quoted.dst, port(2)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quoted(code: u8) -> Vec<u8> {
        let ip = [0x45, 0, 0, 200, 0, 0, 0, 0, 64, UDP, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2];
        [&[3, code, 0, 0, 0, 0, 0, 0][..], &ip, &[0x13, 0x88, 0x17, 0x70, 0, 180, 0, 0]].concat()
    }

    #[test]
    fn what_is_quoted_says_whose_packet_it_was() {
        let mut refusals = Refusals::default();
        let by = "192.0.2.2".parse().unwrap();
        for (number, code) in [(1, 3), (2, 3), (3, 13), (4, 4)] {
            refusals.message(
                by,
                false,
                &quoted(code),
                Time(number),
                Frame { file: 0, number: number as u64 },
            );
        }
        let all: Vec<_> = refusals.all().iter().map(|of| (of.what, of.packets, of.last.1.number)).collect();
        // Too large (code 4) is another matter.
        assert_eq!(all, [(Unreachable::Port, 2, 2), (Unreachable::Prohibited, 1, 3)]);
        let first = refusals.all()[0];
        assert_eq!(
            (first.src, first.dst),
            ("192.0.2.1:5000".parse().unwrap(), "192.0.2.2:6000".parse().unwrap())
        );
        let whole = quoted(3);
        (0..whole.len())
            .for_each(|cut| refusals.message(by, false, &whole[..cut], Time(0), Frame::default()));
        (0..whole.len()).for_each(|cut| refusals.message(by, true, &whole[..cut], Time(0), Frame::default()));
    }
}
