//! A [`turn::Client`](crate::turn::Client) on a [`Wire`]: the driver of the pure machine.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::wire::{Wire, fault};
use crate::probe::facts::{Fault, FaultKind};
use crate::turn::{Allowance, Answer, Client, Event, Output, Request, RequestId, Settings};

/// How long the last words to a server may take to leave.
const FLUSH: Duration = Duration::from_millis(100);
/// The largest UDP payload, and one read of a stream.
const BUFFER: usize = 65_535;
/// Events kept while an answer is waited for.
const MOST_KEPT: usize = 4096;
/// As [`MOST_KEPT`], of peers' data.
const MOST_DATA_KEPT: usize = 256;

/// One client on one connection.
#[derive(Debug)]
pub struct Link {
    wire: Wire,
    client: Client,
    buffer: Box<[u8]>,
    /// Events that came while an answer was waited for.
    backlog: VecDeque<Event>,
    /// The step we are at, for faults.
    pub stage: &'static str,
}

impl Link {
    /// A client that has sent nothing yet. Whether the wire is a stream overrides the settings.
    pub fn new(wire: Wire, settings: Settings) -> Self {
        let settings = Settings { stream: wire.is_stream(), ..settings };
        Self {
            wire,
            client: Client::new(settings),
            buffer: vec![0; BUFFER].into_boxed_slice(),
            backlog: VecDeque::new(),
            stage: "connect",
        }
    }

    /// As [`Client::log_in_as`].
    pub fn log_in_as(&mut self, control: &Link) {
        self.client.log_in_as(&control.client);
    }

    /// As [`Client::draw_on`].
    pub fn draw_on(&mut self, allowance: Allowance) {
        self.client.draw_on(allowance);
    }

    /// The connection without its client: after a ConnectionBind it carries raw data (RFC 6062 §4.3).
    pub fn into_wire(self) -> Wire {
        self.wire
    }

    /// Our own end.
    pub fn local_addr(&self) -> Option<SocketAddr> {
        self.wire.local_addr().ok()
    }

    /// Further answers to requests that had been answered.
    pub fn repeated(&self) -> u32 {
        self.client.repeated()
    }

    /// Starts a request without waiting for its answer.
    pub fn start(&mut self, request: Request) -> RequestId {
        self.client.start(Instant::now(), request)
    }

    /// Ends a request that nothing has been answered to.
    pub fn give_up(&mut self, request: RequestId) -> Option<Answer> {
        self.client.give_up(Instant::now(), request)
    }

    /// Sends data to a peer through the relay.
    ///
    /// # Errors
    /// What the system reported, or data too long for the relay.
    pub fn send_data(&mut self, peer: SocketAddr, data: &[u8]) -> io::Result<()> {
        let bytes = self.client.data(peer, data).ok_or(io::ErrorKind::InvalidInput)?;
        self.wire.send(bytes)
    }

    /// As [`send_data`](Self::send_data), in a Send indication with DONT-FRAGMENT (RFC 8656 §18.9).
    ///
    /// # Errors
    /// As there.
    pub fn send_unfragmented(&mut self, peer: SocketAddr, data: &[u8]) -> io::Result<()> {
        let bytes = self.client.unfragmented(peer, data).ok_or(io::ErrorKind::InvalidInput)?;
        self.wire.send(bytes)
    }

    /// Bytes that wait to be sent.
    pub fn waiting(&self) -> usize {
        self.wire.waiting()
    }

    /// Has the DF bit set on what is sent; `false` where that cannot be had, as on streams.
    pub fn dont_fragment(&self) -> bool {
        self.wire.dont_fragment()
    }

    /// Makes room for what comes fast.
    pub fn widen(&self, bytes: usize) {
        self.wire.widen(bytes);
    }

    /// Goes on until something happened. Dropping the future loses nothing.
    ///
    /// # Errors
    /// The connection broke.
    pub async fn step(&mut self) -> Result<Event, Fault> {
        match self.backlog.pop_front() {
            Some(event) => Ok(event),
            None => self.drive().await,
        }
    }

