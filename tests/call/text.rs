//! What people read.

use std::net::{IpAddr, Ipv4Addr};
use std::time::{Duration, Instant};

use rtcscope::io::server::{EmbeddedServer, Flaw, Identity, Listen};
use rtcscope::server::Settings;

use super::{call, rtcscope};

const SHORT: [&str; 4] = ["--duration", "500ms", "--pings", "20"];

/// The exit code and the text.
fn text(args: &[&str]) -> (i32, String) {
    let output = rtcscope(&[&["call"], args].concat()).output().expect("the program starts");
    let code = output.status.code().expect("an exit code");
    (code, String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
}

#[test]
fn a_rating_is_one_of_delay_alone_and_none_where_much_is_lost_or_all_failed() {
    let (exit, said) = text(&[&["--impair", "delay=5ms"], &SHORT[..]].concat());
    assert_eq!(exit, 0, "{said}");
    // Of five milliseconds, and what a busy machine adds.
    assert!(said.contains("delay: excellent ("), "{said}");
    assert!(said.contains(" one way; within the 150 ms that ITU-T G.114"), "{said}");
    for damage in ["loss=20%,delay=5ms,only=rtp", "only=rtp,loss=100%"] {
        let (_, json) = call(&["--impair", damage, "--duration", "1s", "--timeout", "1s"]);
        assert!(json["rating"].is_null(), "{damage}: {json:#}");
    }
}

#[test]
fn every_flow_that_was_hit_is_told_and_a_failure_once() {
    let (exit, said) = text(&["--impair", "only=stun,loss=100%,rate=1M,queue=80ms", "--timeout", "1s"]);
    assert_eq!(exit, 1);
    let told = said.lines().find(|line| line.contains("On purpose")).unwrap();
    assert!(told.contains("queue=80ms") && told.contains("; stun: "), "{told}");
    let words: Vec<&str> = told.split("stun: ").nth(1).unwrap().split(' ').collect();
    assert!(words[0] == words[2] && words[0] != "0", "{told}");
    assert!(!said.contains("of media dropped"), "{said}");
    assert_eq!(said.matches("not there within").count(), 1, "{said}");
    assert!(!said.contains("raw UDP"), "{said}");
}

#[test]
fn the_floor_is_one_line_and_has_a_ratio_where_nothing_else_is_on_the_path() {
    let (_, said) = text(&SHORT);
    assert_eq!(said.matches("raw UDP").count(), 1, "{said}");
    assert!(said.contains("times that"), "{said}");
    for flags in [&["--impair", "delay=5ms"][..], &["--embedded", "--transport", "udp"]] {
        let (_, said) = text(&[flags, &SHORT].concat());
        assert_eq!(said.matches("raw UDP").count(), 1, "{said}");
        assert!(!said.contains("times that"), "{said}");
    }
}

#[test]
fn limits_are_told_by_their_side_in_the_units_of_the_tables() {
    let (exit, said) = text(&[&["--min", "bitrate=900M", "--max", "rtt.p99=1us"], &SHORT[..]].concat());
    assert_eq!(exit, 1);
    let line = |name: &str| said.lines().find(|line| line.contains(name)).unwrap_or_else(|| panic!("{said}"));
    assert!(line("bitrate: ").ends_with("Mbit/s, at least 900 Mbit/s wanted"), "{said}");
    assert!(line("rtt.p99: ").ends_with("s, at most 1 µs wanted"), "{said}");
    let (_, said) = text(&[&["--min", "bitrate=900M"], &SHORT[..]].concat());
    assert!(said.contains("is below a limit"), "{said}");
}

#[test]
fn flags_about_relays_are_refused_without_one_and_so_are_formats_that_would_be_empty() {
    let started = Instant::now();
    for flags in [
        &["--insecure"][..],
        &["--policy", "all"],
        &["--servername", "turn.example.org"],
        &["--cafile", "none.pem"],
        &["-u", "alice", "-w", "secret"],
        &["--key", "00112233445566778899aabbccddeeff"],
        &["--mac-key", "AAAA"],
        &["--transport", "udp"],
    ] {
        let (exit, said) = text(flags);
        assert_eq!(exit, 2, "{flags:?}: {said}");
        assert!(said.contains(" is about relays, and there is none"), "{said}");
    }
    for flags in [&["--insecure"][..], &["--servername", "turn.example.org"], &["--cafile", "none.pem"]] {
        let (exit, said) = text(&[&["--embedded"], flags].concat());
        assert_eq!((exit, said.contains("cannot be used with")), (2, true), "{said}");
    }
    for format in ["csv", "junit", "github", "sarif"] {
        let (exit, said) = text(&["--format", format, "--duration", "20s"]);
        assert_eq!((exit, said.contains("take `json`")), (2, true), "{said}");
    }
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
}

#[test]
fn a_call_is_as_late_as_its_slower_direction() {
    let args = [&["--impair-down", "delay=300ms"], &SHORT[..]].concat();
    let (_, json) = call(&args);
    assert_eq!(json["rating"], "acceptable", "{json:#}");
    let median = |key: &str| json["one_way"][key]["median_ms"].as_f64().unwrap();
    assert!(median("from_callee") >= 300.0 && median("from_caller") < 100.0, "{}", json["one_way"]);
    let (exit, said) = text(&[&args[..], &["--max", "one_way.from_callee.median=200ms"]].concat());
    assert_eq!(exit, 1, "{said}");
    assert!(
        said.contains("one way, from the callee") && said.contains(" one way from the callee; "),
        "{said}"
    );
    assert!(!text(&SHORT).1.contains("one way, from the c"), "both are alike");
}

#[test]
fn what_this_machine_loses_by_itself_is_little_and_no_ratio_is_made_of_unlike_things() {
    let (_, json) =
        call(&["--message-size", "16000", "--pings", "300", "--duration", "1s", "--media", "audio"]);
    // Bursts of the channel overflowed the sockets of the other end.
    assert_eq!(json["paths"][0]["lost_here"], 0, "{json:#}");
    assert_eq!(json["loss_pct"], 0.0);
    assert!(json["floor"]["ratio"].is_null(), "{}", json["floor"]);
}

#[test]
fn phases_are_told_in_the_order_in_which_they_came() {
    let (_, said) = text(&[&["--impair", "delay=20ms"], &SHORT[..]].concat());
    let place = |phase: &str| said.find(&format!("\n{phase}")).unwrap_or_else(|| panic!("{phase}: {said}"));
    // The channel takes two round trips after the handshake, media half a one.
    assert!(place("first_rtp") < place("sctp") && place("dtls") < place("first_rtp"), "{said}");
}

#[test]
fn pings_that_did_not_fit_or_were_not_answered_are_told_and_can_be_limited() {
    let (exit, said) = text(&["--duration", "200ms", "--pings", "5000", "--media", "none"]);
    assert_eq!(exit, 0, "{said}");
    let words = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("Of 5000 pings, ") && words.contains("one every 500 µs at most"), "{said}");
    assert!(!text(&SHORT).1.contains("fitted into the time"));

    let lossy = ["--unordered", "--max-retransmits", "0", "--impair", "loss=20%,only=dtls", "--seed", "3"];
    let flags = [&lossy[..], &["--duration", "1s", "--pings", "200", "--timeout", "20s"]].concat();
    let (exit, json) = call(&[&flags[..], &["--max", "pings.lost=1%"]].concat());
    assert_eq!(exit, 1, "{json:#}");
    let channel = &json["paths"][0]["channel"];
    let [sent, answered] = ["pings", "answered"].map(|key| channel[key].as_f64().unwrap());
    assert_eq!(channel["pings_asked"], 200);
    let told = json["thresholds"][0]["actual_pct"].as_f64().unwrap();
    assert!((told - (sent - answered) / sent * 100.0).abs() < 0.001, "{json:#}");
}

