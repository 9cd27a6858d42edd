//! One secret, marked, through every command, format and end: it is nowhere in what they print or write, in no form.
//! Recordings of packets and of keys are left out: those hold what was sent, and what was asked for.
#![allow(clippy::disallowed_methods, reason = "tests read and write what they like")]
#![allow(clippy::unwrap_used, reason = "a test that unwraps fails, as it should")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{IpAddr, Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use rtcscope::io::server::{EmbeddedServer, Listen};
use rtcscope::server::Settings;
use rtcscope::turn::credentials::{Credentials, Secret};

/// Every secret begins with it; letters and digits alone, so that no escape of a format hides it.
const CORE: &str = "xq7Zk93WbT5v";
/// A password, or a shared secret.
const MARK: &str = "xq7Zk93WbT5v/+&%<\"'";

/// The forms in which it might show: as it is, Base64 at any offset, hexadecimal, percent signs.
fn forms() -> Vec<String> {
    let core = CORE.as_bytes();
    let hex: String = core.iter().map(|byte| format!("{byte:02x}")).collect();
    let percent: String = core.iter().map(|byte| format!("%{byte:02x}")).collect();
    let colons = core.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(":");
    let backwards: String = CORE.chars().rev().collect();
    // Whole groups of three bytes look the same whatever stands beside them.
    let base64 = [0, 1, 2].map(|skip| STANDARD.encode(&core[skip..skip + (core.len() - skip) / 3 * 3]));
    let mut forms = vec![CORE.to_owned(), hex, percent, colons, backwards];
    forms.extend(base64);
    forms
}

/// What a run printed or wrote, if any of it is the mark.
fn betrayed(said: &str) -> Option<String> {
    let folded = said.to_ascii_lowercase();
    forms().into_iter().find(|form| said.contains(form) || folded.contains(&form.to_ascii_lowercase()))
}

/// A folder of one test alone, gone afterwards.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("rtcscope-secrets-{}-{name}", std::process::id()));
        std::fs::create_dir(&path).unwrap();
        Self(path)
    }

    fn file(&self, name: &str, content: &str) -> String {
        let path = self.0.join(name);
        std::fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn server(settings: Settings) -> EmbeddedServer {
    EmbeddedServer::start(settings, Listen::on(IpAddr::V4(Ipv4Addr::LOCALHOST))).unwrap()
}

fn with_password(password: &str) -> EmbeddedServer {
    let users = vec![Credentials::password("alice", Secret::new(password))];
    server(Settings { users, ..Settings::default() })
}

fn with_secret(secret: &str) -> EmbeddedServer {
    server(Settings { rest_secret: Some(Secret::new(secret)), ..Settings::default() })
}

fn uri(server: &EmbeddedServer) -> String {
    format!("turn:{}?transport=udp", server.udp_addr().unwrap())
}

/// A command line, with its environment.
struct Case {
    args: Vec<String>,
    variables: Vec<(&'static str, String)>,
    /// Reads it from there.
    input: String,
}

fn case(args: &[&str]) -> Case {
    Case {
        args: args.iter().map(|&arg| arg.to_owned()).collect(),
        variables: Vec::new(),
        input: String::new(),
    }
}

impl Case {
    fn knowing(mut self, name: &'static str, value: &str) -> Self {
        self.variables.push((name, value.to_owned()));
        self
    }

    fn reading(self, input: &str) -> Self {
        Self { input: input.to_owned(), ..self }
    }

    /// Runs it with these reports beside; all that it printed and wrote.
    fn run(&self, folder: &Path, more: &[&str], formats: &[&str]) -> (Option<i32>, String) {
        std::fs::create_dir(folder).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_rtcscope"));
        command.args(&self.args).args(more).env_clear().envs(self.variables.iter().map(|(n, v)| (n, v)));
        for format in formats {
            command.arg("--report").arg(format!("{format}={}", folder.join(format).display()));
        }
        command.current_dir(folder).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let _ = child.stdin.take().unwrap().write_all(self.input.as_bytes());
        let output = child.wait_with_output().unwrap();
        let mut said =
            [output.stdout, output.stderr].map(|said| String::from_utf8_lossy(&said).into_owned()).concat();
        for file in std::fs::read_dir(folder).unwrap() {
            said += &String::from_utf8_lossy(&std::fs::read(file.unwrap().path()).unwrap());
        }
        (output.status.code(), said)
    }
}

/// Formats that every result has, those of findings, and that of tables.
const FORMATS: [&[&str]; 3] = [
    &["text", "json", "jsonl", "markdown", "html", "prometheus"],
    &["sarif", "github", "junit", "nagios"],
    &["csv"],
];

/// Runs all of them in each format, quiet and talkative, and tells which betray the mark.
fn all_keep_it(name: &str, cases: Vec<Case>, exits: &[i32]) {
    let folder = Folder::new(name);
    let next = Mutex::new(0..cases.len());
    let (betrayals, seen) = (Mutex::new(Vec::new()), Mutex::new(std::collections::BTreeSet::new()));
    std::thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| {
                loop {
                    let Some(at) = next.lock().unwrap().next() else { return };
                    for (of, formats) in FORMATS.iter().enumerate() {
                        for (loud, more) in [&[][..], &["-v"], &["-vv"]].iter().enumerate() {
                            if loud == 1 && of > 0 {
                                continue;
                            }
                            let (code, said) =
                                cases[at].run(&folder.0.join(format!("{at}-{of}-{loud}")), more, formats);
                            let broke = code.is_none_or(|code| code == 101) || said.contains("itself broke");
                            seen.lock().unwrap().extend(code);
                            let betrayed = betrayed(&said);
                            if broke || betrayed.is_some() || said.is_empty() {
                                let line = said.lines().find(|line| {
                                    betrayed.as_ref().is_some_and(|it| {
                                        line.to_ascii_lowercase().contains(&it.to_ascii_lowercase())
                                    })
                                });
                                let told = format!(
                                    "{code:?} {betrayed:?} {:?} {more:?} {formats:?}\n{}",
                                    cases[at].args,
                                    line.unwrap_or(&said)
                                );
                                betrayals.lock().unwrap().push(told);
                            }
                        }
                    }
                }
            });
        }
    });
    let betrayals = betrayals.into_inner().unwrap();
    assert!(betrayals.is_empty(), "{} runs\n{}", betrayals.len(), betrayals.join("\n\n"));
    // They came to the ends that they were made for.
    let seen = seen.into_inner().unwrap();
    assert!(exits.iter().all(|exit| seen.contains(exit)), "{seen:?}");
}

