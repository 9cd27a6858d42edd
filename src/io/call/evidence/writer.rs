//! The thread that writes packets down.

use std::sync::Mutex;
use std::time::Duration;

use super::plain::{Opened, Plain};
use super::{Taken, Waiting, What, in_words, locked};
use crate::io::output::NewFile;
use crate::recording::packets::{Packet, datagram, within};

/// How often it looks for what waits. Nobody wakes it: that would cost the call more than all else here.
const PAUSE: Duration = Duration::from_millis(20);

/// Both files.
#[derive(Debug)]
pub(super) struct Writer {
    wire: Sink,
    plain: Sink,
    opener: Plain,
}

#[derive(Debug)]
struct Sink {
    file: Option<NewFile>,
    /// Why nothing is written any more.
    broken: Option<String>,
}

impl Writer {
    pub(super) fn new(wire: Option<NewFile>, plain: Option<NewFile>) -> Self {
        Self { wire: Sink::new(wire), plain: Sink::new(plain), opener: Plain::default() }
    }

    /// Writes what comes until it is over; what could not be written, in a sentence each.
    pub(super) fn run(mut self, waiting: &Mutex<Waiting>) -> Vec<String> {
        loop {
            let (packets, over) = {
                let mut waiting = locked(waiting);
                waiting.bytes = 0;
                (std::mem::take(&mut waiting.packets), waiting.over)
            };
            self.take(packets, over);
            if over {
                break;
            }
            std::thread::park_timeout(PAUSE);
        }
        let missing = match locked(waiting).missing {
            0 => None,
            missing => Some(format!(
                "{missing} packets are not in the recording, as they came faster than could be written"
            )),
        };
        missing.into_iter().chain(self.wire.finish()).chain(self.plain.finish()).collect()
    }

    fn take(&mut self, packets: Vec<Taken>, over: bool) {
        if self.wire.is_open() {
            let mut bytes = Vec::new();
            for taken in &packets {
                if let What::Datagram(payload) = &taken.what {
                    datagram(&mut bytes, &taken.packet(payload));
                }
            }
            self.wire.write(&bytes);
        }
        if self.plain.is_open() {
            let mut bytes = Vec::new();
            self.opener.take(packets, over, &mut |taken, opened| match opened {
                Opened::AsItCame(payload) => datagram(&mut bytes, &taken.packet(payload)),
                Opened::Within(dissector, payload) => within(&mut bytes, &taken.packet(payload), dissector),
            });
            self.plain.write(&bytes);
        }
    }
}

impl Taken {
    fn packet<'a>(&self, bytes: &'a [u8]) -> Packet<'a> {
        let at = u64::try_from(self.at.as_nanos()).unwrap_or(u64::MAX);
        Packet { at, end: self.end as usize, from: self.from, to: self.to, bytes }
    }
}

impl Sink {
    fn new(file: Option<NewFile>) -> Self {
        Self { file, broken: None }
    }

    fn is_open(&self) -> bool {
        self.file.is_some()
    }

    fn write(&mut self, bytes: &[u8]) {
        let Some(file) = self.file.as_mut().filter(|_| !bytes.is_empty()) else { return };
        if let Err(error) = file.write(bytes) {
            self.broken = Some(in_words(&error));
            self.file = None;
        }
    }

    fn finish(self) -> Option<String> {
        let failed = self.file.and_then(|file| file.commit().err());
        self.broken.or_else(|| failed.map(|error| in_words(&error)))
    }
}
