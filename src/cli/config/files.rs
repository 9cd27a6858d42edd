//! Which files of defaults there are.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::Flags;
use super::reader::{self, Written};
use crate::cli::UserError;
use crate::io::defaults::{self, Nearest};
use crate::io::{check, input};

/// A file of defaults is no longer.
const LONGEST: u64 = 1 << 20;
/// Names a file in place of `--defaults`.
pub(super) const VARIABLE: &str = "RTCSCOPE_DEFAULTS";

/// Whose file it is. What comes later counts more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    /// The user's own.
    User,
    /// Of the folder that we are in, or one above.
    Project,
    /// The one that `--defaults` or `RTCSCOPE_DEFAULTS` names.
    Named,
}

impl Kind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Kind::User => "user",
            Kind::Project => "project",
            Kind::Named => "named",
        }
    }
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum State {
    /// Its values are among those that count.
    Read,
    /// There is none.
    Absent,
    /// Another user put it into a folder that everybody may write to.
    PassedOver,
}

impl State {
    pub(super) fn words(self) -> &'static str {
        match self {
            State::Read => "read",
            State::Absent => "not there",
            State::PassedOver => "passed over: another user put it where everybody may write",
        }
    }
}

/// A file of defaults.
#[derive(Debug)]
pub(super) struct File {
    pub(super) kind: Kind,
    pub(super) path: PathBuf,
    pub(super) state: State,
    pub(super) written: Vec<Written>,
}

/// Those that there are or could be, the one that counts most first.
pub(super) fn read(flags: &Flags) -> anyhow::Result<Vec<File>> {
    if flags.no_defaults {
        return Ok(Vec::new());
    }
    let named = flags.defaults.clone().or_else(|| input::variable(VARIABLE).map(PathBuf::from));
    if let Some(path) = named {
        return Ok(vec![file(Kind::Named, path)?]);
    }
    let mut files = Vec::new();
    match defaults::project_file() {
        Some(Nearest::Found(path)) => files.push(file(Kind::Project, path)?),
        Some(Nearest::Strange(path)) => {
            files.push(File { kind: Kind::Project, path, state: State::PassedOver, written: Vec::new() });
        }
        None => files.push(absent(Kind::Project, Path::new(defaults::PROJECT))),
    }
    match defaults::user_file() {
        Some(path) if defaults::is_there(&path) => files.push(file(Kind::User, path)?),
        Some(path) => files.push(absent(Kind::User, &path)),
        None => {}
    }
    Ok(files)
}

fn absent(kind: Kind, path: &Path) -> File {
    File { kind, path: path.to_owned(), state: State::Absent, written: Vec::new() }
}

fn file(kind: Kind, path: PathBuf) -> anyhow::Result<File> {
    let name = path.display().to_string();
    check::is_readable(&path)
        .map_err(|why| UserError::could_not_look(format!("read {name}: {why}")).hint(instead(kind)))?;
    let text = input::read_text(&path, LONGEST)?;
    let written = reader::read(&text, &name, &check::folder_of(&path), kind, &super::built());
    let written = written.map_err(UserError::from)?;
    Ok(File { kind, path, state: State::Read, written })
}

fn instead(kind: Kind) -> &'static str {
    match kind {
        Kind::Named => "",
        Kind::User | Kind::Project => "`--no-defaults` goes on without it",
    }
}
