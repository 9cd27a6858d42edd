//! `rtcscope explain`: the rules behind the findings.

use serde::Serialize;

use super::{Context, UserError};
use crate::finding::{Exit, Rule, Severity, registry};
use crate::io::input;
use crate::report::{Align, Block, Cell, Document, Report, Table, Tone, markdown};
use crate::spelling;

/// Explain findings: what they mean, why they happen, what to change
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:
  rtcscope explain                 list all codes
  rtcscope explain REST_EXPIRED    explain one")]
pub(super) struct Args {
    /// Codes or names of findings; all are listed if none is given
    #[arg(value_name = "CODE")]
    codes: Vec<String>,
}

pub(super) fn run(args: Args, context: Context) -> anyhow::Result<Exit> {
    let asked = args.codes.iter().map(|code| find(code)).collect::<Result<Vec<_>, _>>()?;
    match asked.is_empty() {
        true => context.emit(&Explanation { rules: registry::rules().collect(), in_full: false }),
        false => context.emit(&Explanation { rules: asked, in_full: true }),
    }
}

fn find(code: &str) -> Result<&'static Rule, UserError> {
    registry::called(code).ok_or_else(|| {
        let error = UserError::usage(format!("no finding has the code `{code}`"));
        if input::is_file(code) {
            return error.hint(super::meant_file("sdp explain", code));
        }
        let meant = spelling::question(&registry::nearest(code));
        error.hint(meant.unwrap_or_else(|| "`rtcscope explain` lists all codes".to_owned()))
    })
}

#[derive(Serialize, schemars::JsonSchema)]
pub(super) struct Explanation {
    rules: Vec<&'static Rule>,
    #[serde(skip)]
    in_full: bool,
}

impl Report for Explanation {
    const SCHEMA: &'static str = "explain/1";

    fn document(&self) -> Document {
        let blocks = match self.in_full {
            true => self.rules.iter().flat_map(|rule| in_full(rule)).collect(),
            false => vec![list(&self.rules)],
        };
        Document { blocks }
    }

    fn exit(&self) -> Exit {
        Exit::Healthy
    }
}

fn list(rules: &[&Rule]) -> Block {
    let row = |rule: &&Rule| {
        let (word, tone) = severity(rule.severity);
        vec![Cell::new(rule.code, Tone::Strong), Cell::new(word, tone), rule.summary.into()]
    };
    let columns = vec![("code", Align::Left), ("severity", Align::Left), ("meaning", Align::Left)];
    Block::Table(Table { columns, rows: rules.iter().map(row).collect() })
}

/// The explanation of a rule.
pub(super) fn in_full(rule: &Rule) -> Vec<Block> {
    let (word, _) = severity(rule.severity);
    let mut blocks = vec![Block::Heading(format!("{word} {} {}", rule.code, rule.name))];
    blocks.extend(markdown::blocks(rule.explain));
    blocks.push(Block::Paragraph(Cell::new(format!("See {}.", rule.refs.join(", ")), Tone::Dim)));
    blocks
}

/// A severity as a word, and how that should strike the reader.
pub(super) fn severity(severity: Severity) -> (&'static str, Tone) {
    match severity {
        Severity::Error => ("error", Tone::Bad),
        Severity::Warning => ("warning", Tone::Warn),
        Severity::Info => ("info", Tone::Dim),
    }
}
