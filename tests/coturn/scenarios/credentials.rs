//! Right and wrong users, passwords, secrets and keys.

use std::time::{SystemTime, UNIX_EPOCH};

use rtcscope::turn::credentials::{Secret, rest};

use super::{ALICE, TURN, TURN_UDP, args};
use crate::lab::{Coturn, Lab, PASSWORD, Run, Side, USER};

/// What coturn writes when it refuses a user that it knows.
const REFUSED: &str = "credentials are incorrect";
/// What it writes when it does not know the user: any REST credential that does not hold, too.
const UNKNOWN: &str = "Cannot find credentials of user";

const SECRET: &str = "shared-secret-5519";

fn rest_server(lab: &Lab) -> Coturn {
    let secret = format!("static-auth-secret={SECRET}");
    lab.coturn(&["!lt-cred-mech", "!user", "use-auth-secret", &secret])
}

#[test]
fn a_wrong_password_is_named() {
    let Some(lab) = Lab::new() else { return };
    let coturn = lab.coturn(&[]);
    let run = lab.probe(&[TURN, "-u", USER, "-w", "not-her-password-90"]);
    run.ends("fail", 1).errors(&["AUTH_WRONG"]);
    run.shows("udp", "/binding/ok", true).shows("udp", "/allocate/ok", false);
    run.shows("tcp", "/allocate/ok", false);
    coturn.saw(REFUSED);
}

#[test]
fn an_unknown_user_looks_like_a_wrong_password() {
    let Some(lab) = Lab::new() else { return };
    let coturn = lab.coturn(&[]);
    let run = lab.probe(&[TURN, "-u", "mallory", "-w", "any-password-17"]);
    run.ends("fail", 1).errors(&["AUTH_WRONG"]);
    coturn.saw(UNKNOWN);
}

#[test]
fn no_credentials_at_all_is_not_a_wrong_password() {
    let Some(lab) = Lab::new() else { return };
    let coturn = lab.coturn(&[]);
    let run = lab.probe(&[TURN]);
    run.ends("fail", 1).errors(&["CREDENTIALS_REQUIRED"]).shows("udp", "/binding/ok", true);
    coturn.saw("error 401");
}

#[test]
fn an_expired_rest_credential_is_told_from_a_wrong_password() {
    let Some(lab) = Lab::new() else { return };
    let coturn = rest_server(&lab);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock after 1970").as_secs();
    for username in [format!("{}:alice", now - 7_200), format!("{}", now - 7_200)] {
        let run = lab.probe(&[TURN_UDP, "-u", &username, "-w", "2jmj7l5rSw0yVb/vlWAYkK/YBwk="]);
        run.ends("fail", 1).errors(&["REST_EXPIRED"]);
    }
    coturn.saw(UNKNOWN);
}

#[test]
fn a_secret_that_the_server_does_not_share_is_named() {
    let Some(lab) = Lab::new() else { return };
    let coturn = rest_server(&lab);
    let run = lab.probe(&[TURN_UDP, "--secret", "another-secret-42"]);
    run.ends("fail", 1).errors(&["REST_SECRET_MISMATCH"]);
    coturn.saw(UNKNOWN);
}

#[test]
fn a_credential_minted_from_the_shared_secret_passes() {
    let Some(lab) = Lab::new() else { return };
    let coturn = rest_server(&lab);
    let run = lab.probe(&[TURN, "--secret", SECRET]);
    run.ends("pass", 0).is_healthy().carries("udp").carries("tcp");
    coturn.saw("ALLOCATE processed, success");
}

#[test]
fn the_key_that_turnadmin_prints_passes() {
    let Some(lab) = Lab::new() else { return };
    // MD5 of "alice:example.test:wonder", as `turnadmin -k` prints it.
    let key = "0xcc89cc8b5156f34b6f0f8a41d6b3785d";
    let stored = format!("user={USER}:{key}");
    let _coturn = lab.coturn(&[&stored]);
    for key in [key, key.trim_start_matches("0x")] {
        let run = lab.probe(&[TURN_UDP, "-u", USER, "--key", key]);
        run.ends("pass", 0).is_healthy().carries("udp");
    }
}

