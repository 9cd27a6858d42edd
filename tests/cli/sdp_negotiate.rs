//! `rtcscope sdp negotiate`.

use std::path::PathBuf;

use super::{Dir, rtcscope, shown};

/// The output in the folder of the descriptions.
fn negotiate(arguments: &[&str]) -> String {
    let folder: PathBuf = [env!("CARGO_MANIFEST_DIR"), "testdata", "sdp", "negotiate"].iter().collect();
    let mut command = rtcscope(["sdp", "negotiate"]);
    command.args(arguments).current_dir(folder).env("COLUMNS", "100");
    shown(&command.output().expect("the program starts"))
}

#[test]
fn two_browsers_agree() {
    insta::assert_snapshot!(negotiate(&["chrome-offer.sdp", "chrome-answer.sdp"]));
}

#[test]
fn a_browser_and_a_media_server_agree() {
    insta::assert_snapshot!(negotiate(&["chrome-offer.sdp", "sfu-answer.sdp"]));
}

#[test]
fn an_answer_that_is_refused_is_explained() {
    insta::assert_snapshot!(negotiate(&["chrome-offer.sdp", "swapped-answer.sdp"]));
}

#[test]
fn two_offers_are_compared() {
    insta::assert_snapshot!(negotiate(&["chrome-offer.sdp", "../offer.sdp"]));
}

#[test]
fn one_input_may_hold_both() {
    let text = negotiate(&["both.json"]);
    assert!(text.starts_with("exit: 0\n") && text.contains("agree on 1 of 1 m-line"), "{text}");
    let text = negotiate(&["--at", "2", "both.json"]);
    assert!(text.starts_with("exit: 0\n"), "{text}");
    let text = negotiate(&["--at", "1", "both.json"]);
    assert!(text.starts_with("exit: 2\n") && text.contains("the answers are: 2"), "{text}");
}

#[test]
fn who_gives_the_answer_first_is_understood() {
    let text = negotiate(&["chrome-answer.sdp", "chrome-offer.sdp"]);
    assert!(text.starts_with("exit: 0\n") && text.contains("The offer is in chrome-offer.sdp"), "{text}");
    let text = negotiate(&["chrome-answer.sdp", "sfu-answer.sdp"]);
    assert!(text.starts_with("exit: 2\n") && text.contains("both descriptions are answers"), "{text}");
}

#[test]
fn who_is_the_offer_shows_where_nobody_says_so() {
    let dir = Dir::new("sdp-negotiate-swapped");
    let folder: PathBuf = [env!("CARGO_MANIFEST_DIR"), "testdata", "sdp", "negotiate"].iter().collect();
    let copy = |from: &str, to: &str| {
        let path = dir.path(to);
        std::fs::copy(folder.join(from), &path).expect("a file can be copied");
        path.to_str().expect("UTF-8").to_owned()
    };
    let (offer, answer) = (copy("chrome-offer.sdp", "x.sdp"), copy("chrome-answer.sdp", "y.sdp"));
    let text = negotiate(&[&answer, &offer]);
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.starts_with("exit: 0\n") && words.contains("as offers do; the other has chosen"), "{text}");
    assert!(words.find("given second") < words.find("Transports"), "{text}");
    assert!(!negotiate(&[&offer, &answer]).contains("given second"));
    let text = negotiate(&[&offer, &offer]);
    assert!(text.starts_with("exit: 1\n") && text.contains("FAIL  both are one and the same"), "{text}");
    let json = negotiate(&["--format", "json", &answer, &offer]);
    assert!(json.contains("\"swapped\": true") || json.contains("\"swapped\":true"), "{json}");
}

#[test]
fn a_type_that_has_no_effect_is_called_that() {
    let dir = Dir::new("sdp-negotiate-type");
    let path = dir.path("invite.txt");
    let sdp =
        "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n";
    let head = "INVITE sip:bob@example.com SIP/2.0\r\nContent-Type: application/sdp\r\n\r\n";
    std::fs::write(&path, format!("{head}{sdp}")).expect("a file can be written");
    let path = path.to_str().expect("UTF-8");
    let text = negotiate(&["--type", "offer", "--type", "answer", "chrome-offer.sdp", path]);
    assert!(text.starts_with("exit: 1\n") && text.contains("`--type answer` has no effect"), "{text}");
    assert!(text.contains("no DTLS and no ICE"), "{text}");
}

#[test]
fn what_is_not_there_is_said() {
    let text = negotiate(&["chrome-offer.sdp"]);
    assert!(text.starts_with("exit: 3\n") && text.contains("has an offer; the answer is missing"), "{text}");
    let text = negotiate(&["--select", "SDP9", "chrome-offer.sdp", "chrome-answer.sdp"]);
    assert!(text.starts_with("exit: 2\n"), "{text}");
}

#[test]
fn json_has_the_refusal_and_its_line() {
    let text = negotiate(&["--format", "json", "chrome-offer.sdp", "swapped-answer.sdp"]);
    let json = text.find('{').map(|start| &text[start..=text.rfind('}').expect("an end")]);
    let json: serde_json::Value = serde_json::from_str(json.expect("JSON")).expect("JSON");
    assert_eq!((&json["schema"], &json["agreed"]), (&"sdp-negotiate/1".into(), &false.into()));
    assert_eq!((&json["refusal"]["line"], &json["refusal"]["m_line"]), (&7.into(), &0.into()));
    assert_eq!(json["findings"][0]["code"], "SDP702");
}
