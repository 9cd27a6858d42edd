//! What is known of captures beforehand, and the reading of them.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::analyze::payloads::Payloads;
use crate::analyze::summary::CaptureFacts;
use crate::analyze::{Analysis, Settings};
use crate::capture::{Decoder, Section};
use crate::cli::{Context, UserError};
use crate::io::capture::CaptureFile;
use crate::io::input;
use crate::srtp::KeyFile;

/// A description is no longer, nor are keys.
const LONGEST_TEXT: u64 = 64 << 20;
/// Packets between two looks at the clock of the progress bar.
const TELL_EVERY: u64 = 1 << 14;

/// What a capture does not say of itself.
#[derive(Debug, clap::Args)]
pub(super) struct Known {
    /// The call's descriptions: SDP, or a dump of the browser; may be repeated
    #[arg(long, value_name = "FILE")]
    sdp: Vec<PathBuf>,
    /// Keys that open SRTP: an NSS key log, `a=crypto` lines, or JSON; may be repeated
    #[arg(long, value_name = "FILE")]
    keys: Vec<PathBuf>,
    /// The clock rate of a payload type, where no description says it; may be repeated
    #[arg(long, value_name = "PT=HZ", value_parser = clock)]
    clock: Vec<(u8, u32)>,
}

fn clock(arg: &str) -> Result<(u8, u32), String> {
    let (number, rate) = arg.split_once('=').ok_or("write it as PT=HZ, such as 111=48000")?;
    let number = number.parse().ok().filter(|number| *number < 128);
    let number = number.ok_or("payload types are from 0 to 127")?;
    let rate = rate.parse().ok().filter(|rate| (1000..=1_000_000).contains(rate));
    Ok((number, rate.ok_or("a clock rate is in Hz, such as 48000")?))
}

/// What the files say, read once: they may be pipes.
#[derive(Debug, Clone)]
pub(super) struct Texts {
    payloads: Payloads,
    keys: KeyFile,
}

impl Known {
    pub(super) fn read(&self) -> anyhow::Result<Texts> {
        let mut payloads = Payloads::with_clocks(self.clock.iter().copied().collect::<BTreeMap<_, _>>());
        for path in &self.sdp {
            let bytes = input::read_bytes_or_stdin(path, LONGEST_TEXT)?;
            let found = crate::sdp::source::find(&bytes);
            if found.documents.is_empty() {
                let name = path.display();
                return Err(UserError::could_not_look(format!("{name}: there is no description in it"))
                    .hint("give SDP, a dump of webrtc-internals, or a SIP message")
                    .into());
            }
            found.documents.iter().for_each(|document| payloads.describe(&document.text));
        }
        let mut keys = KeyFile::default();
        for path in &self.keys {
            let count = |keys: &KeyFile| keys.len() as u64 + keys.unsupported();
            let before = count(&keys);
            keys.read(&String::from_utf8_lossy(&input::read_bytes_or_stdin(path, LONGEST_TEXT)?));
            if count(&keys) == before {
                let name = path.display();
                return Err(UserError::could_not_look(format!("{name}: there is no key in it"))
                    .hint("give a log of SSLKEYLOGFILE, a=crypto lines of SDP, or JSON with master keys")
                    .into());
            }
        }
        Ok(Texts { payloads, keys })
    }
}

impl Texts {
    /// To look at captures with them.
    pub(super) fn settings(&self) -> Settings {
        Settings { payloads: self.payloads.clone(), keys: self.keys.clone(), ..Settings::default() }
    }
}

/// Opens all of them: a wrong path is known before the work is done.
pub(super) fn open(paths: &[PathBuf]) -> anyhow::Result<Vec<CaptureFile>> {
    paths.iter().map(|path| CaptureFile::open(path)).collect()
}

/// Reads captures as one, in order. `each` is asked after every packet; an error of it ends the reading.
pub(super) fn read_all(
    files: Vec<CaptureFile>,
    analysis: &mut Analysis,
    context: &mut Context,
    each: &mut dyn FnMut(&mut Analysis, &mut Context) -> anyhow::Result<()>,
) -> anyhow::Result<Vec<CaptureFacts>> {
    let read = |(number, file)| read(file, number, analysis, context, each);
    (0..).zip(files).map(read).collect()
}

fn read(
    mut file: CaptureFile,
    number: u16,
    analysis: &mut Analysis,
    context: &mut Context,
    each: &mut dyn FnMut(&mut Analysis, &mut Context) -> anyhow::Result<()>,
) -> anyhow::Result<CaptureFacts> {
    let progress = context.progress();
    let mut decoder = Decoder::new(number);
    let ending = loop {
        let ended = next(&mut file, &mut decoder, analysis);
        if let Some(ending) = ended {
            break ending;
        }
        each(analysis, context)?;
        if file.reader().packets().is_multiple_of(TELL_EVERY) {
            progress.set(read_so_far(&file));
        }
    };
    progress.finish();
    Ok(CaptureFacts::of(file.name(), file.reader(), &decoder, &ending))
}

/// Reads one packet more, or says how the file ended.
pub(super) fn next(
    file: &mut CaptureFile,
    decoder: &mut Decoder,
    analysis: &mut Analysis,
) -> Option<crate::capture::Ending> {
    file.next(&mut |section| match section {
        Section::Record(record) => {
            analysis.time(record.at);
            if let Some(datagram) = decoder.datagram(&record) {
                analysis.datagram(&datagram);
            }
        }
        Section::Skipped(reason) => decoder.skip(reason),
        Section::KeyLog(log) => analysis.keys(&String::from_utf8_lossy(log)),
    })
}

fn read_so_far(file: &CaptureFile) -> String {
    let read = file.reader().consumed() >> 20;
    match file.length() {
        Some(length) if length >> 20 >= read => format!("{}: {read} of {} MiB", file.name(), length >> 20),
        _ => format!("{}: {read} MiB", file.name()),
    }
}
