//! `probe --turnserver-conf` as a user meets it, without a packet sent.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::Value;

use super::{Dir, rtcscope, run, shown};

const BAD: &str = "\
# A file with a bit of everything: é
listening-ip=YOU_IP
realm=example.org # ours
lt-cred-mech
user=alice:hunter2
user=alice:hunter2\u{1b}[2J
static-auth-secert=hunter2
max-bps=1024
\t172.26.7.151
hunter2
stale-nonce 10
cli-password='hunter2'
denied-peer-ip=10.0.0.0/8
no-cli=perhaps
";

fn lint(name: &str, text: &[u8], flags: &[&str]) -> String {
    let dir = Dir::new(name);
    let path = dir.path("turnserver.conf");
    std::fs::write(&path, text).expect("a file can be written");
    // By a name of one length, since the text is wrapped.
    let mut command = rtcscope([&["probe", "--turnserver-conf", "turnserver.conf"], flags].concat());
    shown(&command.current_dir(&dir.0).output().expect("the program starts"))
}

#[test]
fn each_fault_is_shown_at_its_place_and_no_secret_with_it() {
    let text = lint("conf-bad", BAD.as_bytes(), &["--lint-only"]);
    assert!(!text.contains("hunter2") && !text.contains('\u{1b}'), "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn no_format_shows_a_secret() {
    for format in ["text", "json"] {
        for flags in [&["-vv"][..], &["--color", "always"]] {
            let text =
                lint("conf-formats", BAD.as_bytes(), &[&["--lint-only", "--format", format], flags].concat());
            assert!(text.contains("CONF501") && !text.contains("hunter2"), "{format} {flags:?}: {text}");
        }
    }
}

#[test]
fn the_mark_stands_under_what_it_marks() {
    let text = lint(
        "conf-mark",
        "# ä\nuser=alice:hunter2\nuser=alice:long-enough-1\nrealm=größe # x\n".as_bytes(),
        &["--lint-only"],
    );
    let lines: Vec<&str> = text.lines().collect();
    let under = |line: &str, mark: &str, column: usize| {
        let at = lines
            .iter()
            .position(|have| have.ends_with(line))
            .unwrap_or_else(|| panic!("no {line} in {text}"));
        let offset = lines[at].chars().count() - line.chars().count();
        let below: Vec<char> = lines[at + 1].chars().collect();
        let expected: Vec<char> = mark.chars().collect();
        assert_eq!(&below[offset + column..], expected, "{text}");
    };
    under("user=alice:****", "^^^^^", 5);
    under("realm=größe # x", "^^^", 12);
}

#[test]
fn a_good_file_passes() {
    for name in ["users", "secret"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("testdata/turnserver/{name}.conf"));
        let text = lint(
            "conf-good",
            &std::fs::read(path).expect("a file"),
            &["--lint-only", "--fail-on", "warning"],
        );
        assert!(text.starts_with("exit: 0\n--- stdout\nPASS  nothing is wrong"), "{name}: {text}");
    }
}

#[test]
fn what_cannot_be_done_is_refused() {
    let told = |name: &str, text: &[u8], flags: &[&str]| lint(name, text, flags);
    let mut all = String::new();
    for (name, text, flags) in [
        ("conf-nowhere", &b"realm=a\nuser=b:c\n"[..], &[][..]),
        ("conf-closed", b"listening-ip=127.0.0.1\nno-udp\nno-tcp\n", &[]),
        ("conf-alone", b"", &["--lint-only", "turn:127.0.0.1:1"]),
        ("conf-nobody", b"user=b:hunter2hunter2\n", &["turn:127.0.0.1:1", "-u", "alice"]),
    ] {
        all.push_str(&told(name, text, flags));
        all.push('\n');
    }
    all.push_str(&run(["probe", "--lint-only"]));
    assert!(!all.contains("hunter2"), "{all}");
    insta::assert_snapshot!(all);
}

#[test]
fn a_file_that_is_missing_or_far_too_large_is_not_looked_at() {
    let large = vec![b'#'; 2 * 1024 * 1024 + 1];
    let text = lint("conf-large", &large, &["--lint-only"]);
    assert!(text.starts_with("exit: 3\n") && text.contains("is larger than 2 MiB"), "{text}");
    let text = run(["probe", "--turnserver-conf", "/nonexistent/turnserver.conf", "--lint-only"]);
    assert!(text.starts_with("exit: 3\n"), "{text}");
}

#[test]
fn bytes_that_are_no_text_are_no_reason_to_give_up() {
    let text = lint(
        "conf-bytes",
        b"# gr\xfc\xdfe\nfingerprint=\xff\nno-auth\0x\n",
        &["--lint-only", "--format", "json"],
    );
    assert!(text.starts_with("exit: 1\n") && text.contains("CONF105") && text.contains("CONF206"), "{text}");
}

#[test]
fn standard_input_is_a_file_too() {
    let mut child = rtcscope(["probe", "--turnserver-conf", "-", "--lint-only"]);
    let mut child =
        child.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("starts");
    std::io::Write::write_all(&mut child.stdin.take().expect("piped"), b"no-auth\n").expect("it reads");
    let text = shown(&child.wait_with_output().expect("ends"));
    assert!(text.contains("at: standard input:1:1, config"), "{text}");
}

/// The codes of one real file, with their lines; 0 where nothing stands in the file.
fn real(name: &str) -> Option<Vec<(String, u64)>> {
    let Some(corpus) = std::env::var_os("RTCSCOPE_CORPUS") else {
        let line = format!("\nSKIPPED: needs RTCSCOPE_CORPUS, the folder with turnserver/{name}\n");
        std::io::Write::write_all(&mut std::io::stderr(), line.as_bytes()).expect("stderr");
        return None;
    };
    let path = PathBuf::from(corpus).join("turnserver").join(name);
    let args =
        ["probe", "--lint-only", "--format", "json", "--turnserver-conf", path.to_str().expect("UTF-8")];
    let output = rtcscope(args).output().expect("starts");
    assert_eq!(output.status.code(), Some(1));
    let json: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let findings = json["turnserver_conf"]["findings"].as_array().expect("a list");
    let place = |finding: &Value| {
        (
            finding["code"].as_str().expect("a code").to_owned(),
            finding["location"]["line"].as_u64().unwrap_or(0),
        )
    };
    let said = String::from_utf8(output.stdout.clone()).expect("UTF-8");
    for secret in ["ling1234", "c93be9d24fb0", "logen"] {
        assert!(!said.contains(secret), "{secret} is shown");
    }
    Some(findings.iter().map(place).collect())
}

#[test]
fn a_real_configuration_of_a_course_has_its_faults_named_with_their_lines() {
    let Some(found) = real("course.conf") else { return };
    let expected = [
        ("CONF210", 11),
        ("CONF204", 13),
        ("CONF205", 13),
        ("CONF202", 14),
        ("CONF202", 15),
        ("CONF203", 15),
        ("CONF501", 17),
        ("CONF101", 21),
        ("CONF404", 23),
        ("CONF201", 0),
        ("CONF401", 0),
    ];
    assert_eq!(found, expected.map(|(code, line)| (code.to_owned(), line)));
}

#[test]
fn a_real_configuration_of_a_blog_has_its_faults_named_with_their_lines() {
    let Some(found) = real("blog.conf") else { return };
    let expected = [("CONF303", 5), ("CONF303", 6), ("CONF103", 13), ("CONF401", 0)];
    assert_eq!(found, expected.map(|(code, line)| (code.to_owned(), line)));
}
