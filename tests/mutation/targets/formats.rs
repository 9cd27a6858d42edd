//! A result in every format that there is.

use rtcscope::report::{FORMATS, Rendered, Report, Screen};

/// What came from outside drives no terminal, ends no string and no element; and JSON is JSON.
pub(super) fn render<R: Report>(report: &R) {
    let rendered = Rendered::from_report(report).expect("it has a JSON form");
    for format in FORMATS {
        let mut out = Vec::new();
        format.render(&rendered, Screen::FILE, &mut out).expect("a Vec takes all");
        let text = String::from_utf8(out).unwrap_or_else(|error| panic!("{}: {error}", format.name));
        match format.name {
            "json" | "sarif" => drop(serde_json::from_str::<serde_json::Value>(&text).expect(format.name)),
            "jsonl" => {
                for line in text.lines() {
                    serde_json::from_str::<serde_json::Value>(line).expect("a line of JSON");
                }
            }
            _ => {}
        }
        let drives = |c: char| c.is_control() && !matches!(c, '\n' | '\t' | '\r');
        assert!(!text.contains(drives), "{}: {:?}", format.name, text.chars().find(|c| drives(*c)));
    }
}
