//! What is made of reports, over several packets.

use proptest::prelude::*;

use super::*;
use crate::analyze::leg::{Carrier, Leg};

fn block(first: u8, packet_type: u8, words: &[u32]) -> Vec<u8> {
    let mut bytes = vec![0x80 | first, packet_type];
    bytes.extend(u16::try_from(words.len()).unwrap().to_be_bytes());
    bytes.extend(words.iter().flat_map(|word| word.to_be_bytes()));
    bytes
}

fn legs() -> (Legs, LegId, LegId) {
    let mut legs = Legs::default();
    let (src, dst) = ("192.0.2.1:5000".parse().unwrap(), "192.0.2.2:6000".parse().unwrap());
    let leg = Leg { src, dst, carrier: Carrier::Udp, via: None };
    let (there, back) = (legs.id(leg).unwrap(), legs.id(leg.reverse()).unwrap());
    (legs, there, back)
}

struct Capture {
    reports: Reports,
    legs: Legs,
    there: LegId,
    back: LegId,
    number: u64,
}

impl Capture {
    fn new() -> Self {
        let (legs, there, back) = legs();
        Self { reports: Reports::default(), legs, there, back, number: 0 }
    }

    fn take(&mut self, ms: i64, leg: LegId, packet: &[Vec<u8>]) {
        self.number += 1;
        let (frame, bytes) = (Frame { file: 0, number: self.number }, packet.concat());
        self.reports.compound(Time(ms * 1_000_000), frame, leg, &bytes, bytes.len(), false);
    }

    fn facts(&self) -> ReportFacts {
        self.reports.finish(&self.legs, Time(0), &|ssrc| (ssrc == 1).then_some(48_000))
    }
}

fn reception(lost: i32, highest: u32, last_sr: u32, delay: u32) -> [u32; 6] {
    [1, lost as u32 & 0xff_ffff, highest, 480, last_sr, delay]
}

fn receiver_report(reception: [u32; 6]) -> Vec<u8> {
    block(1, rtcp::RR, &[&[2], &reception[..]].concat())
}

const CNAME: [u32; 2] = [1, 0x0102_6d65];

fn sender_report(ms: u32, rtp: u32) -> Vec<u8> {
    let fraction = (u64::from(ms % 1000) << 32) / 1000;
    block(0, rtcp::SR, &[1, 3_900_000_000 + ms / 1000, fraction as u32, rtp, 50, 5_000])
}

#[test]
fn loss_is_the_difference_of_signed_sums() {
    let mut capture = Capture::new();
    let back = capture.back;
    // One came twice; then three of a hundred are lost, then none; the one before the last is from before a restart.
    for (n, (lost, highest)) in [(-1, 100), (2, 200), (2, 300), (9, 50), (9, 150)].into_iter().enumerate() {
        capture.take(n as i64 * 1000, back, &[receiver_report(reception(lost, highest, 0, 0))]);
    }
    let facts = capture.facts();
    let of = &facts.rtcp[0].reports[0];
    assert_eq!((of.source, of.blocks, of.cumulative_lost), (1, 5, Some(9)));
    assert_eq!((of.interval_expected, of.interval_lost, of.interval_loss_pct), (300, 3, Some(1.0)));
    let worst = of.worst_interval.unwrap();
    assert_eq!((worst.at_s, worst.frame, worst.lost, worst.loss_pct), (1.0, 2, 3, 3.0));
    assert_eq!((of.jitter_max_units, of.jitter_max_ms), (480, Some(10.0)));
    assert_eq!(of.points.iter().map(|point| point.cumulative_lost).collect::<Vec<_>>(), [-1, 2, 2, 9, 9]);
}

