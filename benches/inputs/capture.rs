//! A conference as a server of it sees one side, and what `analyze` does with it.

use rtcscope::analyze::{Analysis, Settings};
use rtcscope::capture::{Decoder, Reader, Section};

use crate::generator::{Plan, Truth, generate};

/// 200 streams, a quarter of them in ChannelData; losses, copies, reordering, checks, RTCP, noise.
pub(crate) const CONFERENCE: Plan = Plan {
    seed: 11,
    streams: 200,
    audio: 2,
    relayed: 4,
    control: true,
    seconds: 1.0,
    lost: 1.0,
    duplicated: 0.3,
    jitter_ms: 8.0,
    noise: 3.0,
};

/// So many seconds of it as a capture file, and the truth about it.
pub(crate) fn conference(seconds: f64) -> (Vec<u8>, Vec<Truth>) {
    let mut bytes = Vec::new();
    let truth = generate(Plan { seconds, ..CONFERENCE }, &mut bytes).expect("memory can be written");
    (bytes, truth)
}

/// Cuts a capture file into packets; how many there are.
pub(crate) fn records(bytes: &[u8], take: &mut dyn FnMut(Section<'_>)) -> u64 {
    let mut reader = Reader::new(bytes).expect("a capture");
    while reader.next(take).is_none() {}
    reader.packets()
}

/// The same down to the payload of UDP.
pub(crate) fn datagrams(bytes: &[u8]) -> u64 {
    let (mut decoder, mut found) = (Decoder::new(0), 0);
    records(bytes, &mut |section| {
        if let Section::Record(record) = section {
            found += u64::from(decoder.datagram(&record).is_some());
        }
    });
    found
}

/// The whole way of a packet through `analyze`, to the last stream's last figure.
pub(crate) fn analysis(bytes: &[u8], settings: Settings) -> Analysis {
    let (mut decoder, mut analysis) = (Decoder::new(0), Analysis::new(settings));
    records(bytes, &mut |section| {
        if let Section::Record(record) = section {
            analysis.time(record.at);
            if let Some(datagram) = decoder.datagram(&record) {
                analysis.datagram(&datagram);
            }
        }
    });
    analysis.finish();
    analysis
}