#[test]
fn the_mark_is_found_where_it_is() {
    for hidden in [
        format!("a{MARK}"),
        STANDARD.encode(MARK),
        URL_SAFE_NO_PAD.encode(format!("alice:{MARK}")),
        STANDARD.encode(format!("bob:{MARK}:")),
        STANDARD.encode(format!("tom:x{MARK}")),
        CORE.bytes().map(|byte| format!("{byte:02X}")).collect(),
        CORE.bytes().map(|byte| format!("%{byte:02X}")).collect(),
    ] {
        assert!(betrayed(&hidden).is_some(), "{hidden}");
    }
    assert!(betrayed("nothing of it").is_none());
}

#[test]
fn no_probe_and_no_call_shows_who_we_are() {
    let folder = Folder::new("who");
    let (right, wrong) = (with_password(MARK), with_password("another"));
    let (minting, other) = (with_secret(MARK), with_secret("another"));
    let dead = "turn:127.0.0.1:9?transport=udp".to_owned();
    let password = folder.file("password", MARK);
    let key: String = CORE.bytes().chain(*b"1234").map(|byte| format!("{byte:02x}")).collect();
    let token = STANDARD.encode(format!("{CORE} and all that is sealed in a token"));
    let mac = STANDARD.encode(format!("{CORE}56789012345678901234"));
    let mut cases = Vec::new();
    for target in [uri(&right), uri(&wrong), dead.clone()] {
        let quick = ["--timeout", "300ms"];
        let probe = [&["probe", &target, "--count", "3", "--no-capabilities"][..], &quick].concat();
        let call = [&["call", "--relay", &target, "--duration", "100ms"][..], &quick].concat();
        for command in [probe, call] {
            let with = |more: &[&str]| case(&[&command[..], more].concat());
            cases.push(with(&["-u", "alice", "-w", MARK]));
            cases.push(with(&["-u", "alice", "--password-file", &password]));
            cases.push(with(&["-u", "alice"]).knowing("RTCSCOPE_PASSWORD", MARK));
            cases.push(with(&["-u", "alice", "--key", &key]));
            cases.push(with(&["-u", "kid", "--access-token", &token, "--mac-key", &mac]));
        }
    }
    for target in [uri(&minting), uri(&other)] {
        cases.push(case(&["probe", &target, "--count", "3", "-u", "alice", "--secret", MARK]));
        cases.push(case(&["probe", &target, "--count", "3"]).knowing("RTCSCOPE_SECRET", MARK));
        cases.push(case(&["call", "--relay", &target, "--duration", "100ms", "--secret", MARK]));
    }
    // Messages one by one, rounds, audits, and made-up names.
    cases.push(case(&["probe", &uri(&right), "-u", "alice", "-w", MARK, "--count", "2", "--trace"]));
    cases.push(case(&["probe", &uri(&wrong), "-u", "alice", "-w", MARK, "--security", "--count", "2"]));
    cases.push(case(&["probe", &uri(&right), "-u", "alice", "-w", MARK, "--count", "2", "--redact"]));
    let servers = |target: &str| {
        format!(
            "[{{\"urls\": \"{target}\", \"username\": \"alice\", \"credential\": {}}}]",
            serde_json::json!(MARK)
        )
    };
    for (name, target) in [("right.json", uri(&right)), ("wrong.json", uri(&wrong)), ("dead.json", dead)] {
        let file = folder.file(name, &servers(&target));
        cases.push(case(&["probe", "--ice-servers", &file, "--timeout", "300ms", "--count", "2"]));
    }
    all_keep_it("probes", cases, &[0, 1]);
}

