//! One TCP or TLS connection of a client.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::sync::mpsc;

use crate::stun::framing::StreamDecoder;

/// Where to put what is to be written to one connection.
pub(super) struct Outbox {
    sender: mpsc::UnboundedSender<Vec<u8>>,
    waiting: Rc<Cell<usize>>,
}

/// The other end of an [`Outbox`].
pub(super) struct Outgoing {
    receiver: mpsc::UnboundedReceiver<Vec<u8>>,
    waiting: Rc<Cell<usize>>,
}

impl Outbox {
    /// An empty one, and its other end.
    pub(super) fn new() -> (Self, Outgoing) {
        let (sender, receiver) = mpsc::unbounded_channel();
        let waiting = Rc::new(Cell::new(0));
        (Self { sender, waiting: Rc::clone(&waiting) }, Outgoing { receiver, waiting })
    }

    /// Queues one frame; a client that reads too slowly loses it, as it would over UDP.
    pub(super) fn put(&self, frame: Vec<u8>) {
        let waiting = self.waiting.get() + frame.len();
        if waiting <= MAX_WAITING {
            self.waiting.set(waiting);
            let _ = self.sender.send(frame);
        }
    }
}

/// Serves one connection until it ends, sends what is not TURN, or does not read; hands over each
/// message that came.
pub(super) async fn serve<S>(mut stream: S, mut outgoing: Outgoing, mut received: impl FnMut(&[u8]))
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut decoder = StreamDecoder::default();
    let mut buffer = vec![0; 16 * 1024];
    loop {
        tokio::select! {
            // Answers first: they are short, and reading more makes more of them.
            biased;
            Some(bytes) = outgoing.receiver.recv() => {
                // One frame a TLS record: coturn's clients lose what shares one.
                let write = async {
                    stream.write_all(&bytes).await?;
                    stream.flush().await
                };
                let written = tokio::time::timeout(WRITE_TIMEOUT, write).await;
                outgoing.waiting.set(outgoing.waiting.get().saturating_sub(bytes.len()));
                if !matches!(written, Ok(Ok(()))) {
                    break;
                }
            }
            read = stream.read(&mut buffer) => {
                let Ok(length @ 1..) = read else { break };
                decoder.push(&buffer[..length]);
                let lost = loop {
                    match decoder.poll(true) {
                        Ok(Some(message)) => received(message),
                        Ok(None) => break false,
                        Err(_) => break true,
                    }
                };
                if lost {
                    break;
                }
            }
        }
    }
}

/// Bytes that may wait for one client.
const MAX_WAITING: usize = 256 * 1024;
/// How long a client may refuse to read.
const WRITE_TIMEOUT: Duration = Duration::from_secs(10);
