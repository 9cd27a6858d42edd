//! What a run leaves as files: the packets of its calls, as they came and in clear, and their keys.
//!
//! A packet is taken where it arrives, with the time that the call itself takes it with; all else happens in a thread
//! that nobody waits for.

mod plain;
mod writer;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::Context as _;

use crate::call::{End, Witness};
use crate::io::output::NewFile;
use crate::recording::packets::{Content, head};
use crate::srtp::Exports;

use self::writer::Writer;

/// Bytes that wait to be written, at most; what comes on top is left out and counted.
const MOST_WAITING: usize = 64 << 20;
/// What a packet that waits takes beside its bytes.
const OVERHEAD: usize = 128;

/// Which files are wanted.
#[derive(Debug, Clone, Default)]
pub struct Files {
    /// The packets as they came.
    pub pcap: Option<PathBuf>,
    /// What was within them.
    pub plain: Option<PathBuf>,
    /// Keys for SRTP.
    pub keys: Option<PathBuf>,
}

/// When a run began, by the clock of the wall: what that does later changes nothing.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    at: Instant,
    unix: Duration,
}

impl Clock {
    pub(super) fn now() -> Self {
        let (at, unix) = (Instant::now(), SystemTime::now().duration_since(UNIX_EPOCH));
        Self { at, unix: unix.unwrap_or_default() }
    }

    /// Since 1970.
    pub(super) fn unix(&self, at: Instant) -> Duration {
        match at.checked_duration_since(self.at) {
            Some(since) => self.unix + since,
            None => self.unix.saturating_sub(self.at.duration_since(at)),
        }
    }
}

/// The files of a run, while it goes on.
#[derive(Debug)]
pub(super) struct Evidence {
    clock: Clock,
    keys: Option<(NewFile, Exports)>,
    /// Whether what is within is wanted.
    plain: bool,
    writing: Option<(Arc<Mutex<Waiting>>, Writing)>,
}

/// The thread that writes; at its end, what it could not.
type Writing = JoinHandle<Vec<String>>;

/// What waits to be written.
#[derive(Debug, Default)]
struct Waiting {
    packets: Vec<Taken>,
    bytes: usize,
    /// Packets that were left out.
    missing: u64,
    /// Nothing comes any more.
    over: bool,
}

/// A packet that arrived.
#[derive(Debug)]
struct Taken {
    /// Since 1970.
    at: Duration,
    end: End,
    from: SocketAddr,
    to: SocketAddr,
    what: What,
}

#[derive(Debug)]
enum What {
    /// A datagram, as it came.
    Datagram(Vec<u8>),
    /// A packet of SCTP that was in one.
    Sctp(Vec<u8>),
    /// Nothing: another call begins, whose ends' cryptography leaves here what it sees.
    Begins([Witness; 2]),
}

/// Takes the packets of one call; does nothing where nobody wants them.
#[derive(Debug)]
pub(super) struct Tape {
    clock: Clock,
    waiting: Option<Arc<Mutex<Waiting>>>,
    /// Where SCTP is wanted, what each end's cryptography sees.
    witnesses: Option<[Witness; 2]>,
}

impl Evidence {
    /// Makes the files, so that a wrong path is known before the work begins.
    pub(super) fn start(files: &Files, clock: Clock) -> anyhow::Result<Self> {
        let keys = match &files.keys {
            Some(path) => {
                let file = NewFile::create(path)?;
                file.keep_private()?;
                Some((file, Exports::default()))
            }
            None => None,
        };
        let application = concat!("rtcscope ", env!("CARGO_PKG_VERSION"));
        let create = |path: &Option<PathBuf>, content| match path {
            Some(path) => {
                let mut file = NewFile::create(path)?;
                file.write(&head(content, application))?;
                Ok::<_, anyhow::Error>(Some(file))
            }
            None => Ok(None),
        };
        let (wire, plain) = (create(&files.pcap, Content::Wire)?, create(&files.plain, Content::Plain)?);
        let mut evidence = Self { clock, keys, plain: plain.is_some(), writing: None };
        if wire.is_some() || plain.is_some() {
            let waiting = Arc::<Mutex<Waiting>>::default();
            let writer = Writer::new(wire, plain);
            let theirs = waiting.clone();
            let thread = std::thread::Builder::new().name("packets".to_owned());
            let thread = thread.spawn(move || writer.run(&theirs)).context("start a thread")?;
            evidence.writing = Some((waiting, thread));
        }
        Ok(evidence)
    }

