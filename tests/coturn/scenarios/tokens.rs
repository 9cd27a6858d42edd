//! Third-party authorization (RFC 7635): tokens as turnutils_oauth makes them, and as `probe cred` does.

use std::fs;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use super::{ALICE, TURN, TURN_UDP, args};
use crate::lab::{Coturn, Lab, Run, Side};
use crate::watching::Watching;

const KID: &str = "key-7";
/// Thirty-two bytes for AES-256-GCM, in base64, and others.
const KEY: &str = "SEdrajMyS0pHaXV5MDk4c2RmYXFiTmpPaWF6NzE5MjM=";
const ANOTHER_KEY: &str = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";
/// Twenty bytes, as HMAC-SHA1 has it, and others.
const MAC_KEY: &str = "bWFyay0yMC1ieXRlLW1hYy1rZXk=";
const ANOTHER_MAC_KEY: &str = "YW5vdGhlci1tYWMta2V5LTIwYj8=";
const SERVER_NAME: &str = "turn.example.test";

/// A coturn that takes tokens and nothing else; `None` where this machine cannot write its database.
fn token_server(lab: &Lab) -> Option<Coturn> {
    let name = format!("server-name={SERVER_NAME}");
    let coturn = lab.coturn(&["!user", "oauth", &name]);
    coturn.takes_tokens_of(KID, KEY).then_some(coturn)
}

fn unix_time() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock after 1970").as_secs()
}

/// A token of turnutils_oauth for `server_name`, sealed with `key`, made at `made`.
fn token(lab: &Lab, server_name: &str, key: &str, made: u64, lifetime: u32) -> String {
    let (made, lifetime, now) = ((made << 16).to_string(), lifetime.to_string(), unix_time().to_string());
    let out = lab.turnutils_oauth(&[
        "-e",
        "--server-name",
        server_name,
        "--auth-key-id",
        KID,
        "--auth-key",
        key,
        "--auth-key-timestamp",
        &now,
        "--auth-key-lifetime",
        "86400",
        "--auth-key-as-rs-alg",
        "A256GCM",
        "--token-mac-key",
        MAC_KEY,
        "--token-timestamp",
        &made,
        "--token-lifetime",
        &lifetime,
    ]);
    let json: Value = serde_json::from_str(&out).unwrap_or_else(|error| panic!("{error}: {out}"));
    json["access_token"].as_str().expect("a token").to_owned()
}

fn fresh(lab: &Lab) -> String {
    token(lab, SERVER_NAME, KEY, unix_time(), 3_600)
}

fn probe(lab: &Lab, target: &str, kid: &str, token: &str, mac_key: &str, more: &[&str]) -> Run {
    lab.probe(&args(&[&[target, "-u", kid, "--access-token", token, "--mac-key", mac_key], more]))
}

#[test]
fn a_token_gets_a_relay_that_carries_data_over_udp_and_tcp() {
    let Some(lab) = Lab::new() else { return };
    let Some(coturn) = token_server(&lab) else { return };
    let run = probe(&lab, TURN, KID, &fresh(&lab), MAC_KEY, &[]);
    run.ends("pass", 0).is_healthy().carries("udp").carries("tcp");
    run.shows("udp", "/allocate/attempts/0/third_party_authorization", true);
    run.shows("udp", "/allocate/attempts/0/token_server_name", SERVER_NAME);
    run.can("udp", "third-party-authorization", "yes", None).can("udp", "tcp-relay-data", "yes", None);
    coturn.saw("ALLOCATE processed, success");
    coturn.saw("CREATE_PERMISSION processed, success");
    coturn.saw("CHANNEL_BIND processed, success");
    coturn.saw("REFRESH processed, success");
    // coturn signs with a part of the MAC key.
    run.has("TOKEN_REFUSED", "info").shows("udp", "/allocate/attempts/2/cut_mac_key", true);
    assert_eq!(run.attempts("udp"), [Some(401), Some(401), None]);
}

