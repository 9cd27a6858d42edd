//! The text: which parts, in which order, and the tables of each m-line.

use std::collections::{HashMap, HashSet};

use super::facts::*;
use super::reading::FRAGMENT;
use super::{AnnotatedLine, faults, prose};
use crate::finding::{Finding, Severity};
use crate::report::{Align, Block, Cell, Table, Tone};

/// Of sources, candidates and problems as many are shown; the JSON has them all.
const MOST: usize = 12;

pub(super) fn session(session: &SessionFacts, findings: &[Finding], evidence: bool) -> Vec<Block> {
    let mut blocks = vec![
        Block::Verdict(Cell::new(prose::title(session), Tone::Strong)),
        Block::Paragraph(prose::writer(session, evidence).into()),
        Block::Paragraph(prose::summary(session).into()),
    ];
    blocks.retain(|block| !matches!(block, Block::Paragraph(cell) if cell.text.is_empty()));
    if let Some(lines) = &session.lines {
        blocks.push(Block::Heading("Line by line".to_owned()));
        let mut told: HashMap<usize, Vec<&Finding>> = HashMap::new();
        for finding in findings.iter().filter(|finding| finding.severity > Severity::Info) {
            told.entry(faults::line(finding).unwrap_or_default()).or_default().push(finding);
        }
        let at = |line: &AnnotatedLine| told.get(&(line.line as usize)).map_or(&[][..], Vec::as_slice);
        let annotated = lines.iter().map(|line| annotated(line, at(line)));
        blocks.push(Block::Code(annotated.collect::<Vec<_>>().join("\n")));
    } else {
        let is_fragment = session.kind == Some(FRAGMENT);
        for (index, one) in session.media.iter().enumerate() {
            blocks.extend(media(one, &session.media[..index], is_fragment));
        }
    }
    blocks.extend(problems(session, findings));
    blocks.extend(session.strict.as_ref().map(|strict| {
        let text =
            format!("A strict parser (the package sdp) stops at line {}: {}.", strict.line, strict.reason);
        Block::Paragraph(Cell::new(text, Tone::Warn))
    }));
    blocks
}

/// The line, what it means, and what is wrong with it.
fn annotated(line: &AnnotatedLine, faults: &[&Finding]) -> String {
    let mut text = match line.reference {
        "" => format!("{:>4}  {}\n      {}", line.line, line.text, line.meaning),
        reference => format!("{:>4}  {}\n      {} ({reference})", line.line, line.text, line.meaning),
    };
    for finding in faults.iter().take(MOST) {
        let word = if finding.severity == Severity::Error { "error" } else { "warning" };
        text.push_str(&format!("\n      {word}: {} ({})", finding.message, finding.code));
    }
    text
}

/// What no finding tells, such as in a fragment.
fn problems(session: &SessionFacts, findings: &[Finding]) -> Vec<Block> {
    let faults = findings.iter().filter(|finding| finding.severity > Severity::Info);
    let told: HashSet<usize> = faults.filter_map(faults::line).collect();
    let untold: Vec<&ProblemFacts> =
        session.problems.iter().filter(|problem| !told.contains(&(problem.line as usize))).collect();
    if untold.is_empty() {
        return Vec::new();
    }
    let shown = untold.iter().take(MOST);
    let mut items: Vec<Cell> = shown
        .map(|problem| {
            format!("line {}, column {}: {}", problem.line, problem.column, problem.message).into()
        })
        .collect();
    items.extend(more(untold.len()).map(Cell::from));
    vec![Block::Heading("What cannot be read".to_owned()), Block::List { numbered: false, items }]
}

fn more(count: usize) -> Option<String> {
    (count > MOST).then(|| format!("and {} more", count - MOST))
}

fn media(media: &MediaFacts, before: &[MediaFacts], is_fragment: bool) -> Vec<Block> {
    let mid = media.mid.as_ref().map(|mid| format!(", mid {mid}")).unwrap_or_default();
    let kind = if media.sctp.is_some() { "data channels" } else { &media.kind };
    let mut blocks = vec![
        Block::Heading(format!("m-line {}: {kind}{mid} (line {})", media.index, media.line)),
        Block::Table(properties(media, is_fragment)),
    ];
    // Of many m-lines of a conference each has the same.
    let same = |is_same: &dyn Fn(&MediaFacts) -> bool| {
        before.iter().take(MOST).find(|one| is_same(one)).map(|one| one.index)
    };
    match same(&|one| one.codecs.len() > 2 && one.codecs == media.codecs) {
        Some(index) => blocks.push(Block::Paragraph(format!("Codecs: those of m-line {index}.").into())),
        None if media.codecs.is_empty() => {}
        None => blocks.push(Block::Table(codecs(&media.codecs))),
    }
    match same(&|one| one.candidates.len() > 2 && one.candidates == media.candidates) {
        Some(index) => blocks.push(Block::Paragraph(format!("Candidates: those of m-line {index}.").into())),
        None if media.candidates.is_empty() => {}
        None => blocks.push(Block::Table(candidates(&media.candidates))),
    }
    blocks
}

