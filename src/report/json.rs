//! The report as one JSON object: its schema first, then its fields in the order they were declared in.

use std::fmt::Write as _;
use std::io::{self, Write};

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;

use super::{Rendered, Screen, printable};

pub(super) fn render(report: &Rendered, _: Screen, out: &mut dyn Write) -> io::Result<()> {
    write(&WithSchema { schema: report.schema, json: &report.json }, out)
}

/// Writes any JSON, its invisible characters escaped.
pub(super) fn write(value: &impl serde::Serialize, out: &mut dyn Write) -> io::Result<()> {
    let mut text = escape_invisible(serde_json::to_string_pretty(value)?);
    text.push('\n');
    out.write_all(text.as_bytes())
}

/// An object that begins with its schema.
pub(super) struct WithSchema<'a> {
    pub(super) schema: &'a str,
    pub(super) json: &'a Value,
}

impl Serialize for WithSchema<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(None)?;
        object.serialize_entry("schema", self.schema)?;
        match self.json {
            Value::Object(fields) => {
                let others = fields.iter().filter(|(key, _)| *key != "schema");
                others.into_iter().try_for_each(|(key, value)| object.serialize_entry(key, value))?;
            }
            Value::Null => {}
            other => object.serialize_entry("result", other)?,
        }
        object.end()
    }
}

/// JSON needs no escapes above U+001F, but terminals obey some of those characters. They can only stand inside
/// strings, where an escape means the same.
pub(super) fn escape_invisible(json: String) -> String {
    let hide = |c: char| (c.is_control() && c != '\n') || printable::is_invisible(c);
    if !json.chars().any(hide) {
        return json;
    }
    let mut escaped = String::with_capacity(json.len() + 16);
    for c in json.chars() {
        match hide(c) {
            true => c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| {
                // Writing to a string cannot fail.
                let _ = write!(escaped, "\\u{unit:04x}");
            }),
            false => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Exit;
    use crate::report::Document;

    fn check(json: Value) -> String {
        let empty = Rendered::of_document("test/1", Document::default(), Exit::Healthy);
        let report = Rendered { json, ..empty };
        let mut out = Vec::new();
        render(&report, Screen::FILE, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_schema_comes_first_and_the_fields_keep_their_order() {
        insta::assert_snapshot!(check(serde_json::json!({"zulu": 1, "schema": "no", "alpha": {"b": null, "a": []}})), @r#"
        {
          "schema": "test/1",
          "zulu": 1,
          "alpha": {
            "b": null,
            "a": []
          }
        }
        "#);
    }

    #[test]
    fn what_is_no_object_is_put_into_one() {
        insta::assert_snapshot!(check(serde_json::json!([1])), @r#"
        {
          "schema": "test/1",
          "result": [
            1
          ]
        }
        "#);
        insta::assert_snapshot!(check(Value::Null), @r#"
        {
          "schema": "test/1"
        }
        "#);
    }

    #[test]
    fn it_ends_with_one_line_break() {
        assert!(check(Value::Null).ends_with("}\n"));
    }

    #[test]
    fn invisible_characters_are_escaped_and_read_back_the_same() {
        let hostile = "\x1b\u{9b}\u{202e}\u{7f}\u{e0041}\"\\ok";
        let json = check(serde_json::json!({"software": hostile}));
        assert!(json.is_ascii(), "{json}");
        let back: Value = serde_json::from_str(&json).unwrap();
        assert_eq!(back["software"], hostile);
    }
}
