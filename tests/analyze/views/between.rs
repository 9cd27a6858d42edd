//! `analyze diff`: two captures of one call, with clocks that differ and drift, a NAT between, and known losses.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::net::Ipv4Addr;

use serde_json::Value;

use super::{Temporary, command, ran};
use crate::corpus::folder;
use crate::generator::datagram;

type Address = (Ipv4Addr, u16);
const ALICE: Address = (Ipv4Addr::new(10, 0, 0, 5), 40_000);
const NAT: Address = (Ipv4Addr::new(203, 0, 113, 7), 61_234);
const BOB: Address = (Ipv4Addr::new(198, 51, 100, 9), 50_000);
const RESOLVER: Address = (Ipv4Addr::new(192, 0, 2, 53), 53);
const PACKETS: u32 = 1500;
const STEP_US: u64 = 20_000;
const START_US: u64 = 2_000_000;
/// Of B's clock against A's.
const OFFSET_US: u64 = 3_600_250_000;
const DRIFT_PPM: f64 = 80.0;
const THERE: u32 = 0x1111_0001;
const BACK: u32 = 0x2222_0002;

/// A packet in a capture: when, from where to where, and what.
type Taken = (u64, Address, Address, [u8; 12]);

struct Call {
    a: Vec<Taken>,
    b: Vec<Taken>,
    /// What the packets from A to B took above the shortest, in milliseconds.
    above_ms: Vec<f64>,
}

fn rtp(ssrc: u32, payload_type: u8, n: u32) -> [u8; 12] {
    let mut rtp = [0; 12];
    (rtp[0], rtp[1]) = (0x80, payload_type);
    // Through the end of the cycle.
    rtp[2..4].copy_from_slice(&((65_000 + n) as u16).to_be_bytes());
    rtp[4..8].copy_from_slice(&(960 * n).to_be_bytes());
    rtp[8..].copy_from_slice(&ssrc.to_be_bytes());
    rtp
}

/// Never there: lost before A.
fn never_sent(n: u32) -> bool {
    (500..503).contains(&n)
}

fn lost(n: u32) -> bool {
    (100..105).contains(&n) || n == 300 || n == 301 || n == 777
}

/// From A to B: 40 ms and what varies, 900 behind 901, and a queue from 1000 on.
fn delay_us(n: u32) -> u64 {
    let spike = if (1000..1020).contains(&n) { 300_000 - 15_000 * u64::from(n - 1000) } else { 0 };
    let late = if n == 900 { 30_000 } else { 0 };
    40_000 + u64::from(n * 7919 % 5000) + spike + late
}

fn by_b(at_us: u64) -> u64 {
    (at_us as f64 * (1.0 + DRIFT_PPM / 1e6)) as u64 + OFFSET_US
}

fn call(both_ways: bool) -> Call {
    let mut call = Call { a: Vec::new(), b: Vec::new(), above_ms: Vec::new() };
    for n in (0..PACKETS).filter(|n| !never_sent(*n)) {
        let at = START_US + STEP_US * u64::from(n);
        call.a.push((at, ALICE, BOB, rtp(THERE, 111, n)));
        if !lost(n) {
            let arrives = at + delay_us(n);
            call.b.push((by_b(arrives), NAT, BOB, rtp(THERE, 111, n)));
            call.above_ms.push((delay_us(n) - 40_000) as f64 / 1e3);
            // A copy made on the way, and one that was sent.
            if n == 600 {
                call.b.push((by_b(arrives + 300), NAT, BOB, rtp(THERE, 111, n)));
            }
            if n == 700 {
                call.a.push((at + 200, ALICE, BOB, rtp(THERE, 111, n)));
                call.b.push((by_b(arrives + 200), NAT, BOB, rtp(THERE, 111, n)));
            }
        }
        if both_ways {
            let at = at + 3_000;
            call.b.push((by_b(at), BOB, NAT, rtp(BACK, 111, n)));
            if n % 100 != 50 {
                call.a.push((at + 30_000 + u64::from(n * 104_729 % 4000), BOB, ALICE, rtp(BACK, 111, n)));
            }
        }
    }
    call
}

