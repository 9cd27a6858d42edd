//! What is read of RTCP in real captures, against what is known of them.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::path::Path;

use rtcscope::analyze::demux::{Class, class};
use rtcscope::analyze::leg::{Leg, Legs};
use rtcscope::analyze::reports::{Kind, Media, Medium, Part, ReportFacts, Reports, looks_plain};
use rtcscope::capture::{Decoder, Reader, Section, Time};
use rtcscope::rtp;

use super::corpus::folder;

struct Read {
    reports: Reports,
    legs: Legs,
    facts: ReportFacts,
    media: Vec<Media>,
}

/// Everything that is RTCP by its first bytes, over UDP and in no relay's framing.
fn read(path: &Path, rate: &dyn Fn(u32) -> Option<u32>) -> Read {
    let mut reader = Reader::new(File::open(path).expect("a file")).expect("a capture");
    let mut decoder = Decoder::new(0);
    let mut legs = Legs::default();
    let mut packets = Vec::new();
    let mut media: BTreeMap<_, Vec<(Time, u32)>> = BTreeMap::new();
    let mut start = None;
    loop {
        let ending = reader.next(&mut |section| {
            let Section::Record(record) = section else { return };
            start.get_or_insert(record.at);
            let Some(datagram) = decoder.datagram(&record) else { return };
            let (src, dst) = (datagram.src, datagram.dst);
            let leg = Leg { src, dst, carrier: datagram.transport.into(), via: None };
            let length = datagram.length();
            match class(datagram.payload, length) {
                Class::Rtcp => {
                    let id = legs.id(leg).expect("few legs");
                    packets.push((datagram.at, datagram.frame, id, datagram.payload.to_vec(), length));
                }
                Class::Rtp => {
                    if let Ok(packet) = rtp::Packet::read(datagram.payload, length) {
                        let id = legs.id(leg).expect("few legs");
                        media.entry((id, packet.ssrc())).or_default().push((datagram.at, packet.timestamp()));
                    }
                }
                _ => {}
            }
        });
        if ending.is_some() {
            break;
        }
    }
    // A flow is plain if most of it looks so.
    let mut plain: HashMap<_, i64> = HashMap::new();
    for (_, _, leg, payload, length) in &packets {
        *plain.entry(*leg).or_default() += if looks_plain(payload, *length) { 1 } else { -1 };
    }
    let mut reports = Reports::default();
    for (at, frame, leg, payload, length) in &packets {
        reports.compound(*at, *frame, *leg, payload, *length, plain[leg] <= 0);
    }
    let media = media.into_iter().filter_map(|((leg, ssrc), points)| {
        let rate = rate(ssrc)?;
        let medium = if rate == 90_000 { Medium::Video } else { Medium::Audio };
        Some(Media { leg, ssrc, medium, rate, points })
    });
    let facts = reports.finish(&legs, start.unwrap_or_default(), rate);
    Read { media: media.collect(), reports, legs, facts }
}

/// Those that the test is about, in order of kinds.
fn of(read: &Read, kinds: &[Kind]) -> Vec<u64> {
    kinds.iter().map(|kind| read.reports.counted(*kind)).collect()
}

fn unknown(_: u32) -> Option<u32> {
    None
}

#[test]
fn every_count_is_that_of_tshark_where_it_can_see() {
    let Some(corpus) = folder() else { return };
    let mut compared = 0;
    let mut names: Vec<_> = std::fs::read_dir(&corpus).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    for path in names {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        // Of SRTCP tshark counts noise; of the third it does not see two packets, and all bytes are known.
        let encrypted = name.ends_with("aiortc-loopback.pcapng") || name.contains("alice_srtp");
        if !(name.ends_with(".pcap") || name.ends_with(".pcapng"))
            || encrypted
            || name.contains("sip-example")
        {
            continue;
        }
        let oracle = std::fs::read(path.with_file_name(format!("{name}.oracle.json"))).unwrap();
        let oracle: serde_json::Value = serde_json::from_slice(&oracle).unwrap();
        let read = read(&path, &unknown);
        let kinds = [Kind::Sr, Kind::Rr, Kind::Sdes, Kind::Bye, Kind::App, Kind::Xr];
        for (kind, packet_type) in kinds.iter().zip([200, 201, 202, 203, 204, 207]) {
            let theirs = oracle["count rtcp.pt"][packet_type.to_string()].as_u64().unwrap_or_default();
            assert_eq!(read.reports.counted(*kind), theirs, "{name}: {kind:?}");
            compared += theirs;
        }
        let odd = [Kind::Flawed, Kind::Other, Kind::OtherFeedback, Kind::XrOther];
        assert_eq!(of(&read, &odd), [0; 4], "{name}");
    }
    assert!(compared > 300, "{compared}");
}

