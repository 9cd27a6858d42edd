//! What `rtcscope stun decode` hands to the report layer.

use serde::Serialize;

use crate::finding::Exit;
use crate::report::{Align, Block, Cell, Document, Report, Table, Tone};
use crate::stun::explain::{Check, Explanation, Field, Protocol};

/// Bytes on one line of the table.
const WIDTH: usize = 4;
/// Lines of one field, unless `-v` asks for all.
const MOST_LINES: usize = 10;

/// Messages, explained.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub(in crate::cli) struct Decoded {
    /// Whether none is broken.
    sound: bool,
    messages: Vec<Explanation>,
    #[serde(skip)]
    verbose: bool,
}

impl Decoded {
    pub(super) fn new(messages: Vec<Explanation>, verbose: bool) -> Self {
        Self { sound: messages.iter().all(Explanation::is_sound), messages, verbose }
    }

    fn verdict(&self) -> Cell {
        let broken = self.messages.iter().filter(|message| !message.is_sound()).count();
        match (&self.messages[..], broken) {
            ([one], 0) => Cell::new(summary(one), Tone::Good),
            ([one], _) => {
                let fault = one.faults.first().map(|fault| (fault.offset, fault.message.as_str()));
                let (at, message) = fault.unwrap_or_default();
                let place = if one.protocol == Protocol::Other { String::new() } else { place(at) };
                Cell::new(format!("{place}{message}"), Tone::Bad)
            }
            (all, 0) => Cell::new(format!("{} messages, all sound", all.len()), Tone::Good),
            (all, broken) => Cell::new(format!("{broken} of {} messages are broken", all.len()), Tone::Bad),
        }
    }
}

fn place(at: usize) -> String {
    format!("byte {at} (0x{at:04x}): ")
}

fn summary(message: &Explanation) -> String {
    let mut parts = vec![message.title.clone()];
    if message.protocol == Protocol::ChannelData {
        return parts.remove(0);
    }
    if message.protocol == Protocol::ClassicStun {
        parts.push("RFC 3489".to_owned());
    }
    parts.push(format!("{} bytes", message.length));
    parts.push(match message.attributes.len() {
        0 => "no attributes".to_owned(),
        1 => "1 attribute".to_owned(),
        many => format!("{many} attributes"),
    });
    let check = |name: &str, check: Option<Check>| {
        check.map(|check| match check {
            Check::Right => format!("{name} right"),
            Check::Wrong => format!("{name} wrong"),
            Check::NotChecked => format!("{name} not checked"),
        })
    };
    parts.extend(check("MESSAGE-INTEGRITY", message.integrity));
    parts.extend(check("FINGERPRINT", message.fingerprint));
    parts.join(", ")
}

impl Report for Decoded {
    const SCHEMA: &'static str = "stun/1";

    fn document(&self) -> Document {
        let mut blocks = vec![Block::Verdict(self.verdict())];
        for (index, message) in self.messages.iter().enumerate() {
            if self.messages.len() > 1 {
                let at = message.offset;
                let title = format!("Message {}: {}, at byte {at}", index + 1, summary(message));
                blocks.push(Block::Heading(title));
            }
            blocks.push(self.table(message));
            if !message.faults.is_empty() && (self.messages.len() > 1 || message.faults.len() > 1) {
                let item = |fault: &crate::stun::explain::Fault| {
                    Cell::new(format!("{}{}", place(fault.offset), fault.message), Tone::Bad)
                };
                let items = message.faults.iter().map(item).collect();
                blocks.push(Block::List { numbered: false, items });
            }
        }
        Document { blocks }
    }

    fn exit(&self) -> Exit {
        if self.sound { Exit::Healthy } else { Exit::Failed }
    }
}

impl Decoded {
    fn table(&self, message: &Explanation) -> Block {
        let columns = vec![
            ("byte", Align::Right),
            ("hex", Align::Left),
            ("field", Align::Left),
            ("meaning", Align::Left),
        ];
        let mut rows: Vec<Vec<Cell>> = Vec::new();
        for field in &message.fields {
            // A fault stands where it is, below what the bytes say.
            let end = field.offset + field.bytes.len().max(1);
            let faults: Vec<&str> = message
                .faults
                .iter()
                // What is no STUN is so as a whole, and the verdict says it.
                .filter(|fault| {
                    message.protocol != Protocol::Other && (field.offset..end).contains(&fault.offset)
                })
                .map(|fault| fault.message.as_str())
                .collect();
            rows.extend(self.rows(field, &faults));
        }
        Block::Table(Table { columns, rows })
    }

    fn rows(&self, field: &Field, faults: &[&str]) -> Vec<Vec<Cell>> {
        let lines = field.bytes.chunks(WIDTH).count();
        let shown = if self.verbose || lines <= MOST_LINES { lines } else { MOST_LINES };
        let bad = !faults.is_empty();
        let tone = match (bad, field.inner) {
            (true, _) => Tone::Bad,
            (false, true) => Tone::Plain,
            (false, false) => Tone::Strong,
        };
        let name = if field.inner { format!("  {}", field.name) } else { field.name.clone() };
        let mut meaning = field.meaning.clone();
        if let Some(reference) = field.reference {
            meaning.push_str(&format!(" ({reference})"));
        }
        for fault in faults {
            meaning.push_str(&format!(" <- WRONG: {fault}"));
        }
        let mut rows = Vec::new();
        for (index, chunk) in field.bytes.chunks(WIDTH).take(shown).enumerate() {
            let hex: Vec<String> = chunk.iter().map(|byte| format!("{byte:02x}")).collect();
            let first = index == 0;
            let at = format!("{:04x}", field.offset + index * WIDTH);
            let name = if first { name.clone() } else { " ".to_owned() };
            let meaning = if first { meaning.clone() } else { " ".to_owned() };
            let said = if bad { Tone::Bad } else { Tone::Plain };
            rows.push(vec![
                Cell::new(at, Tone::Dim),
                hex.join(" ").into(),
                Cell::new(name, tone),
                Cell::new(meaning, said),
            ]);
        }
        if shown < lines {
            let left = field.bytes.len() - shown * WIDTH;
            let more = format!("{left} bytes more (-v shows them)");
            rows.push(vec![" ".into(), "...".into(), " ".into(), Cell::new(more, Tone::Dim)]);
        }
        rows
    }
}
