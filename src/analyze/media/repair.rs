//! Streams that repair others (RFC 4588): told by descriptions, by the timestamps that both have, or by the numbers that
//! they say they repeat; and what came of what was asked for again.

use crate::analyze::reports::Asked;
use crate::analyze::spread::{Quantiles, Spread};
use crate::analyze::stream::{Sample, Stream};

/// Packets of a stream whose timestamps are looked for in others of its leg.
const LOOKED_AT: u32 = 512;
/// Others that they are looked for in.
const MOST_OTHERS: usize = 16;
/// Of a hundred packets, so many have a timestamp of the stream that they repair.
const SHARE: u32 = 70;
/// Units of a timestamp: two seconds of video.
const NEAR: u32 = 180_000;
/// Packets before that means something.
const FEWEST: u32 = 3;
/// Packets whose original number is kept until it is known which stream it is of.
const MOST_PENDING: usize = 16;

/// What one stream has to do with others of its leg.
#[derive(Debug, Clone, Default)]
pub(in crate::analyze) struct Repair {
    looked: u32,
    /// By place: packets whose timestamp was one of the other's last.
    hits: Vec<(usize, u32)>,
    /// A description says which.
    stated: Option<usize>,
    /// The payload type that this one's is for, as a description says, and the only stream that has it.
    associated: Option<u8>,
    only: Option<usize>,
    /// Packets that came before it was known what they repeat, and whether they can be read.
    pending: Vec<(Sample, bool)>,
    original: Option<u16>,
    counts: Counts,
}

/// What retransmissions did, where their payload can be read.
#[derive(Debug, Clone, Default)]
pub(in crate::analyze) struct Counts {
    /// Packets whose original number can be read.
    pub(super) read: u64,
    /// Those of a number that was missing, and is not since.
    pub(super) recovered: u64,
    /// Those of a number that was asked for.
    pub(super) answered: u64,
    latency: Spread,
}

impl Counts {
    /// From the first request for a packet to its retransmission.
    pub(super) fn latency(&self) -> Option<Quantiles> {
        self.latency.quantiles()
    }
}

impl Repair {
    /// A description says which stream it repairs.
    pub(in crate::analyze) fn state(&mut self, primary: usize) {
        self.stated = Some(primary);
    }

    /// A description says which payload type its own is for (`apt`).
    pub(in crate::analyze) fn associate(&mut self, payload_type: Option<u8>) {
        self.associated = payload_type;
    }

    /// Whether there is still something to learn from packets.
    pub(in crate::analyze) fn is_open(&self) -> bool {
        self.looked < LOOKED_AT || self.associated.is_some() || self.primary().is_some()
    }

    /// Takes a packet; `others` are the streams on its leg by their places. `number` is that of the packet which it says
    /// it repeats, where it can be read.
    pub(in crate::analyze) fn look<'s>(
        &mut self,
        sample: &Sample,
        number: Option<u16>,
        others: impl Iterator<Item = (usize, &'s Stream)> + Clone,
    ) {
        if let Some(payload_type) = self.associated {
            let mut of_type = others.clone().filter(|(_, other)| other.is_mainly(payload_type));
            self.only = of_type.next().map(|(place, _)| place).filter(|_| of_type.next().is_none());
        }
        if self.looked >= LOOKED_AT {
            return;
        }
        // Bytes that are always the same are no numbers.
        let number = number.filter(|number| self.original.replace(*number) != Some(*number));
        let near = |stream: &Stream| {
            (sample.timestamp.wrapping_sub(stream.last().timestamp) as i32).unsigned_abs() <= NEAR
        };
        // Padding, sent to probe for bandwidth, has a timestamp somewhere near those of the media.
        let is_like = |stream: &Stream| match sample.padding {
            true => near(stream),
            false => {
                stream.had_timestamp(sample.timestamp)
                    || number.is_some_and(|number| near(stream) && stream.sequence().is_recent(number))
                    || stream.lacks_timestamp(sample.timestamp)
            }
        };
        // A first packet may come before any media, with whatever timestamp.
        self.looked += u32::from(!(sample.padding && sample.timestamp == 0));
        for (place, stream) in others.take(MOST_OTHERS) {
            if is_like(stream) {
                match self.hits.iter_mut().find(|(other, _)| *other == place) {
                    Some((_, hits)) => *hits += 1,
                    None => self.hits.push((place, 1)),
                }
            }
        }
    }

    /// A packet, before it is known what it repeats: its turn comes with [`pending`](Self::pending).
    pub(in crate::analyze) fn keep(&mut self, sample: &Sample, is_open: bool) {
        if self.pending.len() < MOST_PENDING {
            self.pending.push((*sample, is_open));
        }
    }

    /// The packets that were kept, now that it is known what they repeat.
    pub(in crate::analyze) fn pending(&mut self) -> Vec<(Sample, bool)> {
        std::mem::take(&mut self.pending)
    }

    /// Takes the original number of a retransmission that can be read.
    pub(in crate::analyze) fn read(&mut self, sample: &Sample, was_missing: bool, asked: Option<&Asked>) {
        self.counts.read += 1;
        self.counts.recovered += u64::from(was_missing);
        if let Some(asked) = asked {
            self.counts.answered += 1;
            self.counts.latency.add(sample.at.since(asked.at));
        }
    }

    /// The stream whose timestamps nearly all its packets have, or that a description names.
    pub(in crate::analyze) fn primary(&self) -> Option<usize> {
        let likely = || self.hits.iter().max_by_key(|(_, hits)| *hits);
        let is_one = |hits: u32| self.looked >= FEWEST && hits * 100 >= self.looked * SHARE;
        let shown = || likely().filter(|(_, hits)| is_one(*hits)).map(|(place, _)| *place);
        self.stated.or_else(shown).or(self.only)
    }