#[test]
fn a_token_comes_by_file_environment_and_ice_servers_as_well() {
    let Some(lab) = Lab::new() else { return };
    let Some(_coturn) = token_server(&lab) else { return };
    let token = fresh(&lab);
    let file = |name: &str, text: &str| {
        let path = lab.dir().join(name);
        fs::write(&path, text).expect("the lab's folder is writable");
        path.to_string_lossy().into_owned()
    };
    let (token_file, mac_file) =
        (file("token", &format!("{token}\n")), file("mac", &format!("{MAC_KEY}\r\n")));
    let run =
        lab.probe(&[TURN_UDP, "-u", KID, "--access-token-file", &token_file, "--mac-key-file", &mac_file]);
    run.ends("pass", 0).is_healthy().carries("udp");
    let variables = [
        format!("RTCSCOPE_USERNAME={KID}"),
        format!("RTCSCOPE_ACCESS_TOKEN={token}"),
        format!("RTCSCOPE_MAC_KEY={MAC_KEY}"),
        "RTCSCOPE_SECRET=a-secret-that-is-not-asked-for".to_owned(),
    ];
    let variables: Vec<&str> = variables.iter().map(String::as_str).collect();
    lab.probe_with(&variables, &[TURN_UDP]).ends("pass", 0).carries("udp");
    // The W3C had the MAC key in the base64 for URLs.
    let for_urls = MAC_KEY.trim_end_matches('=').replace('+', "-").replace('/', "_");
    let servers = json!([{"urls": TURN_UDP, "username": KID, "credentialType": "oauth",
        "credential": {"macKey": for_urls, "accessToken": token}}]);
    let list = file("servers.json", &servers.to_string());
    lab.probe(&["--ice-servers", &list]).ends("pass", 0).carries("udp");
}

#[test]
fn each_way_a_token_is_refused_is_one_finding_and_the_log_says_which() {
    let Some(lab) = Lab::new() else { return };
    let Some(coturn) = token_server(&lab) else { return };
    let now = unix_time();
    let good = fresh(&lab);
    let old = token(&lab, SERVER_NAME, KEY, now - 7_200, 3_600);
    let elsewhere = token(&lab, "another.example.test", KEY, now, 3_600);
    let forged = token(&lab, SERVER_NAME, ANOTHER_KEY, now, 3_600);
    let cases = [
        ("expired", KID, &old, MAC_KEY, "oAuth token is too old"),
        ("another MAC key", KID, &good, ANOTHER_MAC_KEY, "Cannot find credentials of user"),
        ("an unknown key id", "key-8", &good, MAC_KEY, "Cannot find credentials of user <key-8>"),
        ("another server's", KID, &elsewhere, MAC_KEY, "Cannot decode oauth token"),
        ("sealed with another key", KID, &forged, MAC_KEY, "Cannot decode oauth token"),
    ];
    for (what, kid, token, mac_key, seen) in cases {
        eprintln!("{what}");
        let run = probe(&lab, TURN_UDP, kid, token, mac_key, &[]);
        run.ends("fail", 1).errors(&["TOKEN_REFUSED"]).shows("udp", "/binding/ok", true);
        let finding = run.finding("TOKEN_REFUSED");
        run.check(finding["evidence"]["token_server_name"] == SERVER_NAME, "the server's name is not told");
        run.check(finding["evidence"]["username_form"] == "kid", "it is taken for a password");
        coturn.saw(seen);
    }
    // A MAC key of another length is no key of HMAC-SHA1 to coturn, and that is said.
    let run = probe(&lab, TURN_UDP, KID, &good, "c2hvcnQta2V5", &[]);
    run.ends("fail", 1).errors(&["TOKEN_REFUSED"]);
    let message = run.finding("TOKEN_REFUSED")["message"].as_str().unwrap_or_default().to_owned();
    run.check(message.contains("9 bytes"), "the length is not told");
}

#[test]
fn a_password_at_a_server_of_tokens_and_a_token_at_one_of_passwords_are_told_apart() {
    let Some(lab) = Lab::new() else { return };
    let Some(coturn) = token_server(&lab) else { return };
    let run = lab.probe(&args(&[&[TURN_UDP], &ALICE]));
    run.ends("fail", 1).errors(&["AUTH_WRONG"]);
    let finding = run.finding("AUTH_WRONG");
    run.check(finding["evidence"]["third_party_authorization"] == true, "what it wants is not told");
    run.check(finding["message"].as_str().is_some_and(|it| it.contains("asks for a token")), "nor in words");
    let none = lab.probe(&[TURN_UDP]);
    none.ends("fail", 1).errors(&["CREDENTIALS_REQUIRED"]);
    drop(coturn);
    let coturn = lab.coturn(&[]);
    let run = probe(&lab, TURN_UDP, KID, &fresh(&lab), MAC_KEY, &[]);
    run.ends("fail", 1).errors(&["CREDENTIALS_REQUIRED"]);
    assert_eq!(run.attempts("udp"), [Some(401)], "the token was not sent");
    assert!(!coturn.log().contains(KID), "the token was not sent");
}

