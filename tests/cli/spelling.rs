//! "Did you mean": whatever has a name is found by one that is nearly right.

use super::{Dir, rtcscope, run, shown};

fn offer() -> String {
    concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/sdp/offer.sdp").to_owned()
}

/// That the command line ends with 2, and asks whether this was meant.
fn check(args: &[&str], meant: &str) {
    let said = run(args);
    assert!(said.starts_with("exit: 2\n--- stdout\n--- stderr\n"), "{args:?}: {said}");
    let asked = [format!("did you mean `{meant}`"), format!("or `{meant}`"), format!("exists: '{meant}'")];
    assert!(asked.iter().any(|asked| said.contains(asked)), "{args:?}: {said}");
}

#[test]
fn findings_are_found_by_code_and_by_name() {
    check(&["explain", "REST_EXPIERD"], "REST_EXPIRED");
    check(&["explain", "wrong-credentails"], "WRONG_CREDENTIALS");
    check(&["explain", "SDP1O7"], "SDP107");
    check(&["explain", "CONF20"], "CONF201");
}

#[test]
fn rules_are_found_by_code_name_and_topic_wherever_they_are_named() {
    let offer = offer();
    check(&["sdp", "rules", "SDP1O7"], "SDP107");
    check(&["sdp", "rules", "dtsl"], "dtls");
    check(&["sdp", "rules", "line-ordre"], "line-order");
    for flag in ["--select", "--ignore"] {
        for command in [
            &["sdp", "lint", &offer][..],
            &["sdp", "diff", &offer, &offer],
            &["sdp", "negotiate", &offer, &offer],
        ] {
            check(&[command, &[flag, "lin-order"]].concat(), "line-order");
        }
    }
}

#[test]
fn plans_ask_the_same() {
    let dir = Dir::new("spelling-plan");
    for (text, meant) in [
        ("[[probe]]\nembedded = true\nexpect = \"REST_EXPIERD\"\n", "REST_EXPIRED"),
        ("[[probe]]\nembedded = true\nexpect = \"!wrong-credentails\"\n", "WRONG_CREDENTIALS"),
        ("[[probe]]\nembedded = true\ntransport = \"upd\"\n", "udp"),
        ("[[probe]]\nembedded = true\nmax = { rtt.p98 = \"5ms\" }\n", "rtt.p95"),
        ("[[probe]]\nembbeded = true\n", "embedded"),
        ("[[prob]]\nembedded = true\n", "probe"),
        ("[[sdp]]\nfiles = \"x.sdp\"\nignore = \"lin-order\"\n", "line-order"),
    ] {
        std::fs::write(dir.path("rtcscope.toml"), text).expect("a new file");
        std::fs::write(dir.path("x.sdp"), "v=0\n").expect("a new file");
        let said = shown(&rtcscope(["check"]).current_dir(&dir.0).output().expect("starts"));
        assert!(said.starts_with("exit: 2\n"), "{text}: {said}");
        let asked =
            said.lines().any(|line| line.contains("did you mean") && line.contains(&format!("`{meant}`")));
        assert!(asked, "{text}: {said}");
    }
}

#[test]
fn codecs_kinds_and_directions_of_a_rewrite() {
    let offer = offer();
    for flag in ["--prefer", "--only", "--remove"] {
        check(&["sdp", "rewrite", flag, "opsu", &offer], "opus");
        check(&["sdp", "rewrite", flag, "h246", &offer], "H264");
    }
    check(&["sdp", "rewrite", "--direction", "vidoe=recvonly", &offer], "video");
    check(&["sdp", "rewrite", "--bandwidth", "auido=64k", &offer], "audio");
    check(&["sdp", "rewrite", "--direction", "video=recvnoly", &offer], "recvonly");
}

#[test]
fn schemas_and_formats() {
    check(&["schema", "prboe"], "probe/1");
    check(&["schema", "sdp-lnit/1"], "sdp-lint/1");
    check(&["schema", "config1"], "config/1");
    check(&["explain", "--format", "jsno"], "json");
    check(&["explain", "--report", "junti=x.xml"], "junit");
    check(&["explain", "--fail-on", "warnign"], "warning");
    check(&["explain", "--color", "allways"], "always");
}

#[test]
fn metrics_limits_and_damage() {
    check(&["probe", "--embedded", "--max", "jittre=5ms"], "jitter");
    check(&["call", "--max", "setpu=1s"], "setup");
    check(&["analyze", "--max", "jiter.audio=30ms", "x.pcap"], "jitter.audio");
    check(&["analyze", "--limit", "gap.audoi=1s/2s", "x.pcap"], "gap.audio");
    check(&["call", "--impair", "los=2%"], "loss");
}

#[test]
fn what_is_near_to_nothing_is_told_where_all_names_are() {
    for (args, all) in [
        (&["explain", "banana"][..], "`rtcscope explain` lists all codes"),
        (&["sdp", "rules", "banana"], "`rtcscope sdp rules` lists them all"),
        (&["schema", "banana"], "`rtcscope schema` lists all of them"),
    ] {
        let said = run(args);
        assert!(said.starts_with("exit: 2\n") && said.contains(all), "{said}");
        assert!(!said.contains("did you mean"), "{said}");
    }
}
