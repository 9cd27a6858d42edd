//! A pair as text.

use super::{Pair, ice_servers, span};
use crate::finding::{Exit, Finding, Severity};
use crate::report::{Align, Block, Cell, Document, Report, Table, Tone};
use crate::turn::credentials::rest::Form;

/// A password with fewer characters than this is no password: those that are made are three times as long.
const SHORT: usize = 8;

impl Report for Pair {
    const SCHEMA: &'static str = "cred/1";

    fn document(&self) -> Document {
        let mut blocks = vec![Block::Verdict(self.verdict()), Block::Heading("Credential".to_owned())];
        blocks.push(Block::Table(Table {
            columns: vec![("what", Align::Left), ("value", Align::Left)],
            rows: self.rows(),
        }));
        if let Some(keys) = &self.keys {
            let mut rows = vec![vec!["MD5".into(), format!("0x{}", keys.md5).into()]];
            rows.extend(keys.sha256.as_ref().map(|key| vec!["SHA-256".into(), format!("0x{key}").into()]));
            blocks.push(Block::Heading(format!("HA1 keys in realm {}", keys.realm)));
            blocks.push(Block::Table(Table {
                columns: vec![("hash", Align::Left), ("key", Align::Left)],
                rows,
            }));
        }
        if let Some(servers) = &self.ice_servers {
            blocks.push(Block::Heading("For a web app, as JavaScript".to_owned()));
            blocks.push(Block::Code(ice_servers::javascript(servers)));
            blocks.push(Block::Heading("For a web app, as JSON".to_owned()));
            blocks.push(Block::Code(ice_servers::json(servers)));
            if !self.minted {
                let note = "The password that was given is not repeated: put it where PASSWORD stands.";
                blocks.push(Block::Paragraph(Cell::new(note, Tone::Dim)));
            }
        }
        if !self.findings.is_empty() {
            blocks.push(Block::Findings(self.findings.clone()));
        }
        Document { blocks }
    }

    /// A pair that was minted is the result itself, which no form of findings would show.
    fn findings(&self) -> Option<&[Finding]> {
        (!self.minted).then_some(&self.findings[..])
    }

    fn exit(&self) -> Exit {
        self.exit
    }
}

impl Pair {
    fn verdict(&self) -> Cell {
        if let Some(worst) = self.findings.first() {
            let tone = if worst.severity == Severity::Error { Tone::Bad } else { Tone::Warn };
            return Cell::new(format!("{} ({})", worst.message, worst.code), tone);
        }
        let said = match (self.minted, self.expires_in_s) {
            (true, Some(left)) => format!("a new credential, good for {}", span(left)),
            (true, None) => "a new credential".to_owned(),
            (false, _) if self.password.length < SHORT => {
                let said = format!(
                    "the password has {} only: it is soon guessed; no server was asked",
                    self.length()
                );
                return Cell::new(said, Tone::Warn);
            }
            (false, _) => "nothing is conspicuous about this pair; no server was asked".to_owned(),
        };
        Cell::new(said, Tone::Good)
    }

    fn length(&self) -> String {
        match self.password.length {
            1 => "1 character".to_owned(),
            length => format!("{length} characters"),
        }
    }

    fn rows(&self) -> Vec<Vec<Cell>> {
        let mut rows: Vec<(&str, Cell)> = vec![("user name", self.username.as_str().into())];
        if let Some(credential) = &self.credential {
            rows.push(("password", Cell::new(credential, Tone::Strong)));
        }
        let form = match self.username_form {
            Form::Static => "a plain name (a static user)",
            Form::Time => "TURN REST: a time",
            Form::TimeName => "TURN REST: a time, then a name",
            Form::NameTime => "TURN REST: a name, then a time",
        };
        rows.push(("form", form.into()));
        if let (Some(at), Some(left)) = (&self.expires_at, self.expires_in_s) {
            rows.push(match left < 0 {
                true => ("expired", Cell::new(format!("{at}, {} ago", span(left)), Tone::Bad)),
                false => ("expires", format!("{at}, in {}", span(left)).into()),
            });
        }
        if !self.minted {
            let shape = match self.password.base64_of_bytes {
                Some(20) => "base64 of 20 bytes, as TURN REST passwords are".to_owned(),
                Some(bytes) => {
                    format!("base64 of {bytes} bytes: a SHA-256, where TURN REST servers expect SHA-1 (20)")
                }
                None => format!("{}, no hash in base64", self.length()),
            };
            rows.push(("password", shape.into()));
            rows.extend(self.password.matches_secret.map(|matches| match matches {
                true => ("secret", Cell::new("gives this password", Tone::Good)),
                false if self.password.mended_matches_secret => {
                    ("secret", Cell::new("gives the password as it was before the damage", Tone::Warn))
                }
                false => ("secret", Cell::new("gives another password", Tone::Bad)),
            }));
        }
        rows.into_iter().map(|(what, value)| vec![Cell::new(what, Tone::Dim), value]).collect()
    }
}
