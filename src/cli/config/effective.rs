//! What counts: a flag, else the environment, else the project's file, else the user's, else what is built in.

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command};

use super::files::File;
use super::reader::{self, Written, is_group, key_of};
use crate::check::plan::PlanError;
use crate::io::input;

/// A flag of a command, and what it is set to.
#[derive(Debug)]
pub(super) struct Effective<'f> {
    pub(super) key: String,
    pub(super) id: String,
    /// As it is written on a command line; `None` for what stands there without one.
    pub(super) flag: Option<String>,
    pub(super) global: bool,
    pub(super) secret: bool,
    /// Of the command line, of the environment, or built in.
    values: Vec<String>,
    pub(super) origin: Origin<'f>,
}

/// Where a value comes from.
#[derive(Debug, Clone, Copy)]
pub(super) enum Origin<'f> {
    Flag,
    Environment(&'static str),
    File(&'f File, &'f Written),
    Default,
}

/// Variables that commands look at where no flag says otherwise; of several the first that is set.
pub(super) const VARIABLES: [(&str, &str); 8] = [
    ("username", "RTCSCOPE_USERNAME"),
    ("password", "RTCSCOPE_PASSWORD"),
    ("secret", "RTCSCOPE_SECRET"),
    ("access_token", "RTCSCOPE_ACCESS_TOKEN"),
    ("mac_key", "RTCSCOPE_MAC_KEY"),
    ("oauth_key", "RTCSCOPE_OAUTH_KEY"),
    ("color", "NO_COLOR"),
    ("color", "CLICOLOR_FORCE"),
];

/// How to prove who we are: ways that are not mixed.
const PROOFS: &[&str] = &[
    "password",
    "password_file",
    "secret",
    "secret_file",
    "key",
    "access_token",
    "access_token_file",
    "mac_key",
    "mac_key_file",
    "oauth_key",
    "oauth_key_file",
];
/// What a probe is of.
const SUBJECTS: &[&str] = &["targets", "ice_servers", "turnserver_conf", "embedded"];
/// What a call without a relay has no use for.
const OF_RELAYS: &[&str] = &["transport", "policy", "cafile", "servername", "insecure", "username", "clock"];

/// Of `keys`, those that a file sets give way to each of `to` that counts more, although no flag would refuse the other.
struct Yield {
    command: Option<&'static str>,
    keys: &'static [&'static str],
    to: &'static [&'static str],
}

const YIELDS: &[Yield] = &[
    Yield { command: None, keys: PROOFS, to: PROOFS },
    Yield { command: Some("probe"), keys: SUBJECTS, to: SUBJECTS },
    // It says itself who may log in.
    Yield { command: Some("probe"), keys: PROOFS, to: &["turnserver_conf"] },
    Yield { command: Some("probe"), keys: &["username"], to: &["turnserver_conf"] },
    // It says itself what counts.
    Yield { command: Some("analyze"), keys: &["limit", "max", "min", "side"], to: &["config"] },
];

impl Effective<'_> {
    /// What it is set to; none of what is secret, or has no value.
    pub(super) fn values(&self) -> &[String] {
        match self.origin {
            _ if self.secret => &[],
            Origin::File(_, written) => &written.values,
            Origin::Flag | Origin::Environment(_) | Origin::Default => &self.values,
        }
    }

    fn rank(&self) -> (u8, usize) {
        match self.origin {
            Origin::Flag => (u8::MAX, 0),
            Origin::Environment(_) => (u8::MAX - 1, 0),
            Origin::File(file, written) => (1 + file.kind as u8, written.table.len()),
            Origin::Default => (0, 0),
        }
    }

    /// Whether it is set at all: a flag that is off is not.
    fn is_on(&self) -> bool {
        match self.origin {
            Origin::Default => false,
            Origin::File(_, written) => written.secret.is_some() || written.values != ["false"],
            Origin::Flag | Origin::Environment(_) => true,
        }
    }

    fn is_of_file(&self) -> bool {
        matches!(self.origin, Origin::File(..))
    }
}

/// What counts for each flag of `command`, the last of `chain`, which begins with the program itself. `matches` are of
/// its command line, if there is one.
pub(super) fn resolve<'f>(
    chain: &[&Command],
    matches: Option<&ArgMatches>,
    files: &'f [File],
) -> Result<Vec<Effective<'f>>, PlanError> {
    let Some(command) = chain.last() else { return Ok(Vec::new()) };
    let words: Vec<&str> = chain[1..].iter().map(|command| command.get_name()).collect();
    let words: Vec<&str> = match words.as_slice() {
        ["sdp-explain"] => vec!["sdp", "explain"],
        words => words.to_vec(),
    };
    // The tables that hold for it, its own first.
    let mut tables = vec![words.as_slice()];
    let groups = (0..words.len()).rev();
    tables.extend(
        groups
            .filter(|at| *at == 0 || chain.get(*at).is_none_or(|group| is_group(group)))
            .map(|at| &words[..at]),
    );
    let mut all: Vec<Effective<'f>> = command
        .get_arguments()
        .filter_map(|arg| Some(of(arg, key_of(arg)?, &tables, matches, files)))
        .collect();
    overrule(command, words.first().copied().unwrap_or_default(), &mut all)?;
    Ok(all)
}

