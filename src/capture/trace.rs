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
        match &taken.what {
            What::Sent(_) | What::Received(_) => {
                for piece in pieces {
                    self.piece(taken, piece, &mut lines);
                }
            }
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
                let said = format!("{:>5} B  {}", bytes.len(), foreign(bytes));
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
                let value = printable(shown(attribute)).into_owned();
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
                let _ = writeln!(lines, "{:18}{}: {}", "", attribute.label(), printable(shown(attribute)));
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

fn shown(attribute: &Attribute) -> &str {
    attribute.masked.as_deref().unwrap_or(&attribute.value)
}

fn line(taken: &Taken, word: &str, arrow: &str, said: &str, lines: &mut String) {
    let milliseconds = taken.at.as_secs_f64() * 1000.0;
    let (via, local, remote) = (taken.connection.carrier.name, taken.connection.local, taken.remote);
    // Writing to a string cannot fail.
    let _ = writeln!(lines, "{milliseconds:>10.3} ms  {word:<6}  {via:<4}  {local} {arrow} {remote}  {said}");
}
