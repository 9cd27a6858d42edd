//! The report as JSON Lines: one object a line, each with its schema first, for programs that read as it comes.

use std::io::{self, Write};

use serde_json::ser::CompactFormatter;

use super::json::{self, WithSchema};
use super::{Rendered, Screen};

pub(super) fn render(report: &Rendered, _: Screen, out: &mut dyn Write) -> io::Result<()> {
    let line = |json| json::write(&WithSchema { schema: report.schema, json }, CompactFormatter, out);
    report.lines.iter().try_for_each(line)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::finding::Exit;
    use crate::report::Document;

    #[test]
    fn each_line_is_an_object_of_its_own_and_nothing_breaks_it() {
        let report = Rendered {
            json: json!({"whole": true}),
            lines: vec![json!({"record": "one", "text": "a\nb\u{2028}c"}), json!({"record": "two"})],
            ..Rendered::of_document("test/1", Document::default(), Exit::Healthy)
        };
        let mut out = Vec::new();
        render(&report, Screen::FILE, &mut out).unwrap();
        insta::assert_snapshot!(String::from_utf8(out).unwrap(), @r#"
        {"schema":"test/1","record":"one","text":"a\nb\u2028c"}
        {"schema":"test/1","record":"two"}
        "#);
    }
}
