//! A check of a plan as the command that does it: the flags, the files, and who we are.

use std::path::Path;
use std::time::Duration;

use clap::Parser as _;

use super::with_text;
use crate::check::plan::{Entry, Place, SecretSource, Setting, Takes};
use crate::check::{Attempt, Looked};
use crate::cli::error::OfKey;
use crate::cli::{Cli, Command, Context, UserError, analyze, call, duration, error, probe, sdp};
use crate::io::check as runner;
use crate::io::input;
use crate::report::{Format, Rendered, Report, Unread};
use crate::turn::credentials::Secret;

/// The command behind a check, with its arguments.
pub(super) enum Planned {
    Probe(Box<probe::Args>),
    Call(Box<call::Args>),
    Sdp(Box<sdp::lint::Args>),
    Capture(Box<analyze::Args>),
}

impl Planned {
    /// What the command line would make of it. Reads the secrets.
    pub(super) fn of(entry: &Entry) -> Result<Self, UserError> {
        let words = std::iter::once("rtcscope".to_owned()).chain(entry.arguments());
        let parsed = Cli::try_parse_from(words).map_err(|error| refused(entry, &error))?;
        let mut planned = match parsed.command {
            Command::Probe(args) => Self::Probe(args),
            Command::Call(args) => Self::Call(args),
            Command::Analyze(args) => Self::Capture(args),
            Command::Sdp(args) => {
                let lint = args.lint();
                Self::Sdp(Box::new(lint.ok_or_else(|| placed(entry, &anyhow::anyhow!("no check")))?))
            }
            _ => return Err(placed(entry, &anyhow::anyhow!("no check"))),
        };
        let credentials = match &mut planned {
            Self::Probe(args) => Some(args.credentials()),
            Self::Call(args) => Some(args.credentials()),
            Self::Sdp(_) | Self::Capture(_) => None,
        };
        if let Some(credentials) = credentials {
            credentials.leave_the_environment();
            for secret in &entry.secrets {
                let value =
                    read(&secret.source).map_err(|why| at(UserError::usage(why), Some(&secret.place)))?;
                credentials.set(secret.key.flag().trim_start_matches('-'), value);
            }
        }
        Ok(planned)
    }

    /// Whether it makes sense, as far as that is to be known before it is run.
    pub(super) fn review(&self, context: &Context) -> anyhow::Result<()> {
        match self {
            Self::Probe(args) => probe::review(args, context),
            Self::Call(args) => call::review(args),
            Self::Sdp(args) => sdp::lint::review(args),
            Self::Capture(args) => analyze::review(args, context),
        }
    }

    /// Runs it.
    pub(super) fn examine(&self, context: &mut Context, formats: &[Format]) -> anyhow::Result<Looked> {
        match self {
            Self::Probe(args) => looked(&probe::examine(args, context)?, formats),
            Self::Call(args) => looked(&call::examine(args, context)?.0, formats),
            Self::Sdp(args) => looked(&sdp::lint::examine(args, context)?, formats),
            Self::Capture(args) => looked(&analyze::examine(args, context)?, formats),
        }
    }
}

/// What a report says, for these formats.
pub(super) fn looked(report: &impl Report, formats: &[Format]) -> anyhow::Result<Looked> {
    let result = Rendered::for_formats(report, &with_text(formats))?;
    Ok(Looked { result, metrics: report.metrics() })
}

/// What came of it.
pub(super) fn attempt(looked: anyhow::Result<Looked>) -> Attempt {
    match looked {
        Ok(looked) => Attempt::Looked(Box::new(looked)),
        Err(why) => {
            let (message, hints) = error::sentence(&why);
            Attempt::NotLooked(Unread { hints, ..Unread::new("", message) })
        }
    }
}

/// How long before it is tried again.
pub(super) fn pause(entry: &Entry) -> Result<Option<Duration>, UserError> {
    let Some(setting) = &entry.retry_after else { return Ok(None) };
    let text = setting.values.first().map(String::as_str).unwrap_or_default();
    let wrong = |why| at(UserError::usage(format!("`retry_after`: {why}")), setting.place.as_ref());
    duration::from_arg(text).map(Some).map_err(wrong)
}

/// That every file that it names can be read.
pub(super) fn files(entry: &Entry) -> Result<(), UserError> {
    let is_file = |setting: &&Setting| matches!(setting.key.takes, Takes::Path | Takes::Paths);
    for setting in entry.settings.iter().filter(is_file) {
        for path in &setting.values {
            runner::is_readable(Path::new(path)).map_err(|why| {
                at(UserError::could_not_look(format!("read {path}: {why}")), setting.place.as_ref())
            })?;
        }
    }
    Ok(())
}

/// `error` where it belongs in the plan.
pub(super) fn at(error: UserError, place: Option<&Place>) -> UserError {
    match place {
        Some(place) => UserError::at(error, place, Vec::new()),
        None => error,
    }
}

/// `error` of the command behind a check.
pub(super) fn placed(entry: &Entry, error: &anyhow::Error) -> UserError {
    at(UserError::of(error), entry.place.as_ref())
}

/// The secret that is there.
pub(in crate::cli) fn read(source: &SecretSource) -> Result<Secret, String> {
    let secret = match source {
        SecretSource::Env(name) => {
            let value = input::variable(name).map(Secret::new);
            value.ok_or_else(|| format!("the variable {name} is not set, or empty"))?
        }
        SecretSource::File(path) => {
            probe::password_in(path).map_err(|why| format!("the secret is not to be had: {why:#}"))?
        }
    };
    match secret.expose().is_empty() {
        true => Err("the secret is empty".to_owned()),
        false => Ok(secret),
    }
}

/// What clap says of a flag, at the key that it was.
fn refused(entry: &Entry, error: &clap::Error) -> UserError {
    let OfKey { keys, message, hint } = error::of_key(error);
    let setting = keys.first().and_then(|key| entry.settings.iter().find(|setting| setting.key.name == key));
    let place = setting.and_then(|setting| setting.place.as_ref()).or(entry.place.as_ref());
    at(UserError::usage(message).hint(hint), place)
}
