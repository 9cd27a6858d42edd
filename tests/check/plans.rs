use std::net::{TcpListener, UdpSocket};
use std::time::Duration;

use rtcscope::server::Settings;
use serde_json::json;

use super::{Folder, probe, run, server};

#[test]
fn checks_of_every_kind_run_together_and_each_has_its_verdict() {
    let (_server, addr) = server(Settings::default());
    let folder = Folder::new();
    let sdp = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/sdp/lint/SDP501/bad.sdp");
    let plan = [
        probe("relay", addr, "max = { rtt.p99 = \"2s\" }"),
        format!("[[sdp]]\nname = \"bad offer\"\nfiles = \"{sdp}\"\nexpect = \"SDP501\"\n"),
        "[[call]]\nname = \"call\"\nduration = \"500ms\"\npings = 50\nmedia = \"audio\"\n".to_owned(),
    ];
    std::fs::write(folder.0.join("rtcscope.toml"), plan.concat()).unwrap();
    let ran = folder.run(&[]);
    assert_eq!(ran.code, Some(0), "{:#}", ran.json);
    let said = ["relay", "bad offer", "call"].map(|name| ran.verdict(name).to_owned());
    assert_eq!(said, ["pass", "pass", "pass"], "{:#}", ran.json);
    assert_eq!(ran.json["schema"], "check/1");
    let limit = &ran.check("relay")["thresholds"][0];
    assert_eq!((&limit["metric"], &limit["state"]), (&json!("rtt.p99"), &json!("ok")));
    let met = json!([{"finding": "SDP501", "must": "appear", "met": true}]);
    assert_eq!(ran.check("bad offer")["expectations"], met);
    assert_eq!(ran.findings("bad offer")[0], ("SDP501".to_owned(), "info".to_owned()));
}

#[test]
fn a_wrong_password_fails_unless_it_is_what_the_plan_expects() {
    let (_server, addr) = server(Settings::default());
    let login = |name: &str, keys: &str| {
        probe(name, addr, keys).replace("username = \"probe\"", "username = \"nobody\"")
    };
    let plan = [
        login("broken", ""),
        login("refused as it must be", "expect = \"AUTH_WRONG\""),
        probe("works", addr, "expect = \"AUTH_WRONG\""),
        login("told only", "severity = \"warning\""),
        login("ruled out", "expect = [\"!AUTH_WRONG\"]\nseverity = \"info\""),
    ];
    let ran = run(&plan.concat(), &[]);
    assert_eq!(ran.code, Some(1), "{:#}", ran.json);
    let error = |code: &str| (code.to_owned(), "error".to_owned());
    assert_eq!(ran.verdict("broken"), "fail");
    assert_eq!(ran.findings("broken")[0], error("AUTH_WRONG"));
    assert!(ran.check("broken")["result"]["schema"] == "probe/1", "what failed says all it knows");
    assert_eq!(ran.verdict("refused as it must be"), "pass", "{:#}", ran.json);
    assert_eq!(ran.verdict("works"), "fail");
    assert_eq!(ran.findings("works"), [error("EXPECTED_MISSING")]);
    assert_eq!(ran.verdict("told only"), "warn");
    let own = ran.findings("ruled out");
    assert!(own.contains(&("RULED_OUT_FOUND".to_owned(), "info".to_owned())), "{own:?}");
    let mild = run(&plan[3..].concat(), &[]);
    assert_eq!(mild.code, Some(0), "{:#}", mild.json);
    assert_eq!(run(&plan[3..].concat(), &["--fail-on", "warning"]).code, Some(1));
    assert_eq!(run(&plan[0], &["--fail-on", "never"]).code, Some(0));
}

#[test]
fn a_crossed_limit_fails_and_one_that_was_not_measured_cannot_be_told() {
    let (_server, addr) = server(Settings::default());
    let plan = [
        probe("slow", addr, "max = { \"rtt.p99\" = \"1us\" }"),
        probe("unknown", addr, "min = { throughput.outbound = \"1M\" }"),
    ];
    let ran = run(&plan.concat(), &[]);
    assert_eq!(ran.code, Some(1), "{:#}", ran.json);
    // Each way of the relay's path has its own.
    assert_eq!(ran.findings("slow"), vec![("LIMIT_CROSSED".to_owned(), "error".to_owned()); 2]);
    assert_eq!(ran.verdict("unknown"), "inconclusive");
    assert_eq!(run(&plan[1], &[]).code, Some(3));
}

