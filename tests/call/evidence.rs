//! What a call leaves as files says the same as the call itself.
#![allow(clippy::unwrap_used, reason = "what is not there fails the test")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::{at, number, read, rtcscope};

/// A call with its files, and what `analyze` makes of them.
struct Recorded {
    dir: PathBuf,
    call: Value,
    /// Of the packets as they came, with keys; of those in clear.
    seen: [Value; 2],
}

impl Recorded {
    fn new(name: &str, args: &[&str]) -> Self {
        let dir = std::env::temp_dir().join(format!("rtcscope-evidence-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        let path = |file: &str| dir.join(file).to_str().unwrap().to_owned();
        let (wire, plain, keys) = (path("wire.pcapng"), path("plain.pcapng"), path("keys.json"));
        let files = ["call", "--format", "json", "--pcap", &wire, "--pcap-plain", &plain, "--keys", &keys];
        let output = rtcscope(&[&files, args].concat()).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
        let (exit, call) = read(&output);
        assert_eq!(exit, 0, "{call:#}");
        let analyzed = |args: &[&str]| {
            let args = [&["analyze", "--format", "json", "--fail-on", "never"], args].concat();
            let (exit, json) = read(&rtcscope(&args).output().unwrap());
            assert_eq!(exit, 0, "{json:#}");
            json
        };
        let seen = [analyzed(&["--keys", &keys, &wire]), analyzed(&[&plain])];
        Self { dir, call, seen }
    }

    fn path(&self) -> &Value {
        &self.call["paths"][0]
    }

    /// What was done to one kind of flow that `from` sent.
    fn log(&self, from: &Value, flow: &str) -> Option<&Value> {
        let directions = self.path()["impairment"].as_array().unwrap();
        let direction = directions.iter().find(|direction| direction["from"] == *from)?;
        direction["flows"].as_array().unwrap().iter().find(|entry| entry["flow"] == flow)
    }

    /// Packets that were lost before the first that came, or behind the last: nobody sees in a capture that they were.
    fn unseen(&self, stream: &Value) -> u64 {
        let Some(log) = self.log(&stream["from"], stream["kind"].as_str().unwrap()) else { return 0 };
        let numbers = log["dropped_numbers"].as_array().unwrap();
        let dropped: Vec<u64> = numbers.iter().map(|number| number.as_u64().unwrap()).collect();
        let sent = stream["sent"].as_u64().unwrap();
        let before = (0..sent).take_while(|n| dropped.contains(n)).count();
        let behind = (0..sent).rev().take_while(|n| dropped.contains(n)).count();
        (before + behind) as u64
    }

    /// Every stream, packet for packet.
    fn streams_agree(&self) {
        for (seen, keys) in self.seen.iter().zip(["with keys", "in clear"]) {
            let mut streams: BTreeMap<&str, &Value> = BTreeMap::new();
            for stream in seen["streams"].as_array().unwrap() {
                streams.insert(stream["ssrc"].as_str().unwrap(), stream);
            }
            let mut retransmissions = 0;
            for told in self.path()["media"].as_array().unwrap() {
                let ssrc = format!("0x{:08x}", told["ssrc"].as_u64().unwrap());
                let stream =
                    streams.remove(&ssrc[..]).unwrap_or_else(|| panic!("no {ssrc} {keys}: {told:#}"));
                let count = |value: &Value, key: &str| value[key].as_u64().unwrap();
                let (received, copies) = (count(told, "received"), count(told, "duplicates"));
                let context = format!("{keys}: {told:#} {stream:#} {:#}", self.path()["impairment"]);
                assert_eq!(count(stream, "packets"), received + copies, "{context}");
                assert_eq!(count(stream, "duplicates"), copies, "{context}");
                assert_eq!(count(stream, "reordered"), count(told, "reordered"), "{context}");
                assert_eq!(count(stream, "lost"), count(told, "lost") - self.unseen(told), "{context}");
                assert_eq!(stream["encrypted"] == true, keys == "with keys", "{context}");
                retransmissions += count(told, "retransmissions");
            }
            // What is left was sent again; too few packets are no stream.
            let rest: u64 = streams.values().map(|stream| stream["packets"].as_u64().unwrap()).sum();
            let not_counted: u64 = seen["not_counted"]
                .as_object()
                .unwrap()
                .values()
                .map(|reason| reason["packets"].as_u64().unwrap())
                .sum();
            assert_eq!(rest + not_counted, retransmissions, "{keys}");
        }
    }

    /// Reports, and the round trips that follow from them: `within` milliseconds.
    fn reports_agree(&self, within: f64) {
        let [wire, plain] = &self.seen;
        for key in ["rtcp_totals", "rtt"] {
            assert_eq!(wire[key], plain[key], "{key}");
        }
        assert_eq!(wire["rtcp_totals"]["encrypted"], 0);
        assert_eq!(wire["decryption"]["refused"], 0);
        if !self.path()["impairment"].as_array().unwrap().is_empty() {
            let logs = ["caller", "callee"].map(|from| self.log(&from.into(), "rtcp").unwrap());
            let count = |key| logs.iter().map(|log| log[key].as_u64().unwrap()).sum::<u64>();
            let came = count("packets") - count("dropped") + count("duplicated");
            // What is on its way when the call ends reaches nobody.
            let seen = wire["rtcp_totals"]["packets"].as_u64().unwrap();
            assert!((came - 10.min(came)..=came).contains(&seen), "{seen} of {came}");
        }
        let nacks = |media: &Value| media["nacks_received"].as_u64().unwrap();
        let told: u64 = self.path()["media"].as_array().unwrap().iter().map(nacks).sum();
        let copies: u64 = ["caller", "callee"]
            .iter()
            .filter_map(|from| self.log(&(*from).into(), "rtcp"))
            .map(|log| log["duplicated"].as_u64().unwrap())
            .sum();
        let seen = wire["rtcp_totals"]["counts"]["nack"].as_u64().unwrap_or(0);
        assert!((told..=told + copies).contains(&seen), "{seen} NACKs of {told}");

        let part = |leg: &str| {
            let rows = wire["rtt"].as_array().unwrap();
            rows.iter().find(|row| row["leg"] == leg && row["method"] == "sr_rr").expect("a round trip")
        };
        // Both are of the same reports, but see them at other moments while the machine is busy.
        let within = within + if cfg!(debug_assertions) { 5.0 } else { 0.0 };
        let (sum, told) = (number(part("sum"), "/p50_ms"), number(self.path(), "/rtt/rtcp/median_ms"));
        assert!((sum - told).abs() <= within, "{sum} {told}");
        let answers = number(part("left"), "/n") + number(part("right"), "/n");
        let counted = number(self.path(), "/rtt/rtcp/n");
        assert!((answers - counted).abs() <= 4.0 + copies as f64, "{answers} {counted}");
    }

    /// The estimate of RFC 3550 §6.4.1 goes up and down: the call tells its last, `analyze` the middle and the most.
    fn jitter_agrees(&self) {
        for told in self.path()["media"].as_array().unwrap() {
            let ssrc = format!("0x{:08x}", told["ssrc"].as_u64().unwrap());
            let streams = self.seen[0]["streams"].as_array().unwrap();
            let stream = streams.iter().find(|stream| stream["ssrc"] == ssrc[..]).expect("a stream");
            let (mean, most) = (number(stream, "/jitter_mean_ms"), number(stream, "/jitter_max_ms"));
            let last = number(told, "/jitter_ms");
            assert!((mean / 5.0..=most * 1.05 + 0.05).contains(&last), "{last} ms: {stream:#}");
        }
    }

    /// A moment of the capture, as the call counts.
    fn since_start(&self, seen: &Value, seconds: f64) -> f64 {
        let began = number(seen, "/start_unix_s") - number(self.path(), "/start_unix_s");
        (began + seconds) * 1e3
    }
}

impl Drop for Recorded {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.dir);
    }
}

