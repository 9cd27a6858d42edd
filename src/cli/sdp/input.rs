//! Where descriptions come from: files and standard input, and whatever they stand in.

use std::path::Path;

use crate::cli::UserError;
use crate::io::input;
use crate::report::Unread;
use crate::sdp::source::{self, Document, Kind, Sources};

/// More is a recording, not a description.
const MOST: u64 = 64 << 20;

/// One argument, and what was found in it.
pub(super) struct Input {
    /// What the user calls it.
    pub(super) name: String,
    /// What is in it.
    pub(super) sources: Sources,
}

impl Input {
    /// What a description in it is, where it does not say so itself: what the user says, or else the name of the file.
    pub(super) fn kind(&self, document: &Document, said: Option<Kind>) -> Option<Kind> {
        if document.kind != Kind::Unknown {
            return None;
        }
        said.or_else(|| Kind::from_hint(Path::new(&self.name).file_name()?.to_str()?))
    }
}

impl Input {
    /// Whether a description of it belongs to the peer connection `id`; any does if none is asked for.
    pub(super) fn is_of(&self, document: &Document, id: Option<&str>) -> bool {
        let connections = self.sources.dump.as_ref().map(|dump| &dump.connections);
        let own = document.in_dump.and_then(|place| connections?.get(place.connection));
        id.is_none_or(|id| own.is_some_and(|own| own.id == id))
    }
}

/// There is no description of that number among so many.
pub(super) fn no_description(at: usize, count: usize) -> UserError {
    UserError::usage(format!("there is no description {at}")).hint(format!("the input has {count}"))
}

/// Reads each of `paths`.
pub(super) fn read(paths: &[String]) -> anyhow::Result<Vec<Input>> {
    paths.iter().map(|path| one(path)).collect()
}

/// As [`read`], for commands that go on where one of several cannot be read: of that, what to say.
pub(super) fn read_each(paths: &[String]) -> anyhow::Result<Vec<Result<Input, Unread>>> {
    match paths {
        [path] => Ok(vec![Ok(one(path)?)]),
        all => {
            let unread = |path: &String, error: anyhow::Error| Unread::new(path, format!("{error:#}"));
            Ok(all.iter().map(|path| one(path).map_err(|error| unread(path, error))).collect())
        }
    }
}

/// Reads `path`, and keeps what was read.
pub(super) fn whole(path: &str) -> anyhow::Result<(Input, Vec<u8>)> {
    let bytes = input::read_bytes_or_stdin(Path::new(path), MOST).map_err(|error| {
        UserError::could_not_look(format!("{error:#}"))
            .hint("`rtcscope sdp` takes files with SDP in them, or `-` for standard input")
    })?;
    let name = if path == "-" { "standard input".to_owned() } else { path.to_owned() };
    Ok((Input { name, sources: source::find(&bytes) }, bytes))
}

fn one(path: &str) -> anyhow::Result<Input> {
    Ok(whole(path)?.0)
}
