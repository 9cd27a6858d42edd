//! Finds the largest datagrams that pass each direction of a relay, our own packets with the DF bit set.

use std::time::{Duration, Instant};

use super::Survey;
use super::fresh::is_quota;
use super::pair::{NoPair, Pair, Sent, Way};
use crate::measure::{Fate, Largest};
use crate::probe::facts::{Check, Fault, LargestFacts, MtuFacts};
use crate::turn::Allocate;

/// Payloads tried first: what WebRTC, QUIC and tunnels make of an Ethernet frame.
const SCALE: [usize; 10] = [500, 1000, 1100, 1200, 1252, 1280, 1350, 1400, 1440, 1464];
/// An Ethernet frame less the headers of IP and UDP.
const TOP_V4: usize = 1500 - 20 - 8;
const TOP_V6: usize = 1500 - 40 - 8;
/// Loss must not read as a limit: how long each of three sends of a size is waited for.
const WAITS: [Duration; 3] =
    [Duration::from_millis(200), Duration::from_millis(200), Duration::from_millis(600)];

impl Survey {
    /// Writes down the largest payload of each direction.
    pub(super) async fn mtu(&mut self) {
        let mut facts = MtuFacts::default();
        let asked = Allocate { dont_fragment: true, ..self.wish() };
        let mut pair = match self.pair(asked).await {
            Ok((pair, _)) => pair,
            // Quotas have nothing to do with the attribute.
            Err(NoPair::Refused(code)) if !is_quota(Some(code)) => {
                facts.dont_fragment_code = Some(code);
                match self.pair(self.wish()).await {
                    Ok((pair, _)) => pair,
                    Err(why) => return self.facts.give_up(Check::Mtu, why.words()),
                }
            }
            Err(why) => return self.facts.give_up(Check::Mtu, why.words()),
        };
        if let Err(why) = pair.bind().await {
            return self.facts.give_up(Check::Mtu, why);
        }
        let stream = self.door.connector.transport.is_stream();
        let near = pair.relayed.link.dont_fragment();
        facts.dont_fragment = pair.peer.dont_fragment() && (near || stream);
        if !facts.dont_fragment {
            let why = "this system does not let us set the DF bit, so that sizes are those that arrive, in fragments or not";
            self.facts.give_up(Check::Mtu, why);
        }
        for way in [Way::Inbound, Way::Outbound, Way::Unfragmented] {
            if way == Way::Unfragmented && facts.dont_fragment_code.is_some() {
                break;
            }
            match largest(&mut pair, way).await {
                Ok(found) => match way {
                    Way::Inbound => facts.inbound = Some(found),
                    Way::Outbound => facts.outbound = Some(found),
                    Way::Unfragmented => facts.outbound_unfragmented = Some(found),
                },
                Err(fault) => {
                    self.facts.give_up(Check::Mtu, fault.message);
                    break;
                }
            }
            self.facts.mtu = Some(facts.clone());
        }
        self.facts.mtu = Some(facts);
    }
}

async fn largest(pair: &mut Pair, way: Way) -> Result<LargestFacts, Fault> {
    let top = if pair.relayed.address.is_ipv4() { TOP_V4 } else { TOP_V6 };
    let mut search = Largest::among(SCALE.into_iter().filter(|size| *size < top).chain([top]).collect());
    loop {
        let mut missing = search.round();
        if missing.is_empty() {
            break;
        }
        let mut sent = Vec::new();
        for wait in WAITS {
            for size in &missing {
                // The number says the size.
                match pair.send(way, *size as u32, *size) {
                    Sent::Yes => sent.push(*size),
                    Sent::TooLong => search.take(*size, Fate::Refused),
                    Sent::No => {}
                }
            }
            let until = Instant::now() + wait;
            while let Some(heard) = pair.hear(until).await? {
                if heard.way == way && heard.number as usize == heard.size {
                    search.take(heard.size, Fate::Passed);
                    missing.retain(|size| *size != heard.size);
                    if missing.iter().all(|size| search.is_refused(*size)) {
                        break;
                    }
                }
            }
            missing.retain(|size| !search.is_refused(*size));
            if missing.is_empty() {
                break;
            }
        }
        for size in missing {
            // What our own side never took was lost by nobody.
            search.take(size, if sent.contains(&size) { Fate::Lost } else { Fate::Refused });
        }
    }
    Ok(LargestFacts {
        largest_bytes: search.passed(),
        lost_bytes: search.lost(),
        tried_bytes: search.tried(),
        own_interface: search.refused(),
    })
}
