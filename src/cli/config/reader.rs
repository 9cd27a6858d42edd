//! A file of defaults, held against the flags that there are: nothing else lists its keys.
//!
//! A key is a flag with `_` for `-`. It holds for the command whose table it stands in, and for all of them where the
//! table is of a group of commands, such as [sdp], or the key stands before all tables.

use std::any::TypeId;
use std::path::{Component, Path, PathBuf};

use clap::error::ErrorKind;
use clap::{Arg, ArgAction, Command};
use toml::de::{DeTable, DeValue};

use super::files::Kind;
use crate::check::plan::{Place, PlanError, Reader, SecretSource, Takes, Value, described};
use crate::cli::context::FormatAndPath;
use crate::cli::error::{self, OfKey};
use crate::cli::probe::SecretArg;

/// A key that a file sets.
#[derive(Debug, Clone)]
pub(super) struct Written {
    /// The words of its table; none before the first.
    pub(super) table: Vec<String>,
    /// As it is written.
    pub(super) key: String,
    /// As the command line would have it; none of a secret.
    pub(super) values: Vec<String>,
    /// Where the secret is.
    pub(super) secret: Option<SecretSource>,
    pub(super) place: Place,
}

/// What a file with a secret in it is called.
const WHAT: &str = "a file of defaults";
/// Flags that are no defaults.
const NO_DEFAULTS: [&str; 5] = ["help", "version", "defaults", "no-defaults", "init"];
/// What a plan says itself: a flag would go before it.
const OF_PLANS: [&str; 2] = ["jobs", "deadline"];
/// What a command looks at is no default either, except for servers.
const TARGETS: &str = "targets";
/// Commands without a table: another name of one that has it, and the one that is about these files.
const NO_TABLES: [&str; 2] = ["sdp-explain", "config"];
/// Flags that write files.
const WRITE: [&str; 5] = ["output", "report", "pcap", "pcap_plain", "trace"];
/// The same, where other commands read what is called so.
const WRITE_IN_CALL: &str = "keys";

/// Reads a file. `tree` is the whole command line, built.
pub(super) fn read(
    text: &str,
    file: &str,
    folder: &Path,
    kind: Kind,
    tree: &Command,
) -> Result<Vec<Written>, PlanError> {
    let reader = Tables { reader: Reader { what: WHAT, text, file, folder }, kind, tree };
    let mut written = Vec::new();
    reader.table(tree, &[], reader.reader.table()?.get_ref(), &mut written)?;
    written.sort_by_key(|written| (written.place.line, written.place.column));
    review(&written)?;
    Ok(written)
}

/// The key of a flag in a file; `None` for what is no default.
pub(super) fn key_of(arg: &Arg) -> Option<String> {
    match arg.get_long() {
        Some(long) => (!NO_DEFAULTS.contains(&long)).then(|| long.replace('-', "_")),
        None => (arg.get_id() == TARGETS).then(|| TARGETS.to_owned()),
    }
}

/// Whether it is no command by itself.
pub(super) fn is_group(command: &Command) -> bool {
    command.is_subcommand_required_set()
}

/// The commands below one that have tables.
pub(super) fn tables(command: &Command) -> impl Iterator<Item = &Command> {
    let has_table = |sub: &&Command| !sub.is_hide_set() && !NO_TABLES.contains(&sub.get_name());
    command.get_subcommands().filter(has_table)
}

/// Whether nobody may see its value.
pub(super) fn is_secret(arg: &Arg) -> bool {
    arg.get_value_parser().type_id() == TypeId::of::<SecretArg>()
}

/// The flag of a key of a command's table.
fn flag<'c>(command: &'c Command, is_top: bool, key: &str) -> Option<&'c Arg> {
    let own = command.get_arguments().find(|arg| key_of(arg).as_deref() == Some(key));
    let below = || tables(command).find_map(|sub| flag(sub, false, key));
    own.or_else(|| if is_group(command) && !is_top { below() } else { None })
}

