//! Made-up captures: packets and copies to the last one, losses but for those at the edges.

use std::fs::File;
use std::io::BufWriter;

use super::generator::{Plan, Truth, generate};
use super::{analyzed, streams};

fn holds(plan: Plan) {
    let path =
        std::env::temp_dir().join(format!("rtcscope-analyze-{}-{}.pcap", std::process::id(), plan.seed));
    let mut file = BufWriter::new(File::create(&path).expect("a file can be made"));
    let truth = generate(plan, &mut file).expect("a file can be written");
    drop(file);
    let json = analyzed(&path, &[]);
    std::fs::remove_file(&path).expect("it is there");
    let found = streams(&json);
    assert_eq!(found.len(), truth.len(), "streams, with {plan:?}: {}", json["not_counted"]);
    for it in &truth {
        check(it, found, plan);
    }
}

fn check(it: &Truth, found: &[serde_json::Value], plan: Plan) {
    let ssrc = format!("0x{:08x}", it.ssrc);
    let row = found.iter().find(|row| row["ssrc"] == ssrc).unwrap_or_else(|| panic!("{ssrc} is not there"));
    let number = |key: &str| row[key].as_u64().unwrap_or_else(|| panic!("{key}: {row:#}"));
    assert_eq!(row["src"], format!("{}:{}", it.src.0, it.src.1));
    assert_eq!((number("packets"), number("duplicates")), (it.packets, it.duplicated), "{row:#}");
    // What was lost before the first and behind the last cannot be seen.
    assert!(number("lost") <= it.lost && number("lost") + 2 >= it.lost, "{} lost: {row:#}", it.lost);
    let rate = if it.payload_type == 111 { 48_000 } else { 90_000 };
    assert_eq!((&row["clock_rate"], &row["clock_source"]), (&rate.into(), &"inferred".into()), "{row:#}");
    assert!(number("reordered") > 0 || plan.jitter_ms < 1.0, "{row:#}");
}

#[test]
fn every_packet_is_counted_through_loss_copies_reordering_wraps_and_noise() {
    let plan = Plan {
        seed: 7,
        streams: 200,
        audio: 3,
        relayed: 0,
        control: false,
        seconds: 12.0,
        lost: 2.0,
        duplicated: 1.0,
        jitter_ms: 30.0,
        noise: 5.0,
    };
    holds(plan);
}

#[test]
fn a_clean_capture_has_no_loss_at_all() {
    holds(Plan {
        seed: 3,
        streams: 30,
        audio: 3,
        relayed: 0,
        control: false,
        seconds: 5.0,
        lost: 0.0,
        duplicated: 0.0,
        jitter_ms: 0.0,
        noise: 0.0,
    });
}

#[test]
fn relays_checks_and_reports_beside_the_media_change_no_figure() {
    holds(Plan {
        seed: 5,
        streams: 60,
        audio: 2,
        relayed: 4,
        control: true,
        seconds: 8.0,
        lost: 1.0,
        duplicated: 0.5,
        jitter_ms: 30.0,
        noise: 2.0,
    });
}
