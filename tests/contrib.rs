//! `contrib/` beside the program that it is for: names of metrics, command lines and plans are held against what it has
//! and takes, the files against the tools that read them.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "tests read and write what they like, and say so"
)]

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use assert_cmd::cargo::cargo_bin;
use serde_json::{Value, json};

#[test]
fn every_metric_of_an_alert_and_of_the_dashboard_is_one_that_the_exporter_has() {
    let exported = exported();
    let mut used = BTreeSet::new();
    for file in ["prometheus/alerts.yml", "prometheus/alerts.test.yml", "grafana/rtcscope.json", "README.md"]
    {
        let text = read(file);
        let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
        // Of processes in general, only Linux tells the rest.
        let ours = |word: &&str| {
            word.starts_with("rtcscope_") || cfg!(target_os = "linux") && word.starts_with("process_")
        };
        for name in words.filter(ours) {
            assert!(exported.contains(name), "{file}: nothing is called {name}: {exported:#?}");
            used.insert(name.to_owned());
        }
    }
    assert!(used.len() >= 35, "{used:?}");
}

#[test]
fn every_command_line_is_one_that_the_program_takes() {
    let lines = command_lines();
    // Two units, two resources, two jobs.
    assert_eq!(lines.len(), 6, "{lines:?}");
    for (file, words) in lines {
        let words = ["rtcscope".to_owned()].into_iter().chain(words);
        if let Err(error) = rtcscope::cli::command().try_get_matches_from(words) {
            panic!("{file}: {error}");
        }
    }
}

#[test]
fn every_flag_that_is_named_exists() {
    let mut known = BTreeSet::new();
    let mut commands = vec![rtcscope::cli::command()];
    while let Some(command) = commands.pop() {
        known.extend(command.get_arguments().filter_map(|arg| Some(format!("--{}", arg.get_long()?))));
        commands.extend(command.get_subcommands().cloned());
    }
    let mut named = 0;
    for (file, text) in files() {
        let others = ["cargo ", "kubectl ", "kubernetes-validate ", "systemd-analyze "];
        for line in text.lines().filter(|line| !others.iter().any(|other| line.contains(other))) {
            for word in line.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')) {
                let is_flag =
                    word.strip_prefix("--").is_some_and(|name| name.starts_with(char::is_alphabetic));
                assert!(!is_flag || known.contains(word), "{file}: no flag {word}: {line}");
                named += usize::from(is_flag);
            }
        }
    }
    assert!(named >= 20, "{named}");
}

#[test]
fn every_code_that_is_named_exists() {
    let mut named = 0;
    for file in ["prometheus/alerts.yml", "prometheus/alerts.test.yml", "README.md"] {
        let text = read(file);
        let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
        let is_code = |word: &&str| {
            word.contains('_')
                && word.chars().all(|c| c == '_' || c.is_ascii_uppercase() || c.is_ascii_digit())
        };
        for code in words.filter(is_code) {
            assert!(rtcscope::finding::registry::rule(code).is_some(), "{file} names {code}");
            named += 1;
        }
    }
    assert!(named >= 3, "{named}");
}

#[test]
fn the_plan_for_kubernetes_is_one() {
    let text = read("kubernetes/plan.yml");
    let plan = text.split("rtcscope.toml: |\n").nth(1).expect("a block");
    let plan: Vec<&str> = plan.lines().map(|line| line.strip_prefix("    ").unwrap_or(line)).collect();
    let folder = Folder::new("plan");
    std::fs::write(folder.0.join("rtcscope.toml"), plan.join("\n")).expect("a new file");
    let output = rtcscope(&folder, &["check", "--list", "rtcscope.toml"]).output().expect("it starts");
    assert!(output.status.success(), "{}", said(&output));
}

#[test]
fn the_dashboard_is_whole() {
    let board: Value = serde_json::from_str(&read("grafana/rtcscope.json")).expect("JSON");
    // What Grafana 10.0 writes; a newer one reads it.
    assert_eq!(board["schemaVersion"], 38);
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let variables = list(&board["templating"]["list"]);
    let variables: BTreeSet<&str> = variables.iter().filter_map(|it| it["name"].as_str()).collect();
    let mut ids = BTreeSet::new();
    let mut places = BTreeSet::new();
    for panel in list(&board["panels"]) {
        let title = &panel["title"];
        assert!(ids.insert(panel["id"].as_u64().expect("a number")), "{title}: a second of this id");
        let at = |key: &str| panel["gridPos"][key].as_u64().expect("a number");
        assert!(at("x") + at("w") <= 24, "{title} is beyond the edge");
        for (x, y) in
            (at("x")..at("x") + at("w")).flat_map(|x| (at("y")..at("y") + at("h")).map(move |y| (x, y)))
        {
            assert!(places.insert((x, y)), "{title} lies on another");
        }
        let targets = list(&panel["targets"]);
        assert_eq!(targets.is_empty(), panel["type"] == "row", "{title}");
        for target in targets {
            assert_eq!(target["datasource"]["uid"], "${datasource}", "{title}");
            let expr = target["expr"].as_str().expect("a text");
            for name in expr.split('$').skip(1) {
                let name = name.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).next();
                let name = name.expect("a part");
                assert!(name == "__rate_interval" || variables.contains(name), "{title}: ${name}");
            }
        }
    }
}

