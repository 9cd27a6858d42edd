//! `rtcscope sdp rules`: what `sdp lint`, `sdp diff` and `sdp negotiate` look for.

use serde::Serialize;

use super::lint::unknown;
use crate::cli::Context;
use crate::cli::explain::{in_full, severity};
use crate::finding::{Exit, Rule, Severity};
use crate::report::{Align, Block, Cell, Document, Report, Table, Tone};
use crate::sdp::lint::{self, LintRule, Selection};
use crate::spelling;

/// List the rules about descriptions, or explain some of them
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:
  rtcscope sdp rules                 list all rules
  rtcscope sdp rules SDP1            list those whose code begins like this
  rtcscope sdp rules dtls            list those that have to do with it
  rtcscope sdp rules SDP107          explain one")]
pub(super) struct Args {
    /// Codes, the beginning of codes, names of rules, or topics such as dtls; all are listed if none is given
    #[arg(value_name = "CODE")]
    codes: Vec<String>,
}

pub(super) fn run(args: Args, context: Context) -> anyhow::Result<Exit> {
    let mut chosen: Vec<&'static str> = Vec::new();
    for word in &args.codes {
        let own: Vec<&LintRule> = match lint::rules().any(|rule| rule.is_called(word)) {
            true => lint::rules().filter(|rule| rule.is_called(word)).collect(),
            false => lint::about(word),
        };
        if own.is_empty() {
            Selection::from_words(std::slice::from_ref(word), &[]).map_err(|mut error| {
                let near = spelling::nearest(word, lint::topics());
                error.near.splice(0..0, near);
                unknown(error)
            })?;
        }
        chosen.extend(own.iter().map(|rule| rule.rule.code));
    }
    let is_listed = |rule: &&LintRule| args.codes.is_empty() || chosen.contains(&rule.rule.code);
    let rules = lint::rules().filter(is_listed).map(Listed::of).collect();
    // A topic or the beginning of a code means a list.
    let in_full = !args.codes.is_empty() && args.codes.iter().all(|code| lint::rule(code).is_some());
    context.emit(&Rules { rules, in_full })
}

#[derive(Serialize, schemars::JsonSchema)]
pub(in crate::cli) struct Rules {
    rules: Vec<Listed>,
    #[serde(skip)]
    in_full: bool,
}

#[derive(Serialize, schemars::JsonSchema)]
struct Listed {
    #[serde(flatten)]
    rule: &'static Rule,
    scope: &'static str,
    /// How bad a finding of it can be.
    worst: Severity,
}

impl Listed {
    fn of(rule: &'static LintRule) -> Self {
        Self { rule: &rule.rule, scope: rule.scope(), worst: rule.worst() }
    }
}

impl Report for Rules {
    const SCHEMA: &'static str = "sdp-rules/1";

    fn document(&self) -> Document {
        let blocks = match self.in_full {
            true => self.rules.iter().flat_map(|listed| in_full(listed.rule)).collect(),
            false => vec![list(&self.rules)],
        };
        Document { blocks }
    }

    fn exit(&self) -> Exit {
        Exit::Healthy
    }
}

fn list(rules: &[Listed]) -> Block {
    let row = |listed: &Listed| {
        let (word, tone) = severity(listed.rule.severity);
        let worst = severity(listed.worst);
        let (word, tone) = match listed.worst == listed.rule.severity {
            true => (word.to_owned(), tone),
            false => (format!("{word} or {}", worst.0), worst.1),
        };
        vec![
            Cell::new(listed.rule.code, Tone::Strong),
            Cell::new(word, tone),
            format!("{}: {}", listed.rule.name, listed.rule.summary).into(),
        ]
    };
    let columns = ["code", "severity", "rule"];
    Block::Table(Table {
        columns: columns.map(|name| (name, Align::Left)).to_vec(),
        rows: rules.iter().map(row).collect(),
    })
}
