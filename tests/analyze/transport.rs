//! What captures show of relays, checks and handshakes, if `RTCSCOPE_CORPUS` names the folder that they are in.

use std::fs::File;
use std::io::{BufReader, Read};

use rtcscope::analyze::facts::Classes;
use rtcscope::analyze::transport::TransportFacts;
use rtcscope::analyze::{Analysis, Settings};
use rtcscope::capture::{Decoder, Reader, Section};
use serde_json::Value;

use super::analyzed;
use super::corpus::folder;

/// What was read of a capture.
struct Opened {
    classes: Classes,
    transport: TransportFacts,
    /// Opened with keys, and refused.
    decryption: Option<(u64, u64)>,
    /// Of each kind of report, how many.
    reports: Value,
}

impl Opened {
    fn facts(&self) -> (&TransportFacts, Value) {
        (&self.transport, serde_json::to_value(&self.transport).unwrap())
    }
}

fn read(name: &str) -> Option<Opened> {
    read_with(name, None)
}

fn read_with(name: &str, keys: Option<&str>) -> Option<Opened> {
    let corpus = folder()?;
    let file = BufReader::new(File::open(corpus.join(name)).unwrap());
    let input: Box<dyn Read + Send> = match name.ends_with(".gz") {
        true => Box::new(flate2::read::MultiGzDecoder::new(file)),
        false => Box::new(file),
    };
    let mut settings = Settings::default();
    if let Some(keys) = keys {
        settings.keys.read(&std::fs::read_to_string(corpus.join(keys)).unwrap());
        assert!(!settings.keys.is_empty());
    }
    let (mut reader, mut decoder) = (Reader::new(input).unwrap(), Decoder::new(0));
    let mut analysis = Analysis::new(settings);
    loop {
        let ended = reader.next(&mut |section| {
            let Section::Record(record) = section else { return };
            analysis.time(record.at);
            if let Some(datagram) = decoder.datagram(&record) {
                analysis.datagram(&datagram);
            }
        });
        if ended.is_some() {
            break;
        }
    }
    analysis.finish();
    let reports = analysis.report_facts(&analysis.stream_facts());
    Some(Opened {
        classes: analysis.classes(),
        transport: analysis.transport_facts(),
        decryption: analysis.decryption().map(|keys| (keys.opened(), keys.refused())),
        reports: serde_json::to_value(&reports.rtcp).unwrap(),
    })
}

#[test]
fn a_handshake_of_dtls_1_0_behind_checks_of_ice() {
    let Some(read) = read("zeek__webrtc-stun.pcap") else { return };
    let (facts, json) = read.facts();
    assert_eq!(facts.stun.values().sum::<u64>(), 10);
    assert_eq!((read.classes.rtp, read.classes.rtcp), (0, 0));
    assert_eq!(facts.pairs.len(), 1, "{json:#}");
    let pair = &json["transport"][0];
    let dtls = &pair["dtls"][0];
    assert_eq!(dtls["version"], "DTLS 1.0");
    assert_eq!(
        (&dtls["cipher"], &dtls["client"]),
        (&"0xc00a".into(), &"74.201.205.9:43044".into()),
        "{json:#}"
    );
    assert_eq!(dtls["cipher_name"], "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA");
    assert_eq!(dtls["ended_frame"], 14);
    assert!(dtls["server_fingerprint"].as_str().unwrap().starts_with("sha-256 "));
    assert!(dtls["client_fingerprint"].as_str().unwrap().starts_with("sha-256 "));
    let (src, dst) = (&pair["ice"]["src"], &pair["ice"]["dst"]);
    assert_eq!((&src["checks"], &src["answered"]), (&2.into(), &2.into()));
    assert_eq!((&dst["checks"], &dst["answered"]), (&3.into(), &3.into()));
    assert_eq!(src["usernames"][0], "Tw5XmGABTU55u6F2:31e58bb6");
    assert_eq!(src["rtt"]["n"], 2);
}

#[test]
fn handshakes_in_small_pieces() {
    let Some(read) = read("zeek__dtls1_2.pcap") else { return };
    let (_, json) = read.facts();
    let dtls = &json["transport"][0]["dtls"][0];
    assert_eq!((&dtls["version"], &dtls["cookie"]), (&"DTLS 1.2".into(), &true.into()), "{json:#}");
    assert_eq!(dtls["client"], "192.168.17.58:60934");
    assert_eq!((&dtls["client_repeated"], &dtls["server_repeated"]), (&0.into(), &0.into()));
    assert!(dtls["server_fingerprint"].is_string());
    assert_eq!(dtls["encrypted_alerts"], 1);
}