#[test]
fn promtool_takes_the_alerts_their_tests_and_the_configuration() {
    if !is_there("promtool", "prometheus") {
        return;
    }
    for args in [
        ["check", "rules", "alerts.yml"],
        ["check", "config", "prometheus.yml"],
        ["test", "rules", "alerts.test.yml"],
    ] {
        promtool(&root().join("prometheus"), &args);
    }
}

#[test]
fn promtool_reads_every_question_of_the_dashboard() {
    if !is_there("promtool", "prometheus") {
        return;
    }
    let board: Value = serde_json::from_str(&read("grafana/rtcscope.json")).expect("JSON");
    let panels = board["panels"].as_array().expect("panels");
    let targets = panels.iter().flat_map(|panel| panel["targets"].as_array().into_iter().flatten());
    let rules: Vec<Value> = targets
        .filter_map(|target| target["expr"].as_str())
        .enumerate()
        .map(|(number, expr)| {
            json!({ "record": format!("panel:{number}"), "expr": expr.replace("$__rate_interval", "5m") })
        })
        .collect();
    assert!(rules.len() >= 30, "{rules:?}");
    let folder = Folder::new("dashboard");
    // JSON is YAML.
    let file = json!({ "groups": [{ "name": "dashboard", "rules": rules }] }).to_string();
    std::fs::write(folder.0.join("rules.yml"), file).expect("a new file");
    promtool(&folder.0, &["check", "rules", "rules.yml"]);
}

#[test]
fn every_yaml_file_is_yaml() {
    let probe = Command::new("python3").args(["-c", "import yaml"]).stderr(Stdio::null()).status();
    if !found(probe.is_ok_and(|status| status.success()), "PyYAML", "python3-yaml") {
        return;
    }
    let script = "import sys, yaml\nfor path in sys.argv[1:]:\n    \
                  assert all(isinstance(it, dict) for it in yaml.safe_load_all(open(path, encoding='utf-8'))), path\n";
    let paths: Vec<PathBuf> = files()
        .iter()
        .filter(|(file, _)| file.ends_with(".yml"))
        .map(|(file, _)| root().join(file))
        .collect();
    assert!(paths.len() >= 8, "{paths:?}");
    let output = Command::new("python3").args(["-c", script]).args(paths).output().expect("python3 starts");
    assert!(output.status.success(), "{}", said(&output));
}

#[test]
fn systemd_finds_nothing_wrong_with_the_units() {
    if !is_there("systemd-analyze", "systemd") {
        return;
    }
    let folder = Folder::new("units");
    let program = cargo_bin!("rtcscope").display().to_string();
    let mut units = Vec::new();
    for (file, text) in files() {
        let Some(name) = file.strip_prefix("systemd/") else { continue };
        let path = folder.0.join(name);
        std::fs::write(&path, text.replace("/usr/local/bin/rtcscope", &program)).expect("a new file");
        units.push(path);
    }
    assert_eq!(units.len(), 3);
    let output = Command::new("systemd-analyze").args(["verify", "--man=no"]).args(units).output();
    let output = output.expect("systemd-analyze starts");
    // It may say something of the machine's own units as well, and of unknown keys it tells with exit code 0.
    let said = said(&output);
    assert!(!said.contains("rtcscope"), "{said}");
}

