use proptest::prelude::*;

use super::*;

/// One line a URI: where it stands, the URI, the user name and whether there is a credential.
fn listed(json: &str) -> String {
    let servers = IceServers::from_json(json).unwrap();
    let mut lines: String = servers
        .iter()
        .map(|(url, server)| {
            let username = server.username.as_deref().unwrap_or("-");
            let credential = server.credential.as_ref().map_or("-", |secret| secret.expose());
            format!("{} {} {username} {credential}\n", url.location, url.uri)
        })
        .collect();
    if let Some(policy) = servers.transport_policy {
        lines.push_str(&format!("{policy:?}\n"));
    }
    lines
}

fn refusal(json: &str) -> String {
    let error = IceServers::from_json(json).unwrap_err();
    let shown = format!("{error}: {}", error.hint().unwrap_or_default());
    assert!(!format!("{shown} {error:?}").contains("hunter2"), "{error:?}");
    shown
}

#[test]
fn reads_an_array_as_it_stands_in_a_web_app() {
    insta::assert_snapshot!(listed(
        r#"[
            {"urls": "stun:stun.example.org"},
            {"urls": ["turn:turn.example.org?transport=udp", "turns:turn.example.org:443?transport=tcp"],
             "username": "alice", "credential": "wonder", "credentialType": "password"}
        ]"#
    ), @r"
        [0].urls stun:stun.example.org - -
        [1].urls[0] turn:turn.example.org?transport=udp alice wonder
        [1].urls[1] turns:turn.example.org:443?transport=tcp alice wonder
        ");
}

#[test]
fn reads_a_whole_configuration_with_its_policy() {
    insta::assert_snapshot!(listed(
        r#"{"iceServers": [{"urls": "turn:a", "username": 1001, "credential": ""}], "iceTransportPolicy": "relay",
            "bundlePolicy": "max-bundle"}"#
    ), @r"
        iceServers[0].urls turn:a 1001 -
        Relay
        ");
}

