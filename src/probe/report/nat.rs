//! What lies between this machine and the servers.

use crate::finding::Confidence;
use crate::nat::{Conclusion, Hairpin, LeftOut, LifetimeFacts, NatFacts};
use crate::report::{Align, Block, Cell, Table, Tone};

/// The section; nothing where nobody asked.
pub(super) fn section(nat: Option<&[NatFacts]>, verbose: bool) -> Vec<Block> {
    let Some(nat) = nat else { return Vec::new() };
    let mut blocks = vec![Block::Heading("NAT".to_owned())];
    if nat.is_empty() {
        let why = "no server of this run answered a STUN Binding over UDP, so that nobody could be asked";
        blocks.push(Block::Paragraph(Cell::new(why, Tone::Warn)));
        return blocks;
    }
    let columns = vec![
        ("", Align::Left),
        ("kind", Align::Left),
        ("mapping", Align::Left),
        ("filtering", Align::Left),
        ("hairpinning", Align::Left),
        ("ports", Align::Left),
    ];
    blocks.push(Block::Table(Table { columns, rows: nat.iter().map(row).collect() }));
    let several = nat.len() > 1;
    for facts in nat {
        let family = if several { format!("{}: ", family(facts)) } else { String::new() };
        let items =
            remarks(facts, verbose).into_iter().map(|said| format!("{family}{said}").into()).collect();
        blocks.push(Block::List { numbered: false, items });
    }
    blocks
}

fn family(facts: &NatFacts) -> &'static str {
    if facts.local.is_ipv4() { "IPv4" } else { "IPv6" }
}

fn row(facts: &NatFacts) -> Vec<Cell> {
    let hairpinning = match facts.hairpinning.behavior {
        Hairpin::Works => "works",
        Hairpin::Silent => "none seen",
        Hairpin::NotApplicable => "",
        Hairpin::Inconclusive => "inconclusive",
    };
    let ports = match (facts.ports.preserved, facts.ports.parity) {
        (Some(true), _) => "kept",
        (Some(false), Some(true)) => "changed, parity kept",
        (Some(false), _) => "changed",
        (None, _) => "",
    };
    let kind = match (facts.kind, facts.nat) {
        (Some(kind), _) => Cell::new(kind, Tone::Strong),
        (None, Some(true)) => "a NAT".into(),
        (None, Some(false)) => "no NAT".into(),
        (None, None) => "inconclusive".into(),
    };
    vec![
        family(facts).into(),
        kind,
        behavior(&facts.mapping),
        behavior(&facts.filtering),
        hairpinning.into(),
        ports.into(),
    ]
}

fn behavior(conclusion: &Conclusion) -> Cell {
    let doubt = match conclusion.confidence {
        Some(Confidence::Medium) => " (medium)",
        Some(Confidence::Low) => " (low)",
        Some(Confidence::High) | None => "",
    };
    let tone = if conclusion.is_told() { Tone::Plain } else { Tone::Warn };
    Cell::new(format!("{}{doubt}", conclusion.behavior.name()), tone)
}

/// What the table does not say: addresses, what it means, and why something could not be told.
fn remarks(facts: &NatFacts, verbose: bool) -> Vec<String> {
    let mut said = Vec::new();
    if let (Some(mapped), Some(true)) = (facts.mapped, facts.nat) {
        said.push(format!("{} is seen as {mapped}", facts.local));
    }
    said.extend(facts.calls.iter().cloned());
    said.extend(facts.lifetime.as_ref().map(lifetime));
    let hairpinning = &facts.hairpinning;
    let doubts = [
        ("mapping", &facts.mapping.reason, !facts.mapping.is_told()),
        ("filtering", &facts.filtering.reason, !facts.filtering.is_told()),
        ("hairpinning", &hairpinning.reason, hairpinning.behavior == Hairpin::Inconclusive),
    ];
    // What a conclusion rests on is for those who ask; why there is none is for everybody.
    let doubts = doubts.into_iter().filter(|(_, _, open)| *open || verbose);
    said.extend(doubts.filter_map(|(name, why, _)| Some(format!("{name}: {}", why.as_ref()?))));
    said.extend(facts.hints.iter().cloned());
    said.extend(left_out(&facts.left_out));
    said
}

/// A sentence for each reason, with all servers that it holds for.
fn left_out(servers: &[LeftOut]) -> Vec<String> {
    let mut said: Vec<String> = Vec::new();
    for group in servers.chunk_by(|a, b| a.reason == b.reason) {
        let names: Vec<String> = group.iter().map(|server| server.addr.to_string()).collect();
        let were = if names.len() == 1 { "was" } else { "were" };
        said.push(format!("{} {were} not asked: {}", names.join(", "), group[0].reason));
    }
    said
}

fn lifetime(facts: &LifetimeFacts) -> String {
    let bounds = match (facts.at_least_s, facts.below_s) {
        (Some(alive), Some(dead)) => format!("at least {alive} s, less than {dead} s"),
        (Some(alive), None) => format!("at least {alive} s, the longest time waited out"),
        (None, Some(dead)) => format!("less than {dead} s"),
        (None, None) => "inconclusive".to_owned(),
    };
    let doubt = facts.reason.as_ref().map(|reason| format!(" ({reason})")).unwrap_or_default();
    format!("an idle socket is remembered for {bounds}{doubt}")
}