#[test]
fn a_server_without_a_realm_is_not_a_wrong_password() {
    let Some(lab) = Lab::new() else { return };
    let coturn = lab.coturn(&["!realm"]);
    let run = lab.probe(&args(&[&[TURN], &ALICE]));
    run.ends("fail", 1).errors(&["REALM_MISSING"]);
    coturn.saw("realm <> user <>: incoming packet message processed, error 401");
}

fn unix_time() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock after 1970").as_secs()
}

/// A REST credential with so many seconds left.
fn rest_credential(left: u64) -> (String, String) {
    let username = format!("{}:alice", unix_time() + left);
    let password = rest::password(&Secret::new(SECRET), &username).expose().to_owned();
    (username, password)
}

#[test]
fn a_password_with_its_line_end_or_quotes_is_named() {
    let Some(lab) = Lab::new() else { return };
    let coturn = lab.coturn(&[]);
    for (damaged, defect) in
        [(format!("{PASSWORD}\n"), "trailing-newline"), (format!("'{PASSWORD}'"), "quotes")]
    {
        let run = lab.probe(&[TURN_UDP, "-u", USER, "-w", &damaged]);
        run.ends("fail", 1).errors(&["CRED_FORMAT"]).shows("udp", "/mended/password/0", defect);
    }
    coturn.saw(REFUSED);
    coturn.saw("ALLOCATE processed, success");
}

#[test]
fn a_stored_key_given_as_password_is_named() {
    let Some(lab) = Lab::new() else { return };
    let key = "0xcc89cc8b5156f34b6f0f8a41d6b3785d";
    let coturn = lab.coturn(&[&format!("user={USER}:{key}")]);
    let run = lab.probe(&[TURN_UDP, "-u", USER, "-w", key]);
    run.ends("fail", 1).errors(&["CRED_FORMAT"]).shows("udp", "/mended/password/0", "key-as-password");
    coturn.saw(REFUSED);
}

#[test]
fn a_rest_credential_damaged_on_its_way_is_named() {
    let Some(lab) = Lab::new() else { return };
    let coturn = rest_server(&lab);
    let (username, password) = rest_credential(3_600);
    let bare = password.trim_end_matches('=');
    let run = lab.probe(&[TURN_UDP, "-u", &username, "-w", bare, "--secret", SECRET]);
    run.ends("fail", 1).errors(&["CRED_FORMAT"]).shows("udp", "/mended/password/0", "missing-padding");
    let encoded = password.replace('=', "%3D");
    let run = lab.probe(&[TURN_UDP, "-u", &username.replace(':', "%3A"), "-w", &encoded]);
    run.ends("fail", 1).errors(&["CRED_FORMAT"]).shows("udp", "/mended/username/0", "url-encoded");
    coturn.saw(UNKNOWN);
}

#[test]
fn a_static_user_at_a_rest_server_and_the_reverse_are_wrong_credentials_that_say_what_they_look_like() {
    let Some(lab) = Lab::new() else { return };
    {
        let coturn = rest_server(&lab);
        let run = lab.probe(&args(&[&[TURN_UDP], &ALICE]));
        run.ends("fail", 1).errors(&["AUTH_WRONG"]);
        let finding = run.finding("AUTH_WRONG");
        run.check(finding["evidence"]["username_form"] == "static", "another form");
        run.check(finding["help"].as_str().is_some_and(|h| h.contains("use-auth-secret")), "no hint at it");
        coturn.saw(UNKNOWN);
    }
    let coturn = lab.coturn(&[]);
    let (username, password) = rest_credential(3_600);
    let run = lab.probe(&[TURN_UDP, "-u", &username, "-w", &password]);
    run.ends("fail", 1).errors(&["AUTH_WRONG"]);
    run.check(run.finding("AUTH_WRONG")["evidence"]["username_form"] == "rest", "another form");
    coturn.saw(UNKNOWN);
}

