//! A TCP relay used for real (RFC 6062): the server connects to a listener of ours, and bytes pass both ways.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::time::timeout;

use crate::io::link::Link;
use crate::io::probe::allocation::Relayed;
use crate::probe::facts::Capability;
use crate::stun::attribute;
use crate::turn::Request;

/// How long each end may wait for bytes of the other.
const PATIENCE: Duration = Duration::from_millis(1500);
const WORD: &[u8] = b"rtcscope: over a TCP relay";

/// Whether data passes: Connect to a listener at our own address, ConnectionBind on a second connection, a
/// word there and back.
///
/// # Errors
/// Why it could not be tried, in words.
pub(super) async fn passes(
    relayed: &mut Relayed,
    second: impl Future<Output = Result<Link, String>>,
) -> Result<Capability, String> {
    let local = relayed.link.local_addr().ok_or("no local address")?;
    // A peer is of the relay's family, else 443 (RFC 8656 §10.2); where that is not ours we have no address for it.
    if local.is_ipv4() != relayed.address.is_ipv4() {
        return Err("the relay is of the other address family".to_owned());
    }
    let listener = TcpListener::bind(SocketAddr::new(local.ip(), 0)).await.map_err(|e| e.to_string())?;
    let peer = listener.local_addr().map_err(|e| e.to_string())?;
    let said = |state, code| Ok(Capability { name: "tcp-relay-data", state, code });
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
        let passed = timeout(PATIENCE, there_and_back(listener, data)).await;
        return said(if passed.is_ok_and(|passed| passed.is_some()) { "yes" } else { "no" }, None);
    }
    said("unknown", None)
}

/// A word from the client to the peer, and from the peer to the client.
async fn there_and_back(listener: TcpListener, data: Link) -> Option<()> {
    let (mut peer, _) = listener.accept().await.ok()?;
    let mut wire = data.into_wire();
    wire.send(WORD.to_vec()).ok()?;
    wire.flush().await.ok()?;
    let mut heard = vec![0; WORD.len()];
    peer.read_exact(&mut heard).await.ok()?;
    peer.write_all(&heard).await.ok()?;
    let mut back = Vec::new();
    let mut buffer = [0; 256];
    while back.len() < WORD.len() {
        match wire.receive(&mut buffer).await.ok()? {
            0 => return None,
            length => back.extend_from_slice(&buffer[..length]),
        }
    }
    (back == WORD).then_some(())
}
