//! `rtcscope config show`: every value that counts, and where it came from.

use clap::error::ErrorKind;
use clap::{ArgMatches, Command};
use serde::Serialize;
use serde_json::Value;

use super::effective::{self, Effective, Origin};
use super::files::{Kind, State};
use super::reader::{is_group, tables};
use super::{Given, built, chain, leaf, words};
use crate::cli::{Context, UserError};
use crate::finding::Exit;
use crate::io::input;
use crate::report::{Align, Block, Cell, Document, Report, Rows, Table, Tone};

/// Show every setting, its value, and where that came from: flag, environment, file and line, or built in
///
/// Secrets are not shown. Without COMMAND, settings that are as they are built in are left out, unless -v is given.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:
  rtcscope config show
      what files and environment set
  rtcscope config show call
      every setting of a command
  rtcscope config show probe --timeout 1s turn:turn.example.org
      what counts in this very command line
  rtcscope config show sdp --format json
      all commands of a group, for programs")]
pub(super) struct Args {
    /// A command, with or without flags
    #[arg(value_name = "COMMAND", trailing_var_arg = true, allow_hyphen_values = true)]
    line: Vec<String>,
}

pub(super) fn run(args: Args, context: Context, given: &Given) -> anyhow::Result<Exit> {
    let tree = built();
    let mut settings = Vec::new();
    let own = effective::resolve(&[&tree], Some(leaf(&given.matches)), &given.files);
    if args.line.is_empty() {
        let of_all = own.map_err(UserError::from)?;
        settings.extend(of_all.iter().map(|one| Setting::of(&[], one)));
        below(&[&tree], given, &mut settings)?;
    } else {
        let matches = read(&args.line)?;
        let path = words(&matches);
        let chain = chain(&tree, &path);
        match chain.last() {
            Some(group) if is_group(group) => below(&chain, given, &mut settings)?,
            _ => one(&chain, Some(leaf(&matches)), given, &mut settings)?,
        }
    }
    let files = given.files.iter().map(|file| Listed {
        kind: file.kind,
        path: file.path.display().to_string(),
        state: file.state,
        settings: file.written.len(),
    });
    let all = !args.line.is_empty() || context.verbosity > 0;
    let shown = Shown { files: files.collect(), settings, all, home: input::variable("HOME") };
    let shown = if context.redacts() { shown.without_names() } else { shown };
    context.emit(&shown)
}

/// What a command line says, be it whole or not.
pub(super) fn read(line: &[String]) -> Result<ArgMatches, UserError> {
    let args = || std::iter::once("rtcscope").chain(line.iter().map(String::as_str));
    match crate::cli::command().try_get_matches_from(args()) {
        Ok(matches) => Ok(matches),
        Err(error) if is_short(&error) => {
            let matches = crate::cli::command().ignore_errors(true).try_get_matches_from(args());
            matches.map_err(|error| refused(&error))
        }
        Err(error) => Err(refused(&error)),
    }
}

/// It lacks what it is to look at, or the command of a group.
fn is_short(error: &clap::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::MissingRequiredArgument
            | ErrorKind::MissingSubcommand
            | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    )
}

fn refused(error: &clap::Error) -> UserError {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        return UserError::usage("what is shown here are settings").hint("`rtcscope config show --help`");
    }
    let text = error.to_string();
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let first = lines.next().unwrap_or_default();
    let tip = lines.find(|line| line.starts_with("tip: ")).unwrap_or_default();
    UserError::usage(first.trim_start_matches("error: ")).hint(tip.trim_start_matches("tip: "))
}

/// Each command below the last of `chain`, by itself.
fn below(chain: &[&Command], given: &Given, settings: &mut Vec<Setting>) -> Result<(), UserError> {
    let Some(group) = chain.last() else { return Ok(()) };
    for sub in tables(group) {
        let chain = [chain, &[sub]].concat();
        if !is_group(sub) {
            one(&chain, None, given, settings)?;
        }
        below(&chain, given, settings)?;
    }
    Ok(())
}

fn one(
    chain: &[&Command],
    matches: Option<&ArgMatches>,
    given: &Given,
    settings: &mut Vec<Setting>,
) -> Result<(), UserError> {
    let all = effective::resolve(chain, matches, &given.files)?;
    let of_command = |one: &&Effective<'_>| match one.origin {
        // What all commands have is told once, unless this one has it from its own table.
        Origin::File(_, written) => !one.global || matches.is_some() || !written.table.is_empty(),
        _ => !one.global || matches.is_some(),
    };
    settings.extend(all.iter().filter(of_command).map(|one| Setting::of(&chain[1..], one)));
    Ok(())
}

/// Every value, and where it came from.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub(in crate::cli) struct Shown {
    /// The files that there are or could be, the one that counts most first.
    files: Vec<Listed>,
    /// Those of all commands first.
    settings: Vec<Setting>,
    #[serde(skip)]
    all: bool,
    /// What people write as `~`.
    #[serde(skip)]
    home: Option<String>,
}

/// A file of defaults.
#[derive(Debug, Serialize, schemars::JsonSchema)]
struct Listed {
    kind: Kind,
    path: String,
    state: State,
    /// How many settings are in it.
    settings: usize,
}

/// A setting and its value.
#[derive(Debug, Serialize, schemars::JsonSchema)]
struct Setting {
    /// The words of the command; `null` for what all commands have.
    command: Option<String>,
    /// As a file has it.
    setting: String,
    /// As a command line has it; `null` for what stands there without a flag.
    flag: Option<String>,
    /// As a command line has them; none where nothing is set, and for secrets.
    values: Vec<String>,
    /// Nobody may see its value.
    secret: bool,
    source: Whence,
    /// The variable, where the environment has it.
    variable: Option<&'static str>,
    /// The file that has it.
    file: Option<String>,
    /// The line of the file.
    line: Option<usize>,
}