#[test]
fn no_error_about_what_was_given_repeats_it() {
    let folder = Folder::new("given");
    let mut cases = Vec::new();
    let userinfo = [
        format!("turn:alice:{MARK}@127.0.0.1:9"),
        format!("turn://alice:{CORE}@127.0.0.1:9"),
        format!("turns:{CORE}@127.0.0.1?transport=tcp"),
        format!("stun:alice:{CORE}@127.0.0.1"),
        format!("turn:127.0.0.1?transport=udp&password={CORE}"),
        format!("turn:127.0.0.1?credential={CORE}"),
        format!("https://alice:{CORE}@127.0.0.1/"),
        format!("alice:{CORE}@127.0.0.1"),
        format!("TURN:alice:{CORE}@[::1]:3478?transport=tcp"),
    ];
    for target in &userinfo {
        cases.push(case(&["probe", target]));
        cases.push(case(&["probe", "cred", "-u", "alice", "-w", "x", target]));
        cases.push(case(&["call", "--relay", target]));
        let plan = format!(
            "[[probe]]\nname = \"a\"\ntargets = {target:?}\n\n[[call]]\nname = \"b\"\nrelay = {target:?}\n"
        );
        cases.push(case(&["check", &folder.file(&format!("plan-{}.toml", cases.len()), &plan)]));
        let file = folder.file(
            &format!("servers-{}.json", cases.len()),
            &serde_json::json!([{"urls": target, "username": "alice", "credential": MARK}]).to_string(),
        );
        cases.push(case(&["probe", "--ice-servers", &file, "--timeout", "300ms"]));
    }
    let target = "turn:127.0.0.1:9";
    for flags in [
        &["--key", MARK][..],
        &["--key", CORE, "-u", "alice"],
        &["--access-token", MARK, "--mac-key", MARK, "-u", "kid"],
        &["--access-token", "AAAA", "--mac-key", CORE],
        &["-w", MARK, "--key", MARK],
        &["-w", MARK],
        &["--secret", MARK, "-w", MARK],
        &["-u", "alice", "--password", MARK, "--password-file", "/nowhere"],
    ] {
        cases.push(case(&[&["probe", target][..], flags].concat()));
        cases.push(case(&[&["call", "--relay", target][..], flags].concat()));
    }
    // A file that is something else.
    let key = format!(
        "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
        STANDARD.encode(CORE.repeat(9))
    );
    let key = folder.file("key.pem", &key);
    cases.push(case(&["probe", "turns:127.0.0.1:9", "--cafile", &key]));
    cases.push(case(&["call", "--relay", "turns:127.0.0.1:9", "-u", "a", "-w", "b", "--cafile", &key]));
    for (name, text) in [
        ("cut.json", format!("[{{\"urls\": \"{target}\", \"credential\": \"{CORE}")),
        ("number.json", format!("[{{\"urls\": \"{target}\", \"credential\": [\"{CORE}\"]}}]")),
        ("key.json", format!("[{{\"urls\": \"{target}\", \"{CORE}\": 1}}]")),
        ("text.json", format!("credential={CORE}")),
    ] {
        cases.push(case(&["probe", "--ice-servers", &folder.file(name, &text), "--timeout", "300ms"]));
    }
    for (name, text) in [
        ("inline.toml", format!("[[probe]]\nname = \"a\"\ntargets = \"{target}\"\npassword = \"{CORE}\"\n")),
        ("cut.toml", format!("[[probe]]\nname = \"a\"\npassword = \"{CORE}\n")),
        (
            "table.toml",
            format!("[[probe]]\nname = \"a\"\ntargets = \"{target}\"\npassword = {{ text = \"{CORE}\" }}\n"),
        ),
        ("typo.toml", format!("[[probe]]\nname = \"a\"\ntargets = \"{target}\"\npasword = \"{CORE}\"\n")),
        ("secret.toml", format!("[[call]]\nname = \"a\"\nrelay = \"{target}\"\nsecret = [\"{CORE}\"]\n")),
        ("after.toml", format!("[[probe]]\nname = \"a\"\nkey = \"{CORE}\" oops\n")),
    ] {
        let path = folder.file(name, &text);
        cases.push(case(&["check", &path]));
        cases.push(case(&["check", "--list", &path]));
    }
    all_keep_it("errors", cases, &[2, 3]);
}

