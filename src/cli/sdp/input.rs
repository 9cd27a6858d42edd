//! Where descriptions come from: files and standard input.

use std::path::Path;

use crate::cli::UserError;
use crate::io::input;
use crate::sdp::explain::Given;

/// More is a recording, not a description.
const MOST: u64 = 64 << 20;

/// What each of `paths` holds.
pub(super) fn read(paths: &[String]) -> anyhow::Result<Vec<Given>> {
    paths.iter().map(|path| one(path)).collect()
}

fn one(path: &str) -> anyhow::Result<Given> {
    let bytes = input::read_bytes_or_stdin(Path::new(path), MOST).map_err(|error| {
        UserError::could_not_look(format!("{error:#}"))
            .hint("`rtcscope sdp` takes files with SDP in them, or `-` for standard input")
    })?;
    let source = if path == "-" { "standard input".to_owned() } else { path.to_owned() };
    Ok(Given { source, kind: None, bytes })
}
