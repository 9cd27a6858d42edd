//! One RTP stream: the packets of one SSRC from one transport address to another.

mod clock;
mod elements;
mod events;
mod frames;
mod holes;
mod jitter;
mod loss;
mod pause;
mod points;
mod recent;
mod red;
mod sequence;
mod series;

use std::collections::BTreeMap;

pub use clock::{Clock, Drift};
pub use events::Event;
pub use frames::{Frames, Freeze};
pub use holes::{Holes, Run};
pub use jitter::{Jitter, JitterMs, Jumps};
pub use loss::{Burst, LONGEST_TOLD, Loss, Runs};
pub use pause::{Cause, Pause, Pauses};
pub use red::Red;
pub use sequence::{Arrival, Sequence};
pub use series::{Row, Series};

use crate::capture::{Frame, Time};
use crate::rtp::{self, Form};

use elements::Elements;
use events::Events;
use holes::Newest;
use points::Points;
use recent::Recent;

/// Packets after which it is clear how fast timestamps run.
const SETTLED: u64 = 512;
/// Of the timestamps of video, in Hz (RFC 3551 §5 and the payload formats since).
const VIDEO_RATE: u32 = 90_000;
/// As much of a payload as anything here looks at.
const HEAD: usize = 16;
/// A packet that came so long before the one ahead of it: the clock of the capture went back.
const STEP_MS: f64 = 100.0;
/// Payload types that are told apart; more come only from noise.
const MOST_PAYLOAD_TYPES: usize = 16;

/// One packet, as far as it counts.
#[derive(Debug, Clone, Copy)]
pub struct Sample {
    /// When it was taken.
    pub at: Time,
    /// Which packet of the file it is in.
    pub frame: Frame,
    /// Of its header.
    pub sequence: u16,
    /// Of its header.
    pub timestamp: u32,
    /// Of its header.
    pub payload_type: u8,
    /// Of its header.
    pub marker: bool,
    /// Whether its header says that padding follows.
    pub padding: bool,
    /// How the elements of its header extension are written.
    pub extension: Option<Form>,
    /// On the wire, in bytes, from the RTP header on.
    pub length: u32,
    /// Behind the header, in bytes.
    pub payload_length: u32,
    head: [u8; HEAD],
    head_length: u8,
    opened: bool,
}

impl Sample {
    /// Of a packet as it was read.
    #[must_use]
    pub fn new(at: Time, frame: Frame, packet: &rtp::Packet<'_>) -> Self {
        let (head, head_length) = head(packet.payload());
        let extension = packet.extension();
        Self {
            at,
            frame,
            sequence: packet.sequence(),
            timestamp: packet.timestamp(),
            payload_type: packet.payload_type(),
            marker: packet.marker(),
            padding: packet.has_padding(),
            extension: extension.map(|extension| extension.form()),
            length: packet.length() as u32,
            payload_length: packet.payload_length() as u32,
            head,
            head_length,
            opened: false,
        }
    }

    /// What was encrypted is open: looks at the payload of the packet that it was. Its length stays that on the wire.
    pub fn open(&mut self, plain: &rtp::Packet<'_>) {
        (self.head, self.head_length) = head(plain.payload());
        self.payload_length = plain.payload_length() as u32;
        self.opened = true;
    }

    /// Whether what was encrypted is open.
    #[must_use]
    pub fn is_opened(&self) -> bool {
        self.opened
    }

    /// The first bytes of the payload.
    #[must_use]
    pub fn head(&self) -> &[u8] {
        &self.head[..usize::from(self.head_length)]
    }
}

/// The first bytes of a payload, and how many there are.
fn head(payload: &[u8]) -> ([u8; HEAD], u8) {
    if let Some(head) = payload.first_chunk() {
        return (*head, HEAD as u8);
    }
    let mut head = [0; HEAD];
    head[..payload.len()].copy_from_slice(payload);
    (head, payload.len() as u8)
}

/// The longest pause between two packets.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gap {
    /// How long, in milliseconds.
    pub ms: f64,
    /// When it began.
    pub from: Time,
    /// The packet before it.
    pub before: Frame,
    /// The packet that ended it.
    pub after: Frame,
}

/// What was sent with one payload type.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OfType {
    /// Packets.
    pub packets: u64,
    /// Bytes behind the RTP header.
    pub payload_bytes: u64,
    /// Packets with the marker.
    pub markers: u64,
}