struct Tables<'t> {
    reader: Reader<'t>,
    kind: Kind,
    tree: &'t Command,
}

impl Tables<'_> {
    fn table(
        &self,
        command: &Command,
        words: &[String],
        table: &DeTable<'_>,
        written: &mut Vec<Written>,
    ) -> Result<(), PlanError> {
        for (name, value) in table {
            let sub = tables(command).find(|sub| sub.get_name() == name.get_ref());
            if let (Some(sub), DeValue::Table(inner)) = (sub, value.get_ref()) {
                let words = [words, &[sub.get_name().to_owned()]].concat();
                self.table(sub, &words, inner, written)?;
                continue;
            }
            let Some(arg) = flag(command, words.is_empty(), name.get_ref()) else {
                return Err(match sub {
                    Some(sub) => {
                        let name_of = sub.get_name();
                        let what = described(value.get_ref());
                        let message = format!("`{name_of}` is a command, and this is {what}");
                        let hint = format!("write [{}] and its keys below", dotted(words, name_of));
                        self.reader.error(name.span(), message).hint(hint)
                    }
                    None => self.unknown(command, words, name.get_ref(), name.span()),
                });
            };
            let key = name.get_ref().as_ref();
            if words == ["check"] && OF_PLANS.contains(&key) {
                let error = self.reader.error(name.span(), format!("`{key}` belongs to a plan"));
                return Err(error.hint("write it into rtcscope.toml, before its first table"));
            }
            let mut one = Written {
                table: words.to_vec(),
                key: key.to_owned(),
                values: Vec::new(),
                secret: None,
                place: self.reader.place(&name.span()),
            };
            match is_secret(arg) {
                true => one.secret = Some(self.reader.secret(key, name.span(), value)?),
                false => one.values = self.values(arg, key, words, value)?,
            }
            written.push(one);
        }
        Ok(())
    }

    /// What a flag is set to.
    fn values(
        &self,
        arg: &Arg,
        key: &str,
        words: &[String],
        value: &Value<'_>,
    ) -> Result<Vec<String>, PlanError> {
        let of = arg.get_value_parser().type_id();
        let is_path = of == TypeId::of::<PathBuf>();
        let is_report = of == TypeId::of::<FormatAndPath>();
        let has_names = arg.get_value_names().is_some_and(|names| names.iter().any(|n| n.contains('=')));
        let is_list = matches!(arg.get_action(), ArgAction::Append)
            || arg.get_value_delimiter().is_some()
            || arg.get_num_args().is_some_and(|range| range.max_values() > 1);
        let takes = match arg.get_action() {
            ArgAction::SetTrue => Takes::Flag,
            _ if is_list && has_names && matches!(value.get_ref(), DeValue::Table(_)) => Takes::Limits,
            _ if is_list => Takes::Texts,
            _ => Takes::Text,
        };
        let values = match takes {
            Takes::Limits => self.reader.limits(key, value)?.into_iter().map(|(limit, _)| limit).collect(),
            // One that is off takes back what a file that counts less says.
            takes => self.reader.values(key, takes, value)?.unwrap_or_else(|| vec!["false".to_owned()]),
        };
        let writes = WRITE.contains(&key) || key == WRITE_IN_CALL && words == ["call"];
        let path = |path: &str| match path {
            "-" => Ok("-".to_owned()),
            path if writes && self.kind == Kind::Project && leaves(path) => {
                let message = format!("`{key}` of a project's file writes below its folder alone");
                let error = self.reader.error(value.span(), message);
                Err(error.hint("whoever made it may not be you: write this in your own file"))
            }
            path => Ok(self.reader.folder.join(path).to_string_lossy().into_owned()),
        };
        let located = |value: String| match (is_path, value.split_once('=')) {
            (true, _) => path(&value),
            (false, Some((format, place))) if is_report => Ok(format!("{format}={}", path(place)?)),
            _ => Ok(value),
        };
        values.into_iter().map(located).collect()
    }

    fn unknown(
        &self,
        command: &Command,
        words: &[String],
        name: &str,
        span: std::ops::Range<usize>,
    ) -> PlanError {
        let place = match words.is_empty() {
            true => "a file of defaults".to_owned(),
            false => format!("[{}]", words.join(".")),
        };
        let alias = tables(command).find(|sub| sub.get_visible_aliases().any(|alias| alias == name));
        let error = || self.reader.error(span.clone(), format!("unknown key `{name}` in {place}"));
        if let Some(sub) = alias {
            return error().hint(format!("write [{}]", dotted(words, sub.get_name())));
        }
        let mut elsewhere = Vec::new();
        collect(self.tree, &[], name, &mut elsewhere);
        if !elsewhere.is_empty() {
            return error().hint(format!("`{name}` is a key of {}", elsewhere.join(", ")));
        }
        let own = command.get_arguments().filter_map(key_of);
        let below = tables(command).map(|sub| sub.get_name().to_owned());
        let known: Vec<String> = own.chain(below).collect();
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        self.reader.unknown(name, span, &place, &known)
    }
}