#[test]
fn handshakes_of_dtls_1_0() {
    let Some(read) = self::read("zeek__dtls1_0.pcap") else { return };
    let (_, json) = read.facts();
    let dtls = &json["transport"][0]["dtls"][0];
    assert_eq!((&dtls["version"], &dtls["cookie"]), (&"DTLS 1.0".into(), &true.into()), "{json:#}");
    assert_eq!((&dtls["data_records"], &dtls["encrypted_alerts"]), (&2.into(), &1.into()));
}

#[test]
fn a_handshake_of_dtls_1_3() {
    let Some(read) = read("made__chromium-loopback.pcapng") else { return };
    let (_, json) = read.facts();
    let pairs = json["transport"].as_array().unwrap();
    let handshakes: Vec<_> = pairs.iter().flat_map(|pair| pair["dtls"].as_array().unwrap()).collect();
    assert_eq!(handshakes.len(), 1, "{json:#}");
    let dtls = handshakes[0];
    assert_eq!((&dtls["version"], &dtls["cipher"]), (&"DTLS 1.3".into(), &"0x1301".into()), "{json:#}");
    assert_eq!(dtls["cipher_name"], "TLS_AES_128_GCM_SHA256");
    assert_eq!(dtls["fingerprints_observable"], false);
    assert_eq!((&dtls["server_fingerprint"], &dtls["srtp_profile"]), (&Value::Null, &Value::Null));
    assert!(dtls["handshake_ms"].as_f64().unwrap() < 1000.0);
}

#[test]
fn a_relayed_call() {
    let Some(read) = read("made__chromium-turn-udp.pcapng.gz") else { return };
    let (facts, json) = read.facts();
    let turn: Vec<_> = facts.pairs.iter().filter_map(|pair| pair.turn.as_ref()).collect();
    assert_eq!(turn.len(), 2);
    let channels = turn.iter().flat_map(|turn| &turn.channels);
    let counts: Vec<_> = channels.map(|channel| (&channel.number[..], channel.data)).collect();
    assert!(counts.iter().all(|(number, _)| *number == "0x4000"), "{counts:?}");
    // 3258 with the four that ICMP messages quote.
    assert_eq!(counts.iter().map(|(_, data)| data.sent + data.received).sum::<u64>(), 3254);
    assert_eq!(read.classes.channel_data, 3254);
    for turn in &turn {
        assert_eq!((turn.allocations.len(), turn.guessed), (1, false));
        assert_eq!(turn.requests["Allocate"].errors.get(&401), Some(&1));
        assert!(turn.allocations[0].released_at_s.is_some());
        assert!(turn.channels[0].peer.is_some());
    }
    // Three legs, of which two are wrapped, and the same checks went over all of them.
    let checked: Vec<_> =
        facts.pairs.iter().filter(|pair| pair.ice.as_ref().is_some_and(|ice| ice.src.checks > 0)).collect();
    assert_eq!(checked.len(), 3, "{json:#}");
    let flow = checked[0].ice.as_ref().unwrap().flow;
    let relayed = checked.iter().find(|pair| pair.leg.via.is_none()).unwrap();
    for pair in &checked {
        assert_eq!(pair.ice.as_ref().unwrap().flow, flow);
        assert_eq!((pair.dtls.len(), pair.dtls[0].cipher.as_deref()), (1, Some("0x1301")));
        assert!(pair.dtls[0].handshake_ms.is_some(), "{:#?}", pair.dtls);
        if let Some(far) = &pair.far_side {
            let there = (far.src, far.dst) == (relayed.leg.src, relayed.leg.dst);
            assert!(there || (far.dst, far.src) == (relayed.leg.src, relayed.leg.dst));
        }
    }
    assert!(facts.moves.is_empty(), "{:#}", json["pair_changes"]);
}

#[test]
fn clients_of_coturn_and_channels_beyond_the_usual_ones() {
    let Some(read) = read("made__turnutils.pcapng") else { return };
    let (facts, json) = read.facts();
    let turn: Vec<_> = facts.pairs.iter().filter_map(|pair| pair.turn.as_ref()).collect();
    assert_eq!(turn.len(), 3, "{json:#}");
    let channels: Vec<_> = turn
        .iter()
        .flat_map(|turn| &turn.channels)
        .map(|channel| (&channel.number[..], channel.data.sent, channel.data.received))
        .collect();
    assert_eq!(channels, [("0x40a7", 0, 0), ("0x6442", 30, 0), ("0x5528", 30, 0)]);
    assert_eq!(facts.stun.values().sum::<u64>(), 44);
    assert!(turn.iter().all(|turn| turn.requests.values().all(|counts| counts.unanswered == 0)));
    let bind = &turn[1].requests["ChannelBind"];
    assert_eq!((bind.requests, bind.succeeded, bind.errors.len()), (5, 5, 0));
    assert_eq!((turn[1].allocations[0].lifetime_s, turn[1].allocations[0].refreshed), (Some(777), 2));
    assert_eq!(turn[0].software.as_deref(), Some("Coturn-4.6.1 'Gorst'"));
}

