//! `--format html` in a real Chromium, as people look at it: on a desk and on a phone, light and dark, printed.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::{is_there, rtcscope};

/// The pages of real runs.
const PAGES: &[(&str, &[&str], usize)] = &[
    // Steps, and three paths of one endpoint.
    ("probe", &["probe", "--embedded", "--transport", "udp"], 4),
    // A ladder, and four streams.
    ("analyze", &["analyze", "testdata/capture/call.pcap"], 5),
    // Phases, round trips, audio and video.
    ("call", &["call", "--duration", "1s"], 4),
    ("lint", &["sdp", "lint", "testdata/sdp/broken.sdp"], 1),
    ("explain", &["sdp", "explain", "testdata/sdp/offer.sdp"], 1),
    ("diff", &["sdp", "diff", "testdata/sdp/diff/before.sdp", "testdata/sdp/diff/after.sdp"], 1),
    ("negotiate", &["sdp", "negotiate", "testdata/sdp/offer.sdp", "testdata/sdp/offer.sdp"], 0),
    ("rules", &["explain", "AUTH_WRONG"], 0),
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
        assert!(status.code().is_some_and(|code| code < 2), "{args:?}");
    }
    // A network of its own, without a way out; and it ends with the test, whatever happens.
    let output = Command::new("timeout")
        .args(["120", "unshare", "--user", "--map-root-user", "--net", "--pid", "--fork", "--kill-child"])
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
            check(name, look, *pictures);
        }
        assert_ne!(page[0]["colours"], page[1]["colours"], "{name}: dark is as light");
        assert!(page[4]["printed_bytes"].as_u64().is_some_and(|bytes| bytes > 5000), "{name}: {}", page[4]);
    }
}

fn check(name: &str, look: &Value, pictures: usize) {
    let at = format!("{name} at {} {}", look["size"], look["scheme"]);
    assert_eq!(look["console"], serde_json::json!([]), "{at}: the console speaks");
    assert_eq!(look["requests"], serde_json::json!([]), "{at}: something is fetched");
    let number = |key: &str| look[key].as_f64().unwrap_or(f64::MAX);
    assert!(number("width") <= number("size"), "{at}: wider than its window: {}", look["width"]);
    let drawn = look["pictures"].as_array().expect("pictures");
    assert_eq!(drawn.len(), pictures, "{at}: {drawn:?}");
    for picture in drawn {
        assert!(picture["drawn"].as_u64().is_some_and(|count| count > 0), "{at}: empty: {picture}");
        assert!(picture["height"].as_f64().is_some_and(|height| height > 40.0), "{at}: flat: {picture}");
        assert_eq!(picture["outside"], serde_json::json!([]), "{at}: words outside their picture: {picture}");
    }
}
