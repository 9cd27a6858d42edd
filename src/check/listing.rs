//! What a plan would run: `check-list/1`.

use serde::Serialize;
use serde_json::Value;

use super::plan::{Entry, Kind, Plan};
use crate::finding::{Exit, Severity};
use crate::report::{Align, Block, Document, Report, Rows, Table};

/// The checks of a plan, none of them run.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct Listing {
    /// The file; `None` for what is built in.
    pub plan: Option<String>,
    /// In the order of the plan.
    pub checks: Vec<Listed>,
}

/// One check.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct Listed {
    /// What it is called.
    pub name: String,
    /// What is done.
    pub kind: Kind,
    /// What is looked at.
    pub subject: String,
    /// How grave it is when it fails.
    pub severity: Severity,
    /// How often it is tried again.
    pub retries: u32,
    /// Expectations and limits.
    pub terms: Vec<String>,
    /// The command line that does the same, without what says who we are.
    pub command: Vec<String>,
}

impl Listing {
    /// What `plan` would run.
    pub fn of(plan: &Plan) -> Self {
        Self { plan: plan.file.clone(), checks: plan.entries.iter().map(Listed::of).collect() }
    }

    /// Without the names of people in command lines.
    #[must_use]
    pub fn without_names(mut self) -> Self {
        let words = self.checks.iter_mut().flat_map(|check| &mut check.command);
        for word in words.filter(|word| word.starts_with("--username=")) {
            "--username=NAME".clone_into(word);
        }
        self
    }
}

impl Listed {
    fn of(entry: &Entry) -> Self {
        let mut command = vec!["rtcscope".to_owned()];
        command.extend(entry.arguments());
        Self {
            name: entry.name.clone(),
            kind: entry.kind,
            subject: entry.subject(),
            severity: entry.severity,
            retries: entry.retries,
            terms: entry.terms(),
            command,
        }
    }
}

impl Report for Listing {
    const SCHEMA: &'static str = "check-list/1";

    fn document(&self) -> Document {
        let columns = vec![
            ("check", Align::Left),
            ("kind", Align::Left),
            ("looks at", Align::Left),
            ("must hold", Align::Left),
            ("command", Align::Left),
        ];
        let row = |check: &Listed| {
            vec![
                check.name.clone().into(),
                check.kind.name().into(),
                check.subject.clone().into(),
                check.terms.join(", ").into(),
                check.command.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ").into(),
            ]
        };
        let whence = match &self.plan {
            Some(file) => format!("{file}: nothing was run."),
            None => "There is no rtcscope.toml here or above: the tool would check itself.".to_owned(),
        };
        let rows = self.checks.iter().map(row).collect();
        Document { blocks: vec![Block::Paragraph(whence.into()), Block::Table(Table { columns, rows })] }
    }

    fn rows(&self, whole: &Value) -> Option<Rows> {
        const COLUMNS: &[&str] = &["name", "kind", "subject", "severity", "retries", "terms", "command"];
        Some(Rows { columns: COLUMNS, objects: whole["checks"].as_array().cloned().unwrap_or_default() })
    }

    fn exit(&self) -> Exit {
        Exit::Healthy
    }
}

/// A word as a shell takes it for one.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_=:/.,@%+[]".contains(c);
    match word.chars().all(is_plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_with_blanks_or_signs_of_a_shell_is_quoted() {
        for (word, expected) in [
            ("--max=loss=1%", "--max=loss=1%"),
            ("my offer.sdp", "'my offer.sdp'"),
            ("it's", r"'it'\''s'"),
            ("turn:[::1]:3478?transport=udp", "'turn:[::1]:3478?transport=udp'"),
        ] {
            assert_eq!(quoted(word), expected);
        }
    }
}
