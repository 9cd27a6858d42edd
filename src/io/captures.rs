//! Several captures as one: read and taken apart in a thread of its own, ahead of what takes the datagrams.

use std::num::NonZero;
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};
use std::thread;

use super::capture::CaptureFile;
use crate::analyze::summary::CaptureFacts;
use crate::capture::{Datagram, Decoder, Section, Time};

/// Bytes of payload that are handed over at once, and packets.
const BYTES: usize = 1 << 18;
const PACKETS: usize = 1024;
/// Batches on their way: some 3 MB.
const AHEAD: usize = 8;
/// Packets between two looks at how far it is, where there are no batches.
const TELL_EVERY: u64 = 1 << 14;

/// What captures come to, in order.
#[derive(Debug)]
pub enum Event<'a> {
    /// The time of a packet, whatever it holds.
    Packet(Time),
    /// What was in it.
    Datagram(Datagram<'a>),
    /// A TLS key log.
    KeyLog(&'a [u8]),
}

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position<'a> {
    /// The file that is being read.
    pub name: &'a str,
    /// Bytes of all files that were read, packed ones where they are packed.
    pub read: u64,
    /// As many as there are, where that is known.
    pub of: Option<u64>,
}

/// Reads the files one after the other, and says of each how it was. Events come in the order of the packets.
///
/// What has no length may be a capture that goes on: nothing of it is held back.
pub fn read(
    files: Vec<CaptureFile>,
    tell: &mut dyn FnMut(Position<'_>),
    take: &mut dyn FnMut(Event<'_>),
) -> Vec<CaptureFacts> {
    let of = files.iter().map(CaptureFile::length).sum::<Option<u64>>();
    let alone = thread::available_parallelism().is_ok_and(|cores| cores == NonZero::<usize>::MIN);
    let names: Vec<String> = files.iter().map(|file| file.name().to_owned()).collect();
    let mut tell = |file: u16, read: u64| {
        let name = names.get(usize::from(file)).map_or("", String::as_str);
        tell(Position { name, read, of });
    };
    if of.is_none() || alone {
        return all(files, &mut Straight { tell: &mut tell, take });
    }
    let (batches, filled) = sync_channel(AHEAD);
    let (back, emptied) = channel();
    thread::scope(|scope| {
        let reading =
            scope.spawn(move || all(files, &mut Ahead { batch: Batch::default(), batches, emptied }));
        for batch in filled {
            batch.replay(take);
            tell(batch.file, batch.read);
            // Who reads may be done already.
            let _ = back.send(batch);
        }
        reading.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// Where events go.
trait Sink {
    fn take(&mut self, event: Event<'_>);

    /// Between two packets of a file; `read` is what was read of all. Whether to go on.
    fn pause(&mut self, file: u16, packets: u64, read: u64) -> bool;

    /// At the end of a file.
    fn flush(&mut self, file: u16, read: u64);
}

fn all(files: Vec<CaptureFile>, sink: &mut impl Sink) -> Vec<CaptureFacts> {
    let mut before = 0;
    let one = |(number, mut file): (u16, CaptureFile)| {
        let mut decoder = Decoder::new(number);
        let ending = loop {
            let ended = file.next(&mut |section| match section {
                Section::Record(record) => {
                    sink.take(Event::Packet(record.at));
                    if let Some(datagram) = decoder.datagram(&record) {
                        sink.take(Event::Datagram(datagram));
                    }
                }
                Section::Skipped(reason) => decoder.skip(reason),
                Section::KeyLog(log) => sink.take(Event::KeyLog(log)),
            });
            if let Some(ending) = ended {
                break ending;
            }
            if !sink.pause(number, file.reader().packets(), before + file.taken()) {
                return None;
            }
        };
        before += file.taken();
        sink.flush(number, before);
        Some(CaptureFacts::of(file.name(), file.reader(), &decoder, &ending))
    };
    (0..).zip(files).map_while(one).collect()
}

/// Takes events as they come.
struct Straight<'a> {
    tell: &'a mut dyn FnMut(u16, u64),
    take: &'a mut dyn FnMut(Event<'_>),
}

impl Sink for Straight<'_> {
    fn take(&mut self, event: Event<'_>) {
        (self.take)(event);
    }

    fn pause(&mut self, file: u16, packets: u64, read: u64) -> bool {
        if packets.is_multiple_of(TELL_EVERY) {
            (self.tell)(file, read);
        }
        true
    }

    fn flush(&mut self, file: u16, read: u64) {
        (self.tell)(file, read);
    }
}

/// Some events, with copies of their bytes.
#[derive(Default)]
struct Batch {
    events: Vec<Kept>,
    /// What the datagrams and logs hold, one behind the other.
    bytes: Vec<u8>,
    file: u16,
    read: u64,
}

enum Kept {
    Packet(Time),
    /// Without its payload, whose length stands beside it.
    Datagram(Datagram<'static>, usize),
    KeyLog(usize),
}

impl Batch {
    fn push(&mut self, event: Event<'_>) {
        let kept = match event {
            Event::Packet(at) => Kept::Packet(at),
            Event::Datagram(datagram) => {
                self.bytes.extend_from_slice(datagram.payload);
                Kept::Datagram(Datagram { payload: &[], ..datagram }, datagram.payload.len())
            }
            Event::KeyLog(log) => {
                self.bytes.extend_from_slice(log);
                Kept::KeyLog(log.len())
            }
        };
        self.events.push(kept);
    }

    fn replay(&self, take: &mut dyn FnMut(Event<'_>)) {
        let mut rest = &self.bytes[..];
        let mut bytes = |length: usize| {
            let (these, behind) = rest.split_at(length.min(rest.len()));
            rest = behind;
            these
        };
        for kept in &self.events {
            take(match kept {
                Kept::Packet(at) => Event::Packet(*at),
                Kept::Datagram(datagram, length) => {
                    Event::Datagram(Datagram { payload: bytes(*length), ..*datagram })
                }
                Kept::KeyLog(length) => Event::KeyLog(bytes(*length)),
            });
        }
    }
}

/// Fills batches, and hands them over.
struct Ahead {
    batch: Batch,
    batches: SyncSender<Batch>,
    /// Those that were taken: their memory serves again.
    emptied: Receiver<Batch>,
}

impl Ahead {
    fn send(&mut self, file: u16, read: u64) -> bool {
        let mut next = self.emptied.try_recv().unwrap_or_default();
        (next.events.clear(), next.bytes.clear());
        let batch = std::mem::replace(&mut self.batch, next);
        self.batches.send(Batch { file, read, ..batch }).is_ok()
    }
}

impl Sink for Ahead {
    fn take(&mut self, event: Event<'_>) {
        self.batch.push(event);
    }

    fn pause(&mut self, file: u16, _: u64, read: u64) -> bool {
        let full = self.batch.bytes.len() >= BYTES || self.batch.events.len() >= 2 * PACKETS;
        !full || self.send(file, read)
    }

    fn flush(&mut self, file: u16, read: u64) {
        self.send(file, read);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The packets of a file as text, straight and ahead.
    fn both(names: &[&str]) -> [Vec<String>; 2] {
        let open = || -> Vec<CaptureFile> {
            names.iter().map(|name| CaptureFile::open(name.as_ref()).unwrap()).collect()
        };
        let mut straight = Vec::new();
        all(open(), &mut Straight { tell: &mut |_, _| {}, take: &mut |event| straight.push(format!("{event:?}")) });
        let mut ahead = Vec::new();
        let mut last = None;
        let mut tell = |position: Position<'_>| last = Some((position.read, position.of));
        let facts = read(open(), &mut tell, &mut |event| ahead.push(format!("{event:?}")));
        assert_eq!(facts.len(), names.len());
        let bytes: u64 = names.iter().map(|name| std::fs::metadata(name).unwrap().len()).sum();
        assert_eq!(last, Some((bytes, Some(bytes))));
        [straight, ahead]
    }

    #[test]
    fn what_is_read_ahead_is_what_is_read_straight() {
        let [straight, ahead] = both(&["testdata/capture/call.pcap", "testdata/capture/call.pcap"]);
        assert_eq!(straight, ahead);
        assert!(straight.len() > 400, "{}", straight.len());
    }
}
