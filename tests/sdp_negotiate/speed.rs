//! Long pairs take time in proportion to their length.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use rtcscope::report::Report;

use super::{SESSION, answered};

fn medias(count: usize, with_mid: bool, kinds: [&str; 2]) -> String {
    let mut text = SESSION.to_owned();
    for index in 0..count {
        let kind = kinds[index % 2];
        write!(text, "m={kind} 9 RTP/AVP 96 97\r\nc=IN IP4 192.0.2.1\r\na=rtpmap:96 VP8/90000\r\n").unwrap();
        text.push_str("a=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n");
        if with_mid {
            write!(text, "a=mid:{index}\r\n").unwrap();
        }
    }
    text
}

fn time(count: usize, with_mid: bool) -> Duration {
    let offer = medias(count, with_mid, ["audio", "video"]);
    let answer = medias(count, with_mid, ["video", "audio"]);
    let measure = || {
        let start = Instant::now();
        let told = answered(&offer, &answer);
        assert!(!told.agreed && !told.document().blocks.is_empty());
        start.elapsed()
    };
    (0..3).map(|_| measure()).min().unwrap()
}

#[test]
fn ten_thousand_m_lines_take_no_more_than_their_share() {
    for with_mid in [true, false] {
        let (part, whole) = (time(2_500, with_mid), time(10_000, with_mid));
        eprintln!("{part:?}, four times as many {whole:?}");
        // Four times would be linear, sixteen times quadratic; a busy machine is neither.
        assert!(whole < part * 12 + Duration::from_millis(200), "{part:?}, then {whole:?}");
    }
}

/// One m-line with so many attributes.
fn attributes(count: usize, attribute: impl Fn(usize) -> String) -> String {
    let mut text =
        format!("{SESSION}m=video 9 RTP/AVP 96\r\nc=IN IP4 192.0.2.1\r\na=rtpmap:96 VP8/90000\r\n");
    (0..count).for_each(|n| write!(text, "a={}\r\n", attribute(n)).unwrap());
    text
}

#[test]
fn extensions_and_feedback_of_one_m_line_take_no_more_than_their_share() {
    type Attribute = fn(usize) -> String;
    let kinds: [(&str, Attribute); 3] = [
        ("extensions", |n| format!("extmap:{n} urn:x")),
        ("other extensions", |n| format!("extmap:1 urn:x{n}")),
        ("feedback", |n| format!("rtcp-fb:96 nack x{n}")),
    ];
    for (name, attribute) in kinds {
        let time = |count| {
            let text = attributes(count, attribute);
            let measure = || {
                let start = Instant::now();
                let told = answered(&text, &text);
                assert!(told.agreed || !told.media.is_empty());
                start.elapsed()
            };
            (0..2).map(|_| measure()).min().unwrap()
        };
        let (part, whole) = (time(1_500), time(6_000));
        eprintln!("{name}: {part:?}, four times as many {whole:?}");
        assert!(whole < part * 12 + Duration::from_millis(50), "{name}: {part:?}, then {whole:?}");
    }
}