    /// Waits for the answer to `request`; what else happens is kept for [`step`](Self::step).
    ///
    /// # Errors
    /// The connection broke.
    pub async fn answer(&mut self, request: RequestId) -> Result<Answer, Fault> {
        let ours = |event: &Event| matches!(event, Event::Answer(answer) if answer.request == request);
        if let Some(at) = self.backlog.iter().position(ours)
            && let Some(Event::Answer(answer)) = self.backlog.remove(at)
        {
            return Ok(answer);
        }
        loop {
            match self.drive().await? {
                Event::Answer(answer) if answer.request == request => return Ok(answer),
                event => self.keep(event),
            }
        }
    }

    /// Keeps an event for later. A server that floods us must not fill our memory: what is one of thousands
    /// is dropped, an answer never.
    fn keep(&mut self, event: Event) {
        let most = match event {
            Event::Answer(_) => usize::MAX,
            // 64 KiB each at most.
            Event::Data { .. } => MOST_DATA_KEPT,
            Event::Oddity(_) => MOST_KEPT,
        };
        if self.backlog.len() < most {
            self.backlog.push_back(event);
        }
    }

    /// Starts a request and waits for its answer.
    ///
    /// # Errors
    /// The connection broke.
    pub async fn request(&mut self, request: Request) -> Result<Answer, Fault> {
        let id = self.start(request);
        self.answer(id).await
    }

    /// What has happened besides the answers waited for.
    pub fn leftovers(&mut self) -> Vec<Event> {
        while let Output::Event(event) = self.client.poll(Instant::now()) {
            self.keep(event);
        }
        self.backlog.drain(..).collect()
    }

    /// Sends what waits, the requests just started included, without waiting for answers; not for long
    /// either, as a server may have stopped reading.
    pub async fn flush(&mut self) {
        while let Output::Transmit(bytes) = self.client.poll(Instant::now()) {
            if self.wire.send(bytes).is_err() {
                return;
            }
        }
        let _ = tokio::time::timeout(FLUSH, self.wire.flush()).await;
    }

    /// Gives an allocation back, without waiting for the answer.
    pub async fn release(&mut self) {
        self.start(Request::Refresh { lifetime: 0 });
        self.flush().await;
    }

    /// Gives an allocation back as far as that can be done at once, for one that nobody waits for any more.
    pub fn abandon(&mut self) {
        self.start(Request::Refresh { lifetime: 0 });
        while let Output::Transmit(bytes) = self.client.poll(Instant::now()) {
            if self.wire.send(bytes).is_err() {
                return;
            }
        }
    }

    async fn drive(&mut self) -> Result<Event, Fault> {
        loop {
            // A server that floods us must not keep the deadline and Ctrl-C from being seen.
            tokio::task::consume_budget().await;
            let until = match self.client.poll(Instant::now()) {
                Output::Event(event) => return Ok(event),
                Output::Transmit(bytes) => {
                    self.wire.send(bytes).map_err(|error| fault(self.stage, &error))?;
                    continue;
                }
                Output::Wait(until) => Some(until),
                Output::Idle => None,
            };
            let read = self.wire.receive(&mut self.buffer);
            let read = match until {
                None => read.await,
                Some(until) => match tokio::time::timeout_at(until.into(), read).await {
                    Ok(read) => read,
                    Err(_) => continue,
                },
            };
            let now = Instant::now();
            match read {
                Ok(0) if self.wire.is_stream() => {
                    return Err(Fault {
                        kind: FaultKind::Closed,
                        stage: self.stage,
                        message: "the server closed the connection".to_owned(),
                    });
                }
                Ok(length) => self.client.handle_input(now, &self.buffer[..length]),
                Err(error) => return Err(fault(self.stage, &error)),
            }
        }
    }
}
