//! What `analyze` finds: nothing in healthy calls, and what went wrong in others, with its place and the exit code.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::Value;

use super::corpus::folder;
use super::output;

/// What came of a run.
struct Ran {
    exit: Option<i32>,
    json: Value,
    stderr: String,
}

impl Ran {
    /// Codes of the findings with this severity.
    fn codes(&self, severity: &str) -> Vec<&str> {
        let findings = self.json["findings"].as_array().unwrap().iter();
        findings.filter(|one| one["severity"] == severity).map(|one| one["code"].as_str().unwrap()).collect()
    }

    fn finding(&self, code: &str) -> &Value {
        let mut findings = self.json["findings"].as_array().unwrap().iter();
        findings
            .find(|one| one["code"] == code)
            .unwrap_or_else(|| panic!("{code}: {:#}", self.json["findings"]))
    }

    /// Nothing but remarks.
    fn is_healthy(&self) {
        assert_eq!(self.codes("error"), Vec::<&str>::new(), "{:#}", self.json["findings"]);
        assert_eq!(self.codes("warning"), Vec::<&str>::new(), "{:#}", self.json["findings"]);
        assert_eq!(self.exit, Some(0));
    }
}

fn run(path: &Path, flags: &[&str]) -> Ran {
    let output = output(path, flags);
    Ran {
        exit: output.status.code(),
        json: serde_json::from_slice(&output.stdout).unwrap_or(Value::Null),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// A capture that a test makes, packet by packet.
#[derive(Default)]
struct Made {
    packets: Vec<(i64, bool, Vec<u8>)>,
}

impl Made {
    /// From the caller at `ms`, or back to it.
    fn push(&mut self, ms: f64, back: bool, payload: Vec<u8>) {
        self.packets.push(((ms * 1e3) as i64, back, payload));
    }

    fn rtp(&mut self, ms: f64, ssrc: u32, payload_type: u8, number: u32, timestamp: u32, length: usize) {
        let mut packet = vec![0x80, payload_type, (number >> 8) as u8, number as u8];
        packet.extend(timestamp.to_be_bytes());
        packet.extend(ssrc.to_be_bytes());
        packet.resize(12 + length, 7);
        self.push(ms, false, packet);
    }

    /// Twenty seconds of PCMU: of each packet, when it arrives, or that it does not.
    fn audio(mut self, arrives: impl Fn(u32, f64) -> Option<f64>) -> Self {
        for n in 0..1000 {
            let sent = f64::from(n) * 20.0;
            if let Some(at) = arrives(n, sent) {
                self.rtp(at, AUDIO, 0, n, n * 160, 160);
            }
        }
        self
    }

    /// Twenty seconds of video, 30 frames of five packets a second.
    fn video(mut self, arrives: impl Fn(u32, f64) -> Option<f64>) -> Self {
        for n in 0..3000 {
            let sent = f64::from(n / 5) * 1000.0 / 30.0 + f64::from(n % 5);
            if let Some(at) = arrives(n, sent) {
                self.rtp(at, VIDEO, 96, n, n / 5 * 3000, 1000);
            }
        }
        self
    }

    fn write(mut self) -> Capture {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path =
            std::env::temp_dir().join(format!("rtcscope-findings-{}-{number}.pcap", std::process::id()));
        self.packets.sort_by_key(|(at, ..)| *at);
        let mut file =
            vec![0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 101, 0, 0, 0];
        for (us, back, payload) in &self.packets {
            let length = (28 + payload.len()) as u32;
            file.extend((1_700_000_000 + (us / 1_000_000) as u32).to_le_bytes());
            file.extend(((us % 1_000_000) as u32).to_le_bytes());
            file.extend(length.to_le_bytes());
            file.extend(length.to_le_bytes());
            let (src, dst) = if *back { (HERE[1], HERE[0]) } else { (HERE[0], HERE[1]) };
            let length = length as u16;
            file.extend([0x45, 0, (length >> 8) as u8, length as u8, 0, 0, 0, 0, 64, 17, 0, 0]);
            file.extend(src.0);
            file.extend(dst.0);
            file.extend(src.1.to_be_bytes());
            file.extend(dst.1.to_be_bytes());
            file.extend((length - 20).to_be_bytes());
            file.extend([0, 0]);
            file.extend(payload);
        }
        fs::write(&path, file).unwrap();
        Capture(path)
    }
}

const HERE: [([u8; 4], u16); 2] = [([192, 0, 2, 1], 5000), ([198, 51, 100, 2], 6000)];
const AUDIO: u32 = 0x0a0b_0c0d;
const VIDEO: u32 = 0x2a39_aa06;

/// Removed when it is done with.
struct Capture(PathBuf);

impl Drop for Capture {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

/// A report of the far side on a source: lost so far, the highest number.
fn receiver_report(source: u32, lost: u32, highest: u32) -> Vec<u8> {
    let mut packet = vec![0x81, 201, 0, 7, 0, 0, 0, 99];
    packet.extend(source.to_be_bytes());
    packet.extend(lost.to_be_bytes());
    packet.extend(highest.to_be_bytes());
    packet.extend([0; 12]);
    packet
}

/// Asks for these 17 packets again, from `first` on.
fn nack(source: u32, first: u16) -> Vec<u8> {
    let mut packet = vec![0x81, 205, 0, 3, 0, 0, 0, 99];
    packet.extend(source.to_be_bytes());
    packet.extend(first.to_be_bytes());
    packet.extend([0xff, 0xff]);
    packet
}

#[test]
fn a_healthy_call_gives_no_finding_at_all() {
    let capture =
        Made::default().audio(|n, at| Some(at + f64::from(n % 7))).video(|_, at| Some(at + 20.0)).write();
    let ran = run(&capture.0, &[]);
    ran.is_healthy();
    assert_eq!((ran.json["findings"].as_array().unwrap().len(), &ran.json["verdict"]), (0, &"pass".into()));
}

#[test]
fn an_interruption_is_told_with_its_packets_and_a_filter_for_them() {
    // 30 packets from 5.0 s on never come.
    let capture = Made::default().audio(|n, at| (!(250..280).contains(&n)).then_some(at)).write();
    let ran = run(&capture.0, &[]);
    assert_eq!(ran.exit, Some(1));
    let found = ran.finding("MEDIA_GAP");
    assert_eq!((&found["severity"], &found["stage"]), (&"error".into(), &"media".into()));
    assert_eq!(
        found["message"],
        "audio 0x0a0b0c0d (PCMU) stopped for 620 ms at 5.0 s: 30 packets are missing in it"
    );
    let place = &found["location"];
    assert_eq!(
        (&place["frame_first"], &place["frame_last"], &place["stream"]),
        (&250.into(), &251.into(), &"s1".into())
    );
    assert_eq!(place["time_s"], 4.98);
    assert_eq!(
        place["display_filter"],
        "ip.src == 192.0.2.1 && ip.dst == 198.51.100.2 && udp.srcport == 5000 && udp.dstport == 6000 && \
         udp.payload[8:4] == 0a:0b:0c:0d && frame.number >= 250 && frame.number <= 251"
    );
    // The same hole, as a burst of losses, is not told again.
    assert_eq!((ran.codes("error"), ran.codes("warning")), (vec!["MEDIA_GAP"], vec!["LOSS"]));
    assert_eq!(run(&capture.0, &["--fail-on", "never"]).exit, Some(0));
    let loose = run(
        &capture.0,
        &["--limit", "gap.audio=700ms/1s", "--limit", "loss=off/off", "--limit", "loss.burst=off/50"],
    );
    assert_eq!(
        (loose.exit, &loose.json["verdict"]),
        (Some(0), &"pass".into()),
        "{:#}",
        loose.json["findings"]
    );
}

#[test]
fn silence_that_is_not_sent_is_no_interruption() {
    let mut made = Made::default();
    let mut number = 0;
    for n in 0..1000_u32 {
        // From 5 to 9 s a packet every 400 ms, as Opus sends comfort noise.
        if !(250..450).contains(&n) || n.is_multiple_of(20) {
            made.rtp(f64::from(n) * 20.0, AUDIO, 0, number, n * 160, 160);
            number += 1;
        }
    }
    run(&made.write().0, &[]).is_healthy();
}

#[test]
fn what_is_held_back_and_comes_all_at_once_was_interrupted() {
    let capture = Made::default()
        .audio(|_, at| Some(if (5000.0..5500.0).contains(&at) { 5499.0 + (at - 5000.0) / 1e3 } else { at }));
    let ran = run(&capture.write().0, &[]);
    let found = ran.finding("MEDIA_GAP");
    assert_eq!((found["evidence"]["missing"].as_u64(), &found["severity"]), (Some(0), &"error".into()));
    assert!(found["message"].as_str().unwrap().ends_with("came behind it, all at once"), "{found:#}");
    assert_eq!(ran.codes("error"), ["MEDIA_GAP"]);
}

#[test]
fn video_that_froze_is_told_in_one_sentence() {
    // Between 12.3 s and 12.5 s nothing comes, and 17 packets are asked for again four times, in vain.
    let mut made = Made::default().video(|_, at| (!(12_300.0..12_500.0).contains(&at)).then_some(at));
    (0..4).for_each(|n| made.push(12_540.0 + f64::from(n), true, nack(VIDEO, 1845)));
    let ran = run(&made.write().0, &[]);
    let found = ran.finding("FREEZE");
    assert_eq!(
        found["message"],
        "video 0x2a39aa06 froze 233 ms at 12.3 s: 30 packets missing by then (the stream lost 30 in 1 burst and singly), \
         17 asked for again and no retransmission seen"
    );
    assert_eq!(
        (found["severity"].as_str(), found["evidence"]["missing"].as_u64()),
        (Some("warning"), Some(30))
    );
    assert_eq!(ran.finding("NACK_UNANSWERED")["evidence"]["asked_again"], 17);
    assert!(!ran.codes("warning").contains(&"MEDIA_GAP"), "it is the same");
}

#[test]
fn a_screen_that_does_not_change_is_no_freeze() {
    let mut made = Made::default();
    let mut number = 0;
    for frame in 0..600_u32 {
        if !(300..420).contains(&frame) {
            for _ in 0..5 {
                made.rtp(f64::from(frame) * 1000.0 / 30.0, VIDEO, 96, number, frame * 3000, 900);
                number += 1;
            }
        }
    }
    let ran = run(&made.write().0, &[]);
    ran.is_healthy();
    assert_eq!(ran.codes("info"), ["MEDIA_PAUSED"]);
}

#[test]
fn copies_overtaken_packets_and_clocks_are_told_apart() {
    let twice = {
        let mut made = Made::default();
        for n in 0..500_u32 {
            (0..2).for_each(|copy| made.rtp(f64::from(n * 20 + copy), AUDIO, 0, n, n * 160, 160));
        }
        run(&made.write().0, &[])
    };
    assert_eq!((twice.codes("warning"), twice.codes("error")), (vec!["DUPLICATES"], vec![]));
    let overtaken = Made::default().audio(|n, at| Some(if n % 10 == 3 { at + 25.0 } else { at })).write();
    let overtaken = run(&overtaken.0, &[]);
    assert_eq!((overtaken.codes("warning"), overtaken.codes("error")), (vec!["REORDERED"], vec![]));
    let drifts = {
        let mut made = Made::default();
        for n in 0..4500_u32 {
            made.rtp(f64::from(n) * 20.0 * 1.0008, AUDIO, 0, n, n * 160, 160);
        }
        run(&made.write().0, &[])
    };
    assert_eq!(drifts.codes("error"), ["CLOCK_DRIFT"]);
    assert!(
        drifts.finding("CLOCK_DRIFT")["message"].as_str().unwrap().contains("799 ppm too slow"),
        "{:#}",
        drifts.json
    );
}

#[test]
fn a_receivers_report_says_on_which_side_of_the_capture_it_was() {
    let behind = |lost_here: bool, lost_there: u32| {
        let mut made = Made::default().audio(|n, at| (!(lost_here && n % 20 == 7)).then_some(at));
        for report in 0..10_u32 {
            let highest = 90 + report * 100;
            made.push(
                f64::from(highest) * 20.0 + 5.0,
                true,
                receiver_report(AUDIO, report * lost_there, highest),
            );
        }
        run(&made.write().0, &[])
    };
    let ran = behind(false, 8);
    assert_eq!(ran.codes("error"), ["LOSS_BEHIND_CAPTURE"]);
    assert_eq!(ran.finding("LOSS_BEHIND_CAPTURE")["evidence"]["reported_loss_pct"], 8.0);
    let ran = behind(true, 5);
    assert_eq!(
        (ran.codes("error"), ran.codes("warning")),
        (vec![], vec!["LOSS"]),
        "{:#}",
        ran.json["findings"]
    );
    // It got what the capture lacks.
    let ran = behind(true, 0);
    assert_eq!(ran.codes("warning"), ["CAPTURE_LOSSY", "LOSS"], "{:#}", ran.json["findings"]);
}

#[test]
fn limits_come_from_flags_before_a_file_and_what_was_not_measured_is_no_success() {
    let capture = Made::default().audio(|n, at| (n % 50 != 7).then_some(at)).write();
    let path = capture.0.as_path();
    assert_eq!(run(path, &[]).exit, Some(0));
    let ran = run(path, &["--max", "loss=1.5%"]);
    assert_eq!((ran.exit, &ran.json["verdict"], ran.codes("error")), (Some(1), &"fail".into(), vec!["LOSS"]));
    assert_eq!(ran.json["thresholds"][0]["state"], "crossed");
    assert_eq!(ran.json["limits"]["loss"], serde_json::json!({"fail_pct": 1.5, "warn_pct": 1.0}));
    let loose = run(path, &["--max", "loss=10%", "--fail-on", "warning"]);
    assert_eq!((loose.exit, loose.codes("warning")), (Some(1), vec!["LOSS"]));
    let missing = run(path, &["--max", "rtt=100ms"]);
    assert_eq!((missing.exit, &missing.json["verdict"]), (Some(3), &"inconclusive".into()));

    let config = path.with_extension("json");
    fs::write(&config, r#"{"side": "sender", "limits": {"loss": "off/off"}, "min": {"mos": "4.5"}}"#)
        .unwrap();
    let config = Capture(config);
    let config = config.0.to_str().unwrap();
    let ran = run(path, &["--config", config]);
    assert_eq!((ran.exit, ran.codes("error")), (Some(1), vec!["MOS_LOW"]));
    assert_eq!(
        (&ran.json["side"]["at"], &ran.json["streams"][0]["side"]),
        (&"192.0.2.1".into(), &"sender".into())
    );
    assert!(
        ran.json["streams"][0]["mos"]["assumptions"].as_str().unwrap().contains("captured at its sender")
    );
    let ran = run(path, &["--config", config, "--side", "mid", "--min", "mos=2", "--limit", "loss=1%/1.2%"]);
    assert_eq!((ran.codes("error"), &ran.json["side"]["given"]), (vec!["LOSS"], &"mid".into()));

    for (flags, word) in [
        (["--limit", "los=1%/2%"], "unknown limit `los`"),
        (["--limit", "loss=1%"], "LIMIT=WARN/FAIL"),
        (["--max", "consent=1s"], "unknown metric `consent`"),
        (["--side", "here"], "invalid value"),
    ] {
        let ran = run(path, &flags);
        assert_eq!(ran.exit, Some(2), "{flags:?}");
        assert!(ran.stderr.contains(word), "{flags:?}: {}", ran.stderr);
    }
    fs::write(config, r#"{"limit": {}}"#).unwrap();
    let ran = run(path, &["--config", config]);
    assert_eq!(ran.exit, Some(2));
    assert!(ran.stderr.contains("unknown field `limit`"), "{}", ran.stderr);
}

#[test]
fn a_file_that_breaks_off_is_told_and_costs_nothing_else() {
    let capture = Made::default().audio(|_, at| Some(at)).write();
    let whole = fs::read(&capture.0).unwrap();
    fs::write(&capture.0, &whole[..whole.len() - 50]).unwrap();
    let ran = run(&capture.0, &[]);
    assert_eq!((ran.exit, ran.codes("warning")), (Some(0), vec!["CAPTURE_TRUNCATED"]));
    assert_eq!(ran.json["streams"][0]["packets"], 999);
}

#[test]
fn healthy_captures_of_real_calls_give_no_error_and_no_warning() {
    let Some(folder) = folder() else { return };
    for name in [
        "made__aiortc-loopback.pcapng",
        "made__chromium-loopback.pcapng",
        "made__chromium-loopback.plain.pcapng",
        "made__chromium-turn-udp.pcapng.gz",
        "made__chromium-turn-udp.plain.pcapng",
        "made__chromium-vp8.pcapng",
        "made__chromium-vp8.plain.pcapng",
        "made__turnutils.pcapng",
        "rtpeeker__rtp.pcap",
        "rtpeeker__sip-example.pcap",
        "rtpproxy__alice_srtp.pcap",
        "rtpproxy__dtmf.pcap",
        "rtpproxy__rtcp.a.pcap",
        "rtpproxy__rtcp.o.pcap",
        "str0m__av1.pcap",
        "str0m__h264.pcap",
        "str0m__vp8.pcap",
        "suricata-verify__sip.pcap",
        "zeek__dtls1_0.pcap",
        "zeek__dtls1_2.pcap",
        "zeek__webrtc-stun.pcap",
    ] {
        eprintln!("{name}");
        run(&folder.join(name), &[]).is_healthy();
    }
}

#[test]
fn media_that_nobody_listens_for_is_told() {
    let Some(folder) = folder() else { return };
    let ran = run(&folder.join("made__sipp-pcapplay.pcapng"), &[]);
    let mut codes = ran.codes("warning");
    codes.dedup();
    assert_eq!((ran.codes("error"), codes), (vec![], vec!["MEDIA_REFUSED"]));
    assert_eq!(ran.finding("MEDIA_REFUSED")["evidence"]["reason"], "port");
}

#[test]
fn a_call_through_a_lossy_link_says_between_which_legs_it_was() {
    let Some(folder) = folder() else { return };
    let ran = run(&folder.join("made__gst-rtpbin-impaired.pcapng"), &[]);
    // No more than two in a row were lost: that is no burst.
    assert_eq!((ran.codes("error"), ran.codes("warning")), (vec![], vec!["LOSS", "LOSS", "REORDERED"]));
    let found = ran.finding("LOSS");
    assert_eq!(found["subject"], "s3 audio 0xc41fa56d");
    assert_eq!((&found["evidence"]["lost"], &found["evidence"]["fewer_on"]), (&20.into(), &"s1".into()));
    assert_eq!(
        (&found["location"]["frame_first"], &found["location"]["frame_last"]),
        (&77.into(), &2423.into())
    );
    assert_eq!(
        run(&folder.join("made__gst-rtpbin-impaired.pcapng"), &["--fail-on", "warning"]).exit,
        Some(1)
    );
}

#[test]
fn a_handshake_without_media_and_cut_packets_are_told() {
    let Some(folder) = folder() else { return };
    let ran = run(&folder.join("zeek__webrtc-stun.pcap"), &[]);
    let found = ran.finding("NO_MEDIA");
    assert_eq!((&found["severity"], &found["location"]["frame_last"]), (&"info".into(), &14.into()));
    assert!(found["message"].as_str().unwrap().starts_with("handshake done, no media"));
    let ran = run(&folder.join("variant__eth-snap60.pcap"), &[]);
    assert!(ran.finding("PACKETS_CUT")["message"].as_str().unwrap().starts_with("payload truncated"));
}

#[test]
fn certificates_are_held_against_the_descriptions() {
    let Some(folder) = folder() else { return };
    let sdp = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let with = |offer: String, answer: String| {
        run(&folder.join("made__aiortc-loopback.pcapng"), &["--sdp", &offer, "--sdp", &answer])
    };
    with(sdp("made__aiortc-loopback.offer.sdp"), sdp("made__aiortc-loopback.answer.sdp")).is_healthy();
    let ran = with(sdp("made__aiortc-loopback.offer.sdp"), sdp("made__chromium-loopback.answer.sdp"));
    assert_eq!((ran.exit, ran.codes("error")), (Some(1), vec!["FINGERPRINT_MISMATCH"]));
    assert!(ran.finding("FINGERPRINT_MISMATCH")["message"].as_str().unwrap().contains("127.0.0.1:43589"));
}