/// Whoever knows the secret can see that it is the kind of user that is wrong, and not the password.
#[test]
fn a_static_user_beside_the_right_secret_is_told_that_the_server_takes_minted_ones() {
    let Some(lab) = Lab::new() else { return };
    let list = lab.dir().join("servers.json");
    let json = serde_json::json!([{ "urls": TURN_UDP, "username": USER, "credential": PASSWORD }]);
    std::fs::write(&list, json.to_string()).expect("the lab's folder is writable");
    let list = list.to_string_lossy().into_owned();
    let variable = format!("RTCSCOPE_SECRET={SECRET}");
    let told = |run: &Run| {
        run.ends("fail", 1).errors(&["AUTH_WRONG"]).shows("udp", "/minted/accepted", true);
        let finding = run.finding("AUTH_WRONG");
        let help = finding["help"].as_str().unwrap_or_default();
        run.check(help.contains("TIME:NAME"), "no word of what to give to clients");
        run.check(finding["evidence"]["minted_is_accepted"] == true, "the evidence lacks what was tried");
        run.check(!run.stdout.contains(SECRET) && !run.stderr.contains(SECRET), "the secret is shown");
    };
    {
        let coturn = rest_server(&lab);
        told(&lab.probe(&args(&[&[TURN_UDP], &ALICE, &["--secret", SECRET]])));
        told(&lab.probe(&["--ice-servers", &list, "--secret", SECRET]));
        told(&lab.probe_with(&[&variable], &["--ice-servers", &list]));
        told(&lab.probe_with(&[&variable], &args(&[&[TURN_UDP], &ALICE])));
        told(&lab.probe(&args(&[&[TURN_UDP], &ALICE, &["--turnserver-conf", &coturn.config()]])));
        coturn.saw(UNKNOWN);
        coturn.saw("ALLOCATE processed, success");
        // A secret that is not the server's says nothing about the user.
        let run = lab.probe(&["--ice-servers", &list, "--secret", "another-secret-42"]);
        run.ends("fail", 1).errors(&["AUTH_WRONG"]).shows("udp", "/minted/accepted", false);
        run.check(!run.stdout.contains("minted from the secret"), "credits a secret that was refused");
    }
    // Where the user is right, nothing is tried.
    let _coturn = lab.coturn(&[]);
    let run = lab.probe(&args(&[&[TURN_UDP], &ALICE, &["--secret", SECRET]]));
    run.ends("pass", 0).is_healthy().carries("udp").shows("udp", "/minted", serde_json::Value::Null);
}

#[test]
fn a_secret_in_the_environment_is_held_against_a_listed_pair() {
    let Some(lab) = Lab::new() else { return };
    let _coturn = rest_server(&lab);
    let username = rest_credential(3_600).0;
    let other = rest::password(&Secret::new("another-secret-42"), &username).expose().to_owned();
    let list = lab.dir().join("servers.json");
    let json = serde_json::json!([{ "urls": TURN_UDP, "username": username, "credential": other }]);
    std::fs::write(&list, json.to_string()).expect("the lab's folder is writable");
    let list = list.to_string_lossy().into_owned();
    let variable = format!("RTCSCOPE_SECRET={SECRET}");
    let run = lab.probe_with(&[&variable], &["--ice-servers", &list]);
    run.ends("fail", 1).errors(&["REST_SECRET_MISMATCH"]);
    lab.probe(&["--ice-servers", &list]).ends("fail", 1).errors(&["AUTH_WRONG"]);
}

#[test]
fn a_rest_credential_about_to_expire_is_a_warning() {
    let Some(lab) = Lab::new() else { return };
    let _coturn = rest_server(&lab);
    let (username, password) = rest_credential(400);
    let run = lab.probe(&[TURN_UDP, "-u", &username, "-w", &password]);
    run.ends("warn", 0).is_healthy().has("REST_EXPIRING", "warning").carries("udp");
}

