//! What carries messages to a server: sockets that never wait.

use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::net::{TcpStream, UdpSocket};

use rustls::ClientConnection;

use crate::dtls::{Closed, Session};

/// Bytes that wait to be sent, at most: beyond that packets are lost, as in any network.
const MOST_WAITING: usize = 1 << 20;
/// RFC 6347 §4.1: a record with its header.
const RECORD: usize = 1 << 15;

/// One connection.
pub(in crate::io::call) enum Carrier {
    /// A connected socket.
    Udp(UdpSocket),
    /// A byte stream, and what it has not taken yet.
    Tcp(TcpStream, VecDeque<u8>),
    /// The same, encrypted.
    Tls(Box<(TcpStream, ClientConnection)>, VecDeque<u8>),
    /// Records on a connected socket, and what further records of a datagram held.
    Dtls(UdpSocket, Box<Session>, VecDeque<Vec<u8>>),
}

impl Carrier {
    pub(super) fn is_stream(&self) -> bool {
        matches!(self, Self::Tcp(..) | Self::Tls(..))
    }

    /// Sends now, or as soon as the stream takes it. A datagram that the system has no room for is lost.
    pub(super) fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Udp(socket) => unless_full(socket.send(bytes)),
            Self::Dtls(socket, session, _) => match session.seal(bytes) {
                Some(sealed) => unless_full(socket.send(&sealed)),
                None => Ok(()),
            },
            Self::Tcp(_, waiting) | Self::Tls(_, waiting) if waiting.len() > MOST_WAITING => Ok(()),
            Self::Tcp(stream, waiting) => {
                let gone = match waiting.is_empty() {
                    true => taken(stream.write(bytes))?,
                    false => 0,
                };
                waiting.extend(&bytes[gone..]);
                Ok(())
            }
            Self::Tls(_, waiting) => {
                waiting.extend(bytes);
                self.flush()
            }
        }
    }

    /// Sends what a stream has not taken yet.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Udp(_) | Self::Dtls(..) => {}
            Self::Tcp(stream, waiting) => {
                while !waiting.is_empty() {
                    let gone = taken(stream.write(waiting.as_slices().0))?;
                    if gone == 0 {
                        break;
                    }
                    waiting.drain(..gone);
                }
            }
            Self::Tls(session, waiting) => {
                let (stream, session) = &mut **session;
                loop {
                    while session.wants_write() && taken(session.write_tls(stream))? > 0 {}
                    // The session takes as much as it may keep, which is nothing while the stream takes nothing.
                    if waiting.is_empty() || session.wants_write() {
                        break;
                    }
                    let gone = session.writer().write(waiting.as_slices().0)?;
                    waiting.drain(..gone);
                }
            }
        }
        Ok(())
    }

    /// Whether a stream has something that it has not taken yet.
    pub(super) fn has_waiting(&self) -> bool {
        match self {
            Self::Udp(_) | Self::Dtls(..) => false,
            Self::Tcp(_, waiting) => !waiting.is_empty(),
            Self::Tls(session, waiting) => !waiting.is_empty() || session.1.wants_write(),
        }
    }

    /// A datagram, or some bytes of the stream; `None` where nothing has come. No bytes at all: what came was for the
    /// encryption alone, or nothing that it takes.
    pub(super) fn read(&mut self, into: &mut [u8]) -> io::Result<Option<usize>> {
        match self {
            Self::Udp(socket) => unless_empty(socket.recv(into)),
            Self::Dtls(socket, session, read) => {
                if read.is_empty() {
                    let mut record = [0; RECORD];
                    let Some(length) = unless_empty(socket.recv(&mut record))? else { return Ok(None) };
                    let opened = session.open(&record[..length], |data| read.push_back(data));
                    opened.map_err(|Closed(alert)| {
                        io::Error::other(format!("the server ended the DTLS session (alert {alert})"))
                    })?;
                }
                let data = read.pop_front().unwrap_or_default();
                let length = data.len().min(into.len());
                into[..length].copy_from_slice(&data[..length]);
                Ok(Some(length))
            }
            Self::Tcp(stream, _) => closed(unless_empty(stream.read(into))?),
            Self::Tls(session, _) => {
                let (stream, session) = &mut **session;
                match session.reader().read(into) {
                    Ok(length) => return closed(Some(length)),
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                    Err(error) => return Err(error),
                }
                match unless_empty(session.read_tls(stream))? {
                    None => return Ok(None),
                    Some(0) => return closed(Some(0)),
                    Some(_) => session.process_new_packets().map_err(io::Error::other)?,
                };
                match session.reader().read(into) {
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(Some(0)),
                    read => closed(read.map(Some)?),
                }
            }
        }
    }

    #[cfg(unix)]
    pub(super) fn descriptor(&self) -> std::os::fd::BorrowedFd<'_> {
        use std::os::fd::AsFd;
        match self {
            Self::Udp(socket) | Self::Dtls(socket, ..) => socket.as_fd(),
            Self::Tcp(stream, _) => stream.as_fd(),
            Self::Tls(session, _) => session.0.as_fd(),
        }
    }
}

impl Drop for Carrier {
    fn drop(&mut self) {
        // A server keeps what it is not told to forget.
        if let Self::Dtls(socket, session, _) = self
            && let Some(goodbye) = session.close()
        {
            let _ = socket.send(&goodbye);
        }
    }
}

fn unless_full(sent: io::Result<usize>) -> io::Result<()> {
    match sent {
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(()),
        sent => sent.map(drop),
    }
}

fn unless_empty(read: io::Result<usize>) -> io::Result<Option<usize>> {
    match read {
        Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) => {
            Ok(None)
        }
        read => read.map(Some),
    }
}

fn taken(written: io::Result<usize>) -> io::Result<usize> {
    match written {
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(0),
        written => written,
    }
}

/// A stream that gives nothing is at its end.
fn closed(read: Option<usize>) -> io::Result<Option<usize>> {
    match read {
        Some(0) => Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the server closed the connection")),
        read => Ok(read),
    }
}
