//! The one place where an error becomes words and an exit code.

use std::fmt;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::check::PlanError;
use crate::check::plan::Place;
use crate::finding::Exit;
use crate::io::output::OutputError;
use crate::metric::ThresholdError;
use crate::report::printable;
use crate::spelling;

/// An error that knows what the user can do about it.
///
/// Anything else that ends a command is told without a hint, and as "could not look" (3).
#[derive(Debug)]
pub struct UserError {
    exit: Exit,
    message: String,
    /// Lines of what was read, with the place marked.
    excerpt: Vec<String>,
    hints: Vec<String>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl UserError {
    /// The command line or the plan is wrong (2).
    pub fn usage(message: impl fmt::Display) -> Self {
        Self {
            exit: Exit::Usage,
            message: message.to_string(),
            excerpt: Vec::new(),
            hints: Vec::new(),
            source: None,
        }
    }

    /// We could not look (3): a file is unreadable, the input makes no sense.
    pub fn could_not_look(message: impl fmt::Display) -> Self {
        Self { exit: Exit::CouldNotTell, ..Self::usage(message) }
    }

    /// Adds what to do about it. An empty hint is none.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        let hint = hint.into();
        if !hint.is_empty() {
            self.hints.push(hint);
        }
        self
    }

    /// `error` at a place in a plan.
    pub fn at(error: Self, place: &Place, hints: Vec<String>) -> Self {
        hints.into_iter().fold(error.excerpt(place.excerpt()), Self::hint)
    }

    /// What `error` says, with the exit code that it has.
    pub fn of(error: &anyhow::Error) -> Self {
        let (message, hints) = sentence(error);
        hints.into_iter().fold(Self { exit: explain(error).0, ..Self::usage(message) }, Self::hint)
    }

    /// Adds the lines that it is about, as they are shown between the message and what to do.
    #[must_use]
    pub fn excerpt(self, lines: Vec<String>) -> Self {
        Self { excerpt: lines, ..self }
    }

    /// Adds what caused it, to be told after the message.
    #[must_use]
    pub fn caused_by(mut self, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.source = Some(Box::new(source));
        self
    }
}

impl From<PlanError> for UserError {
    fn from(error: PlanError) -> Self {
        Self::at(Self::usage(&error), &error.place, error.hints)
    }
}

impl From<ThresholdError> for UserError {
    fn from(error: ThresholdError) -> Self {
        Self::usage(&error).hint(error.hint())
    }
}

impl fmt::Display for UserError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for UserError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|source| source.as_ref() as _)
    }
}

/// What `error` says, and what to do about it.
pub(super) fn sentence(error: &anyhow::Error) -> (String, Vec<String>) {
    let user: Option<&UserError> = error.chain().find_map(|cause| cause.downcast_ref());
    let sentence = error.chain().map(ToString::to_string).collect::<Vec<_>>().join(": ");
    (sentence, user.map(|user| user.hints.clone()).unwrap_or_default())
}

/// The exit code for `error`, and what to write to standard error; nothing if there is nothing to say.
pub(super) fn explain(error: &anyhow::Error) -> (Exit, String) {
    let causes = || error.chain();
    if causes().any(|cause| matches!(cause.downcast_ref(), Some(OutputError::ClosedPipe))) {
        return (Exit::Healthy, String::new());
    }
    let user: Option<&UserError> = causes().find_map(|cause| cause.downcast_ref());
    let (sentence, hints) = sentence(error);
    let mut message = format!("error: {}\n", printable(&sentence));
    for line in user.iter().flat_map(|user| &user.excerpt) {
        message.push_str(&format!("{}\n", printable(line)));
    }
    for hint in &hints {
        message.push_str(&format!("hint: {}\n", printable(hint)));
    }
    (user.map_or(Exit::CouldNotTell, |user| user.exit), message)
}

