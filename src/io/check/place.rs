//! Where plans are, and files that last as long as a run.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use crate::io::input;

/// The file of this name here, or in the nearest folder above that has one; as it is best shown.
pub fn find_plan(name: &str) -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    let mut shown = PathBuf::new();
    for folder in here.ancestors() {
        if folder.join(name).is_file() {
            return Some(shown.join(name));
        }
        shown.push("..");
    }
    None
}

/// The folder that a file is in.
pub fn folder_of(path: &Path) -> PathBuf {
    path.parent().unwrap_or(Path::new("")).to_owned()
}

/// Whether a file can be read.
///
/// # Errors
/// Why not.
pub fn is_readable(path: &Path) -> io::Result<()> {
    let file = File::open(path)?;
    match file.metadata()?.is_dir() {
        true => Err(io::Error::from(io::ErrorKind::IsADirectory)),
        false => Ok(()),
    }
}

/// A folder for files of one run; gone with it.
#[derive(Debug)]
pub struct Scratch(PathBuf);

impl Scratch {
    /// A new one, which only this user can look into.
    ///
    /// # Errors
    /// There is no place for it.
    pub fn new() -> io::Result<Self> {
        let path = std::env::temp_dir().join(format!("rtcscope-{}", input::random_token()));
        #[cfg(unix)]
        {
            use std::os::unix::fs::DirBuilderExt as _;
            std::fs::DirBuilder::new().mode(0o700).create(&path)?;
        }
        #[cfg(not(unix))]
        std::fs::create_dir(&path)?;
        Ok(Self(path))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

/// Writes a file of a run's own.
///
/// # Errors
/// The disk is full.
pub fn write(path: &Path, text: &str) -> io::Result<()> {
    std::fs::write(path, text)
}

/// Whether something of this name is there.
pub fn is_there(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
