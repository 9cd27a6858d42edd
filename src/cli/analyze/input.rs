//! What is known of captures beforehand, and the reading of them.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::analyze::payloads::Payloads;
use crate::analyze::summary::CaptureFacts;
use crate::analyze::{Analysis, Settings};
use crate::cli::{Context, UserError};
use crate::io::capture::CaptureFile;
use crate::io::captures::{self, Event, Position};
use crate::io::input;
use crate::srtp::KeyFile;

/// A description is no longer, nor are keys.
const LONGEST_TEXT: u64 = 64 << 20;

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
    let progress = context.progress();
    let mut tell = |at: Position<'_>| {
        let name = at.name.rsplit('/').next().unwrap_or(at.name);
        progress.bytes(name, at.read, at.of);
    };
    let (headers, mut failed) = (analysis.decryption().is_none(), None);
    let captures = captures::read(files, headers, &mut tell, &mut |event| {
        match event {
            Event::Packet(at, datagram) => {
                analysis.time(at);
                datagram.iter().for_each(|datagram| analysis.datagram(datagram));
            }
            Event::KeyLog(log) => analysis.keys(&String::from_utf8_lossy(log)),
        }
        failed = each(analysis, context).err();
        failed.is_none()
    });
    progress.finish();
    failed.map_or(Ok(captures), Err)
}
