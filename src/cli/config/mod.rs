//! Defaults for flags, from files: a flag goes before the environment, that before the project's file, that before the
//! user's, and that before what is built in. `rtcscope config` says where each value came from.

mod effective;
mod files;
mod reader;
mod show;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::{ArgMatches, Command};

use self::effective::{Effective, Origin};
use self::files::File;
pub(super) use self::show::Shown;
use super::{Context, UserError, check};
use crate::check::plan::PlanError;
use crate::finding::Exit;
use crate::io::defaults;

/// Show which defaults count, and which file each comes from
///
/// What every run would say again can stand in a file: the flags of a command are keys of its table, with _ for -. The
/// project's file is .rtcscope.toml here or in the nearest folder above, the user's is ~/.config/rtcscope/config.toml. A flag
/// goes before the environment, that before the project's file, and that before the user's.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Args {
    #[command(subcommand)]
    command: What,
}

const EXAMPLES: &str = r#"Examples:
  rtcscope config show
      what files and environment set, and where
  rtcscope config show probe
      every setting of a command, with what is built in
  $EDITOR "$(rtcscope config path)"
      change your own file

A file:
  format = "text"                           # before all tables: what every command has
  [probe]
  targets = ["turn:turn.example.org", "turns:turn.example.org"]
  username = "alice"
  password = { file = "turn-password.txt" } # or { env = "NAME" }: never the password itself
  timeout = "2s"
  max = { rtt.p99 = "80ms", loss = "1%" }
  [sdp]
  ignore = ["line-order"]                   # for each command of the group that has it

Environment:
  RTCSCOPE_DEFAULTS
      a file that is read in place of both, as --defaults has it"#;

#[derive(Debug, clap::Subcommand)]
enum What {
    Show(show::Args),
    Path(PathArgs),
}

/// Print where your own file of defaults is, or would be
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Example:
  rtcscope config path")]
struct PathArgs {}

/// Which files are read.
#[derive(Debug, Clone, Default, clap::Args)]
#[group(skip)]
#[command(next_help_heading = "Defaults")]
pub(super) struct Flags {
    /// Read defaults of flags from this file (TOML), and not from those of project and user [env: RTCSCOPE_DEFAULTS]
    #[arg(long, global = true, value_name = "FILE", hide_short_help = true)]
    defaults: Option<PathBuf>,
    /// Read defaults from no file
    #[arg(long, global = true, conflicts_with = "defaults", hide_short_help = true)]
    no_defaults: bool,
}

/// A command line, and the files that go with it.
#[derive(Debug)]
pub(super) struct Given {
    /// As it was typed.
    matches: ArgMatches,
    files: Vec<File>,
}

/// A command line with what files add to it.
pub(super) struct Completed {
    pub(super) matches: ArgMatches,
    /// Which files, and which of the command's own flags they set.
    pub(super) sources: Vec<Source>,
}

/// A file that sets something.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) path: String,
    /// Keys of the command's own.
    pub(super) keys: Vec<String>,
}

impl Source {
    /// What to look at when the command line does not make sense.
    pub(super) fn hint(&self) -> Option<String> {
        let keys: Vec<String> = self.keys.iter().map(|key| format!("`{key}`")).collect();
        let keys = keys.join(", ");
        (!keys.is_empty()).then(|| format!("{} sets {keys}; `--no-defaults` leaves that out", self.path))
    }
}

/// Commands that take no defaults: shells ask for completions when they start, whatever is wrong with a file.
const WITHOUT: [&[&str]; 4] = [&["completions"], &["man"], &["schema"], &["config", "path"]];

impl Given {
    /// Reads the files.
    pub(super) fn read(matches: ArgMatches, flags: &Flags) -> anyhow::Result<Self> {
        let words = words(&matches);
        let files = match WITHOUT.iter().any(|without| words == **without) {
            true => Vec::new(),
            false => files::read(flags)?,
        };
        Ok(Self { matches, files })
    }

    /// The command line `args`, with what the files add to it.
    pub(super) fn completed(&self, args: &[OsString]) -> anyhow::Result<Completed> {
        if self.files.iter().all(|file| file.written.is_empty()) {
            return Ok(Completed { matches: self.matches.clone(), sources: Vec::new() });
        }
        let tree = built();
        let words = words(&self.matches);
        let all = effective::resolve(&chain(&tree, &words), Some(leaf(&self.matches)), &self.files)
            .map_err(UserError::from)?;
        let mut sources: Vec<Source> = Vec::new();
        let (mut global, mut own) = (Vec::new(), Vec::new());
        for one in &all {
            let Origin::File(file, _) = one.origin else { continue };
            let path = file.path.display().to_string();
            let at = sources.iter().position(|source| source.path == path).unwrap_or_else(|| {
                sources.push(Source { path, keys: Vec::new() });
                sources.len() - 1
            });
            let add = (one.id.clone(), values(one)?);
            match one.global {
                true => global.push(add),
                false => {
                    sources[at].keys.push(one.key.clone());
                    own.push(add);
                }
            }
        }
        let command = with_defaults(with_defaults(super::command(), &[], &global), &words, &own);
        let matches =
            command.try_get_matches_from(args).map_err(|error| UserError::usage(error.to_string()))?;
        Ok(Completed { matches, sources })
    }
}