#[test]
fn retries_allow_for_a_bad_moment_and_are_counted() {
    // Nobody is there until somebody is: the server starts while the plan runs.
    let place = UdpSocket::bind("127.0.0.1:0").unwrap();
    let addr = place.local_addr().unwrap();
    drop(place);
    let folder = Folder::new();
    let keys = "timeout = \"300ms\"\nretries = 20\nretry_after = \"100ms\"";
    std::fs::write(folder.0.join("rtcscope.toml"), probe("late", addr, keys)).unwrap();
    let starts = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(600));
        let listen = rtcscope::io::server::Listen {
            tcp: false,
            udp_port: addr.port(),
            ..rtcscope::io::server::Listen::on(addr.ip())
        };
        rtcscope::io::server::EmbeddedServer::start(Settings::default(), listen).unwrap()
    });
    let ran = folder.run(&[]);
    let _server = starts.join().unwrap();
    assert_eq!((ran.code, ran.verdict("late")), (Some(0), "pass"), "{:#}", ran.json);
    assert!(ran.check("late")["attempts"].as_u64().unwrap() > 1, "{:#}", ran.json);
    let dead = run(
        &probe("dead", place_of_nobody(), "timeout = \"200ms\"\nretries = 2\nretry_after = \"10ms\""),
        &[],
    );
    assert_eq!((dead.code, dead.check("dead")["attempts"].as_u64()), (Some(1), Some(3)), "{:#}", dead.json);
}

/// An address that refuses what comes.
fn place_of_nobody() -> std::net::SocketAddr {
    UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

#[test]
fn the_deadline_ends_what_runs_and_what_was_not_run_is_not_healthy() {
    // Takes connections and never says a word.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = silent.local_addr().unwrap();
    let hanging = |name: &str| {
        probe(name, addr, "timeout = \"1m\"\ndeadline = \"10m\"").replace("transport=udp", "transport=tcp")
    };
    let ran = run(&[hanging("one"), hanging("two")].concat(), &["--deadline", "1s", "--jobs", "1"]);
    assert!(ran.took < Duration::from_secs(8), "{:?}", ran.took);
    assert!(matches!(ran.code, Some(1 | 3)), "{:#}", ran.json);
    assert_eq!(ran.verdict("two"), "inconclusive");
    assert_eq!(ran.check("two")["attempts"], 0);
    let told = ran.json["errors"].as_array().unwrap();
    assert!(told.iter().any(|one| one["source"] == "two"), "{told:?}");
}

#[test]
fn a_server_with_room_for_one_is_asked_again_alone() {
    let (_server, addr) = server(Settings { user_quota: Some(1), ..Settings::default() });
    let plan: String =
        (0..4).map(|n| probe(&format!("p{n}"), addr, "count = 30").replacen("count = 5\n", "", 1)).collect();
    let ran = run(&plan, &[]);
    for n in 0..4 {
        let own = ran.findings(&format!("p{n}"));
        assert!(!own.iter().any(|(_, severity)| severity == "error"), "{own:?} {:#}", ran.json);
    }
}

#[test]
fn every_format_has_the_plan_s_own_verdict_and_the_files_are_whole() {
    let (_server, addr) = server(Settings::default());
    let folder = Folder::new();
    let plan = probe("slow relay", addr, "max = { setup = \"1us\" }");
    std::fs::write(folder.0.join("rtcscope.toml"), plan).unwrap();
    let args = [
        "--report",
        "junit=out.xml",
        "--report",
        "jsonl=out.jsonl",
        "--report",
        "csv=out.csv",
        "--report",
        "github=out.github",
    ];
    let output = folder.command(&args).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.starts_with("FAIL  1 of 1 check failed: slow relay, in "), "{text}");
    let read = |name: &str| std::fs::read_to_string(folder.0.join(name)).unwrap();
    let junit = read("out.xml");
    let suite = junit.lines().find(|line| line.contains("<testsuite name=\"slow relay\"")).unwrap();
    assert!(suite.contains("failures=\"1\""), "{junit}");
    assert!(junit.contains("LIMIT_CROSSED"), "{junit}");
    let annotations = read("out.github");
    assert!(annotations.contains("title=slow relay%3A LIMIT_CROSSED"), "{annotations}");
    assert_eq!(read("out.jsonl").lines().count(), 2);
    assert!(read("out.csv").contains("slow relay,probe,turn:127.0.0.1:"), "{}", read("out.csv"));
}
