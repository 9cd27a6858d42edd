//! `--format json` and `jsonl` against the schemas that `rtcscope schema` prints, by a validator that is not ours.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jsonschema::Validator;
use serde_json::Value;

use super::{run, stdout};

/// Runs with a result; what it is does not matter here.
const RUNS: &[&[&str]] = &[
    &["probe", "--embedded"],
    &["probe", "--embedded", "--transport", "udp", "--max", "loss=1%", "--max", "setup=1us", "--nat"],
    &["probe", "--embedded", "--transport", "udp,tcp", "--security", "--mtu", "-v"],
    &["probe", "--embedded", "--transport", "udp", "--watch", "200ms", "--rounds", "3"],
    &["probe", "turn:127.0.0.1:9", "-u", "a", "-w", "b", "--timeout", "500ms"],
    &["probe", "stun:127.0.0.1:9", "--timeout", "300ms"],
    &["probe", "cred", "-u", "1712345678:alice", "-w", "wonder"],
    &["probe", "cred", "-u", "alice", "-w", "wonder", "--realm", "example.org"],
    &[
        "probe",
        "cred",
        "-u",
        "north",
        "--oauth-key",
        "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
        "--oauth-server-name",
        "a.example",
    ],
    &["probe", "--turnserver-conf", "testdata/turnserver/secret.conf"],
    &["probe", "--turnserver-conf", "testdata/turnserver/users.conf"],
    &["call", "--duration", "1s"],
    &["check"],
    &["check", "--list"],
    &["check"],
    &["check", "testdata/check/mixed.toml"],
    &["check", "-v", "testdata/check/mixed.toml"],
    &["check", "--list", "testdata/check/mixed.toml"],
    &["stun", "decode", "000100002112a442000102030405060708090a0b"],
    &["stun", "decode", "00010004"],
    &["config", "show"],
    &["config", "show", "probe", "--timeout", "1s", "-w", "wonder"],
    &["config", "show", "--defaults", "testdata/defaults/many.toml", "-v"],
    &["explain"],
    &["explain", "AUTH_WRONG"],
    &["sdp", "rules"],
    &["sdp", "rules", "SDP101"],
    &["sdp", "explain", "testdata/sdp/offer.sdp", "--lines"],
    &["sdp", "diff", "testdata/sdp/diff/before.sdp", "testdata/sdp/diff/after.sdp", "--raw"],
    &["sdp", "diff", "testdata/sdp/diff/before.sdp", "testdata/sdp/diff/same.sdp"],
    &["sdp", "negotiate", "testdata/sdp/offer.sdp", "testdata/sdp/diff/after.sdp"],
    &["analyze", "testdata/capture/call.pcap"],
    &["analyze", "testdata/capture/call.pcap", "--timeline", "--max", "loss=1%", "--max", "mos=5"],
    &["analyze", "diff", "testdata/capture/call.pcap", "testdata/capture/call.pcap"],
    // Nothing could be looked at.
    &["analyze", "testdata/missing.pcap"],
    &["sdp", "explain", "testdata/missing.sdp"],
    &["sdp", "lint", "testdata/capture/call.pcap"],
];

/// The schemas, each asked for once.
#[derive(Default)]
struct Schemas(BTreeMap<String, Validator>);

impl Schemas {
    #[track_caller]
    fn check(&mut self, value: &Value, args: &[&str]) {
        let name = value["schema"].as_str().unwrap_or_else(|| panic!("{args:?}: no schema: {value}"));
        let validator = self.0.entry(name.to_owned()).or_insert_with(|| {
            let schema: Value = serde_json::from_str(&stdout(&["schema", name])).expect("a schema is JSON");
            assert!(jsonschema::meta::is_valid(&schema), "{name} is no schema");
            jsonschema::validator_for(&schema).expect("a schema")
        });
        let errors: Vec<String> = validator.iter_errors(value).map(|error| explained(&error)).collect();
        assert!(errors.is_empty(), "{args:?} is no {name}:\n{}\n{value:#}", errors.join("\n"));
    }

    fn check_run(&mut self, args: &[&str]) {
        let text = stdout(&[args, &["--format", "json"]].concat());
        self.check(&serde_json::from_str(&text).expect("JSON"), args);
    }

    fn check_lines(&mut self, args: &[&str]) {
        let text = stdout(&[args, &["--format", "jsonl"]].concat());
        text.lines().for_each(|line| self.check(&serde_json::from_str(line).expect("JSON"), args));
    }
}