#[test]
fn reads_one_server() {
    insta::assert_snapshot!(listed(r#"{"urls": "turn:a", "username": "", "credential": null}"#), @"urls turn:a - -");
}

#[test]
fn reads_the_replies_of_providers() {
    // A list beside a user name of the account, `url` and `urls` alike.
    insta::assert_snapshot!(listed(
        r#"{"username": "account", "password": "other", "url": "https://api.example.org/tokens",
            "ice_servers": [{"url": "stun:a:3478", "urls": "stun:a:3478"},
                            {"url": "turn:a:3478?transport=udp", "username": "u", "urls": "turn:a:3478?transport=udp", "credential": "c"}],
            "date_updated": "Fri, 01 May 2020 01:42:57 +0000", "ttl": "86400"}"#
    ), @r"
        ice_servers[0].urls stun:a:3478 - -
        ice_servers[1].urls turn:a:3478?transport=udp u c
        ");
    // A single object for a list.
    insta::assert_snapshot!(listed(
        r#"{"iceServers": {"urls": ["stun:a:3478", "turn:a:80?transport=tcp"], "username": "u", "credential": "c"}}"#
    ), @r"
        iceServers.urls[0] stun:a:3478 u c
        iceServers.urls[1] turn:a:80?transport=tcp u c
        ");
    // Wrapped once more.
    insta::assert_snapshot!(listed(
        r#"{"v": {"iceServers": {"urls": ["stun:a"], "username": "u", "credential": "c"}}, "s": "ok"}"#
    ), @"v.iceServers.urls[0] stun:a u c");
    // draft-uberti-behave-turn-rest.
    insta::assert_snapshot!(listed(
        r#"{"username": "12334939:u", "password": "c", "ttl": 86400, "uris": ["turn:a:3478?transport=udp"]}"#
    ), @"uris[0] turn:a:3478?transport=udp 12334939:u c");
    // No name that says what it is.
    insta::assert_snapshot!(listed(
        r#"{"data": {"url": "http://example.org", "list": [{"kind": "x"}]}, "ice": [[{"urls": "stun:a"}]]}"#
    ), @"ice[0][0].urls stun:a - -");
}

#[test]
fn white_space_and_a_byte_order_mark_do_not_matter() {
    assert_eq!(listed("\u{feff}\r\n [{\"urls\":\"stun:a\"}]\n\n"), "[0].urls stun:a - -\n");
}

#[test]
fn each_uri_is_there_once_unless_the_credentials_differ() {
    insta::assert_snapshot!(listed(
        r#"[{"urls": ["turn:a", "TURN:A", "turn:b"], "username": "u", "credential": "c"},
            {"urls": "turn:a", "username": "u", "credential": "c"},
            {"urls": "turn:a", "username": "other", "credential": "c"}]"#
    ), @r"
        [0].urls[0] turn:a u c
        [0].urls[2] turn:b u c
        [2].urls turn:a other c
        ");
}

#[test]
fn what_is_no_json_is_refused_at_its_place() {
    insta::assert_snapshot!(refusal("[{urls: 'turn:a', credential: 'hunter2'}]"), @"the list of ICE servers is no JSON: key must be a string (line 1, column 3): JSON has keys and strings in double quotes, no comments and no trailing comma; in the web app's console, `JSON.stringify(configuration)` prints it");
    insta::assert_snapshot!(refusal("[{\"urls\": \"turn:a\",\n  \"credential\": \"hunter2\",}]"), @"the list of ICE servers is no JSON: trailing comma (line 2, column 27): JSON has keys and strings in double quotes, no comments and no trailing comma; in the web app's console, `JSON.stringify(configuration)` prints it");
    insta::assert_snapshot!(refusal("const x = [{\"credential\": \"hunter2\"}]"), @"the list of ICE servers is no JSON: expected value (line 1, column 1): JSON has keys and strings in double quotes, no comments and no trailing comma; in the web app's console, `JSON.stringify(configuration)` prints it");
    insta::assert_snapshot!(refusal("[{\"credential\": \"hunter2"), @"the list of ICE servers is no JSON: EOF while parsing a string (line 1, column 24): JSON has keys and strings in double quotes, no comments and no trailing comma; in the web app's console, `JSON.stringify(configuration)` prints it");
    insta::assert_snapshot!(refusal("[{\"urls\": \"stun:a\"}] hunter2"), @"the list of ICE servers is no JSON: trailing characters (line 1, column 22): JSON has keys and strings in double quotes, no comments and no trailing comma; in the web app's console, `JSON.stringify(configuration)` prints it");
    insta::assert_snapshot!(refusal(" \n"), @r#"the list of ICE servers is empty: a list of servers looks like `[{"urls": "turn:HOST", "username": …, "credential": …}]`"#);
    let deep = "[".repeat(100_000);
    assert!(matches!(IceServers::from_json(&deep), Err(ServersError::Syntax { .. })));
    let large = format!("\"{}\"", "x".repeat(MAX_BYTES));
    assert!(matches!(IceServers::from_json(&large), Err(ServersError::TooLarge { .. })));
}

#[test]
fn json_without_servers_is_refused_at_its_path() {
    let texts = [
        "{}",
        "[]",
        "3",
        "\"hunter2\"",
        "[\"turn:a\"]",
        r#"{"v": "unauthorized", "s": "error"}"#,
        r#"{"iceServers": []}"#,
        r#"{"iceServers": "turn:a"}"#,
        r#"{"iceServers": [{"urls": "stun:a"}, {"username": "u", "credential": "hunter2"}]}"#,
        r#"{"iceServers": [{"urls": "stun:a"}, {"urls": []}]}"#,
        r#"{"iceServers": [{"urls": "stun:a"}, {"urls": ["stun:a", 3]}]}"#,
        r#"{"iceServers": [{"urls": "stun:a"}, {"urls": ["stun+tls:a"]}]}"#,
        r#"{"iceServers": [{"urls": "turn:u:hunter2@a"}]}"#,
        r#"{"iceServers": [{"urls": "turn:a", "credential": ["hunter2"]}]}"#,
        r#"{"iceServers": [{"urls": "turn:a", "credentialType": "oauth"}]}"#,
        r#"{"iceServers": [{"urls": "turn:a", "credentialType": "hunter2"}]}"#,
        r#"{"iceServers": [{"urls": "turn:a", "credential": {"macKey": "bQ==", "accessToken": "hunter2"}}]}"#,
        r#"{"iceServers": [{"urls": "turn:a", "credentialType": "oauth", "credential": "hunter2"}]}"#,
        r#"{"iceServers": [{"urls": "turn:a", "credentialType": "oauth", "credential": {"accessToken": "aHVudGVy"}}]}"#,
        r#"{"iceServers": [{"urls": "turn:a", "credentialType": "password", "credential": {"accessToken": "aHVudGVy"}}]}"#,
        r#"{"iceServers": [{"urls": "turn:a"}], "iceTransportPolicy": "public"}"#,
        r#"{"hunter2 hunter2": {"iceServers": 1}}"#,
    ];
    let refusals: String = texts.map(|text| format!("{}\n", refusal(text))).concat();
    insta::assert_snapshot!(refusals, @r#"
        no `iceServers` in the JSON, and nothing in it that has `urls`: a list of servers looks like `[{"urls": "turn:HOST", "username": …, "credential": …}]`
        the top of the JSON: the list is empty: 
        no `iceServers` in the JSON, and nothing in it that has `urls`: a list of servers looks like `[{"urls": "turn:HOST", "username": …, "credential": …}]`
        no `iceServers` in the JSON, and nothing in it that has `urls`: a list of servers looks like `[{"urls": "turn:HOST", "username": …, "credential": …}]`
        [0]: a string where an object with `urls` is needed: a list of servers looks like `[{"urls": "turn:HOST", "username": …, "credential": …}]`
        no `iceServers` in the JSON, and nothing in it that has `urls`: a list of servers looks like `[{"urls": "turn:HOST", "username": …, "credential": …}]`
        iceServers: the list is empty: 
        iceServers: a string where an object with `urls` is needed: a list of servers looks like `[{"urls": "turn:HOST", "username": …, "credential": …}]`
        iceServers[1]: the server has no `urls`: a list of servers looks like `[{"urls": "turn:HOST", "username": …, "credential": …}]`
        iceServers[1].urls: the list is empty: 
        iceServers[1].urls[1]: a number where a string is needed: 
        iceServers[1].urls[0]: unknown scheme `stun+tls:` (column 1): use `stuns:`
        iceServers[0].urls: the server URI carries a user name or password before `@`, which RFC 7065 has no place for (column 15): write `turn:HOST[:PORT]` and move the credentials to `username` and `credential`
        iceServers[0].credential: an array where a string is needed: 
        iceServers[0].credential: null where an object with `macKey` and `accessToken` is needed: 
        iceServers[0].credentialType: the value is not one of `password`, `oauth`: 
        iceServers[0].credential: the access token is not base64: `accessToken` and `macKey` are base64, as the authorization server gave them
        iceServers[0].credential: a string where an object with `macKey` and `accessToken` is needed: 
        iceServers[0].credential.macKey: null where a string in base64 is needed: 
        iceServers[0].credential: an object where a string is needed: 
        iceTransportPolicy: the value is not one of `all`, `relay`: 
        ["…"].iceServers: a number where an object with `urls` is needed: a list of servers looks like `[{"urls": "turn:HOST", "username": …, "credential": …}]`
        "#);
}

#[test]
fn a_token_is_read_as_the_w3c_once_had_it() {
    let json = r#"{"iceServers": [{"urls": ["turn:a", "turn:b"], "username": "kid-7", "credentialType": "oauth",
        "credential": {"macKey": "dHdlbnR5LWJ5dGUtbWFjLWtleSE", "accessToken": "/+8A"}}]}"#;
    for json in [json.to_owned(), json.replace("\"credentialType\": \"oauth\",", "")] {
        let [server] = &IceServers::from_json(&json).unwrap().servers[..] else { panic!("one server") };
        let token = server.token.as_ref().unwrap();
        assert_eq!((token.sealed(), token.mac_key()), (&b"\xff\xef\x00"[..], &b"twenty-byte-mac-key!"[..]));
        assert_eq!((server.username.as_deref(), &server.credential), (Some("kid-7"), &None));
        let debug = format!("{server:?}");
        assert!(!debug.contains("/+8A") && !debug.contains("255, 239"), "{debug}");
    }
}

#[test]
fn debug_shows_no_credential() {
    let servers = IceServers::from_json(r#"[{"urls": "turn:a", "credential": "hunter2"}]"#).unwrap();
    assert!(!format!("{servers:?}").contains("hunter2"));
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        let _ = IceServers::from_json(&text).map_err(|error| (error.to_string(), error.hint()));
    }

    #[test]
    fn any_json_is_read_or_refused(json in json()) {
        if let Ok(servers) = IceServers::from_json(&json.to_string()) {
            prop_assert!(!servers.servers.is_empty());
            prop_assert!(servers.servers.iter().all(|server| !server.urls.is_empty()));
        }
    }
}

fn json() -> impl Strategy<Value = serde_json::Value> {
    use serde_json::{Value, json};
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        prop::sample::select(vec!["turn:a", "stun:b", "x", ""]).prop_map(Value::from),
    ];
    let key = prop::sample::select(vec!["iceServers", "urls", "url", "username", "credential", "v"]);
    leaf.prop_recursive(5, 40, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map(key.clone(), inner, 0..4).prop_map(|members| json!(members)),
        ]
    })
}

#[test]
fn an_error_page_is_no_broken_json() {
    let error = IceServers::from_json("\n<!doctype html><title>502 Bad Gateway</title>").unwrap_err();
    assert_eq!(error.to_string(), "this is a web page, not JSON");
}
