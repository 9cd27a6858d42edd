//! What libwebrtc would say, and of which line.

use super::{answered, pair};

/// The sentence, and the line of the answer.
fn refused(change: impl Fn(&str) -> String) -> (String, u32) {
    let (offer, answer) = pair();
    let changed = change(&answer);
    assert_ne!(changed, answer);
    let told = answered(&offer, &changed);
    assert!(!told.agreed);
    let refusal = told.refusal.unwrap_or_else(|| panic!("it is not refused:\n{changed}"));
    assert_eq!(refusal.side, "answer");
    (refusal.sentence, refusal.line)
}

const ORDER: &str = "The order of m-lines in answer doesn't match order in offer. Rejecting answer.";

fn line_of(text: &str, what: &str) -> u32 {
    text.lines().position(|line| line.starts_with(what)).expect(what) as u32 + 1
}

#[test]
fn the_line_that_is_out_of_order_is_named() {
    let (_, answer) = pair();
    let (audio, video) = (answer.find("m=audio").unwrap(), answer.find("m=video").unwrap());
    let swapped = format!("{}{}{}", &answer[..audio], &answer[video..], &answer[audio..video]);
    assert_eq!(refused(|_| swapped.clone()), (ORDER.to_owned(), line_of(&swapped, "m=video")));
    let renamed = answer.replace("a=mid:1", "a=mid:x").replace("BUNDLE 0 1", "BUNDLE 0 x");
    assert_eq!(refused(|_| renamed.clone()), (ORDER.to_owned(), line_of(&renamed, "a=mid:x")));
    let short = answer[..video].replace("BUNDLE 0 1", "BUNDLE 0");
    assert_eq!(refused(|_| short.clone()), (ORDER.to_owned(), short.lines().count() as u32));
}

#[test]
fn the_first_check_that_fails_gives_the_sentence() {
    let sentence = |change: &dyn Fn(&str) -> String| refused(change).0;
    let without = |names: &'static [&'static str]| {
        move |answer: &str| -> String {
            let lines = answer.lines().filter(|line| !names.iter().any(|name| line.starts_with(name)));
            lines.map(|line| format!("{line}\r\n")).collect()
        }
    };
    assert_eq!(sentence(&without(&["a=fingerprint", "a=ice-"])), "Called with SDP without DTLS fingerprint.");
    assert_eq!(
        sentence(&without(&["a=ice-pwd", "a=rtcp-mux"])),
        "Called with SDP without ice-ufrag and ice-pwd."
    );
    assert_eq!(sentence(&without(&["a=rtcp-mux"])), "rtcp-mux must be enabled when BUNDLE is enabled.");
    assert_eq!(
        sentence(&without(&["a=rtcp-mux", "a=group"])),
        "The m= section with mid='0' is invalid. RTCP-MUX is not enabled when it is required."
    );
    assert_eq!(
        sentence(&|answer| answer.replace("BUNDLE 0 1", "BUNDLE 0 1 7")),
        "A BUNDLE group contains a MID='7' matching no m= section."
    );
    assert_eq!(
        sentence(&|answer| answer.replace("setup:active", "setup:actpass")),
        "Failed to apply the description for m= section with mid='0': Answerer must use either active or passive \
         value for setup attribute."
    );
    assert_eq!(sentence(&|answer| answer.replace("a=mid:1", "a=mid:0")), "Duplicate a=mid value '0'.");
    assert_eq!(
        sentence(&|answer| answer.replace("a=fingerprint:sha-256 ", "a=fingerprint:sha-256 00:")),
        "Failed to apply the description for m= section with mid='0': Failed to apply remote fingerprint."
    );
    assert_eq!(
        sentence(&|answer| answer.replace("apt=96", "apt=98")),
        "Failed to set remote video description send parameters for m-section with mid='1'."
    );
}

#[test]
fn directions_that_do_not_fit_are_refused() {
    let (offer, answer) = pair();
    let sentence = |first: &str, second: &str| {
        let told = answered(&offer.replace("sendrecv", first), &answer.replace("sendrecv", second));
        told.refusal.map(|refusal| refusal.sentence)
    };
    assert_eq!(sentence("sendonly", "sendonly").as_deref(), Some("Incompatible receive direction"));
    assert_eq!(sentence("recvonly", "recvonly").as_deref(), Some("Incompatible send direction"));
    assert_eq!(sentence("sendonly", "recvonly"), None);
}

#[test]
fn phones_are_not_measured_by_browsers() {
    let phone = format!("{}m=audio 49170 RTP/AVP 0\r\nc=IN IP4 192.0.2.1\r\n", super::SESSION);
    assert_eq!(answered(&phone, &phone).refusal, None);
}

#[test]
fn a_line_that_the_parser_does_not_read_is_refused_first_of_all() {
    let (_, answer) = pair();
    let parsed = |sentence: &str| format!("Failed to parse SessionDescription. {sentence}");
    for (line, broken, sentence) in [
        (
            "a=rtpmap:96 VP8/90000",
            "a=rtpmap:96 VP8",
            "a=rtpmap:96 VP8 Expected format \"<encoding name>/<clock rate>[/<encodingparameters>]\".",
        ),
        ("a=rtpmap:96 VP8/90000", "a=rtpmap:130 VP8/90000", " "),
        ("a=mid:1", "a=mid: 1", "a=mid: 1 Illegal character found in the value of mid"),
        ("a=setup:active", "a=setup:activ", "a=setup:activ Invalid attribute value."),
    ] {
        let place = line_of(&answer, line);
        assert_eq!(refused(|answer| answer.replace(line, broken)), (parsed(sentence), place), "{broken}");
    }
}

#[test]
fn a_payload_type_of_rtcp_is_refused() {
    let told = refused(|answer| answer.replace("RTP/SAVPF 111", "RTP/SAVPF 70").replace(":111 ", ":70 "));
    let sentence =
        "The media section with MID='0' used an invalid payload type 70 for codec 'opus, rtcp-mux:enabled";
    assert_eq!(told.0, sentence);
}

#[test]
fn a_name_that_is_missing_is_taken_from_the_offer() {
    let (offer, answer) = pair();
    let nameless = answer.replace("a=mid:1\r\n", "");
    assert_ne!(nameless, answer);
    let told = answered(&offer, &nameless);
    assert!(told.refusal.is_none(), "{:?}", told.refusal.map(|refusal| refusal.sentence));
    let doubled = answered(&offer, &answer.replace("BUNDLE 0 1", "BUNDLE 0 1 1"));
    assert!(doubled.refusal.is_none(), "a name twice in one group: {:?}", doubled.refusal);
}
