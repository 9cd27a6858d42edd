//! Packets and reports one by one: what `--packets` and `--rtcp` show of each [`Event`].

mod blocks;
mod extended;
mod fields;
mod packet;
mod report;

use std::collections::{HashMap, HashSet};

use serde::Serialize;

use super::event::Event;
use super::facts::Kind;
use super::leg::Leg;
use super::transport::LegFacts;
use super::{Analysis, Window, facts};
use crate::capture::Time;
use crate::report::{Cell, Tone};

pub use packet::{PacketRow, Packets};
pub use report::{REPORT_COLUMNS, ReportRow, ReportRows};

/// Which sources and payload types are shown; all, where none is named.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Sources.
    pub ssrcs: Vec<u32>,
    /// Payload types of RTP.
    pub payload_types: Vec<u8>,
    /// When.
    pub window: Window,
}

impl Filter {
    /// Whether it lets every source and payload type through.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.ssrcs.is_empty() && self.payload_types.is_empty()
    }

    /// Whether a source is wanted.
    #[must_use]
    pub fn takes(&self, ssrc: u32) -> bool {
        self.ssrcs.is_empty() || self.ssrcs.contains(&ssrc)
    }

    /// Whether a payload type is wanted.
    #[must_use]
    pub fn takes_type(&self, payload_type: u8) -> bool {
        self.payload_types.is_empty() || self.payload_types.contains(&payload_type)
    }
}

/// What an earlier look at the whole has found: names of streams, and their clocks.
#[derive(Debug, Default)]
pub struct Listing {
    /// What is shown.
    pub filter: Filter,
    /// Whether people want to know what header extensions say.
    pub detailed: bool,
    streams: HashMap<(Leg, u32), Label>,
    rates: HashMap<u32, u32>,
    has_captures: bool,
    /// Streams of which it was shown where they go.
    told: HashSet<(Leg, u32)>,
}

#[derive(Debug, Clone)]
struct Label {
    id: String,
    kind: Kind,
}

/// Where a packet stands and went.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct Place {
    /// Which of the captures, from 1 on.
    pub capture: u32,
    /// The number of the packet in it.
    pub frame: u64,
    /// Seconds since the first packet.
    pub at_s: f64,
    /// From where to where.
    #[serde(flatten)]
    pub path: LegFacts,
}

impl Listing {
    /// Nothing is known so far.
    #[must_use]
    pub fn beforehand(filter: Filter) -> Self {
        Self { filter, ..Self::default() }
    }

    /// What a finished analysis has found. `captures`: there is more than one, so that a frame's number does not suffice.
    #[must_use]
    pub fn of(analysis: &Analysis, filter: Filter, captures: bool) -> Self {
        let streams = analysis.streams().zip(analysis.stream_facts());
        let mut listing = Self { filter, has_captures: captures, ..Self::default() };
        for (found, facts) in streams {
            if let Some(rate) = facts.clock_rate {
                listing.rates.entry(found.ssrc).or_insert(rate);
            }
            listing.streams.insert((*found.leg, found.ssrc), Label { id: facts.id, kind: facts.kind });
        }
        listing
    }

    /// The streams that there are.
    #[must_use]
    pub fn known(&self) -> HashSet<(Leg, u32)> {
        self.streams.keys().copied().collect()
    }

    fn is_in_time(&self, event: &Event, analysis: &Analysis) -> bool {
        let window = self.filter.window;
        window.is_whole() || analysis.bounds().is_none_or(|(start, _)| window.has(event.at.since(start)))
    }

    fn place(&self, event: &Event, analysis: &Analysis) -> Place {
        let start = analysis.bounds().map_or(Time::default(), |(start, _)| start);
        Place {
            capture: u32::from(event.frame.file) + 1,
            frame: event.frame.number,
            at_s: event.at.seconds_since(start),
            path: analysis.leg_facts(&event.leg),
        }
    }

    fn head(&self, place: &Place) -> Cell {
        let frame = match self.has_captures {
            true => format!("{}:{}", place.capture, place.frame),
            false => place.frame.to_string(),
        };
        Cell::new(format!("{frame:>6} {:>10.6}", place.at_s), Tone::Plain)
    }
}

/// `from > to`, with what wraps it.
fn way(path: &LegFacts) -> Cell {
    let mut text = format!("{} > {}", path.src, path.dst);
    if path.carrier == super::leg::Carrier::Tcp {
        text.push_str(" tcp");
    }
    if let Some(via) = &path.via {
        let peer = via.peer.map(|peer| format!(" peer {peer}")).unwrap_or_default();
        text.push_str(&format!(" {}{peer}", via.channel.as_deref().unwrap_or(via.turn)));
    }
    Cell::new(text, Tone::Dim)
}

fn hex(ssrc: u32) -> String {
    facts::ssrc(ssrc)
}
