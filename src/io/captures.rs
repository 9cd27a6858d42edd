//! Several captures as one: read and taken apart in a thread of its own, ahead of what takes the datagrams.

use std::num::NonZero;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use super::capture::CaptureFile;
use crate::analyze::demux::{Class, class};
use crate::analyze::summary::CaptureFacts;
use crate::capture::{Datagram, Decoder, Section, Time, Transport};
use crate::rtp;

/// Bytes that are handed over at once, and packets; less than a core's own cache holds.
const BYTES: usize = 1 << 16;
const PACKETS: usize = 512;
/// Batches that there are: a megabyte.
const BATCHES: usize = 8;
/// So many go back together: who reads is faster, and need not be woken for each.
const BACK: usize = BATCHES / 2;
/// As much of the payload of RTP as anything looks at without keys.
const HEAD: usize = 64;
/// Packets between two looks at how far it is, where there are no batches.
const TELL_EVERY: u64 = 1 << 14;

/// What captures come to, in order.
#[derive(Debug)]
pub enum Event<'a> {
    /// A packet, and what was in it.
    Packet(Time, Option<Datagram<'a>>),
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
/// `take` says whether to go on; where it does not, nothing is said of the rest.
///
/// Without keys, `headers` of RTP will do: the rest of its payload may be left out, as if a snap length had cut it.
/// What has no length may be a capture that goes on: nothing of it is held back.
pub fn read(
    files: Vec<CaptureFile>,
    headers: bool,
    tell: &mut dyn FnMut(Position<'_>),
    take: &mut dyn FnMut(Event<'_>) -> bool,
) -> Vec<CaptureFacts> {
    let of = files.iter().map(CaptureFile::length).sum::<Option<u64>>();
    let alone = thread::available_parallelism().is_ok_and(|cores| cores == NonZero::<usize>::MIN);
    let names: Vec<String> = files.iter().map(|file| file.name().to_owned()).collect();
    let mut tell = |file: u16, read: u64| {
        let name = names.get(usize::from(file)).map_or("", String::as_str);
        tell(Position { name, read, of });
    };
    if of.is_none() || alone {
        return all(files, &mut Straight { tell: &mut tell, take, goes_on: true });
    }
    let (batches, filled) = channel();
    let (back, emptied) = channel();
    let mut done: Vec<Batch> = (0..BATCHES).map(|_| Batch::default()).collect();
    thread::scope(|scope| {
        let mut sink = Ahead { batch: Batch::default(), headers, batches, emptied };
        let reading = scope.spawn(move || all(files, &mut sink));
        loop {
            if done.len() >= BACK {
                // Who reads may be at the end already.
                done.drain(..).for_each(|batch| drop(back.send(batch)));
            }
            let Ok(batch) = filled.recv() else { break };
            if !batch.replay(take) {
                break;
            }
            tell(batch.file, batch.read);
            done.push(batch);
        }
        // Who reads stops where nobody takes any more.
        drop((filled, back));
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
                Section::Record(record) => sink.take(Event::Packet(record.at, decoder.datagram(&record))),
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
    take: &'a mut dyn FnMut(Event<'_>) -> bool,
    goes_on: bool,
}

impl Sink for Straight<'_> {
    fn take(&mut self, event: Event<'_>) {
        self.goes_on = self.goes_on && (self.take)(event);
    }

    fn pause(&mut self, file: u16, packets: u64, read: u64) -> bool {
        if packets.is_multiple_of(TELL_EVERY) {
            (self.tell)(file, read);
        }
        self.goes_on
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
    /// The datagram is without its payload, whose length stands beside it.
    Packet(Time, Option<Datagram<'static>>, usize),
    KeyLog(usize),
}

impl Batch {
    fn push(&mut self, event: Event<'_>, headers: bool) {
        let kept = match event {
            Event::Packet(at, None) => Kept::Packet(at, None, 0),
            Event::Packet(at, Some(datagram)) => {
                let length = if headers { needed(&datagram) } else { datagram.payload.len() };
                let (payload, left_out) = datagram.payload.split_at(length.min(datagram.payload.len()));
                let cut = datagram.cut.saturating_add(left_out.len() as u32);
                self.bytes.extend_from_slice(payload);
                Kept::Packet(at, Some(Datagram { payload: &[], cut, ..datagram }), payload.len())
            }
            Event::KeyLog(log) => {
                self.bytes.extend_from_slice(log);
                Kept::KeyLog(log.len())
            }
        };
        self.events.push(kept);
    }

    /// Whether all were taken.
    fn replay(&self, take: &mut dyn FnMut(Event<'_>) -> bool) -> bool {
        let mut rest = &self.bytes[..];
        let mut bytes = |length: usize| {
            let (these, behind) = rest.split_at(length.min(rest.len()));
            rest = behind;
            these
        };
        self.events.iter().all(|kept| {
            take(match kept {
                Kept::Packet(at, None, _) => Event::Packet(*at, None),
                Kept::Packet(at, Some(datagram), length) => {
                    Event::Packet(*at, Some(Datagram { payload: bytes(*length), ..*datagram }))
                }
                Kept::KeyLog(length) => Event::KeyLog(bytes(*length)),
            })
        })
    }
}

/// How much of a payload there has to be: of RTP, within ChannelData or not, its headers and some bytes more.
fn needed(datagram: &Datagram<'_>) -> usize {
    let (payload, length) = (datagram.payload, datagram.length());
    let (rtp, length) = match (datagram.transport, class(payload, length)) {
        (Transport::Udp, Class::Rtp) => (payload, length),
        (Transport::Udp, Class::Channel(_)) => match (payload.get(4..), length.saturating_sub(4)) {
            (Some(inner), length) if class(inner, length) == Class::Rtp => (inner, length),
            _ => return payload.len(),
        },
        _ => return payload.len(),
    };
    match rtp::Packet::read(rtp, length) {
        Ok(packet) => payload.len() - packet.payload().len().saturating_sub(HEAD),
        Err(_) => payload.len(),
    }
}

/// Fills batches, and hands them over.
struct Ahead {
    batch: Batch,
    headers: bool,
    batches: Sender<Batch>,
    /// Those that were taken: there are no others, so that it is never far ahead.
    emptied: Receiver<Batch>,
}

impl Ahead {
    fn send(&mut self, file: u16, read: u64) -> bool {
        let Ok(mut next) = self.emptied.recv() else { return false };
        next.events.clear();
        next.bytes.clear();
        let batch = std::mem::replace(&mut self.batch, next);
        self.batches.send(Batch { file, read, ..batch }).is_ok()
    }
}

impl Sink for Ahead {
    fn take(&mut self, event: Event<'_>) {
        // What keys stand in a capture may open all that follows.
        self.headers &= !matches!(event, Event::KeyLog(_));
        self.batch.push(event, self.headers);
    }

    fn pause(&mut self, file: u16, _: u64, read: u64) -> bool {
        let full = self.batch.bytes.len() >= BYTES || self.batch.events.len() >= PACKETS;
        !full || self.send(file, read)
    }

    fn flush(&mut self, file: u16, read: u64) {
        self.send(file, read);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::Frame;

    /// The packets of a file as text, straight and ahead.
    fn both(names: &[&str]) -> [Vec<String>; 2] {
        let open = || -> Vec<CaptureFile> {
            names.iter().map(|name| CaptureFile::open(name.as_ref()).unwrap()).collect()
        };
        let mut straight = Vec::new();
        all(
            open(),
            &mut Straight {
                tell: &mut |_, _| {},
                take: &mut |event| {
                    straight.push(format!("{event:?}"));
                    true
                },
                goes_on: true,
            },
        );
        let mut ahead = Vec::new();
        let mut last = None;
        let mut tell = |position: Position<'_>| last = Some((position.read, position.of));
        let facts = read(open(), false, &mut tell, &mut |event| {
            ahead.push(format!("{event:?}"));
            true
        });
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

    #[test]
    fn nothing_more_is_read_for_who_takes_no_more() {
        let files = vec![CaptureFile::open("testdata/capture/call.pcap".as_ref()).unwrap()];
        let mut taken = 0;
        read(files, true, &mut |_| {}, &mut |_| {
            taken += 1;
            taken < 10
        });
        assert_eq!(taken, 10);
    }

    #[test]
    fn of_rtp_its_headers_and_a_piece_of_its_payload_are_needed() {
        let address = "192.0.2.1:4000".parse().unwrap();
        let needed = |payload: &[u8]| {
            let (frame, at, transport) = (Frame::default(), Time(0), Transport::Udp);
            needed(&Datagram {
                frame,
                at,
                interface: 0,
                src: address,
                dst: address,
                transport,
                payload,
                cut: 0,
            })
        };
        let mut rtp = [7; 600];
        (rtp[0], rtp[1]) = (0x91, 96);
        // A contributing source, an extension of two words.
        rtp[16..20].copy_from_slice(&[0xbe, 0xde, 0, 2]);
        assert_eq!(needed(&rtp), 28 + HEAD);
        assert_eq!(needed(&rtp[..40]), 40);
        assert_eq!(needed(&[&[0x40, 0, 2, 88][..], &rtp].concat()), 4 + 28 + HEAD);
        // RTCP; an extension that does not fit; something else.
        (rtp[1], rtp[19]) = (200, 2);
        assert_eq!(needed(&rtp), 600);
        (rtp[1], rtp[18]) = (96, 2);
        assert_eq!(needed(&rtp), 600);
        assert_eq!(needed(&[0xc3; 600]), 600);
    }
}
