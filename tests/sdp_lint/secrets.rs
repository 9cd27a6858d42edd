//! Passwords and keys are in the input, and never in what is said of it.

use rtcscope::report::{FORMATS, Rendered, Screen};
use rtcscope::sdp::lint::{Input, LintReport, Linted, Selection};
use rtcscope::sdp::source;

const SECRET: &str = "hunter2hunter2hunter2hunter2";

/// Everything that is wrong with lines, on lines with a secret.
const TEXT: &str = "v=0\r\no=- 20518 0 IN IP4 203.0.113.1\r\ns=-\r\nk=clear:SECRET\r\nt=0 0\r\n\
    m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n a=ice-pwd:SECRET\r\na =ice-pwd:SECRET\r\na=ice-pwd:SECRET \r\n\
    A=ice-pwd:SECRET\r\nice-pwd:SECRET\r\na=ice-pwd:SECRET SECRET\r\na=ICE-PWD:SECRET \r\n\
    a=crypto:x AES_CM_128_HMAC_SHA1_80 inline:SECRET\r\na=crypto:1 AES inline:SECRET \r\n\
    inline:SECRET\r\nk=clear:SECRET \r\na=ice-pwd SECRET \r\na=ice_pwd:SECRET \r\na=crypto:SECRET\r\n\
    a=crypto:SECRET AES inline:x\r\na=crypto:1 FOO inlin:SECRET\r\na=ice-pwd:\r\nSECRET\r\na=ice-pwd:0123\r\n456SECRET\r\n\
    a=xauthtoken:SECRET \r\na=mid:0 a=ice-pwd:SECRET \r\n u=https://me:SECRET@a.test/\r\n\
    u=https://a.test/?x=SECRET \r\na=rtpmap:x a=ice-pwd:SECRET\r\na=key-mgmt:mikey\r\nSECRET\r\n";

#[test]
fn no_format_shows_a_password_or_a_key() {
    let sources = source::find(TEXT.replace("SECRET", SECRET).as_bytes());
    let mut report = LintReport::default();
    for document in &sources.documents {
        let input = Input { source: "offer.sdp", document, kind: None };
        report.add(Linted::of(input, &Selection::all()));
    }
    assert!(report.findings.len() > 10, "{:#?}", report.findings);
    let rendered = Rendered::from_report(&report).unwrap();
    for format in FORMATS {
        for width in [40, 80, 200] {
            let mut out = Vec::new();
            format.render(&rendered, Screen { width, colour: false }, &mut out).unwrap();
            let text = String::from_utf8(out).unwrap();
            let shown = text.lines().find(|line| line.contains("hunter2"));
            assert_eq!(shown, None, "{}", format.name);
        }
    }
    assert!(!format!("{report:?}").contains("hunter2"));
}