#[test]
fn a_call_is_told_by_its_reports() {
    let mut capture = Capture::new();
    let (there, back) = (capture.there, capture.back);
    for n in 0..20u32 {
        let ms = 1000 * i64::from(n);
        let sr = sender_report(1000 * n, 48_010 * n);
        let named = (3_900_000_000u32.wrapping_add(n)) << 16;
        capture.take(ms, there, &[sr, block(1, rtcp::SDES, &CNAME)]);
        capture.take(ms + 540, back, &[receiver_report(reception(0, 50 * n, named, 32_768))]);
    }
    capture.take(20_100, back, &[block(1, rtcp::PSFB, &[2, 1]), block(1, rtcp::RTPFB, &[2, 1, 0x0007_0005])]);
    capture.take(20_200, back, &[block(15, rtcp::PSFB, &[2, 0, 0x5245_4d42, 0x0100_0000 | 1000, 1])]);
    capture.take(20_300, there, &[block(1, rtcp::BYE, &[1, 0x0362_7965])]);
    let facts = capture.facts();
    let (sender, receiver) = (&facts.rtcp[0], &facts.rtcp[1]);
    assert_eq!((sender.ssrc, sender.cname.as_deref(), sender.packets), (1, Some("me"), 21));
    let sent = sender.sender.as_ref().unwrap();
    assert!((sent.clock_drift_ppm.unwrap() - 208.3).abs() < 1.0, "{sent:?}");
    assert_eq!((sent.packets_sent, sent.rtp_time_back, sent.spacing.unwrap().p50_ms), (50, 0, 1000.0));
    assert_eq!((sender.goodbyes[0].at_s, sender.goodbyes[0].reason.as_deref()), (20.3, Some("bye")));
    let of = &receiver.reports[0];
    assert_eq!((of.nack_numbers, of.picture_requests.unwrap().first_frame), (3, 41));
    assert_eq!(receiver.remb.unwrap().last_bps, 1000);
    let trip = &facts.rtt[0];
    assert_eq!(
        (trip.leg, trip.method, trip.spread.n, trip.spread.p50_ms),
        (Part::Right, Method::SrRr, 20, 40.0)
    );
    let asked: Vec<u16> = capture.reports.nacked(1).map(|(number, _)| number).collect();
    assert_eq!(asked, [7, 8, 10]);
    assert_eq!(capture.reports.asked(1, 8).unwrap().frame.number, 41);
    let json = serde_json::to_value(&facts).unwrap();
    assert_eq!(json["rtcp"][0]["ssrc"], "0x00000001");
    assert_eq!(json["rtcp"][0]["src"], "192.0.2.1:5000");
    assert_eq!(json["rtcp"][1]["counts"]["pli"], 1);
    assert_eq!(json["rtt"][0]["leg"], "right");
    assert_eq!(json["rtt"][0]["p50_ms"], 40.0);
}

#[test]
fn of_srtcp_the_first_header_alone_is_read() {
    let mut capture = Capture::new();
    let packet =
        [sender_report(0, 0), receiver_report(reception(5, 5, 5, 5)), vec![0x80, 0, 0, 1, 9, 9]].concat();
    let (at, leg) = (Time(0), capture.there);
    capture.reports.compound(at, Frame::default(), leg, &packet, packet.len(), true);
    capture.reports.compound(at, Frame::default(), leg, &packet[..3], 3, true);
    let facts = capture.facts();
    assert_eq!((facts.rtcp_totals.encrypted, facts.rtcp_totals.unreadable), (2, 1));
    assert_eq!(facts.rtcp_totals.counts, Counts::default());
    let row = &facts.rtcp[0];
    assert_eq!((facts.rtcp.len(), row.ssrc, row.encrypted, row.reports.len()), (1, 1, true, 0));
    assert_eq!(row.encrypted_first.iter().collect::<Vec<_>>(), [(&rtcp::SR, &1)]);
    assert_eq!((&row.sender, row.counts), (&None, Counts::default()));
}

