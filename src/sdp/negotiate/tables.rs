//! The text: the outcome in a sentence, the transports, each m-line.

use super::Negotiation;
use super::facts::*;
use super::verdict::Outcome;
use crate::finding::Confidence;
use crate::report::{Align, Block, Cell, Table, Tone};
use crate::sdp::explain::codec_table;

/// The verdict, and what libwebrtc would say.
pub(super) fn opening(negotiation: &Negotiation) -> Vec<Block> {
    let verdict = &negotiation.verdict;
    let tone = match verdict.outcome {
        Outcome::Agreed => Tone::Good,
        Outcome::Doubtful => Tone::Warn,
        Outcome::Failed => Tone::Bad,
    };
    let mut blocks = vec![Block::Verdict(Cell::new(verdict.sentence.clone(), tone))];
    blocks.extend(negotiation.notes.iter().map(|note| Block::Paragraph(Cell::new(note.clone(), Tone::Warn))));
    let refusals = [("offer", &negotiation.offer_refusal), ("answer", &negotiation.refusal)];
    let said = refusals.iter().filter_map(|(what, refusal)| {
        Some(Block::Paragraph(self::refusal(what, refusal.as_ref()?, negotiation)))
    });
    blocks.extend(said);
    if let Some(recorded) = &negotiation.recorded_refusal {
        let text = format!("It said of description {}: \"{}\"", recorded.description, recorded.message);
        blocks.push(Block::Paragraph(Cell::new(text, Tone::Bad)));
    }
    blocks
}

/// The transports, and each m-line.
pub(super) fn blocks(negotiation: &Negotiation) -> Vec<Block> {
    let mut blocks = Vec::new();
    if !negotiation.transports.is_empty() {
        blocks.push(Block::Heading("Transports".to_owned()));
        blocks.push(Block::Table(transports(negotiation)));
    }
    for (index, media) in negotiation.media.iter().enumerate() {
        blocks.extend(self::media(media, &negotiation.media[..index], negotiation.predicted));
    }
    blocks
}

fn refusal(what: &str, refusal: &RefusalFacts, negotiation: &Negotiation) -> Cell {
    let would = match refusal.confidence {
        Confidence::High => "would say",
        _ => "would probably say",
    };
    let side = if refusal.side == "offer" { &negotiation.offer } else { &negotiation.answer };
    let file = match side.label.as_str() {
        "" => side.source.clone(),
        label => format!("{} ({label})", side.source),
    };
    let text = format!(
        "Chrome and all else that is made with libwebrtc {would}: \"Failed to set remote {what} sdp: {}\" The line \
         at fault is line {} of {file}: {}.",
        refusal.sentence, refusal.line, refusal.reason
    );
    Cell::new(text, Tone::Bad)
}

fn transports(negotiation: &Negotiation) -> Table {
    let row = |transport: &TransportFacts| {
        let numbers: Vec<String> = transport.m_lines.iter().map(usize::to_string).collect();
        let shared = if transport.bundled && numbers.len() > 1 { " (BUNDLE)" } else { "" };
        let rtcp = match transport.rtcp_mux {
            None => "",
            Some(true) => "on the same port",
            Some(false) => "on a port of its own",
        };
        vec![
            format!("{}{shared}", numbers.join(" ")).into(),
            dtls(transport.dtls.as_ref()),
            ice(transport.ice.as_ref()).into(),
            rtcp.into(),
        ]
    };
    let columns = ["m-lines", "DTLS client", "ICE controlling", "RTCP"];
    Table {
        columns: columns.map(|name| (name, Align::Left)).to_vec(),
        rows: negotiation.transports.iter().map(row).collect(),
    }
}

fn dtls(dtls: Option<&DtlsFacts>) -> Cell {
    let Some(dtls) = dtls else { return "no DTLS".into() };
    let said = |setup: Option<&'static str>| setup.unwrap_or("nothing");
    match dtls.client {
        Some(client) => client.into(),
        None => {
            let text = format!("not agreed: {} and {}", said(dtls.offer_setup), said(dtls.answer_setup));
            Cell::new(text, Tone::Bad)
        }
    }
}

