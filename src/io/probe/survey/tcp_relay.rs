//! A TCP relay used for real (RFC 6062): the server connects to a listener of ours, and bytes pass both ways.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::capture::Carrier;
use crate::io::link::Link;
use crate::io::probe::Environment;
use crate::io::probe::allocation::Relayed;
use crate::io::tap::Tap;
use crate::probe::facts::Capability;
use crate::stun::attribute;
use crate::turn::Request;

/// As it is listed.
const NAME: &str = "tcp-relay-data";
/// How long each end may wait for bytes of the other.
const PATIENCE: Duration = Duration::from_millis(1500);
/// What a recording calls the relay's connections to us.
const CARRIER: Carrier = Carrier { name: "peer", stream: true, encrypted: false };
/// Connections taken: the relay makes one.
const MOST_TAKEN: usize = 8;

/// Whether data passes: Connect to a listener at our own address, ConnectionBind on a second connection to the
/// `server`, a word there and back.
///
/// # Errors
/// Why it could not be tried, in words.
pub(super) async fn passes(
    relayed: &mut Relayed,
    server: SocketAddr,
    environment: &Environment,
    second: impl Future<Output = Result<Link, String>>,
) -> Result<Capability, String> {
    let local = relayed.link.local_addr().ok_or("no local address")?;
    // A peer is of the relay's family, else 443 (RFC 8656 §10.2); where that is not ours we have no address for it.
    if local.is_ipv4() != relayed.address.is_ipv4() {
        let [ours, relays] = [local, relayed.address].map(|it| if it.is_ipv4() { "IPv4" } else { "IPv6" });
        return Err(format!("the relay is {relays}, and this connection {ours}"));
    }
    let own = SocketAddr::new(local.ip(), 0);
    let listener = environment.local.listen_at(own).map_err(|e| e.to_string())?;
    let peer = listener.local_addr().map_err(|e| e.to_string())?;
    // It comes from where it says, or, where that is an address outside of a NAT, from where the server is.
    let relay = [relayed.address.ip(), server.ip()];
    let said = |state, code| Ok(Capability { name: NAME, state, code, why: None });
    let link = &mut relayed.link;
    for request in [Request::CreatePermission(vec![peer.ip()]), Request::Connect(peer)] {
        let connecting = matches!(request, Request::Connect(_));
        let answer = link.request(request).await.map_err(|fault| fault.message)?;
        let Some(granted) = answer.success() else {
            return said(if answer.code().is_some() { "refused" } else { "unknown" }, answer.code());
        };
        if !connecting {
            continue;
        }
        let Some(id) = granted.number(attribute::CONNECTION_ID) else { return said("ignored", None) };
        let mut data = second.await?;
        data.log_in_as(link);
        let bound = data.request(Request::ConnectionBind(id)).await.map_err(|fault| fault.message)?;
        if bound.success().is_none() {
            return said("refused", bound.code());
        }
        // Nobody who has not read it from the relay can say it.
        let word = format!("rtcscope: over a TCP relay, {:032x}", rand::random::<u128>()).into_bytes();
        let mut stranger = None;
        let passed = tokio::select! {
            passed = timeout(PATIENCE, there_and_back(data, &word)) => passed.is_ok_and(|passed| passed.is_some()),
            () = echo(&listener, &relay, &word, &environment.tap, &mut stranger) => false,
        };
        return match (passed, stranger) {
            (true, _) => said("yes", None),
            // The relay by another of its addresses, or somebody else: no telling.
            (false, Some(ip)) => {
                Err(format!("what connected came from {ip}, which is not the relay's address"))
            }
            (false, None) => said("no", None),
        };
    }
    said("unknown", None)
}

/// It could not be tried, and why.
pub(super) fn untried(why: impl Into<String>) -> Capability {
    Capability { name: NAME, state: "unknown", code: None, why: Some(why.into()) }
}

/// A word from the client to the peer, and from the peer to the client.
async fn there_and_back(data: Link, word: &[u8]) -> Option<()> {
    let mut wire = data.into_wire();
    wire.send(word.to_vec()).ok()?;
    wire.flush().await.ok()?;
    let mut back = Vec::new();
    let mut buffer = [0; 256];
    while back.len() < word.len() {
        match wire.receive(&mut buffer).await.ok()? {
            0 => return None,
            length => back.extend_from_slice(&buffer[..length]),
        }
    }
    (back == word).then_some(())
}

/// Plays the peer: gives the word back to whom it came from, if that is one of `relay`. Of anybody else who connects
/// the address is kept, and nothing is read. Ends only with the listener.
async fn echo(
    listener: &TcpListener,
    relay: &[IpAddr],
    word: &[u8],
    tap: &Tap,
    stranger: &mut Option<IpAddr>,
) {
    let mut answering = JoinSet::new();
    while let Ok((stream, from)) = listener.accept().await {
        if !relay.iter().any(|ip| ip.to_canonical() == from.ip().to_canonical()) {
            *stranger = Some(from.ip());
        } else if answering.len() < MOST_TAKEN {
            answering.spawn(answer(stream, from, word.to_vec(), tap.clone()));
        }
    }
}

async fn answer(mut stream: TcpStream, from: SocketAddr, word: Vec<u8>, tap: Tap) {
    let line = tap.line(stream.local_addr(), from, CARRIER);
    let mut heard = Vec::new();
    while heard.len() < word.len() {
        let mut buffer = [0; 256];
        match stream.read(&mut buffer).await {
            Ok(length) => {
                line.received(&buffer[..length]);
                heard.extend_from_slice(&buffer[..length]);
                if length == 0 || !word.starts_with(&heard) {
                    return;
                }
            }
            Err(error) => return line.failed(&error),
        }
    }
    match stream.write_all(&word).await {
        Ok(()) => line.sent(&word),
        Err(error) => line.failed(&error),
    }
    // The relay closes it once the client has read the word.
    let _ = stream.read(&mut [0; 1]).await;
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;
    use crate::io::local::Local;

    const WORD: &[u8] = b"the word of this run";

    /// What comes back to somebody at `from` who says `said`, and whom the listener takes for a stranger.
    async fn heard(from: [u8; 4], said: &[u8]) -> (Vec<u8>, Option<IpAddr>) {
        let relay = [IpAddr::from([127, 0, 0, 1])];
        let listener = Local::default().listen_at((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
        let peer = listener.local_addr().unwrap();
        let client = async {
            let mut stream =
                Local::from_address(from.into()).unwrap().tcp(peer).await.expect("the listener takes it");
            let mut back = vec![0; WORD.len()];
            let _ = stream.write_all(said).await;
            let length = stream.read(&mut back).await.unwrap_or(0);
            back.truncate(length);
            back
        };
        let (mut stranger, tap) = (None, Tap::default());
        let back = tokio::select! {
            back = client => back,
            () = echo(&listener, &relay, WORD, &tap, &mut stranger) => panic!("the listener broke"),
        };
        (back, stranger)
    }

    #[tokio::test]
    async fn the_word_is_given_back_to_the_relay() {
        assert_eq!(heard([127, 0, 0, 1], WORD).await, (WORD.to_vec(), None));
    }

    #[tokio::test]
    async fn whoever_does_not_know_the_word_hears_nothing() {
        assert_eq!(heard([127, 0, 0, 1], b"another word, as long").await, (Vec::new(), None));
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn whoever_connects_from_elsewhere_is_no_relay() {
        let elsewhere = [127, 0, 0, 2];
        assert_eq!(heard(elsewhere, WORD).await, (Vec::new(), Some(elsewhere.into())));
    }
}
