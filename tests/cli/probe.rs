//! Bad input to `probe` as a user meets it: the whole of standard error and the exit code. Nothing here gets as far
//! as the network; where a defect would let it, there are addresses of this machine and no names to look up.

use std::process::Stdio;

use super::{Dir, rtcscope, shown};

/// Each command line with all that came of it, for a snapshot.
fn transcript(lines: &[&[&str]]) -> String {
    lines.iter().map(|args| said(&[], args)).collect::<Vec<_>>().join("\n")
}

fn said(variables: &[(&str, &str)], args: &[&str]) -> String {
    let output = rtcscope([&["probe"], args].concat()).envs(variables.iter().copied()).output();
    let answer = shown(&output.expect("the program starts"));
    assert!(!answer.contains("hunter2"), "a password is repeated: {answer}");
    assert!(!answer.contains('\u{1b}'), "an escape sequence is repeated: {answer}");
    let variables: String = variables.iter().map(|(name, value)| format!("{name}={value} ")).collect();
    let args: String = args.iter().map(|arg| format!(" {}", quoted(arg))).collect();
    format!("$ {variables}rtcscope probe{args}\n{answer}")
}

/// As a shell would take it.
fn quoted(arg: &str) -> String {
    match arg.is_empty() || arg.contains(char::is_whitespace) {
        true => format!("'{arg}'"),
        false => arg.escape_default().to_string(),
    }
}

/// `--ice-servers` with a file of this content.
fn ice_servers(contents: &[(&str, &[u8])]) -> String {
    let dir = Dir::new("ice-servers");
    let mut text = Vec::new();
    for (name, content) in contents {
        let path = dir.path(name);
        std::fs::write(&path, content).expect("a file can be written");
        text.push(said(&[], &["--ice-servers", path.to_str().expect("UTF-8")]));
    }
    text.push(said(&[], &["--ice-servers", dir.path("missing.json").to_str().expect("UTF-8")]));
    text.push(said(&[], &["--ice-servers", dir.0.to_str().expect("UTF-8")]));
    text.join("\n").replace(&dir.0.display().to_string(), "DIR")
}

#[test]
fn a_network_that_is_not_there_is_a_usage_error() {
    let text = transcript(&[
        &["turn:127.0.0.1", "-6"],
        &["turn:[::1]", "-4"],
        &["turn:127.0.0.1", "--transport", "sctp"],
        &["--embedded", "--transport", "udp,dtls"],
        &["--embedded", "-6"],
        &["turn:127.0.0.1", "--interface", "lo", "--local-addr", "127.0.0.1"],
        &["turn:127.0.0.1", "--local-addr", "localhost"],
        &["turn:127.0.0.1", "--min-days", "-1"],
    ]);
    insta::assert_snapshot!(text);
    // What there is differs from machine to machine.
    for (flag, value) in [
        ("--interface", "no-such-0"),
        ("--local-addr", "192.0.2.77"),
        ("--local-addr", "224.0.0.1"),
        ("--local-addr", "255.255.255.255"),
        ("--local-addr", "127.255.255.255"),
        ("--local-addr", "0.0.0.0"),
        ("--local-addr", "ff02::1"),
    ] {
        let text = said(&[], &["turn:127.0.0.1", flag, value]);
        let known = if flag == "--interface" { "lo" } else { "127.0.0.1" };
        assert!(
            text.contains(&format!("{flag}: ")) && text.contains("there is ") && text.contains(known),
            "{text}"
        );
        assert!(text.contains("exit: 2"), "{text}");
    }
}

#[test]
fn a_refused_amount_shows_one_that_is_taken() {
    for (args, said_so) in [
        (&["--throughput", "2s"][..], "held for whole seconds"),
        (&["--throughput", "5s", "--throughput-max", "5"], "as in 5M"),
        (&["--ttl", "1 day"], "or 1d"),
        (&["--local-addr", "fe80::1"], "see `ip -6 addr`"),
        (&["--local-addr", "fe80::1%eth0"], "--interface eth0"),
    ] {
        let text = said(&[], &[&["turn:127.0.0.1:1"], args].concat());
        assert!(text.contains(said_so) && text.contains("exit: 2"), "{text}");
    }
}

#[test]
fn no_file_is_written_over_one_that_is_read() {
    let dir = Dir::new("inputs");
    let list = "[{\"urls\": \"stun:127.0.0.1:1\"}]";
    let configuration = "listening-port=3478\n";
    for (flag, content) in [("--ice-servers", list), ("--turnserver-conf", configuration), ("--cafile", "x")]
    {
        for to in ["--pcap=", "--trace=", "--output=", "--report=json="] {
            let path = dir.path("input");
            std::fs::write(&path, content).expect("a file can be written");
            let path = path.to_str().expect("UTF-8");
            let text = said(&[], &[flag, path, &format!("{to}{path}")]);
            assert!(text.contains("would be written over") && text.contains("exit: 2"), "{text}");
            assert_eq!(std::fs::read_to_string(path).expect("it is there"), content, "{flag} {to}");
        }
    }
}

