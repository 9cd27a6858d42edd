//! What was sent and received, written down.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rtcscope::recording::{Carrier, Connection, Pcap, Pieces, Taken, Trace, What};

/// Records the bytes as they come over each transport, in one piece and in many.
pub(super) fn recording(bytes: &[u8]) {
    let step = bytes.first().map_or(1, |byte| usize::from(byte % 23) + 1);
    for (number, name) in ["udp", "tcp", "tls", "peer"].into_iter().enumerate() {
        let carrier = Carrier { name, stream: matches!(name, "tcp" | "tls"), encrypted: name == "tls" };
        let local = SocketAddr::from(([127, 0, 0, 1], 1));
        let connection = Arc::new(Connection { number: number as u64, local, carrier });
        let (mut pieces, mut trace) = (Pieces::default(), Trace::new(step.is_multiple_of(2)));
        let (mut pcap, head) = Pcap::new(0, "rtcscope");
        assert!(head.len().is_multiple_of(4));
        let sent = [What::Sent(bytes.to_vec())].into_iter();
        let received = bytes.chunks(step).map(|part| What::Received(part.to_vec()));
        for what in sent.chain(received).chain([What::Closed, What::Gone]) {
            let taken = Taken { at: Duration::ZERO, connection: connection.clone(), remote: local, what };
            let cut = pieces.take(&taken);
            let lines = trace.take(&taken, &cut);
            assert!(lines.chars().all(|c| c == '\n' || !c.is_control()), "{lines:?}");
            assert!(pcap.take(&taken, &cut).len().is_multiple_of(4));
        }
    }
}