#[test]
fn a_handshake_of_dtls_1_2_has_the_fingerprints_of_the_descriptions() {
    let Some(read) = read("made__aiortc-loopback.pcapng") else { return };
    let (_, json) = read.facts();
    let pair = &json["transport"][0];
    let dtls = &pair["dtls"][0];
    assert_eq!((&dtls["version"], &dtls["cipher"]), (&"DTLS 1.2".into(), &"0xc02b".into()), "{json:#}");
    assert_eq!(dtls["srtp_profile"], "SRTP_AEAD_AES_256_GCM");
    assert_eq!((&dtls["flights"], &dtls["ended_frame"]), (&4.into(), &8.into()));
    let root = folder().unwrap();
    for (side, sdp) in [("server_fingerprint", "offer"), ("client_fingerprint", "answer")] {
        let text = std::fs::read_to_string(root.join(format!("made__aiortc-loopback.{sdp}.sdp"))).unwrap();
        assert!(text.contains(&format!("a=fingerprint:{}", dtls[side].as_str().unwrap())), "{side}");
    }
    let (src, dst) = (&pair["ice"]["src"], &pair["ice"]["dst"]);
    assert_eq!((&src["role"], &dst["role"]), (&"controlled".into(), &"controlling".into()));
    assert_eq!((&dst["nominations"], &dst["nominated_frame"]), (&1.into(), &3.into()));
    assert_eq!((&src["checks"], &src["unanswered"]), (&2.into(), &0.into()));
}

#[test]
fn media_is_opened_with_a_key_log_and_with_exported_keys_alike() {
    let mut all = Vec::new();
    for keys in ["made__aiortc-loopback.keylog", "made__aiortc-loopback.srtpkeys.json"] {
        let Some(read) = read_with("made__aiortc-loopback.pcapng", Some(keys)) else { return };
        assert_eq!(read.classes.rtp, 1916);
        assert_eq!(read.decryption, Some((1916 + 80, 0)));
        let mut counts = std::collections::BTreeMap::<String, u64>::new();
        for sender in read.reports.as_array().unwrap() {
            assert_eq!(sender["encrypted"], false);
            for (kind, count) in sender["counts"].as_object().unwrap() {
                *counts.entry(kind.clone()).or_default() += count.as_u64().unwrap();
            }
        }
        all.push(counts);
    }
    assert_eq!(all[0], all[1]);
    println!("{all:?}");
    let count = |kind: &str| all[0].get(kind).copied();
    assert_eq!([count("sr"), count("rr"), count("sdes"), count("bye")], [28, 30, 28, 2].map(Some), "{all:?}");
}

#[test]
fn keys_within_the_capture_open_it_too_and_data_channels_are_told() {
    let Some(folder) = folder() else { return };
    let capture = folder.join("made__aiortc-loopback.pcapng");
    let log = folder.join("made__aiortc-loopback.keylog");
    let outside = analyzed(&capture, &["--keys", log.to_str().unwrap()]);
    let dtls = &outside["transport"][0]["dtls"][0];
    let channel = &dtls["sctp"]["channels"][0];
    // As the application counted.
    let call = std::fs::read(folder.join("made__aiortc-loopback.call.json")).unwrap();
    let call: Value = serde_json::from_slice(&call).unwrap();
    assert_eq!((&channel["src_messages"], &channel["dst_messages"]), (&call["dc"], &call["dc"]));
    assert_eq!((&channel["label"], &dtls["sctp"]["packets"]), (&"chat".into(), &dtls["data_records"]));
    assert_eq!(dtls["alerts"][0]["name"], "close_notify");

    let (capture, log) = (std::fs::read(&capture).unwrap(), std::fs::read(&log).unwrap());
    let first = u32::from_le_bytes(capture[4..8].try_into().unwrap()) as usize;
    let padded = log.len().next_multiple_of(4);
    let whole = (20 + padded) as u32;
    let mut block = [10_u32, whole, 0x544c_534b, log.len() as u32].map(u32::to_le_bytes).concat();
    block.extend(&log);
    block.resize(16 + padded, 0);
    block.extend(whole.to_le_bytes());
    let with_keys = [&capture[..first], &block, &capture[first..]].concat();
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("with-keys.pcapng");
    std::fs::write(&path, &with_keys).unwrap();
    let within = analyzed(&path, &[]);
    std::fs::remove_file(&path).unwrap();
    assert_eq!(within["decryption"], outside["decryption"]);
    assert_eq!((&within["rtcp"], &within["transport"]), (&outside["rtcp"], &outside["transport"]));
}
