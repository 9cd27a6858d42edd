//! Whether anything still comes: a path that dies in mid-call does not say so.

use std::fmt;
use std::time::{Duration, Instant};

use super::end::End;

/// What flew each way, behind what impairment did to it: what was dropped on purpose is nobody's silence.
#[derive(Debug, Clone)]
pub struct Silence {
    /// When the call began.
    start: Instant,
    /// When it was up.
    up: Option<Instant>,
    /// By who sends.
    ways: [Way; 2],
    /// When this was last looked at.
    looked: Option<Instant>,
}

/// One direction.
#[derive(Debug, Clone, Copy, Default)]
struct Way {
    /// The last that came.
    came: Option<Instant>,
    /// What was sent since, and the first and last of it.
    unheard: Option<(u64, Instant, Instant)>,
}

/// Nothing comes any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Silent {
    /// From whom; `None`: from either.
    pub from: Option<End>,
    /// When the last came, from the start of the call.
    pub since: Duration,
}

impl fmt::Display for Silent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let from = self.from.map_or_else(|| "either end".to_owned(), |end| format!("the {}", end.name()));
        write!(f, "nothing came from {from} from {:.2} s on", self.since.as_secs_f64())
    }
}

/// A path is dead that has been silent for so long.
const SILENCE: Duration = Duration::from_secs(3);
/// So many datagrams have to be unheard meanwhile.
const ENOUGH: u64 = 5;
/// In the last third of a call that is shorter than that, it has to be so many.
const MUCH: u64 = 10;
/// Who looks less often than that was kept from running, and so were others.
const STALL: Duration = Duration::from_secs(1);

impl Silence {
    /// Of a call that begins at `start`.
    #[must_use]
    pub fn new(start: Instant) -> Self {
        Self { start, up: None, ways: Default::default(), looked: None }
    }

    /// An end sent a datagram.
    pub fn sent(&mut self, from: End, now: Instant) {
        let unheard = &mut self.ways[from as usize].unheard;
        *unheard = Some(unheard.map_or((1, now, now), |(sent, first, _)| (sent + 1, first, now)));
    }

    /// A datagram reached an end.
    pub fn came(&mut self, to: End, now: Instant) {
        self.ways[to.other() as usize] = Way { came: Some(now), unheard: None };
    }

    /// Looks at a call that is up, when all that has come was read.
    pub fn look(&mut self, now: Instant) -> Option<Silent> {
        self.up.get_or_insert(now);
        let stalled = self.looked.replace(now).is_some_and(|looked| now > looked + STALL);
        if stalled {
            for (_, first, _) in self.ways.iter_mut().filter_map(|way| way.unheard.as_mut()) {
                *first = now;
            }
        }
        self.silent(|way| {
            way.unheard.is_some_and(|(sent, first, _)| sent >= ENOUGH && now >= first + SILENCE)
        })
    }

    /// Looks at a call at its end, for which there may have been too little time.
    #[must_use]
    pub fn at_end(&self) -> Option<Silent> {
        let up = self.up?;
        self.silent(|way| {
            way.unheard.is_some_and(|(sent, _, last)| {
                let lasted = last.saturating_duration_since(up);
                sent >= MUCH && way.came.is_none_or(|came| came < up + lasted * 2 / 3)
            })
        })
    }

    fn silent(&self, is_silent: impl Fn(&Way) -> bool) -> Option<Silent> {
        let silent: Vec<End> =
            End::BOTH.into_iter().filter(|end| is_silent(&self.ways[*end as usize])).collect();
        let came = silent.iter().map(|end| self.ways[*end as usize].came.unwrap_or(self.start));
        let since = came.max()?.saturating_duration_since(self.start);
        let from = if let [one] = silent[..] { Some(one) } else { None };
        Some(Silent { from, since })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    /// A datagram each way every 10 ms up to `until`, those of `from` for so long only.
    fn call(until: u32, silent: &[End], from: u32) -> (Silence, Option<(u32, Silent)>) {
        let start = Instant::now();
        let (mut silence, mut found) = (Silence::new(start), None);
        for ms in (0..until).step_by(10) {
            let now = start + ms * MS;
            for end in End::BOTH {
                silence.sent(end, now);
                if ms < from || !silent.contains(&end) {
                    silence.came(end.other(), now);
                }
            }
            found = found.or_else(|| Some((ms, silence.look(now)?)));
        }
        (silence, found)
    }

    #[test]
    fn a_direction_that_falls_silent_is_found_after_three_seconds_and_told_from_when_on() {
        let (_, found) = call(8000, &[End::Callee], 2000);
        let (at, silent) = found.unwrap();
        assert_eq!(at, 5000);
        assert_eq!(silent.to_string(), "nothing came from the callee from 1.99 s on");
        let (_, found) = call(8000, &End::BOTH, 2000);
        assert_eq!(found.unwrap().1.to_string(), "nothing came from either end from 1.99 s on");
    }

    #[test]
    fn a_call_too_short_for_that_is_judged_by_its_last_third() {
        let (silence, found) = call(1500, &[End::Caller], 700);
        assert_eq!((found, silence.at_end().unwrap().from), (None, Some(End::Caller)));
        for (silent, from) in [(&[][..], 0), (&[End::Caller], 1200)] {
            assert_eq!(call(1500, silent, from).0.at_end(), None);
        }
    }

    #[test]
    fn who_was_stopped_himself_waits_anew() {
        let (mut silence, found) = call(3000, &[End::Callee], 100);
        assert_eq!(found, None);
        let late = silence.start + 20_000 * MS;
        assert_eq!(silence.look(late), None);
        silence.came(End::Caller, late);
        assert_eq!(silence.look(late + 900 * MS), None);
    }

    #[test]
    fn where_next_to_nothing_is_sent_nothing_is_said() {
        let start = Instant::now();
        let mut silence = Silence::new(start);
        for second in 0..4 {
            silence.sent(End::Caller, start + 1000 * MS * second);
            assert_eq!(silence.look(start + 1000 * MS * second), None);
        }
        assert_eq!(silence.at_end(), None);
    }
}
