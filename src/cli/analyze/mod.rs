//! `rtcscope analyze`: captures in, a summary out.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::analyze::payloads::Payloads;
use crate::analyze::summary::Summary;
use crate::analyze::{Analysis, Settings};
use crate::cli::{Context, UserError};
use crate::finding::Exit;
use crate::io::capture::CaptureFile;
use crate::io::captures::{self, Event, Position};
use crate::io::input;
use crate::srtp::KeyFile;

/// A description is no longer, nor are keys.
const LONGEST_TEXT: u64 = 64 << 20;

/// Say what a capture shows of a call: its RTP streams, with loss, jitter and gaps
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Args {
    /// Captures (pcap, pcapng; gzip or zstd), taken as one in this order; - for standard input
    #[arg(value_name = "CAPTURE", required = true)]
    captures: Vec<PathBuf>,
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

const EXAMPLES: &str = "Examples:
  rtcscope analyze call.pcapng
      the RTP streams of a capture, plain or SRTP, direct or through TURN
  rtcscope analyze --sdp offer.sdp --sdp answer.sdp call.pcap.gz
      with codecs by name, and a rating of speech
  tcpdump -i eth0 -w - udp | rtcscope analyze -
      from standard input

Exit codes here:
  0 analysed, 2 the command line is wrong, 3 an input cannot be read";

fn clock(arg: &str) -> Result<(u8, u32), String> {
    let (number, rate) = arg.split_once('=').ok_or("write it as PT=HZ, such as 111=48000")?;
    let number = number.parse().ok().filter(|number| *number < 128);
    let number = number.ok_or("payload types are from 0 to 127")?;
    let rate = rate.parse().ok().filter(|rate| (1000..=1_000_000).contains(rate));
    Ok((number, rate.ok_or("a clock rate is in Hz, such as 48000")?))
}

pub(super) fn run(args: Args, context: Context) -> anyhow::Result<Exit> {
    let mut payloads = Payloads::with_clocks(args.clock.into_iter().collect::<BTreeMap<_, _>>());
    for path in &args.sdp {
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
    for path in &args.keys {
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
    // A wrong path is known before the work is done.
    let files: Vec<_> = args.captures.iter().map(|path| CaptureFile::open(path)).collect::<Result<_, _>>()?;
    let mut analysis = Analysis::new(Settings { payloads, keys, interval_ns: 0 });
    let progress = context.progress();
    let mut tell = |at: Position<'_>| {
        let name = at.name.rsplit('/').next().unwrap_or(at.name);
        progress.bytes(name, at.read, at.of);
    };
    let headers = analysis.decryption().is_none();
    let captures = captures::read(files, headers, &mut tell, &mut |event| match event {
        Event::Packet(at, datagram) => {
            analysis.time(at);
            datagram.iter().for_each(|datagram| analysis.datagram(datagram));
        }
        Event::KeyLog(log) => analysis.keys(&String::from_utf8_lossy(log)),
    });
    progress.finish();
    analysis.finish();
    context.emit(&Summary::new(captures, &analysis))
}
