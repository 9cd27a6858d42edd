//! What was sent and received, written down.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rtcscope::capture::{Decoder, Ending, Reader, Section, Transport};
use rtcscope::recording::packets::{self, Content, Packet};
use rtcscope::recording::{Carrier, Connection, Pcap, Pieces, Taken, Trace, What};

use super::capture::TUNNELS;
use super::script::Script;

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

/// Writes packets by the script as recordings of calls and of probes are written: our own reader has them back, each byte
/// and time and address, whatever is in the comments.
pub(super) fn pcapng(bytes: &[u8]) {
    let mut script = Script(bytes);
    let content = [Content::Wire, Content::Plain][script.below(2)];
    let application = String::from_utf8_lossy(script.bytes()).into_owned();
    let mut file = packets::head(content, &application);
    let mut written = Vec::new();
    while !script.0.is_empty() && written.len() < 64 {
        let choice = script.byte();
        let (from, to) = (script.address(), script.address());
        let mut payload = script.bytes().to_vec();
        if choice & 0x30 == 0x30 {
            // Up to what no packet holds.
            payload.resize(usize::from(script.number()), choice);
        }
        let at = (u64::from(script.number()) << 48 | u64::from(script.number())) & (i64::MAX as u64);
        let end = usize::from(choice & 1);
        let packet = Packet { at, end, from, to, bytes: &payload };
        let before = file.len();
        let is_within = content == Content::Plain && choice & 2 != 0;
        match is_within {
            true => packets::within(&mut file, &packet, ["rtp", "rtcp", "sctp", ""][script.below(4)]),
            false => packets::datagram(&mut file, &packet),
        }
        let fits =
            from.ip().to_canonical().is_ipv4() == to.ip().to_canonical().is_ipv4() && payload.len() <= 65_507;
        assert_eq!(file.len() > before, is_within || fits || is_long_v6(from, to, payload.len()));
        if file.len() > before {
            let canonical =
                |address: SocketAddr| SocketAddr::new(address.ip().to_canonical(), address.port());
            let interface = end as u32 + if is_within { 2 } else { 0 };
            written.push((at as i64, interface, canonical(from), canonical(to), payload));
        }
    }
    assert!(file.len().is_multiple_of(4));
    let mut reader = Reader::new(&file[..]).expect("what we write");
    let (mut decoder, mut read) = (Decoder::new(0), Vec::new());
    let ending = loop {
        let ended = reader.next(&mut |section| {
            let Section::Record(record) = section else { panic!("nothing of it is left out") };
            let datagram = decoder.datagram(&record);
            let Some(datagram) = datagram else { return };
            assert_eq!((datagram.transport, datagram.cut), (Transport::Udp, 0));
            let (src, dst) = (datagram.src, datagram.dst);
            read.push((datagram.at.0, datagram.interface, src, dst, datagram.payload.to_vec()));
        });
        if let Some(ending) = ended {
            break ending;
        }
    };
    assert!(matches!(ending, Ending::Whole), "{ending:?}");
    // What goes to the port of a tunnel and looks like one is taken apart.
    if decoder.skipped().total() == 0 && !written.iter().any(|(_, _, _, to, _)| TUNNELS.contains(&to.port()))
    {
        assert_eq!(read, written);
    }
    assert!(
        decoder.skipped().total() == 0 || written.iter().any(|(_, _, _, to, _)| TUNNELS.contains(&to.port()))
    );
}

/// IPv6 has room for what a header of IPv4 takes.
fn is_long_v6(from: SocketAddr, to: SocketAddr, length: usize) -> bool {
    let is_v6 = |address: SocketAddr| address.ip().to_canonical().is_ipv6();
    is_v6(from) && is_v6(to) && length <= 65_527
}
