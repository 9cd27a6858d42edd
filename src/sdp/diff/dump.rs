//! What is compared in a dump: what was set with what had been created, and each offer with the one before of its side.

use super::comparison::Relation;
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
    // The offers in force of each side: a rollback takes the last one back.
    let mut offers: [Vec<usize>; 2] = [Vec::new(), Vec::new()];
    for event in &connection.events {
        let What::Description { side, kind, document, munged } = &event.what else { continue };
        let place = match side {
            Side::Created => continue,
            Side::Local => 0,
            Side::Remote => 1,
        };
        if *kind == Kind::Rollback {
            offers[place].pop();
            continue;
        }
        let Some(to) = *document else { continue };
        if let Some(Munged::Yes { created, .. } | Munged::Reordered { created }) = *munged {
            steps.push(Step { connection: id, from: created, to, relation: Relation::Munged, side: *side });
        }
        if *kind == Kind::Offer {
            if let Some(from) = offers[place].last().copied() {
                steps.push(Step { connection: id, from, to, relation: Relation::Later, side: *side });
            }
            offers[place].push(to);
        }
    }
    steps
}
