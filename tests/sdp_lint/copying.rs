//! Texts that were damaged on the way: one fault, and not all that follows from it.

use rtcscope::report::{Block, Report};
use rtcscope::sdp::lint::{DamageKind, Input, LintReport, Linted, Selection};
use rtcscope::sdp::source;

fn linted(text: &str) -> Linted {
    let sources = source::find(text.as_bytes());
    Linted::of(Input { source: "a.sdp", document: &sources.documents[0], kind: None }, &Selection::all())
}

/// How many findings the text shows.
fn shown(linted: Linted, with_remarks: bool) -> usize {
    let mut report = LintReport { with_remarks, ..LintReport::default() };
    report.add(linted);
    report.document().blocks.iter().filter(|block| matches!(block, Block::Snippet(_))).count()
}

const SDP: &str = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 96\r\n\
    a=rtpmap:96 opus/48000/2\r\na=fmtp:96 minptime=10;useinbandfec=1\r\n";

#[test]
fn a_wrapped_text_is_told_as_that_and_not_by_what_follows() {
    assert_eq!(linted(SDP).damage, None);
    let wrapped = || linted(&SDP.replace("rtpmap:96 opus", "rtpmap:96\r\nopus"));
    let damage = wrapped().damage.expect("it is wrapped");
    assert_eq!(
        damage.sentence,
        "the text was wrapped: line 8 is the end of the line before it; joined, it has no error"
    );
    assert_eq!(
        (damage.kind, &damage.lines[..], damage.errors_when_joined),
        (DamageKind::Wrapped, &[8][..], Some(0))
    );
    assert_eq!(shown(wrapped(), false), 0);
    assert!(shown(wrapped(), true) > 0);
}

#[test]
fn the_width_is_named_where_words_were_cut() {
    let cut = |line: &str| format!("{}\r\n{}", &line[..30], &line[30..]);
    let extension = |id: u8| format!("a=extmap:{id} urn:ietf:params:rtp-hdrext:ssrc-audio-level");
    let text = format!(
        "{SDP}{}\r\n{}\r\na=ptime:20\r\n",
        cut(&extension(1)),
        cut(&extension(2)).replace("ssrc-audio", "x-audio")
    );
    let damage = linted(&text).damage.expect("it is wrapped");
    assert!(damage.sentence.starts_with("the text was wrapped at 30 columns: lines 10 and 12"), "{damage:?}");
}

#[test]
fn what_no_join_makes_better_was_not_wrapped() {
    assert_eq!(linted(&format!("{SDP}a=mid:0\r\nthis is no line of it\r\n")).damage, None);
}

#[test]
fn what_a_console_left_out_is_not_searched_for() {
    let text = "RTCSessionDescription {type: 'offer', sdp: 'v=0\\r\\no=- 3012353 2 IN IP4 127.0.0.1\\r\\ns…0 \
        transport-cc\\r\\na=rtcp-fb:96 nack\\r\\n'}";
    let linted = linted(text);
    let damage = linted.damage.as_ref().expect("it is shortened");
    assert!(damage.sentence.contains("copy(pc.localDescription.sdp)"), "{damage:?}");
    assert!(linted.errors > 0 && shown(linted, false) == 0);
}