/// The names of all numbers that a served plan has, for /metrics and /probe.
fn exported() -> BTreeSet<String> {
    // A port at which nothing listens any more.
    let dead = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    let dead = dead.expect("a port of loopback").port();
    let plan = format!(
        "[[probe]]\nname = \"self\"\nembedded = true\ncount = 5\n\
         [[call]]\nname = \"call\"\nembedded = true\ntransport = \"udp\"\nduration = \"1s\"\n\
         [[probe]]\nname = \"dead\"\ntargets = \"turn:localhost:{dead}?transport=tcp\"\nusername = \"nobody\"\n\
         password = {{ env = \"TURN_PASSWORD\" }}\ntimeout = \"300ms\"\n"
    );
    let folder = Folder::new("exporter");
    std::fs::write(folder.0.join("rtcscope.toml"), plan).expect("a new file");
    let served = Served::start(&folder);
    let end = Instant::now() + Duration::from_secs(60);
    let metrics = loop {
        let text = served.get("/metrics");
        if text.lines().any(|line| line == "rtcscope_check_rounds_total 1") {
            break text;
        }
        assert!(Instant::now() < end, "no round ended: {text}");
        std::thread::sleep(Duration::from_millis(100));
    };
    let probe = served.get("/probe?module=self");
    assert!(probe.contains("\nprobe_success 1\n"), "{probe}");
    let lines = metrics.lines().chain(probe.lines());
    let names = lines.filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next());
    names.map(str::to_owned).collect()
}

/// A plan that is served; dropping it ends it.
struct Served {
    child: Child,
    addr: SocketAddr,
}

impl Served {
    fn start(folder: &Folder) -> Self {
        let mut command = rtcscope(folder, &["check", "--serve", "0", "--interval", "1h", "rtcscope.toml"]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("it starts");
        let mut said = BufReader::new(child.stderr.take().expect("piped"));
        let mut line = String::new();
        said.read_line(&mut line).expect("it says where it is");
        let addr = line.split("http://").nth(1).and_then(|rest| rest.split('/').next()?.parse().ok());
        // What else it says is read, so that it does not wait for that.
        std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
        Self { child, addr: addr.unwrap_or_else(|| panic!("{line}")) }
    }

    fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(self.addr).expect("it listens");
        stream.set_read_timeout(Some(Duration::from_secs(60))).expect("a timeout");
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        stream.write_all(request.as_bytes()).expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        answer
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What stands behind the name of the program wherever it is run: in units, in resources of Kubernetes and in jobs.
fn command_lines() -> Vec<(String, Vec<String>)> {
    let mut lines = Vec::new();
    for (file, text) in files().into_iter().filter(|(file, _)| file.contains('/')) {
        for line in text.lines().map(str::trim) {
            let is_run = ["ExecStart=", "rtcscope check ", "- .cargo/bin/rtcscope "]
                .iter()
                .any(|start| line.starts_with(start));
            let words: Vec<String> = if let Some(args) = line.strip_prefix("args: [") {
                let args = args.trim_end_matches(']').split(", ");
                args.map(|word| word.trim_matches('"').to_owned()).collect()
            } else if let (true, Some((_, words))) = (is_run, line.split_once("rtcscope ")) {
                words.split(' ').map(str::to_owned).collect()
            } else {
                continue;
            };
            lines.push((file.clone(), words));
        }
    }
    lines
}

/// All of `contrib/`: paths within it, and texts.
fn files() -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![String::new()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(root().join(&folder)).expect("a folder") {
            let entry = entry.expect("an entry");
            let name = entry.file_name().into_string().expect("UTF-8");
            let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
            match entry.path().is_dir() {
                true => folders.push(path),
                false => found.push((path.clone(), read(&path))),
            }
        }
    }
    assert!(found.len() >= 13, "{found:?}");
    found
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("contrib")
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The program in this folder, with nothing from the environment of the test.
fn rtcscope(folder: &Folder, args: &[&str]) -> Command {
    let mut command = Command::new(cargo_bin!("rtcscope"));
    command.args(args).env_clear().env("TURN_PASSWORD", "x").stdin(Stdio::null()).current_dir(&folder.0);
    // Windows starts nothing without it.
    command.envs(std::env::vars_os().filter(|(name, _)| name == "SystemRoot"));
    command
}

#[track_caller]
fn promtool(folder: &Path, args: &[&str]) {
    let output = Command::new("promtool").args(args).current_dir(folder).output().expect("promtool starts");
    assert!(output.status.success(), "{args:?}: {}", said(&output));
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr[..]].concat()).into_owned()
}

/// Whether this program is there; where not, says so loudly.
fn is_there(program: &str, package: &str) -> bool {
    let status = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    found(status.is_ok(), program, package)
}

fn found(is_there: bool, program: &str, package: &str) -> bool {
    let lab = std::env::var_os("RTCSCOPE_REQUIRE_LAB").is_some_and(|value| value == "1");
    assert!(is_there || !lab, "{program} is not there: install {package}");
    if !is_there {
        eprintln!("SKIPPED: needs {program}: install {package}");
    }
    is_there
}

/// A folder of one test alone, gone afterwards.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("rtcscope-contrib-{}-{name}", std::process::id()));
        std::fs::create_dir(&path).expect("a new folder");
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
