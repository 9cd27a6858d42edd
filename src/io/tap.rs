//! Where connections tell what they send and receive, and the thread that writes it down (`--trace`, `--pcap`).
//!
//! Without a recording nothing is copied and no clock is asked. With one, the time is taken where the bytes are given
//! to the system or come from it; decoding and writing happen elsewhere, so that they do not slow what is measured.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::Context as _;

use super::output;
use crate::recording::{Carrier, Connection, Pcap, Pieces, Taken, Trace, What};

/// Bytes that wait to be written, at most. What comes on top of them is left out and counted: a disk or a reader that
/// is slower than the network must not slow what is measured.
const MOST_WAITING: usize = 64 << 20;
/// What a message that waits takes beside its bytes.
const OVERHEAD: usize = 256;
/// How long the end of a run may wait for what is not written yet.
const PATIENCE: Duration = Duration::from_secs(5);

/// Given to whoever makes connections; does nothing where nobody records.
#[derive(Debug, Clone, Default)]
pub struct Tap(Option<Arc<Shared>>);

#[derive(Debug)]
struct Shared {
    start: Instant,
    connections: AtomicU64,
    /// Locked while the time is taken, so that what is written is in order.
    queues: Mutex<Vec<Queue>>,
}

/// What waits for one writer: neither of the two waits for the other.
#[derive(Debug)]
struct Queue {
    sender: Sender<Option<Arc<Taken>>>,
    level: Arc<Level>,
    /// Bytes that may wait.
    most: usize,
    /// Streams of which a part is left out: what follows would be cut in the wrong places.
    holed: HashSet<u64>,
}

#[derive(Debug, Default)]
struct Level {
    /// Bytes that wait.
    waiting: AtomicUsize,
    /// Messages, or parts of streams, that were left out.
    missing: AtomicU64,
}

impl Queue {
    fn push(&mut self, taken: &Arc<Taken>) {
        let Connection { number, carrier, .. } = *taken.connection;
        let gone = taken.what == What::Gone;
        if gone {
            self.holed.remove(&number);
        }
        let holed = self.holed.contains(&number);
        let size = size(taken);
        if holed || self.level.waiting.load(Ordering::Relaxed) + size > self.most {
            self.level.missing.fetch_add(u64::from(!gone), Ordering::Relaxed);
            if carrier.stream && !gone {
                self.holed.insert(number);
            }
            return;
        }
        self.level.waiting.fetch_add(size, Ordering::Relaxed);
        // Where nobody listens any more, the recording is over.
        let _ = self.sender.send(Some(taken.clone()));
    }
}

fn size(taken: &Taken) -> usize {
    OVERHEAD
        + match &taken.what {
            What::Sent(bytes) | What::Received(bytes) => bytes.len(),
            What::Failed(why) => why.len(),
            What::Closed | What::Gone => 0,
        }
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
        let mut queues = shared.queues.lock().unwrap_or_else(PoisonError::into_inner);
        let at = shared.start.elapsed();
        let taken = Arc::new(Taken { at, connection, remote, what });
        queues.iter_mut().for_each(|queue| queue.push(&taken));
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
    shared: Arc<Shared>,
    writers: Vec<Writer>,
}