fn tshark(args: &[&str], file: &Path) -> Option<String> {
    let output = Command::new("tshark").arg("-n").arg("-r").arg(file).args(args).output().ok()?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).unwrap())
}

#[test]
fn what_analyze_counts_in_a_recording_is_what_the_call_reported() {
    let recorded = Recorded::new("whole", &["--duration", "2s", "--pings", "50"]);
    recorded.streams_agree();
    recorded.reports_agree(1.0);
    recorded.jitter_agrees();
    assert_eq!(recorded.path()["loss_pct"], 0.0);
    for seen in &recorded.seen {
        let codes =
            seen["findings"].as_array().unwrap().iter().map(|finding| finding["code"].as_str().unwrap());
        // A busy machine may hold packets up; nothing else is to be found.
        let strange: Vec<&str> =
            codes.filter(|code| !["JITTER", "MEDIA_GAP", "FREEZE", "AV_SYNC"].contains(code)).collect();
        assert_eq!(strange, [""; 0], "{seen:#}");
    }
    let sctp = &recorded.seen[1]["transport"][0]["sctp"];
    assert_eq!(sctp["channels"][0]["label"], "ping", "{sctp:#}");
    assert_eq!((&sctp["messages"], &sctp["aborted_at_s"]), (&100.into(), &Value::Null));
}

