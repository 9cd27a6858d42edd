//! A recording as lines for people: one a message, with what matters of it.
//!
//! Secrets stay out: of MESSAGE-INTEGRITY, MOBILITY-TICKET, RESERVATION-TOKEN and the like there is the length, of a
//! NONCE its beginning, of data its length. USERNAME and REALM are shown: they go over the wire for all to see, and
//! without them no server's log can be searched.

use std::collections::{HashMap, VecDeque};
use std::fmt::Write as _;

use super::{Piece, Taken, What};
use crate::report::printable;
use crate::stun::explain::{self, Attribute, Protocol};

/// Messages remembered, to tell which ones come again.
const REMEMBERED: usize = 4096;
/// Characters of one value on a line.
const MOST_SHOWN: usize = 100;

/// The lines so far, as far as later ones depend on them.
#[derive(Debug)]
pub struct Trace {
    /// Whether each attribute has a line of its own.
    verbose: bool,
    seen: HashMap<Repeated, u32>,
    order: VecDeque<Repeated>,
}

/// What a message and its repetition share: connection, direction, and type and transaction.
type Repeated = (u64, bool, Vec<u8>);

impl Trace {
    /// No lines yet; with `verbose` they will have all attributes below them.
    pub fn new(verbose: bool) -> Self {
        Self { verbose, seen: HashMap::new(), order: VecDeque::new() }
    }

    /// The lines for what happened; `pieces` is what [`Pieces`](super::Pieces) made of it.
    pub fn take(&mut self, taken: &Taken, pieces: &[Piece]) -> String {
        let mut lines = String::new();
        for piece in pieces {
            self.piece(taken, piece, &mut lines);
        }
        match &taken.what {
            What::Sent(_) | What::Received(_) => {}
            What::Closed => line(taken, "closed", "<-", "by the other side", &mut lines),
            What::Failed(why) => line(taken, "failed", "--", &printable(why), &mut lines),
            What::Gone => {}
        }
        lines
    }

    fn piece(&mut self, taken: &Taken, piece: &Piece, lines: &mut String) {
        let sent = matches!(taken.what, What::Sent(_));
        let (word, arrow) = if sent { ("sent", "->") } else { ("recv", "<-") };
        let plain = taken.connection.carrier.name == "peer";
        let bytes = match piece {
            Piece::Whole(bytes) => bytes,
            Piece::Foreign(bytes) => {
                let what = if plain { "data".to_owned() } else { foreign(bytes) };
                let said = format!("{:>5} B  {what}", bytes.len());
                return line(taken, word, arrow, &said, lines);
            }
        };
        let explained = explain::explain(bytes, 0, &|_, _| Vec::new());
        // The far side's socket carries whatever an application would.
        if plain && explained.protocol != Protocol::Stun {
            return line(taken, word, arrow, &format!("{:>5} B  data", bytes.len()), lines);
        }
        let mut said = format!("{:>5} B  {}", bytes.len(), explained.title);
        if let Some(id) = &explained.transaction {
            let _ = write!(said, " {}", if self.verbose { id } else { &id[..8] });
        }
        if explained.protocol == Protocol::Stun {
            let times = self.count(taken.connection.number, sent, bytes);
            if times > 1 {
                let _ = write!(said, " ({} time {times})", if sent { "retransmission," } else { "again," });
            }
        }
        if !self.verbose {
            for attribute in explained.attributes.iter().filter(|attribute| matters(attribute)) {
                let value = shown(attribute);
                let quote = if value.contains(' ') { "\"" } else { "" };
                let _ = write!(said, "  {}={quote}{value}{quote}", attribute.label());
            }
        }
        if explained.integrity.is_some() {
            said.push_str("  signed");
        }
        if let Some(fault) = explained.faults.first() {
            let _ = write!(said, "  BROKEN at byte {}: {}", fault.offset, printable(&fault.message));
        }
        line(taken, word, arrow, &said, lines);
        if self.verbose {
            for attribute in &explained.attributes {
                let _ = writeln!(lines, "{:18}{}: {}", "", attribute.label(), shown(attribute));
            }
        }
    }

    /// How often this message has been seen, this time included.
    fn count(&mut self, connection: u64, sent: bool, bytes: &[u8]) -> u32 {
        let key =
            (connection, sent, [bytes.get(..2), bytes.get(8..20)].map(Option::unwrap_or_default).concat());
        if let Some(times) = self.seen.get_mut(&key) {
            *times += 1;
            return *times;
        }
        if self.order.len() == REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.seen.remove(&oldest);
        }
        self.order.push_back(key.clone());
        self.seen.insert(key, 1);
        1
    }
}

