//! A command that could not look says so in the format that was asked for too: programs do not read standard error.

use serde::Serialize;

use super::{Context, Global, error};
use crate::finding::{Exit, Finding};
use crate::io::output;
use crate::report::{Document, Part, Report, Unread, nagios};

/// Why there is no result.
#[derive(Serialize, schemars::JsonSchema)]
pub(super) struct Failure {
    errors: Vec<Unread>,
}

/// Writes it where the result would go, unless that is a file: a file that was to be replaced stays as it was.
pub(super) fn tell(why: &anyhow::Error, global: Global) {
    let is_for_programs = global.format.takes != Part::Document;
    if global.output.is_some() || !is_for_programs || !global.reports.is_empty() {
        return;
    }
    let (message, hints) = error::sentence(why);
    let failure = Failure { errors: vec![Unread { hints, ..Unread::new("", message) }] };
    // What cannot be written is told on standard error all the same.
    let _ = Context::open(global).and_then(|context| context.emit(&failure));
}

/// Says it to Nagios, and gives the code to exit with.
pub(super) fn tell_nagios(exit: Exit, sentence: &str) -> u8 {
    let state = nagios::State::of_exit(exit);
    // A reader who has gone misses nothing but this.
    let _ = output::write_stdout(format!("{}\n", nagios::line(state, sentence)).as_bytes());
    state.code()
}

impl Report for Failure {
    const SCHEMA: &'static str = "error/1";

    fn document(&self) -> Document {
        Document::default()
    }

    fn findings(&self) -> Option<&[Finding]> {
        Some(&[])
    }

    fn unread(&self) -> Vec<Unread> {
        self.errors.clone()
    }

    fn exit(&self) -> Exit {
        Exit::CouldNotTell
    }
}
