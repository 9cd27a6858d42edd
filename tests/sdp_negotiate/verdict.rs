//! The outcome in one sentence.

use rtcscope::finding::Exit;
use rtcscope::report::Report;
use rtcscope::sdp::negotiate::{Negotiation, Outcome, State};
use rtcscope::sdp::source::Kind;

use super::{answered, negotiate, pair};

fn check(told: &Negotiation, outcome: Outcome, sentence: &str) {
    assert_eq!((told.verdict.outcome, told.verdict.sentence.as_str()), (outcome, sentence));
    let expected = if outcome == Outcome::Failed { Exit::Failed } else { Exit::Healthy };
    assert_eq!(told.exit(), expected);
}

#[test]
fn where_no_media_flows_that_is_said_and_why() {
    let (offer, answer) = pair();
    check(&answered(&offer, &answer), Outcome::Agreed, "offer and answer agree on 2 of 2 m-lines");
    let silent = answer.replace("sendrecv", "inactive");
    let sentence = "no media flows: audio and video inactive in the answer";
    check(&answered(&offer, &silent), Outcome::Doubtful, sentence);
    let held = offer.replace("sendrecv", "inactive");
    check(&answered(&held, &silent), Outcome::Doubtful, "no media flows: audio and video inactive in both");
}

#[test]
fn what_is_offered_and_lost_is_said_and_what_was_only_asked_for_is_not() {
    let (offer, answer) = pair();
    let rejected = answer.replace("BUNDLE 0 1", "BUNDLE 0").replace("m=video 9", "m=video 0");
    check(
        &answered(&offer, &rejected),
        Outcome::Doubtful,
        "video rejected in the answer; offer and answer agree on 1 of 2 m-lines",
    );
    let video = |text: &str, direction: &str| {
        let at = text.find("m=video").unwrap();
        format!("{}{}", &text[..at], text[at..].replace("sendrecv", direction))
    };
    check(
        &answered(&video(&offer, "recvonly"), &video(&answer, "inactive")),
        Outcome::Agreed,
        "offer and answer agree on 2 of 2 m-lines",
    );
}

#[test]
fn an_error_is_the_first_word_and_its_m_line_does_not_count() {
    let (offer, answer) = pair();
    let told = answered(&offer, &answer.replace("video 9 UDP/TLS/RTP/SAVPF", "video 9 RTP/AVP"));
    assert_eq!(told.verdict.outcome, Outcome::Failed);
    let sentence = &told.verdict.sentence;
    assert!(sentence.starts_with("`UDP/TLS/RTP/SAVPF` is offered, and `RTP/AVP` answered"), "{sentence}");
    assert!(sentence.ends_with("(m-line 1, video); 1 of 2 m-lines agreed on"), "{sentence}");
    let told = answered(&offer, &answer.replace("setup:active", "setup:actpass"));
    let sentence = &told.verdict.sentence;
    assert!(sentence.starts_with("libwebrtc refuses the answer: `a=setup:actpass` should be"), "{sentence}");
}

#[test]
fn names_of_one_network_are_a_doubt_unless_the_other_has_an_address() {
    let (offer, answer) = pair();
    let with = |text: &str, address: &str| {
        let candidate =
            format!("a=candidate:1 1 udp 2113937151 {address} 51472 typ host\r\na=end-of-candidates\r\n");
        text.replacen("a=mid:0\r\n", &format!("a=mid:0\r\n{candidate}"), 1)
    };
    let hidden = "6f1b0e62-1f2d-4d0a-9f7e-3a5a1e0f6c11.local";
    let told = answered(&with(&offer, hidden), &answer);
    assert!(told.verdict.sentence.starts_with("every address of the offer is a `.local` name"), "{told:#?}");
    assert_eq!((told.verdict.outcome, told.exit()), (Outcome::Doubtful, Exit::Healthy));
    assert!(told.findings.iter().any(|finding| finding.name == "candidates-mdns-only"));
    let told = answered(&with(&offer, hidden), &with(&answer, hidden));
    assert!(told.verdict.sentence.starts_with("both sides have `.local` addresses alone"), "{told:#?}");
    let told = answered(&with(&offer, hidden), &with(&answer, "203.0.113.5"));
    assert_eq!(told.verdict.outcome, Outcome::Agreed);
}

const PHONE: &str =
    "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n";

#[test]
fn a_telephone_and_a_browser_have_no_transport_in_common() {
    let (offer, _) = pair();
    let told = negotiate((&offer, Kind::Offer), (PHONE, Kind::Offer));
    assert_eq!(told.media[0].state, State::OtherTransport);
    check(
        &told,
        Outcome::Failed,
        "two offers: the second has no DTLS and no ICE, which the first needs: a browser cannot talk to it without a \
         gateway; an answer to the first would accept 0 of 2 m-lines",
    );
    let told = negotiate((PHONE, Kind::Offer), (&offer, Kind::Offer));
    assert!(told.verdict.sentence.contains("the first has no DTLS and no ICE"), "{:?}", told.verdict);
    let told = negotiate((PHONE, Kind::Offer), (PHONE, Kind::Offer));
    assert_eq!((told.media[0].state, told.verdict.outcome), (State::Agreed, Outcome::Agreed));
    let keyed = PHONE.replace("RTP/AVP", "RTP/SAVP");
    let told = negotiate((&keyed, Kind::Offer), (PHONE, Kind::Offer));
    assert!(told.verdict.sentence.contains("the second has no SRTP"), "{:?}", told.verdict);
}

#[test]
fn one_description_given_twice_is_called_that() {
    let (offer, _) = pair();
    let told = answered(&offer, &offer);
    check(&told, Outcome::Failed, "both are one and the same description, and not an offer and its answer");
}

#[test]
fn the_refusal_of_an_offer_is_told_too() {
    let (offer, answer) = pair();
    let lines = offer.lines().filter(|line| !line.starts_with("a=fingerprint"));
    let bare: String = lines.map(|line| format!("{line}\r\n")).collect();
    let told = answered(&bare, &answer);
    let refusal = told.offer_refusal.as_ref().expect("it is refused");
    assert_eq!(
        (refusal.side, refusal.sentence.as_str()),
        ("offer", "Called with SDP without DTLS fingerprint.")
    );
    assert!(told.verdict.sentence.starts_with("libwebrtc refuses the offer: "), "{:?}", told.verdict);
    assert!(told.refusal.is_none() && told.exit() == Exit::Failed);
    assert!(answered(&offer, &answer).offer_refusal.is_none());
}
