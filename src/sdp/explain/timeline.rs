//! A dump as a timeline: what was created, set and changed, and what was found, connection by connection.

use crate::report::{Align, Block, Cell, Table, Tone};
use crate::sdp::source::Dump;
use crate::sdp::source::dump::{Connection, Event, Munged, Side, What};

/// Events shown of one connection; the JSON has them all.
const MOST: usize = 200;

pub(super) fn blocks(dump: &Dump) -> Vec<Block> {
    let count = match dump.connections.len() {
        1 => "one peer connection".to_owned(),
        count => format!("{count} peer connections"),
    };
    let agent = dump.user_agent.as_ref().map(|agent| format!(" of {agent}")).unwrap_or_default();
    let title = format!("{}{agent}: {count}", dump.format.name());
    let mut blocks = vec![Block::Verdict(Cell::new(title, Tone::Strong))];
    let start = dump.connections.iter().flat_map(|one| &one.events).find_map(|event| event.time_ms);
    blocks.extend(dump.connections.iter().flat_map(|one| connection(one, start)));
    blocks
}

fn connection(one: &Connection, start: Option<f64>) -> Vec<Block> {
    let page = one.url.as_ref().map(|url| format!(" ({url})")).unwrap_or_default();
    let mut blocks = vec![Block::Heading(format!("Peer connection {}{page}", one.id))];
    let rows = one
        .events
        .iter()
        .take(MOST)
        .map(|event| vec![time(event, start).into(), event.method.clone().into(), what(&event.what)]);
    let columns = vec![("at", Align::Right), ("event", Align::Left), ("what", Align::Left)];
    match one.events.len() {
        0 => blocks.push(Block::Paragraph("Nothing happened to it.".into())),
        _ => blocks.push(Block::Table(Table { columns, rows: rows.collect() })),
    }
    let left_out = one.events.len().saturating_sub(MOST);
    if left_out > 0 {
        let sentence = format!("{left_out} more events are in the JSON.");
        blocks.push(Block::Paragraph(Cell::new(sentence, Tone::Dim)));
    }
    blocks
}

/// Seconds since the first event of the dump.
fn time(event: &Event, start: Option<f64>) -> String {
    match (event.time_ms, start, &event.time_text) {
        (Some(time), Some(start), _) => format!("{:.3}", (time - start) / 1000.0),
        (_, _, Some(text)) => text.clone(),
        _ => String::new(),
    }
}

fn what(what: &What) -> Cell {
    match what {
        What::Description { side, kind, document, munged } => {
            let verb = match side {
                Side::Created => "created",
                Side::Local => "set here",
                Side::Remote => "set as the other side's",
            };
            let which = match document {
                Some(index) => format!("{} {verb}: description {}", kind.name(), index + 1),
                None => format!("{} {verb}, without its text", kind.name()),
            };
            match munged {
                Some(Munged::Yes { created, .. }) => {
                    Cell::new(format!("{which}, changed since description {}", created + 1), Tone::Warn)
                }
                Some(Munged::Reordered { created }) => {
                    format!("{which}, reordered since description {}", created + 1).into()
                }
                _ => which.into(),
            }
        }
        What::Candidate { local, candidate } => {
            let whose = if *local { "ours" } else { "theirs" };
            match &candidate.line {
                Some(line) => format!("{whose}: {line}").into(),
                None => format!("{whose}: no more candidates").into(),
            }
        }
        What::State { of, to } => format!("{}: {to}", of.name()).into(),
        What::Failure { message } => Cell::new(message.clone(), Tone::Bad),
        What::Other { value } => value.clone().into(),
    }
}
