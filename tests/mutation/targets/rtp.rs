//! RTP and RTCP, as they stand on the wire.

use rtcscope::rtcp::{self, Content, Extended, FeedbackKind, Flaw};
use rtcscope::rtp::{self, Packet};

/// Of header extensions.
const URIS: [&str; 9] = [
    "urn:ietf:params:rtp-hdrext:ssrc-audio-level",
    "urn:ietf:params:rtp-hdrext:sdes:mid",
    "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id",
    "urn:ietf:params:rtp-hdrext:toffset",
    "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
    "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
    "urn:3gpp:video-orientation",
    "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay",
    "urn:x",
];

/// Reads the bytes as a packet, whole and cut anywhere: its parts are all of it, and a cut takes nothing but its end.
pub(super) fn rtp(bytes: &[u8]) {
    let whole = match Packet::read(bytes, bytes.len()) {
        Ok(whole) => whole,
        Err(flaw) => return assert!(!flaw.to_string().is_empty()),
    };
    let header = bytes.len() - whole.payload().len();
    assert_eq!(whole.payload_length(), whole.payload().len());
    assert!(header >= rtp::FIXED + 4 * whole.csrc().count());
    assert!(whole.padding_length().is_none_or(|length| (1..=whole.payload().len()).contains(&length)));
    if let Some(extension) = whole.extension() {
        assert!(header >= rtp::FIXED + 4 * whole.csrc().count() + 4 + extension.bytes().len());
        let mut within = 0;
        for (id, value) in extension.elements() {
            within += 1 + value.len();
            assert!(id > 0);
            for uri in URIS {
                let said = rtp::value(uri, value).unwrap_or_default();
                assert!(!said.contains(char::is_control), "{said:?}");
            }
        }
        assert!(within <= extension.bytes().len(), "{within} bytes in {extension:?}");
    }
    for kept in rtp::FIXED..bytes.len().min(header + 8) {
        let cut = Packet::read(&bytes[..kept], bytes.len()).expect("a cut is no flaw");
        assert_eq!((cut.ssrc(), cut.sequence(), cut.length()), (whole.ssrc(), whole.sequence(), bytes.len()));
        assert!(whole.payload().starts_with(cut.payload()), "{kept}");
        assert!(cut.csrc().eq(whole.csrc().take(cut.csrc().count())));
    }
}

/// Reads the bytes as a compound packet: its blocks lie one behind the other, and none says more than its length allows.
pub(super) fn rtcp(bytes: &[u8]) {
    let mut walk = rtcp::walk(bytes, bytes.len());
    let mut end = 0;
    for block in walk.by_ref() {
        assert_eq!(block.offset, end);
        let length = 4 + block.body.len() + block.padding;
        end = (end + length).min(bytes.len());
        match block.read() {
            Ok(content) => {
                assert!(block.flaw.is_none() && block.sender().is_none_or(|_| block.body.len() >= 4));
                let said = amount(&content);
                // A run of transport-wide feedback is told in two bytes, and one that is lost takes no more.
                assert!(said <= 8 + block.body.len(), "{said} of {} bytes: {content:?}", block.body.len());
            }
            Err(flaw) => {
                assert!(!flaw.to_string().is_empty());
                assert_eq!(flaw == Flaw::Body, block.flaw.is_none());
            }
        }
    }
    assert_eq!(end + walk.trailing(), bytes.len());
    if rtcp::looks_plain(bytes, bytes.len()) {
        assert!(end > 0);
    }
    let first = rtcp::plain_header(bytes);
    assert!(first.is_none_or(|(kind, _)| kind == bytes[1]));
    // Cut, it says nothing that it would not have said.
    let blocks: Vec<_> = rtcp::walk(bytes, bytes.len()).collect();
    for kept in (0..bytes.len()).step_by((bytes.len() / 16).max(1)) {
        for (cut, whole) in rtcp::walk(&bytes[..kept], bytes.len()).zip(&blocks) {
            assert_eq!(
                (cut.packet_type, cut.count, cut.offset),
                (whole.packet_type, whole.count, whole.offset)
            );
            assert!(cut.flaw.is_some() || cut == *whole, "{cut:?} of {whole:?}");
        }
    }
}

/// How many things a block says, which is also what it costs.
fn amount(content: &Content<'_>) -> usize {
    match content {
        Content::Sender(_, _, reports) | Content::Receiver(_, reports) => {
            assert!(reports.iter().all(|report| (-0x80_0000..0x80_0000).contains(&report.cumulative_lost)));
            reports.len()
        }
        Content::Descriptions(chunks) => {
            let items = chunks.iter().flat_map(|chunk| &chunk.items);
            chunks.len() + items.map(|item| 1 + item.value.len()).sum::<usize>()
        }
        Content::Goodbye(goodbye) => goodbye.sources.len(),
        Content::Application(application) => application.data.len(),
        Content::Extended(_, blocks) => blocks.iter().map(extended).sum(),
        Content::Feedback(feedback) => match &feedback.kind {
            // A number and a mask of sixteen are four bytes.
            FeedbackKind::Nack(nack) => nack.numbers().count().div_ceil(17) * 4,
            FeedbackKind::SliceLoss(slices) => slices.len() * 4,
            FeedbackKind::Intra(requests) => requests.len() * 8,
            FeedbackKind::Estimate(estimate) => estimate.ssrcs.len() * 4,
            FeedbackKind::BitrateRequest(rates) | FeedbackKind::BitrateNotification(rates) => rates.len() * 8,
            FeedbackKind::TransportCc(feedback) => {
                let told: usize = feedback.runs().map(|run| usize::from(run.length)).sum();
                assert_eq!(told, usize::from(feedback.count));
                let arrived = feedback.arrivals().count();
                let lost: usize = feedback
                    .runs()
                    .filter(|run| run.seen == rtcp::Seen::No)
                    .map(|run| usize::from(run.length))
                    .sum();
                assert_eq!(arrived + lost, told);
                0
            }
            FeedbackKind::CongestionControl(feedback) => {
                feedback.sources().map(|(_, packets)| packets.count()).sum()
            }
            _ => 0,
        },
        Content::Unknown => 0,
    }
}

fn extended(block: &Extended<'_>) -> usize {
    match block {
        Extended::LossRunLengths(runs) | Extended::DuplicateRunLengths(runs) => {
            let (seen, set) = runs.bits();
            assert!(set <= seen && seen <= u32::from(runs.end.wrapping_sub(runs.begin)), "{runs:?}");
            runs.chunks.len() * 2
        }
        Extended::ReceiptTimes { times, .. } => times.len() * 4,
        Extended::Delays(delays) => delays.len() * 12,
        Extended::Voip(metrics) => {
            let within = |figure: Option<f64>| figure.is_none_or(|figure| (1.0..=5.0).contains(&figure));
            assert!(within(metrics.mos_lq) && within(metrics.mos_cq), "{metrics:?}");
            assert!(
                metrics.r.is_none_or(|r| r <= 100) && (0.0..=100.0).contains(&metrics.loss_pct),
                "{metrics:?}"
            );
            1
        }
        Extended::Unknown { body, .. } | Extended::Flawed { body, .. } => body.len(),
        Extended::ReferenceTime(_) | Extended::Statistics(_) => 1,
    }
}