#[test]
fn a_bad_certificate_that_was_taken_is_told_and_the_steps_to_a_relay_on_demand() {
    let host = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let identity = Identity::flawed([host.to_string()], Flaw::SelfSignedCa);
    let server = EmbeddedServer::start(Settings::default(), Listen::on(host).with_tls(identity)).unwrap();
    let uri = format!("turns:{}", server.tls_addr().unwrap());
    let user = ["-u", Settings::USER.0, "-w", Settings::USER.1];
    let flags = [&["--relay", &uri, "--insecure"], &user[..], &SHORT[..]].concat();
    let (exit, said) = text(&[&["-v"], &flags[..]].concat());
    assert_eq!(exit, 0, "{said}");
    assert!(said.contains("certificate is bad, and was taken all the same: "), "{said}");
    for step in ["tcp: ", "tls: ", "allocate: ", "permission: ", "channel: "] {
        assert_eq!(said.matches(&format!("relay, {step}")).count(), 2, "{step} {said}");
    }
    assert!(said.contains(", after 401"), "{said}");
    assert!(!text(&flags).1.contains("relay, allocate"), "{said}");
    let (_, json) = call(&flags);
    let faults = &json["paths"][0]["relays"][0]["certificate_faults"];
    assert!(faults.as_array().is_some_and(|faults| !faults.is_empty()), "{faults}");
}