/// What clap says of flags that are keys of a file.
pub(super) struct OfKey {
    /// Which keys these are.
    pub(super) keys: Vec<String>,
    pub(super) message: String,
    /// What to do about it, or nothing.
    pub(super) hint: String,
}

/// Reads what clap says of flags that are keys of a file.
pub(super) fn of_key(error: &clap::Error) -> OfKey {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => vec![text.clone()],
        Some(ContextValue::Strings(texts)) => texts.clone(),
        _ => Vec::new(),
    };
    // `--timeout <TIME>`.
    let key = |flag: &String| {
        flag.split([' ', '=', '[']).next().unwrap_or_default().trim_start_matches('-').replace('-', "_")
    };
    let keys: Vec<String> = text(ContextKind::InvalidArg).iter().map(key).collect();
    let named = keys.first().cloned().unwrap_or_default();
    let value = text(ContextKind::InvalidValue).concat();
    let valid = text(ContextKind::ValidValue);
    let near = spelling::nearest(&value, valid.iter().map(String::as_str));
    let hint = spelling::question(&near).unwrap_or_default();
    let ticked = |keys: &[String]| keys.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ");
    let message = match error.kind() {
        ErrorKind::ValueValidation => {
            let why = std::error::Error::source(error).map(|why| format!(": {why}")).unwrap_or_default();
            format!("`{value}` cannot be `{named}`{why}")
        }
        ErrorKind::InvalidValue if !valid.is_empty() => {
            format!("`{value}` cannot be `{named}`: there are {}", valid.join(", "))
        }
        ErrorKind::ArgumentConflict => {
            let others: Vec<String> = text(ContextKind::PriorArg).iter().map(key).collect();
            format!("`{named}` cannot be together with {}", ticked(&others))
        }
        ErrorKind::MissingRequiredArgument => format!("{} must be set as well", ticked(&keys)),
        _ => {
            let text = error.to_string();
            let line = text.lines().next().unwrap_or_default();
            line.trim_start_matches("error: ").to_owned()
        }
    };
    OfKey { keys, message, hint }
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::Context;

    fn check(error: impl Into<anyhow::Error>, exit: Exit, text: &str) {
        assert_eq!(explain(&error.into()), (exit, text.to_owned()));
    }

    #[test]
    fn a_user_error_says_what_to_do() {
        let error = UserError::usage("unknown scheme `stun+tls`").hint("write `stuns:`").hint("");
        check(error, Exit::Usage, "error: unknown scheme `stun+tls`\nhint: write `stuns:`\n");
    }

    #[test]
    fn the_causes_follow_the_message() {
        let cause = std::io::Error::new(std::io::ErrorKind::NotFound, "no such file");
        let error = UserError::could_not_look("read servers.json").hint("check the path").caused_by(cause);
        let text = "error: read servers.json: no such file\nhint: check the path\n";
        check(error, Exit::CouldNotTell, text);
    }

    #[test]
    fn a_hint_survives_more_context() {
        let error =
            Err::<(), _>(UserError::usage("no such flag").hint("see --help")).context("plan the probe");
        check(error.unwrap_err(), Exit::Usage, "error: plan the probe: no such flag\nhint: see --help\n");
    }

    #[test]
    fn any_other_error_means_that_we_could_not_look() {
        check(anyhow::anyhow!("it broke"), Exit::CouldNotTell, "error: it broke\n");
    }

    #[test]
    fn a_closed_pipe_is_silence_and_no_failure() {
        check(OutputError::ClosedPipe, Exit::Healthy, "");
        let error = Err::<(), _>(OutputError::ClosedPipe).context("print the result").unwrap_err();
        check(error, Exit::Healthy, "");
    }

    #[test]
    fn an_error_cannot_send_escape_sequences_to_the_terminal() {
        check(anyhow::anyhow!("bad \x1b[2J"), Exit::CouldNotTell, "error: bad \\u{1b}[2J\n");
    }
}
