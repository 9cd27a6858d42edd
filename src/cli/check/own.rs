//! Without a plan: the checks that are built in, of this machine and of the tool itself.

use std::path::Path;

use super::Manner;
use super::planned::{self, Planned};
use crate::check::plan::Plan;
use crate::check::{Entry, Kind, Outcome};
use crate::cli::call;
use crate::io::check::{self as runner, Task, Terms};

/// How many of the checks need nothing that others leave.
pub(super) const FIRST: usize = 5;

const OFFER: &str = "offer.sdp";
const ANSWER: &str = "answer.sdp";
const PROBE: &str = "probe.pcapng";
const CALL: &str = "call.pcapng";
const KEYS: &str = "call.keys.json";

/// The checks; what they leave is in `folder`.
pub(super) fn plan(folder: &Path) -> Plan {
    let file = |name: &str| folder.join(name).to_string_lossy().into_owned();
    let probe = |transport: &str| {
        let name = format!("relay over {}", transport.to_uppercase());
        Entry::built_in(Kind::Probe, &name, &[("embedded", "true"), ("transport", transport)])
    };
    let call = |name, flags: &[(&str, &str)]| {
        let short = [("duration", "1500ms"), ("pings", "300")];
        Entry::built_in(Kind::Call, name, &[flags, &short].concat())
    };
    // What servers can do beyond the necessary is asked for what some refuse: that would stand in the packets.
    let extra = vec!["--no-capabilities".to_owned(), format!("--pcap={}", file(PROBE))];
    let udp = Entry { extra, ..probe("udp") };
    let direct = Entry {
        extra: vec![
            format!("--pcap={}", file(CALL)),
            format!("--keys={}", file(KEYS)),
            "--print-sdp".to_owned(),
        ],
        ..call("call", &[])
    };
    let relayed = call("call through the relay", &[("embedded", "true"), ("transport", "udp")]);
    let of_files = |kind, name, about, names: &[&str], more: &[(&str, &str)]| {
        let files: Vec<String> = names.iter().map(|name| file(name)).collect();
        let mut flags: Vec<(&str, &str)> = files.iter().map(|file| ("files", file.as_str())).collect();
        flags.extend(more);
        Entry { about: Some(about), ..Entry::built_in(kind, name, &flags) }
    };
    let sdp = of_files(Kind::Sdp, "descriptions", "offer and answer of the call", &[OFFER, ANSWER], &[]);
    let keys = file(KEYS);
    let media =
        of_files(Kind::Capture, "packets of the call", "what the call sent", &[CALL], &[("keys", &keys)]);
    let relay =
        of_files(Kind::Capture, "packets of the probe", "what the probe over UDP sent", &[PROBE], &[]);
    Plan {
        file: None,
        settings: Vec::new(),
        entries: vec![udp, probe("tcp"), probe("tls"), direct, relayed, sdp, media, relay],
    }
}

/// What runs one of them. The call leaves its descriptions besides.
pub(super) fn task(entry: &Entry, folder: &Path, manner: &Manner) -> anyhow::Result<Task<Outcome>> {
    let task = super::task(entry, manner)?;
    if !entry.extra.iter().any(|flag| flag == "--print-sdp") {
        return Ok(task);
    }
    let (entry, folder, manner) = (entry.clone(), folder.to_owned(), manner.clone());
    let work = move |terms: &Terms| {
        let call = || {
            let Planned::Call(args) = Planned::of(&entry)? else { anyhow::bail!("this is no call") };
            let (mut summary, _) = call::examine(&args, &manner.within(terms))?;
            if let Some(descriptions) = summary.descriptions.take() {
                runner::write(&folder.join(OFFER), &descriptions.offer)?;
                runner::write(&folder.join(ANSWER), &descriptions.answer)?;
            }
            planned::looked(&summary, &manner.formats)
        };
        manner.outcome(&entry, call())
    };
    Ok(Task { work: Box::new(work), ..task })
}