    /// Another call begins, whose ends' cryptography leaves here what it sees.
    pub(super) fn call(&self, witnesses: &[Witness; 2]) -> Tape {
        let waiting = self.writing.as_ref().map(|(waiting, _)| waiting.clone());
        let mut tape = Tape { clock: self.clock, waiting, witnesses: None };
        if self.plain {
            for witness in witnesses {
                locked(witness).plain = Some(Vec::new());
            }
            tape.witnesses = Some(witnesses.clone());
            let nowhere = SocketAddr::from(([0; 4], 0));
            tape.push(Instant::now(), End::Caller, nowhere, nowhere, || What::Begins(witnesses.clone()), 0);
        }
        tape
    }

    /// A call is over: its keys are known now, or never.
    pub(super) fn ended(&mut self, call: &str, witnesses: &[Witness; 2]) {
        let Some((_, exports)) = &mut self.keys else { return };
        for (end, witness) in End::BOTH.into_iter().zip(witnesses) {
            if let Some(keys) = &locked(witness).keys {
                exports.add(call, end.name(), keys.profile, &keys.material);
            }
        }
    }

    /// Puts the files in their places; what could not be written, in a sentence each.
    pub(super) fn finish(mut self) -> Vec<String> {
        let mut problems = Vec::new();
        if let Some((mut file, exports)) = self.keys.take() {
            let written = file.write(exports.text().as_bytes()).and_then(|()| file.commit());
            problems.extend(written.err().map(|error| in_words(&error)));
        }
        if let Some((waiting, thread)) = self.writing.take() {
            locked(&waiting).over = true;
            thread.thread().unpark();
            match thread.join() {
                Ok(said) => problems.extend(said),
                Err(_) => problems.push("the writing of packets broke off".to_owned()),
            }
        }
        problems
    }
}

impl Drop for Evidence {
    fn drop(&mut self) {
        // Without `finish` the files are not to be; the thread ends all the same.
        if let Some((waiting, _)) = self.writing.take() {
            let mut waiting = locked(&waiting);
            waiting.over = true;
            waiting.packets.clear();
        }
    }
}

impl Tape {
    /// A datagram arrived at an end: from where, and at which of its candidates.
    pub(super) fn datagram(&self, now: Instant, end: End, from: SocketAddr, to: SocketAddr, bytes: &[u8]) {
        self.push(now, end, from, to, || What::Datagram(bytes.to_vec()), bytes.len());
    }

    /// The end has read that datagram: what was in it is known now.
    pub(super) fn read(&self, now: Instant, end: End, from: SocketAddr, to: SocketAddr) {
        let Some(witnesses) = &self.witnesses else { return };
        let came = match &mut locked(&witnesses[end as usize]).plain {
            Some(came) if !came.is_empty() => std::mem::take(came),
            _ => return,
        };
        for packet in came {
            let length = packet.len();
            self.push(now, end, from, to, || What::Sctp(packet), length);
        }
    }

    fn push(
        &self,
        now: Instant,
        end: End,
        from: SocketAddr,
        to: SocketAddr,
        what: impl FnOnce() -> What,
        length: usize,
    ) {
        let Some(waiting) = &self.waiting else { return };
        let at = self.clock.unix(now);
        let mut waiting = locked(waiting);
        if waiting.bytes + length + OVERHEAD > MOST_WAITING {
            waiting.missing += 1;
            return;
        }
        waiting.bytes += length + OVERHEAD;
        waiting.packets.push(Taken { at, end, from, to, what: what() });
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn in_words(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        text += &format!(": {source}");
        next = source.source();
    }
    text
}
