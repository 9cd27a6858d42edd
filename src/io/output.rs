//! Where results go: standard output, or files that appear whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use anstream::{AutoStream, ColorChoice};

use super::input;
use crate::report::Screen;

/// Why a result could not be written.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// The reader of standard output has gone. That is its right: no error to speak of.
    #[error("standard output is closed")]
    ClosedPipe,
    /// Standard output takes no more, e.g. a full disk behind a redirection.
    #[error("write to standard output")]
    Stdout(#[source] io::Error),
    /// A file cannot be made or written.
    #[error("write {}", path.display())]
    File {
        /// The file that was asked for.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
}

/// `--color`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Colour {
    /// On a terminal, unless NO_COLOR is set
    #[default]
    Auto,
    /// In pipes and files too
    Always,
    /// Nowhere
    Never,
}

/// The width and colour of standard output.
pub fn stdout_screen(colour: Colour) -> Screen {
    let stdout = io::stdout();
    let colour = match colour {
        Colour::Always => true,
        Colour::Never => false,
        Colour::Auto => !matches!(AutoStream::choice(&stdout), ColorChoice::Never),
    };
    let columns = || input::variable("COLUMNS").and_then(|columns| columns.parse().ok());
    let width = terminal_width(&stdout)
        .or_else(|| columns().filter(|columns| (20..=1000).contains(columns)))
        // What goes through a pager ends on the terminal that errors go to; what is wider than a file is for a file.
        .or_else(|| terminal_width(&io::stderr()).map(|width| width.min(Screen::FILE.width)))
        .unwrap_or(Screen::FILE.width);
    Screen { width, colour }
}

#[cfg(unix)]
use std::os::fd::AsFd as Stream;
#[cfg(windows)]
use std::os::windows::io::AsHandle as Stream;

fn terminal_width(stream: &impl Stream) -> Option<usize> {
    let (terminal_size::Width(width), _) = terminal_size::terminal_size_of(stream)?;
    Some(usize::from(width)).filter(|width| *width > 0)
}

/// Whether somebody watches standard error.
pub fn stderr_is_terminal() -> bool {
    io::stderr().is_terminal()
}

/// Writes `bytes` to standard output.
pub fn write_stdout(bytes: &[u8]) -> Result<(), OutputError> {
    // The stream translates escape sequences for consoles that do not know them; whether there are any was decided
    // before.
    let mut stdout = AutoStream::new(io::stdout().lock(), ColorChoice::Always);
    stdout.write_all(bytes).and_then(|()| stdout.flush()).map_err(|error| match error.kind() {
        ErrorKind::BrokenPipe => OutputError::ClosedPipe,
        _ => OutputError::Stdout(error),
    })
}

/// Nobody reads standard error: whoever writes there would wait for ever.
static STDERR_IS_STUCK: AtomicBool = AtomicBool::new(false);

/// From now on nothing is written to standard error: a write has been waiting there for too long.
pub fn give_up_stderr() {
    STDERR_IS_STUCK.store(true, Ordering::Relaxed);
}

/// Writes `text` to standard error. If that fails there is nobody left to tell.
pub fn write_stderr(text: &str) {
    if STDERR_IS_STUCK.load(Ordering::Relaxed) {
        return;
    }
    let _ = anstream::stderr().write_all(text.as_bytes());
}

/// Writes a file whole, with the directories above it.
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<(), OutputError> {
    let fail = |source| OutputError::File { path: path.to_owned(), source };
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(fail)?;
    }
    let mut file = NewFile::create(path)?;
    file.write(bytes)?;
    file.commit()
}

/// Whether both paths lead to one file, which need not be there yet. A pipe or a device may well be written to twice.
pub fn is_same_file(a: &Path, b: &Path) -> bool {
    match (place(a), place(b)) {
        (Some(a), Some(b)) => a == b && fs::metadata(&a).map_or(true, |metadata| metadata.is_file()),
        _ => a == b,
    }
}

