//! Which packets were asked for again, and when: to be held against what came late, and against retransmissions.

use std::collections::{BTreeMap, VecDeque};

use crate::capture::{Frame, Time};

/// Numbers that are kept over all sources, some 4 MB. Older ones are forgotten.
const MOST: usize = 1 << 16;
/// A number asked for again after so long is another packet: even a fast stream's numbers take seconds to come around.
const AGAIN_NS: i64 = 5_000_000_000;

/// A packet that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// When it was first.
    pub at: Time,
    /// The packet of the file that asked first.
    pub frame: Frame,
    /// When it was last.
    pub last: Time,
    /// How many times.
    pub times: u32,
}

/// All that was asked for, by source and number.
#[derive(Debug, Clone, Default)]
pub(super) struct Nacks {
    asked: BTreeMap<(u32, u16), Asked>,
    order: VecDeque<(u32, u16)>,
    pub(super) forgotten: u64,
}

impl Nacks {
    pub(super) fn ask(&mut self, ssrc: u32, sequence: u16, at: Time, frame: Frame) {
        let key = (ssrc, sequence);
        if let Some(asked) = self.asked.get_mut(&key) {
            if at.since(asked.last) < AGAIN_NS {
                asked.last = at;
                asked.times = asked.times.saturating_add(1);
            } else {
                *asked = Asked { at, frame, last: at, times: 1 };
            }
            return;
        }
        if self.order.len() >= MOST
            && let Some(oldest) = self.order.pop_front()
        {
            self.asked.remove(&oldest);
            self.forgotten += 1;
        }
        self.order.push_back(key);
        self.asked.insert(key, Asked { at, frame, last: at, times: 1 });
    }

    pub(super) fn of(&self, ssrc: u32) -> impl Iterator<Item = (u16, Asked)> + '_ {
        self.asked.range((ssrc, 0)..=(ssrc, u16::MAX)).map(|((_, sequence), asked)| (*sequence, *asked))
    }

    pub(super) fn get(&self, ssrc: u32, sequence: u16) -> Option<&Asked> {
        self.asked.get(&(ssrc, sequence))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_asked_for_once_until_it_comes_around() {
        let mut nacks = Nacks::default();
        let frame = |number| Frame { file: 0, number };
        nacks.ask(1, 7, Time(10), frame(1));
        nacks.ask(1, 7, Time(20), frame(2));
        nacks.ask(2, 7, Time(30), frame(3));
        let asked = Asked { at: Time(10), frame: frame(1), last: Time(20), times: 2 };
        assert_eq!(nacks.of(1).collect::<Vec<_>>(), [(7, asked)]);
        nacks.ask(1, 7, Time(20 + AGAIN_NS), frame(4));
        assert_eq!(nacks.get(1, 7).unwrap().frame, frame(4));
    }

    #[test]
    fn what_is_oldest_is_forgotten() {
        let mut nacks = Nacks::default();
        for n in 0..MOST as u32 + 5 {
            nacks.ask(n >> 16, n as u16, Time(i64::from(n)), Frame::default());
        }
        assert_eq!((nacks.forgotten, nacks.order.len(), nacks.asked.len()), (5, MOST, MOST));
        assert!(nacks.get(0, 4).is_none() && nacks.get(0, 5).is_some() && nacks.get(1, 4).is_some());
    }
}
