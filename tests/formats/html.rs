//! `--format html` in a real Chromium, as people look at it: on a desk and on a phone, light and dark, printed.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::{is_there, rtcscope};

/// A page of a real run, and how the titles of its pictures begin, in order; `+` behind the last: there may be more.
type Page = (&'static str, &'static [&'static str], &'static [&'static str]);

const STEPS: &str = "Steps of each endpoint";
const PHASES: &str = "How the call came up";
const OVER_TIME: &str = "Over time, by when it was sent";
const ROUND_TRIPS: &str = "Round trips over the data channel";
const AUDIO: &str = "One-way delay of audio";
const VIDEO: &str = "One-way delay of video";
const THROUGH: &str = "Round trips through the relay";

const PAGES: &[Page] = &[
    ("probe", &["probe", "--embedded", "--transport", "udp"], &[STEPS, THROUGH, THROUGH, THROUGH]),
    (
        "watch",
        &["probe", "--embedded", "--transport", "udp", "--watch", "20ms", "--rounds", "20"],
        &["Round after round: udp"],
    ),
    (
        "analyze",
        &["analyze", "testdata/capture/call.pcap"],
        &["Handshakes and media", "s1 ", "s2 ", "s3 ", "s4 "],
    ),
    ("between", &["analyze", "diff", "testdata/capture/call.pcap", "testdata/capture/call.pcap"], &[]),
    ("call", &["call", "--duration", "1s"], &[PHASES, OVER_TIME, ROUND_TRIPS, AUDIO, VIDEO]),
    (
        "relayed",
        &["call", "--embedded", "--transport", "udp", "--transport", "tcp", "--duration", "1s"],
        &[PHASES, OVER_TIME, OVER_TIME, ROUND_TRIPS, AUDIO, VIDEO, ROUND_TRIPS, AUDIO, VIDEO],
    ),
    (
        "impaired",
        &["call", "--duration", "1s", "--impair", "loss=5%,delay=10ms,only=rtp", "--seed", "7"],
        &[PHASES, OVER_TIME, ROUND_TRIPS, AUDIO, VIDEO],
    ),
    ("lint", &["sdp", "lint", "testdata/sdp/broken.sdp"], &["testdata/sdp/broken.sdp"]),
    ("explain", &["sdp", "explain", "testdata/sdp/offer.sdp"], &["testdata/sdp/offer.sdp"]),
    (
        "diff",
        &["sdp", "diff", "testdata/sdp/diff/before.sdp", "testdata/sdp/diff/after.sdp"],
        &["Lines that differ"],
    ),
    (
        "negotiate",
        &["sdp", "negotiate", "testdata/sdp/offer.sdp", "testdata/sdp/offer.sdp"],
        &["What is offered, and what of it is taken"],
    ),
    ("check", &["check", "-v"], &["relay over UDP: Steps of each endpoint", "+"]),
    ("rules", &["explain", "AUTH_WRONG"], &[]),
];

#[test]
fn a_browser_shows_every_page_whole_and_asks_for_nothing_else() {
    if !(is_there("chromium", "chromium") && is_there("node", "nodejs") && is_there("unshare", "util-linux"))
    {
        return;
    }
    let dir = std::env::temp_dir().join(format!("rtcscope-pages-{}", std::process::id()));
    std::fs::create_dir_all(&dir).expect("a folder");
    let paths: Vec<_> = PAGES.iter().map(|(name, ..)| dir.join(format!("{name}.html"))).collect();
    for ((_, args, _), path) in PAGES.iter().zip(&paths) {
        let status = rtcscope(args).args(["--format", "html", "-o"]).arg(path).status().expect("starts");
        // What a busy machine makes of a call is no matter here.
        assert!(status.code().is_some_and(|code| code < 2), "{args:?}");
    }
    // A network of its own, without a way out; and it ends with the test, whatever happens.
    let output = Command::new("timeout")
        .args(["300", "unshare", "--user", "--map-root-user", "--net", "--pid", "--fork", "--kill-child"])
        .args(["--mount-proc", "node"])
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/browser/pages.mjs"))
        .arg(dir.join("profile"))
        .arg("chromium")
        .args(&paths)
        .env("HOME", &dir)
        .output()
        .expect("unshare starts");
    let said = String::from_utf8_lossy(&output.stderr);
    let seen: Vec<Value> = String::from_utf8_lossy(&output.stdout)
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    std::fs::remove_dir_all(&dir).expect("the folder goes");
    // Four ways of looking, and print.
    assert_eq!(seen.len(), PAGES.len() * 5, "{said}");
    for (page, (name, _, pictures)) in seen.chunks(5).zip(PAGES) {
        for look in &page[..4] {
            check(name, look, pictures);
        }
        assert_ne!(page[0]["colours"], page[1]["colours"], "{name}: dark is as light");
        assert!(page[4]["printed_bytes"].as_u64().is_some_and(|bytes| bytes > 5000), "{name}: {}", page[4]);
    }
}

fn check(name: &str, look: &Value, pictures: &[&str]) {
    let at = format!("{name} at {} {}", look["size"], look["scheme"]);
    assert_eq!(look["console"], serde_json::json!([]), "{at}: the console speaks");
    assert_eq!(look["requests"], serde_json::json!([]), "{at}: something is fetched");
    let number = |key: &str| look[key].as_f64().unwrap_or(f64::MAX);
    assert!(number("width") <= number("size"), "{at}: wider than its window: {}", look["width"]);
    let drawn = look["pictures"].as_array().expect("pictures");
    let titles: Vec<&str> = drawn.iter().filter_map(|picture| picture["title"].as_str()).collect();
    let (wanted, may_be_more) = match pictures.split_last() {
        Some((&"+", wanted)) => (wanted, true),
        _ => (pictures, false),
    };
    let is_there = wanted.iter().zip(&titles).all(|(wanted, title)| title.starts_with(wanted));
    let are_all = titles.len() == wanted.len() || may_be_more && titles.len() > wanted.len();
    assert!(is_there && are_all, "{at}: {titles:?}");
    for picture in drawn {
        assert!(picture["drawn"].as_u64().is_some_and(|count| count > 0), "{at}: empty: {picture}");
        assert!(picture["height"].as_f64().is_some_and(|height| height > 40.0), "{at}: flat: {picture}");
        assert_eq!(picture["outside"], serde_json::json!([]), "{at}: words outside their picture: {picture}");
    }
}
