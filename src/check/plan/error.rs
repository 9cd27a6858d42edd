//! Why a plan was refused, and where: the line, with what is wrong marked, and nothing secret in it.

use std::ops::Range;

/// A plan that is wrong somewhere.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct PlanError {
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hints: Vec<String>,
    /// Where.
    pub place: Place,
}

impl PlanError {
    /// What is wrong at a place.
    pub fn new(place: Place, message: impl Into<String>) -> Self {
        Self { message: message.into(), hints: Vec::new(), place }
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }
}

/// A place in a plan, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file, as the user calls it.
    pub file: String,
    /// Counted from 1.
    pub line: usize,
    /// Counted from 1, in characters.
    pub column: usize,
    /// The line as it may be shown.
    pub text: String,
    /// How many characters are marked; at least one.
    pub length: usize,
}

impl Place {
    /// Where `span` is in `text`. What stands in a line that may hold a secret is not shown.
    pub fn of(file: &str, text: &str, span: &Range<usize>) -> Self {
        let mut start = span.start.min(text.len());
        while !text.is_char_boundary(start) {
            start -= 1;
        }
        let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let line_end = text[start..].find('\n').map_or(text.len(), |at| start + at);
        let whole = text[line_start..line_end].trim_end_matches('\r');
        let shown = shown(whole);
        let before = text[line_start..start].chars().count().min(shown.chars().count());
        let marked = text.get(start..span.end.min(line_end)).map_or(0, |marked| marked.chars().count());
        let room = shown.chars().count().saturating_sub(before);
        Self {
            file: file.to_owned(),
            line: text[..line_start].matches('\n').count() + 1,
            column: text[line_start..start].chars().count() + 1,
            length: marked.min(room).max(1),
            text: shown,
        }
    }

    /// The place, the line, and marks below what is meant.
    pub fn excerpt(&self) -> Vec<String> {
        let number = self.line.to_string();
        let gutter = " ".repeat(number.len());
        // A tab would not be as wide as a character.
        let text = self.text.replace('\t', " ");
        let marks = format!("{}{}", " ".repeat(self.column - 1), "^".repeat(self.length));
        vec![
            format!("{gutter}--> {self}"),
            format!("{gutter} |"),
            format!("{number} | {text}").trim_end().to_owned(),
            format!("{gutter} | {marks}"),
        ]
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// Words in names of what nobody else should see.
const SECRETIVE: [&str; 9] = ["pas", "pwd", "psw", "secr", "tok", "key", "cred", "auth", "mac"];
/// What a secret's table names: where it is, which is none.
const WHERE: [&str; 2] = ["env", "file"];

/// A line without what may be a secret: values of keys that sound like one, user names and passwords within a URI.
fn shown(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    // Within the table of a secret.
    let mut within = false;
    while let Some(at) = rest.find('=') {
        let (key, value) = rest.split_at(at + 1);
        within &= !key.contains('}');
        out.push_str(key);
        let blanks = value.len() - value.trim_start().len();
        out.push_str(&value[..blanks]);
        rest = &value[blanks..];
        let is_secret = is_secretive(key) || within && !WHERE.contains(&word(key).as_str());
        match rest.chars().next() {
            _ if !is_secret => {}
            None => {}
            // It has keys of its own.
            Some('{') => within = true,
            // Brackets may stand in what the list is of.
            Some('[') => {
                out.push_str("[****");
                rest = "";
            }
            Some(_) => {
                out.push_str("****");
                rest = behind(rest);
            }
        }
    }
    out.push_str(rest);
    if out.contains('@') { without_userinfo(&out) } else { out }
}

/// Whether the last word of it, before the `=`, sounds like a secret.
fn is_secretive(key: &str) -> bool {
    let word = word(key);
    SECRETIVE.iter().any(|part| word.contains(part))
}

/// The last word before the `=`.
fn word(key: &str) -> String {
    let word = key.trim_end_matches('=').trim_end().trim_end_matches(['"', '\'']);
    let start = word.char_indices().rfind(|(_, c)| !(c.is_alphanumeric() || "_-.".contains(*c)));
    let start = start.map_or(0, |(at, c)| at + c.len_utf8());
    word[start..].to_lowercase()
}

/// What stands behind a value; nothing behind a string that does not end.
fn behind(value: &str) -> &str {
    let Some(quote) = value.chars().next().filter(|c| ['"', '\''].contains(c)) else {
        return value.find([',', '}', ']']).map_or("", |end| &value[end..]);
    };
    let mut is_escaped = false;
    for (at, c) in value.char_indices().skip(1) {
        if c == quote && !is_escaped {
            // Three quotes open a string that may go on in other lines.
            return if at == 1 && value[2..].starts_with(quote) { "" } else { &value[at + 1..] };
        }
        is_escaped = c == '\\' && !is_escaped;
    }
    ""
}

/// With stars for what stands between the first `:` and the last `@`: a password may have quotes in it.
fn without_userinfo(line: &str) -> String {
    let Some(end) = line.rfind('@') else { return line.to_owned() };
    let start = line[..end].find(':').or(line[..end].find(['"', '\''])).map_or(0, |at| at + 1);
    format!("{}****{}", &line[..start], &line[end..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown_at(text: &str, marked: &str) -> String {
        let start = text.find(marked).unwrap();
        Place::of("plan.toml", text, &(start..start + marked.len())).excerpt().join("\n")
    }

    #[test]
    fn the_very_characters_are_marked() {
        insta::assert_snapshot!(shown_at("[[probe]]\nfü = 1\ntiemout = \"5s\"\n", "tiemout"), @r#"
         --> plan.toml:3:1
          |
        3 | tiemout = "5s"
          | ^^^^^^^
        "#);
        assert!(shown_at("a = \"ü\" x", "x").ends_with("|         ^"));
    }

    #[test]
    fn no_secret_is_in_an_excerpt() {
        for line in [
            "password = \"hunter2\"",
            "my_secret=\"hunter2\"",
            "access_token = 'hunter2'",
            "targets = [\"turn:alice:hunter2@turn.example.org\"]",
            "targets = [\"turn:a\", \"turn:alice:hunter2@b\"]",
            "probe = [{ targets = \"x\", password = \"hunter2\" }]",
            "password = \"hunter2",
            "password = \"\"\"hunter2\"\"\"",
            "\"pass\" = \"hun\\\"hunter2\"",
            "password = hunter2",
            "pasword = \"hunter2\"",
            "passwd = \"hunter2\"",
            "password = { text = \"hunter2\" }",
            "password = { env = \"TURN\", x = \"hunter2\" }",
            "secret = [\"hunter2\"]",
            "secret = [\"a]hunter2",
            "targets = \"turn:alice:hunter2\\\"'/@127.0.0.1\"",
            "targets = 'alice:hunter2@b'",
            "targets = 'hunter2@b'",
        ] {
            let shown = shown_at(line, line.split(['=', ' ']).next().unwrap());
            assert!(!shown.contains("hunter2"), "{shown}");
        }
        assert!(shown_at("password = { env = \"TURN\" }", "TURN").contains("TURN"));
    }

    #[test]
    fn a_place_behind_the_end_is_the_end() {
        let place = Place::of("p", "a = ", &(4..4));
        assert_eq!((place.line, place.column, place.length), (1, 5, 1));
        assert_eq!(Place::of("p", "", &(7..9)).line, 1);
    }
}