#[test]
fn no_configuration_description_message_or_capture_gives_away_what_is_in_it() {
    let folder = Folder::new("read");
    let conf = folder.file(
        "turnserver.conf",
        &format!(
            "listening-port=9\nlt-cred-mech\nuser=alice:{CORE}/+\nuser=bob {CORE}\nuser={CORE}\nstatic-auth-secret={CORE}\n\
             cli-password={CORE}\nuser=eve:0x{}\nmysql-userdb=\"host=db password={CORE}\"\nredis-userdb=\"password={CORE}\"\n\
             pkey-pwd={CORE}\noauth-secret={CORE}\n static-auth-secret : {CORE}\nStatic-Auth-Secret={CORE}\nusr=alice:{CORE}\n\
             realm=example.test\nexternal-ip=127.0.0.1\n",
            CORE.bytes().chain(*b"1234").map(|byte| format!("{byte:02x}")).collect::<String>()
        ),
    );
    let mut cases = vec![
        case(&["probe", "--turnserver-conf", &conf, "--timeout", "300ms", "--count", "2"]),
        case(&["probe", "turn:127.0.0.1:9", "--turnserver-conf", &conf, "--timeout", "300ms"]),
    ];
    let description = format!(
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\nc=IN IP4 0.0.0.0\r\n\
         a=ice-ufrag:abcd\r\na=ice-pwd:{CORE}567890123\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{}\r\n\
         a=setup:actpass\r\na=mid:0\r\nk=clear:{CORE}\r\na=ice-pwd:{CORE}\r\na=ice_pwd={CORE}\r\n",
        STANDARD.encode(format!("{CORE}567890123456789012"))
    );
    let offer = folder.file("offer.sdp", &description);
    let other = folder.file("other.sdp", &description.replace("UDP/TLS", "RTP").replace("a=mid:0\r\n", ""));
    for redact in [&[][..], &["--redact"]] {
        for command in [
            &["sdp", "explain", &offer, "--lines"][..],
            &["sdp", "lint", &offer],
            &["sdp", "diff", &offer, &other],
            &["sdp", "diff", &other, &offer, "--raw"],
            &["sdp", "negotiate", &offer, &other],
        ] {
            cases.push(case(&[command, redact].concat()));
        }
    }
    cases.push(case(&["sdp", "explain", "-"]).reading(&description));
    cases.push(case(&["sdp", "lint", "-", "--redact"]).reading(&description));
    // With the right key, with a wrong one, and with none that is one.
    let message = "0001001c2112a442000102030405060708090a0b00060005616c6963650000000008001400000000000000000000000000000000\
                   00000000";
    for flags in [&["-w", MARK][..], &["--password", CORE, "-u", "alice"], &["--key", CORE]] {
        cases.push(case(&[&["stun", "decode", message][..], flags].concat()));
    }
    let capture = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/analyze");
    let capture = std::fs::read_dir(capture).ok().and_then(|mut files| {
        files.find_map(|file| {
            file.ok()
                .map(|file| file.path())
                .filter(|path| path.extension().is_some_and(|e| e == "pcapng" || e == "pcap"))
        })
    });
    let capture =
        capture.map_or_else(|| folder.file("none.pcap", ""), |path| path.to_str().unwrap().to_owned());
    for (name, text) in [
        (
            "keys.log",
            format!(
                "CLIENT_RANDOM {} {}\nCLIENT_RANDOM {CORE}\n{CORE}\n",
                "00".repeat(32),
                CORE.bytes().map(|b| format!("{b:02x}")).collect::<String>().repeat(4)
            ),
        ),
        (
            "keys.json",
            format!(
                "[{{\"profile\": \"SRTP_AES128_CM_HMAC_SHA1_80\", \"keying_material\": \"{}\"}}]",
                CORE.bytes().map(|b| format!("{b:02x}")).collect::<String>().repeat(5)
            ),
        ),
        ("cut.json", format!("[{{\"keying_material\": \"{CORE}")),
        (
            "sdes",
            format!(
                "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{}",
                STANDARD.encode(format!("{CORE}567890123456789012"))
            ),
        ),
    ] {
        cases.push(case(&["analyze", &capture, "--keys", &folder.file(name, &text)]));
    }
    cases.push(case(&["analyze", &capture, "--sdp", &offer]));
    cases.push(case(&["probe", "cred", "-u", "alice", "-w", MARK, "--realm", "example.test"]));
    cases.push(case(&["probe", "cred", "--secret", MARK, "--secret-user", "alice"]));
    cases.push(case(&["probe", "cred", "-u", "2000000000:alice", "-w", "x", "--secret", MARK]));
    cases.push(case(&[
        "probe",
        "cred",
        "-u",
        "kid",
        "--oauth-key",
        &STANDARD.encode(format!("{CORE}5678901234567890")),
        "--oauth-server-name",
        "turn.example.test",
    ]));
    all_keep_it("inputs", cases, &[0, 1]);
}