/// The tables that have a key.
fn collect(command: &Command, words: &[String], key: &str, found: &mut Vec<String>) {
    for sub in tables(command) {
        let words = [words, &[sub.get_name().to_owned()]].concat();
        if sub.get_arguments().any(|arg| key_of(arg).as_deref() == Some(key)) {
            found.push(format!("[{}]", words.join(".")));
        }
        collect(sub, &words, key, found);
    }
}

fn dotted(words: &[String], last: &str) -> String {
    words.iter().map(String::as_str).chain([last]).collect::<Vec<_>>().join(".")
}

/// Whether a path leads out of the folder that it starts at.
fn leaves(path: &str) -> bool {
    Path::new(path).components().any(|part| !matches!(part, Component::Normal(_) | Component::CurDir))
}

/// That each value is one that its flag takes, in every command that it holds for.
fn review(written: &[Written]) -> Result<(), PlanError> {
    let tree = crate::cli::command();
    let mut tables: Vec<&[String]> = written.iter().map(|written| written.table.as_slice()).collect();
    tables.dedup();
    for words in tables {
        let own: Vec<&Written> =
            written.iter().filter(|one| one.table == words && one.secret.is_none()).collect();
        let mut command = Some(&tree);
        for word in words {
            command = command.and_then(|command| command.find_subcommand(word));
        }
        if let Some(command) = command {
            review_in(&tree, command, words.is_empty(), &own)?;
        }
    }
    Ok(())
}

fn review_in(tree: &Command, command: &Command, is_top: bool, written: &[&Written]) -> Result<(), PlanError> {
    let globals = tree.clone().subcommand_required(false).arg_required_else_help(false);
    for trial in [command.clone().subcommand_required(false).arg_required_else_help(false), globals] {
        let mut trial = trial;
        for one in written {
            let id = trial.get_arguments().find(|arg| key_of(arg).as_deref() == Some(&one.key));
            if let Some(id) = id.map(|arg| arg.get_id().to_string()) {
                let values = one.values.clone();
                trial = trial.mut_arg(id, |arg| arg.default_values(values));
            }
        }
        let Err(refused) = trial.try_get_matches_from(["rtcscope"]) else { continue };
        if refused.kind() == ErrorKind::MissingRequiredArgument {
            continue;
        }
        let OfKey { keys, message, hint } = error::of_key(&refused);
        let at = written.iter().find(|one| keys.first() == Some(&one.key)).or(written.first());
        if let Some(one) = at {
            return Err(PlanError::new(one.place.clone(), message).hint(hint));
        }
    }
    if is_group(command) && !is_top {
        for sub in tables(command) {
            review_in(tree, sub, false, written)?;
        }
    }
    Ok(())
}