    /// The streams have other places now.
    pub(in crate::analyze) fn moved(&mut self, places: &[usize]) {
        self.hits.iter_mut().for_each(|(place, _)| *place = places[*place]);
        self.stated = self.stated.map(|place| places[place]);
        self.only = self.only.map(|place| places[place]);
    }

    /// Whether a description says so.
    pub(super) fn is_stated(&self) -> bool {
        self.stated.is_some() || self.only.is_some() && self.only == self.primary()
    }

    pub(super) fn counts(&self) -> &Counts {
        &self.counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::{Frame, Time};
    use crate::rtp::Packet;

    fn sample(padding: bool, sequence: u16, timestamp: u32, payload: &[u8]) -> Sample {
        let first = if padding { 0xa0 } else { 0x80 };
        let bytes =
            [&[first, 97][..], &sequence.to_be_bytes(), &timestamp.to_be_bytes(), &[0, 0, 0, 9], payload]
                .concat();
        let at = Time(i64::from(sequence) * 10_000_000);
        Sample::new(at, Frame::default(), &Packet::read(&bytes, bytes.len()).unwrap())
    }

    /// Three packets a frame, one of twenty packets missing.
    fn video(offset: u32) -> Stream {
        let number = |n: u16| sample(false, n, offset.wrapping_add(u32::from(n) / 3 * 3000), &[1]);
        let mut stream = Stream::new(number(0), Time(0), 1_000_000_000, Some(90_000));
        (1..150).filter(|n| n % 20 != 7).for_each(|n| {
            stream.packet(&number(n));
        });
        stream
    }

    #[test]
    fn what_has_the_timestamps_of_another_repairs_it() {
        let (one, other) = (video(5), video(1_000_000_000));
        let streams = || [(3, &one), (4, &other)].into_iter();
        let mut repair = Repair::default();
        repair.look(&sample(true, 1, 0, &[0]), None, streams());
        for n in [120_u16, 127, 130, 147] {
            repair.look(&sample(false, n, 1_000_000_000 + u32::from(n) / 3 * 3000, &[0]), None, streams());
        }
        repair.look(&sample(true, 9, 1_000_000_000 + 77_777, &[0]), None, streams());
        assert_eq!(repair.primary(), Some(4));
        repair.moved(&[0, 1, 2, 4, 3]);
        assert_eq!(repair.primary(), Some(3));
    }

    #[test]
    fn other_timestamps_are_of_other_streams() {
        let (one, other) = (video(5), video(1_000_000_000));
        let mut repair = Repair::default();
        for n in 0..100 {
            repair.look(
                &sample(false, n, 2_000_000_000 + u32::from(n) * 3000, &[0]),
                Some(n),
                [(3, &one), (4, &other)].into_iter(),
            );
        }
        assert_eq!(repair.primary(), None);
        repair.state(3);
        assert_eq!(repair.primary(), Some(3));
    }

    #[test]
    fn what_was_missing_and_asked_for_is_recovered_and_answered() {
        let one = video(0);
        let mut repair = Repair::default();
        let asked = Asked { at: Time(0), frame: Frame::default(), last: Time(0), times: 1 };
        for (original, asked) in [(127_u16, Some(&asked)), (128, None), (147, None)] {
            let was_missing = one.sequence().is_missing(original);
            repair.read(&sample(false, 3, 0, &original.to_be_bytes()), was_missing, asked);
        }
        let counts = repair.counts();
        assert_eq!((counts.read, counts.recovered, counts.answered), (3, 2, 1));
        assert_eq!(counts.latency().map(|ms| ms.p50_ms), Some(30.0));
    }

    /// Frames of one packet, every tenth missing.
    fn audio() -> Stream {
        let number = |n: u16| sample(false, n, u32::from(n) * 960, &[1]);
        let mut stream = Stream::new(number(0), Time(0), 1_000_000_000, None);
        (1..100).filter(|n| n % 10 != 7).for_each(|n| {
            stream.packet(&number(n));
        });
        stream
    }

    #[test]
    fn frames_that_were_lost_whole_show_by_their_numbers_or_by_the_holes_they_left() {
        let (one, other) = (audio(), video(1_000_000_000));
        for readable in [true, false] {
            let mut repair = Repair::default();
            for n in [67_u16, 77, 87, 97] {
                let again = sample(false, n, u32::from(n) * 960, &n.to_be_bytes());
                repair.look(&again, readable.then_some(n), [(3, &one), (4, &other)].into_iter());
            }
            assert_eq!(repair.primary(), Some(3), "readable: {readable}");
        }
        // Off the grid, and bytes that do not change.
        let mut repair = Repair::default();
        for n in [67_u16, 77, 87, 97] {
            let like = sample(false, n, u32::from(n) * 960 + 100, &[0, 67]);
            repair.look(&like, Some(67), [(3, &one)].into_iter());
        }
        assert_eq!(repair.primary(), None);
    }

    #[test]
    fn a_payload_type_that_only_one_stream_has_says_which() {
        let (one, other) = (audio(), video(1_000_000_000));
        let mut repair = Repair::default();
        repair.associate(Some(97));
        repair.look(&sample(false, 1, 5, &[0, 1]), Some(1), [(3, &one)].into_iter());
        assert!(repair.is_stated() && repair.primary() == Some(3));
        repair.look(&sample(false, 2, 6, &[0, 1]), Some(1), [(3, &one), (4, &other)].into_iter());
        assert_eq!(repair.primary(), None);
    }
}
