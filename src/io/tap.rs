//! Where connections tell what they send and receive, and the thread that writes it down (`--trace`, `--pcap`).
//!
//! Without a recording nothing is copied and no clock is asked. With one, the time is taken where the bytes are given
//! to the system or come from it; decoding and writing happen elsewhere, so that they do not slow what is measured.

use std::fs::File;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use anyhow::Context as _;

use super::output;
use crate::capture::{Carrier, Connection, Pcap, Pieces, Taken, Trace, What};

/// What waits to be written, at most: a disk that is slower than the network slows the network, and no memory fills.
const MOST_WAITING: usize = 1024;

/// Given to whoever makes connections; does nothing where nobody records.
#[derive(Debug, Clone, Default)]
pub struct Tap(Option<Arc<Shared>>);

#[derive(Debug)]
struct Shared {
    start: Instant,
    connections: AtomicU64,
    /// Locked while the time is taken, so that what is written is in order.
    sender: Mutex<SyncSender<Option<Taken>>>,
}

/// One connection's way to the recording.
#[derive(Debug, Default)]
pub struct Line(Option<Listening>);

#[derive(Debug)]
struct Listening {
    shared: Arc<Shared>,
    connection: Arc<Connection>,
    remote: SocketAddr,
}

impl Tap {
    /// The line of a connection between these two; for a socket that talks to many, `remote` is just one of them.
    pub fn line(&self, local: io::Result<SocketAddr>, remote: SocketAddr, carrier: Carrier) -> Line {
        let Some(shared) = &self.0 else { return Line(None) };
        let local = local.unwrap_or_else(|_| super::wire::unspecified(remote));
        let number = shared.connections.fetch_add(1, Ordering::Relaxed);
        let connection = Arc::new(Connection { number, local, carrier });
        Line(Some(Listening { shared: shared.clone(), connection, remote }))
    }
}

impl Line {
    /// These bytes were given to the system.
    pub fn sent(&self, bytes: &[u8]) {
        self.tell(None, || What::Sent(bytes.to_vec()));
    }

    /// As [`sent`](Self::sent), to one of many.
    pub fn sent_to(&self, remote: SocketAddr, bytes: &[u8]) {
        self.tell(Some(remote), || What::Sent(bytes.to_vec()));
    }

    /// These bytes came; none, where a stream was closed.
    pub fn received(&self, bytes: &[u8]) {
        let stream = self.0.as_ref().is_some_and(|listening| listening.connection.carrier.stream);
        self.tell(None, || match bytes {
            [] if stream => What::Closed,
            _ => What::Received(bytes.to_vec()),
        });
    }

    /// As [`received`](Self::received), from one of many.
    pub fn received_from(&self, remote: SocketAddr, bytes: &[u8]) {
        self.tell(Some(remote), || What::Received(bytes.to_vec()));
    }

    /// The system reported an error.
    pub fn failed(&self, error: &io::Error) {
        self.tell(None, || What::Failed(error.to_string()));
    }

    fn tell(&self, remote: Option<SocketAddr>, what: impl FnOnce() -> What) {
        let Some(Listening { shared, connection, remote: usual }) = &self.0 else { return };
        let (connection, what, remote) = (connection.clone(), what(), remote.unwrap_or(*usual));
        let sender = shared.sender.lock().unwrap_or_else(PoisonError::into_inner);
        let at = shared.start.elapsed();
        // Where nobody listens any more, the recording is over.
        let _ = sender.send(Some(Taken { at, connection, remote, what }));
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.tell(None, || What::Gone);
    }
}

/// A recording that runs until it is [finished](Self::finish).
#[derive(Debug)]
pub struct Recording {
    running: Option<(Arc<Shared>, JoinHandle<Vec<String>>)>,
}

/// Where lines go.
#[derive(Debug)]
pub enum TraceTo {
    /// Standard error, as it happens.
    Stderr,
    /// A file.
    File(PathBuf),
}

