//! Captures from the field, if `RTCSCOPE_CORPUS` names the folder that they are in.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::Value;

use super::{analyzed, streams};

/// The folder with captures; says so loudly where there is none.
pub(super) fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("RTCSCOPE_CORPUS").map(|folder| PathBuf::from(folder).join("captures"));
    if folder.is_none() {
        eprintln!("SKIPPED: needs RTCSCOPE_CORPUS, the folder with captures/");
    }
    folder
}

/// Why the oracle's loss is not ours where it follows its own rule.
const ORACLE_RULE: &str =
    "it takes copies for arrivals, and begins and ends with what arrived first and last";

#[test]
fn packets_of_every_stream_are_those_of_the_second_source() {
    let Some(folder) = folder() else { return };
    let (mut captures, mut compared, mut explained) = (0, 0, 0);
    for entry in std::fs::read_dir(&folder).expect("a folder").flatten() {
        let path = entry.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        let Some(capture) = name.strip_suffix(".oracle.json") else { continue };
        let oracle: Value = serde_json::from_slice(&std::fs::read(&path).expect("readable")).expect("JSON");
        let json = analyzed(&folder.join(capture), &[]);
        let found: BTreeMap<_, _> = streams(&json)
            .iter()
            .map(|row| ((text(row, "src"), text(row, "dst"), text(row, "ssrc")), row))
            .collect();
        let mut known = Vec::new();
        for row in oracle["rtp_streams"].as_array().expect("a list") {
            let end = |side: &str, port: &str| {
                let (ip, port) = (text(row, side), &row[port]);
                if ip.contains(':') { format!("[{ip}]:{port}") } else { format!("{ip}:{port}") }
            };
            let ssrc = text(row, "ssrc").trim_start_matches("0x").to_lowercase();
            let key = (end("src", "sport"), end("dst", "dport"), format!("0x{ssrc:0>8}"));
            known.push(key.clone());
            let packets = row["packets"].as_u64().unwrap_or_default();
            let Some(ours) = found.get(&key) else {
                assert!(packets < 20, "{capture}: {key:?} with {packets} packets is not there");
                continue;
            };
            assert_eq!(ours["packets"], row["packets"], "{capture}: {key:?}");
            let (lost, theirs) =
                (ours["lost"].as_i64().unwrap_or(-1), row["lost"].as_i64().unwrap_or_default());
            if lost != theirs {
                let by_its_rule = ours["lost_first_last"].as_i64().unwrap_or_default();
                assert_eq!((by_its_rule - theirs) % 65_536, 0, "{capture}: {key:?}: {}", ORACLE_RULE);
                explained += 1;
            }
            compared += 1;
        }
        let extra = found.keys().filter(|key| !known.contains(key)).collect::<Vec<_>>();
        assert!(extra.is_empty(), "{capture}: {extra:?} is no stream to the oracle");
        captures += 1;
    }
    assert!(captures >= 36 && compared >= 130, "{captures} captures, {compared} streams");
    assert!(explained <= 21, "{explained} differences");
}

fn text(row: &Value, key: &str) -> String {
    row[key].as_str().unwrap_or_default().to_owned()
}

/// Of the stream with this source and these packets: lost, A.3's figure, copies.
fn figures(capture: &str, ssrc: &str, packets: u64) -> Option<[Value; 3]> {
    let json = analyzed(&folder()?.join(capture), &[]);
    let row = streams(&json).iter().find(|row| row["ssrc"] == ssrc && row["packets"] == packets);
    let row = row.unwrap_or_else(|| panic!("{capture}: {ssrc} with {packets} packets"));
    Some(["lost", "lost_rfc3550", "duplicates"].map(|key| row[key].clone()))
}

#[test]
fn loss_copies_and_reordering_at_the_edges_are_told_apart() {
    for (capture, ssrc, packets, lost, rfc3550, duplicates) in [
        ("made__gst-rtpbin-impaired.pcapng", "0xae04f130", 540, 17, 15, 0),
        ("made__gst-rtpbin-impaired.pcapng", "0xc41fa56d", 605, 20, 20, 0),
        ("rtpproxy__dtmf.pcap", "0x37ed87f3", 151, 193, 141, 52),
        ("rtpproxy__dtmf.pcap", "0xee693e61", 45, 50, 50, 0),
        ("rtpeeker__rtp.pcap", "0xf3cb2001", 229, 1, 1, 0),
    ] {
        let Some(found) = figures(capture, ssrc, packets) else { return };
        assert_eq!(
            found,
            [Value::from(lost), Value::from(rfc3550), Value::from(duplicates)],
            "{capture}: {ssrc}"
        );
    }
}

#[test]
fn every_way_to_write_a_capture_gives_the_same_streams() {
    let Some(folder) = folder() else { return };
    let mut all = 0;
    for entry in std::fs::read_dir(&folder).expect("a folder").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if !name.starts_with("variant__") || name.ends_with(".json") {
            continue;
        }
        let json = analyzed(&entry.path(), &[]);
        let mut figures: Vec<_> =
            streams(&json).iter().map(|row| (row["packets"].as_u64(), row["lost"].as_u64())).collect();
        figures.sort();
        let expected =
            [(61, 4), (65, 3), (83, 0), (91, 0)].map(|(packets, lost)| (Some(packets), Some(lost)));
        assert_eq!(figures, expected, "{name}");
        let cut = json["captures"][0]["cut"].as_u64();
        assert_eq!(cut > Some(0), name.contains("snap"), "{name}: {cut:?} payloads were cut");
        all += 1;
    }
    assert!(all >= 13, "{all} variants");
}

#[test]
fn noise_is_no_stream_and_is_counted_with_its_reason() {
    let Some(folder) = folder() else { return };
    let json = analyzed(&folder.join("suricata-verify__sip.pcap"), &[]);
    // The one call in it is a stream of nine packets, which SIP speaks for.
    let rows = streams(&json);
    assert_eq!((rows.len(), &rows[0]["ssrc"], &rows[0]["packets"]), (1, &"0x3796cb71".into(), &9.into()));
    assert_eq!((&json["transport"], &json["datagrams"]["dtls"]), (&Value::Array(Vec::new()), &0.into()));
    assert_eq!(json["not_counted"]["port_of_another_protocol"]["packets"], 118);
    assert_eq!(json["captures"][0]["skipped"]["arp"], 44);
}

#[test]
fn sip_in_the_capture_says_what_is_media_and_what_it_is() {
    let Some(folder) = folder() else { return };
    let json = analyzed(&folder.join("made__sipp-pcapplay.pcapng"), &[]);
    let rows = streams(&json);
    assert_eq!(rows.len(), 12);
    for (ssrc, packets, codec) in [("0xdee0ee8f", 236, "PCMA"), ("0x0e05384e", 10, "telephone-event")] {
        let of: Vec<_> = rows.iter().filter(|row| row["ssrc"] == ssrc).collect();
        assert_eq!(of.len(), 6);
        for row in of {
            assert_eq!((&row["packets"], &row["codec"]), (&packets.into(), &codec.into()));
            let copies = if packets == 10 { 2 } else { 0 };
            assert_eq!((&row["lost"], &row["duplicates"]), (&0.into(), &copies.into()));
        }
    }
}
