//! Capture files.

use std::net::SocketAddr;

use rtcscope::analyze::summary::{CaptureFacts, Summary};
use rtcscope::analyze::{Analysis, Settings as Look};
use rtcscope::capture::{Datagram, Decoder, Reader, Record, Section, Time};
use rtcscope::report::Report as _;

use super::script::Script;

/// Reads the bytes as a capture, to its end or as far as it goes, and says all there is to say.
pub(super) fn capture(bytes: &[u8]) {
    let Ok(mut reader) = Reader::new(bytes) else { return };
    let (mut decoder, mut analysis) = (Decoder::new(0), Analysis::new(Look::default()));
    let (mut records, mut datagrams) = (0, 0);
    let ending = loop {
        let ended = reader.next(&mut |section| match section {
            Section::Record(record) => {
                records += 1;
                assert!(record.data.len() <= bytes.len());
                analysis.time(record.at);
                if let Some(datagram) = decoder.datagram(&record) {
                    datagrams += 1;
                    analysis.datagram(&datagram);
                }
            }
            Section::Skipped(reason) => decoder.skip(reason),
            Section::KeyLog(log) => analysis.keys(&String::from_utf8_lossy(log)),
        });
        if let Some(ending) = ended {
            break ending;
        }
    };
    analysis.finish();
    let facts = CaptureFacts::of("x", &reader, &decoder, &ending);
    assert!(records <= facts.packets && datagrams <= records, "{facts:?}");
    let counted: u64 = facts.skipped.values().sum();
    assert_eq!(facts.packets, datagrams + counted + facts.fragments_joined, "{facts:?}");
    let summary = Summary::new(vec![facts], &analysis);
    let packets: u64 = summary.streams.iter().map(|stream| stream.packets).sum();
    assert!(packets <= summary.datagrams.rtp, "{packets} of {:?}", summary.datagrams);
    assert!(!summary.document().blocks.is_empty());
}

/// Records one after the other, each behind its link type and its length: what is in them is counted once, lies within
/// them, and is the same where they are cut, as far as it goes.
pub(super) fn link(bytes: &[u8]) {
    const LINKS: [u32; 16] = [1, 101, 113, 276, 0, 108, 9, 50, 51, 12, 104, 105, 127, 228, 252, 147];
    let mut script = Script(bytes);
    let mut decoder = Decoder::new(0);
    let (mut records, mut datagrams) = (0, 0);
    while !script.0.is_empty() {
        let choice = script.byte();
        let link_type = LINKS[usize::from(choice & 15)];
        let length =
            if choice & 0x80 == 0 { usize::from(script.byte()) } else { usize::from(script.number()) };
        let data = script.take(length);
        // What a snap length left off.
        let beyond = if choice & 0x40 == 0 { 0 } else { u32::from(script.number()) };
        records += 1;
        let wire = data.len() as u32 + beyond;
        let record = Record { number: records, at: Time(0), link_type, interface: 0, data, length: wire };
        if let Some(datagram) = decoder.datagram(&record) {
            datagrams += 1;
            // Fragments that fill one of the largest.
            assert!(datagram.payload.len() <= data.len().max(65_535), "{datagram:?}");
            assert_eq!(datagram.frame.number, records);
        }
        cuts(&record);
    }
    let skipped = decoder.skipped();
    assert_eq!(records, datagrams + skipped.total() + decoder.joined(), "{skipped:?}");
    assert!(decoder.cut() <= datagrams);
    for refusal in decoder.refusals() {
        assert!(refusal.packets > 0 && refusal.first.1 <= refusal.last.1, "{refusal:?}");
    }
}

/// Tunnels that a datagram's port tells of: cut, what is in them is no packet.
pub(super) const TUNNELS: [u16; 3] = [2152, 4789, 6081];

fn cuts(whole: &Record<'_>) {
    let read = |data| Decoder::new(0).datagram(&Record { data, ..*whole }).map(Read::of);
    let Some(full) = read(whole.data) else { return };
    // All of the headers, and then some.
    let step = (whole.data.len() / 64).max(1);
    for kept in (0..whole.data.len()).step_by(step) {
        let Some(part) = read(&whole.data[..kept]) else { continue };
        if TUNNELS.contains(&part.dst.port()) {
            continue;
        }
        assert_eq!((part.src, part.dst), (full.src, full.dst), "{kept} of {whole:?}");
        assert!(full.payload.starts_with(&part.payload), "{kept} of {whole:?}");
    }
}

/// A datagram, after the decoder is gone.
struct Read {
    src: SocketAddr,
    dst: SocketAddr,
    payload: Vec<u8>,
}

impl Read {
    fn of(datagram: Datagram<'_>) -> Self {
        Self { src: datagram.src, dst: datagram.dst, payload: datagram.payload.to_vec() }
    }
}