/// Of what may be this or that, why it is not the first: the whole.
fn explained(error: &jsonschema::ValidationError<'_>) -> String {
    let words = |error: &jsonschema::ValidationError<'_>| {
        let said = error.to_string();
        let end: String = said.chars().skip(said.chars().count().saturating_sub(300)).collect();
        format!("{}: {end}", error.instance_path())
    };
    match error.kind() {
        jsonschema::error::ValidationErrorKind::AnyOf { context } => {
            context.first().into_iter().flatten().map(words).collect::<Vec<_>>().join("\n")
        }
        _ => words(error),
    }
}

#[test]
fn every_result_is_what_its_schema_says() {
    let mut schemas = Schemas::default();
    for args in RUNS {
        if args.contains(&"--watch") {
            schemas.check_lines(args);
            continue;
        }
        schemas.check_run(args);
        schemas.check_lines(args);
    }
    // Takes its time.
    schemas.check_run(&[
        "probe",
        "--embedded",
        "--transport",
        "udp",
        "--throughput",
        "4s",
        "--throughput-max",
        "1M",
    ]);
    schemas.check_lines(&["analyze", "testdata/capture/call.pcap", "--packets"]);
    // One that no run here has might be wrong.
    let names = stdout(&["schema"]);
    let unseen: Vec<&str> = names.lines().filter(|name| !schemas.0.contains_key(*name)).collect();
    assert_eq!(unseen, [""; 0]);
}

#[test]
fn every_description_is_what_its_schema_says() {
    let mut schemas = Schemas::default();
    let mut paths = Vec::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/sdp"), &mut paths);
    assert!(paths.len() > 200, "{}", paths.len());
    for chunk in paths.chunks(20) {
        let chunk: Vec<&str> = chunk.iter().map(|path| path.to_str().expect("UTF-8")).collect();
        for command in ["explain", "lint"] {
            let args: Vec<&str> = ["sdp", command, "-v"].into_iter().chain(chunk.iter().copied()).collect();
            schemas.check_run(&args);
        }
    }
}

#[test]
fn captures_of_others_are_what_the_schema_says() {
    let Some(corpus) = std::env::var_os("RTCSCOPE_CORPUS") else { return };
    let mut schemas = Schemas::default();
    let mut paths = Vec::new();
    collect(&Path::new(&corpus).join("captures"), &mut paths);
    for path in &paths {
        let args = ["analyze", path.to_str().expect("UTF-8")];
        if !run(&[&args[..], &["--format", "json"]].concat()).stdout.is_empty() {
            schemas.check_run(&args);
        }
        // What has no stream or no RTCP prints nothing.
        for list in ["--timeline", "--rtcp"] {
            let listed = run(&[&args[..], &[list, "--format", "jsonl"]].concat()).stdout;
            for line in String::from_utf8(listed).expect("UTF-8").lines() {
                schemas.check(&serde_json::from_str(line).expect("JSON"), &args);
            }
        }
    }
}

#[test]
fn a_schema_refuses_what_is_not_its_own() {
    let text = stdout(&["schema", "analyze/1"]);
    let validator = jsonschema::validator_for(&serde_json::from_str(&text).expect("JSON")).expect("a schema");
    let whole: Value =
        serde_json::from_str(&stdout(&["analyze", "testdata/capture/call.pcap", "--format", "json"]))
            .expect("JSON");
    assert!(validator.is_valid(&whole));
    let mut other = whole.clone();
    other["streams"][0]["lost"] = "four".into();
    assert!(!validator.is_valid(&other), "a word for a number");
    let mut other = whole.clone();
    other.as_object_mut().expect("an object").remove("findings");
    assert!(!validator.is_valid(&other), "no findings");
    let mut other = whole;
    other["schema"] = "analyze/2".into();
    assert!(!validator.is_valid(&other), "another version");
}

/// Files below a folder, but no notes about them.
fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        if path.is_dir() {
            collect(&path, paths);
        } else if !["md", "json", "toml", "rs"].contains(&ending) {
            paths.push(path);
        }
    }
    paths.sort();
}

#[test]
fn schemas_speak_to_people_who_do_not_read_our_source() {
    for name in stdout(&["schema"]).lines().filter(|name| !name.is_empty()) {
        let text = stdout(&["schema", name]);
        let link = text.lines().find(|line| line.contains("[`") || line.contains("crate::"));
        assert_eq!(link, None, "{name}");
    }
}
