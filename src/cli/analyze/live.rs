//! `--live`

use std::path::PathBuf;

use super::view::View;
use crate::analyze::Settings;
use crate::cli::Context;
use crate::finding::Exit;

pub(super) fn run(_: &[PathBuf], _: Settings, view: &View, _: Context) -> anyhow::Result<Exit> {
    anyhow::bail!("{:?}", view.interval())
}