fn of<'f>(
    arg: &Arg,
    key: String,
    tables: &[&[&str]],
    matches: Option<&ArgMatches>,
    files: &'f [File],
) -> Effective<'f> {
    let id = arg.get_id().to_string();
    let is_given = matches.is_some_and(|given| {
        given.try_contains_id(&id).is_ok() && given.value_source(&id) == Some(ValueSource::CommandLine)
    });
    let variable = || {
        let of_key = VARIABLES.iter().filter(|(of, _)| *of == key);
        of_key.map(|(_, name)| *name).find(|name| input::variable(name).is_some())
    };
    let written = || {
        let all = files.iter().flat_map(|file| tables.iter().map(move |table| (file, table)));
        all.flat_map(|(file, table)| file.written.iter().map(move |written| (file, table, written)))
            .find(|(_, table, written)| written.key == key && written.table == **table)
            .map(|(file, _, written)| Origin::File(file, written))
    };
    let built_in = || {
        let own = arg.get_default_values().iter();
        own.map(|value| value.to_string_lossy().into_owned()).collect()
    };
    let (values, origin) = match (is_given, matches) {
        (true, Some(given)) => (given_values(given, &id), Origin::Flag),
        _ => match variable() {
            Some(name) if key == "color" => (built_in(), Origin::Environment(name)),
            Some(name) => (input::variable(name).into_iter().collect(), Origin::Environment(name)),
            None => (built_in(), written().unwrap_or(Origin::Default)),
        },
    };
    let flag = arg.get_long().map(|long| format!("--{long}"));
    Effective { id, flag, global: arg.is_global_set(), secret: reader::is_secret(arg), values, origin, key }
}

fn given_values(matches: &ArgMatches, id: &str) -> Vec<String> {
    if let Ok(Some(count)) = matches.try_get_one::<u8>(id) {
        return vec![count.to_string()];
    }
    if let Ok(Some(flag)) = matches.try_get_one::<bool>(id) {
        return vec![flag.to_string()];
    }
    let raw = matches.get_raw(id).into_iter().flatten();
    raw.map(|value| value.to_string_lossy().into_owned()).collect()
}

/// Takes back what files say and something that counts more speaks against.
fn overrule(command: &Command, first: &str, all: &mut [Effective<'_>]) -> Result<(), PlanError> {
    let conflicts: Vec<(String, String)> = command
        .get_arguments()
        .filter(|arg| !arg.is_global_set())
        .flat_map(|arg| {
            let with = command.get_arg_conflicts_with(arg).into_iter();
            with.map(|other| (arg.get_id().to_string(), other.get_id().to_string()))
        })
        .collect();
    let is_conflict = |a: &Effective<'_>, b: &Effective<'_>| {
        conflicts.iter().any(|(x, y)| (*x == a.id && *y == b.id) || (*x == b.id && *y == a.id))
    };
    let yields = |a: &Effective<'_>, b: &Effective<'_>| {
        YIELDS.iter().any(|rule| {
            rule.command.is_none_or(|of| of == first)
                && rule.keys.contains(&a.key.as_str())
                && rule.to.contains(&b.key.as_str())
        })
    };
    let mut dropped = Vec::new();
    for (at, one) in all.iter().enumerate().filter(|(_, one)| one.is_of_file() && one.is_on()) {
        for other in all.iter().filter(|other| other.id != one.id && other.is_on()) {
            // A variable is for whoever it is of use to.
            let conflict = is_conflict(one, other) && !matches!(other.origin, Origin::Environment(_));
            if (conflict || yields(one, other)) && other.rank() > one.rank() {
                dropped.push(at);
            }
            if let (true, true, Origin::File(_, written)) = (conflict, other.rank() == one.rank(), one.origin)
            {
                let message = format!("`{}` cannot be together with `{}`", one.key, other.key);
                return Err(PlanError::new(written.place.clone(), message));
            }
        }
    }
    let has = |all: &[Effective<'_>], key: &str| {
        all.iter().enumerate().any(|(at, one)| one.key == key && one.is_on() && !dropped.contains(&at))
    };
    if first == "call" && !has(all, "relay") && !has(all, "embedded") {
        let of_relays = |key: &str| OF_RELAYS.contains(&key) || PROOFS.contains(&key);
        dropped.extend(all.iter().enumerate().filter(|(_, one)| of_relays(&one.key)).map(|(at, _)| at));
    }
    for at in dropped {
        if all[at].is_of_file() {
            all[at].origin = Origin::Default;
        }
    }
    Ok(())
}