#[test]
fn a_malformed_uri_is_refused_with_its_place() {
    let text = transcript(&[
        &[""],
        &["turn:"],
        &["turn:127.0.0.1:"],
        &["turn:127.0.0.1:0"],
        &["turn:127.0.0.1:65536"],
        &["turn:127.0.0.1:port"],
        &["turn://127.0.0.1"],
        &["stun+tls:127.0.0.1"],
        &["turn+tcp:127.0.0.1"],
        &["https://127.0.0.1/"],
        &["ftp:127.0.0.1"],
        &["turn:[2001:db8::1"],
        &["turn:2001:db8::1"],
        &["turn:[fe80::1%eth0]"],
        &["turn:192.0.2.256"],
        &["turn:a..b"],
        &["turn:bad_host!"],
        &["turn:h\u{f6}st"],
        &["turn:127.0.0.1 name"],
        &["turn:127.0.0.1\u{1b}[2J"],
        &["turn:127.0.0.1?transport=sctp"],
        &["turn:127.0.0.1?transport=tls"],
        &["turn:127.0.0.1?Transport=udp&x=1"],
        &["turn:127.0.0.1?tls=1"],
        &["turn:127.0.0.1/path"],
        &["stun:127.0.0.1?transport=tcp"],
        &["127.0.0.1?transport=tcp"],
        &["turn:127.0.0.1:1", "stun:127.0.0.1:1", "turn://127.0.0.1:1"],
    ]);
    insta::assert_snapshot!(text);
}

#[test]
fn a_password_in_a_uri_is_not_repeated() {
    let text = transcript(&[
        &["turn:alice:hunter2@127.0.0.1"],
        &["turn://alice:hunter2@127.0.0.1"],
        &["alice:hunter2@127.0.0.1"],
    ]);
    insta::assert_snapshot!(text);
}

#[test]
fn a_bad_list_of_servers_is_refused_with_its_place() {
    let text = ice_servers(&[
        ("empty.json", b""),
        ("blank.json", b" \n\t\n"),
        ("syntax.json", b"[{\"urls\": \"turn:127.0.0.1:1\",}]"),
        ("cut.json", b"[{\"urls\": \"turn:127.0"),
        ("javascript.js", b"[{ urls: 'turn:127.0.0.1:1', username: 'alice', credential: 'hunter2' }]"),
        ("number.json", b"42"),
        ("string.json", b"\"turn:127.0.0.1:1\""),
        ("other.json", b"{\"servers\": 1}"),
        ("none.json", b"[]"),
        ("no-urls.json", b"[{\"username\": \"alice\", \"credential\": \"hunter2\"}]"),
        ("empty-urls.json", b"[{\"urls\": []}]"),
        ("number-urls.json", b"[{\"urls\": 7}]"),
        ("mixed-urls.json", b"{\"iceServers\": [{\"urls\": [\"stun:127.0.0.1:1\", null]}]}"),
        (
            "bad-uri.json",
            b"[{\"urls\": \"stun:127.0.0.1:1\"}, {\"urls\": [\"turn:127.0.0.1:1\", \"turn://host\"]}]",
        ),
        (
            "credential.json",
            b"[{\"urls\": \"turn:127.0.0.1:1\", \"username\": \"alice\", \"credential\": [7]}]",
        ),
        ("half.json", b"[{\"urls\": \"turn:127.0.0.1:1\", \"username\": \"alice\"}]"),
        ("oauth.json", b"[{\"urls\": \"turn:127.0.0.1:1\", \"credentialType\": \"oauth\"}]"),
        (
            "policy.json",
            b"{\"iceServers\": [{\"urls\": \"stun:127.0.0.1:1\"}], \"iceTransportPolicy\": \"relay\"}",
        ),
        ("binary.json", b"\x00\x01\xfe\xff\x1b[2J"),
    ]);
    insta::assert_snapshot!(text);
}

