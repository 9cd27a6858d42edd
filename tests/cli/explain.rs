use super::{rtcscope, run};

#[test]
fn explains_one_code() {
    insta::assert_snapshot!(run(["explain", "REST_EXPIRED"]));
}

#[test]
fn takes_names_and_lower_case_and_several() {
    let several = run(["explain", "rest_expired", "no-turn-service"]);
    assert!(several.contains("error REST_EXPIRED rest-credential-expired\n"), "{several}");
    assert!(several.contains("error STUN_ONLY no-turn-service\n"), "{several}");
}

#[test]
fn without_a_code_lists_all() {
    insta::assert_snapshot!(run(["explain"]));
}

#[test]
fn json_is_versioned() {
    let stdout = rtcscope(["explain", "--format", "json"]).output().expect("starts").stdout;
    let json: serde_json::Value = serde_json::from_slice(&stdout).expect("JSON");
    assert_eq!(json["schema"], "explain/1");
    let codes: Vec<&str> =
        json["rules"].as_array().into_iter().flatten().filter_map(|r| r["code"].as_str()).collect();
    assert!(codes.contains(&"REST_EXPIRED"), "{codes:?}");
}

#[test]
fn an_unknown_code_is_a_usage_error_with_a_suggestion() {
    insta::assert_snapshot!(run(["explain", "REST_EXPIERD"]), @r"
    exit: 2
    --- stdout
    --- stderr
    error: no finding has the code `REST_EXPIERD`
    hint: did you mean `REST_EXPIRED` or `REST_EXPIRING`?
    ");
    insta::assert_snapshot!(run(["explain", "BANANA"]), @r"
    exit: 2
    --- stdout
    --- stderr
    error: no finding has the code `BANANA`
    hint: `rtcscope explain` lists all codes
    ");
}
