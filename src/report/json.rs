//! The report as one JSON object: its schema first, then its fields in the order they were declared in.

use std::io::{self, BufWriter, Write};

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;
use serde_json::ser::{Formatter, PrettyFormatter, Serializer as Json};

use super::{Rendered, Screen, printable};

pub(super) fn render(report: &Rendered, _: Screen, out: &mut dyn Write) -> io::Result<()> {
    write(&WithSchema { schema: report.schema, json: &report.json }, PrettyFormatter::new(), out)
}

/// Writes any JSON and a line break, piece by piece: a long report need not be in memory twice.
pub(super) fn write(value: &impl Serialize, layout: impl Formatter, out: &mut dyn Write) -> io::Result<()> {
    let mut out = BufWriter::new(out);
    value.serialize(&mut Json::with_formatter(&mut out, Visible(layout)))?;
    out.write_all(b"\n")?;
    out.flush()
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

/// A layout in which all is to be seen. JSON needs no escapes above U+001F, but terminals obey some of those
/// characters. They can only stand inside strings, where an escape means the same.
struct Visible<F>(F);

impl<F: Formatter> Formatter for Visible<F> {
    fn write_string_fragment<W: Write + ?Sized>(&mut self, out: &mut W, fragment: &str) -> io::Result<()> {
        let mut rest = fragment;
        while let Some(at) = rest.find(|c: char| !(' '..='~').contains(&c) && is_hidden(c)) {
            let (before, from) = rest.split_at(at);
            out.write_all(before.as_bytes())?;
            let mut behind = from.chars();
            for hidden in behind.by_ref().take(1) {
                hidden.encode_utf16(&mut [0; 2]).iter().try_for_each(|unit| write!(out, "\\u{unit:04x}"))?;
            }
            rest = behind.as_str();
        }
        out.write_all(rest.as_bytes())
    }

    fn begin_array<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_array(out)
    }

    fn end_array<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array(out)
    }

    fn begin_array_value<W: Write + ?Sized>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(out, first)
    }

    fn end_array_value<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array_value(out)
    }

    fn begin_object<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object(out)
    }

    fn end_object<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object(out)
    }

    fn begin_object_key<W: Write + ?Sized>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(out, first)
    }

    fn begin_object_value<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object_value(out)
    }

    fn end_object_value<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object_value(out)
    }
}

fn is_hidden(c: char) -> bool {
    c.is_control() || printable::is_invisible(c)
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