#[test]
fn half_a_credential_is_a_usage_error() {
    let mut text = vec![transcript(&[
        &["turn:127.0.0.1:1", "-u", "alice"],
        &["turn:127.0.0.1:1", "-w", "hunter2"],
        &["turn:127.0.0.1:1", "-u", "", "-w", "hunter2"],
        &["turn:127.0.0.1:1", "--key", "0123456789abcdef0123456789abcdef"],
        &["turn:127.0.0.1:1", "-u", "alice", "--key", "not hex"],
        &["turn:127.0.0.1:1", "-u", "alice", "--key", "0123456789abcdef0123456789abcdeg"],
        &["turn:127.0.0.1:1", "-u", "alice", "--password-file", "/nonexistent/password"],
        &["turn:127.0.0.1:1", "-u", "kid-7", "--access-token", "aHVudGVyMg=="],
        &["turn:127.0.0.1:1", "-u", "kid-7", "--mac-key", "aHVudGVyMg=="],
        &["turn:127.0.0.1:1", "--access-token", "aHVudGVyMg==", "--mac-key", "aHVudGVyMg=="],
        &["turn:127.0.0.1:1", "-u", "kid-7", "--access-token", "hunter2!", "--mac-key", "aHVudGVyMg=="],
    ])];
    text.push(said(&[("RTCSCOPE_USERNAME", "alice")], &["turn:127.0.0.1:1"]));
    text.push(said(&[("RTCSCOPE_PASSWORD", "hunter2")], &["turn:127.0.0.1:1"]));
    let text = text.join("\n");
    insta::assert_snapshot!(text);
}

#[test]
fn flags_that_exclude_each_other_are_a_usage_error() {
    let text = transcript(&[
        &["--embedded", "turn:127.0.0.1:1"],
        &["--embedded", "--ice-servers", "servers.json"],
        &["--embedded", "--password-file", "password.txt"],
        &["--embedded", "--key", "0123456789abcdef0123456789abcdef"],
        &["turn:127.0.0.1:1", "--duration", "5s", "--count", "5"],
        &[
            "turn:127.0.0.1:1",
            "-u",
            "alice",
            "--key",
            "0123456789abcdef0123456789abcdef",
            "--secret",
            "hunter2",
        ],
        &["turn:127.0.0.1:1", "-u", "alice", "-w", "hunter2", "--password-file", "password.txt"],
        &["turn:127.0.0.1:1", "-u", "alice", "-w", "hunter2", "--access-token-file", "token.txt"],
        &["turn:127.0.0.1:1", "-u", "alice", "--secret", "hunter2", "--mac-key", "hunter2"],
        &["--embedded", "--access-token-file", "token.txt", "--mac-key-file", "key.txt"],
        &["turn:127.0.0.1:1", "--duration", "1h", "--deadline", "1m"],
        &["turn:127.0.0.1:1", "--duration", "24h", "--rate", "10000"],
        &["turn:127.0.0.1:1", "--nat-lifetime", "--deadline", "1m"],
    ]);
    insta::assert_snapshot!(text);
}

#[test]
fn a_peer_to_send_data_to_is_named_on_purpose() {
    let text = transcript(&[
        &["127.0.0.1", "--ssrf-deliver", "10.0.0.5:7"],
        &["127.0.0.1", "--security", "--ssrf-deliver", "10.0.0.5"],
        &["127.0.0.1", "--security", "--ssrf-deliver", "10.0.0.5:0"],
        &["127.0.0.1", "--security", "--ssrf-deliver", "db.example.org:7"],
        &[&["127.0.0.1", "--security"][..], &["--ssrf-deliver", "10.0.0.5:7"].repeat(9)].concat(),
    ]);
    insta::assert_snapshot!(text);
}

#[test]
fn numbers_and_times_out_of_range_are_usage_errors() {
    let text = transcript(&[
        &["turn:127.0.0.1:1", "--timeout", "0"],
        &["turn:127.0.0.1:1", "--timeout", "soon"],
        &["turn:127.0.0.1:1", "--timeout", "-1s"],
        &["turn:127.0.0.1:1", "--timeout", "5w"],
        &["turn:127.0.0.1:1", "--deadline", "2d"],
        &["turn:127.0.0.1:1", "--count", "0"],
        &["turn:127.0.0.1:1", "--rate", "100000"],
        &["turn:127.0.0.1:1", "--size", "9000"],
        &["turn:127.0.0.1:1", "--separator", "::"],
        &["turn:127.0.0.1:1", "--ttl", "never"],
        &["turn:127.0.0.1:1", "--nat-lifetime=never"],
    ]);
    insta::assert_snapshot!(text);
}