/// Everything that is counted of one stream.
#[derive(Debug, Clone)]
pub struct Stream {
    first: Sample,
    /// The clock rate that was known beforehand, in Hz.
    stated: Option<u32>,
    last: Sample,
    sequence: Sequence,
    clock: Clock,
    jitter: Jitter,
    frames: Frames,
    /// Until it is clear that it is not video.
    holes: Option<Holes>,
    series: Series,
    gap: Option<Gap>,
    pauses: Pauses,
    bytes: u64,
    payload_types: BTreeMap<u8, OfType>,
    /// Of the timestamp of the last packet, since the first, with the cycles it has gone through.
    units: i64,
    newest: i64,
    padded: u64,
    empty: u64,
    elements: Elements,
    forms: [u64; 4],
    events: Events,
    points: Points,
    recent: Recent,
    red: Option<(u8, Red)>,
    restarted: Option<(Time, Frame)>,
}

impl Stream {
    /// Begins with its first packet; `start` is that of the capture. The clock rate in Hz is given where it is known.
    #[must_use]
    pub fn new(first: Sample, start: Time, interval_ns: i64, rate: Option<u32>) -> Self {
        let mut new = Self {
            first,
            stated: rate,
            last: first,
            sequence: Sequence::new(first.sequence),
            clock: Clock::default(),
            jitter: Jitter::new(rate),
            frames: Frames::new(rate),
            holes: Some(Holes::default()),
            series: Series::new(start, interval_ns),
            gap: None,
            pauses: Pauses::default(),
            bytes: 0,
            payload_types: BTreeMap::new(),
            units: 0,
            newest: 0,
            padded: 0,
            empty: 0,
            elements: Elements::default(),
            forms: [0; 4],
            events: Events::default(),
            points: Points::default(),
            recent: Recent::default(),
            red: None,
            restarted: None,
        };
        new.count(&first, 0.0, true);
        new.media(&first, true);
        new.ahead(&first);
        new
    }

    /// Takes the next packet to arrive. What its number says is returned.
    pub fn packet(&mut self, sample: &Sample) -> Arrival {
        let series = &mut self.series;
        let passed = self.sequence.extended();
        let arrival = self.sequence.packet(sample.sequence, sample.at, sample.frame, &mut |loss| {
            series.at(loss.at).lost += 1;
        });
        let ms = sample.at.ms_since(self.last.at);
        if ms < -STEP_MS {
            self.jitter.interrupt();
            self.clock.interrupt();
            self.frames.step(sample.at);
        }
        if self.gap.is_none_or(|longest| ms > longest.ms) {
            self.gap = Some(Gap { ms, from: self.last.at, before: self.last.frame, after: sample.frame });
        }
        let step = sample.timestamp.wrapping_sub(self.last.timestamp) as i32;
        self.units += i64::from(step);
        let last = self.last;
        // A restart says nothing of what was sent between.
        let skipped = match arrival {
            Arrival::Ahead => (self.sequence.extended() - passed - 1).max(0) as u64,
            _ => 0,
        };
        self.pauses.packet(ms, sample.at, self.units, || Pause {
            from: last.at,
            to: sample.at,
            before: last.frame,
            after: sample.frame,
            skipped,
            came: 0,
            numbers: (passed, passed + skipped as i64 + 1),
            units: i64::from(step),
            marker: sample.marker,
            later: (sample.at, i64::from(step)),
        });
        match arrival {
            Arrival::Suspect => {}
            Arrival::Restart => {
                // The one before was the first of them.
                self.restarted.get_or_insert((last.at, last.frame));
                self.jitter.interrupt();
                self.clock.interrupt();
                self.frames.interrupt(self.units, sample.at);
                self.holes.iter_mut().for_each(Holes::finish);
                self.ahead(sample);
            }
            Arrival::Ahead | Arrival::Reordered | Arrival::Duplicate => {
                if arrival == Arrival::Reordered {
                    self.pauses.came(self.sequence.extended());
                    self.frames.came(self.sequence.extended());
                }
                self.media(sample, arrival == Arrival::Ahead);
                match arrival {
                    Arrival::Ahead => self.ahead(sample),
                    _ => self.repaired(Some(sample.sequence), sample.timestamp),
                }
            }
        }
        self.count(sample, ms, false);
        self.last = *sample;
        arrival
    }

    fn ahead(&mut self, sample: &Sample) {
        let Sample { timestamp, marker, at, frame, .. } = *sample;
        let number = self.sequence.extended();
        if let Some(holes) = &mut self.holes {
            holes.ahead(Newest { number, units: self.units, timestamp, marker, at, frame });
        }
    }

