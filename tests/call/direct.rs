//! Calls within the host.

use std::io::Write;
use std::time::{Duration, Instant};

use super::{at, call, number, over_media, rtcscope};

#[test]
fn a_call_comes_up_in_order_and_no_ping_is_lost() {
    let (exit, json) = call(&["--duration", "1s", "--pings", "200"]);
    assert_eq!((exit, &json["verdict"], &json["schema"]), (0, &"pass".into(), &"call/1".into()), "{json:#}");
    let order = [
        "setup",
        "gather",
        "ice_first_check",
        "ice_nominated",
        "dtls",
        "sctp",
        "channel_open",
        "first_rtp",
        "first_frame",
    ];
    let names: Vec<&str> =
        json["phases"].as_array().unwrap().iter().map(|phase| phase["name"].as_str().unwrap()).collect();
    assert_eq!(names, order);
    let waits = [
        ("setup", "gather"),
        ("gather", "ice_first_check"),
        ("ice_first_check", "ice_nominated"),
        ("ice_nominated", "dtls"),
        ("dtls", "sctp"),
        ("sctp", "channel_open"),
        ("dtls", "first_rtp"),
        ("first_rtp", "first_frame"),
    ];
    for (before, after) in waits {
        assert!(at(&json, before) <= at(&json, after), "{before} after {after}: {}", json["phases"]);
    }
    assert_eq!((number(&json, "/rtt/n"), number(&json, "/loss_pct")), (200.0, 0.0));
    assert_eq!(json["paths"][0]["channel"]["answered"], 200);
    assert_eq!(json["paths"][0]["pair"]["caller"]["kind"], "host");
    // A path within the host is not rated.
    assert!(json["rating"].is_null());
    assert!(number(&json, "/floor/rtt/median_ms") <= number(&json, "/rtt/median_ms"));
    assert!(number(&json, "/one_way/audio/n") >= 50.0 && number(&json, "/one_way/video/n") >= 60.0);
}

#[test]
fn two_thousand_pings_come_back_and_are_held_against_raw_udp_of_the_same_run() {
    // A build without optimisation says nothing of how fast it is. Half of the pings need an acknowledgement each way
    // besides, so that twice the datagrams go; and other programs may take their time.
    let most = if cfg!(debug_assertions) { f64::INFINITY } else { 8.0 };
    let whole = || {
        let (exit, json) = call(&["--duration", "3s", "--pings", "2000", "--media", "none"]);
        assert_eq!(exit, 0, "{json:#}");
        let channel = &json["paths"][0]["channel"];
        assert_eq!(channel["answered"], channel["pings"]);
        assert_eq!(channel["answered"].as_f64(), Some(number(&json, "/rtt/n")));
        let (told, floor) = (number(&json, "/rtt/median_ms"), number(&json, "/floor/rtt/median_ms"));
        let ratio = number(&json, "/floor/ratio");
        assert!((ratio - told / floor).abs() <= 0.01, "{ratio} {told} {floor}");
        // A machine with other things to do sends fewer.
        ratio <= most && number(&json, "/rtt/n") >= if cfg!(debug_assertions) { 500.0 } else { 2000.0 }
    };
    assert!((0..5).any(|_| whole()));
}

#[test]
fn a_hundred_calls_of_a_hundred_come_up() {
    for _ in 0..10 {
        let start = || {
            let args = ["call", "--format", "json", "--duration", "50ms", "--pings", "2", "--media", "audio"];
            rtcscope(&args).stdout(std::process::Stdio::piped()).spawn().unwrap()
        };
        let calls: Vec<_> = (0..10).map(|_| start()).collect();
        for call in calls {
            let (exit, json) = super::read(&call.wait_with_output().unwrap());
            assert_eq!((exit, &json["verdict"]), (0, &"pass".into()), "{json:#}");
        }
    }
}

#[test]
fn ipv6_and_both_families_work_as_well() {
    for (flags, prefix) in [(&["-6"][..], "[::1]"), (&["--local-addr", "127.0.0.1"], "127.0.0.1")] {
        let (exit, json) =
            call(&[&["--duration", "200ms", "--pings", "5", "--media", "audio"], flags].concat());
        let address = json["paths"][0]["pair"]["caller"]["address"].as_str().unwrap_or_default();
        assert_eq!(exit, 0, "{json:#}");
        assert!(address.starts_with(prefix), "{address}");
    }
    let (exit, _) = call(&["--duration", "200ms", "--pings", "5", "-4", "-6"]);
    assert_eq!(exit, 0);
}

#[test]
fn our_own_rules_find_nothing_wrong_with_offer_and_answer() {
    for media in ["audio,video", "none"] {
        let (_, json) = call(&["--duration", "100ms", "--pings", "1", "--print-sdp", "--media", media]);
        let dir = std::env::temp_dir().join(format!("rtcscope-call-{}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        let paths = ["offer", "answer"].map(|side| {
            let path = dir.join(format!("{side}.sdp"));
            let text = json["descriptions"][side].as_str().expect("a description");
            std::fs::File::create(&path).unwrap().write_all(text.as_bytes()).unwrap();
            path.to_str().unwrap().to_owned()
        });
        for command in ["lint", "negotiate"] {
            let args = ["sdp", command, "--format", "json", "--fail-on", "warning", &paths[0], &paths[1]];
            let (exit, json) = super::read(&rtcscope(&args).output().unwrap());
            assert_eq!(exit, 0, "{json:#}");
            assert_eq!(json["findings"].as_array().map(Vec::len), Some(0), "{json:#}");
        }
        std::fs::remove_dir_all(dir).unwrap();
    }
}

