//! `--format sarif` against the schema of SARIF 2.1.0, from a package that ships it: `scripts/test` fetches that.

use std::path::Path;

use serde_json::Value;

use super::stdout;

#[test]
fn every_log_is_what_the_standard_says() {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("target/peers/sarif/vendor/serde-sarif/src/schema.json");
    let Ok(schema) = std::fs::read(&path) else {
        eprintln!("SKIPPED: needs the schema of SARIF: scripts/test fetches it");
        return;
    };
    let mut schema: Value = serde_json::from_slice(&schema).expect("JSON");
    // The pattern of languages has a bracket too many, and is no regular expression.
    for of in ["run", "toolComponent"] {
        let language = schema.pointer_mut(&format!("/definitions/{of}/properties/language"));
        language.and_then(Value::as_object_mut).expect("a language").remove("pattern");
    }
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let runs: &[&[&str]] = &[
        &["probe", "--embedded", "--transport", "udp"],
        &["probe", "turn:127.0.0.1:9", "-u", "a", "-w", "b", "--timeout", "300ms"],
        &["probe", "--turnserver-conf", "testdata/turnserver/secret.conf"],
        &["analyze", "testdata/capture/call.pcap"],
        &["analyze", "testdata/missing.pcap"],
        &["sdp", "lint", "testdata/sdp/broken.sdp", "testdata/missing.sdp"],
        &["sdp", "explain", "testdata/sdp/offer.sdp"],
        &["sdp", "diff", "testdata/sdp/diff/before.sdp", "testdata/sdp/diff/after.sdp"],
        &["sdp", "negotiate", "testdata/sdp/offer.sdp", "testdata/sdp/diff/after.sdp"],
    ];
    for args in runs {
        let log: Value =
            serde_json::from_str(&stdout(&[*args, &["--format", "sarif"]].concat())).expect("JSON");
        let errors: Vec<String> = validator
            .iter_errors(&log)
            .map(|error| format!("{}: {error:.200}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{args:?}:\n{}", errors.join("\n"));
    }
    assert!(
        !validator.is_valid(&serde_json::json!({ "version": "2.1.0", "runs": [{}] })),
        "it takes anything"
    );
}