    /// Another stream repaired a packet of this one: that with a number, or one with the timestamp.
    pub fn repaired(&mut self, number: Option<u16>, timestamp: u32) {
        let Some(holes) = &mut self.holes else { return };
        match number {
            Some(number) => holes.filled(self.sequence.near(number)),
            None => holes.filled_at(timestamp),
        }
    }

    /// Follows one clock rate from now on: the one that the timestamps show, unless somebody says another.
    fn settle(&mut self) {
        let shown = self.clock.rate();
        if let Some(rate) = shown.filter(|_| self.stated.is_none() || self.stated == shown) {
            self.jitter.settle(rate);
            self.frames.settle(rate);
            self.holes = self.holes.take().filter(|_| rate == VIDEO_RATE);
        }
    }

    /// What the timestamp says.
    fn media(&mut self, sample: &Sample, ahead: bool) {
        self.recent.push(sample.timestamp);
        // The timestamp of a key stays while it is held: nothing of when the media was taken.
        if self.events.packet(sample) {
            return;
        }
        self.points.push(sample.at, sample.timestamp);
        if self.sequence.packets() == SETTLED {
            self.settle();
        }
        let seconds = sample.at.seconds_since(self.first.at);
        self.jitter.packet(seconds, self.units, sample.at, sample.frame);
        let missing = (self.sequence.missing(), self.sequence.extended());
        if ahead && self.frames.packet(sample.at, seconds, self.units, missing, self.last.frame, sample.frame)
        {
            self.clock.point(seconds, self.units);
            self.series.at(sample.at).frames += 1;
        }
        self.newest = self.newest.max(self.units);
    }

    fn count(&mut self, sample: &Sample, ms: f64, first: bool) {
        self.bytes += u64::from(sample.length);
        let known = self.payload_types.len();
        if known < MOST_PAYLOAD_TYPES || self.payload_types.contains_key(&sample.payload_type) {
            let of_type = self.payload_types.entry(sample.payload_type).or_default();
            of_type.packets += 1;
            of_type.payload_bytes += u64::from(sample.payload_length);
            of_type.markers += u64::from(sample.marker);
        }
        if let Some((_, red)) = self.red.as_mut().filter(|(number, _)| *number == sample.payload_type) {
            red.packet(sample);
        }
        self.padded += u64::from(sample.padding);
        self.empty += u64::from(sample.payload_length == 0);
        if let Some(form) = sample.extension {
            self.forms[form as usize] += 1;
        }
        let row = self.series.at(sample.at);
        row.packets += 1;
        row.bytes = row.bytes.saturating_add(sample.length);
        self.jitter.raise(&mut row.jitter);
        if !first {
            row.gap_ms = row.gap_ms.max(ms as f32);
        }
    }

    /// From now on, packets of this type hold redundancy, in clear (RFC 2198).
    pub fn expect_red(&mut self, payload_type: u8) {
        self.red = Some((payload_type, Red::default()));
    }

    /// What packets with redundancy held, where it is known which they are.
    #[must_use]
    pub fn red(&self) -> Option<&Red> {
        self.red.as_ref().map(|(_, red)| red).filter(|red| red.packets > 0)
    }

    /// Looks into the header extension of a packet.
    pub fn learn(&mut self, packet: &rtp::Packet<'_>) {
        for (id, value) in packet.extension().iter().flat_map(|extension| extension.elements()) {
            self.elements.element(id, value);
        }
    }

    /// Decides what is still open: nothing more will come.
    pub fn finish(&mut self) {
        let series = &mut self.series;
        self.sequence.finish(&mut |loss| series.at(loss.at).lost += 1);
        self.holes.iter_mut().for_each(Holes::finish);
    }

    /// The first packet to arrive.
    #[must_use]
    pub fn first(&self) -> &Sample {
        &self.first
    }

    /// The last packet to arrive.
    #[must_use]
    pub fn last(&self) -> &Sample {
        &self.last
    }

    /// Its numbers.
    #[must_use]
    pub fn sequence(&self) -> &Sequence {
        &self.sequence
    }

    /// Its timestamps against the capture's clock.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Its jitter, packet by packet.
    #[must_use]
    pub fn jitter(&self) -> &Jitter {
        &self.jitter
    }

    /// Its frames, if it is video.
    #[must_use]
    pub fn frames(&self) -> &Frames {
        &self.frames
    }

    /// Its frames that never were whole; `None` where it is clear that it is not video.
    #[must_use]
    pub fn holes(&self) -> Option<&Holes> {
        self.holes.as_ref()
    }

