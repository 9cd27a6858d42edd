//! `--packets` and `--rtcp`.

use std::collections::BTreeMap;
use std::fs::File;
use std::net::Ipv4Addr;
use std::process::Stdio;

use serde_json::{Value, json};

use super::{Temporary, command, generated, lines, ran, rows, said};
use crate::corpus::folder;
use crate::generator::datagram;

#[test]
fn each_packet_is_a_line_and_the_lines_add_up_to_the_streams() {
    let (file, truth) = generated("packets.pcap");
    let json = crate::analyzed(file.path(), &[]);
    let mut counted: BTreeMap<String, [u64; 5]> = BTreeMap::new();
    let mut edges: BTreeMap<String, (u16, i16)> = BTreeMap::new();
    for row in rows(&[file.path().to_str().unwrap(), "--packets"]) {
        let of = counted.entry(row["ssrc"].clone()).or_default();
        of[0] += 1;
        let sequence: u16 = row["sequence"].parse().unwrap();
        let (first, lowest) = edges.entry(row["ssrc"].clone()).or_insert((sequence, 0));
        if row["verdict"] == "late" {
            *lowest = (*lowest).min(sequence.wrapping_sub(*first) as i16);
        }
        of[1] += u64::from(row["verdict"] == "duplicate");
        of[2] += u64::from(row["verdict"] == "late");
        of[3] += row["passed_over"].parse::<u64>().unwrap();
        of[4] += row["bytes"].parse::<u64>().unwrap();
    }
    // Noise is none of them.
    assert_eq!(counted.len(), truth.len());
    for stream in crate::streams(&json) {
        let [packets, duplicates, late, passed_over, bytes] = counted[stream["ssrc"].as_str().unwrap()];
        let number = |key: &str| stream[key].as_u64().unwrap();
        assert_eq!(
            (packets, duplicates, late),
            (number("packets"), number("duplicates"), number("reordered"))
        );
        assert_eq!(bytes, number("bytes"));
        // What was passed over came late, or never; nobody passed over what was sent before the first to arrive. That is
        // not many packets: those of a jitter.
        let before: u64 = edges[stream["ssrc"].as_str().unwrap()].1.unsigned_abs().into();
        assert_eq!(passed_over + before - late, number("lost"), "{stream:#}");
        assert!(before < 50);
    }
}

#[test]
fn a_filter_and_a_window_leave_out_the_rest_and_change_nothing_else() {
    let (file, truth) = generated("filter.pcap");
    let (path, ssrc) = (file.path().to_str().unwrap(), truth[1].ssrc);
    let all = lines(&[path, "--packets"]);
    let kept = |line: &&Value| {
        let at = line["at_s"].as_f64().unwrap();
        line["ssrc"] == format!("0x{ssrc:08x}") && (2.5..=3.0).contains(&at)
    };
    let expected: Vec<&Value> = all.iter().filter(kept).collect();
    assert!(expected.len() > 20);
    let decimal = ssrc.to_string();
    let found = lines(&[path, "--packets", "--ssrc", &decimal, "--pt", "96", "--from", "2.5", "--to", "3"]);
    assert_eq!(found.iter().collect::<Vec<_>>(), expected);
    assert_eq!(
        ran(&[path, "--packets", "--pt", "7"]),
        format!("Nothing to show in {} packets.\n", {
            crate::analyzed(file.path(), &[])["captures"][0]["packets"].clone()
        })
    );
}

#[test]
fn what_comes_on_standard_input_is_the_same_but_for_what_only_the_end_tells() {
    let (file, _) = generated("stdin.pcap");
    let strip = |mut line: Value| {
        for key in ["stream", "kind", "extensions", "contributing"] {
            line.as_object_mut().unwrap().remove(key);
        }
        line.to_string()
    };
    let mut from_file: Vec<String> =
        lines(&[file.path().to_str().unwrap(), "--packets"]).into_iter().map(strip).collect();
    let mut read = command(&["-", "--packets", "--format", "jsonl"]);
    let output = read.stdin(Stdio::from(File::open(file.path()).unwrap())).output().unwrap();
    let text = said(&output, 0);
    let mut from_stdin: Vec<String> =
        text.lines().map(|line| strip(serde_json::from_str(line).unwrap())).collect();
    from_file.sort();
    from_stdin.sort();
    assert_eq!(from_file, from_stdin);
}

fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_be_bytes()).collect()
}

fn block(first: u8, packet_type: u8, body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len() / 4).unwrap().to_be_bytes();
    [&[0x80 | first, packet_type, length[0], length[1]], body].concat()
}

/// A stream, and one packet of RTCP with everything in it.
fn with_reports(name: &str) -> Temporary {
    const A: (Ipv4Addr, u16) = (Ipv4Addr::new(192, 0, 2, 1), 4000);
    const B: (Ipv4Addr, u16) = (Ipv4Addr::new(192, 0, 2, 2), 5000);
    let file = Temporary::new(name);
    let mut out = File::create(file.path()).unwrap();
    std::io::Write::write_all(
        &mut out,
        &[0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 1, 0, 0, 0],
    )
    .unwrap();
    for n in 0..50_u32 {
        let mut rtp = [0x80, 111, 0, n as u8, 0, 0, 0, 0, 0x2a, 0x39, 0x45, 0xc1];
        rtp[4..8].copy_from_slice(&(960 * n).to_be_bytes());
        datagram(&mut out, 20_000 * u64::from(n), A, B, &[&rtp, &[7; 60]]).unwrap();
    }
    let about = 0x2a39_45c1;
    let reception = [about, 0x40ff_ffff, 0x0001_0031, 480, 0x1234_5678, 0x0001_8000];
    let sender = [7, 0xe8fe_6f80, 0x8000_0000, 90_000, 10, 1_000];
    let xr = [7, 0x0400_0002, 0xe8fe_6f80, 0x4000_0000, 0x0500_0003, 9, 0x2222_3333, 0x8000];
    let compound = [
        block(1, 200, &words(&[&sender[..], &reception].concat())),
        block(1, 202, &[&words(&[7])[..], b"\x01\x04me@x\x06\x03gst\0"].concat()),
        block(0, 207, &words(&xr)),
        block(1, 205, &words(&[7, about, 0x0011_0005])),
        block(3, 205, &words(&[7, 0, about, 3 << 26 | 1000 << 9 | 40])),
        block(1, 206, &words(&[7, about])),
        block(4, 206, &words(&[7, 0, about, 5 << 24])),
        block(15, 206, &words(&[7, 0, 0x5245_4d42, 0x0100_0000 | 3 << 18 | 100_000, about])),
        block(11, 205, &words(&[7, about, 0x0010_0003, 0x8400_0000, 0x9fff_0000, 0xabcd])),
        block(9, 204, b"\0\0\0\x07PoC1data"),
        block(1, 203, &[&words(&[7])[..], b"\x03bye"].concat()),
    ]
    .concat();
    datagram(&mut out, 1_250_000, B, A, &[&compound]).unwrap();
    file
}

#[test]
fn every_field_of_a_report_has_its_value_by_its_name_in_the_rfc() {
    let file = with_reports("fields.pcap");
    let found = lines(&[file.path().to_str().unwrap(), "--rtcp"]);
    let of =
        |block: &str| found.iter().find(|line| line["block"] == block).unwrap_or_else(|| panic!("{block}"));
    let check = |block: &str, expected: Value| {
        for (key, value) in expected.as_object().unwrap() {
            assert_eq!(&of(block)[key], value, "{block}: {key}");
        }
    };
    let about = "0x2a3945c1";
    check(
        "sr",
        json!({
            "record": "report", "frame": 51, "at_s": 1.25, "src": "192.0.2.2:5000", "encrypted": false,
            "ssrc": "0x00000007", "ntp_timestamp": "0xe8fe6f8080000000", "ntp_unix_s": 1_700_000_000.5_f64,
            "rtp_timestamp": 90_000, "packet_count": 10, "octet_count": 1000,
        }),
    );
    check(
        "report_block",
        json!({
            "about": about, "fraction_lost": 64, "fraction_lost_pct": 25.0, "cumulative_lost": -1,
            "extended_highest_sequence": 65_585, "jitter": 480, "jitter_ms": 10.0, "lsr": "0x12345678", "dlsr_s": 1.5,
        }),
    );
    check("sdes", json!({"item": "CNAME", "value": "me@x"}));
    check("xr_rrtr", json!({"ntp_unix_s": 1_700_000_000.25_f64}));
    check("xr_dlrr", json!({"about": "0x00000009", "lrr": "0x22223333", "dlrr_s": 0.5}));
    check("nack", json!({"about": about, "lost_sequence_numbers": [17, 18, 20]}));
    check("tmmbr", json!({"about": about, "bitrate_bps": 8000, "measured_overhead": 40}));
    check("pli", json!({"about": about}));
    check("fir", json!({"about": about, "sequence_number": 5}));
    check("remb", json!({"bitrate_bps": 800_000, "ssrcs": [about]}));
    check(
        "ccfb",
        json!({"about": about, "begin_sequence": 16, "received": 2, "lost_sequence_numbers": [17]}),
    );
    check("app", json!({"name": "PoC1", "subtype": 9, "data": "64617461"}));
    check("bye", json!({"ssrc": "0x00000007", "reason": "bye"}));
    assert_eq!(found.len(), 14);
}

