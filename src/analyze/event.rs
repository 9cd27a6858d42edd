//! What each payload came to be, one after the other: for views that show packets, where the facts show sums.

use super::demux::Class;
use super::dtls;
use super::leg::{Leg, Via};
use super::stream::{Arrival, Sample, Stream};
use super::transport::Inner;
use crate::capture::{Frame, Time};
use crate::rtp;
use crate::sctp;
use crate::stun::{Message, Method, registry};

/// A payload that belongs to a call.
#[derive(Debug, Clone)]
pub struct Event {
    /// When it was taken.
    pub at: Time,
    /// In which packet.
    pub frame: Frame,
    /// Under which name its leg is known.
    pub leg: Leg,
    /// On the wire, in bytes, without what a relay wrapped around it.
    pub length: usize,
    /// What it is.
    pub what: What,
}

/// What a payload is.
#[derive(Debug, Clone)]
pub enum What {
    /// A packet of a stream.
    Rtp(Box<Heard>),
    /// RTCP or SRTCP.
    Rtcp {
        /// The packet; what it was in clear where keys opened it.
        payload: Vec<u8>,
        /// On the wire, or in clear, in bytes.
        length: usize,
        /// It is SRTCP, and no key opened it.
        encrypted: bool,
    },
    /// Something below the media, by protocol and in words.
    Below(&'static str, String),
}

/// A packet of a stream, beside those before it.
#[derive(Debug, Clone)]
pub struct Heard {
    /// The stream's source.
    pub ssrc: u32,
    /// Its header.
    pub sample: Sample,
    /// What its number says.
    pub arrival: Arrival,
    /// Its number with the cycles it has gone through, since the numbers last began anew.
    pub extended: i64,
    /// Numbers between it and the highest before it, which have not come so far.
    pub passed_over: u64,
    /// How many numbers it is behind the highest before it.
    pub behind: u64,
    /// Since the packet before it; `None` for the first.
    pub delta_ms: Option<f64>,
    /// Identifiers and values of its header extension; `None` where it was not kept.
    pub extensions: Option<Vec<(u8, Vec<u8>)>>,
    /// Contributing sources.
    pub contributing: Vec<u32>,
}

impl Heard {
    /// The next packet of `stream`, which takes it.
    pub(super) fn take(
        stream: &mut Stream,
        ssrc: u32,
        sample: &Sample,
        packet: Option<&rtp::Packet<'_>>,
    ) -> Self {
        let (highest, last) = (stream.sequence().highest(), stream.last().at);
        let arrival = stream.packet(sample);
        let extended = stream.sequence().extended();
        let (passed_over, behind) = match arrival {
            Arrival::Ahead => ((extended - highest - 1).max(0), 0),
            Arrival::Reordered | Arrival::Duplicate => (0, (highest - extended).max(0)),
            Arrival::Suspect | Arrival::Restart => (0, 0),
        };
        Self {
            arrival,
            extended,
            passed_over: passed_over.unsigned_abs(),
            behind: behind.unsigned_abs(),
            delta_ms: Some(sample.at.ms_since(last)),
            ..Self::first(stream, ssrc, sample, packet)
        }
    }

    /// The packet that `stream` began with.
    pub(super) fn first(
        stream: &Stream,
        ssrc: u32,
        sample: &Sample,
        packet: Option<&rtp::Packet<'_>>,
    ) -> Self {
        let elements = |packet: &rtp::Packet<'_>| {
            let elements = packet.extension().into_iter().flat_map(|extension| extension.elements());
            elements.map(|(id, value)| (id, value.to_vec())).collect()
        };
        Self {
            ssrc,
            sample: *sample,
            arrival: Arrival::Ahead,
            extended: stream.sequence().extended(),
            passed_over: 0,
            behind: 0,
            delta_ms: None,
            extensions: packet.map(elements),
            contributing: packet.map(|packet| packet.csrc().collect()).unwrap_or_default(),
        }
    }

    /// As something that happened on `leg`.
    pub(super) fn on(self, leg: Leg) -> Event {
        let (at, frame, length) = (self.sample.at, self.sample.frame, self.sample.length as usize);
        Event { at, frame, leg, length, what: What::Rtp(Box::new(self)) }
    }
}

/// What is below the media, as one of its words; `None` for media, and for what is no part of a call.
pub(super) fn below(inner: &Inner<'_>) -> Option<What> {
    let wrapped = match inner.leg.via {
        Some(Via::Channel(_)) => " in ChannelData",
        Some(Via::Indication(_)) => " in an indication",
        None => "",
    };
    Some(match inner.class {
        Class::Rtp | Class::Rtcp => return None,
        Class::Other if inner.leg.via.is_none() => return None,
        Class::Other if inner.payload.is_empty() => What::Below("turn", format!("nothing{wrapped}")),
        Class::Other => What::Below("turn", format!("other data{wrapped}")),
        Class::Channel(number) => What::Below("turn", format!("ChannelData 0x{number:04x}{wrapped}")),
        Class::Sctp => {
            let names: Vec<&str> = sctp::chunks(inner.payload).map(|chunk| chunk.name()).collect();
            What::Below("sctp", names.join(", "))
        }
        Class::Zrtp => What::Below("zrtp", "ZRTP".to_owned()),
        Class::Dtls => What::Below("dtls", dtls::words(inner.payload)),
        Class::Stun => match Message::from_bytes(inner.payload) {
            Ok(message) => {
                let method = registry::method_name(message.method);
                let code = message.error_code().map(|(code, _)| format!(" {code}")).unwrap_or_default();
                let class = registry::class_name(message.class);
                let protocol = if message.method == Method::Binding { "stun" } else { "turn" };
                What::Below(protocol, format!("{method} {class}{code}"))
            }
            Err(_) => What::Below("stun", "STUN that cannot be read".to_owned()),
        },
    })
}
