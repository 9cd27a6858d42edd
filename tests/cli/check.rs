use std::path::Path;
use std::process::Command;

use super::{Dir, rtcscope, shown};

/// `rtcscope check` in a folder where this is the plan.
fn check(dir: &Dir, plan: &str, args: &[&str]) -> Command {
    std::fs::write(dir.path("rtcscope.toml"), plan).expect("it can be done");
    let mut command = rtcscope(["check"].iter().chain(args));
    command.current_dir(&dir.0);
    command
}

/// What is said of a plan that is wrong.
fn refusal(plan: &str) -> String {
    let dir = Dir::new(&format!(
        "check-{:x}",
        plan.bytes().fold(7u64, |sum, b| sum.wrapping_mul(31) + u64::from(b))
    ));
    let text = shown(&check(&dir, plan, &["--report", "json=out.json"]).output().expect("it can be done"));
    assert_eq!(dir.names(), ["rtcscope.toml"], "nothing is half-written");
    text
}

#[test]
fn an_unknown_key_is_marked_and_what_was_meant_is_said() {
    insta::assert_snapshot!(refusal("[[probe]]\nname = \"eu\"\nembedded = true\ntiemout = \"5s\"\n"), @r#"
    exit: 2
    --- stdout
    --- stderr
    error: unknown key `tiemout` in [[probe]]
     --> rtcscope.toml:4:1
      |
    4 | tiemout = "5s"
      | ^^^^^^^
    hint: did you mean `timeout`?
    "#);
}

#[test]
fn an_unknown_table_is_marked() {
    insta::assert_snapshot!(refusal("[[prob]]\nembedded = true\n"), @r#"
    exit: 2
    --- stdout
    --- stderr
    error: unknown key `prob` in a plan
     --> rtcscope.toml:1:3
      |
    1 | [[prob]]
      |   ^^^^
    hint: did you mean `probe`?
    "#);
}

#[test]
fn a_table_with_one_pair_of_brackets_is_told_apart() {
    insta::assert_snapshot!(refusal("[probe]\nembedded = true\n"), @r#"
    exit: 2
    --- stdout
    --- stderr
    error: `probe` is a list of checks
     --> rtcscope.toml:1:2
      |
    1 | [probe]
      |  ^^^^^
    hint: write [[probe]] with two brackets, once for each check
    "#);
}

#[test]
fn what_is_no_toml_is_marked() {
    insta::assert_snapshot!(refusal("[[probe]]\nname = \"eu\ntargets = \"turn:a\"\n"), @r#"
    exit: 2
    --- stdout
    --- stderr
    error: this is no TOML: invalid basic string, expected `"`
     --> rtcscope.toml:2:11
      |
    2 | name = "eu
      |           ^
    "#);
}

#[test]
fn a_value_is_refused_in_the_words_of_the_flag() {
    insta::assert_snapshot!(refusal("[[probe]]\nembedded = true\ntimeout = \"5 weeks\"\n"), @r#"
    exit: 2
    --- stdout
    --- stderr
    error: `5 weeks` cannot be `timeout`: write it as in 500ms, 5s, 2m or 1h
     --> rtcscope.toml:3:11
      |
    3 | timeout = "5 weeks"
      |           ^^^^^^^^^
    "#);
    insta::assert_snapshot!(refusal("[[probe]]\nembedded = true\ntransport = [\"upd\"]\n"), @r#"
    exit: 2
    --- stdout
    --- stderr
    error: `upd` cannot be `transport`: there are udp, tcp, tls, dtls
     --> rtcscope.toml:3:13
      |
    3 | transport = ["upd"]
      |             ^^^^^^^
    hint: did you mean `udp`?
    "#);
    insta::assert_snapshot!(refusal("[[probe]]\nembedded = \"yes\"\n"), @r#"
    exit: 2
    --- stdout
    --- stderr
    error: `embedded` takes true or false, and this is a string
     --> rtcscope.toml:2:12
      |
    2 | embedded = "yes"
      |            ^^^^^
    "#);
    insta::assert_snapshot!(refusal("[[probe]]\nembedded = true\nusername = \"alice\"\n"), @r#"
    exit: 2
    --- stdout
    --- stderr
    error: `embedded` cannot be together with `username`
     --> rtcscope.toml:2:12
      |
    2 | embedded = true
      |            ^^^^
    "#);
}

#[test]
fn a_server_that_makes_no_sense_is_marked_and_its_password_is_not_shown() {
    let text = refusal("[[probe]]\ntargets = [\"turn:a.example\", \"turn:alice:hunter2@b.example\"]\n");
    assert!(!text.contains("hunter2"), "{text}");
    insta::assert_snapshot!(text, @r#"
    exit: 2
    --- stdout
    --- stderr
    error: the server URI carries a user name or password before `@`, which RFC 7065 has no place for (column 19)
     --> rtcscope.toml:2:30
      |
    2 | targets = ["turn:****@b.example"]
      |                              ^^^^
    hint: write `turn:HOST[:PORT]` and give credentials by `username` and `password = { env = "NAME" }`
    "#);
}

#[test]
fn a_limit_of_an_unknown_figure_is_marked() {
    insta::assert_snapshot!(refusal("[[probe]]\nembedded = true\nmax = { rtt.p98 = \"5ms\" }\n"), @r#"
    exit: 2
    --- stdout
    --- stderr
    error: unknown metric `rtt.p98`
     --> rtcscope.toml:3:9
      |
    3 | max = { rtt.p98 = "5ms" }
      |         ^^^^^^^^^^^^^^^
    hint: did you mean `rtt.p95` or `rtt.p99`?
    "#);
    insta::assert_snapshot!(refusal("[[call]]\n[call.max]\n\"rtt.p99\" = \"5%\"\n"), @r#"
    exit: 2
    --- stdout
    --- stderr
    error: `5%` has the wrong unit for rtt.p99, which is a time
     --> rtcscope.toml:3:1
      |
    3 | "rtt.p99" = "5%"
      | ^^^^^^^^^^^^^^^^
    hint: write it as in `rtt.p99 = "30ms"`
    "#);
}

#[test]
fn a_finding_that_does_not_exist_is_marked() {
    insta::assert_snapshot!(refusal("[[probe]]\nembedded = true\nexpect = [\"QUOTA\", \"!REST_EXPIERD\"]\n"), @r#"
    exit: 2
    --- stdout
    --- stderr
    error: no finding has the code `REST_EXPIERD`
     --> rtcscope.toml:3:20
      |
    3 | expect = ["QUOTA", "!REST_EXPIERD"]
      |                    ^^^^^^^^^^^^^^^
    hint: did you mean `REST_EXPIRED` or `REST_EXPIRING`?
    "#);
}

#[test]
fn a_secret_in_the_plan_is_refused_and_not_shown() {
    let text =
        refusal("[[probe]]\ntargets = \"turn:a.example\"\nusername = \"alice\"\npassword = \"hunter2\"\n");
    assert!(!text.contains("hunter2"), "{text}");
    insta::assert_snapshot!(text, @r#"
    exit: 2
    --- stdout
    --- stderr
    error: a plan holds no secret: it says where the secret is
     --> rtcscope.toml:4:1
      |
    4 | password = ****
      | ^^^^^^^^
    hint: write password = { env = "NAME" } or password = { file = "PATH" }
    "#);
}

#[test]
fn a_secret_that_is_not_there_is_marked() {
    insta::assert_snapshot!(
        refusal("[[probe]]\ntargets = \"turn:a.example\"\nusername = \"alice\"\npassword = { env = \"TURN_PASSWORD\" }\n"),
        @r#"
    exit: 2
    --- stdout
    --- stderr
    error: the variable TURN_PASSWORD is not set, or empty
     --> rtcscope.toml:4:1
      |
    4 | password = { env = "TURN_PASSWORD" }
      | ^^^^^^^^
    "#
    );
    insta::assert_snapshot!(
        refusal("[[probe]]\ntargets = \"turn:a.example\"\nusername = \"alice\"\nsecret = { file = \"secret.txt\" }\n"),
        @r#"
    exit: 2
    --- stdout
    --- stderr
    error: the secret is not to be had: open secret.txt: No such file or directory (os error 2)
     --> rtcscope.toml:4:1
      |
    4 | secret = { file = "secret.txt" }
      | ^^^^^^
    "#
    );
}

#[test]
fn a_file_that_cannot_be_read_is_marked_before_anything_is_run() {
    insta::assert_snapshot!(refusal("[[probe]]\nembedded = true\n\n[[sdp]]\nfiles = \"offer.sdp\"\n"), @r#"
    exit: 3
    --- stdout
    --- stderr
    error: read offer.sdp: No such file or directory (os error 2)
     --> rtcscope.toml:5:9
      |
    5 | files = "offer.sdp"
      |         ^^^^^^^^^^^
    "#);
}

#[test]
fn two_checks_of_one_name_are_told() {
    insta::assert_snapshot!(refusal("[[call]]\nname = \"a\"\n[[call]]\nname = \"a\"\n"), @r#"
    exit: 2
    --- stdout
    --- stderr
    error: two checks are called `a`
     --> rtcscope.toml:4:8
      |
    4 | name = "a"
      |        ^^^
    hint: the other begins at line 1
    "#);
}

#[test]
fn a_plan_without_checks_and_a_check_without_anything_to_look_at_are_told() {
    insta::assert_snapshot!(refusal("jobs = 4\n"), @r#"
    exit: 2
    --- stdout
    --- stderr
    error: there is nothing to check in this plan
     --> rtcscope.toml:1:1
      |
    1 | jobs = 4
      | ^
    hint: add a [[probe]], [[call]], [[sdp]] or [[capture]]; `rtcscope check --init` shows how
    "#);
    insta::assert_snapshot!(refusal("[[probe]]\nname = \"eu\"\n"), @r#"
    exit: 2
    --- stdout
    --- stderr
    error: this check has nothing to look at: `targets` is missing
     --> rtcscope.toml:1:1
      |
    1 | [[probe]]
      | ^^^^^^^^^
    "#);
}

#[test]
fn a_plan_that_is_not_there_is_an_unreadable_file() {
    let text = shown(&rtcscope(["check", "no-such-plan.toml"]).output().unwrap());
    assert!(text.starts_with("exit: 3\n--- stdout\n--- stderr\nerror: open no-such-plan.toml: "), "{text}");
}

#[test]
fn the_sample_is_a_plan_that_passes_and_is_not_written_over() {
    let dir = Dir::new("check-init");
    let init = || shown(&rtcscope(["check", "--init"]).current_dir(&dir.0).output().unwrap());
    insta::assert_snapshot!(init(), @r#"
    exit: 0
    --- stdout
    --- stderr
    rtcscope: wrote rtcscope.toml; `rtcscope check rtcscope.toml` runs it
    "#);
    let folder = dir.path("deep/er");
    std::fs::create_dir_all(&folder).unwrap();
    let output = rtcscope(["check", "--format", "json"]).current_dir(&folder).output().unwrap();
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((output.status.code(), json["verdict"].as_str()), (Some(0), Some("pass")), "{json}");
    assert_eq!(json["plan"].as_str().map(Path::new), Some(Path::new("../../rtcscope.toml")), "found above");
    insta::assert_snapshot!(init(), @r#"
    exit: 2
    --- stdout
    --- stderr
    error: rtcscope.toml is already there
    hint: name another file, or - for standard output
    "#);
}

#[test]
fn the_list_says_what_would_run_and_needs_no_secret() {
    let dir = Dir::new("check-list");
    let plan = "[[probe]]\nname = \"eu\"\ntargets = \"turn:turn.example.org\"\nusername = \"alice\"\n\
                password = { env = \"NOT_SET\" }\nmax = { loss = \"1%\" }\nexpect = \"!OPEN_RELAY\"\n\n\
                [[sdp]]\nfiles = \"my offer.sdp\"\n";
    insta::assert_snapshot!(shown(&check(&dir, plan, &["--list"]).output().unwrap()), @r#"
    exit: 0
    --- stdout
    rtcscope.toml: nothing was run.

    check  kind   looks at               must hold                command
    eu     probe  turn:turn.example.org  !OPEN_RELAY, loss ≤ 1 %  rtcscope probe --username=alice
                                                                  --max=loss=1% -- turn:turn.example.org
    sdp-1  sdp    my offer.sdp           -                        rtcscope sdp lint -- 'my offer.sdp'
    --- stderr
    "#);
}