fn ice(ice: Option<&IceFacts>) -> String {
    let Some(ice) = ice else { return "no ICE".to_owned() };
    let lite = match (ice.offerer_lite, ice.answerer_lite) {
        (false, false) => "",
        (true, false) => " (offerer is lite)",
        (false, true) => " (answerer is lite)",
        (true, true) => " (both are lite)",
    };
    format!("{}{lite}", ice.controlling)
}

/// Codecs of that many m-lines are looked through for the same ones.
const MOST: usize = 12;

fn media(media: &MediaOutcome, before: &[MediaOutcome], predicted: bool) -> Vec<Block> {
    let mid = media.mid.as_ref().map(|mid| format!(", mid {mid}")).unwrap_or_default();
    let kind = if media.sctp.is_some() { "data channels" } else { &media.kind };
    let mut blocks = vec![Block::Heading(format!("m-line {}: {kind}{mid}", media.index))];
    let table = properties(media, predicted);
    if !table.rows.is_empty() {
        blocks.push(Block::Table(table));
    }
    let same = before.iter().take(MOST).find(|one| one.codecs.len() > 2 && one.codecs == media.codecs);
    match same {
        Some(one) => blocks.push(Block::Paragraph(format!("Codecs: those of m-line {}.", one.index).into())),
        None if media.codecs.is_empty() => {}
        None => blocks.push(Block::Table(codecs(&media.codecs, predicted))),
    }
    blocks
}

fn properties(media: &MediaOutcome, predicted: bool) -> Table {
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    let mut row = |name: &'static str, value: Cell| {
        if !value.text.is_empty() {
            rows.push(vec![Cell::new(name, Tone::Dim), value]);
        }
    };
    row("state", state(media.state, predicted));
    row("media goes", direction(media, predicted));
    row("transport", media.proto.clone().filter(|_| media.state == State::Agreed).unwrap_or_default().into());
    row(
        "RTCP",
        if media.rtcp_rsize == Some(true) { "may be of reduced size".into() } else { Cell::default() },
    );
    row("extensions", extensions(&media.extmaps).into());
    row("simulcast", media.simulcast.as_ref().map(simulcast).unwrap_or_default());
    row("SCTP", media.sctp.as_ref().map(sctp).unwrap_or_default().into());
    Table { columns: vec![("what", Align::Left), ("value", Align::Left)], rows }
}

fn state(state: State, predicted: bool) -> Cell {
    let (text, tone) = match state {
        State::Agreed => return Cell::default(),
        State::RejectedByOffer => ("port 0 in the offer: not used", Tone::Dim),
        State::RejectedByAnswer if predicted => {
            ("rejected: the second offer has none of this kind", Tone::Warn)
        }
        State::RejectedByAnswer => ("rejected: port 0 in the answer", Tone::Warn),
        State::Unanswered => ("the answer has no m-line here", Tone::Bad),
        State::NotOffered => ("the offer has no m-line here", Tone::Bad),
        State::OtherKind => ("the answer has another kind of media here", Tone::Bad),
        State::NothingInCommon if predicted => ("rejected: no codec in common", Tone::Warn),
        State::NothingInCommon => ("no codec in common", Tone::Bad),
        State::OtherTransport => ("rejected: no transport in common", Tone::Bad),
    };
    Cell::new(text, tone)
}

fn direction(media: &MediaOutcome, predicted: bool) -> Cell {
    let (Some(offer), Some(answer)) = (media.offer_direction, media.answer_direction) else {
        return Cell::default();
    };
    let (way, tone) = match (media.offerer_sends, media.answerer_sends) {
        (true, true) => ("both ways", Tone::Plain),
        (true, false) => ("from offerer to answerer only", Tone::Plain),
        (false, true) => ("from answerer to offerer only", Tone::Plain),
        (false, false) => ("neither way", Tone::Warn),
    };
    let answered = if predicted { "would be answered" } else { "answered" };
    Cell::new(format!("{way} ({offer} offered, {answer} {answered})"), tone)
}