#[test]
fn a_limit_on_what_nobody_measures_is_a_usage_error() {
    let text = transcript(&[
        &["turn:127.0.0.1:1", "--max", "rtt.p9=5ms"],
        &["turn:127.0.0.1:1", "--max", "latency=5ms"],
        &["turn:127.0.0.1:1", "--max", "rtt.p99"],
        &["turn:127.0.0.1:1", "--max", "rtt.p99="],
        &["turn:127.0.0.1:1", "--max", "rtt.p99=5%"],
        &["turn:127.0.0.1:1", "--max", "loss=5ms"],
        &["turn:127.0.0.1:1", "--max", "loss=5"],
        &["turn:127.0.0.1:1", "--max", "rtt.p99=-1ms"],
        &["turn:127.0.0.1:1", "--max", "rtt.p99=NaNms"],
        &["turn:127.0.0.1:1", "--max", "rtt=5ms"],
    ]);
    insta::assert_snapshot!(text);
}

#[test]
fn a_transport_that_no_target_has_cannot_be_required() {
    let text = transcript(&[
        &["turn:127.0.0.1:1", "--require", "tls"],
        &["turns:127.0.0.1:1", "--require", "udp,tls"],
        &["stun:127.0.0.1:1", "--require", "tcp"],
        &["turn:127.0.0.1:1", "--require", "dtls"],
    ]);
    insta::assert_snapshot!(text);
}

#[test]
fn a_clock_is_not_asked_for_without_a_secret() {
    let text = transcript(&[
        &["turn:127.0.0.1:1", "-u", "alice", "-w", "hunter2", "--clock"],
        &["turn:127.0.0.1:1", "--key", "0xhunter2", "-u", "alice", "--clock"],
        &["turn:127.0.0.1:1", "--relay-family", "ipx"],
    ]);
    insta::assert_snapshot!(text);
}

/// Who hands a recording on has to know what is in it.
#[test]
fn the_help_says_what_a_recording_does_not_hide() {
    let output = rtcscope(["probe", "--help"]).output().expect("the program starts");
    let help = String::from_utf8_lossy(&output.stdout);
    for flag in ["--trace[=<FILE>]", "--pcap <FILE>"] {
        let (_, told) = help.split_once(flag).expect("the flag has a help");
        let told = told.split("\n      --").next().unwrap_or_default();
        let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(told.contains("addresses") && told.contains("user names"), "{flag}: {told}");
    }
}

#[test]
fn no_target_at_all_is_a_usage_error() {
    let credentials = [("RTCSCOPE_USERNAME", "alice"), ("RTCSCOPE_PASSWORD", "hunter2")];
    let text = [said(&[], &[]), said(&credentials, &[])].join("\n");
    insta::assert_snapshot!(text);
}

#[test]
fn files_that_are_not_what_they_should_be_are_named() {
    let dir = Dir::new("probe-files");
    let path = |name: &str| dir.path(name).to_str().expect("UTF-8").to_owned();
    std::fs::write(path("text.pem"), "no certificate").expect("a file can be written");
    std::fs::write(path("broken.pem"), "-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n")
        .expect("a file can be written");
    std::fs::write(path("junk.pem"), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
        .expect("a file can be written");
    std::fs::write(path("password"), [0xff, 0xfe]).expect("a file can be written");
    let text = transcript(&[
        &["turns:127.0.0.1:1", "--cafile", &path("missing.pem")],
        &["turns:127.0.0.1:1", "--cafile", &path("text.pem")],
        &["turns:127.0.0.1:1", "--cafile", &path("broken.pem")],
        &["turns:127.0.0.1:1", "--cafile", &path("junk.pem")],
        &["turns:127.0.0.1:1", "--cafile", dir.0.to_str().expect("UTF-8")],
        &["turns:127.0.0.1:1", "--servername", "not a name"],
        &["turn:127.0.0.1:1", "-u", "alice", "--password-file", &path("password")],
        &["turn:127.0.0.1:1", "--output", &path("missing/report.json")],
        &["turn:127.0.0.1:1", "--report", "json"],
        &["turn:127.0.0.1:1", "--format", "xml"],
    ]);
    let text = text.replace(&dir.0.display().to_string(), "DIR");
    insta::assert_snapshot!(text);
}

#[test]
fn standard_input_is_a_list_of_servers_too() {
    let mut child = rtcscope(["probe", "--ice-servers", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("piped");
    std::io::Write::write_all(&mut stdin, b"[{\"urls\": \"turn:127.0.0.1:1\"").expect("it reads");
    drop(stdin);
    insta::assert_snapshot!(shown(&child.wait_with_output().expect("it ends")), @r"
    exit: 3
    --- stdout
    --- stderr
    error: standard input: the list of ICE servers is no JSON: EOF while parsing an object (line 1, column 28)
    hint: JSON has keys and strings in double quotes, no comments and no trailing comma; in the web app's console, `JSON.stringify(configuration)` prints it
    ");
}
