//! `--trace` and `--pcap`: what goes into a ticket is all that went over the wire, readable, and without the password.

use std::collections::BTreeMap;
use std::net::IpAddr;

use pcap_parser::traits::{PcapNGPacketBlock, PcapReaderIterator};
use pcap_parser::{Block, Linktype, PcapBlockOwned, PcapNGReader};
use rtcscope::io::server::Identity;
use rtcscope::server::Faults;
use rtcscope::stun::Message;

use super::*;
use crate::run::{Run, probe};

/// What a file for Wireshark holds, by what carried it: the payloads, and how many of them are STUN.
#[derive(Debug, Default)]
struct Recorded {
    payloads: BTreeMap<&'static str, Vec<Vec<u8>>>,
    /// The ports at either end of the TCP streams, and the sequence numbers that their next segments must have.
    streams: BTreeMap<(u16, u16), u32>,
}

fn read(bytes: &[u8]) -> Recorded {
    let mut reader = PcapNGReader::new(1 << 20, bytes).expect("a pcapng file");
    let (mut recorded, mut links, mut last) = (Recorded::default(), Vec::new(), 0);
    loop {
        match reader.next() {
            Ok((length, block)) => {
                match block {
                    PcapBlockOwned::NG(Block::InterfaceDescription(interface)) => {
                        assert_eq!(interface.if_tsresol, 9);
                        links.push(interface.linktype);
                    }
                    PcapBlockOwned::NG(Block::EnhancedPacket(packet)) => {
                        let time = u64::from(packet.ts_high) << 32 | u64::from(packet.ts_low);
                        assert!(time >= last, "the times go back");
                        last = time;
                        match links[packet.if_id as usize] {
                            Linktype::RAW => recorded.packet(packet.packet_data()),
                            Linktype(252) => recorded.exported(packet.packet_data()),
                            other => panic!("{other:?}"),
                        }
                    }
                    _ => {}
                }
                reader.consume(length);
            }
            Err(pcap_parser::PcapError::Eof) => return recorded,
            Err(pcap_parser::PcapError::Incomplete(_)) => reader.refill().expect("a slice never fails"),
            Err(error) => panic!("{error:?}"),
        }
    }
}

impl Recorded {
    fn packet(&mut self, data: &[u8]) {
        // The padding of the block is no part of the packet.
        let (protocol, segment, pseudo) = match data[0] >> 4 {
            4 => {
                let length = usize::from(u16::from_be_bytes([data[2], data[3]]));
                assert_eq!(sum(&[&data[..20]]), 0xffff, "the IPv4 header's checksum");
                (data[9], &data[20..length], data[12..20].to_vec())
            }
            6 => {
                let length = 40 + usize::from(u16::from_be_bytes([data[4], data[5]]));
                (data[6], &data[40..length], data[8..40].to_vec())
            }
            other => panic!("IP version {other}"),
        };
        let length = (segment.len() as u16).to_be_bytes();
        assert_eq!(sum(&[&pseudo, &[0, protocol], &length, segment]), 0xffff, "the checksum");
        let ports =
            (u16::from_be_bytes([segment[0], segment[1]]), u16::from_be_bytes([segment[2], segment[3]]));
        match protocol {
            17 => self.payloads.entry("udp").or_default().push(segment[8..].to_vec()),
            6 => {
                let number = |at: usize| u32::from_be_bytes(segment[at..at + 4].try_into().unwrap());
                let next = *self.streams.entry(ports).or_insert(1);
                assert_eq!(number(4), next, "a segment is missing");
                assert_eq!(number(8), *self.streams.entry((ports.1, ports.0)).or_insert(1), "acknowledges");
                let data = &segment[20..];
                *self.streams.get_mut(&ports).unwrap() += data.len() as u32;
                self.payloads.entry("tcp").or_default().push(data.to_vec());
            }
            other => panic!("protocol {other}"),
        }
    }

    fn exported(&mut self, mut data: &[u8]) {
        let mut tags = BTreeMap::new();
        loop {
            let (tag, length) =
                (u16::from_be_bytes([data[0], data[1]]), u16::from_be_bytes([data[2], data[3]]));
            let (value, rest) = data[4..].split_at(usize::from(length));
            data = rest;
            if tag == 0 {
                break;
            }
            tags.insert(tag, value.to_vec());
        }
        assert_eq!(tags[&12], b"stun-udp");
        assert_eq!(IpAddr::from(<[u8; 4]>::try_from(&tags[&20][..]).unwrap()), LOOPBACK);
        assert_eq!(tags[&24], [0, 0, 0, 2]);
        self.payloads.entry("tls").or_default().push(data.to_vec());
    }

