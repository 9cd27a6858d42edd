use super::Folder;

#[test]
fn without_a_plan_the_tool_checks_itself_and_leaves_nothing_behind() {
    let folder = Folder::new();
    let ran = folder.run(&[]);
    assert_eq!(ran.code, Some(0), "{:#}", ran.json);
    let checks = ran.json["checks"].as_array().unwrap();
    let kinds: Vec<&str> = checks.iter().map(|check| check["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["probe", "probe", "probe", "call", "call", "sdp", "capture", "capture"]);
    for check in checks {
        assert_eq!(check["verdict"], "pass", "{check:#}");
    }
    let said = ran.check("packets of the call")["said"].as_str().unwrap();
    assert!(said.contains("4 RTP streams"), "{said}");
    let left: Vec<_> = std::fs::read_dir(&folder.0).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
}