/// A plan that is run, listed, and served.
#[test]
fn no_plan_shows_what_its_checks_log_in_with() {
    let folder = Folder::new("plans");
    let (right, wrong) = (with_password(MARK), with_password("another"));
    let file = folder.file("password", MARK);
    let table = |name: &str, target: &str, source: &str| {
        format!(
            "[[probe]]\nname = \"{name}\"\ntargets = \"{target}\"\nusername = \"alice\"\npassword = {source}\n\
             count = 2\nno_capabilities = true\ntimeout = \"300ms\"\n\n[[call]]\nname = \"{name} call\"\nrelay = \"{target}\"\n\
             username = \"alice\"\npassword = {source}\nduration = \"100ms\"\n"
        )
    };
    let env = "{ env = \"PLAN_PASSWORD\" }";
    let read = format!("{{ file = {file:?} }}");
    let plan = [
        table("right", &uri(&right), env),
        table("wrong", &uri(&wrong), env),
        table("file", &uri(&right), &read),
    ];
    let good = folder.file("good.toml", &plan[0]);
    let all = folder.file("rtcscope.toml", &plan.concat());
    let cases =
        [&["check", &good][..], &["check", &all], &["check", "--list", &all], &["check", &all, "--redact"]];
    let cases = cases.map(|args| case(args).knowing("PLAN_PASSWORD", MARK)).into_iter().collect();
    all_keep_it("checks", cases, &[0, 1]);

    let mut command = Command::new(env!("CARGO_BIN_EXE_rtcscope"));
    command
        .args(["check", &all, "--serve", "0", "--interval", "1h", "-vv"])
        .env_clear()
        .env("PLAN_PASSWORD", MARK);
    let mut child =
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    said.read_line(&mut line).unwrap();
    let addr = line.split("http://").nth(1).and_then(|rest| rest.split('/').next()).unwrap().to_owned();
    let get = |path: &str| {
        let mut stream = TcpStream::connect(&addr).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    };
    // The first round, too.
    let end = std::time::Instant::now() + Duration::from_secs(30);
    while !get("/metrics").contains("rtcscope_check_rounds_total 1") {
        assert!(std::time::Instant::now() < end, "no round");
        std::thread::sleep(Duration::from_millis(50));
    }
    let pages = [
        "/",
        "/metrics",
        "/health",
        "/probe?module=right",
        "/probe?module=wrong",
        &format!("/probe?target=turn:alice:{CORE}@127.0.0.1"),
    ];
    let answers = pages.map(get);
    child.kill().unwrap();
    child.wait().unwrap();
    said.read_to_string(&mut line).unwrap();
    for said in answers.iter().chain([&line]) {
        assert!(said.len() > 10 && betrayed(said).is_none(), "{:?}: {said}", betrayed(said));
    }
}