/// What the browser of somebody with the right secret meets, and what was reported as a wrong secret.
#[test]
fn a_server_whose_clock_is_ahead_is_not_one_with_another_secret() {
    let Some(lab) = Lab::new() else { return };
    let secret = format!("static-auth-secret={SECRET}");
    let Some(coturn) = lab.coturn_at(7_200, &["!lt-cred-mech", "!user", "use-auth-secret", &secret]) else {
        return;
    };
    let run = lab.probe(&[TURN, "--secret", SECRET]);
    run.ends("fail", 1).errors(&["CLOCK_SKEW"]);
    run.shows("udp", "/minted/accepted", true).shows("tcp", "/minted/accepted", true);
    let (username, password) = rest_credential(3_600);
    let run = lab.probe(&[TURN_UDP, "-u", &username, "-w", &password, "--secret", SECRET]);
    run.ends("fail", 1).errors(&["CLOCK_SKEW"]);
    let run = lab.probe(&[TURN_UDP, "--secret", "another-secret-42"]);
    run.ends("fail", 1).errors(&["REST_SECRET_MISMATCH"]).shows("udp", "/minted/accepted", false);
    coturn.saw(UNKNOWN);
}

/// The server's clock, by the expiry at which it stops to take credentials.
#[test]
fn the_clock_of_a_server_is_found_and_named_where_it_is_off() {
    let Some(lab) = Lab::new() else { return };
    let secret = format!("static-auth-secret={SECRET}");
    let config = ["!lt-cred-mech", "!user", "use-auth-secret", &secret];
    for ahead in [0, 95, -110, 7_200] {
        let Some(coturn) = lab.coturn_at(ahead, &config) else { return };
        let run = lab.probe(&[TURN_UDP, "--secret", SECRET, "--clock"]);
        match ahead {
            0 => run.ends("pass", 0),
            7_200 => run.ends("fail", 1).errors(&["CLOCK_SKEW"]),
            _ => run.ends("warn", 0).has("CLOCK_SKEW", "warning").carries("udp"),
        };
        let clock = &run.endpoint("udp")["clock"];
        let error = clock["error_s"].as_f64().unwrap_or(0.0).max(1.0) + 1.0;
        let found = clock["clock_offset_s"].as_f64().unwrap_or(f64::NAN);
        run.check((found - ahead as f64).abs() <= error, &format!("{ahead} s is found as {clock}"));
        let most = if ahead == 7_200 { 18 } else { 8 };
        run.check(clock["attempts"].as_u64().is_some_and(|n| n <= most), "too many allocations");
        run.check(error <= 12.0, "not to about ten seconds");
        coturn.saw(UNKNOWN);
    }
}

/// Every other connection goes to a server that knows other users, as where two share a port.
#[test]
fn two_servers_behind_one_address_that_know_other_users_are_no_wrong_password() {
    let Some(lab) = Lab::new() else { return };
    let _first = lab.coturn(&[]);
    let other =
        lab.coturn(&["listening-port=3490", "user=bob:other-password-3", "min-port=49300", "max-port=49400"]);
    let every_other = "-m statistic --mode nth --every 2 --packet 0 -j REDIRECT --to-ports 3490";
    lab.firewall(Side::Server, &[&format!("-t nat -A PREROUTING -p udp --dport 3478 {every_other}")]);
    for flags in [&[][..], &["--security"]] {
        let run = lab.probe(&args(&[&[TURN_UDP], &ALICE, flags]));
        run.ends("fail", 1).has("SERVERS_DIFFER", "error").has_no("AUTH_WRONG");
    }
    other.saw(UNKNOWN);
    // Neither knows this one: then it is the credentials.
    let run = lab.probe(&[TURN_UDP, "-u", "mallory", "-w", "any-password-17"]);
    run.ends("fail", 1).errors(&["AUTH_WRONG"]).has_no("SERVERS_DIFFER");
    run.shows("udp", "/asked_again/tries", 2).shows("udp", "/asked_again/accepted", 0);
}
