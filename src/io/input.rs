//! What a command reads besides the network: files, standard input, the wall clock, chance.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Context as _;
use rand::Rng as _;
use rand::distr::Alphanumeric;

/// The text of a file of at most `most` bytes.
///
/// # Errors
/// Unreadable, a directory, too large, or no UTF-8.
pub fn read_text(path: &Path, most: u64) -> anyhow::Result<String> {
    let name = path.display().to_string();
    let file = File::open(path).with_context(|| format!("open {name}"))?;
    text(file, &name, most)
}

/// As [`read_text`], or standard input where the path is `-`.
///
/// # Errors
/// As [`read_text`].
pub fn read_text_or_stdin(path: &Path, most: u64) -> anyhow::Result<String> {
    match path.as_os_str() == "-" {
        true => text(std::io::stdin().lock(), "standard input", most),
        false => read_text(path, most),
    }
}

/// The bytes of a file of at most `most` of them, or of standard input where the path is `-`.
///
/// # Errors
/// Unreadable, a directory, or too large.
pub fn read_bytes_or_stdin(path: &Path, most: u64) -> anyhow::Result<Vec<u8>> {
    if path.as_os_str() == "-" {
        return bytes(std::io::stdin().lock(), "standard input", most);
    }
    let name = path.display().to_string();
    let file = File::open(path).with_context(|| format!("open {name}"))?;
    // A large file need not be read to know that it is too large.
    let length = file.metadata().map_or(0, |metadata| if metadata.is_file() { metadata.len() } else { 0 });
    anyhow::ensure!(length <= most, "{name} is larger than {}", size(most));
    bytes(file, &name, most)
}

/// Whether a file of this name is there.
pub fn is_file(path: &str) -> bool {
    Path::new(path).is_file()
}

/// A variable of the environment that is set and not empty. One that is no UTF-8 is no name or password.
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Seconds since 1970; 0 before.
pub fn unix_time() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// So many random bytes.
pub fn random_bytes<const N: usize>() -> [u8; N] {
    rand::random()
}

/// Thirty-two random letters and digits.
pub fn random_token() -> String {
    rand::rng().sample_iter(Alphanumeric).take(32).map(char::from).collect()
}

fn bytes(reader: impl Read, name: &str, most: u64) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.take(most + 1).read_to_end(&mut bytes).with_context(|| format!("read {name}"))?;
    anyhow::ensure!(bytes.len() as u64 <= most, "{name} is larger than {}", size(most));
    Ok(bytes)
}

/// `64 MiB`, `5 bytes`.
fn size(bytes: u64) -> String {
    match bytes >> 20 {
        mebibytes if mebibytes > 0 && mebibytes << 20 == bytes => format!("{mebibytes} MiB"),
        _ => format!("{bytes} bytes"),
    }
}

fn text(reader: impl Read, name: &str, most: u64) -> anyhow::Result<String> {
    match String::from_utf8(bytes(reader, name, most)?) {
        Ok(text) => Ok(text),
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            anyhow::bail!("{name} is no UTF-8 text (byte {at} is not)")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_is_too_large_and_what_is_no_text() {
        assert_eq!(text(&b"12345"[..], "it", 5).unwrap(), "12345");
        assert_eq!((size(64 << 20), size((1 << 20) + 1)), ("64 MiB".to_owned(), "1048577 bytes".to_owned()));
        assert_eq!(text(&b"123456"[..], "it", 5).unwrap_err().to_string(), "it is larger than 5 bytes");
        let error = text(&b"ab\xff"[..], "it", 5).unwrap_err().to_string();
        assert_eq!(error, "it is no UTF-8 text (byte 2 is not)");
    }
}
