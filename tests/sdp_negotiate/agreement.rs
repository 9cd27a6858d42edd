//! What is agreed on.

use rtcscope::report::Report;
use rtcscope::sdp::negotiate::State;

use super::{answered, pair};

#[test]
fn a_clean_pair_agrees_on_all() {
    let (offer, answer) = pair();
    let told = answered(&offer, &answer);
    assert!(told.agreed && !told.predicted && told.refusal.is_none(), "{told:#?}");
    assert_eq!(told.exit(), rtcscope::finding::Exit::Healthy);
    let [transport] = &told.transports[..] else { panic!("{:?}", told.transports) };
    assert_eq!(
        (&transport.m_lines[..], transport.bundled, transport.rtcp_mux),
        (&[0, 1][..], true, Some(true))
    );
    assert_eq!(transport.dtls.and_then(|dtls| dtls.client), Some("answerer"));
    assert_eq!(transport.ice.map(|ice| ice.controlling), Some("offerer"));
    let video = &told.media[1];
    assert!(video.offerer_sends && video.answerer_sends);
    assert_eq!(video.codecs[0].feedback, ["nack"]);
    assert_eq!(video.codecs[1].repeats, Some(96));
}

#[test]
fn without_a_group_each_m_line_has_its_own_transport() {
    let (offer, answer) = pair();
    let told = answered(&offer, &answer.replace("a=group:BUNDLE 0 1\r\n", ""));
    assert_eq!(told.transports.len(), 2);
    assert!(told.transports.iter().all(|transport| !transport.bundled));
    let told = answered(&offer, &answer.replace("BUNDLE 0 1", "BUNDLE 0").replace("m=video 9", "m=video 0"));
    assert_eq!((told.transports.len(), told.media[1].state), (1, State::RejectedByAnswer));
    assert!(told.agreed, "{:#?}", told.findings);
}

#[test]
fn who_is_lite_is_controlled() {
    let (offer, answer) = pair();
    let lite = |text: &str| text.replace("t=0 0\r\n", "t=0 0\r\na=ice-lite\r\n");
    let controlling =
        |offer: &str, answer: &str| answered(offer, answer).transports[0].ice.unwrap().controlling;
    assert_eq!(controlling(&lite(&offer), &answer), "answerer");
    assert_eq!(controlling(&offer, &lite(&answer)), "offerer");
    assert_eq!(controlling(&lite(&offer), &lite(&answer)), "offerer");
}

#[test]
fn a_passive_answer_makes_the_offerer_the_client() {
    let (offer, answer) = pair();
    let told = answered(&offer, &answer.replace("setup:active", "setup:passive"));
    let dtls = told.transports[0].dtls.unwrap();
    assert_eq!((dtls.client, dtls.server), (Some("offerer"), Some("answerer")));
    let told = answered(&offer, &answer.replace("setup:active", "setup:actpass"));
    assert_eq!(told.transports[0].dtls.unwrap().client, None);
}

#[test]
fn both_numbers_of_a_codec_are_told() {
    let (offer, answer) = pair();
    let told = answered(&offer, &answer.replace("SAVPF 111 0", "SAVPF 0 109").replace(":111 ", ":109 "));
    let codecs: Vec<_> = told.media[0]
        .codecs
        .iter()
        .map(|codec| (codec.name.as_deref().unwrap(), codec.offer_payload_type, codec.answer_payload_type))
        .collect();
    assert_eq!(codecs, [("PCMU", 0, 0), ("opus", 111, 109)]);
    assert!(told.agreed && told.findings.iter().any(|finding| finding.code == "SDP224"));
}

#[test]
fn messages_may_be_of_another_size_each_way() {
    let data = |size: &str| {
        format!(
            "{}m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\na=sctp-port:5000\r\n{size}",
            super::SESSION
        )
    };
    let told = answered(&data("a=max-message-size:100000\r\n"), &data(""));
    let sctp = told.media[0].sctp.unwrap();
    assert_eq!((sctp.offerer_max_message_size, sctp.answerer_max_message_size), (65_536, 100_000));
}

#[test]
fn rtcp_that_can_only_share_the_port_must_be_answered_so() {
    let phone =
        |mux: &str| format!("{}m=audio 49170 RTP/AVP 0\r\nc=IN IP4 192.0.2.1\r\n{mux}", super::SESSION);
    let codes = |offer: &str, answer: &str| {
        let told = answered(&phone(offer), &phone(answer));
        told.findings
            .iter()
            .map(|finding| format!("{:?} {}", finding.severity, finding.code))
            .collect::<Vec<_>>()
    };
    assert_eq!(codes("a=rtcp-mux\r\na=rtcp-mux-only\r\n", ""), ["Error SDP601"]);
    assert_eq!(codes("a=rtcp-mux\r\n", ""), ["Info SDP601"]);
    assert_eq!(codes("", "a=rtcp-mux\r\n"), ["Error SDP601"]);
    assert!(codes("a=rtcp-mux\r\n", "a=rtcp-mux\r\n").is_empty());
}