/// A thread that writes.
#[derive(Debug)]
struct Writer {
    /// `None`: standard error.
    path: Option<PathBuf>,
    /// At the end, what could not be written.
    done: Receiver<Vec<String>>,
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
        let now = SystemTime::now();
        let mut recording = Self::empty();
        let trace = match trace {
            None => None,
            Some(TraceTo::Stderr) => Some(Sink::stderr()),
            Some(TraceTo::File(path)) => Some(Sink::create(path)?),
        };
        let pcap = pcap.map(Sink::create).transpose()?;
        if let Some(sink) = trace {
            recording.write(Form::Trace(Trace::new(verbose)), sink, MOST_WAITING)?;
        }
        if let Some(mut sink) = pcap {
            let since_1970 = now.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos());
            let application = concat!("rtcscope ", env!("CARGO_PKG_VERSION"));
            let (pcap, head) = Pcap::new(u64::try_from(since_1970).unwrap_or(0), application);
            sink.write(&head);
            recording.write(Form::Pcap(pcap), sink, MOST_WAITING)?;
        }
        let tap = recording.tap();
        Ok((recording, tap))
    }

    fn empty() -> Self {
        let queues = Mutex::new(Vec::new());
        let shared = Shared { start: Instant::now(), connections: AtomicU64::new(0), queues };
        Self { shared: Arc::new(shared), writers: Vec::new() }
    }

    fn tap(&self) -> Tap {
        Tap((!self.writers.is_empty()).then(|| self.shared.clone()))
    }

    fn write(&mut self, form: Form, sink: Sink, most: usize) -> anyhow::Result<()> {
        let (sender, receiver) = channel();
        let (say, done) = channel();
        let level = Arc::<Level>::default();
        let path = sink.file.as_ref().map(|(path, _)| path.clone());
        let queue = Queue { sender, level: level.clone(), most, holed: HashSet::new() };
        let thread = std::thread::Builder::new().name("recording".to_owned());
        let writing = move || drop(say.send(write_down(&receiver, &level, form, sink)));
        thread.spawn(writing).context("start a thread")?;
        self.shared.queues.lock().unwrap_or_else(PoisonError::into_inner).push(queue);
        self.writers.push(Writer { path, done });
        Ok(())
    }

    /// Writes what waits and ends; what could not be written, in a sentence each. Who does not read what we write can
    /// hold us up for some seconds, not longer.
    pub fn finish(self) -> Vec<String> {
        self.finish_within(PATIENCE)
    }

    fn finish_within(self, patience: Duration) -> Vec<String> {
        for queue in &*self.shared.queues.lock().unwrap_or_else(PoisonError::into_inner) {
            let _ = queue.sender.send(None);
        }
        let end = Instant::now() + patience;
        let mut problems = Vec::new();
        for Writer { path, done } in self.writers {
            let what = path.as_ref().map_or("the trace".into(), |path| path.display().to_string());
            match done.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(said) => problems.extend(said),
                Err(RecvTimeoutError::Disconnected) => {
                    problems.push(format!("{what}: the recording broke off: the rest is not in it"));
                }
                Err(RecvTimeoutError::Timeout) => {
                    if path.is_none() {
                        // Nobody reads it, and the thread that waits there keeps all others out.
                        output::give_up_stderr();
                    }
                    let seconds = patience.as_secs_f64();
                    problems
                        .push(format!("{what}: not all could be written within {seconds} s; it ends early"));
                }
            }
        }
        problems
    }
}

/// How a recording is written.
enum Form {
    Trace(Trace),
    Pcap(Pcap),
}

