//! Offers and their answers: what they agree on, and why they do not.
#![allow(clippy::disallowed_methods, reason = "tests read what they like")]
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "what is read here is our own")]

mod agreement;
mod capability;
mod corpus;
mod refusal;
mod speed;
mod verdict;

use rtcscope::sdp::lint::{Input, Selection};
use rtcscope::sdp::negotiate::Negotiation;
use rtcscope::sdp::source::{self, Kind};

/// What comes of the two, given as these.
fn negotiate(first: (&str, Kind), second: (&str, Kind)) -> Negotiation {
    let [one, two] = [first, second].map(|(text, _)| source::find(text.as_bytes()));
    let input = |name, sources: &'static source::Sources, kind| Input {
        source: name,
        document: &sources.documents[0],
        kind: Some(kind),
    };
    // Tests may leak what the inputs refer to.
    let [one, two] = [one, two].map(|sources| &*Box::leak(Box::new(sources)));
    Negotiation::of([input("offer.sdp", one, first.1), input("answer.sdp", two, second.1)], &Selection::all())
}

/// An offer and an answer.
fn answered(offer: &str, answer: &str) -> Negotiation {
    negotiate((offer, Kind::Offer), (answer, Kind::Answer))
}

const SESSION: &str = "v=0\r\no=- 20518 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n";
const FINGERPRINT: &str = "a=fingerprint:sha-256 BA:35:93:27:E1:21:24:20:DF:AB:58:83:36:50:65:B4:9E:8D:DE:16:AC:CB:\
                           54:C9:9E:AC:90:04:29:87:A6:15\r\n";

/// Audio and video as a browser offers them, and the answer to it.
fn pair() -> (String, String) {
    let transport = |ufrag: &str, setup: &str| {
        format!(
            "c=IN IP4 0.0.0.0\r\na=ice-ufrag:{ufrag}\r\na=ice-pwd:{ufrag}madeUpForATest4711madeUp\r\n\
                 a=ice-options:trickle\r\n{FINGERPRINT}a=setup:{setup}\r\n"
        )
    };
    let side = |ufrag: &str, setup: &str| {
        let transport = transport(ufrag, setup);
        format!(
            "{SESSION}a=group:BUNDLE 0 1\r\n\
             m=audio 9 UDP/TLS/RTP/SAVPF 111 0\r\n{transport}a=mid:0\r\na=sendrecv\r\na=rtcp-mux\r\n\
             a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\na=rtpmap:111 opus/48000/2\r\na=rtpmap:0 PCMU/8000\r\n\
             m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\n{transport}a=mid:1\r\na=sendrecv\r\na=rtcp-mux\r\n\
             a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\na=rtpmap:96 VP8/90000\r\na=rtcp-fb:96 nack\r\n\
             a=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n"
        )
    };
    (side("F7gI", "actpass"), side("q9Lm", "active"))
}
