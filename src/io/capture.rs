//! Capture files and standard input, compressed or not, as records one after the other.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::Context as _;

use super::arriving::{Arriving, Watch};
use crate::capture::{CaptureError, Ending, Reader, Section};

const GZIP: [u8; 2] = [0x1f, 0x8b];
const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// For what has to be unpacked; captures as they are go straight into the reader's own buffer.
const PACKED_BUFFER: usize = 1 << 16;

/// One open capture.
#[derive(Debug)]
pub struct CaptureFile {
    name: String,
    reader: Reader<'static>,
    length: Option<u64>,
    taken: Arc<AtomicU64>,
}

impl CaptureFile {
    /// Opens a file, or standard input where the path is `-`.
    ///
    /// # Errors
    /// It cannot be opened, or is no capture.
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        let taken = Arc::default();
        if path.as_os_str() == "-" {
            let input = Counted { input: io::stdin(), taken: Arc::clone(&taken) };
            let (reader, _) = reader(input).context("standard input")?;
            return Ok(Self { name: "standard input".to_owned(), reader, length: None, taken });
        }
        let name = path.display().to_string();
        let file = File::open(path).with_context(|| format!("open {name}"))?;
        let about = file.metadata().with_context(|| format!("open {name}"))?;
        anyhow::ensure!(!about.is_dir(), "{name} is a directory");
        let input = Counted { input: file, taken: Arc::clone(&taken) };
        let (reader, _) = reader(input).with_context(|| name.clone())?;
        Ok(Self { name, reader, length: about.is_file().then_some(about.len()), taken })
    }

    /// As [`open`](Self::open), of a capture that is still being taken: reading it can be interrupted, and after
    /// `patience` without a packet that is told. The outer error is that it cannot be opened.
    ///
    /// # Errors
    /// It cannot be opened; within, it is no capture.
    #[allow(clippy::type_complexity, reason = "who interrupts it wants to know so, too")]
    pub fn open_live(path: &Path, patience: Duration) -> anyhow::Result<(anyhow::Result<Self>, Watch)> {
        let (name, (arriving, watch)) = match path.as_os_str() == "-" {
            true => ("standard input".to_owned(), Arriving::start(io::stdin(), patience)?),
            false => {
                let name = path.display().to_string();
                let file = File::open(path).with_context(|| format!("open {name}"))?;
                (name, Arriving::start(file, patience)?)
            }
        };
        let opened = reader(arriving).with_context(|| name.clone()).map(|reader| {
            // What unpacks loses its place where reading fails.
            if !reader.1 {
                watch.arm();
            }
            Self { name, reader: reader.0, length: None, taken: Arc::default() }
        });
        Ok((opened, watch))
    }

    /// As the user named it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its length in bytes, packed if it is, where it has one.
    #[must_use]
    pub fn length(&self) -> Option<u64> {
        self.length
    }

    /// How many of those bytes were read.
    #[must_use]
    pub fn taken(&self) -> u64 {
        self.taken.load(Ordering::Relaxed)
    }

    /// What has been read of it.
    #[must_use]
    pub fn reader(&self) -> &Reader<'static> {
        &self.reader
    }

    /// As [`Reader::next`].
    pub fn next(&mut self, take: &mut dyn FnMut(Section<'_>)) -> Option<Ending> {
        self.reader.next(take)
    }
}

/// Counts what is read.
struct Counted<R> {
    input: R,
    taken: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.input.read(buffer)?;
        self.taken.fetch_add(length as u64, Ordering::Relaxed);
        Ok(length)
    }
}

/// And whether it was packed.
fn reader(mut input: impl Read + Send + 'static) -> Result<(Reader<'static>, bool), CaptureError> {
    let mut magic = Vec::new();
    input.by_ref().take(ZSTD.len() as u64).read_to_end(&mut magic)?;
    let (gzip, zstd) = (magic.starts_with(&GZIP), magic.starts_with(&ZSTD));
    let input = io::Cursor::new(magic).chain(input);
    let reader = match (gzip, zstd) {
        (true, _) => {
            let packed = BufReader::with_capacity(PACKED_BUFFER, input);
            Reader::new(flate2::bufread::MultiGzDecoder::new(packed))
        }
        (_, true) => {
            Reader::new(Frames { frame: Some(unpack(BufReader::with_capacity(PACKED_BUFFER, input))?) })
        }
        _ => Reader::new(input),
    }?;
    Ok((reader, gzip || zstd))
}

type Zstd<R> = ruzstd::decoding::StreamingDecoder<R, ruzstd::decoding::FrameDecoder>;

fn unpack<R: Read>(packed: R) -> io::Result<Zstd<R>> {
    ruzstd::decoding::StreamingDecoder::new(packed).map_err(|_| damaged())
}

/// What its errors tell is of blocks and their headers, four deep.
fn damaged() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "the Zstandard data breaks off, or is damaged")
}

/// The frames of a zstd file, one after the other (RFC 8878 §3.1).
struct Frames<R: Read> {
    frame: Option<Zstd<R>>,
}

impl<R: io::BufRead> Read for Frames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some(frame) = &mut self.frame {
            let length = frame.read(buffer).map_err(|_| damaged())?;
            if length > 0 || buffer.is_empty() {
                return Ok(length);
            }
            let mut rest = self.frame.take().map(Zstd::into_inner).ok_or(io::ErrorKind::UnexpectedEof)?;
            if rest.fill_buf()?.is_empty() {
                return Ok(0);
            }
            self.frame = Some(unpack(rest)?);
        }
        Ok(0)
    }
}
