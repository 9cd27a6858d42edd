//! Datagrams there and back in tokio's single-threaded runtime, with nothing on top: what `call` is held against.
//!
//! `cargo bench --bench raw_udp -- ADDRESS PINGS EVERY_US BYTES`; prints the middle and the 99th percentile as JSON.
#![allow(clippy::disallowed_methods, clippy::print_stdout, reason = "it measures sockets, and tells")]

use std::net::IpAddr;
use std::time::{Duration, Instant};

use tokio::net::UdpSocket;

fn main() -> std::io::Result<()> {
    // cargo adds `--bench`.
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with("--")).collect();
    let number = |at: usize, default: u64| args.get(at).and_then(|text| text.parse().ok()).unwrap_or(default);
    let address = args.first().and_then(|text| text.parse().ok()).unwrap_or(IpAddr::from([127, 0, 0, 1]));
    let (pings, every, bytes) = (number(1, 1000), Duration::from_micros(number(2, 5000)), number(3, 64));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut trips = runtime.block_on(round_trips(address, pings, every, bytes as usize))?;
    trips.sort_unstable();
    let quantile =
        |percent: usize| trips[(trips.len() * percent).div_ceil(100).max(1) - 1].as_secs_f64() * 1e3;
    println!("{{\"median_ms\": {:.6}, \"p99_ms\": {:.6}}}", quantile(50), quantile(99));
    Ok(())
}

async fn round_trips(
    address: IpAddr,
    pings: u64,
    every: Duration,
    bytes: usize,
) -> std::io::Result<Vec<Duration>> {
    let (near, far) = (UdpSocket::bind((address, 0)).await?, UdpSocket::bind((address, 0)).await?);
    let there = far.local_addr()?;
    let echo = tokio::spawn(async move {
        let mut buffer = [0; 2048];
        while let Ok((length, from)) = far.recv_from(&mut buffer).await {
            if far.send_to(&buffer[..length], from).await.is_err() {
                return;
            }
        }
    });
    let (message, mut buffer) = (vec![0x5a; bytes.clamp(1, 1200)], [0; 2048]);
    let mut trips = Vec::new();
    for _ in 0..pings.max(1) {
        tokio::time::sleep(every).await;
        let start = Instant::now();
        near.send_to(&message, there).await?;
        near.recv_from(&mut buffer).await?;
        trips.push(start.elapsed());
    }
    echo.abort();
    Ok(trips)
}
