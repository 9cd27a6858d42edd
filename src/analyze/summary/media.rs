//! What is one flow, a line a source; and how audio and video stand to each other.

use super::{figure, plain};
use crate::analyze::facts::{Kind, StreamFacts, ssrc};
use crate::analyze::media::{LayerFacts, LegRow, MediaFacts, RepairFacts};
use crate::analyze::reports::Sync;
use crate::report::{Align, Cell, Table, Tone};

/// Worth a table only where it says more than that of the streams does.
pub(super) fn says_more(media: &[MediaFacts]) -> bool {
    media.iter().any(|media| media.streams.len() > 1)
}

pub(super) fn flows(media: &[MediaFacts]) -> Table {
    let columns = vec![
        ("id", Align::Left),
        ("ssrc", Align::Left),
        ("what", Align::Left),
        ("packets", Align::Right),
        ("lost on the way", Align::Left),
        ("ms", Align::Right),
        ("repaired by", Align::Left),
        ("streams", Align::Left),
    ];
    let row = |media: &MediaFacts, layer: &LayerFacts| {
        let what = match (&media.codec, &media.media) {
            (Some(codec), _) => codec.clone(),
            (None, Some(media)) => format!("{media}?"),
            (None, None) => "?".to_owned(),
        };
        let names = [("mid", &media.mid), ("rid", &layer.rid)];
        let names = names.into_iter().filter_map(|(name, value)| Some(format!("{name} {}", value.as_ref()?)));
        let named: Vec<String> = [what].into_iter().chain(names).collect();
        let ways = layer.ways();
        // `s1 → s2, then s3`.
        let along = |each: fn(&LegRow) -> String| {
            let way = |way: &&[LegRow]| way.iter().map(each).collect::<Vec<_>>().join(" → ");
            ways.iter().map(way).collect::<Vec<_>>().join(", then ")
        };
        let packets: u64 = ways.iter().filter_map(|way| way.first()).map(|leg| leg.packets).sum();
        let is_lost = layer.legs.iter().any(|leg| leg.lost > 0);
        let last = ways.last().filter(|way| way.len() > 1).and_then(|way| way.last());
        vec![
            plain(&media.id),
            plain(&layer.ssrc),
            plain(named.join(" ")),
            plain(packets.to_string()),
            Cell::new(along(|leg| leg.lost.to_string()), if is_lost { Tone::Warn } else { Tone::Plain }),
            figure(last.and_then(|leg| leg.delay_ms), 1),
            plain(layer.repairs.iter().map(repair).collect::<Vec<_>>().join(", ")),
            plain(along(|leg| leg.stream.clone())),
        ]
    };
    let rows = media.iter().flat_map(|media| media.layers.iter().map(move |layer| row(media, layer)));
    Table { columns, rows: rows.collect() }
}

fn repair(repair: &RepairFacts) -> String {
    let kind = if repair.kind == Kind::Fec { "FEC" } else { "RTX" };
    let recovered = match repair.recovered {
        0 => String::new(),
        recovered => format!(" ({recovered} recovered)"),
    };
    format!("{kind} {}: {}{recovered}", repair.ssrc, repair.packets)
}

pub(super) fn lip_sync(rows: &[Sync]) -> Table {
    let columns = vec![
        ("cname", Align::Left),
        ("audio", Align::Left),
        ("video", Align::Left),
        ("n", Align::Right),
        ("audio ahead ms", Align::Right),
        ("min", Align::Right),
        ("max", Align::Right),
    ];
    let row = |sync: &Sync| {
        vec![
            plain(&sync.cname),
            plain(ssrc(sync.audio_ssrc)),
            plain(ssrc(sync.video_ssrc)),
            plain(sync.n.to_string()),
            figure(Some(sync.av_offset_ms), 1),
            figure(Some(sync.min_ms), 1),
            figure(Some(sync.max_ms), 1),
        ]
    };
    Table { columns, rows: rows.iter().map(row).collect() }
}

/// Keys that were pressed, a line a stream.
pub(super) fn keys(streams: &[StreamFacts]) -> Vec<Cell> {
    let pressed = streams.iter().filter(|stream| !stream.dtmf.is_empty());
    let line = |stream: &StreamFacts| {
        let keys: Vec<String> = stream
            .dtmf
            .iter()
            .map(|key| {
                let held = key.duration_ms.map(|ms| format!(" for {ms:.0} ms")).unwrap_or_default();
                let open = if key.ends == 0 { ", its end is not there" } else { "" };
                format!("{} at {:.3} s{held}{open}", key.key, key.at_s)
            })
            .collect();
        plain(format!("{} {}: {}", stream.id, stream.ssrc, keys.join("; ")))
    };
    pressed.map(line).collect()
}
