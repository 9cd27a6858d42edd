//! Descriptions as browsers write them, from one call to a conference, and what `sdp` does with them.

use rtcscope::sdp::explain::{Given, SessionFacts};
use rtcscope::sdp::lint::{self, Description, Selection};
use rtcscope::sdp::source::Kind;
use rtcscope::sdp::{Session, Text};

/// Audio, simulcast video and a data channel.
pub(crate) const OFFER: &[u8] = include_bytes!("../../testdata/sdp/offer.sdp");

/// What an SFU sends to a member of a conference: sound and pictures in turn, all codecs of a browser in each, two
/// sources and four candidates.
pub(crate) fn conference(sections: usize) -> Vec<u8> {
    let mids: String = (0..sections).map(|mid| format!(" {mid}")).collect();
    let mut text = format!(
        "v=0\r\no=- 4611731400430051336 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE{mids}\r\n\
         a=extmap-allow-mixed\r\na=msid-semantic: WMS conference\r\n"
    );
    for mid in 0..sections {
        if mid % 2 == 0 {
            text.push_str("m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126\r\n");
            transport(&mut text, mid);
            text.push_str(AUDIO);
        } else {
            text.push_str("m=video 9 UDP/TLS/RTP/SAVPF 96 97 98 99 100 101 102 103 104 105 106 107\r\n");
            transport(&mut text, mid);
            text.push_str("a=rtcp-rsize\r\n");
            for payload in [96, 98, 100, 102, 104, 106] {
                video(&mut text, payload);
            }
            let (first, second) = (mid * 2 + 1000, mid * 2 + 1001);
            text.push_str(&format!("a=ssrc-group:FID {first} {second}\r\n"));
            source(&mut text, second, mid);
        }
        source(&mut text, mid * 2 + 1000, mid);
    }
    text.into_bytes()
}

const AUDIO: &str = "a=rtpmap:111 opus/48000/2\r\na=rtcp-fb:111 transport-cc\r\n\
    a=fmtp:111 minptime=10;useinbandfec=1\r\na=rtpmap:63 red/48000/2\r\na=fmtp:63 111/111\r\n\
    a=rtpmap:9 G722/8000\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:13 CN/8000\r\n\
    a=rtpmap:110 telephone-event/48000\r\na=rtpmap:126 telephone-event/8000\r\n";

fn transport(text: &mut String, mid: usize) {
    text.push_str("c=IN IP4 0.0.0.0\r\na=rtcp:9 IN IP4 0.0.0.0\r\n");
    if mid == 0 {
        for (n, address) in ["192.0.2.17", "2001:db8::17", "198.51.100.17"].iter().enumerate() {
            let (foundation, priority) = (842_163_049 + n, 1_677_729_535 - n);
            text.push_str(&format!(
                "a=candidate:{foundation} 1 udp {priority} {address} 5{n}123 typ host generation 0 network-id {n}\r\n"
            ));
        }
        text.push_str(
            "a=candidate:3 1 udp 41885439 203.0.113.9 49170 typ relay raddr 198.51.100.17 rport 52123 generation 0\r\n",
        );
    }
    text.push_str(&format!(
        "a=ice-ufrag:F7gI\r\na=ice-pwd:madeUpForABench4711made\r\na=ice-options:trickle\r\n\
         a=fingerprint:sha-256 BA:35:93:27:E1:21:24:20:DF:AB:58:83:36:50:65:B4:9E:8D:DE:16:AC:CB:54:C9:9E:AC:90:04:29:87:A6:15\r\n\
         a=setup:actpass\r\na=mid:{mid}\r\na=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid\r\n\
         a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time\r\n\
         a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n\
         a=sendrecv\r\na=msid:conference track{mid}\r\na=rtcp-mux\r\n"
    ));
}

fn video(text: &mut String, payload: u32) {
    let again = payload + 1;
    text.push_str(&format!("a=rtpmap:{payload} H264/90000\r\n"));
    for feedback in ["goog-remb", "transport-cc", "ccm fir", "nack", "nack pli"] {
        text.push_str(&format!("a=rtcp-fb:{payload} {feedback}\r\n"));
    }
    text.push_str(&format!(
        "a=fmtp:{payload} level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f\r\n\
         a=rtpmap:{again} rtx/90000\r\na=fmtp:{again} apt={payload}\r\n"
    ));
}

fn source(text: &mut String, ssrc: usize, mid: usize) {
    text.push_str(&format!(
        "a=ssrc:{ssrc} cname:eHn3O8f2MWzpVb4n\r\na=ssrc:{ssrc} msid:conference track{mid}\r\n"
    ));
}

/// Read, and held against all rules: how many findings.
pub(crate) fn lint(bytes: &[u8]) -> usize {
    let text = Text::from_bytes(bytes);
    let session = Session::from_text(&text);
    lint::one(&Description::of(&session, Kind::Offer), &Selection::all()).into_found().len()
}

/// The facts that `sdp explain` shows.
pub(crate) fn explain(bytes: &[u8]) -> Option<SessionFacts> {
    SessionFacts::of(&Given { bytes: bytes.to_vec(), ..Given::default() }, false)
}
