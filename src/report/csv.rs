//! The rows of a report for spreadsheets and scripts: RFC 4180, one header line, keys of the JSON as column names.

use std::borrow::Cow;
use std::io::{self, Write};

use serde_json::Value;

use crate::finding::Finding;

use super::{Rendered, Screen, printable::printable};

/// Rows of a report, as they are in its JSON.
#[derive(Debug, Clone, PartialEq)]
pub struct Rows {
    /// Keys of JSON; a dot leads into an object.
    pub columns: &'static [&'static str],
    /// One object a row; what an object does not have is empty.
    pub objects: Vec<Value>,
}

impl Rows {
    /// A row a finding, for what has no rows of its own.
    pub(super) fn of_findings(findings: &[Finding]) -> Option<Self> {
        const COLUMNS: &[&str] = &[
            "code",
            "name",
            "severity",
            "subject",
            "stage",
            "location.line",
            "location.column",
            "message",
            "help",
        ];
        let objects = findings.iter().map(serde_json::to_value).collect::<Result<_, _>>().ok()?;
        Some(Self { columns: COLUMNS, objects })
    }
}

pub(super) fn render(report: &Rendered, _: Screen, out: &mut dyn Write) -> io::Result<()> {
    let Some(rows) = &report.rows else { return Ok(()) };
    // What goes on has a header already.
    if !report.continues {
        writeln!(out, "{}", rows.columns.join(","))?;
    }
    let mut line = String::new();
    for object in &rows.objects {
        line.clear();
        for column in rows.columns {
            cell(find(object, column), &mut line);
            line.push(',');
        }
        line.pop();
        line.push('\n');
        out.write_all(line.as_bytes())?;
    }
    Ok(())
}

fn find<'a>(object: &'a Value, column: &str) -> &'a Value {
    column.split('.').fold(object, |value, key| value.get(key).unwrap_or(&Value::Null))
}

fn cell(value: &Value, line: &mut String) {
    match value {
        Value::Null => {}
        Value::String(text) => quoted(&safe(text), line),
        Value::Bool(_) | Value::Number(_) => line.push_str(&value.to_string()),
        value => quoted(&safe(&flat(value)), line),
    }
}

/// Lists and objects in one cell: `1 2 3`, `1=ab 4=cd`.
fn flat(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(flat).collect::<Vec<_>>().join(" "),
        Value::Object(map) => {
            map.iter().map(|(key, value)| format!("{key}={}", flat(value))).collect::<Vec<_>>().join(" ")
        }
        Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}

/// What a stranger wrote must neither drive a terminal nor be run as a formula by a spreadsheet.
fn safe(text: &str) -> Cow<'_, str> {
    let shown = printable(text);
    match shown.starts_with(['=', '+', '-', '@']) {
        true => Cow::Owned(format!("'{shown}")),
        false => shown,
    }
}

fn quoted(text: &str, line: &mut String) {
    match text.contains([',', '"']) {
        true => {
            line.push('"');
            line.push_str(&text.replace('"', "\"\""));
            line.push('"');
        }
        false => line.push_str(text),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::finding::Exit;
    use crate::report::Document;

    fn rendered(continues: bool) -> String {
        let objects = vec![
            json!({"id": "s1", "via": {"peer": "a"}, "list": [1, 2], "text": "a \"b\", c", "n": -1.5}),
            json!({"id": "s2", "via": null, "list": {"1": "ab"}, "text": "=1+1\u{1b}[2J\n", "n": true}),
        ];
        let report = Rendered {
            rows: Some(Rows { columns: &["id", "via.peer", "list", "text", "n"], objects }),
            continues,
            ..Rendered::of_document("test/1", Document::default(), Exit::Healthy)
        };
        let mut out = Vec::new();
        render(&report, Screen::FILE, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_row_is_a_line_whatever_stands_in_it() {
        insta::assert_snapshot!(rendered(false), @r#"
        id,via.peer,list,text,n
        s1,a,1 2,"a ""b"", c",-1.5
        s2,,1=ab,'=1+1\u{1b}[2J ,true
        "#);
    }

    #[test]
    fn what_goes_on_has_no_second_header() {
        assert!(rendered(true).starts_with("s1,"));
    }
}