/// Where writing to `path` leads: through links, or, where nothing is there yet, by way of its folder.
fn place(path: &Path) -> Option<PathBuf> {
    // As many links as the system itself follows.
    const MOST: usize = 40;
    let mut path = path.to_owned();
    for _ in 0..MOST {
        if let Ok(there) = fs::canonicalize(&path) {
            return Some(there);
        }
        let folder = match path.parent() {
            Some(folder) if folder.as_os_str().is_empty() => Path::new("."),
            Some(folder) => folder,
            None => return None,
        };
        match fs::read_link(&path) {
            Ok(target) => path = folder.join(target),
            Err(_) => return Some(fs::canonicalize(folder).ok()?.join(path.file_name()?)),
        }
    }
    None
}

/// A file that takes its place only when it is complete.
///
/// It is made before the work starts, so that a path that cannot be written is known at once; until [`commit`] it has
/// another name beside its own, and it is gone again if the work ends early.
///
/// [`commit`]: NewFile::commit
#[derive(Debug)]
pub struct NewFile {
    asked: PathBuf,
    file: File,
    /// The name until then, and the name from then on. `None` for a pipe or a device, which can only be written to.
    rename: Option<(PathBuf, PathBuf)>,
}

impl NewFile {
    /// Starts the file that shall be at `path`.
    pub fn create(path: &Path) -> Result<Self, OutputError> {
        let fail = |source| OutputError::File { path: path.to_owned(), source };
        // A link is followed, as by any program that writes; a broken one is replaced.
        let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        match fs::metadata(&target) {
            Ok(metadata) if metadata.is_dir() => return Err(fail(ErrorKind::IsADirectory.into())),
            Ok(metadata) if !metadata.is_file() => {
                let file = OpenOptions::new().write(true).open(&target).map_err(fail)?;
                return Ok(Self { asked: path.to_owned(), file, rename: None });
            }
            // Renaming over a file needs no permission for the file itself. Ask for it all the same.
            Ok(_) => drop(OpenOptions::new().append(true).open(&target).map_err(fail)?),
            Err(_) => {}
        }
        let name = target.file_name().ok_or_else(|| fail(ErrorKind::InvalidInput.into()))?;
        for attempt in 0..100 {
            let mut temporary = std::ffi::OsString::from(".");
            temporary.push(name);
            temporary.push(format!(".{}-{attempt}.tmp", std::process::id()));
            let temporary = target.with_file_name(temporary);
            match File::create_new(&temporary) {
                Ok(file) => {
                    return Ok(Self { asked: path.to_owned(), file, rename: Some((temporary, target)) });
                }
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(fail(error)),
            }
        }
        Err(fail(ErrorKind::AlreadyExists.into()))
    }

    /// Lets nobody else read it: there will be secrets in it. A pipe or a device stays as it is.
    pub fn keep_private(&self) -> Result<(), OutputError> {
        #[cfg(unix)]
        if self.rename.is_some() {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::Permissions::from_mode(0o600);
            let fail = |source| OutputError::File { path: self.asked.clone(), source };
            self.file.set_permissions(mode).map_err(fail)?;
        }
        Ok(())
    }