/// Where a value came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Whence {
    /// The command line.
    Flag,
    /// A variable of the environment.
    Environment,
    /// The file that `--defaults` or `RTCSCOPE_DEFAULTS` names.
    NamedFile,
    /// The project's file.
    ProjectFile,
    /// The user's file.
    UserFile,
    /// It is built in.
    Default,
}

impl Setting {
    fn of(chain: &[&Command], one: &Effective<'_>) -> Self {
        let command: Vec<&str> = chain.iter().map(|command| command.get_name()).collect();
        let mut setting = Self {
            command: (!command.is_empty()).then(|| command.join(" ")),
            setting: one.key.clone(),
            flag: one.flag.clone(),
            values: one.values().to_vec(),
            secret: one.secret,
            source: Whence::Default,
            variable: None,
            file: None,
            line: None,
        };
        match one.origin {
            Origin::Default => {}
            Origin::Flag => setting.source = Whence::Flag,
            Origin::Environment(name) => {
                setting.source = Whence::Environment;
                setting.variable = Some(name);
            }
            Origin::File(file, written) => {
                setting.source = match file.kind {
                    Kind::Named => Whence::NamedFile,
                    Kind::Project => Whence::ProjectFile,
                    Kind::User => Whence::UserFile,
                };
                setting.file = Some(written.place.file.clone());
                setting.line = Some(written.place.line);
            }
        }
        setting
    }

    fn whence(&self, shown: &Shown) -> String {
        let place = || {
            let file = shown.short(self.file.as_deref().unwrap_or_default());
            self.line.map_or(file.clone(), |line| format!("{file}:{line}"))
        };
        match self.source {
            Whence::Flag => "flag".to_owned(),
            Whence::Environment => format!("environment {}", self.variable.unwrap_or_default()),
            Whence::NamedFile => format!("named file {}", place()),
            Whence::ProjectFile => format!("project file {}", place()),
            Whence::UserFile => format!("user file {}", place()),
            Whence::Default => "default".to_owned(),
        }
    }

    fn value(&self) -> Cell {
        match (self.secret && self.source != Whence::Default, self.values.is_empty()) {
            (true, _) => Cell::new("(secret)", Tone::Dim),
            (false, true) => Cell::new("–", Tone::Dim),
            (false, false) => self.values.join(" ").into(),
        }
    }
}

impl Shown {
    /// A path as people write it.
    fn short(&self, path: &str) -> String {
        let below = self.home.as_ref().and_then(|home| path.strip_prefix(home.trim_end_matches('/')));
        match below {
            Some(below) if below.starts_with('/') => format!("~{below}"),
            _ => path.to_owned(),
        }
    }

    /// Without the names of people: of their own, and of their folders.
    fn without_names(mut self) -> Self {
        let bare = |path: &mut String| {
            let name = path.rsplit(['/', '\\']).next().unwrap_or_default();
            *path = name.to_owned();
        };
        self.files.iter_mut().for_each(|file| bare(&mut file.path));
        for setting in &mut self.settings {
            setting.file.iter_mut().for_each(bare);
            let is_set = setting.source != Whence::Default;
            let is_name = ["username", "realm", "secret_user"].contains(&setting.setting.as_str());
            for value in setting.values.iter_mut().filter(|_| is_set) {
                match is_name {
                    true => "NAME".clone_into(value),
                    false => bare(value),
                }
            }
        }
        self
    }
}

impl Report for Shown {
    const SCHEMA: &'static str = "config/1";

    fn document(&self) -> Document {
        let left = |names: &[&'static str]| names.iter().map(|name| (*name, Align::Left)).collect();
        let mut blocks = Vec::new();
        if !self.files.is_empty() {
            let row = |file: &Listed| {
                let state = match (file.state, file.settings) {
                    (State::Read, 1) => "1 setting".to_owned(),
                    (State::Read, count) => format!("{count} settings"),
                    (state, _) => state.words().to_owned(),
                };
                vec![file.kind.name().into(), self.short(&file.path).into(), state.into()]
            };
            let rows = self.files.iter().map(row).collect();
            blocks.push(Block::Table(Table { columns: left(&["file", "path", "state"]), rows }));
        } else {
            blocks.push(Block::Paragraph("No file of defaults is read.".into()));
        }
        let shown = |one: &&Setting| self.all || one.source != Whence::Default;
        let row = |one: &Setting| {
            let tone = if one.source == Whence::Default { Tone::Dim } else { Tone::Plain };
            let command = one.command.clone().unwrap_or_else(|| "all".to_owned());
            vec![command.into(), one.setting.clone().into(), one.value(), Cell::new(one.whence(self), tone)]
        };
        let rows: Vec<_> = self.settings.iter().filter(shown).map(row).collect();
        let hidden = self.settings.len() - rows.len();
        if !rows.is_empty() {
            let columns = left(&["command", "setting", "value", "from"]);
            blocks.push(Block::Table(Table { columns, rows }));
        }
        if hidden > 0 {
            let note = format!(
                "{hidden} settings are as they are built in: `rtcscope config show COMMAND` shows those of a command, -v all."
            );
            blocks.push(Block::Paragraph(Cell::new(note, Tone::Dim)));
        }
        Document { blocks }
    }

    fn rows(&self, whole: &Value) -> Option<Rows> {
        const COLUMNS: &[&str] =
            &["command", "setting", "flag", "values", "secret", "source", "variable", "file", "line"];
        Some(Rows { columns: COLUMNS, objects: whole["settings"].as_array().cloned().unwrap_or_default() })
    }

    fn exit(&self) -> Exit {
        Exit::Healthy
    }
}
