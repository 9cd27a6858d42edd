//! How much and how large, where that is asked for: our own server has no cap and loopback no small MTU.

use super::{ALICE, args, settings, start, turn_udp};
use crate::run::probe;

#[test]
fn throughput_and_size_are_figures_that_limits_hold_against() {
    let server = start(settings());
    let flags = ["--throughput", "4s", "--throughput-max", "2M", "--mtu", "--min", "mtu.inbound=1200bytes"];
    let limits = ["--min", "throughput.outbound=1Mbps"];
    let run = probe(&args(&[&[&turn_udp(&server)], &ALICE, &flags, &limits]));
    run.ends("pass", 0).shows("udp", "/throughput/ceiling_bps", 2_000_000);
    for way in ["inbound", "outbound"] {
        let report = &run.endpoint("udp")["throughput"][way];
        let achieved = report["achieved_bps"].as_u64().unwrap_or_default();
        run.check((1_400_000..2_300_000).contains(&achieved), &format!("{way}: {report}"));
        run.shows("udp", &format!("/mtu/{way}/largest_bytes"), 1472);
    }
    // It does not do DONT-FRAGMENT, and says so.
    run.shows("udp", "/mtu/dont_fragment_code", 420);
    let most = run.endpoint("udp")["throughput"]["most_bytes"].as_f64().unwrap_or_default();
    let said = format!("--throughput sends at most {:.1} MB", most / 1e6);
    run.check(most > 0.0 && run.stderr.contains(&said), &format!("{said:?} is not said"));
    run.check(run.text.contains("the server may fragment unseen"), "the text does not say what is not known");
    assert!(!server.panicked());
}

#[test]
fn what_was_not_asked_for_is_not_measured() {
    let server = start(settings());
    let run = probe(&args(&[&[&turn_udp(&server)], &ALICE]));
    for key in ["throughput", "mtu", "lifetimes"] {
        run.shows("udp", &format!("/{key}"), serde_json::Value::Null);
    }
    run.check(run.stderr.is_empty(), "something is announced that is not done");
    // A limit on it is no success.
    let run = probe(&args(&[&[&turn_udp(&server)], &ALICE, &["--min", "throughput.inbound=1M"]]));
    run.check(run.code == 3, &format!("exit {}", run.code));
}

#[test]
fn a_call_is_sent_as_one_and_its_own_limits_hold() {
    let server = start(settings());
    let flags = ["--preset", "audio", "--duration", "500ms", "--max", "loss=50%"];
    let run = probe(&args(&[&[&turn_udp(&server)], &ALICE, &flags]));
    run.passes().carries("udp").shows("udp", "/relay/inbound/sent", 25);
    let rows = run.json["thresholds"].as_array().map_or(&[][..], Vec::as_slice);
    let limit = |metric: &str| rows.iter().find(|row| row["metric"] == metric);
    run.check(limit("loss").is_some_and(|row| row["limit_pct"] == 50.0), "the limit given is not the limit");
    run.check(limit("jitter").is_some_and(|row| row["limit_ms"] == 30.0), "no limit of the preset's");
}
