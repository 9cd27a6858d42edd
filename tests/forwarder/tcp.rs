//! Streams: delayed but in order, stalled, or reset.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::unbounded_channel;
use tokio::time::{Instant, sleep, sleep_until};

use super::Weather;
use super::fate::{Impairment, Lane};
use super::log::Direction;

/// What befalls each TCP connection besides delay and jitter; loss is TCP's own matter.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Stream {
    /// Nothing passes for so long, once that much time has passed since the connection was made.
    pub(crate) stall: Option<(Duration, Duration)>,
    /// Both sides are reset after so long.
    pub(crate) reset: Option<Duration>,
}

pub(super) async fn run(listener: TcpListener, server: SocketAddr, weather: Weather) {
    for connection in 0.. {
        let Ok((client, _)) = listener.accept().await else { return };
        tokio::spawn(forward(client, server, weather, connection));
    }
}

async fn forward(client: TcpStream, server: SocketAddr, weather: Weather, connection: u64) {
    let Ok(upstream) = TcpStream::connect(server).await else {
        // As the server would: refused, as far as that can still be said.
        let _ = client.set_zero_linger();
        return;
    };
    for stream in [&client, &upstream] {
        let _ = stream.set_nodelay(true);
    }
    let opened = Instant::now();
    let seed = weather.seed.wrapping_add(connection);
    let reset = async {
        match weather.stream.reset {
            Some(after) => sleep(after).await,
            None => std::future::pending().await,
        }
    };
    let (mut client, mut upstream) = (client, upstream);
    let cut = {
        let (client_read, client_write) = client.split();
        let (server_read, server_write) = upstream.split();
        let stall = weather.stream.stall.map(|(after, long)| (opened + after, opened + after + long));
        let up = copy(client_read, server_write, Lane::new(seed, Direction::Up), weather.up, stall);
        let down = copy(server_read, client_write, Lane::new(seed, Direction::Down), weather.down, stall);
        tokio::select! {
            _ = async { tokio::join!(up, down) } => false,
            () = reset => true,
        }
    };
    if cut {
        for stream in [&client, &upstream] {
            let _ = stream.set_zero_linger();
        }
    }
}

/// One way; each piece as late as its fate says, and never before the one ahead of it.
async fn copy(
    mut from: tokio::net::tcp::ReadHalf<'_>,
    mut to: tokio::net::tcp::WriteHalf<'_>,
    mut lane: Lane,
    impairment: Impairment,
    stall: Option<(Instant, Instant)>,
) {
    let impairment = Impairment { loss: 0.0, duplicate: 0.0, reorder: 0.0, ..impairment };
    let (sender, mut pieces) = unbounded_channel::<(Instant, Vec<u8>)>();
    let read = async move {
        let mut buffer = vec![0; 65_536];
        while let Ok(length @ 1..) = from.read(&mut buffer).await {
            let now = std::time::Instant::now();
            let due = lane.next(&impairment, now, length)[0];
            let _ = sender.send((due.into(), buffer[..length].to_vec()));
        }
    };
    let write = async {
        while let Some((due, bytes)) = pieces.recv().await {
            sleep_until(due).await;
            if let Some((start, end)) = stall
                && (start..end).contains(&Instant::now())
            {
                sleep_until(end).await;
            }
            if to.write_all(&bytes).await.is_err() {
                return;
            }
        }
        let _ = to.shutdown().await;
    };
    tokio::join!(read, write);
}
