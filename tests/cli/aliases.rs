//! The names that people who come from other tools try first.

use super::{rtcscope, run};

/// Root of the package.
const ROOT: &str = env!("CARGO_MANIFEST_DIR");

fn file(name: &str) -> String {
    format!("{ROOT}/testdata/{name}")
}

#[test]
fn sdp_explain_and_pcap_are_the_commands_that_they_stand_for() {
    let (offer, capture) = (file("sdp/offer.sdp"), file("capture/call.pcap"));
    let dump = file("sdp/source/internals-2026.json");
    for (alias, command) in [
        (vec!["sdp-explain", &offer], vec!["sdp", "explain", &offer]),
        (
            vec!["sdp-explain", "--format=json", "--lines", &offer],
            vec!["sdp", "explain", "--format=json", "--lines", &offer],
        ),
        (vec!["--format=json", "sdp-explain", &dump], vec!["--format=json", "sdp", "explain", &dump]),
        (vec!["pcap", &capture], vec!["analyze", &capture]),
        (
            vec!["pcap", "--rtcp", "--format", "csv", &capture],
            vec!["analyze", "--rtcp", "--format", "csv", &capture],
        ),
        (vec!["pcap", "diff", &capture, &capture], vec!["analyze", "diff", &capture, &capture]),
    ] {
        let (short, long) = (run(&alias), run(&command));
        assert!(short.starts_with("exit: 0\n") || short.starts_with("exit: 1\n"), "{alias:?}: {short}");
        assert_eq!(short, long, "{alias:?}");
    }
}

#[test]
fn turn_probe_takes_the_flags_of_probe() {
    let args = ["turn-probe", "--embedded", "--count=3", "--transport=udp", "--format=json"];
    let output = rtcscope(args).output().expect("starts");
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!((output.status.code(), &json["schema"]), (Some(0), &"probe/1".into()));
    let minted = run(["turn-probe", "cred", "--secret", "S", "turn:turn.example.org"]);
    assert!(minted.starts_with("exit: 0\n"), "{minted}");
}

#[test]
fn help_shows_the_aliases_and_their_own_help_is_that_of_the_command() {
    let help = run(["-h"]);
    for alias in ["[alias: turn-probe]", "[alias: pcap]", "sdp-explain", "Short for `sdp explain`"] {
        assert!(help.contains(alias), "{alias} is not in\n{help}");
    }
    assert_eq!(run(["turn-probe", "--help"]), run(["probe", "--help"]));
    assert_eq!(run(["pcap", "-h"]), run(["analyze", "-h"]));
    let examples = |text: String| text.split_once("Examples:").map(|(_, examples)| examples.to_owned());
    assert!(examples(run(["sdp-explain", "--help"])).is_some());
    assert_eq!(examples(run(["sdp-explain", "--help"])), examples(run(["sdp", "explain", "--help"])));
}

#[test]
fn completions_and_pages_know_the_aliases() {
    let files = rtcscope::cli::assets::render().expect("renders");
    for (path, content) in files.iter().filter(|(path, _)| path.starts_with("completions/")) {
        let script = String::from_utf8_lossy(content);
        for alias in ["turn-probe", "sdp-explain", "pcap"] {
            assert!(script.contains(alias), "{path} does not complete {alias}");
        }
    }
    let page = |name: &str| {
        let (_, page) = files.iter().find(|(path, _)| path == name).expect("a page");
        String::from_utf8_lossy(page).replace('\\', "")
    };
    assert!(page("man/rtcscope-probe.1").contains("The same as fBrtcscope turn-probefR."));
    assert!(page("man/rtcscope-analyze.1").contains("The same as fBrtcscope pcapfR."));
    assert!(page("man/rtcscope.1").contains("rtcscope-sdp-explain(1)"));
    let names: Vec<&str> = files.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(names.iter().filter(|name| name.ends_with("sdp-explain.1")).count(), 1);
}

#[test]
fn a_slip_of_the_finger_finds_the_alias_and_none_takes_the_place_of_a_command() {
    for (typed, meant) in [
        ("turn-prob", "turn-probe"),
        ("sdp-explian", "sdp-explain"),
        ("pacp", "pcap"),
        ("prob", "probe"),
        ("sdpp", "sdp"),
        ("expalin", "explain"),
    ] {
        let text = run([typed]);
        assert!(text.starts_with("exit: 2\n"), "{text}");
        assert!(text.contains(&format!("'{meant}'")), "{typed} is not taken for {meant}: {text}");
    }
}
