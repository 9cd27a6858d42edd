//! What is compared in a dump: what was set with what had been created, and each offer with the one before of its side.

use super::relation::Relation;
use crate::sdp::source::dump::{Connection, Munged, Side, What};
use crate::sdp::source::{Dump, Kind};

/// Two descriptions of a dump.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step<'d> {
    /// The peer connection.
    pub connection: &'d str,
    /// The document of the earlier one.
    pub from: usize,
    /// The document of the later one.
    pub to: usize,
    /// Munged or later.
    pub relation: Relation,
    /// Who set the later one.
    pub side: Side,
}

/// Everything to compare, in the order of the later ones.
pub fn steps(dump: &Dump) -> Vec<Step<'_>> {
    dump.connections.iter().flat_map(of_connection).collect()
}

fn of_connection(connection: &Connection) -> Vec<Step<'_>> {
    let id = connection.id.as_str();
    let mut steps = Vec::new();
    let mut sides = [Set::default(), Set::default()];
    for event in &connection.events {
        let (side, kind, document, munged) = match &event.what {
            What::Description { side, kind, document, munged } => (*side, *kind, *document, *munged),
            What::Failure { .. } => {
                match event.method.to_ascii_lowercase() {
                    method if method.starts_with("setlocal") => sides[0].take_back(),
                    method if method.starts_with("setremote") => sides[1].take_back(),
                    _ => {}
                }
                continue;
            }
            _ => continue,
        };
        let set = match side {
            Side::Created => continue,
            Side::Local => &mut sides[0],
            Side::Remote => &mut sides[1],
        };
        if let (Some(Munged::Yes { created, .. } | Munged::Reordered { created }), Some(to)) =
            (munged, document)
        {
            steps.push(Step { connection: id, from: created, to, relation: Relation::Munged, side });
        }
        match kind {
            Kind::Rollback => {
                set.offers.pop();
            }
            Kind::Offer => {
                let before = set.offers.last().copied().flatten();
                if let Some((from, to)) = before.zip(document) {
                    steps.push(Step { connection: id, from, to, relation: Relation::Later, side });
                }
                set.offers.push(document);
            }
            _ => {}
        }
        set.last = Some(kind);
    }
    steps
}

/// What a side has set.
#[derive(Default)]
struct Set {
    /// Those not taken back; None where the dump has no text.
    offers: Vec<Option<usize>>,
    /// The type of the last description.
    last: Option<Kind>,
}

impl Set {
    /// The last one could not be set.
    fn take_back(&mut self) {
        if self.last.take() == Some(Kind::Offer) {
            self.offers.pop();
        }
    }
}