#[test]
fn transport_wide_feedback_counts_each_packet_once() {
    let mut capture = Capture::new();
    let back = capture.back;
    // Base and count, feedback number, statuses and times.
    let mut feedback = |ms, base: u32, count: u32, number, rest: [u32; 2]| {
        let words = [&[2, 1, base << 16 | count, number], &rest[..]].concat();
        capture.take(ms, back, &[block(15, rtcp::RTPFB, &words)]);
    };
    // Ten, of which the second is lost: a vector of one bit each. Times of 4 ticks, 1 ms.
    feedback(0, 0xfffa, 10, 0, [0b1010_1111_1111_0000 << 16 | 0x0404, 0x0404_0404]);
    // Five times are missing above: this one is flawed, and the next is whole.
    feedback(50, 0xfffa, 4, 1, [0b1010_1100_0000_0000 << 16 | 0x0404, 0x0400_0000]);
    // From the lost one on: it came late. The feedback before this one is missing.
    feedback(150, 0xfffb, 5, 3, [0b1011_1010_0000_0000 << 16 | 0x0404, 0x0404_0000]);
    let facts = capture.facts();
    assert_eq!(facts.rtcp_totals.counts.of(Kind::Flawed), 1);
    let of = facts.rtcp[0].transport_cc.as_ref().unwrap();
    assert_eq!((of.feedbacks, of.feedbacks_missing), (2, 1));
    assert_eq!((of.packets_reported, of.packets_lost, of.packets_late), (6, 1, 1));
    assert_eq!(of.interval.unwrap().max_ms, 100.0);
}

#[test]
fn audio_is_ahead_where_video_was_longer_under_way() {
    let mut capture = Capture::new();
    let there = capture.there;
    let sdes = |ssrc| block(1, rtcp::SDES, &[ssrc, 0x0102_6d65]);
    capture.take(0, there, &[sender_report(0, 1000), sdes(1)]);
    let video = block(0, rtcp::SR, &[9, 3_900_000_001, 0, 50_000, 1, 1]);
    capture.take(1000, there, &[video, sdes(9)]);
    let ms = |ms: i64| Time(ms * 1_000_000);
    let media = |ssrc, medium, rate, points: &[(i64, u32)]| Media {
        leg: there,
        ssrc,
        medium,
        rate,
        points: points.iter().map(|(at, timestamp)| (ms(*at), *timestamp)).collect(),
    };
    // Audio is under way for 30 ms, video for 130 and 150.
    let audio = media(1, Medium::Audio, 48_000, &[(1030, 49_000), (3030, 145_000)]);
    let video = media(9, Medium::Video, 90_000, &[(1130, 50_000), (3150, 230_000)]);
    let rows = capture.reports.sync(&[audio.clone(), video.clone()], &capture.legs);
    assert_eq!((rows.len(), rows[0].n, rows[0].cname.as_str()), (1, 2, "me"));
    assert_eq!((rows[0].av_offset_ms, rows[0].min_ms, rows[0].max_ms), (100.0, 100.0, 120.0));
    let other = Media { leg: capture.back, ..video };
    assert_eq!(capture.reports.sync(&[audio, other], &capture.legs), []);
}

#[test]
fn noise_fills_no_table_beyond_its_bound() {
    let mut capture = Capture::new();
    let there = capture.there;
    for n in 0..20_000 {
        let report = block(1, rtcp::RR, &[n, n, 0, 1, 1, 1, 1]);
        capture.take(i64::from(n), there, &[report]);
    }
    assert_eq!((capture.reports.senders.len(), capture.reports.pairs.len()), (MOST_SENDERS, MOST_PAIRS));
    let facts = capture.facts();
    assert_eq!(facts.rtcp_totals.packets, 20_000);
    assert!(facts.rtcp_totals.not_kept > 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn no_packets_break_the_tables(
        packets in proptest::collection::vec(
            (0i64..i64::MAX, any::<bool>(), any::<bool>(), 0u8..32, 199u8..209, proptest::collection::vec(any::<u32>(), 0..40)),
            1..20,
        ),
        few in any::<bool>(),
    ) {
        let mut capture = Capture::new();
        for (at, forth, encrypted, count, packet_type, mut words) in packets {
            if few {
                // Sources that meet again.
                words.iter_mut().take(8).for_each(|word| *word &= 3);
            }
            let bytes = block(count, packet_type, &words);
            let leg = if forth { capture.there } else { capture.back };
            capture.reports.compound(Time(at), Frame::default(), leg, &bytes, bytes.len() + 3, encrypted);
        }
        serde_json::to_string(&capture.facts()).unwrap();
    }
}