    fn messages(&self, carrier: &str) -> usize {
        let payloads = self.payloads.get(carrier).map_or(&[][..], Vec::as_slice);
        payloads.iter().filter(|payload| Message::from_bytes(payload).is_ok()).count()
    }
}

/// The Internet checksum's sum; 0xffff where one is in it and right. Only the last part may be odd.
fn sum(parts: &[&[u8]]) -> u32 {
    let words = parts.iter().flat_map(|part| part.chunks(2));
    let mut sum: u32 =
        words.map(|word| u32::from(word[0]) << 8 | u32::from(word.get(1).copied().unwrap_or(0))).sum();
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    sum
}

/// Probes with both recordings: the run, the trace, the capture.
fn recorded(targets: &[&str], more: &[&str]) -> (Run, String, Vec<u8>) {
    let (trace, pcap) = (TempFile::new(""), TempFile::new(""));
    let trace_arg = format!("--trace={}", trace.path());
    let run = probe(&[targets, &ALICE, &TIMEOUT, more, &[&trace_arg, "--pcap", pcap.path()]].concat());
    let lines = std::fs::read_to_string(trace.path()).unwrap();
    (run, lines, std::fs::read(pcap.path()).unwrap())
}

#[test]
fn the_capture_and_the_trace_have_the_same_messages_and_no_password() {
    let identity = Identity::throw_away([LOOPBACK.to_string()]);
    let server = EmbeddedServer::start(settings(), Listen::on(LOOPBACK).with_tls(identity)).unwrap();
    let targets = [turn(&server), turns(&server)];
    let (run, lines, pcap) = recorded(&[&targets[0], &targets[1]], &["--insecure"]);
    assert_eq!(run.code, 0, "{}", run.text);
    let capture = read(&pcap);
    for carrier in ["udp", "tcp", "tls"] {
        let traced: Vec<_> = lines.lines().filter(|line| line.contains(&format!("  {carrier} "))).collect();
        // Over TCP what came together is one segment.
        let stun = traced.iter().filter(|line| !line.contains("  ChannelData ")).count();
        assert!(capture.messages(carrier) >= 15, "{carrier}: {capture:?}");
        if carrier == "tls" {
            assert_eq!(capture.payloads[carrier].len(), traced.len());
            assert_eq!(capture.messages(carrier), stun);
        }
    }
    // What the plain socket sent is in both.
    assert!(lines.lines().any(|line| line.contains("  peer ") && line.ends_with(" 160 B  data")), "{lines}");
    for said in
        ["Allocate request", "ERROR-CODE=\"401 Unauthorized\"", "USERNAME=alice  signed", "ChannelData on"]
    {
        assert!(lines.contains(said), "{said}\n{lines}");
    }
    assert!(!lines.contains(USER.1), "the password is in the trace");
    let secret = USER.1.as_bytes();
    assert!(!pcap.windows(secret.len()).any(|bytes| bytes == secret), "the password is in the capture");
    // What the help says of both: nothing else is hidden.
    let port = server.udp_addr().unwrap().to_string();
    assert!(lines.contains(&port) && lines.contains("USERNAME=alice"), "{lines}");
    // The user name is what says that the search above finds something where it is.
    assert!(pcap.windows(5).any(|bytes| bytes == USER.0.as_bytes()));
}

#[test]
fn the_times_of_a_trace_do_not_go_back() {
    let server = start(settings());
    let (_, lines, _) = recorded(&[&turn(&server)], &[]);
    let times: Vec<f64> = lines.lines().map(|line| line[..10].trim().parse().unwrap()).collect();
    assert!(times.len() > 30 && times.is_sorted(), "{lines}");
}

#[test]
fn a_retransmission_is_in_both_and_named() {
    let server = start(Settings { faults: Faults { drop_udp_in: true, ..Faults::default() }, ..settings() });
    let (_, lines, pcap) = recorded(&[&turn_udp(&server)], &[]);
    assert!(lines.contains("(retransmission, time 2)"), "{lines}");
    let sent = lines.lines().filter(|line| line.contains("  sent ")).count();
    assert_eq!(read(&pcap).payloads["udp"].len(), sent);
    assert!(sent >= 3, "{lines}");
}

#[test]
fn a_capture_that_is_cut_off_anywhere_is_read_up_to_there() {
    let server = start(settings());
    let (_, _, pcap) = recorded(&[&turn_udp(&server)], &[]);
    let whole = read(&pcap).messages("udp");
    let mut reader = PcapNGReader::new(1 << 20, &pcap[..pcap.len() / 2]).unwrap();
    let mut blocks = 0;
    while let Ok((length, _)) = reader.next() {
        blocks += 1;
        reader.consume(length);
    }
    assert!(blocks > 10 && whole > 10, "{blocks} blocks, {whole} messages");
}

