//! One TCP or TLS connection of a client.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::sync::mpsc;

use super::driver::Driver;
use crate::server::Client;
use crate::stun::framing::StreamDecoder;

/// What waits to be written to one connection.
pub(super) struct Outbox {
    sender: mpsc::UnboundedSender<Vec<u8>>,
    waiting: Rc<Cell<usize>>,
}

impl Outbox {
    /// Queues one frame; a client that reads too slowly loses it, as it would over UDP.
    pub(super) fn put(&self, frame: Vec<u8>) {
        let waiting = self.waiting.get() + frame.len();
        if waiting <= MAX_WAITING {
            self.waiting.set(waiting);
            let _ = self.sender.send(frame);
        }
    }
}

/// Serves one connection until it ends, sends what is not TURN, or does not read.
pub(super) async fn serve<S>(driver: &Rc<Driver>, mut stream: S, client: Client)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let (sender, mut outbox) = mpsc::unbounded_channel();
    let waiting = Rc::new(Cell::new(0));
    driver.joined(client, Outbox { sender, waiting: Rc::clone(&waiting) });
    let mut decoder = StreamDecoder::default();
    let mut buffer = vec![0; 16 * 1024];
    loop {
        tokio::select! {
            // Answers first: they are short, and reading more makes more of them.
            biased;
            Some(bytes) = outbox.recv() => {
                // One frame a TLS record: coturn's clients lose what shares one.
                let write = async {
                    stream.write_all(&bytes).await?;
                    stream.flush().await
                };
                let written = tokio::time::timeout(WRITE_TIMEOUT, write).await;
                waiting.set(waiting.get().saturating_sub(bytes.len()));
                if !matches!(written, Ok(Ok(()))) {
                    break;
                }
            }
            read = stream.read(&mut buffer) => {
                let Ok(length @ 1..) = read else { break };
                decoder.push(&buffer[..length]);
                let lost = loop {
                    match decoder.poll(true) {
                        Ok(Some(frame)) => driver.from_client(client, frame),
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
    driver.left(client);
}

/// Bytes that may wait for one client.
const MAX_WAITING: usize = 256 * 1024;
/// How long a client may refuse to read.
const WRITE_TIMEOUT: Duration = Duration::from_secs(10);
