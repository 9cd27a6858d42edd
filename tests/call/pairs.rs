//! Many calls at the same time, by the real program.

use super::{call, number, rtcscope};

const SHORT: [&str; 6] = ["--duration", "1s", "--pings", "20", "--media", "audio"];

#[test]
fn all_pairs_get_through_and_are_counted_together() {
    let (exit, json) = call(&[&["--pairs", "12"], &SHORT[..]].concat());
    assert_eq!(exit, 0, "{json:#}");
    let path = &json["paths"][0];
    let pairs = &path["pairs"];
    assert_eq!((number(pairs, "/asked"), number(pairs, "/working")), (12.0, 12.0), "{pairs:#}");
    assert_eq!(number(pairs, "/setup/n"), 12.0);
    assert_eq!(number(path, "/setup_ms"), number(pairs, "/setup/max_ms"), "the slowest");
    assert_eq!(number(path, "/rtt/n"), 240.0, "the pings of all");
    assert_eq!(number(path, "/channel/answered"), 240.0);
    // Each way, 50 packets a second from each end of each.
    assert!(number(path, "/one_way/audio/n") >= 12.0 * 2.0 * 45.0, "{path:#}");
    assert!(call(&SHORT).1["paths"][0].get("pairs").is_none(), "one call is none of many");
}

#[test]
fn pairs_through_a_relay_have_a_relay_each() {
    let (exit, json) =
        call(&[&["--pairs", "4", "--embedded", "--transport", "udp,tcp"], &SHORT[..]].concat());
    assert_eq!(exit, 0, "{json:#}");
    let paths = json["paths"].as_array().unwrap();
    assert_eq!(paths.len(), 2);
    for path in paths {
        assert_eq!(number(path, "/pairs/working"), 4.0, "{path:#}");
        assert_eq!(path["pair"]["relayed"], true);
        assert_eq!(number(path, "/rtt/n"), 80.0);
    }
}

#[test]
fn what_fails_is_told_once_with_the_number_of_pairs() {
    let (exit, json) = call(&["--pairs", "3", "--impair", "only=dtls,loss=100%", "--timeout", "1s"]);
    assert_eq!(exit, 1);
    let pairs = &json["paths"][0]["pairs"];
    assert_eq!(number(pairs, "/working"), 0.0);
    let failures = pairs["failures"].as_array().unwrap();
    assert_eq!((failures.len(), number(&failures[0], "/pairs")), (1, 3.0), "{pairs:#}");
    assert_eq!(failures[0]["phase"], "dtls");
    let reason = json["failure"]["reason"].as_str().unwrap();
    assert!(reason.starts_with("3 of 3 pairs failed: "), "{reason}");
}

#[test]
fn each_pair_loses_packets_of_its_own() {
    let damage = ["--impair", "loss=20%,only=rtp", "--seed", "5", "--duration", "2s", "--pings", "5"];
    let (_, one) = call(&damage);
    let (_, many) = call(&[&["--pairs", "6"], &damage[..]].concat());
    let (one, many) = (number(&one, "/loss_pct"), number(&many, "/loss_pct"));
    assert!((10.0..30.0).contains(&many) && one != many, "{one} {many}");
}

#[test]
fn numbers_that_make_no_sense_and_files_of_one_call_are_refused() {
    for flags in [&["--pairs", "0"][..], &["--pairs", "1001"], &["--pairs", "2", "--pcap", "a.pcapng"]] {
        let output = rtcscope(&[&["call"], flags].concat()).output().expect("the program starts");
        assert_eq!(output.status.code(), Some(2), "{flags:?}");
    }
}
