//! What is sent when it is due: media, pings, and all that a channel takes.

use std::time::Instant;

use super::{Call, Stage};
use crate::call::end::End;

/// Bytes of messages that wait while the channel is filled.
const HIGH_WATER: usize = 512 << 10;
/// Which channel is which, in the order in which they are offered.
const PINGS: usize = 0;
const BULK: usize = 1;

impl Call {
    /// Sends what is due; whether anything was.
    pub(super) fn work(&mut self, now: Instant) -> bool {
        self.associated(now);
        let since_start = now.saturating_duration_since(self.phases.start());
        let sending = matches!(self.stage, Stage::Rising | Stage::Lasting { .. });
        let caller = &mut self.sides[End::Caller as usize];
        if let (Stage::Lasting { .. }, Some(pings)) = (self.stage, &mut self.pings)
            && pings.due().is_some_and(|due| due <= now)
        {
            caller.due = None;
            let taken = caller.peer.send(PINGS, pings.next(since_start));
            pings.taken(matches!(taken, Ok(true)), now);
            if let Err(error) = taken {
                self.broken(&error);
            }
            return true;
        }
        let sources = End::BOTH.into_iter().filter(|_| sending).flat_map(|end| {
            let sources = self.sides[end as usize].sources.iter().enumerate();
            sources.map(move |(at, (_, source))| (source.due(), end, at))
        });
        // Where all are late, each has its turn.
        if let Some((due, end, at)) = sources.min_by_key(|(due, ..)| *due).filter(|(due, ..)| *due <= now) {
            self.late = self.late.max(now.saturating_duration_since(due));
            let side = &mut self.sides[end as usize];
            let (kind, source) = &mut side.sources[at];
            if let Some(packet) = source.poll(now) {
                side.due = None;
                match side.peer.write(*kind, packet, since_start, now) {
                    Ok(true) => self.series.sent(end, *kind, since_start),
                    Ok(false) => {}
                    Err(error) => self.broken(&error),
                }
                return true;
            }
        }
        let caller = &mut self.sides[End::Caller as usize];
        if let (Stage::Filling { until }, Some(bulk)) = (self.stage, &mut self.bulk)
            && now < until
            && caller.peer.waiting(BULK) < HIGH_WATER
        {
            caller.due = None;
            match caller.peer.send(BULK, &bulk.message) {
                Ok(true) => bulk.sent_bytes += bulk.message.len() as u64,
                Ok(false) => return false,
                Err(error) => self.broken(&error),
            }
            return true;
        }
        false
    }
}