/// Both captures go on before and after, so that nothing is at an edge.
fn written(name: &str, taken: &[Taken], by_b_clock: bool) -> Temporary {
    let file = Temporary::new(name);
    let mut out = BufWriter::new(File::create(file.path()).unwrap());
    out.write_all(&[
        0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 1, 0, 0, 0,
    ])
    .unwrap();
    let clock = |at| if by_b_clock { by_b(at) } else { at };
    let mut sorted = taken.to_vec();
    sorted.sort_by_key(|packet| packet.0);
    let question = [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    datagram(&mut out, clock(0), ALICE, RESOLVER, &[&question, &[0; 20]]).unwrap();
    for (at, src, dst, rtp) in &sorted {
        datagram(&mut out, *at, *src, *dst, &[rtp, &[9; 80]]).unwrap();
    }
    datagram(&mut out, clock(60_000_000), ALICE, RESOLVER, &[&question, &[0; 20]]).unwrap();
    out.flush().unwrap();
    file
}

fn compared(a: &Temporary, b: &Temporary) -> Value {
    let text = ran(&["diff", a.path().to_str().unwrap(), b.path().to_str().unwrap(), "--format", "json"]);
    serde_json::from_str(&text).unwrap()
}

fn row(json: &Value, ssrc: u32) -> &Value {
    let rows = json["streams"].as_array().unwrap();
    rows.iter().find(|row| row["ssrc"] == format!("0x{ssrc:08x}")).unwrap_or_else(|| panic!("{json:#}"))
}

fn near(value: &Value, expected: f64, off: f64) {
    let value = value.as_f64().unwrap_or_else(|| panic!("{value}, not {expected}"));
    assert!((value - expected).abs() <= off, "{value}, not {expected}");
}

/// What holds of the stream from A to B whichever of the two was named first.
fn holds(row: &Value, above_ms: &[f64]) {
    let sent = u64::from(PACKETS) - 3;
    for (key, expected) in [
        ("sent", sent),
        ("arrived", sent - 8),
        ("lost", 8),
        ("lost_before", 3),
        ("missed_by_near_capture", 0),
        ("not_in_sight", 0),
        ("duplicated", 1),
        ("loss_runs_count", 3),
    ] {
        assert_eq!(row[key], expected, "{key}: {row:#}");
    }
    // 900 overtaken by one, and those of the spike, of which each is caught up by the next, by none.
    assert_eq!(row["reordered"], 1, "{row:#}");
    let runs: Vec<_> = row["loss_runs"].as_array().unwrap().iter().collect();
    let told =
        |run: &Value| (run["first_sequence"].clone(), run["last_sequence"].clone(), run["packets"].clone());
    assert_eq!(told(runs[0]), (65_100.into(), 65_104.into(), 5.into()));
    assert_eq!(told(runs[1]), (65_300.into(), 65_301.into(), 2.into()));
    assert_eq!(told(runs[2]), (241.into(), 241.into(), 1.into()));
    near(&runs[0]["at_s"], 4.0, 1e-2);
    let mut sorted = above_ms.to_vec();
    sorted.sort_by(f64::total_cmp);
    let quantile = |share: f64| sorted[((share * sorted.len() as f64).ceil() as usize).max(1) - 1];
    let delay = &row["delay"];
    for (key, expected) in [
        ("p50_ms", quantile(0.5)),
        ("p95_ms", quantile(0.95)),
        ("p99_ms", quantile(0.99)),
        ("max_ms", quantile(1.0)),
        ("mean_ms", sorted.iter().sum::<f64>() / sorted.len() as f64),
    ] {
        near(&delay[key], expected, 0.3);
    }
    assert_eq!((&delay["packets"], &delay["spikes_count"]), (&(sent - 8).into(), &1.into()), "{delay:#}");
    near(&delay["spikes"][0]["at_s"], 22.0, 1e-2);
    near(&delay["spikes"][0]["peak_ms"], quantile(1.0), 0.3);
}

#[test]
fn losses_delays_and_clocks_are_what_they_were_made_to_be() {
    let call = call(true);
    let (a, b) = (written("between-a.pcap", &call.a, false), written("between-b.pcap", &call.b, true));
    let json = compared(&a, &b);
    assert_eq!(json["schema"], "analyze-diff/1");
    let there = row(&json, THERE);
    assert_eq!((&there["direction"], &there["direction_by"]), (&"a_to_b".into(), &"round_trip".into()));
    assert_eq!(
        (&there["a"]["src"], &there["b"]["src"]),
        (&"10.0.0.5:40000".into(), &"203.0.113.7:61234".into())
    );
    holds(there, &call.above_ms);
    let back = row(&json, BACK);
    assert_eq!((&back["direction"], &back["lost"]), (&"b_to_a".into(), &15.into()), "{back:#}");
    assert_eq!(
        (&back["lost_before"], &back["duplicated"], &back["reordered"]),
        (&3.into(), &0.into(), &0.into())
    );
    near(&json["clock_drift_ppm"], DRIFT_PPM, 4.0);
    near(&json["round_trip_min_ms"], 70.0, 1.0);
    assert_eq!(json["swapped"], false);
    // What B's clock is off lies between what both ways allow.
    let off = OFFSET_US as f64 / 1e6;
    assert!(json["clock_difference_min_s"].as_f64().unwrap() <= off + 1e-3, "{json:#}");
    assert!(json["clock_difference_max_s"].as_f64().unwrap() >= off - 1e-3, "{json:#}");
    // The other way round all is the same, but for which is which.
    let turned = compared(&b, &a);
    let there = row(&turned, THERE);
    assert_eq!(there["direction"], "b_to_a");
    holds(there, &call.above_ms);
    near(&turned["clock_drift_ppm"], -DRIFT_PPM, 4.0);
}

#[test]
fn swapped_captures_of_one_way_are_noticed() {
    let call = call(false);
    let (a, b) = (written("swapped-a.pcap", &call.a, false), written("swapped-b.pcap", &call.b, true));
    let json = compared(&a, &b);
    assert_eq!((&json["swapped"], &row(&json, THERE)["direction_by"]), (&false.into(), &"loss".into()));
    holds(row(&json, THERE), &call.above_ms);
    let json = compared(&b, &a);
    assert_eq!((&json["swapped"], &row(&json, THERE)["direction"]), (&true.into(), &"b_to_a".into()));
    holds(row(&json, THERE), &call.above_ms);
    let text = ran(&["diff", b.path().to_str().unwrap(), a.path().to_str().unwrap()]);
    assert!(text.contains("A and B look swapped"), "{text}");
}

#[test]
fn a_capture_that_ends_sooner_has_lost_nothing() {
    let call = call(false);
    let a = written("edge-a.pcap", &call.a, false);
    let shorter: Vec<Taken> = call.b.iter().filter(|packet| packet.0 < by_b(15_000_000)).copied().collect();
    let file = Temporary::new("edge-b.pcap");
    let whole = written("edge-whole.pcap", &shorter, true);
    // Without the question at the end.
    let bytes = std::fs::read(whole.path()).unwrap();
    std::fs::write(file.path(), &bytes[..bytes.len() - 16 - 42 - 32]).unwrap();
    let json = compared(&a, &file);
    let row = row(&json, THERE);
    assert_eq!(row["lost"], 7, "{row:#}");
    assert!(row["not_in_sight"].as_u64().unwrap() > 840, "{row:#}");
}

#[test]
fn captures_without_a_stream_in_common_say_so() {
    let call = call(true);
    let only = |ssrc: u32, taken: &[Taken]| -> Vec<Taken> {
        taken.iter().filter(|packet| packet.3[8..] == ssrc.to_be_bytes()).copied().collect()
    };
    let a = written("none-a.pcap", &only(THERE, &call.a), false);
    let b = written("none-b.pcap", &only(BACK, &call.b), true);
    let json = compared(&a, &b);
    assert_eq!(json["streams"].as_array().unwrap().len(), 0);
    assert_eq!(
        (&json["only_in_a"][0]["ssrc"], &json["only_in_b"][0]["ssrc"]),
        (&"0x11110001".into(), &"0x22220002".into())
    );
    let text = ran(&["diff", a.path().to_str().unwrap(), b.path().to_str().unwrap()]);
    assert!(text.starts_with("WARN  the two captures have no stream in common"), "{text}");
}

#[test]
fn the_difference_is_read_in_eighty_columns() {
    let call = call(true);
    let (a, b) = (written("text-a.pcap", &call.a, false), written("text-b.pcap", &call.b, true));
    let folder = a.path().parent().unwrap();
    let name = |file: &Temporary| file.path().file_name().unwrap().to_str().unwrap().to_owned();
    let output = command(&["diff", &name(&a), &name(&b)]).current_dir(folder).output().unwrap();
    let text = super::said(&output, 0).replace(&name(&a), "a.pcap").replace(&name(&b), "b.pcap");
    insta::assert_snapshot!(text);
}

#[test]
fn a_capture_beside_itself_differs_in_nothing() {
    let Some(corpus) = folder() else { return };
    for name in ["made__chromium-turn-udp.pcapng.gz", "made__aiortc-loopback.pcapng", "rtpproxy__dtmf.pcap"] {
        let path = corpus.join(name);
        let path = path.to_str().unwrap();
        let json: Value = serde_json::from_str(&ran(&["diff", path, path, "--format", "json"])).unwrap();
        let rows = json["streams"].as_array().unwrap();
        assert!(!rows.is_empty() && json["only_in_a"].as_array().unwrap().is_empty(), "{name}");
        for row in rows {
            assert_eq!(
                (&row["lost"], &row["reordered"], &row["duplicated"]),
                (&0.into(), &0.into(), &0.into()),
                "{row:#}"
            );
            assert_eq!((&row["delay"]["max_ms"], &row["a"]["id"]), (&0.0.into(), &row["b"]["id"]), "{row:#}");
        }
    }
}