#[test]
fn the_same_holds_for_a_line_that_loses_delays_overtakes_and_copies() {
    for (name, damage, within) in [
        ("all", "loss=4%,delay=20ms,jitter=8ms,reorder=2%,duplicate=2%", 8.0),
        ("burst", "loss=5%,burst=4", 1.0),
        ("late", "delay=50ms", 1.0),
        ("copies", "duplicate=5%,reorder=5%", 4.0),
    ] {
        let recorded =
            Recorded::new(name, &["--duration", "3s", "--pings", "20", "--impair", damage, "--seed", "11"]);
        recorded.streams_agree();
        recorded.reports_agree(within);
    }
}

#[test]
fn phases_are_when_the_packets_say() {
    for (name, flags, late) in [("times", &[][..], 0.0), ("times-late", &["--impair", "delay=40ms"], 40.0)] {
        let args = [&["--duration", "300ms", "--pings", "5"], flags].concat();
        // The machine may hold one up at any moment; what is wrong is wrong every time.
        let apart = |attempt: u32| times_apart(&Recorded::new(&format!("{name}-{attempt}"), &args), late);
        let attempts: Vec<String> = (0..6).map_while(|attempt| apart(attempt).err()).collect();
        assert!(attempts.len() < 6, "{name}: {attempts:#?}");
    }
}

/// Which phase is not when the file says; a packet is in it when it arrived, a check is made when it is sent.
fn times_apart(recorded: &Recorded, late: f64) -> Result<(), String> {
    // The arithmetic of a build without optimisation takes its time between a packet's coming and its meaning.
    const WITHIN_MS: f64 = if cfg!(debug_assertions) { 1.5 } else { 0.2 };
    let wire = &recorded.seen[0];
    let transport = &wire["transport"][0];
    let ended = recorded.since_start(wire, number(transport, "/dtls/0/ended_at_s"));
    let nominated = ["/ice/src/nominated_at_s", "/ice/dst/nominated_at_s"]
        .into_iter()
        .filter_map(|key| transport.pointer(key)?.as_f64())
        .map(|at| recorded.since_start(wire, at))
        .fold(f64::NAN, f64::max);
    let mut first: BTreeMap<&str, f64> = BTreeMap::new();
    for stream in wire["streams"].as_array().unwrap() {
        let at = recorded.since_start(wire, number(stream, "/first_seen_s"));
        let known = first.entry(stream["dst"].as_str().unwrap()).or_insert(at);
        *known = known.min(at);
    }
    let media = first.values().copied().fold(f64::NAN, f64::max);
    let check = recorded.since_start(wire, 0.0) - late;
    let seen =
        [("ice_first_check", check), ("ice_nominated", nominated), ("dtls", ended), ("first_rtp", media)];
    let wrong = seen.into_iter().find_map(|(phase, seen)| {
        let told = at(&recorded.call, phase);
        let is_near = (told - seen).abs() <= WITHIN_MS;
        (!is_near).then(|| format!("{phase} at {told} ms, in the file at {seen} ms"))
    });
    wrong.map_or(Ok(()), Err)
}

