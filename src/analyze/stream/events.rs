//! Keys that were pressed: named telephone events (RFC 4733 §2.3).

use std::collections::BTreeMap;

use super::Sample;
use crate::capture::{Frame, Time};

/// The payload of an event.
const LENGTH: u32 = 4;
/// Events told one by one.
const MOST: usize = 256;
/// Payload types below are assigned to codecs.
const FIRST_DYNAMIC: u8 = 96;
/// Of events that are keys (RFC 4733 §3.2), the hook flash included.
const KEYS: [&str; 17] =
    ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "#", "A", "B", "C", "D", "flash"];

/// One event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event {
    /// What it is sent with.
    pub payload_type: u8,
    /// Its number.
    pub number: u8,
    /// When its first packet came.
    pub at: Time,
    /// Its first packet.
    pub first: Frame,
    /// Its last packet.
    pub last: Frame,
    /// How long the key was held, in units of the timestamp, as the last packet says.
    pub duration: u16,
    /// In dBm0, less than zero.
    pub volume: u8,
    /// Its packets.
    pub packets: u64,
    /// Those that say that it has ended.
    pub ends: u64,
    timestamp: u32,
}

impl Event {
    /// The key.
    #[must_use]
    pub fn key(&self) -> String {
        KEYS.get(usize::from(self.number))
            .map_or_else(|| format!("event {}", self.number), |key| (*key).to_owned())
    }
}

/// What the packets of a payload type look like.
#[derive(Debug, Clone, Copy, Default)]
struct OfType {
    packets: u64,
    /// Packets that are no event's.
    others: u64,
}

/// The events of one stream.
#[derive(Debug, Clone, Default)]
pub(super) struct Events {
    told: Vec<Event>,
    count: u64,
    types: BTreeMap<u8, OfType>,
}

impl Events {
    /// Takes a packet of a payload type that is not assigned. Whether it looks like an event's, as all did before.
    pub(super) fn packet(&mut self, sample: &Sample) -> bool {
        if sample.payload_type < FIRST_DYNAMIC {
            return false;
        }
        let (head, length) = (sample.head(), sample.payload_length);
        let of_type = match self.types.get_mut(&sample.payload_type) {
            Some(of_type) => of_type,
            None if length == LENGTH => self.types.entry(sample.payload_type).or_default(),
            None => return false,
        };
        of_type.packets += 1;
        let (&[number, flags, high, low], LENGTH) = (head.first_chunk().unwrap_or(&[0, 0x40, 0, 0]), length)
        else {
            of_type.others += 1;
            return false;
        };
        if flags & 0x40 != 0 || of_type.others > 0 {
            of_type.others += 1;
            return false;
        }
        let duration = u16::from_be_bytes([high, low]);
        let known = self.told.last_mut().filter(|event| {
            event.timestamp == sample.timestamp
                && event.payload_type == sample.payload_type
                && event.number == number
        });
        if let Some(event) = known {
            event.packets += 1;
            event.ends += u64::from(flags >> 7);
            event.duration = event.duration.max(duration);
            event.last = sample.frame;
            return true;
        }
        self.count += 1;
        if self.told.len() < MOST {
            self.told.push(Event {
                payload_type: sample.payload_type,
                number,
                at: sample.at,
                first: sample.frame,
                last: sample.frame,
                duration,
                volume: flags & 0x3f,
                packets: 1,
                ends: u64::from(flags >> 7),
                timestamp: sample.timestamp,
            });
        }
        true
    }

    /// The events of a payload type, the first of them; none where a packet of it was none.
    pub(super) fn of(&self, payload_type: u8) -> impl Iterator<Item = &Event> {
        let is_one = self.types.get(&payload_type).is_some_and(|of_type| of_type.others == 0);
        self.told.iter().filter(move |event| is_one && event.payload_type == payload_type)
    }

    /// Payload types whose packets all look like events, and behave so: keys that end.
    pub(super) fn likely(&self) -> impl Iterator<Item = u8> + '_ {
        let whole = |number: u8| {
            let mut events = self.of(number).peekable();
            events.peek().is_some()
                && events.all(|event| usize::from(event.number) < KEYS.len() && event.ends > 0)
        };
        self.types.keys().copied().filter(move |number| whole(*number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rtp::Packet;

    fn sample(payload_type: u8, timestamp: u32, payload: &[u8], number: u64) -> Sample {
        let header = [&[0x80, payload_type, 0, number as u8][..], &timestamp.to_be_bytes(), &[0; 4]].concat();
        let bytes = [header, payload.to_vec()].concat();
        let frame = Frame { file: 0, number };
        Sample::new(Time(number as i64), frame, &Packet::read(&bytes, bytes.len()).unwrap())
    }

    #[test]
    fn packets_with_one_timestamp_are_one_key() {
        let mut events = Events::default();
        let packets: [(u32, [u8; 4]); 6] = [
            (800, [5, 10, 0, 160]),
            (800, [5, 10, 1, 64]),
            (800, [5, 0x8a, 1, 224]),
            (800, [5, 0x8a, 1, 224]),
            (2400, [11, 10, 0, 160]),
            (2400, [11, 0x8a, 0, 160]),
        ];
        for (n, (timestamp, payload)) in (1..).zip(packets) {
            assert!(events.packet(&sample(101, timestamp, &payload, n)));
        }
        let told: Vec<_> =
            events.of(101).map(|e| (e.key(), e.duration, e.packets, e.ends, e.volume)).collect();
        assert_eq!(told, [("5".to_owned(), 480, 4, 2, 10), ("#".to_owned(), 160, 2, 1, 10)]);
        assert_eq!(events.likely().collect::<Vec<_>>(), [101]);
    }

    #[test]
    fn other_payloads_are_none() {
        let mut events = Events::default();
        assert!(!events.packet(&sample(111, 0, &[1, 2, 3], 1)));
        assert!(!events.packet(&sample(0, 0, &[5, 10, 0, 160], 2)));
        // Looks like one by chance, and then it does not.
        assert!(events.packet(&sample(112, 0, &[5, 10, 0, 160], 3)));
        assert!(!events.packet(&sample(112, 0, &[5, 10, 0, 160, 9], 4)));
        assert!(!events.packet(&sample(112, 0, &[5, 10, 0, 160], 5)));
        assert_eq!((events.of(112).count(), events.likely().count()), (0, 0));
    }
}
