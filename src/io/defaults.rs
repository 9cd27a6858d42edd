//! Where files of defaults are: the user's own, and the project's.

use std::fs;
use std::path::{Path, PathBuf};

use crate::io::input;

/// The file of a project.
pub const PROJECT: &str = ".rtcscope.toml";
/// The user's, in the folder that programs have for such files.
const USER: &str = "rtcscope/config.toml";

/// Where the user's file is, whether it is there or not; `None` where the system names no folder for it.
pub fn user_file() -> Option<PathBuf> {
    let absolute = |name: &str| input::variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
    // A relative one does not count (XDG Base Directory Specification).
    let named = absolute("XDG_CONFIG_HOME");
    let folder = match cfg!(windows) {
        true => named.or_else(|| absolute("APPDATA")),
        false => named.or_else(|| Some(absolute("HOME")?.join(".config"))),
    };
    Some(folder?.join(USER))
}

/// A file that a walk from here upwards came upon.
#[derive(Debug, PartialEq, Eq)]
pub enum Nearest {
    /// It counts.
    Found(PathBuf),
    /// Somebody else has put it into a folder that everybody may write to.
    Strange(PathBuf),
}

/// The file of a project: here, or in the nearest folder above that has one; as it is best shown.
pub fn project_file() -> Option<Nearest> {
    let here = std::env::current_dir().ok()?;
    let mut shown = PathBuf::new();
    for folder in here.ancestors() {
        let path = folder.join(PROJECT);
        if path.symlink_metadata().is_ok() {
            let shown = shown.join(PROJECT);
            return Some(match is_strange(folder, &path) {
                true => Nearest::Strange(shown),
                false => Nearest::Found(shown),
            });
        }
        shown.push("..");
    }
    None
}

/// Whether it may be a trap for whoever runs the program below: anybody can put a file into /tmp.
#[cfg(unix)]
fn is_strange(folder: &Path, file: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    const BY_ALL: u32 = 0o002;
    match (fs::metadata(folder), fs::symlink_metadata(file)) {
        (Ok(folder), Ok(file)) => folder.mode() & BY_ALL != 0 && folder.uid() != file.uid(),
        _ => false,
    }
}

#[cfg(not(unix))]
fn is_strange(_: &Path, _: &Path) -> bool {
    false
}

/// Whether there is something of this name that is no folder.
pub fn is_there(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_file_of_one_s_own_counts_in_a_folder_of_everybody_s() {
        let folder = std::env::temp_dir().join(format!("rtcscope-defaults-{}", std::process::id()));
        fs::create_dir(&folder).unwrap();
        let file = folder.join(PROJECT);
        fs::write(&file, "").unwrap();
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o777)).unwrap();
        let own = is_strange(&folder, &file);
        // Another's, where this runs as root; there is no other way to have one.
        let given = std::os::unix::fs::chown(&file, Some(65_534), None).is_ok();
        let another = is_strange(&folder, &file);
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
        let in_own_folder = is_strange(&folder, &file);
        fs::remove_dir_all(&folder).unwrap();
        assert_eq!((own, another, in_own_folder), (false, given, false));
    }
}