fn write_down(
    receiver: &Receiver<Option<Arc<Taken>>>,
    level: &Level,
    mut form: Form,
    mut sink: Sink,
) -> Vec<String> {
    let mut pieces = Pieces::default();
    while let Ok(Some(taken)) = receiver.recv() {
        let cut = pieces.take(&taken);
        match &mut form {
            Form::Trace(trace) => sink.write(trace.take(&taken, &cut).as_bytes()),
            Form::Pcap(pcap) => sink.write(&pcap.take(&taken, &cut)),
        }
        level.waiting.fetch_sub(size(&taken), Ordering::Relaxed);
    }
    let missing = match level.missing.load(Ordering::Relaxed) {
        0 => return sink.broken.into_iter().collect(),
        1 => "1 message is missing, as it came".to_owned(),
        many => format!("{many} messages are missing, as they came"),
    };
    let missing = format!("{missing} faster than could be written");
    if let Form::Trace(_) = form {
        sink.write(format!("warning: {missing}\n").as_bytes());
    }
    let said = sink.file.map(|(path, _)| format!("{}: {missing}", path.display()));
    said.into_iter().chain(sink.broken).collect()
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

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    const UDP: Carrier = Carrier { name: "udp", stream: false, encrypted: false };
    const TCP: Carrier = Carrier { name: "tcp", stream: true, encrypted: false };

    /// A trace into a pipe that nobody has read from yet, with room for so many bytes to wait.
    fn into_pipe(most: usize) -> (Recording, io::PipeReader) {
        let (reader, writer) = io::pipe().unwrap();
        let file = File::from(std::os::fd::OwnedFd::from(writer));
        let sink = Sink { file: Some(("pipe".into(), file)), length: 0, broken: None };
        let mut recording = Recording::empty();
        recording.write(Form::Trace(Trace::new(false)), sink, most).unwrap();
        (recording, reader)
    }

    fn line(recording: &Recording, carrier: Carrier) -> Line {
        let [local, remote] = ["192.0.2.1:5000", "198.51.100.1:3478"].map(|it| it.parse().unwrap());
        recording.tap().line(Ok(local), remote, carrier)
    }

    #[test]
    fn what_comes_faster_than_it_is_read_is_counted_and_holds_nobody_up() {
        const ALL: usize = 20_000;
        let (recording, mut reader) = into_pipe(64 << 10);
        let wire = line(&recording, UDP);
        // Far more than a pipe takes: with a queue that blocks this does not end.
        (0..ALL).for_each(|_| wire.sent(&[0xff; 100]));
        drop(wire);
        let reading = std::thread::spawn(move || {
            let mut text = String::new();
            reader.read_to_string(&mut text).map(|_| text)
        });
        let problems = recording.finish();
        let text = reading.join().unwrap().unwrap();
        let written = text.lines().filter(|line| line.contains("  sent ")).count();
        assert!(written > 100 && written < ALL, "{written}");
        let missing = format!("{} messages are missing, as they came faster than", ALL - written);
        assert!(text.lines().last().is_some_and(|last| last.contains(&missing)), "{missing}");
        assert!(problems.len() == 1 && problems[0].contains(&missing), "{problems:?}");
    }

    #[test]
    fn a_reader_that_never_reads_is_not_waited_for() {
        let (recording, reader) = into_pipe(MOST_WAITING);
        let wire = line(&recording, UDP);
        (0..5000).for_each(|_| wire.sent(&[0xff; 100]));
        let problems = recording.finish_within(Duration::from_millis(50));
        assert_eq!(problems, ["pipe: not all could be written within 0.05 s; it ends early"]);
        drop(reader);
    }

    #[test]
    fn nothing_behind_the_hole_in_a_stream_is_taken_for_messages() {
        let (sender, receiver) = channel();
        let level = Arc::<Level>::default();
        let most = 2 * OVERHEAD;
        let mut queue = Queue { sender, level: level.clone(), most, holed: HashSet::new() };
        let connection = |number, carrier| {
            Arc::new(Connection { number, local: "192.0.2.1:5000".parse().unwrap(), carrier })
        };
        let (stream, datagrams) = (connection(1, TCP), connection(2, UDP));
        let mut push = |connection: &Arc<Connection>, what| {
            let remote = "198.51.100.1:3478".parse().unwrap();
            queue.push(&Arc::new(Taken { at: Duration::ZERO, connection: connection.clone(), remote, what }));
        };
        push(&stream, What::Sent(vec![0; OVERHEAD + 1]));
        push(&datagrams, What::Sent(vec![0; OVERHEAD + 1]));
        // There is room, but for what comes behind the hole.
        push(&stream, What::Sent(vec![1]));
        push(&datagrams, What::Sent(vec![2]));
        push(&stream, What::Gone);
        let come: Vec<_> = receiver.try_iter().flatten().map(|taken| taken.what.clone()).collect();
        assert_eq!(come, [What::Sent(vec![2])]);
        assert_eq!(level.missing.load(Ordering::Relaxed), 3);
    }
}