impl Recording {
    /// Opens what is to be written, so that a wrong path is known before the work begins. Nothing runs where nothing
    /// is to be written.
    ///
    /// # Errors
    /// A file that cannot be made, or a system without threads.
    pub fn start(trace: Option<&TraceTo>, verbose: bool, pcap: Option<&Path>) -> anyhow::Result<(Self, Tap)> {
        if trace.is_none() && pcap.is_none() {
            return Ok((Self { running: None }, Tap::default()));
        }
        let (start, now) = (Instant::now(), SystemTime::now());
        let since_1970 = now.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos());
        let trace = match trace {
            None => None,
            Some(TraceTo::Stderr) => Some((Trace::new(verbose), Sink::stderr())),
            Some(TraceTo::File(path)) => Some((Trace::new(verbose), Sink::create(path)?)),
        };
        let pcap = match pcap {
            None => None,
            Some(path) => {
                let application = concat!("rtcscope ", env!("CARGO_PKG_VERSION"));
                let (pcap, head) = Pcap::new(u64::try_from(since_1970).unwrap_or(0), application);
                let mut sink = Sink::create(path)?;
                sink.write(&head);
                Some((pcap, sink))
            }
        };
        let (sender, receiver) = sync_channel(MOST_WAITING);
        let shared = Arc::new(Shared { start, connections: AtomicU64::new(0), sender: Mutex::new(sender) });
        let writer = std::thread::Builder::new().name("recording".to_owned());
        let writer = writer.spawn(move || write_down(&receiver, trace, pcap)).context("start a thread")?;
        Ok((Self { running: Some((shared.clone(), writer)) }, Tap(Some(shared))))
    }

    /// Writes what waits and ends; what could not be written, in a sentence each.
    pub fn finish(self) -> Vec<String> {
        let Some((shared, writer)) = self.running else { return Vec::new() };
        let _ = shared.sender.lock().unwrap_or_else(PoisonError::into_inner).send(None);
        writer.join().unwrap_or_else(|_| vec!["the recording broke off: the rest is not in it".to_owned()])
    }
}

fn write_down(
    receiver: &Receiver<Option<Taken>>,
    mut trace: Option<(Trace, Sink)>,
    mut pcap: Option<(Pcap, Sink)>,
) -> Vec<String> {
    let mut pieces = Pieces::default();
    while let Ok(Some(taken)) = receiver.recv() {
        let cut = pieces.take(&taken);
        if let Some((pcap, sink)) = &mut pcap {
            sink.write(&pcap.take(&taken, &cut));
        }
        if let Some((trace, sink)) = &mut trace {
            sink.write(trace.take(&taken, &cut).as_bytes());
        }
    }
    let sinks = [trace.map(|(_, sink)| sink), pcap.map(|(_, sink)| sink)];
    sinks.into_iter().flatten().filter_map(|sink| sink.broken).collect()
}

/// A file that is complete after every write, or standard error.
#[derive(Debug)]
struct Sink {
    /// `None`: standard error.
    file: Option<(PathBuf, File)>,
    /// How long the file is.
    length: u64,
    /// Why nothing is written any more.
    broken: Option<String>,
}

impl Sink {
    fn stderr() -> Self {
        Self { file: None, length: 0, broken: None }
    }

    fn create(path: &Path) -> anyhow::Result<Self> {
        let file = File::create(path).with_context(|| format!("write {}", path.display()))?;
        Ok(Self { file: Some((path.to_owned(), file)), length: 0, broken: None })
    }

    /// Writes at once and whole, or never again: half a packet is taken back.
    fn write(&mut self, bytes: &[u8]) {
        if bytes.is_empty() || self.broken.is_some() {
            return;
        }
        let Some((path, file)) = &mut self.file else {
            output::write_stderr(&String::from_utf8_lossy(bytes));
            return;
        };
        match file.write_all(bytes) {
            Ok(()) => self.length += bytes.len() as u64,
            Err(error) => {
                let _ = file.set_len(self.length);
                let kept = self.length;
                let path = path.display();
                self.broken = Some(format!("{path}: {error}; it ends early, after {kept} bytes"));
            }
        }
    }
}
