//! What is shown of a capture besides its summary.

mod between;
mod listing;
mod live;
mod over_time;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

use super::generator::{Plan, Truth, generate};

/// A file of this test alone, gone afterwards.
pub(super) struct Temporary(pub(super) PathBuf);

impl Temporary {
    pub(super) fn new(name: &str) -> Self {
        Self(std::env::temp_dir().join(format!("rtcscope-views-{}-{name}", std::process::id())))
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Streams with loss, copies, and packets that overtake each other.
const PLAN: Plan = Plan {
    seed: 11,
    streams: 12,
    seconds: 12.0,
    lost: 3.0,
    duplicated: 2.0,
    jitter_ms: 30.0,
    noise: 3.0,
    audio: 3,
    relayed: 0,
    control: false,
};

fn generated(name: &str) -> (Temporary, Vec<Truth>) {
    let file = Temporary::new(name);
    let mut out = BufWriter::new(File::create(file.path()).unwrap());
    let truth = generate(PLAN, &mut out).unwrap();
    (file, truth)
}

fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rtcscope"));
    command.arg("analyze").args(args).env("COLUMNS", "80");
    command
}

fn said(output: &Output, code: i32) -> String {
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{errors}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn ran(args: &[&str]) -> String {
    said(&command(args).output().unwrap(), 0)
}

/// JSON Lines.
fn lines(args: &[&str]) -> Vec<Value> {
    let text = ran(&[args, &["--format", "jsonl"]].concat());
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// CSV without quotes, as rows by column.
fn rows(args: &[&str]) -> Vec<BTreeMap<String, String>> {
    let text = ran(&[args, &["--format", "csv"]].concat());
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap().split(',').collect();
    let row = |line: &str| {
        let cells: Vec<&str> = line.split(',').collect();
        assert_eq!(cells.len(), header.len(), "{line}");
        header.iter().zip(cells).map(|(name, cell)| ((*name).to_owned(), cell.to_owned())).collect()
    };
    lines.map(row).collect()
}

#[test]
fn a_result_that_comes_line_by_line_is_refused_whole() {
    for view in ["--packets", "--rtcp"] {
        let output = command(&["capture.pcap", view, "--format", "json"]).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&output.stderr).contains("`jsonl` or `csv`"));
    }
}

#[test]
fn two_views_at_once_are_refused_and_so_is_a_window_that_ends_before_it_begins() {
    for args in [
        &["x.pcap", "--packets", "--rtcp"][..],
        &["x.pcap", "--timeline", "--packets"],
        &["x.pcap", "--from", "5", "--to", "5"],
        &["x.pcap", "--ssrc", "0xzz"],
        &["x.pcap", "--pt", "128"],
        &["diff", "x.pcap"],
        &["diff", "-", "-"],
        &["--live", "a.pcap", "b.pcap"],
    ] {
        assert_eq!(command(args).output().unwrap().status.code(), Some(2), "{args:?}");
    }
}

#[test]
fn a_capture_may_be_called_as_the_subcommand_is() {
    let (file, truth) = generated("named.pcap");
    let folder = std::env::temp_dir().join(format!("rtcscope-views-{}-folder", std::process::id()));
    std::fs::create_dir(&folder).unwrap();
    std::fs::copy(file.path(), folder.join("diff")).unwrap();
    let output = command(&["./diff", "--format", "csv"]).current_dir(&folder).output().unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    assert_eq!(said(&output, 0).lines().count(), truth.len() + 1);
}

#[test]
fn the_summary_as_a_table_has_the_figures_of_the_json() {
    let (file, truth) = generated("summary.pcap");
    let path = file.path().to_str().unwrap();
    let rows = rows(&[path]);
    let json = super::analyzed(file.path(), &[]);
    assert_eq!(rows.len(), truth.len());
    for (row, stream) in rows.iter().zip(super::streams(&json)) {
        for key in ["id", "ssrc", "src", "packets", "duplicates", "lost", "jitter_max_ms", "bitrate_bps"] {
            let value = stream[key].as_str().map_or_else(|| stream[key].to_string(), str::to_owned);
            assert_eq!(row[key], value, "{key}");
        }
        assert_eq!(row["loss_runs.max"], stream["loss_runs"]["max"].to_string());
    }
}

#[test]
fn a_source_and_a_window_narrow_the_summary_and_it_says_so() {
    let (file, truth) = generated("narrow.pcap");
    let ssrc = format!("0x{:08x}", truth[0].ssrc);
    let json = super::analyzed(file.path(), &["--ssrc", &ssrc, "--from", "2", "--to", "4"]);
    let [stream] = super::streams(&json) else { panic!("{json:#}") };
    assert_eq!(stream["ssrc"], *ssrc);
    // Fifty a second, less what is lost, with what comes twice.
    assert!((90..=104).contains(&stream["packets"].as_u64().unwrap()), "{stream:#}");
    assert!(
        stream["first_seen_s"].as_f64().unwrap() >= 2.0 && stream["last_seen_s"].as_f64().unwrap() <= 4.0
    );
    assert_eq!(json["shown"]["ssrcs"][0], *ssrc);
    let text = ran(&[file.path().to_str().unwrap(), "--ssrc", &ssrc, "--from", "2"]);
    assert!(text.contains("only RTP and RTCP from 2 s to the end is counted"), "{text}");
}