#[test]
fn a_server_of_both_takes_passwords_without_a_word() {
    let Some(lab) = Lab::new() else { return };
    let coturn = lab.coturn(&["oauth", &format!("server-name={SERVER_NAME}")]);
    if !coturn.takes_tokens_of(KID, KEY) {
        return;
    }
    let run = lab.probe(&args(&[&[TURN], &ALICE]));
    run.ends("pass", 0).is_healthy().carries("udp").carries("tcp");
    probe(&lab, TURN, KID, &fresh(&lab), MAC_KEY, &[]).ends("pass", 0).is_healthy().carries("udp");
}

/// A token that ends soon caps the allocation's life: that is no oddity.
#[test]
fn a_token_with_little_time_left_is_no_odd_lifetime() {
    let Some(lab) = Lab::new() else { return };
    let Some(_coturn) = token_server(&lab) else { return };
    let short = token(&lab, SERVER_NAME, KEY, unix_time(), 60);
    let run = probe(&lab, TURN_UDP, KID, &short, MAC_KEY, &[]);
    run.ends("pass", 0).is_healthy().carries("udp").has_no("LIFETIME_ODD");
    let granted = run.endpoint("udp")["allocate"]["lifetime_s"].as_u64();
    run.check(granted.is_some_and(|granted| granted <= 70), "the token did not cap it");
}

#[test]
fn a_token_is_watched_with() {
    let Some(lab) = Lab::new() else { return };
    let Some(_coturn) = token_server(&lab) else { return };
    let token = fresh(&lab);
    let flags =
        ["probe", TURN_UDP, "-u", KID, "--access-token", &token, "--mac-key", MAC_KEY, "--watch", "200ms"];
    let mut watching = Watching::start(lab.command(Side::Client, env!("CARGO_BIN_EXE_rtcscope"), &flags));
    watching.rounds(3, "pass");
    let watched = watching.interrupt();
    assert_eq!(watched.endpoint("udp")["allocations"], 1);
    assert_eq!(watched.codes("error"), [""; 0]);
}

#[test]
fn what_probe_cred_mints_is_opened_by_turnutils_oauth_and_taken_by_coturn() {
    let Some(lab) = Lab::new() else { return };
    let Some(coturn) = token_server(&lab) else { return };
    let flags = ["probe", "cred", "-u", KID, "--oauth-key", KEY, "--oauth-server-name", SERVER_NAME];
    let minted = lab.says(&args(&[&flags, &["--ttl", "10m", "--format", "json", TURN_UDP]]));
    let json: Value = serde_json::from_str(&minted).expect("JSON");
    assert_eq!((&json["schema"], &json["expires_in_s"]), (&"token/1".into(), &600.into()));
    assert!(!minted.contains(KEY.trim_end_matches('=')), "the key that seals tokens is shown");
    let text = |key: &str| json[key].as_str().expect("text").to_owned();
    let (token, mac_key) = (text("access_token"), text("mac_key"));
    let opened = lab.turnutils_oauth(&[
        "-v",
        "-d",
        "--server-name",
        SERVER_NAME,
        "--auth-key-id",
        KID,
        "--auth-key",
        KEY,
        "--auth-key-timestamp",
        &unix_time().to_string(),
        "--auth-key-lifetime",
        "86400",
        "--token",
        &token,
    ]);
    assert!(opened.contains("Valid token") && opened.contains("lifetime: 600"), "{opened}");
    probe(&lab, TURN_UDP, KID, &token, &mac_key, &[]).ends("pass", 0).is_healthy().carries("udp");
    // The block that it prints is read back.
    let list = lab.dir().join("minted.json");
    fs::write(&list, json!({"iceServers": json["ice_servers"]}).to_string()).expect("it is writable");
    lab.probe(&["--ice-servers", &list.to_string_lossy()]).ends("pass", 0).carries("udp");
    // A key of sixteen bytes is one for AES-128-GCM.
    assert!(coturn.takes_tokens_of("key-16", "SEdrajMyS0pHaXV5MDk4cw=="));
    let flags = ["probe", "cred", "-u", "key-16", "--oauth-key", "SEdrajMyS0pHaXV5MDk4cw=="];
    let minted = lab.says(&args(&[&flags, &["--oauth-server-name", SERVER_NAME, "--format", "json"]]));
    let json: Value = serde_json::from_str(&minted).expect("JSON");
    let text = |key: &str| json[key].as_str().expect("text").to_owned();
    let run = probe(&lab, TURN_UDP, "key-16", &text("access_token"), &text("mac_key"), &[]);
    run.ends("pass", 0).is_healthy().carries("udp");
}