#[test]
fn a_full_disk_does_not_end_the_run() {
    let server = start(settings());
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_rtcscope"))
        .args(["probe", &turn_udp(&server), "--count", "2", "--pcap", "/dev/full"])
        .args(ALICE)
        .env_clear()
        .output()
        .unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{stderr}");
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
    assert!(stderr.starts_with("warning: /dev/full: No space left on device"), "{stderr}");
}

#[test]
fn a_trace_without_a_file_has_standard_error_and_the_result_stays_apart() {
    let server = start(settings());
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_rtcscope"))
        .args(["probe", &turn_udp(&server), "--count", "2", "--trace", "-v", "--format", "json"])
        .args(ALICE)
        .env_clear()
        .output()
        .unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.contains("Allocate request") && stderr.contains("  REALM: "), "{stderr}");
    assert!(
        stderr.lines().all(|line| line.contains(" ms  ") || line.starts_with("                  ")),
        "{stderr}"
    );
    assert!(!stderr.contains(USER.1));
    serde_json::from_slice::<serde_json::Value>(&output.stdout).expect("the result alone");
}

/// Far more lines than a pipe takes, and nobody reads them: neither the probe nor the capture is the worse for it.
#[test]
fn a_trace_that_nobody_reads_holds_nobody_up() {
    let server = start(settings());
    let pcap = TempFile::new("");
    let started = std::time::Instant::now();
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_rtcscope"))
        .args(["probe", &turn_udp(&server), "--count", "1000", "--rate", "1000", "--trace", "-v"])
        .args(["--pcap", pcap.path(), "--format", "json"])
        .args(ALICE)
        .env_clear()
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let stderr = child.stderr.take().unwrap();
    let ended = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break Some(status);
        }
        if started.elapsed() > std::time::Duration::from_secs(30) {
            child.kill().unwrap();
            break None;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    };
    drop(stderr);
    assert_eq!(ended.and_then(|status| status.code()), Some(0), "after {:?}", started.elapsed());
    let json: serde_json::Value = serde_json::from_reader(child.stdout.take().unwrap()).expect("the result");
    assert_eq!(json["verdict"], "pass");
    let capture = read(&std::fs::read(pcap.path()).unwrap());
    assert!(capture.payloads["udp"].len() > 3000, "{} packets", capture.payloads["udp"].len());
}

#[test]
fn recordings_that_would_mix_are_refused_before_anything_is_written() {
    let (there, link) = (TempFile::new("as it was"), TempFile::new(""));
    let path = there.path();
    std::fs::remove_file(link.path()).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(path, link.path()).unwrap();
    let (folder, name) = path.rsplit_once('/').unwrap();
    let roundabout = format!("{folder}/./{name}");
    let (trace, report) = (format!("--trace={path}"), format!("text={path}"));
    let (traced, reported) = (format!("--trace={roundabout}"), format!("json={roundabout}"));
    let linked = format!("--trace={}", link.path());
    for more in [
        &["--pcap", "-"][..],
        &["--pcap", path, &trace],
        &["--pcap", &roundabout, &trace],
        &["--pcap", path, "-o", path],
        &["--pcap", path, "-o", &roundabout],
        &["--pcap", path, "--report", &report],
        &["--pcap", &roundabout, "--report", &report],
        &[&traced, "--report", &report],
        &[&trace, "-o", &roundabout],
        &[&linked, "-o", path],
        &["-o", link.path(), "--pcap", path],
        &["-o", path, "--report", &reported],
    ] {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_rtcscope"));
        let output = command.args(["probe", "turn:127.0.0.1:9", "-u", "a", "-w", "b"]).args(more).env_clear();
        let output = output.output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{more:?} {stderr}");
        assert_eq!(std::fs::read_to_string(path).unwrap(), "as it was", "{more:?}");
    }
}

#[test]
fn a_file_that_cannot_be_made_is_known_before_the_work() {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_rtcscope"))
        .args(["probe", "turn:127.0.0.1:9", "-u", "a", "-w", "b", "--pcap", "/nowhere/at/all.pcapng"])
        .env_clear()
        .output()
        .unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), output.stdout.len()), (Some(3), 0), "{stderr}");
    assert!(stderr.starts_with("error: write /nowhere/at/all.pcapng"), "{stderr}");
}