fn properties(media: &MediaFacts, is_fragment: bool) -> Table {
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    let mut row = |name: &'static str, value: Cell| {
        if !value.text.is_empty() {
            rows.push(vec![Cell::new(name, Tone::Dim), value]);
        }
    };
    if !is_fragment {
        row("port", port(media));
        row("direction", media.direction.unwrap_or_default().into());
        row("transport", transport(media).into());
    }
    row("DTLS", dtls(media));
    row("ICE", ice(media).into());
    row("bandwidth", bandwidth(media).into());
    row("streams", streams(media).into());
    row("simulcast", simulcast(media).into());
    row("SSRCs", ssrcs(media).into());
    row("extensions", extensions(media).into());
    row("SCTP", sctp(media).into());
    row("formats", media.formats.join(" ").into());
    Table { columns: vec![("what", Align::Left), ("value", Align::Left)], rows }
}

fn port(media: &MediaFacts) -> Cell {
    match (media.port, media.rejected, media.bundle_only) {
        (None, ..) => Cell::new("unreadable", Tone::Bad),
        (_, true, _) => Cell::new("0: rejected or stopped", Tone::Warn),
        (Some(0), ..) if media.rtsp => "0: RTSP will choose".into(),
        (Some(0), _, true) => "0: used as part of its BUNDLE group only".into(),
        // The port of those who have no candidates yet (RFC 9429).
        (Some(9), ..) if media.ice_ufrag.is_some() => "9: ICE will tell".into(),
        (Some(port), ..) if media.ice_ufrag.is_some() && is_nowhere(media) => {
            format!("{port}: ICE will tell").into()
        }
        (Some(port), ..) => match &media.connection {
            Some(address) => format!("{port} at {address}").into(),
            None => port.to_string().into(),
        },
    }
}

fn is_nowhere(media: &MediaFacts) -> bool {
    matches!(media.connection.as_deref(), Some("0.0.0.0" | "::"))
}

fn transport(media: &MediaFacts) -> String {
    let mut said: Vec<String> = media.proto.iter().cloned().collect();
    said.extend(media.rtcp_mux.then(|| "RTCP on the same port".to_owned()));
    said.extend(media.rtcp_rsize.then(|| "reduced-size RTCP".to_owned()));
    said.join(", ")
}

fn dtls(media: &MediaFacts) -> Cell {
    let role = media.setup.map(|setup| match setup {
        "actpass" => "actpass: the answer chooses the roles".to_owned(),
        "active" => "active: this side is the client".to_owned(),
        "passive" => "passive: this side is the server".to_owned(),
        other => other.to_owned(),
    });
    let prints = media.fingerprints.iter().map(|print| format!("{} {}", print.hash, shortened(&print.value)));
    let said: Vec<String> = role.into_iter().chain(prints).collect();
    match (said.is_empty(), media.sdes) {
        (true, true) => Cell::new("none: SRTP keys stand in the description (SDES)", Tone::Warn),
        (false, true) => {
            Cell::new(format!("{}; SRTP keys in the description too", said.join(", ")), Tone::Warn)
        }
        _ => said.join(", ").into(),
    }
}

/// The first and the last bytes, which is what people compare.
fn shortened(fingerprint: &str) -> String {
    match fingerprint.len() > 29 && fingerprint.is_ascii() {
        true => format!("{}…{}", &fingerprint[..12], &fingerprint[fingerprint.len() - 11..]),
        false => fingerprint.to_owned(),
    }
}

fn ice(media: &MediaFacts) -> String {
    let Some(ufrag) = &media.ice_ufrag else { return String::new() };
    let mut said = vec![format!("ufrag {ufrag}")];
    if media.trickle {
        said.push("trickle".to_owned());
    }
    said.push(match media.candidates.len() {
        0 => "no candidates".to_owned(),
        _ => by_type(&media.candidates),
    });
    if media.end_of_candidates {
        said.push("no more will follow".to_owned());
    }
    said.join(", ")
}