#[test]
fn a_browsers_reports_are_all_read() {
    let Some(corpus) = folder() else { return };
    let path = corpus.join("made__chromium-loopback.plain.pcapng");
    let rate = |ssrc| match ssrc {
        0xe978_b068 | 0x0df1_b595 => Some(90_000),
        0xacdb_4df8 | 0x9a57_f32b => Some(48_000),
        _ => None,
    };
    let read = read(&path, &rate);
    let kinds = [Kind::Sr, Kind::Sdes, Kind::Rr, Kind::Xr, Kind::Twcc];
    assert_eq!(of(&read, &kinds), [48, 48, 38, 72, 514]);
    let totals = &read.facts.rtcp_totals;
    assert_eq!((totals.reduced_size, totals.trailing, totals.impossible_delays), (514, 0, 0));
    // Both peers wrote down what they sent and what came: no time passes between a peer and its own log.
    for trip in &read.facts.rtt {
        let near = trip.leg == Part::Left;
        assert!(if near { trip.spread.p50_ms < 1.0 } else { trip.spread.p50_ms < 50.0 }, "{trip:?}");
    }
    assert_eq!(read.facts.rtt.len(), 6);
    for sender in read.facts.rtcp.iter().filter_map(|row| row.transport_cc.as_ref()) {
        assert_eq!((sender.packets_lost, sender.feedbacks_missing), (0, 0));
        assert!(sender.packets_reported > 600 && sender.arrival_gap.unwrap().max_ms < 100.0);
    }
    let sync = read.reports.sync(&read.media, &read.legs);
    assert_eq!(sync.len(), 4, "{sync:?}");
    assert!(sync.iter().all(|row| row.n > 200 && row.av_offset_ms.abs() < 80.0), "{sync:?}");
}

#[test]
fn a_lossy_call_says_what_was_lost() {
    let Some(corpus) = folder() else { return };
    let read = read(&corpus.join("made__gst-rtpbin-impaired.pcapng"), &unknown);
    assert_eq!(of(&read, &[Kind::Sr, Kind::Rr, Kind::Bye, Kind::Sdes]), [11, 12, 4, 23]);
    let said = |source| {
        let rows = read.facts.rtcp.iter().flat_map(|row| &row.reports);
        rows.filter(|pair| pair.source == source).map(|pair| pair.cumulative_lost).collect::<Vec<_>>()
    };
    assert_eq!(said(0xae04_f130), [Some(10); 2]);
    assert_eq!(said(0xc41f_a56d), [Some(18); 2]);
    // 20 ms each way, and what varies; the capture is beside both ends.
    let longest = read.facts.rtt.iter().map(|trip| trip.spread.p50_ms).fold(0.0, f64::max);
    assert!((40.0..80.0).contains(&longest), "{:?}", read.facts.rtt);
}

#[test]
fn bytes_behind_the_last_block_cost_none_of_them() {
    let Some(corpus) = folder() else { return };
    let read = read(&corpus.join("rtpeeker__sip-example.pcap"), &|_| Some(8_000));
    assert_eq!(of(&read, &[Kind::Sr, Kind::Rr, Kind::Sdes, Kind::Flawed]), [28, 16, 16, 0]);
    assert_eq!(read.facts.rtcp_totals.trailing, 4);
    let drift = read.facts.rtcp.iter().filter(|row| row.ssrc == 0x58f3_3dea).map(|row| {
        let sender = row.sender.as_ref().unwrap();
        (sender.clock_drift_ppm.unwrap(), sender.clock_drift_error_ppm.unwrap())
    });
    // Six reports of a gateway are too coarse for a drift, and say so.
    for (drift, error) in drift {
        assert!((-160.0..-130.0).contains(&drift) && error > drift.abs(), "{drift} {error}");
    }
}

#[test]
fn nothing_is_taken_from_srtcp() {
    let Some(corpus) = folder() else { return };
    for name in ["made__aiortc-loopback.pcapng", "made__chromium-loopback.pcapng"] {
        let read = read(&corpus.join(name), &unknown);
        assert!(read.facts.rtcp_totals.encrypted > 50, "{name}");
        let totals = &read.facts.rtcp_totals;
        assert_eq!((totals.packets, totals.unreadable, read.facts.rtt.len()), (0, 0, 0), "{name}");
        assert!(read.facts.rtcp.iter().all(|row| row.encrypted && row.counts.iter().count() == 0), "{name}");
    }
}
