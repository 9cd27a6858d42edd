//! Capture files.

use rtcscope::analyze::summary::{CaptureFacts, Summary};
use rtcscope::analyze::{Analysis, Settings as Look};
use rtcscope::capture::{Decoder, Reader, Section};
use rtcscope::report::Report as _;

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