fn by_type(candidates: &[CandidateFacts]) -> String {
    let mut counted: Vec<(&str, usize)> = Vec::new();
    for candidate in candidates {
        match counted.iter().position(|(kind, _)| *kind == candidate.kind) {
            Some(index) => counted[index].1 += 1,
            None if counted.len() == MOST => break,
            None => counted.push((&candidate.kind, 1)),
        }
    }
    let mdns = candidates.iter().filter(|candidate| candidate.mdns).count();
    let mut said: Vec<String> = counted.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    if mdns > 0 {
        said.push(format!("{mdns} behind mDNS names"));
    }
    said.join(", ")
}

fn bandwidth(media: &MediaFacts) -> String {
    let each = media.bandwidth.iter().take(MOST).map(|b| match b.bps {
        Some(bps) => format!("{} {} kbit/s", b.kind, bps as f64 / 1000.0),
        None => format!("{} (unknown unit)", b.kind),
    });
    each.collect::<Vec<_>>().join(", ")
}

fn streams(media: &MediaFacts) -> String {
    let shown = media.msids.iter().take(MOST).cloned().chain(more(media.msids.len()));
    shown.collect::<Vec<_>>().join("; ")
}

fn simulcast(media: &MediaFacts) -> String {
    let Some(simulcast) = &media.simulcast else {
        let rids: Vec<String> =
            media.rids.iter().take(MOST).map(|rid| format!("{} {}", rid.direction, rid.id)).collect();
        return if rids.is_empty() { String::new() } else { format!("no; rids: {}", rids.join(", ")) };
    };
    let one = |word: &str, streams: &[String]| {
        (!streams.is_empty()).then(|| format!("{word} {}: {}", streams.len(), streams.join(", ")))
    };
    let both = [one("sends", &simulcast.send), one("takes", &simulcast.recv)];
    both.into_iter().flatten().collect::<Vec<_>>().join("; ")
}

fn ssrcs(media: &MediaFacts) -> String {
    let each = media.ssrcs.iter().take(MOST).map(|ssrc| match ssrc.repairs {
        Some(first) => format!("{} (repairs {first})", ssrc.id),
        None => ssrc.id.to_string(),
    });
    each.chain(more(media.ssrcs.len())).collect::<Vec<_>>().join(", ")
}

fn extensions(media: &MediaFacts) -> String {
    let each = media.extmaps.iter().map(|extmap| {
        let name = extmap.name.unwrap_or(&extmap.uri);
        let direction = extmap.direction.map(|direction| format!(" ({direction})")).unwrap_or_default();
        let encrypted = if extmap.encrypted { " (encrypted)" } else { "" };
        format!("{} {name}{direction}{encrypted}", extmap.id)
    });
    each.collect::<Vec<_>>().join(", ")
}

fn sctp(media: &MediaFacts) -> String {
    let Some(sctp) = &media.sctp else { return String::new() };
    let port = sctp.port.map_or("no port".to_owned(), |port| format!("port {port}"));
    let size = match sctp.max_message_size {
        None => "messages of up to 65536 bytes (nothing is said)".to_owned(),
        Some(0) => "messages of any size".to_owned(),
        Some(bytes) => format!("messages of up to {bytes} bytes"),
    };
    let legacy = if sctp.legacy { ", written as in drafts (sctpmap)" } else { "" };
    format!("{port}, {size}{legacy}")
}

/// Retransmissions stand beside what they repeat.
fn codecs(codecs: &[CodecFacts]) -> Table {
    let repeats = |codec: &CodecFacts| {
        let is_rtx = codec.name.as_deref().is_some_and(|name| name.eq_ignore_ascii_case("rtx"));
        let rest = codec.reading.strip_prefix("repeats ").filter(|_| is_rtx)?;
        let apt: u8 = rest.split(',').next()?.parse().ok()?;
        codecs.iter().any(|other| other.payload_type == apt).then_some(apt)
    };
    let row = |codec: &CodecFacts| {
        let rtx: Vec<String> = codecs
            .iter()
            .filter(|other| repeats(other) == Some(codec.payload_type))
            .map(|other| other.payload_type.to_string())
            .collect();
        vec![
            codec.payload_type.to_string().into(),
            encoding(codec),
            rtx.join(" ").into(),
            codec.reading.clone().into(),
            codec.feedback.join(", ").into(),
        ]
    };
    codec_table(codecs.iter().filter(|codec| repeats(codec).is_none()).map(row).collect())
}

