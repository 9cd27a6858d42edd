//! In which order findings are shown, and how often.

use rtcscope::finding::Severity;
use rtcscope::report::{Block, Report, Snippet};
use rtcscope::sdp::lint::{Input, LintReport, Linted, Selection};
use rtcscope::sdp::source;

fn report(texts: &[(&str, &str)]) -> LintReport {
    let mut report = LintReport::default();
    for (name, text) in texts {
        let sources = source::find(text.as_bytes());
        let input = Input { source: name, document: &sources.documents[0], kind: None };
        report.add(Linted::of(input, &Selection::all()));
    }
    report
}

fn snippets(report: &LintReport) -> Vec<Snippet> {
    let blocks = report.document().blocks.into_iter();
    blocks
        .filter_map(|block| if let Block::Snippet(snippet) = block { Some(snippet) } else { None })
        .collect()
}

const HEAD: &str = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n";

#[test]
fn what_several_descriptions_have_is_told_once_with_every_place() {
    let bad = format!("{HEAD}m=audio 4000 RTP/AVP 96 97 98 99\r\n");
    let report = report(&[("a.sdp", &bad), ("b.sdp", &bad)]);
    let shown = snippets(&report);
    let codes: Vec<&str> = shown.iter().map(|snippet| snippet.code).collect();
    assert_eq!((codes, report.findings.len()), (vec!["SDP203"], 8), "{shown:#?}");
    assert_eq!(shown[0].also.len(), 7);
    assert_eq!((shown[0].place.as_str(), shown[0].also[3].as_str()), ("a.sdp:6:22", "b.sdp:6:22"));
}

#[test]
fn errors_of_the_last_input_stand_before_warnings_of_the_first() {
    let warned = format!("{HEAD}a=mid:0\r\nm=audio 4000 RTP/AVP 0\r\n");
    let wrong = format!("{HEAD}m=audio x RTP/AVP 0\r\n");
    let report = report(&[("a.sdp", &warned), ("b.sdp", &wrong)]);
    assert!(matches!(report.document().blocks[0], Block::Verdict(_)));
    let severities: Vec<Severity> = snippets(&report).iter().map(|snippet| snippet.severity).collect();
    assert_eq!(severities, [Severity::Error, Severity::Warning]);
}

#[test]
fn remarks_are_counted_and_shown_on_demand() {
    let dtmf = format!(
        "{HEAD}m=audio 4000 RTP/AVP 96 97\r\na=rtpmap:96 opus/48000/2\r\na=rtpmap:97 telephone-event/8000\r\n"
    );
    let report = report(&[("a.sdp", &dtmf)]);
    assert_eq!((report.sessions[0].infos, snippets(&report).len()), (1, 0));
    assert_eq!(snippets(&LintReport { with_remarks: true, ..report }).len(), 1);
}
