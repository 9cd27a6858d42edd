//! Long descriptions take time in proportion to their length.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use rtcscope::sdp::explain::{Given, SessionFacts};
use rtcscope::sdp::lint::{self, Description, Selection};
use rtcscope::sdp::source::Kind;
use rtcscope::sdp::{Session, Text};

const HEAD: &str = "v=0\r\no=- 20518 0 IN IP4 203.0.113.1\r\ns=-\r\nt=0 0\r\n";

fn sources(count: usize) -> String {
    let mut text =
        format!("{HEAD}m=video 9 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 0.0.0.0\r\na=rtpmap:96 VP8/90000\r\n");
    for source in 0..count {
        writeln!(text, "a=ssrc:{} cname:many\r", 1000 + source).unwrap();
    }
    text
}

fn medias(count: usize) -> String {
    let mut text = HEAD.to_owned();
    text.push_str("a=group:BUNDLE");
    for index in 0..count {
        write!(text, " {index}").unwrap();
    }
    text.push_str("\r\n");
    for index in 0..count {
        write!(
            text,
            "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=mid:{index}\r\na=rtpmap:111 opus/48000/2\r\n\
             a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\na=setup:actpass\r\na=rtcp-mux\r\n"
        )
        .unwrap();
    }
    text
}

/// Every line is wrong.
fn rubbish(count: usize) -> String {
    format!("{HEAD}{}", "wrong \r\n".repeat(count))
}

/// Many m-lines, none of which speaks ICE, and in each a value that cannot be read.
fn unreadable(count: usize) -> String {
    let media = "m=audio 5004 RTP/AVP 8\r\nc=IN IP4 192.0.2.1\r\na=ptime:fast\r\na=rtpmap:8 PCMA\r\n";
    format!("{HEAD}{}", media.repeat(count))
}

/// One line with a fault a word.
fn long_line(count: usize) -> String {
    format!(
        "{HEAD}m=audio 9 RTP/AVP{}\r\nc=IN IP4 192.0.2.1\r\na=x:é inline:{}\r\n",
        " 0".repeat(count),
        "y".repeat(count)
    )
}

/// A group with a name that no m-line has a word.
fn strangers(count: usize) -> String {
    let names: String = (0..count).map(|index| format!(" {index}")).collect();
    format!("{HEAD}a=group:BUNDLE{names}\r\na=group:BUNDLE{names}\r\n")
}

/// The best of three.
fn time(text: &str) -> Duration {
    let run = || {
        let start = Instant::now();
        let given = Given { bytes: text.as_bytes().to_vec(), ..Given::default() };
        assert!(SessionFacts::of(&given, false).is_some() || text.contains("wrong"));
        let text = Text::from_bytes(text.as_bytes());
        let session = Session::from_text(&text);
        let found = lint::one(&Description::of(&session, Kind::Offer), &Selection::all()).into_found();
        drop(lint::snippets(&found));
        start.elapsed()
    };
    (0..3).map(|_| run()).min().unwrap()
}

#[test]
fn time_grows_with_the_length_and_not_with_its_square() {
    type Make = fn(usize) -> String;
    let kinds: [(&str, Make, usize); 6] = [
        ("sources", sources, 40_000),
        ("m-lines", medias, 10_000),
        ("rubbish", rubbish, 40_000),
        ("unreadable", unreadable, 4_000),
        ("a long line", long_line, 400_000),
        ("strangers", strangers, 40_000),
    ];
    for (name, make, count) in kinds {
        let (part, whole) = (time(&make(count / 4)), time(&make(count)));
        eprintln!("{name}: {part:?}, four times as many {whole:?}");
        // Four times would be linear, sixteen times quadratic; a busy machine is neither.
        assert!(whole < part * 12 + Duration::from_millis(50), "{name}: {part:?}, then {whole:?}");
    }
}