#[test]
fn wireshark_reads_both_files_and_finds_nothing_malformed() {
    let recorded = Recorded::new("tshark", &["--duration", "1s", "--pings", "20", "--impair", "loss=3%"]);
    let [wire, plain] = ["wire.pcapng", "plain.pcapng"].map(|file| recorded.dir.join(file));
    for file in [&wire, &plain] {
        // With AES-GCM the index of SRTCP is the last of a packet (RFC 7714 §9.2). Wireshark looks for it before a tag of ten
        // bytes, so that by chance it takes what is encrypted for reports in clear.
        let filter = "(_ws.malformed || _ws.short) && !srtcp";
        let Some(malformed) = tshark(&["-Y", filter], file) else {
            eprintln!("SKIPPED: there is no tshark");
            return;
        };
        assert_eq!(malformed, "");
    }
    let count = |file: &Path, filter: &str| tshark(&["-Y", filter], file).unwrap().lines().count() as u64;
    let classes = |seen: &Value, class: &str| seen["datagrams"][class].as_u64().unwrap();
    let [keyed, clear] = &recorded.seen;
    for (class, filter) in [("stun", "stun"), ("dtls", "dtls")] {
        assert_eq!(count(&wire, filter), classes(keyed, class), "{filter}");
    }
    for (class, filter) in [("stun", "stun"), ("rtp", "rtp"), ("rtcp", "rtcp"), ("sctp", "sctp")] {
        assert_eq!(count(&plain, filter), classes(clear, class), "{filter}");
    }
    let interfaces = tshark(&["-T", "fields", "-e", "frame.interface_name"], &wire).unwrap();
    let mut names: Vec<&str> = interfaces.lines().collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names, ["callee", "caller"]);
}

#[test]
fn calls_through_relays_are_in_it_one_after_the_other_without_the_framing() {
    let args = ["--embedded", "--transport", "udp,tcp", "--duration", "1s", "--pings", "10"];
    let recorded = Recorded::new("relays", &args);
    let paths = recorded.call["paths"].as_array().unwrap();
    assert_eq!(paths.len(), 2);
    for seen in &recorded.seen {
        assert_eq!(seen["datagrams"]["channel_data"], 0);
        let streams = seen["streams"].as_array().unwrap();
        for path in paths {
            for told in path["media"].as_array().unwrap() {
                let ssrc = format!("0x{:08x}", told["ssrc"].as_u64().unwrap());
                let stream = streams.iter().find(|stream| stream["ssrc"] == ssrc[..]).expect("a stream");
                assert_eq!(stream["packets"], told["received"], "{told:#} {stream:#}");
                let from = told["from"].as_str().unwrap();
                assert_eq!(stream["src"], path["pair"][from]["address"], "{stream:#}");
            }
        }
    }
    assert_eq!(recorded.seen[0]["decryption"]["refused"], 0);
}

#[test]
fn files_are_whole_or_not_there_and_none_is_written_over() {
    let dir = std::env::temp_dir().join(format!("rtcscope-evidence-{}-flags", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    let path = |file: &str| dir.join(file).to_str().unwrap().to_owned();
    let (one, missing) = (path("one"), path("missing/one"));
    for (flags, words) in [
        (&["--pcap", &one[..], "--keys", &one][..], "--pcap and --keys would write the same file"),
        (&["--pcap-plain", &one, "-o", &one], "is where the result goes"),
        (&["--keys", "-"], "--keys needs a file"),
        (&["--pcap", &missing], "missing/one"),
    ] {
        let output = rtcscope(&[&["call", "--duration", "100ms"], flags].concat()).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && said.contains(words), "{said}");
    }
    assert_eq!(std::fs::read_dir(&dir).unwrap().count(), 0);
    // A call that fails leaves what there was.
    let (wire, keys) = (path("wire.pcapng"), path("keys.json"));
    let args = ["call", "--format", "json", "--timeout", "300ms", "--impair", "only=dtls,loss=100%"];
    let (exit, _) =
        read(&rtcscope(&[&args[..], &["--pcap", &wire, "--keys", &keys]].concat()).output().unwrap());
    assert_eq!(exit, 1);
    assert_eq!(std::fs::read_to_string(&keys).unwrap(), "[\n]\n");
    let (_, seen) = read(&rtcscope(&["analyze", "--format", "json", &wire]).output().unwrap());
    assert!(seen["datagrams"]["stun"].as_u64().unwrap() > 0, "{seen:#}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&keys).unwrap().permissions().mode() & 0o777, 0o600);
    }
    std::fs::remove_dir_all(&dir).unwrap();
}
