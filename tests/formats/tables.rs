//! CSV and JUnit of commands: what a spreadsheet and a pipeline read.

use super::run;

fn rows(args: &[&str]) -> Vec<String> {
    let output = run(&[args, &["--format", "csv"]].concat());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(matches!(output.status.code(), Some(0 | 1)), "{args:?}: {said}");
    String::from_utf8(output.stdout).expect("UTF-8").lines().map(str::to_owned).collect()
}

#[test]
fn what_has_parts_has_a_row_for_each() {
    let calls =
        rows(&["call", "--embedded", "--transport", "udp,tcp", "--duration", "200ms", "--pings", "5"]);
    assert!(calls[0].starts_with("name,transport,works,failure.phase,"), "{calls:?}");
    assert_eq!(calls.len(), 3, "{calls:?}");
    assert!(calls[1].contains(",udp,true,,,") && calls[2].contains(",tcp,true,,,"), "{calls:?}");

    let endpoints = rows(&["probe", "--embedded", "--transport", "udp,tls"]);
    assert_eq!(endpoints.len(), 3, "{endpoints:?}");
    assert!(endpoints[0].starts_with("target,addr,transport,required,works,"), "{endpoints:?}");
    let columns: Vec<&str> = endpoints[0].split(',').collect();
    let cells: Vec<&str> = endpoints[2].split(',').collect();
    let cell = |name: &str| cells[columns.iter().position(|column| *column == name).expect("a column")];
    assert_eq!((cell("transport"), cell("works"), cell("tls.version")), ("tls", "true", "1.3"));
    assert!(cell("relay.loop.rtt.median_ms").parse::<f64>().is_ok(), "{endpoints:?}");

    let faults = rows(&["sdp", "lint", "testdata/sdp/broken.sdp"]);
    assert!(faults[0].starts_with("code,name,severity,subject,"), "{faults:?}");
    assert!(faults.iter().any(|row| row.starts_with("SDP107,mline-syntax,error,")), "{faults:?}");
    assert!(rows(&["sdp", "rules"]).len() > 50);
}

#[test]
fn a_call_that_fails_is_a_failed_case_and_so_is_a_limit() {
    let junit = |args: &[&str]| {
        let output = run(&[&["call", "--pings", "5", "--format", "junit"], args].concat());
        (output.status.code(), String::from_utf8(output.stdout).expect("UTF-8"))
    };
    let (exit, text) = junit(&["--impair", "only=dtls,loss=100%", "--timeout", "500ms"]);
    assert_eq!(exit, Some(1), "{text}");
    assert!(text.contains("failures=\"1\"") && text.contains("CALL_FAILED failed-call"), "{text}");
    let (exit, text) = junit(&["--duration", "200ms", "--max", "rtt.p99=1us", "--max", "setup=60s"]);
    assert_eq!(exit, Some(1), "{text}");
    assert!(text.contains("<testsuite name=\"limits\" tests=\"2\""), "{text}");
    assert_eq!(text.matches("<failure").count(), 1, "{text}");
    // The verdict of a call that failed stays.
    let flags = ["--impair", "only=dtls,loss=100%", "--timeout", "500ms", "--fail-on", "never"];
    let output = run(&[&["call", "--format", "json"], &flags[..]].concat());
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!((output.status.code(), &json["verdict"]), (Some(0), &"fail".into()), "{json:#}");
    assert_eq!(json["findings"][0]["code"], "CALL_FAILED");
}

#[test]
fn limits_of_a_plan_are_told_once() {
    let dir = std::env::temp_dir().join(format!("rtcscope-limits-{}", std::process::id()));
    std::fs::create_dir_all(&dir).expect("a folder");
    let plan = dir.join("plan.toml");
    let text = "[[call]]\nname = \"loop\"\nduration = \"200ms\"\npings = 5\nmax = { rtt.p99 = \"1us\" }\n";
    std::fs::write(&plan, text).expect("a file");
    let plan = plan.to_str().expect("UTF-8");
    let output = run(&["check", plan, "--format", "junit"]);
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    assert_eq!(text.matches("<failure").count(), 1, "{text}");
    assert!(text.contains("<testsuite name=\"loop\"") && !text.contains("name=\"limits\""), "{text}");
    let _ = std::fs::remove_dir_all(dir);
}