/// Codecs, each with its payload type, its retransmissions, its parameters in words and its feedback.
pub(in crate::sdp) fn codec_table(rows: Vec<Vec<Cell>>) -> Table {
    let columns = vec![
        ("type", Align::Right),
        ("codec", Align::Left),
        ("rtx", Align::Right),
        ("parameters", Align::Left),
        ("feedback", Align::Left),
    ];
    Table { columns, rows }
}

fn encoding(codec: &CodecFacts) -> Cell {
    let Some(name) = &codec.name else { return Cell::new("unknown", Tone::Warn) };
    let rate = codec.clock_rate.map(|rate| format!("/{rate}")).unwrap_or_default();
    let channels = codec.channels.map(|channels| format!("/{channels}")).unwrap_or_default();
    format!("{name}{rate}{channels}").into()
}

/// Candidates without the description that they belong to.
pub(super) fn alone(all: &[LoneCandidateFacts]) -> Vec<Block> {
    let read: Vec<CandidateFacts> = all.iter().filter_map(|one| one.candidate.clone()).collect();
    let unread = all.iter().filter(|one| one.text.is_some()).count() - read.len();
    let title = match read.len() {
        0 => "No candidate that can be read, and no description".to_owned(),
        1 => format!("One ICE candidate without its description: {}", by_type(&read)),
        count => format!("{count} ICE candidates without their description: {}", by_type(&read)),
    };
    let mut said: Vec<String> = Vec::new();
    let mut sections: Vec<String> = Vec::new();
    for one in all {
        let name = match (&one.mid, one.m_line) {
            (Some(mid), _) => format!("mid {mid}"),
            (None, Some(index)) => format!("m-line {index}"),
            (None, None) => continue,
        };
        if !sections.contains(&name) && sections.len() < MOST {
            sections.push(name);
        }
    }
    if !sections.is_empty() {
        let who = if all.len() == 1 { "It is" } else { "They are" };
        said.push(format!("{who} for {}.", sections.join(", ")));
    }
    if read.iter().any(|one| one.kind == "relay") {
        said.push("A relay candidate means that a TURN server answered.".to_owned());
    }
    if all.iter().any(|one| one.text.is_none()) {
        said.push("It is said that no more will follow.".to_owned());
    }
    match unread {
        0 => {}
        1 => said.push("One more cannot be read.".to_owned()),
        count => said.push(format!("{count} more cannot be read.")),
    }
    let mut blocks = vec![Block::Verdict(Cell::new(title, Tone::Strong))];
    blocks.extend((!said.is_empty()).then(|| Block::Paragraph(said.join(" ").into())));
    blocks.extend((!read.is_empty()).then(|| Block::Table(candidates(&read))));
    blocks
}

fn candidates(candidates: &[CandidateFacts]) -> Table {
    let row = |candidate: &CandidateFacts| {
        let address = match candidate.address.contains(':') {
            true => format!("[{}]:{}", candidate.address, candidate.port),
            false => format!("{}:{}", candidate.address, candidate.port),
        };
        let tcp = candidate.tcp_type.as_ref().map(|kind| format!(" {kind}")).unwrap_or_default();
        let related = match (&candidate.related_address, candidate.related_port) {
            (Some(address), Some(port)) => format!("{address} {port}"),
            (Some(address), None) => address.clone(),
            _ => String::new(),
        };
        vec![
            candidate.kind.clone().into(),
            format!("{}{tcp}", candidate.protocol).into(),
            candidate.component.to_string().into(),
            candidate.priority.to_string().into(),
            address.into(),
            related.into(),
        ]
    };
    let mut rows: Vec<Vec<Cell>> = candidates.iter().take(MOST).map(row).collect();
    rows.extend(more(candidates.len()).map(|more| {
        let mut row = vec![Cell::default(); 6];
        row[0] = Cell::new(more, Tone::Dim);
        row
    }));
    let columns = vec![
        ("candidate", Align::Left),
        ("over", Align::Left),
        ("part", Align::Right),
        ("priority", Align::Right),
        ("address", Align::Left),
        ("related", Align::Left),
    ];
    Table { columns, rows }
}
