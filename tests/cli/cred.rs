//! `probe cred` as a user meets it. Nothing here has a network.

use super::{Dir, rtcscope, run};

/// `{"schema": "cred/1", …}` of a command line, and its exit code.
fn json(args: &[&str]) -> (i32, serde_json::Value) {
    let args = [&["probe", "cred", "--format", "json"], args].concat();
    let output = rtcscope(args).output().expect("the program starts");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect(&said);
    assert_eq!(json["schema"], "cred/1");
    (output.status.code().expect("it ends by itself"), json)
}

#[test]
fn a_static_pair_its_keys_and_its_block_without_the_password() {
    let args = ["probe", "cred", "-u", "alice", "-w", "hunter2-wonder", "--realm", "example.test"];
    let text = run([&args[..], &["stun:turn.example.test", "turns:turn.example.test"]].concat());
    assert!(!text.contains("hunter2"), "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn what_cannot_be_done_is_said_with_what_can() {
    let mut text = String::new();
    for args in [
        &[][..],
        &["-u", "alice"],
        &["-w", "hunter2"],
        &["--secret", ""],
        &["--secret", "hunter2", "--secret-user", "a", "-u", "b"],
        &["-u", "alice", "-w", "x", "turn:alice:hunter2@host"],
        &["--secret", "hunter2", "--timeout", "1s"],
        &["-u", "kid-7", "--oauth-key", "aHVudGVyMg=="],
        &["-u", "kid-7", "--oauth-server-name", "turn.example.test"],
        &["--oauth-key", "aHVudGVyMg==", "--oauth-server-name", "turn.example.test"],
        &["-u", "kid-7", "--oauth-key", "aHVudGVyMg==", "--oauth-server-name", "turn.example.test"],
    ] {
        let said = run([&["probe", "cred"], args].concat());
        assert!(!said.contains("hunter2"), "{said}");
        text.push_str(&format!("{said}\n"));
    }
    insta::assert_snapshot!(text);
}

#[test]
fn a_minted_credential_lives_as_long_as_asked_and_is_right() {
    let dir = Dir::new("cred");
    let secret = dir.path("secret");
    std::fs::write(&secret, "shared-secret-5519\n").expect("a file can be written");
    let secret = secret.to_str().expect("UTF-8");
    let (code, minted) = json(&["--secret-file", secret, "--secret-user", "alice", "--ttl", "2h"]);
    assert_eq!((code, minted["username_form"].as_str()), (0, Some("time-name")));
    assert_eq!(minted["expires_in_s"], 7_200);
    let (user, password) = (minted["username"].as_str().unwrap(), minted["credential"].as_str().unwrap());
    assert!(!minted.to_string().contains("shared-secret"), "{minted}");
    // It is what the secret gives, and no other secret; another way round, the same.
    let inspect = |password: &str, secret: &str| json(&["-u", user, "-w", password, "--secret", secret]);
    let (code, pair) = inspect(password, "shared-secret-5519");
    assert_eq!((code, &pair["password"]["matches_secret"]), (0, &true.into()));
    assert_eq!(pair["credential"], serde_json::Value::Null);
    let (code, pair) = inspect(password, "another");
    assert_eq!((code, pair["findings"][0]["code"].as_str()), (1, Some("REST_SECRET_MISMATCH")));
    let (code, pair) = inspect(password.trim_end_matches('='), "shared-secret-5519");
    assert_eq!((code, pair["findings"][0]["code"].as_str()), (1, Some("CRED_FORMAT")));
    let (_, again) = json(&["-u", user, "--secret-file", secret]);
    assert_eq!(again["credential"], password);
}

#[test]
fn an_expired_pair_fails() {
    let (code, pair) = json(&["-u", "alice:1712345678", "-w", "0ZD6cnpTkaID21yeVWnCwmsDr9I="]);
    assert_eq!((code, pair["username_form"].as_str()), (1, Some("name-time")));
    assert_eq!(pair["expires_at"], "2024-04-05T19:34:38Z");
    assert!(pair["expires_in_s"].as_i64() < Some(0));
    assert_eq!(pair["findings"][0]["code"], "REST_EXPIRED");
}

#[test]
fn a_password_file_is_taken_as_it_is() {
    let dir = Dir::new("cred-file");
    let password = dir.path("password");
    std::fs::write(&password, "wonder\n").expect("a file can be written");
    let (code, pair) = json(&["-u", "alice", "--password-file", password.to_str().expect("UTF-8")]);
    assert_eq!((code, &pair["password"]["defects"][0]), (0, &"trailing-newline".into()));
    assert_eq!(pair["findings"][0]["severity"], "warning");
}

#[test]
fn the_environment_is_used_where_no_flag_says_otherwise() {
    let output = rtcscope(["probe", "cred", "--format", "json"])
        .envs([("RTCSCOPE_SECRET", "shared-secret-5519"), ("RTCSCOPE_USERNAME", "1712345678:alice")])
        .output()
        .expect("the program starts");
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(json["minted"], true);
    assert_eq!(json["username"], "1712345678:alice");
}

/// 32 bytes in base64.
const OAUTH_KEY: &str = "SEdrajMyS0pHaXV5MDk4c2RmYXFiTmpPaWF6NzE5MjM=";

fn token(more: &[&str]) -> String {
    let args = ["probe", "cred", "-u", "kid-7", "--oauth-key", OAUTH_KEY, "--oauth-server-name", "a.test"];
    let text = run([&args[..], more].concat());
    assert!(text.starts_with("exit: 0\n") && !text.contains("SEdrajMyS0pH"), "{text}");
    text
}

#[test]
fn a_minted_token_is_fresh_each_time_and_its_block_is_one_that_is_read_back() {
    let text = token(&["--ttl", "10m", "turn:turn.example.test"]);
    assert!(text.contains("a new token, good for 10 min"), "{text}");
    let minted = || -> serde_json::Value {
        let args =
            ["probe", "cred", "-u", "kid-7", "--oauth-key", OAUTH_KEY, "--oauth-server-name", "a.test"];
        let output = rtcscope([&args[..], &["--format", "json", "turn:turn.example.test"]].concat()).output();
        serde_json::from_slice(&output.expect("the program starts").stdout).expect("JSON")
    };
    let (first, second) = (minted(), minted());
    assert_eq!((&first["schema"], &first["kid"]), (&"token/1".into(), &"kid-7".into()));
    for secret in ["access_token", "mac_key"] {
        assert_ne!(first[secret], second[secret], "{secret}");
    }
    let entry = &first["ice_servers"][0];
    assert_eq!((&entry["credentialType"], &entry["username"]), (&"oauth".into(), &"kid-7".into()));
    assert_eq!(entry["credential"]["accessToken"], first["access_token"]);
    assert_eq!(entry["credential"]["macKey"], first["mac_key"]);
    let read = rtcscope::ice::servers::IceServers::from_json(&first["ice_servers"].to_string());
    assert!(read.expect("it is read back").servers[0].token.is_some());
}