    /// It over time.
    #[must_use]
    pub fn series(&self) -> &Series {
        &self.series
    }

    /// The highest jitter of a row, in milliseconds, at the clock of `rate` Hz.
    #[must_use]
    pub fn row_jitter_ms(&self, row: &Row, rate: u32) -> Option<f64> {
        self.jitter.place(rate).map(|at| f64::from(row.jitter[at]) * 1e3)
    }

    /// The longest pause between two packets; `None` where there is one packet.
    #[must_use]
    pub fn gap(&self) -> Option<Gap> {
        self.gap
    }

    /// The pauses between packets that are long.
    #[must_use]
    pub fn pauses(&self) -> Vec<Pause> {
        self.pauses.kept()
    }

    /// Bytes from the RTP header on.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// What was sent with each payload type.
    #[must_use]
    pub fn payload_types(&self) -> &BTreeMap<u8, OfType> {
        &self.payload_types
    }

    /// How long it lasted, in seconds of the capture's clock.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        self.last.at.seconds_since(self.first.at).max(0.0)
    }

    /// How far its timestamps went, in their units.
    #[must_use]
    pub fn span_units(&self) -> i64 {
        self.newest
    }

    /// When its numbers began anew for the first time.
    #[must_use]
    pub fn restarted(&self) -> Option<(Time, Frame)> {
        self.restarted
    }

    /// Packets whose header says that padding follows.
    #[must_use]
    pub fn padded(&self) -> u64 {
        self.padded
    }

    /// Packets that end with the header.
    #[must_use]
    pub fn empty(&self) -> u64 {
        self.empty
    }

    /// The identifiers of header extensions that were seen, from 1 to 63.
    pub fn elements(&self) -> impl Iterator<Item = u8> + '_ {
        self.elements.ids()
    }

    /// The text that an element of the header extension has in all packets that were looked into.
    #[must_use]
    pub fn element_text(&self, id: u8) -> Option<&str> {
        self.elements.text(id)
    }

    /// Keys that were pressed, with a payload type that is known to be for them, or all of whose packets look so.
    #[must_use]
    pub fn events(&self, is_known: impl Fn(u8) -> bool) -> Vec<&Event> {
        let likely: Vec<u8> = self.events.likely().collect();
        let of_events = |number: &&u8| is_known(**number) || likely.contains(number);
        self.payload_types.keys().filter(of_events).flat_map(|number| self.events.of(*number)).collect()
    }

    /// Some of its packets, when they came, with their timestamps.
    #[must_use]
    pub fn points(&self) -> &[(Time, u32)] {
        self.points.all()
    }

    /// Whether one of its last packets had this timestamp.
    #[must_use]
    pub fn had_timestamp(&self, timestamp: u32) -> bool {
        self.recent.has(timestamp)
    }

    /// Whether a frame with this timestamp would be among its last ones, and is not there.
    #[must_use]
    pub fn lacks_timestamp(&self, timestamp: u32) -> bool {
        self.recent.lacks(timestamp)
    }

    /// Whether most of its packets have a payload type.
    #[must_use]
    pub fn is_mainly(&self, payload_type: u8) -> bool {
        let of_type = self.payload_types.get(&payload_type).map_or(0, |of_type| of_type.packets);
        of_type * 2 > self.sequence.packets()
    }

    /// Packets with a header extension of a form.
    #[must_use]
    pub fn with_extension(&self, form: Form) -> u64 {
        self.forms[form as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Packets 20 ms apart by this clock, every tenth lost.
    fn stream(rate: u32) -> Stream {
        let sample = |n: u32| {
            let number = n as u16;
            let header =
                [&[0x80, 96][..], &number.to_be_bytes(), &(n * rate / 50).to_be_bytes(), &[0; 4]].concat();
            let frame = Frame { file: 0, number: u64::from(n) };
            let packet = rtp::Packet::read(&header, header.len()).unwrap();
            Sample::new(Time(i64::from(n) * 20_000_000), frame, &packet)
        };
        let mut stream = Stream::new(sample(0), Time(0), 1_000_000_000, None);
        for n in (1..2_000).filter(|n| n % 10 != 0) {
            stream.packet(&sample(n));
        }
        stream.finish();
        stream
    }

    #[test]
    fn frames_that_were_not_whole_are_of_video_alone() {
        let [video, audio] = [stream(90_000), stream(48_000)];
        assert_eq!(video.sequence().missing(), audio.sequence().missing());
        assert_eq!(video.holes().map(|holes| holes.incomplete().0), Some(199));
        assert!(audio.holes().is_none());
    }
}