#[test]
fn a_delay_is_what_is_measured_one_way_and_there_and_back() {
    let (exit, json) = call(&["--duration", "2s", "--pings", "50", "--impair", "delay=50ms"]);
    assert_eq!(exit, 0, "{json:#}");
    let (rtt, one_way) = (number(&json, "/rtt/median_ms"), number(&json, "/one_way/median_ms"));
    assert!((100.0..=105.0).contains(&rtt), "{rtt}");
    assert!((50.0..=52.0).contains(&one_way), "{one_way}");
    assert_eq!(json["rating"], "excellent");
}

#[test]
fn one_direction_is_damaged_without_the_other() {
    let (_, json) = call(&["--duration", "1s", "--pings", "20", "--impair-up", "delay=30ms"]);
    let rtt = number(&json, "/rtt/median_ms");
    assert!((30.0..=33.0).contains(&rtt), "{rtt}");
    let media = json["paths"][0]["media"].as_array().unwrap();
    for stream in media {
        let late = stream["one_way"]["median_ms"].as_f64().unwrap() >= 30.0;
        assert_eq!(late, stream["from"] == "caller", "{stream}");
    }
}

#[test]
fn the_loss_that_is_reported_is_that_of_the_log_and_a_seed_repeats_it() {
    let flags = ["--duration", "4s", "--pings", "20", "--impair", "loss=5%,only=rtp", "--seed", "7"];
    let (exit, first) = call(&flags);
    assert_eq!(exit, 0, "{first:#}");
    let log: u64 = first["paths"][0]["impairment"]
        .as_array()
        .unwrap()
        .iter()
        .map(|w| w["media_dropped"].as_u64().unwrap())
        .sum();
    assert_eq!(over_media(&first, "lost"), log);
    assert!(over_media(&first, "repaired") > 0);
    let (_, second) = call(&flags);
    let dropped = |json: &serde_json::Value| {
        let flows = json.pointer("/paths/0/impairment/0/flows").unwrap().as_array().unwrap().clone();
        let audio = flows.into_iter().find(|flow| flow["flow"] == "audio").unwrap();
        let numbers = audio["dropped_numbers"].as_array().unwrap().clone();
        // One run may send a packet more.
        numbers.into_iter().filter(|n| n.as_u64().unwrap() < 195).collect::<Vec<_>>()
    };
    assert!(!dropped(&first).is_empty());
    assert_eq!(dropped(&first), dropped(&second));
}

#[test]
fn a_phase_that_fails_is_named_before_the_deadline() {
    for (damage, phase) in
        [("only=dtls,loss=100%", "dtls"), ("only=stun,loss=100%", "ice"), ("only=rtp,loss=100%", "media")]
    {
        let started = Instant::now();
        let (exit, json) = call(&["--timeout", "1s", "--impair", damage]);
        assert_eq!((exit, &json["failure"]["phase"]), (1, &phase.into()), "{json:#}");
        assert!(started.elapsed() < Duration::from_secs(4));
    }
}

#[test]
fn a_first_hello_that_is_lost_is_sent_again() {
    let (exit, json) = call(&["--duration", "200ms", "--pings", "2", "--impair-up", "only=dtls,first=1"]);
    assert_eq!(exit, 0, "{json:#}");
    assert!(number(&json, "/paths/0/dtls/retransmits") >= 1.0);
}

#[test]
fn limits_are_held_and_unknown_ones_refused() {
    let (exit, json) =
        call(&["--duration", "200ms", "--pings", "5", "--max", "rtt.p99=1us", "--max", "loss=1%"]);
    assert_eq!(exit, 1, "{json:#}");
    let states: Vec<&str> =
        json["thresholds"].as_array().unwrap().iter().map(|limit| limit["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["crossed", "ok"]);
    let refused = rtcscope(&["call", "--max", "rtt.p98=1ms"]).output().unwrap();
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("did you mean `rtt.p95` or `rtt.p99`?"));
}

#[test]
fn options_of_the_channel_exclude_each_other_as_in_the_api() {
    let refused =
        rtcscope(&["call", "--max-retransmits", "3", "--max-packet-lifetime", "1s"]).output().unwrap();
    assert_eq!(refused.status.code(), Some(2));
    for flags in [&["--unordered", "--max-retransmits", "0"][..], &["--max-packet-lifetime", "100ms"]] {
        let common = [
            "--duration",
            "1s",
            "--pings",
            "300",
            "--media",
            "none",
            "--impair",
            "loss=10%,only=dtls",
            "--timeout",
            "20s",
        ];
        // The handshake has to get through as well.
        let (exit, json) = call(&[&common[..], flags].concat());
        assert_eq!(exit, 0, "{json:#}");
        let channel = &json["paths"][0]["channel"];
        assert!(channel["answered"].as_u64() < channel["pings"].as_u64(), "{flags:?}: {channel}");
    }
}

#[test]
fn filling_the_channel_has_a_rate() {
    let (exit, json) =
        call(&["--duration", "200ms", "--pings", "2", "--media", "none", "--throughput=500ms"]);
    assert_eq!(exit, 0, "{json:#}");
    assert!(number(&json, "/paths/0/throughput/bps") > 1e6);
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_the_call_with_the_figures_so_far() {
    let mut child = rtcscope(&["call", "--format", "json", "--duration", "60s"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    std::thread::sleep(Duration::from_millis(1500));
    let id = child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    let started = Instant::now();
    while child.try_wait().unwrap().is_none() {
        assert!(started.elapsed() < Duration::from_secs(5), "it does not end");
        std::thread::sleep(Duration::from_millis(20));
    }
    let (exit, json) = super::read(&child.wait_with_output().unwrap());
    assert_eq!((exit, &json["interrupted"]), (130, &true.into()), "{json:#}");
    assert!(number(&json, "/rtt/n") > 0.0);
}
