//! What is read of each block, and that nothing is believed.

use proptest::prelude::*;

use super::*;

/// A block with a right length.
fn block(first: u8, packet_type: u8, body: &[u8]) -> Vec<u8> {
    let words = u16::try_from(body.len() / 4).unwrap().to_be_bytes();
    [&[0x80 | first, packet_type, words[0], words[1]], body].concat()
}

fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_be_bytes()).collect()
}

fn read(bytes: &[u8]) -> Content<'_> {
    walk(bytes, bytes.len()).next().unwrap().read().unwrap()
}

fn feedback(bytes: &[u8]) -> TargetFeedback<'_> {
    match read(bytes) {
        Content::Feedback(feedback) => feedback,
        other => panic!("{other:?}"),
    }
}

fn extended(bytes: &[u8]) -> Vec<Extended<'_>> {
    match read(bytes) {
        Content::Extended(_, blocks) => blocks,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_bad_block_costs_no_other_and_trailing_bytes_are_told() {
    // The report in the middle says three receptions, and has none.
    let packet = [
        block(0, SR, &words(&[1, 2, 3, 4, 5, 6])),
        block(3, RR, &words(&[1])),
        block(1, BYE, &words(&[1])),
        vec![0xde, 0xad],
    ]
    .concat();
    let mut walk = walk(&packet, packet.len());
    let read: Vec<_> = walk.by_ref().map(|block| (block.offset, block.read().is_ok())).collect();
    assert_eq!(read, [(0, true), (28, false), (36, true)]);
    assert_eq!(walk.trailing(), 2);
    // Trailing bytes do not make it look like SRTCP, when so much could be read.
    assert!(looks_plain(&packet, packet.len()));
}

#[test]
fn what_was_cut_is_told_from_what_does_not_fit() {
    let packet = block(0, SR, &words(&[1, 2, 3, 4, 5, 6]));
    let cut = walk(&packet[..12], packet.len()).next().unwrap();
    assert_eq!((cut.flaw, cut.sender()), (Some(Flaw::Cut), Some(1)));
    assert!(looks_plain(&packet[..12], packet.len()));
    let long = walk(&packet[..12], 12).next().unwrap();
    assert_eq!(long.flaw, Some(Flaw::Length { said: 28, left: 12 }));
    assert!(!looks_plain(&packet[..12], 12));
}

#[test]
fn padding_is_no_part_of_the_body() {
    let packet = block(0x20 | 1, PSFB, &words(&[1, 2, 4]));
    let padded = walk(&packet, packet.len()).next().unwrap();
    assert_eq!((padded.padding, padded.body.len()), (4, 8));
    assert_eq!(feedback(&packet).kind, FeedbackKind::PictureLoss);
    let packet = block(0x20, RR, &words(&[0]));
    assert_eq!(walk(&packet, packet.len()).next().unwrap().flaw, Some(Flaw::Padding(0)));
}

#[test]
fn encrypted_blocks_do_not_look_plain() {
    // One block as its header says, index and tag behind it.
    let packet =
        [block(0, RR, &words(&[1])), words(&[0x8000_0001, 0xb26f_3512, 0x11c8_9999]), vec![7, 7]].concat();
    assert!(!looks_plain(&packet, packet.len()));
    assert!(!looks_plain(&[], 0));
}

#[test]
fn reports_are_read_with_the_sign_of_the_loss() {
    let reception = [7, 0x40ff_ffff, 0x0001_0002, 300, 0x1234_5678, 0x8000];
    let sent = [1, 0xe000_0000, 0x8000_0000, 90_000, 10, 1_000];
    let packet = block(1, SR, &words(&[&sent[..], &reception].concat()));
    let Content::Sender(1, info, receptions) = read(&packet) else { panic!() };
    assert_eq!((info.ntp, info.rtp, info.packets, info.octets), (0xe000_0000_8000_0000, 90_000, 10, 1_000));
    assert_eq!(middle(info.ntp), 0x0000_8000);
    let of = receptions[0];
    assert_eq!((of.ssrc, of.fraction_lost, of.cumulative_lost), (7, 0x40, -1));
    assert_eq!((of.highest, of.jitter, of.last_sr, of.delay), (0x0001_0002, 300, 0x1234_5678, 0x8000));
    let packet = block(1, RR, &words(&[&[1], &reception[..]].concat()));
    assert!(matches!(read(&packet), Content::Receiver(1, receptions) if receptions == [of]));
}

#[test]
fn descriptions_keep_what_is_not_known() {
    let body =
        [&words(&[1])[..], b"\x01\x04me@x\x0f\x010\x63\x02zz\0\0\0", &words(&[2]), b"\x01\x02it"].concat();
    let packet = block(2, SDES, &body);
    let Content::Descriptions(chunks) = read(&packet) else { panic!() };
    let items: Vec<_> = chunks[0].items.iter().map(|item| (item.name(), item.value)).collect();
    assert_eq!(items, [(Some("CNAME"), &b"me@x"[..]), (Some("MID"), b"0"), (None, b"zz")]);
    // No null at the end of the last.
    assert_eq!((chunks[1].ssrc, chunks[1].items[0].value), (2, &b"it"[..]));
}

#[test]
fn goodbyes_and_applications_are_read() {
    let packet = block(2, BYE, &[&words(&[1, 2])[..], b"\x03bye"].concat());
    let goodbye = Goodbye { sources: vec![1, 2], reason: Some("bye".to_owned()) };
    assert_eq!(read(&packet), Content::Goodbye(goodbye));
    let packet = block(9, APP, b"\0\0\0\x05PoC1data");
    let Content::Application(application) = read(&packet) else { panic!() };
    assert_eq!((application.ssrc, application.subtype), (5, 9));
    assert_eq!((&application.name, application.data), (b"PoC1", &b"data"[..]));
}

#[test]
fn every_extended_block_is_read_and_a_bad_one_costs_no_other() {
    let body = words(&[
        9, // the sender
        0x0100_0003,
        1,
        0x000a_001e,
        0x400a_8000 | 0x7fe0, // ten received, then a vector: ten of fifteen
        0x0300_0003,
        1,
        0x0001_0002,
        77,
        0x0400_0002,
        0x1111_2222,
        0x3333_4444,
        0x0500_0003,
        2,
        0x2222_3333,
        0x1_0000,
        0x0500_0001,
        2, // too short
        0x06e8_0009,
        1,
        0x0001_0002,
        3,
        4,
        5,
        6,
        7,
        8,
        0x4040_4040,
        0x0700_0008,
        1,
        0x4000_0000,
        0x0064_00c8,
        0x0032_0014,
        0,
        0x5a7f_297f,
        0x0000_0028,
        0x0050_0078,
        0x2a07_0001,
        0xabcd_ef01, // not known
    ]);
    let packet = block(0, XR, &body);
    let blocks = extended(&packet);
    let kinds: Vec<_> = blocks.iter().map(Extended::kind).collect();
    assert_eq!(kinds, [1, 3, 4, 5, 5, 6, 7, 42]);
    let Extended::LossRunLengths(runs) = &blocks[0] else { panic!() };
    assert_eq!(runs.bits(), (20, 20));
    assert_eq!(blocks[2], Extended::ReferenceTime(0x1111_2222_3333_4444));
    assert_eq!(blocks[3], Extended::Delays(vec![Delay { ssrc: 2, last_rr: 0x2222_3333, delay: 0x1_0000 }]));
    assert!(matches!(blocks[4], Extended::Flawed { kind: 5, .. }));
    let Extended::Statistics(statistics) = &blocks[5] else { panic!() };
    assert_eq!((statistics.lost, statistics.duplicates), (Some(3), Some(4)));
    assert_eq!((statistics.jitter, statistics.hops), (Some([5, 6, 7, 8]), Some([64; 4])));
    let Extended::Voip(voip) = &blocks[6] else { panic!() };
    assert_eq!((voip.loss_pct, voip.burst_ms, voip.round_trip_ms), (25.0, 100, 50));
    assert_eq!((voip.r, voip.mos_lq, voip.mos_cq), (Some(90), Some(4.1), None));
    assert!(matches!(blocks[7], Extended::Unknown { kind: 42, specific: 7, body: [0xab, 0xcd, 0xef, 1] }));
}

#[test]
fn ratings_that_nobody_may_send_are_not_told() {
    // R factor, MOS of listening and of conversation: RFC 3611 §4.7.5 has 0 to 100 and 10 to 50.
    for (ratings, told) in [
        (0x6500_0933, (None, None, None)),
        (0x6400_0a32, (Some(100), Some(1.0), Some(5.0))),
        (0x0000_84ce, (Some(0), None, None)),
    ] {
        let packet = block(0, XR, &words(&[1, 0x0700_0008, 1, 0, 0, 0, 0, ratings, 0, 0]));
        let [Extended::Voip(voip)] = &extended(&packet)[..] else { panic!() };
        assert_eq!((voip.r, voip.mos_lq, voip.mos_cq), told, "{ratings:08x}");
    }
}

#[test]
fn feedback_of_the_transport_is_read() {
    let packet = block(1, RTPFB, &words(&[1, 2, 0xffff_8001, 0x0010_0000]));
    let of = feedback(&packet);
    let FeedbackKind::Nack(nack) = &of.kind else { panic!() };
    assert_eq!((of.sender, of.media), (1, 2));
    assert_eq!(nack.numbers().collect::<Vec<_>>(), [0xffff, 0, 15, 16]);
    let packet = block(3, RTPFB, &words(&[1, 0, 7, 3 << 26 | 1000 << 9 | 40]));
    let bitrate = Bitrate { ssrc: 7, bits_per_second: 8_000, overhead: 40 };
    assert_eq!(feedback(&packet).kind, FeedbackKind::BitrateRequest(vec![bitrate]));
    let packet = block(4, RTPFB, &words(&[1, 0]));
    assert_eq!(feedback(&packet).kind, FeedbackKind::BitrateNotification(vec![]));
}

#[test]
fn transport_wide_feedback_says_what_arrived_when() {
    // Two small, three lost, then a vector of two bits: large, lost, small.
    let statuses = [0x2002u16, 0x0003, 0xc000 | 2 << 12 | 1 << 8];
    let mut body = words(&[1, 2, 0xfffe_0008, 5 << 8 | 9]);
    body.extend(statuses.iter().flat_map(|status| status.to_be_bytes()));
    body.extend([4, 8, 0xff, 0xf8, 1, 0]);
    let packet = block(15, RTPFB, &body);
    let FeedbackKind::TransportCc(of) = feedback(&packet).kind else { panic!() };
    assert_eq!((of.base, of.count, of.reference, of.feedback), (0xfffe, 8, 5, 9));
    let arrivals: Vec<_> = of.arrivals().map(|arrival| (arrival.sequence, arrival.ticks.unwrap())).collect();
    assert_eq!(arrivals, [(0xfffe, 1284), (0xffff, 1292), (3, 1284), (5, 1285)]);
    let lost: u16 = of.runs().filter(|run| run.seen == Seen::No).map(|run| run.length).sum();
    assert_eq!(lost, 4);
    // Times that are missing.
    let short = block(15, RTPFB, &body[..body.len() - 4]);
    assert_eq!(walk(&short, short.len()).next().unwrap().read(), Err(Flaw::Body));
}

#[test]
fn congestion_control_feedback_is_read_through_its_padding() {
    let packet = block(11, RTPFB, &words(&[1, 7, 0x0010_0003, 0x8400_0000, 0x9fff_0000, 8, 5 << 16, 0xabcd]));
    let FeedbackKind::CongestionControl(of) = feedback(&packet).kind else { panic!() };
    assert_eq!(of.timestamp, 0xabcd);
    let sources: Vec<_> = of.sources().map(|(ssrc, packets)| (ssrc, packets.collect::<Vec<_>>())).collect();
    let first = vec![(16, Some(Some(0x400))), (17, None), (18, Some(None))];
    assert_eq!(sources, [(7, first), (8, vec![])]);
}

#[test]
fn feedback_of_the_payload_is_read() {
    let packet = block(2, PSFB, &words(&[1, 2, 5 << 19 | 3 << 6 | 9]));
    let slice = Slice { first: 5, number: 3, picture: 9 };
    assert_eq!(feedback(&packet).kind, FeedbackKind::SliceLoss(vec![slice]));
    let packet = block(3, PSFB, &words(&[1, 2, 0x1060_aabb, 0xccdd_0000]));
    let of = FeedbackKind::ReferencePicture { payload_type: 96, bits: &[0xaa, 0xbb, 0xcc, 0xdd] };
    assert_eq!(feedback(&packet).kind, of);
    let packet = block(4, PSFB, &words(&[1, 0, 2, 5 << 24]));
    assert_eq!(feedback(&packet).kind, FeedbackKind::Intra(vec![Intra { ssrc: 2, sequence: 5 }]));
    let remb = |value| block(15, PSFB, &words(&[1, 0, 0x5245_4d42, value, 7]));
    let estimate = |bits_per_second| FeedbackKind::Estimate(Estimate { bits_per_second, ssrcs: vec![7] });
    assert_eq!(feedback(&remb(0x0100_0000 | 3 << 18 | 100_000)).kind, estimate(800_000));
    assert_eq!(feedback(&remb(0x0100_0000)).kind, estimate(0));
    assert_eq!(feedback(&remb(0x01ff_ffff)).kind, estimate(u64::MAX));
    // More sources than there are.
    let long = remb(0x0200_0000);
    assert_eq!(walk(&long, long.len()).next().unwrap().read(), Err(Flaw::Body));
    let packet = block(15, PSFB, b"\0\0\0\x01\0\0\0\x02goog");
    assert_eq!(feedback(&packet).kind, FeedbackKind::Application(b"goog"));
}

/// Everything that can be asked of a packet; how much came out.
fn everything(bytes: &[u8], length: usize) -> usize {
    let mut seen = usize::from(looks_plain(bytes, length));
    let mut walk = walk(bytes, length);
    for block in walk.by_ref() {
        assert!(block.offset + HEADER <= bytes.len());
        seen += 1;
        match block.read() {
            Ok(Content::Sender(_, _, receptions) | Content::Receiver(_, receptions)) => {
                seen += receptions.len()
            }
            Ok(Content::Descriptions(chunks)) => {
                seen += chunks.iter().map(|chunk| 1 + chunk.items.len()).sum::<usize>();
            }
            Ok(Content::Goodbye(goodbye)) => seen += goodbye.sources.len(),
            Ok(Content::Extended(_, blocks)) => {
                for block in &blocks {
                    seen += 1;
                    if let Extended::LossRunLengths(runs) | Extended::DuplicateRunLengths(runs) = block {
                        let (seen, set) = runs.bits();
                        assert!(set <= seen && seen <= 0xffff);
                    }
                }
            }
            Ok(Content::Feedback(feedback)) => {
                seen += match feedback.kind {
                    FeedbackKind::Nack(nack) => nack.numbers().count(),
                    FeedbackKind::TransportCc(of) => {
                        let arrived = of.arrivals().count();
                        let told: usize = of.runs().map(|run| usize::from(run.length)).sum();
                        assert_eq!(told, usize::from(of.count));
                        assert!(arrived <= told);
                        of.runs().count()
                    }
                    FeedbackKind::CongestionControl(of) => {
                        of.sources().map(|(_, packets)| 1 + packets.count()).sum()
                    }
                    FeedbackKind::Estimate(of) => of.ssrcs.len(),
                    _ => 1,
                }
            }
            _ => {}
        }
    }
    assert!(walk.trailing() <= length.max(bytes.len()));
    seen
}

/// One block of each type and format, with a body that its own sizes do not fit.
fn blocks() -> impl Strategy<Value = Vec<u8>> {
    let kind = prop_oneof![
        (0u8..32, SR..=XR),
        Just((15, RTPFB)),
        Just((11, RTPFB)),
        Just((1, RTPFB)),
        Just((4, PSFB)),
        Just((15, PSFB)),
        Just((0, XR)),
    ];
    let body = prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..160),
        proptest::collection::vec(0u8..9, 0..160),
        proptest::collection::vec(any::<u8>(), 0..60)
            .prop_map(|rest| [b"\0\0\0\0\0\0\0\0REMB", &rest[..]].concat()),
    ];
    (kind, any::<bool>(), -1i32..2, body).prop_map(|((count, packet_type), padding, off, mut body)| {
        body.truncate(body.len() / 4 * 4);
        let words = (body.len() as i32 / 4 + if off == 1 { 1 } else { 0 }).to_be_bytes();
        let first = 0x80 | if padding { 0x20 } else { 0 } | count;
        [&[first, packet_type, words[2], words[3]], &body[..]].concat()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn noise_is_read_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300), more in 0usize..40) {
        everything(&bytes, bytes.len() + more);
    }

    #[test]
    fn blocks_that_contradict_themselves_are_read_without_a_panic(
        packet in proptest::collection::vec(blocks(), 1..4),
        more in 0usize..40,
    ) {
        let bytes = packet.concat();
        // At most seventeen numbers come from four bytes (NACK), and fourteen from two (transport-cc).
        prop_assert!(everything(&bytes, bytes.len() + more) <= 8 * bytes.len() + 8);
    }
}
