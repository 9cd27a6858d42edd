use super::{Dir, names, rtcscope, run};

#[test]
fn completions_go_to_standard_output() {
    let output = rtcscope(["completions", "bash"]).output().expect("starts");
    assert_eq!(output.status.code(), Some(0));
    let (_, want) = rtcscope::cli::assets::render()
        .expect("renders")
        .into_iter()
        .find(|(path, _)| path == "completions/rtcscope.bash")
        .expect("there is one for bash");
    assert!(output.stdout == want, "not what is committed");
}

#[test]
fn man_pages_go_into_a_directory_that_is_made() {
    let dir = Dir::new("man");
    let man = dir.path("share/man1");
    assert_eq!(run(["man".as_ref(), man.as_os_str()]), "exit: 0\n--- stdout\n--- stderr\n");
    let pages = names(&man);
    assert!(pages.contains(&"rtcscope.1".to_owned()), "{pages:?}");
    assert!(pages.contains(&"rtcscope-explain.1".to_owned()), "{pages:?}");
}

#[test]
fn what_is_no_report_is_not_written_as_one() {
    let dir = Dir::new("raw");
    let text = run(["completions", "fish", "--report", &format!("json={}", dir.path("x.json").display())]);
    assert!(text.starts_with("exit: 2\n"), "{text}");
    assert_eq!(dir.names(), [""; 0]);
}