/// Names what a stream is instead of TURN, never what it says.
fn foreign(bytes: &[u8]) -> String {
    let explained = explain::explain(bytes, 0, &|_, _| Vec::new());
    match explained.protocol {
        Protocol::Other => explained.title,
        _ => "neither STUN nor ChannelData".to_owned(),
    }
}

/// `-v` has the others too.
fn matters(attribute: &Attribute) -> bool {
    !matches!(
        attribute.name,
        Some(
            "SOFTWARE"
                | "REALM"
                | "NONCE"
                | "MESSAGE-INTEGRITY"
                | "MESSAGE-INTEGRITY-SHA256"
                | "FINGERPRINT"
                | "PADDING"
                | "PASSWORD-ALGORITHM"
                | "PASSWORD-ALGORITHMS"
        )
    )
}

/// A value that is fit for a line.
fn shown(attribute: &Attribute) -> String {
    let value = attribute.masked.as_deref().unwrap_or(&attribute.value);
    match value.char_indices().nth(MOST_SHOWN) {
        Some((at, _)) => format!("{}...", printable(&value[..at])),
        None => printable(value).into_owned(),
    }
}

fn line(taken: &Taken, word: &str, arrow: &str, said: &str, lines: &mut String) {
    let milliseconds = taken.at.as_secs_f64() * 1000.0;
    let (via, local, remote) = (taken.connection.carrier.name, taken.connection.local, taken.remote);
    // Writing to a string cannot fail.
    let _ = writeln!(lines, "{milliseconds:>10.3} ms  {word:<6}  {via:<4}  {local} {arrow} {remote}  {said}");
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::super::{Carrier, Connection, Pieces};
    use super::*;
    use crate::stun::framing::channel_data;
    use crate::stun::{Class, MessageBuilder, Method, TransactionId, attribute};

    fn connection(name: &'static str) -> Arc<Connection> {
        let carrier = Carrier { name, stream: matches!(name, "tcp" | "tls"), encrypted: name == "tls" };
        Arc::new(Connection { number: 1, local: "192.0.2.1:5000".parse().unwrap(), carrier })
    }

    fn lines(verbose: bool, name: &'static str, events: Vec<What>) -> String {
        let (mut trace, mut pieces) = (Trace::new(verbose), Pieces::default());
        let connection = connection(name);
        let mut lines = String::new();
        for (index, what) in events.into_iter().enumerate() {
            let at = Duration::from_micros(1500 * index as u64);
            let remote = "198.51.100.1:3478".parse().unwrap();
            let taken = Taken { at, connection: connection.clone(), remote, what };
            lines.push_str(&trace.take(&taken, &pieces.take(&taken)));
        }
        lines
    }

    fn allocate() -> Vec<u8> {
        MessageBuilder::new(Class::Request, Method::Allocate, TransactionId([7; 12]))
            .number(attribute::REQUESTED_TRANSPORT, 17 << 24)
            .attribute(attribute::USERNAME, b"alice")
            .attribute(attribute::NONCE, b"0123456789abcdef")
            .attribute(0x8030, b"ticket-SECRET")
            .attribute(0x0007, b"password-SECRET")
            .integrity(b"key")
            .finish()
    }

    #[test]
    fn a_retransmission_is_said_to_be_one_and_an_error_is_told() {
        let events = vec![
            What::Sent(allocate()),
            What::Sent(allocate()),
            What::Failed("Connection refused\x1b[2J".to_owned()),
            What::Gone,
        ];
        insta::assert_snapshot!(lines(false, "udp", events), @r#"
        0.000 ms  sent    udp   192.0.2.1:5000 -> 198.51.100.1:3478    132 B  Allocate request 07070707  REQUESTED-TRANSPORT="UDP (17)"  USERNAME=alice  MOBILITY-TICKET="13 bytes"  PASSWORD="15 bytes"  signed
        1.500 ms  sent    udp   192.0.2.1:5000 -> 198.51.100.1:3478    132 B  Allocate request 07070707 (retransmission, time 2)  REQUESTED-TRANSPORT="UDP (17)"  USERNAME=alice  MOBILITY-TICKET="13 bytes"  PASSWORD="15 bytes"  signed
        3.000 ms  failed  udp   192.0.2.1:5000 -- 198.51.100.1:3478  Connection refused\u{1b}[2J
        "#);
    }

    #[test]
    fn all_attributes_are_told_with_their_secrets_left_out() {
        let lines = lines(true, "udp", vec![What::Sent(allocate())]);
        assert!(!lines.contains("SECRET") && !lines.contains(&hex(b"SECRET")), "{lines}");
        insta::assert_snapshot!(lines, @r"
        0.000 ms  sent    udp   192.0.2.1:5000 -> 198.51.100.1:3478    132 B  Allocate request 070707070707070707070707  signed
                     REQUESTED-TRANSPORT: UDP (17)
                     USERNAME: alice
                     NONCE: 01234567... (16 bytes)
                     MOBILITY-TICKET: 13 bytes
                     PASSWORD: 15 bytes
                     MESSAGE-INTEGRITY: 20 bytes
                     FINGERPRINT: 0x8497a7d1
        ");
    }

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn a_stream_is_cut_into_messages_and_data_is_counted() {
        let bind = MessageBuilder::new(Class::Request, Method::ChannelBind, TransactionId([8; 12])).finish();
        let granted =
            MessageBuilder::new(Class::Success, Method::ChannelBind, TransactionId([8; 12])).finish();
        let data = channel_data(0x4000, b"hello", true).unwrap();
        let whole = [granted, data].concat();
        let events = vec![
            What::Sent(bind),
            What::Received(whole[..10].to_vec()),
            What::Received(whole[10..].to_vec()),
            What::Received(b"HTTP/1.1 400 Bad Request\r\n".to_vec()),
            What::Closed,
        ];
        insta::assert_snapshot!(lines(false, "tls", events), @r"
        0.000 ms  sent    tls   192.0.2.1:5000 -> 198.51.100.1:3478     28 B  ChannelBind request 08080808
        3.000 ms  recv    tls   192.0.2.1:5000 <- 198.51.100.1:3478     28 B  ChannelBind success response 08080808
        3.000 ms  recv    tls   192.0.2.1:5000 <- 198.51.100.1:3478      9 B  ChannelData on 0x4000, 5 bytes
        6.000 ms  recv    tls   192.0.2.1:5000 <- 198.51.100.1:3478     26 B  an HTTP response
        6.000 ms  closed  tls   192.0.2.1:5000 <- 198.51.100.1:3478  by the other side
        ");
    }

    #[test]
    fn what_a_tcp_relay_carries_is_no_channel_data_whatever_it_looks_like() {
        let granted =
            MessageBuilder::new(Class::Success, Method::ConnectionBind, TransactionId([8; 12])).finish();
        let events = vec![
            What::Received([&granted[..], b"rtcs"].concat()),
            What::Sent(b"rtcscope".to_vec()),
            What::Received(b"rtcscope".to_vec()),
        ];
        insta::assert_snapshot!(lines(false, "tcp", events), @r"
        0.000 ms  recv    tcp   192.0.2.1:5000 <- 198.51.100.1:3478     28 B  ConnectionBind success response 08080808
        0.000 ms  recv    tcp   192.0.2.1:5000 <- 198.51.100.1:3478      4 B  neither STUN nor ChannelData
        1.500 ms  sent    tcp   192.0.2.1:5000 -> 198.51.100.1:3478      8 B  neither STUN nor ChannelData
        3.000 ms  recv    tcp   192.0.2.1:5000 <- 198.51.100.1:3478      8 B  neither STUN nor ChannelData
        ");
    }

    #[test]
    fn http_before_any_channel_is_named_and_the_far_sides_data_is_not_read() {
        let events =
            vec![What::Received(b"HTTP/1.1 400 Bad Request\r\n".to_vec()), What::Received(vec![1; 5])];
        insta::assert_snapshot!(lines(false, "tcp", events), @r"
        0.000 ms  recv    tcp   192.0.2.1:5000 <- 198.51.100.1:3478     26 B  an HTTP response
        1.500 ms  recv    tcp   192.0.2.1:5000 <- 198.51.100.1:3478      5 B  neither STUN nor ChannelData
        ");
        insta::assert_snapshot!(lines(false, "peer", vec![What::Sent(vec![0; 160])]), @r"
             0.000 ms  sent    peer  192.0.2.1:5000 -> 198.51.100.1:3478    160 B  data
        ");
    }
}