fn extensions(extmaps: &[ExtmapOutcome]) -> String {
    let each = extmaps.iter().map(|extmap| {
        let other = match extmap.id == extmap.offer_id {
            true => String::new(),
            false => format!(" ({} in the offer)", extmap.offer_id),
        };
        format!("{} {}{other}", extmap.id, extmap.name.unwrap_or(&extmap.uri))
    });
    each.collect::<Vec<_>>().join(", ")
}

fn simulcast(simulcast: &SimulcastOutcome) -> Cell {
    let mut said = Vec::new();
    if !simulcast.offerer_sends.is_empty() {
        said.push(format!("offerer sends {}", simulcast.offerer_sends.join(", ")));
    }
    if !simulcast.answerer_sends.is_empty() {
        said.push(format!("answerer sends {}", simulcast.answerer_sends.join(", ")));
    }
    if !simulcast.not_taken.is_empty() {
        said.push(format!("not taken: {}", simulcast.not_taken.join(", ")));
    }
    let tone = if simulcast.not_taken.is_empty() { Tone::Plain } else { Tone::Warn };
    Cell::new(said.join("; "), tone)
}

fn sctp(sctp: &SctpOutcome) -> String {
    let port = |port: Option<u16>| port.map_or("none".to_owned(), |port| port.to_string());
    let ports = match sctp.offer_port == sctp.answer_port {
        true => format!("port {} on both sides", port(sctp.offer_port)),
        false => format!(
            "port {} of the offerer, {} of the answerer",
            port(sctp.offer_port),
            port(sctp.answer_port)
        ),
    };
    let size = |bytes: u64| if bytes == 0 { "any size".to_owned() } else { format!("{bytes} bytes") };
    let sizes = match sctp.offerer_max_message_size == sctp.answerer_max_message_size {
        true => format!("messages of up to {} both ways", size(sctp.offerer_max_message_size)),
        false => format!(
            "messages of up to {} to the answerer, {} to the offerer",
            size(sctp.offerer_max_message_size),
            size(sctp.answerer_max_message_size)
        ),
    };
    format!("{ports}, {sizes}").replace("up to any size", "any size")
}

/// Retransmissions stand beside what they repeat.
fn codecs(codecs: &[CodecOutcome], predicted: bool) -> Table {
    let is_beside = |codec: &CodecOutcome| {
        codec.repeats.is_some_and(|apt| codecs.iter().any(|other| other.answer_payload_type == apt))
    };
    let row = |codec: &CodecOutcome| {
        let rtx = codecs.iter().filter(|other| other.repeats == Some(codec.answer_payload_type));
        let rtx: Vec<String> = rtx.map(|other| numbers(other, predicted)).collect();
        vec![
            numbers(codec, predicted).into(),
            encoding(codec),
            rtx.join(" ").into(),
            codec.reading.clone().into(),
            codec.feedback.join(", ").into(),
        ]
    };
    codec_table(codecs.iter().filter(|codec| !is_beside(codec)).map(row).collect())
}

/// One number where both have the same.
fn numbers(codec: &CodecOutcome, predicted: bool) -> String {
    let (first, second) = (codec.offer_payload_type, codec.answer_payload_type);
    match codec.second_payload_type.filter(|_| predicted).unwrap_or(second) {
        same if same == first => first.to_string(),
        other => format!("{first}/{other}"),
    }
}

fn encoding(codec: &CodecOutcome) -> Cell {
    let Some(name) = &codec.name else { return Cell::new("unknown", Tone::Warn) };
    let rate = codec.clock_rate.map(|rate| format!("/{rate}")).unwrap_or_default();
    let channels = codec.channels.map(|channels| format!("/{channels}")).unwrap_or_default();
    format!("{name}{rate}{channels}").into()
}