/// As the command line would have them; a secret is read.
fn values(one: &Effective<'_>) -> Result<Vec<String>, UserError> {
    let Origin::File(_, written) = one.origin else { return Ok(Vec::new()) };
    let Some(source) = &written.secret else { return Ok(written.values.clone()) };
    let at = |why| UserError::at(UserError::usage(why), &written.place, Vec::new());
    Ok(vec![check::secret_in(source).map_err(at)?.expose().to_owned()])
}

/// What is given to the command that `config show` is asked about: what it says of the result holds for that of
/// `config show`, too.
pub(super) fn line(matches: &ArgMatches) -> Option<ArgMatches> {
    let (_, shown) =
        matches.subcommand_matches("config")?.subcommand().filter(|(name, _)| *name == "show")?;
    let words: Vec<String> = shown.get_many("line")?.cloned().collect();
    show::read(&words).ok().map(|matches| leaf(&matches).clone())
}

/// How many flags a file of defaults sets, `file` by name; `tree` is the whole command line, built.
///
/// # Errors
/// The first thing that is wrong with it.
pub fn read_defaults(text: &str, file: &str, tree: &Command) -> Result<usize, PlanError> {
    reader::read(text, file, Path::new(""), files::Kind::Named, tree).map(|written| written.len())
}

/// The whole command line, each command with the flags that all have.
fn built() -> Command {
    let mut tree = super::command();
    tree.build();
    tree
}

/// The command that was chosen, without aliases.
fn words(matches: &ArgMatches) -> Vec<String> {
    let (mut words, mut matches) = (Vec::new(), matches);
    while let Some((name, inner)) = matches.subcommand() {
        words.push(name.to_owned());
        matches = inner;
    }
    words
}

/// What was given to it.
fn leaf(matches: &ArgMatches) -> &ArgMatches {
    matches.subcommand().map_or(matches, |(_, inner)| leaf(inner))
}

/// The commands on the way to one, the program first.
fn chain<'c>(tree: &'c Command, words: &[String]) -> Vec<&'c Command> {
    let mut chain = vec![tree];
    for word in words {
        chain.extend(chain.last().and_then(|command| command.find_subcommand(word)));
    }
    chain
}

fn with_defaults(command: Command, words: &[String], values: &[(String, Vec<String>)]) -> Command {
    match words.split_first() {
        Some((first, rest)) => command.mut_subcommand(first, |sub| with_defaults(sub, rest, values)),
        None => values.iter().fold(command, |command, (id, values)| {
            command.mut_arg(id, |arg| arg.default_values(values.clone()))
        }),
    }
}

pub(super) fn run(args: Args, context: Context, given: &Given) -> anyhow::Result<Exit> {
    match args.command {
        What::Show(args) => show::run(args, context, given),
        What::Path(PathArgs {}) => {
            let path = defaults::user_file().ok_or_else(|| {
                UserError::could_not_look("the system names no folder for files of this kind")
                    .hint("set XDG_CONFIG_HOME or HOME")
            })?;
            context.emit_raw(format!("{}\n", path.display()).as_bytes())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::effective::VARIABLES;
    use super::*;

    fn all(command: &Command, see: &mut dyn FnMut(&Command)) {
        see(command);
        command.get_subcommands().for_each(|sub| all(sub, see));
    }

    #[test]
    fn the_variables_are_those_that_the_help_names() {
        let mut named = std::collections::BTreeSet::new();
        all(&built(), &mut |command| {
            for arg in command.get_arguments() {
                let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
                let name = help.split("[env: ").nth(1).and_then(|rest| rest.split(']').next());
                if let (Some(name), Some(key)) = (name, reader::key_of(arg)) {
                    named.insert((key, name.to_owned()));
                }
            }
        });
        for (key, name) in &named {
            assert!(VARIABLES.contains(&(key, name)), "{name} is not known");
        }
        for (key, name) in VARIABLES.iter().filter(|(_, name)| name.starts_with("RTCSCOPE_")) {
            assert!(named.contains(&((*key).to_owned(), (*name).to_owned())), "no help names {name}");
        }
    }

    #[test]
    fn no_flag_of_a_secret_takes_plain_text_from_a_file() {
        all(&built(), &mut |command| {
            for arg in command.get_arguments() {
                let Some(key) = reader::key_of(arg) else { continue };
                let sounds = ["password", "secret", "key", "token"].iter().any(|word| key.ends_with(word));
                assert!(!sounds || reader::is_secret(arg), "{} --{key}", command.get_name());
            }
        });
    }
}
