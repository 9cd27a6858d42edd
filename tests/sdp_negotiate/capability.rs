//! Two offers.

use rtcscope::sdp::negotiate::{Negotiation, State};
use rtcscope::sdp::source::Kind;

use super::{negotiate, pair};

fn offers(first: &str, second: &str) -> Negotiation {
    negotiate((first, Kind::Offer), (second, Kind::Offer))
}

#[test]
fn an_answer_has_what_both_have_with_the_numbers_of_the_first() {
    let (first, _) = pair();
    let second = first.replace("96", "120").replace("97", "121").replace("SAVPF 111 0", "SAVPF 0");
    let told = offers(&first, &second);
    assert!(told.predicted && told.agreed, "{told:#?}");
    let numbers = |index: usize| -> Vec<_> {
        let codecs = told.media[index].codecs.iter();
        codecs.map(|codec| (codec.answer_payload_type, codec.second_payload_type)).collect()
    };
    assert_eq!(numbers(0), [(0, Some(0))]);
    assert_eq!(numbers(1), [(96, Some(120)), (97, Some(121))]);
    assert_eq!(told.transports[0].dtls.unwrap().client, Some("answerer"));
}

#[test]
fn what_the_second_cannot_is_rejected() {
    let (first, _) = pair();
    let audio = &first[..first.find("m=video").unwrap()].replace("BUNDLE 0 1", "BUNDLE 0");
    assert_eq!(offers(&first, audio).media[1].state, State::RejectedByAnswer);
    let h264 = first.replace("VP8/90000", "H264/90000");
    assert_eq!(offers(&first, &h264).media[1].state, State::NothingInCommon);
}

#[test]
fn directions_are_those_that_both_want() {
    let (first, _) = pair();
    let told = offers(&first, &first.replace("a=sendrecv", "a=recvonly"));
    assert_eq!(told.media[0].direction, Some("recvonly"));
    let told = offers(&first.replace("a=sendrecv", "a=recvonly"), &first);
    assert_eq!(told.media[0].direction, Some("sendonly"));
}
