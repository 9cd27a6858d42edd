//! Bytes that arrive bit by bit, read so that a run can be interrupted, and can say that nothing comes.

use std::io::{self, ErrorKind, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

use anyhow::Context as _;

use super::event_loop::event_loop;
use super::signal;

/// What is read at once.
const CHUNK: usize = 1 << 16;
/// Chunks that wait, at most: the sender then has to wait, too.
const WAITING: usize = 16;
/// Between two looks whether the user wants it to end.
const LOOK: Duration = Duration::from_millis(50);

/// What the reader of `Arriving` is told besides its bytes.
#[derive(Debug, Clone, Default)]
pub struct Watch {
    interrupted: Arc<AtomicBool>,
    /// Silence may be told.
    armed: Arc<AtomicBool>,
    idle: Arc<AtomicBool>,
}

impl Watch {
    /// The user wants it to end: there are no more bytes from now on.
    #[must_use]
    pub fn is_interrupted(&self) -> bool {
        self.interrupted.load(Ordering::Relaxed)
    }

    /// Whether reading failed only because nothing came for a while; asked once each time.
    #[must_use]
    pub fn was_idle(&self) -> bool {
        self.idle.swap(false, Ordering::Relaxed)
    }

    /// From now on silence is an error to the reader, after which it may go on.
    pub(super) fn arm(&self) {
        self.armed.store(true, Ordering::Relaxed);
    }
}

/// Reads ahead in a thread of its own, so that nobody is stuck where nothing comes.
#[derive(Debug)]
pub(super) struct Arriving {
    chunks: Receiver<io::Result<Vec<u8>>>,
    rest: io::Cursor<Vec<u8>>,
    patience: Duration,
    watch: Watch,
}

impl Arriving {
    /// Everything that `input` gives, until it ends or the user wants it to. After `patience` without a byte that is
    /// told.
    pub(super) fn start(
        input: impl Read + Send + 'static,
        patience: Duration,
    ) -> anyhow::Result<(Self, Watch)> {
        let watch = Watch::default();
        listen(watch.interrupted.clone())?;
        let (sender, chunks) = sync_channel(WAITING);
        let reader = std::thread::Builder::new().name("reading".to_owned());
        reader.spawn(move || pump(input, &sender)).context("start a thread")?;
        let rest = io::Cursor::new(Vec::new());
        Ok((Self { chunks, rest, patience: patience.max(LOOK), watch: watch.clone() }, watch))
    }
}

fn pump(mut input: impl Read, sender: &SyncSender<io::Result<Vec<u8>>>) {
    let mut buffer = vec![0; CHUNK];
    loop {
        let chunk = match input.read(&mut buffer) {
            Ok(0) => return,
            Ok(length) => Ok(buffer[..length].to_vec()),
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => Err(error),
        };
        let failed = chunk.is_err();
        // Nobody reads any more, or there is nothing more to read.
        if sender.send(chunk).is_err() || failed {
            return;
        }
    }
}

/// Sets the flag once the user wants the run to end.
fn listen(interrupted: Arc<AtomicBool>) -> anyhow::Result<()> {
    let runtime = event_loop();
    let runtime = runtime.context("start the event loop")?;
    let listen = move || {
        runtime.block_on(async {
            let mut signal = signal::interrupted();
            if signal.wait_for(|is_so| *is_so).await.is_ok() {
                interrupted.store(true, Ordering::Relaxed);
            }
            // The second one ends the process.
            std::future::pending::<()>().await;
        });
    };
    std::thread::Builder::new().name("signals".to_owned()).spawn(listen).context("start a thread")?;
    Ok(())
}

impl Read for Arriving {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut waited = Duration::ZERO;
        loop {
            if self.watch.is_interrupted() {
                return Ok(0);
            }
            let length = self.rest.read(buffer)?;
            if length > 0 || buffer.is_empty() {
                return Ok(length);
            }
            match self.chunks.recv_timeout(LOOK) {
                Ok(chunk) => self.rest = io::Cursor::new(chunk?),
                Err(RecvTimeoutError::Disconnected) => return Ok(0),
                Err(RecvTimeoutError::Timeout) => waited += LOOK,
            }
            if waited >= self.patience && self.watch.armed.load(Ordering::Relaxed) {
                self.watch.idle.store(true, Ordering::Relaxed);
                return Err(ErrorKind::WouldBlock.into());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives some bytes, and then nothing.
    struct Stuck(Option<Vec<u8>>);

    impl Read for Stuck {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            match self.0.take() {
                Some(bytes) => bytes.as_slice().read(buffer),
                None => loop {
                    std::thread::park();
                },
            }
        }
    }

    #[test]
    fn what_came_is_there_at_once_and_silence_is_told_again_and_again() {
        let (mut arriving, watch) = Arriving::start(Stuck(Some(vec![1, 2, 3])), LOOK).unwrap();
        watch.arm();
        let mut buffer = [0; 1 << 20];
        assert_eq!(arriving.read(&mut buffer).unwrap(), 3);
        for _ in 0..2 {
            assert_eq!(arriving.read(&mut buffer).unwrap_err().kind(), ErrorKind::WouldBlock);
            assert!(watch.was_idle() && !watch.was_idle());
        }
        watch.interrupted.store(true, Ordering::Relaxed);
        assert_eq!(arriving.read(&mut buffer).unwrap(), 0);
    }

    #[test]
    fn the_end_is_the_end() {
        let (mut arriving, watch) = Arriving::start(io::Cursor::new(vec![7; 200_000]), LOOK).unwrap();
        let mut all = Vec::new();
        arriving.read_to_end(&mut all).unwrap();
        assert_eq!((all.len(), watch.was_idle()), (200_000, false));
    }
}
