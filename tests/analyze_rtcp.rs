//! What is read of RTCP in real captures, against what is known of them.
#![allow(clippy::disallowed_methods, reason = "tests read what they like")]

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::path::{Path, PathBuf};

use rtcscope::analyze::demux::{Class, class};
use rtcscope::analyze::leg::{Leg, Legs};
use rtcscope::analyze::reports::{Kind, Media, Medium, ReportFacts, Reports, looks_plain};
use rtcscope::capture::{Decoder, Reader, Section, Time};
use rtcscope::rtp;

struct Read {
    reports: Reports,
    legs: Legs,
    facts: ReportFacts,
    media: Vec<Media>,
}

fn corpus() -> Option<PathBuf> {
    let at = std::env::var_os("RTCSCOPE_CORPUS").map(PathBuf::from)?.join("captures");
    at.is_dir().then_some(at)
}

/// Everything that is RTCP by its first bytes, over UDP and in no relay's framing.
fn read(path: &Path, rate: &dyn Fn(u32) -> Option<u32>) -> Read {
    let mut reader = Reader::new(File::open(path).unwrap()).unwrap();
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
                    let id = legs.id(leg).unwrap();
                    packets.push((datagram.at, datagram.frame, id, datagram.payload.to_vec(), length));
                }
                Class::Rtp => {
                    if let Ok(packet) = rtp::Packet::read(datagram.payload, length) {
                        let id = legs.id(leg).unwrap();
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

fn counts(read: &Read) -> BTreeMap<&'static str, u64> {
    read.facts.rtcp_totals.counts.iter().map(|(kind, n)| (kind.name(), n)).collect()
}

#[test]
fn every_capture_has_the_reports_that_are_known_of_it() {
    let Some(corpus) = corpus() else { return };
    let mut names: Vec<_> = std::fs::read_dir(&corpus).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    for path in names {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if !name.ends_with(".pcap") && !name.ends_with(".pcapng") {
            continue;
        }
        let read = read(&path, &|_| None);
        println!("{name}: {:?} {}", counts(&read), serde_json::to_string(&read.facts).unwrap());
    }
}
