use super::{Dir, run};

#[test]
fn an_unknown_flag_is_a_usage_error() {
    insta::assert_snapshot!(run(["explain", "--colour", "never"]), @r"
    exit: 2
    --- stdout
    --- stderr
    error: unexpected argument '--colour' found

      tip: a similar argument exists: '--color'

    Usage: rtcscope explain --color <WHEN> [CODE]...

    For more information, try '--help'.
    ");
}

#[test]
fn no_subcommand_shows_the_help_and_is_a_usage_error() {
    let text = run::<[&str; 0]>([]);
    assert!(text.starts_with("exit: 2\n--- stdout\n--- stderr\n"), "{text}");
    assert!(text.contains("Usage: rtcscope"), "{text}");
}

#[test]
fn a_wrong_report_flag_says_what_it_should_be() {
    insta::assert_snapshot!(run(["explain", "--report", "xml=out.xml"]), @r"
    exit: 2
    --- stdout
    --- stderr
    error: invalid value 'xml=out.xml' for '--report <FORMAT=PATH>': `xml` is not a format; formats: text, json, jsonl, csv, markdown, html, sarif, github, junit, prometheus, nagios

    For more information, try '--help'.
    ");
}

#[test]
fn a_file_cannot_be_written_twice() {
    insta::assert_snapshot!(run(["explain", "--report", "json=out", "-o", "out"]), @r"
    exit: 2
    --- stdout
    --- stderr
    error: out would be written twice
    hint: give each `--report` and `--output` its own file
    ");
    assert!(!std::path::Path::new("out").exists());
}

#[test]
fn a_path_that_cannot_be_written_is_an_error_that_names_it() {
    let dir = Dir::new("unwritable");
    let text = run(["explain".as_ref(), "-o".as_ref(), dir.path("missing/out.txt").as_os_str()]);
    let text = text.replace(&dir.0.display().to_string(), "DIR");
    assert!(
        text.starts_with("exit: 3\n--- stdout\n--- stderr\nerror: write DIR/missing/out.txt: "),
        "{text}"
    );
}
