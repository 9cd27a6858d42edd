//! `--serve` as monitoring meets it: over HTTP, with signals, and with a real Prometheus.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rtcscope::server::Settings;
use serde_json::Value;

use super::{Folder, probe, server};

/// A plan that is served; dropping it ends it.
struct Served {
    child: Child,
    addr: SocketAddr,
    folder: Folder,
}

impl Served {
    fn start(plan: &str, args: &[&str]) -> Self {
        let folder = Folder::new();
        std::fs::write(folder.0.join("rtcscope.toml"), plan).unwrap();
        let mut command = folder.command(&[&["--serve", "0"], args].concat());
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut said = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        said.read_line(&mut line).unwrap();
        let addr = line.split("http://").nth(1).and_then(|rest| rest.split('/').next()?.parse().ok());
        let addr = addr.unwrap_or_else(|| panic!("{line}"));
        // What else it says is read, so that it does not wait for that.
        std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
        Self { child, addr, folder }
    }

    /// What is answered: status and body.
    fn get(&self, path: &str) -> (u16, String) {
        self.send(&format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n"))
    }

    fn send(&self, request: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(self.addr).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{answer}"));
        (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
    }

    /// The number of this name and these labels.
    fn number(&self, series: &str) -> Option<f64> {
        number(&self.get("/metrics").1, series)
    }

    fn health(&self) -> Value {
        let (status, body) = self.get("/health");
        assert_eq!(status, 200, "{body}");
        serde_json::from_str(&body).unwrap()
    }

    /// Waits until so many rounds are over.
    fn rounds(&self, count: f64) {
        until(|| self.number("rtcscope_check_rounds_total").is_some_and(|rounds| rounds >= count));
    }

    fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-s", name, &id]).status().unwrap().success());
    }

    fn rewrite(&self, plan: &str) {
        std::fs::write(self.folder.0.join("rtcscope.toml"), plan).unwrap();
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn number(text: &str, series: &str) -> Option<f64> {
    text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' ')?.parse().ok())
}

fn until(is_so: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(30);
    while !is_so() {
        assert!(Instant::now() < end, "it did not come to that");
        sleep(Duration::from_millis(20));
    }
}

/// Files, threads and kilobytes of memory of a process, as the system counts them.
fn takes(id: u32) -> [u64; 3] {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap();
    let number = |name: &str| -> u64 {
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.split_whitespace().next().unwrap().parse().unwrap()
    };
    let files = std::fs::read_dir(format!("/proc/{id}/fd")).unwrap().count() as u64;
    [files, number("Threads:"), number("VmRSS:")]
}

/// Takes connections over TCP and never says a word.
fn silent(keys: &str) -> (std::net::TcpListener, String) {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = silent.local_addr().unwrap();
    let plan = probe("silent", addr, keys).replace("transport=udp", "transport=tcp");
    (silent, plan)
}

const SELF: &str =
    "[[probe]]\nname = \"self\"\nembedded = true\ntransport = \"udp\"\ncount = 5\nno_capabilities = true\n";

#[test]
fn rounds_follow_each_other_and_a_server_that_dies_is_told_and_no_reason_to_end() {
    let (server, addr) = server(Settings::default());
    let served = Served::start(
        &[SELF.to_owned(), probe("relay", addr, "timeout = \"300ms\"")].concat(),
        &["--interval", "1s"],
    );
    served.rounds(1.0);
    let healthy =
        |name: &str| served.number(&format!("rtcscope_check_healthy{{check=\"{name}\",kind=\"probe\"}}"));
    assert_eq!((healthy("self"), healthy("relay")), (Some(1.0), Some(1.0)));
    assert_eq!(served.health()["verdict"], "pass");
    let (status, page) = served.get("/");
    assert_eq!(status, 200);
    assert!(page.starts_with("<!doctype html>") || page.starts_with("<!DOCTYPE html>"), "{}", &page[..80]);
    assert!(page.contains("relay"));
    drop(server);
    until(|| healthy("relay") == Some(0.0));
    assert_eq!(healthy("self"), Some(1.0));
    assert_eq!((&served.health()["status"], &served.health()["verdict"]), (&"ok".into(), &"fail".into()));
}

#[test]
fn a_request_has_only_probed_what_the_plan_names() {
    let (_server, addr) = server(Settings::default());
    let served = Served::start(&probe("relay", addr, ""), &["--interval", "1h"]);
    let (status, text) = served.get(&format!("/probe?module=relay&target=turn:{addr}?transport=udp"));
    assert_eq!((status, number(&text, "probe_success")), (200, Some(1.0)), "{text}");
    assert!(number(&text, "probe_duration_seconds").is_some_and(|seconds| seconds < 10.0), "{text}");
    assert!(text.contains("rtcscope_probe_rtt_p99_seconds{check=\"relay\""), "{text}");
    let (status, text) = served.get(&format!("/probe?target=turn:{addr}%3Ftransport%3Dudp"));
    assert_eq!((status, number(&text, "probe_success")), (200, Some(1.0)), "{text}");
    for path in [
        "/probe",
        "/probe?module=other",
        "/probe?module=relay&target=turn:198.51.100.1",
        "/probe?target=relay",
    ] {
        let (status, text) = served.get(path);
        assert_eq!(status, 400, "{path}: {text}");
        assert!(!text.contains("198.51.100.1"), "{text}");
    }
    assert_eq!(served.get("/other").0, 404);
    assert_eq!(served.send("POST /metrics HTTP/1.1\r\n\r\n").0, 405);
    assert_eq!(served.send(&format!("GET /{} HTTP/1.1\r\n", "x".repeat(20_000))).0, 431);
    assert_eq!(served.number("rtcscope_check_probe_requests_total"), Some(2.0));
    assert_eq!(served.number("rtcscope_check_probe_refusals_total"), Some(4.0));
}

#[test]
fn who_asks_says_how_long_the_probe_may_take() {
    let (_silent, plan) = silent("timeout = \"20s\"");
    let served = Served::start(&[SELF, &plan].concat(), &["--interval", "1h"]);
    let start = Instant::now();
    let (status, text) =
        served.send("GET /probe?module=silent HTTP/1.1\r\nX-Prometheus-Scrape-Timeout-Seconds: 2\r\n\r\n");
    assert!(start.elapsed() < Duration::from_secs(8), "{:?}", start.elapsed());
    assert_eq!((status, number(&text, "probe_success")), (200, Some(0.0)), "{text}");
}

#[test]
fn a_plan_is_read_again_and_a_wrong_one_changes_nothing() {
    let served = Served::start(SELF, &["--interval", "1h"]);
    served.rounds(1.0);
    served.rewrite("[[probe]]\nname = \"self\"\ntiemout = 1\n");
    served.signal("HUP");
    until(|| served.number("rtcscope_check_plan_reload_successful") == Some(0.0));
    assert_eq!(served.health()["plan_refused"], "unknown key `tiemout` in [[probe]]");
    served.rewrite(&SELF.replace("\"self\"", "\"renamed\""));
    served.signal("HUP");
    until(|| served.number("rtcscope_check_healthy{check=\"renamed\",kind=\"probe\"}") == Some(1.0));
    assert_eq!(served.number("rtcscope_check_plan_reload_successful"), Some(1.0));
    assert_eq!(served.number("rtcscope_check_healthy{check=\"self\",kind=\"probe\"}"), None);
}

#[test]
fn it_ends_by_sigterm_at_once_and_well_and_slow_readers_do_not_hinder_that() {
    let mut served = Served::start(SELF, &["--interval", "1s"]);
    served.rounds(1.0);
    let slow: Vec<TcpStream> = (0..20).map(|_| TcpStream::connect(served.addr).unwrap()).collect();
    for mut stream in &slow {
        stream.write_all(b"GET /metr").unwrap();
    }
    assert_eq!(served.get("/metrics").0, 200);
    let start = Instant::now();
    served.signal("TERM");
    let ended = served.child.wait().unwrap();
    assert_eq!(ended.code(), Some(0));
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}

#[test]
fn no_more_probes_run_at_once_than_there_is_room_for_and_the_rest_is_answered_meanwhile() {
    let (_silent, plan) = silent("timeout = \"6s\"");
    let served = Served::start(&plan, &["--interval", "1h", "--jobs", "1"]);
    let answers: Vec<(u16, String)> = std::thread::scope(|scope| {
        let asking: Vec<_> = (0..4).map(|_| scope.spawn(|| served.get("/probe?module=silent"))).collect();
        sleep(Duration::from_millis(300));
        // They are under way, and whoever asks for numbers has them.
        assert_eq!(served.get("/metrics").0, 200);
        assert_eq!(served.get("/health").0, 200);
        asking.into_iter().map(|asking| asking.join().unwrap()).collect()
    });
    let count = |status: u16| answers.iter().filter(|answer| answer.0 == status).count();
    assert_eq!((count(200), count(503)), (1, 3), "{answers:?}");
    let refused = answers.iter().find(|answer| answer.0 == 503).unwrap();
    assert_eq!(refused.1, "too many probes at the same time\n");
}

#[test]
fn a_round_that_hangs_at_a_silent_server_is_no_reason_to_stay() {
    let (_silent, plan) = silent("timeout = \"60s\"");
    let mut served = Served::start(&plan, &["--interval", "1h"]);
    sleep(Duration::from_millis(500));
    let start = Instant::now();
    served.signal("TERM");
    assert_eq!(served.child.wait().unwrap().code(), Some(0));
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
}

#[test]
fn a_server_in_this_process_has_the_same_name_in_every_round() {
    let plan =
        format!("{SELF}[[call]]\nname = \"relayed\"\nembedded = true\nduration = \"200ms\"\npings = 20\n");
    let served = Served::start(&plan, &["--interval", "1s"]);
    let series = || -> Vec<String> {
        let text = served.get("/metrics").1;
        let own = text.lines().filter(|line| line.contains("check=\""));
        own.filter_map(|line| Some(line.rsplit_once(' ')?.0.to_owned())).collect()
    };
    served.rounds(1.0);
    let first = series();
    let target = "target=\"turn:embedded?transport=udp\",endpoint=\"embedded\",transport=\"udp\"";
    assert!(first.iter().any(|line| line.contains(target)), "{first:#?}");
    assert!(first.iter().any(|line| line.contains("path=\"turn:embedded?transport=udp\"")), "{first:#?}");
    assert!(!first.iter().any(|line| line.contains("127.0.0.1")), "{first:#?}");
    let rounds = served.number("rtcscope_check_rounds_total").unwrap();
    served.rounds(rounds + 2.0);
    // What could not be measured in one of them may be absent there; nothing may be new.
    let new: Vec<String> = series().into_iter().filter(|line| !first.contains(line)).collect();
    assert!(!new.iter().any(|line| line.contains("target=")), "{new:#?}");
}

#[test]
fn a_thousand_scrapes_take_no_memory_no_file_and_no_thread() {
    let served = Served::start(SELF, &["--interval", "1h"]);
    served.rounds(1.0);
    let takes = || {
        // What a request takes while it is answered is given back a moment later.
        sleep(Duration::from_millis(200));
        takes(served.child.id())
    };
    for _ in 0..100 {
        served.get("/metrics");
    }
    let before = takes();
    for _ in 0..1000 {
        assert_eq!(served.get("/metrics").0, 200);
    }
    let after = takes();
    assert!(after[0] <= before[0] + 1, "files: {before:?}, then {after:?}");
    assert!(after[1] <= before[1], "threads: {before:?}, then {after:?}");
    assert!(after[2] <= before[2] + 2000, "memory: {before:?}, then {after:?}");
    // It says the same of itself.
    let said = served.number("process_resident_memory_bytes").unwrap() / 1024.0;
    assert!((said - after[2] as f64).abs() < 4096.0, "{said} and {after:?}");
}

#[test]
fn two_cannot_have_one_address_and_there_must_be_a_plan() {
    let served = Served::start(SELF, &["--interval", "1h"]);
    let addr = served.addr.to_string();
    let output = served.folder.command(&["--serve", &addr]).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(said.starts_with(&format!("error: listen on {addr}: ")), "{said}");
    let output = Folder::new().command(&["--serve", "0"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("there is no plan to serve"));
}

#[test]
fn a_real_prometheus_scrapes_rounds_and_probes() {
    if Command::new("prometheus").arg("--version").output().is_err() {
        let lab = std::env::var_os("RTCSCOPE_REQUIRE_LAB").is_some_and(|value| value == "1");
        assert!(!lab, "prometheus is not there: install prometheus");
        eprintln!("SKIPPED: needs prometheus: install prometheus");
        return;
    }
    let (_server, addr) = server(Settings::default());
    let served = Served::start(&probe("relay", addr, ""), &["--interval", "1s"]);
    let place = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let config = format!(
        "global:\n  scrape_interval: 1s\n  scrape_timeout: 1s\nscrape_configs:\n\
         - job_name: rounds\n  static_configs:\n  - targets: ['{served}']\n\
         - job_name: probes\n  scrape_interval: 5s\n  scrape_timeout: 5s\n  metrics_path: /probe\n  params:\n    module: [relay]\n\
         \x20 static_configs:\n  - targets: ['turn:{addr}?transport=udp']\n\
         \x20 relabel_configs:\n  - source_labels: [__address__]\n    target_label: __param_target\n\
         \x20 - source_labels: [__param_target]\n    target_label: instance\n\
         \x20 - target_label: __address__\n    replacement: '{served}'\n",
        served = served.addr
    );
    let folder = Folder::new();
    std::fs::write(folder.0.join("prometheus.yml"), config).unwrap();
    let log = std::fs::File::create(folder.0.join("log")).unwrap();
    let prometheus = Command::new("prometheus")
        .current_dir(&folder.0)
        .args(["--config.file=prometheus.yml", "--storage.tsdb.path=data"])
        .arg(format!("--web.listen-address={place}"))
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .unwrap();
    let prometheus = Served { child: prometheus, addr: place, folder };
    let value = |query: &str| {
        let stream = TcpStream::connect(place).ok()?;
        drop(stream);
        let (_, body) = prometheus.send(&format!(
            "GET /api/v1/query?query={query} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        ));
        // The body may come in chunks.
        let json: Value = serde_json::from_str(body.get(body.find('{')?..=body.rfind('}')?)?).ok()?;
        json.pointer("/data/result/0/value/1")?.as_str().map(str::to_owned)
    };
    let one = Some("1".to_owned());
    let log = || std::fs::read_to_string(prometheus.folder.0.join("log")).unwrap_or_default();
    let end = Instant::now() + Duration::from_secs(60);
    for query in [
        "up%7Bjob%3D%22rounds%22%7D",
        "up%7Bjob%3D%22probes%22%7D",
        "probe_success%7Bjob%3D%22probes%22%7D",
        "rtcscope_check_healthy%7Bjob%3D%22rounds%22,check%3D%22relay%22%7D",
    ] {
        while value(query) != one {
            assert!(Instant::now() < end, "{query} is {:?}\n{}", value(query), log());
            sleep(Duration::from_millis(200));
        }
    }
}