    /// Adds to it.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), OutputError> {
        self.file.write_all(bytes).map_err(|source| OutputError::File { path: self.asked.clone(), source })
    }

    /// Puts it in its place.
    pub fn commit(mut self) -> Result<(), OutputError> {
        match self.rename.take() {
            Some((temporary, target)) => fs::rename(&temporary, target).map_err(|source| {
                let _ = fs::remove_file(&temporary);
                OutputError::File { path: self.asked.clone(), source }
            }),
            None => Ok(()),
        }
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        if let Some((temporary, _)) = self.rename.take() {
            let _ = fs::remove_file(temporary);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A directory of this test alone, gone afterwards.
    struct Dir(PathBuf);

    impl Dir {
        fn new(name: &str) -> Self {
            let dir = std::env::temp_dir().join(format!("rtcscope-output-{}-{name}", std::process::id()));
            fs::create_dir(&dir).unwrap();
            Self(dir)
        }

        fn names(&self) -> Vec<String> {
            let entries = fs::read_dir(&self.0).unwrap();
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
        }
    }

    impl Drop for Dir {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn a_file_appears_only_when_it_is_complete() {
        let dir = Dir::new("commit");
        let path = dir.0.join("report.json");
        let mut file = NewFile::create(&path).unwrap();
        file.write(b"{").unwrap();
        assert!(!path.exists());
        file.write(b"}").unwrap();
        file.commit().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"{}");
        assert_eq!(dir.names(), ["report.json"]);
    }

    #[test]
    fn what_is_given_up_leaves_nothing_behind_and_the_old_file_as_it_was() {
        let dir = Dir::new("drop");
        let path = dir.0.join("report.json");
        fs::write(&path, "old").unwrap();
        let mut file = NewFile::create(&path).unwrap();
        file.write(b"half").unwrap();
        drop(file);
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(dir.names(), ["report.json"]);
    }

    #[test]
    fn one_file_is_known_by_all_its_names_before_it_is_there_and_afterwards() {
        let dir = Dir::new("same");
        let there = |name: &str| dir.0.join(name);
        fs::create_dir(there("sub")).unwrap();
        for written in [false, true] {
            if written {
                fs::write(there("report"), "").unwrap();
            }
            assert!(is_same_file(&there("report"), &there("./report")));
            assert!(is_same_file(&there("report"), &there("sub/../report")));
            assert!(!is_same_file(&there("report"), &there("other")));
            assert!(!is_same_file(&there("report"), &there("sub/report")));
            assert!(!is_same_file(&there("report"), &there("missing/report")));
        }
        assert!(is_same_file(Path::new("report"), Path::new("./report")));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_the_file_that_it_leads_to() {
        let dir = Dir::new("same-link");
        let there = |name: &str| dir.0.join(name);
        std::os::unix::fs::symlink("report", there("link")).unwrap();
        std::os::unix::fs::symlink("loop", there("loop")).unwrap();
        for written in [false, true] {
            if written {
                fs::write(there("report"), "").unwrap();
            }
            assert!(is_same_file(&there("report"), &there("link")), "{written}");
            assert!(!is_same_file(&there("report"), &there("loop")));
        }
        assert!(!is_same_file(Path::new("/dev/null"), Path::new("/dev/../dev/null")));
    }

    #[test]
    fn two_files_in_the_making_do_not_meet() {
        let dir = Dir::new("two");
        let path = dir.0.join("report.json");
        let (mut first, second) = (NewFile::create(&path).unwrap(), NewFile::create(&path).unwrap());
        first.write(b"first").unwrap();
        second.commit().unwrap();
        first.commit().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"first");
    }

    #[test]
    fn a_path_that_cannot_be_written_is_known_at_once() {
        let dir = Dir::new("impossible");
        for path in [dir.0.clone(), dir.0.join("missing/report.json"), PathBuf::from("/")] {
            let error = NewFile::create(&path).unwrap_err();
            assert!(matches!(error, OutputError::File { .. }), "{error:?}");
        }
        assert_eq!(dir.names(), [""; 0]);
    }

    #[cfg(unix)]
    #[test]
    fn a_device_is_written_to_and_not_replaced() {
        let mut file = NewFile::create(Path::new("/dev/null")).unwrap();
        assert!(file.rename.is_none());
        file.write(b"x").unwrap();
        file.commit().unwrap();
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_a_link() {
        let dir = Dir::new("link");
        let (link, real) = (dir.0.join("latest.json"), dir.0.join("real.json"));
        fs::write(&real, "old").unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        let mut file = NewFile::create(&link).unwrap();
        file.write(b"new").unwrap();
        file.commit().unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read(&real).unwrap(), b"new");
    }
}