#[test]
fn reports_are_read_in_eighty_columns() {
    let file = with_reports("text.pcap");
    insta::assert_snapshot!(ran(&[file.path().to_str().unwrap(), "--rtcp"]));
}

#[test]
fn packets_are_read_in_eighty_columns() {
    let file = with_reports("packets-text.pcap");
    insta::assert_snapshot!(ran(&[file.path().to_str().unwrap(), "--packets", "--from", "0.93"]));
}

#[test]
fn every_key_of_a_record_is_a_column() {
    let file = with_reports("columns.pcap");
    let path = file.path().to_str().unwrap();
    for view in ["--rtcp", "--packets"] {
        let text = ran(&[path, view, "--format", "csv"]);
        let header: Vec<&str> = text.lines().next().unwrap().split(',').collect();
        for line in lines(&[path, view]) {
            for (key, value) in line.as_object().unwrap() {
                let told =
                    ["schema", "record", "via"].contains(&key.as_str()) || header.contains(&key.as_str());
                assert!(told || value.is_null(), "{key}");
            }
        }
    }
}

#[test]
fn the_blocks_of_the_corpus_are_as_many_as_others_count() {
    let Some(corpus) = folder() else { return };
    let mut compared = 0;
    for name in [
        "made__chromium-loopback.plain.pcapng",
        "made__chromium-vp8.plain.pcapng",
        "made__gst-rtpbin-impaired.pcapng",
        "rtpeeker__rtp.pcap",
        "rtpproxy__rtcp.a.pcap",
    ] {
        let path = corpus.join(name);
        let oracle = std::fs::read(corpus.join(format!("{name}.oracle.json"))).unwrap();
        let oracle: Value = serde_json::from_slice(&oracle).unwrap();
        let found = lines(&[path.to_str().unwrap(), "--rtcp"]);
        for (block, packet_type) in [("sr", "200"), ("bye", "203"), ("app", "204")] {
            let ours = found.iter().filter(|line| line["block"] == block).count() as u64;
            let theirs = oracle["count rtcp.pt"][packet_type].as_u64().unwrap_or_default();
            assert_eq!(ours, theirs, "{name}: {block}");
            compared += theirs;
        }
    }
    assert!(compared > 60, "{compared}");
}

#[test]
fn what_is_encrypted_says_so_and_keys_open_it() {
    let Some(corpus) = folder() else { return };
    let path = corpus.join("made__aiortc-loopback.pcapng");
    let (path, keys) = (path.to_str().unwrap(), corpus.join("made__aiortc-loopback.keylog"));
    let sealed = lines(&[path, "--rtcp"]);
    assert!(
        sealed.len() > 50 && sealed.iter().all(|line| line["encrypted"] == true && line["jitter"].is_null())
    );
    let opened = lines(&[path, "--rtcp", "--keys", keys.to_str().unwrap()]);
    assert!(opened.iter().all(|line| line["encrypted"] == false));
    let json = crate::analyzed(std::path::Path::new(path), &["--keys", keys.to_str().unwrap()]);
    let counts = &json["rtcp_totals"];
    for block in ["sr", "bye"] {
        let ours = opened.iter().filter(|line| line["block"] == block).count();
        assert_eq!(
            ours as u64,
            counts[block].as_u64().or(counts["counts"][block].as_u64()).unwrap(),
            "{counts}"
        );
    }
}
