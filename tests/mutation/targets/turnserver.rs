//! Configurations of coturn.

use rtcscope::finding::Location;
use rtcscope::turnserver::{Conf, Report, Span};

/// Reads the bytes as a turnserver.conf, and lints it: each place lies in the text, and the secret of the seeds is in no
/// finding wherever it is still the value of an option that is one.
pub(super) fn turnserver_conf(bytes: &[u8]) {
    let conf = Conf::from_bytes(bytes);
    let mut end = 0;
    for line in conf.lines() {
        assert!(line.span.start >= end && line.span.end >= line.span.start, "line {}", line.number);
        end = line.span.end;
        if let Some(setting) = &line.setting {
            for span in [&setting.name, &setting.separator, &setting.value, &setting.raw] {
                assert!(line.span.start <= span.start && span.end <= line.span.end, "line {}", line.number);
                assert!(span.is_empty() || !conf.text(span).is_empty(), "in the middle of a character");
            }
        }
    }
    let report = Report::new(&conf, "turnserver.conf");
    for finding in &report.findings {
        if let Some(Location::Text { line, column, length, .. }) = &finding.location {
            let line = &conf.lines()[line - 1];
            let characters = conf.text(&line.span).chars().count();
            assert!(*column >= 1 && column - 1 + length <= characters, "{}: {column}+{length}", finding.code);
        }
    }
    let _ = (conf.uris(), conf.login(None), conf.login(Some("alice")), format!("{conf:?}"));
    let secret = "hunter2hunter2hunter2";
    let text = String::from_utf8_lossy(bytes).replace("hunter2", secret);
    let conf = Conf::from_text(&text);
    // A damaged name makes it the value of another option, which may be shown.
    let kept = |span: &Span| conf.text(span).contains(secret);
    let elsewhere = conf.known().any(|(_, setting, option)| !option.is_secret() && kept(&setting.raw));
    let named = conf.settings().any(|(_, setting)| kept(&setting.name))
        || conf.users().any(|user| user.name.contains(secret));
    if !elsewhere && !named {
        let report = format!("{:?}", Report::new(&conf, "turnserver.conf"));
        assert!(!report.contains(secret), "{report}");
    }
}
