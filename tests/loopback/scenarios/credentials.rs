//! Right and wrong users, passwords, secrets and keys.

use std::time::{SystemTime, UNIX_EPOCH};

use md5::{Digest, Md5};
use rtcscope::server::Settings;
use rtcscope::turn::credentials::{Credentials, Secret, rest};

use super::{ALICE, USER, args, settings, start, turn, turn_udp};
use crate::run::probe;

const SECRET: &str = "shared-secret-5519";

fn rest_settings() -> Settings {
    Settings { rest_secret: Some(Secret::new(SECRET)), ..settings() }
}

fn unix_time() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock after 1970").as_secs()
}

#[test]
fn a_wrong_password_is_named_over_both_transports() {
    let server = start(settings());
    let run = probe(&[&turn(&server), "-u", USER.0, "-w", "not-the-password-90"]);
    // TCP is an extra of a `turn:` URI without a transport, but a password is as wrong over either.
    run.fails(&["AUTH_WRONG"]).warnings(&[]);
    for transport in ["udp", "tcp"] {
        run.shows(transport, "/binding/ok", true).shows(transport, "/allocate/ok", false);
        run.shows(transport, "/allocate/code", 401);
    }
}

#[test]
fn an_unknown_user_looks_like_a_wrong_password() {
    let server = start(settings());
    probe(&[&turn_udp(&server), "-u", "mallory", "-w", "any-password-17"]).fails(&["AUTH_WRONG"]);
}

#[test]
fn no_credentials_at_all_is_not_a_wrong_password() {
    let server = start(settings());
    let run = probe(&[&turn_udp(&server)]);
    run.fails(&["CREDENTIALS_REQUIRED"]).shows("udp", "/binding/ok", true);
    run.check(run.attempts("udp") == [Some(401)], "not one 401");
}

#[test]
fn a_credential_minted_from_the_shared_secret_passes() {
    let server = start(rest_settings());
    probe(&[&turn(&server), "--secret", SECRET]).passes().carries("udp").carries("tcp");
    probe(&[&turn_udp(&server), "--secret", SECRET, "-u", "alice", "--ttl", "5m"]).passes();
}

#[test]
fn a_secret_that_the_server_does_not_share_is_named() {
    let server = start(rest_settings());
    probe(&[&turn_udp(&server), "--secret", "another-secret-42"]).fails(&["REST_SECRET_MISMATCH"]);
}

#[test]
fn a_rest_user_name_gets_its_password_from_the_secret() {
    let server = start(rest_settings());
    let username = format!("{}:alice", unix_time() + 3600);
    probe(&[&turn_udp(&server), "-u", &username, "--secret", SECRET]).passes();
    let password = rest::password(&Secret::new(SECRET), &username).expose().to_owned();
    probe(&[&turn_udp(&server), "-u", &username, "-w", &password]).passes();
}

#[test]
fn a_rest_password_that_the_secret_does_not_give_is_told_with_certainty() {
    let server = start(rest_settings());
    let username = format!("{}:alice", unix_time() + 3600);
    let other = rest::password(&Secret::new("another-secret-42"), &username).expose().to_owned();
    let run = probe(&[&turn_udp(&server), "-u", &username, "-w", &other, "--secret", SECRET]);
    run.fails(&["REST_SECRET_MISMATCH"]);
    run.check(run.finding("REST_SECRET_MISMATCH")["confidence"] == "high", "not of high confidence");
    // Without the secret nobody can tell why.
    probe(&[&turn_udp(&server), "-u", &username, "-w", &other]).fails(&["AUTH_WRONG"]);
}

#[test]
fn an_expired_rest_credential_is_told_from_a_wrong_password() {
    let server = start(rest_settings());
    let expired = unix_time() - 7_200;
    for username in [format!("{expired}:alice"), expired.to_string()] {
        let password = rest::password(&Secret::new(SECRET), &username).expose().to_owned();
        let run = probe(&[&turn_udp(&server), "-u", &username, "-w", &password]);
        run.fails(&["REST_EXPIRED"]);
        let ago = run.finding("REST_EXPIRED")["evidence"]["ago_s"].as_u64();
        run.check(ago.is_some_and(|ago| (7_200..7_300).contains(&ago)), "not two hours ago");
        probe(&[&turn_udp(&server), "-u", &username, "--secret", SECRET]).fails(&["REST_EXPIRED"]);
    }
}

#[test]
fn the_key_of_a_stored_user_passes_and_one_of_another_realm_does_not() {
    let server = start(settings());
    let key = |text: &str| Md5::digest(text).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let right = key("alice:rtcscope.test:wonder-4711");
    for key in [right.clone(), format!("0x{right}"), right.to_uppercase()] {
        probe(&[&turn_udp(&server), "-u", USER.0, "--key", &key]).passes().carries("udp");
    }
    let elsewhere = key("alice:example.org:wonder-4711");
    probe(&[&turn_udp(&server), "-u", USER.0, "--key", &elsewhere]).fails(&["AUTH_WRONG"]);
}

#[test]
fn a_server_without_a_realm_is_not_a_wrong_password() {
    let server = start(Settings { realm: String::new(), ..settings() });
    probe(&args(&[&[&turn_udp(&server)], &ALICE])).fails(&["REALM_MISSING"]);
}

#[test]
fn a_server_that_offers_sha256_is_spoken_to_with_it() {
    let server = start(Settings { offer_sha256: true, ..settings() });
    probe(&args(&[&[&turn(&server)], &ALICE])).passes().carries("udp").carries("tcp");
}

#[test]
fn a_password_that_was_damaged_on_its_way_is_named_and_how() {
    let server = start(settings());
    let (user, password) = USER;
    for (damaged, defect) in [
        (format!("{password}\n"), "trailing-newline"),
        (format!("{password}\r\n"), "trailing-newline"),
        (format!(" {password}"), "blanks"),
        (format!("\"{password}\""), "quotes"),
        (password.replace('-', "%2D"), "url-encoded"),
    ] {
        let run = probe(&[&turn_udp(&server), "-u", user, "-w", &damaged]);
        run.fails(&["CRED_FORMAT"]).shows("udp", "/mended/accepted", true);
        let finding = run.finding("CRED_FORMAT");
        run.check(finding["confidence"] == "high", "it was tried, and took");
        run.check(finding["evidence"]["password"] == serde_json::json!([defect]), "another defect");
        run.never_shows(password);
    }
    let run = probe(&[&turn_udp(&server), "-u", "\"alice\"", "-w", password]);
    run.fails(&["CRED_FORMAT"]).shows("udp", "/mended/username/0", "quotes");
}

#[test]
fn a_key_given_as_password_is_named() {
    let server = start(settings());
    let key: String =
        Md5::digest("alice:rtcscope.test:wonder-4711").iter().map(|byte| format!("{byte:02x}")).collect();
    let run = probe(&[&turn_udp(&server), "-u", USER.0, "-w", &format!("0x{key}")]);
    run.fails(&["CRED_FORMAT"]).shows("udp", "/mended/password/0", "key-as-password");
}

#[test]
fn a_rest_password_without_its_padding_or_url_encoded_is_named() {
    let server = start(rest_settings());
    let username = format!("{}:alice", unix_time() + 3_600);
    let password = rest::password(&Secret::new(SECRET), &username).expose().to_owned();
    let bare = password.trim_end_matches('=');
    let run = probe(&[&turn_udp(&server), "-u", &username, "-w", bare]);
    run.fails(&["CRED_FORMAT"]).shows("udp", "/mended/password/0", "missing-padding");
    // With the secret it is known to be the right one, too.
    let run = probe(&[&turn_udp(&server), "-u", &username, "-w", bare, "--secret", SECRET]);
    run.fails(&["CRED_FORMAT"]);
    run.check(run.finding("CRED_FORMAT")["evidence"]["mended_fits_secret"] == true, "not held against it");
    let (encoded, user) = (password.replace('=', "%3D"), username.replace(':', "%3A"));
    let run = probe(&[&turn_udp(&server), "-u", &user, "-w", &encoded]);
    run.fails(&["CRED_FORMAT"]).shows("udp", "/mended/username/0", "url-encoded");
}

#[test]
fn a_damaged_look_is_no_explanation_where_the_mended_form_is_refused_too() {
    let server = start(settings());
    let run = probe(&[&turn_udp(&server), "-u", USER.0, "-w", "other-password-8\n"]);
    run.fails(&["AUTH_WRONG"]).shows("udp", "/mended/accepted", false);
    run.check(run.finding("AUTH_WRONG")["evidence"]["also_tried_without"].is_array(), "it is not said");
}

#[test]
fn an_odd_password_that_works_is_left_alone() {
    let odd = Credentials::password(USER.0, Secret::new("\"100%25 odd\" "));
    let server = start(Settings { users: vec![odd], ..settings() });
    let run = probe(&[&turn_udp(&server), "-u", USER.0, "-w", "\"100%25 odd\" "]);
    run.passes().shows("udp", "/mended", serde_json::Value::Null);
}

#[test]
fn a_rest_credential_about_to_expire_is_a_warning() {
    let server = start(rest_settings());
    let of = |left: u64| {
        let username = format!("{}:alice", unix_time() + left);
        let password = rest::password(&Secret::new(SECRET), &username).expose().to_owned();
        probe(&[&turn_udp(&server), "-u", &username, "-w", &password])
    };
    let run = of(300);
    run.ends("warn", 0).warnings(&["REST_EXPIRING"]);
    let left = run.finding("REST_EXPIRING")["evidence"]["left_s"].as_u64();
    run.check(left.is_some_and(|left| (280..=300).contains(&left)), "not five minutes");
    of(3_600).passes();
}

#[test]
fn the_servers_clock_is_found_to_a_second_and_a_skewed_one_is_named() {
    for (offset, warnings) in [(0, &[][..]), (-40, &[]), (95, &["CLOCK_SKEW"]), (-100, &["CLOCK_SKEW"])] {
        let server = start(Settings { clock_offset_s: offset, ..rest_settings() });
        let run = probe(&[&turn_udp(&server), "--secret", SECRET, "--clock"]);
        run.errors(&[]).warnings(warnings);
        let clock = &run.endpoint("udp")["clock"];
        let found = clock["clock_offset_s"].as_f64().unwrap_or(f64::NAN);
        run.check((found - offset as f64).abs() <= 2.0, &format!("{offset} s is found as {clock}"));
        run.check(clock["attempts"].as_u64().is_some_and(|n| n <= 8), "more than eight allocations");
    }
}

#[test]
fn a_clock_so_far_ahead_that_fresh_credentials_are_refused_is_the_cause_and_not_the_secret() {
    let server = start(Settings { clock_offset_s: 7_200, ..rest_settings() });
    let run = probe(&[&turn_udp(&server), "--secret", SECRET, "--clock"]);
    run.fails(&["CLOCK_SKEW"]);
    let found = run.endpoint("udp")["clock"]["clock_offset_s"].as_f64().unwrap_or(f64::NAN);
    run.check((found - 7_200.0).abs() < 500.0, &format!("{found} s"));
    // And to about ten seconds, so that whole hours are seen to be some.
    run.check(
        run.endpoint("udp")["clock"]["error_s"].as_f64().is_some_and(|error| error <= 10.5),
        "not finer",
    );
    let message = run.finding("CLOCK_SKEW")["message"].as_str().unwrap_or_default();
    run.check(message == "the server's clock is about 2 h ahead of this machine's", message);
    // Without the search, a later expiry alone tells the clock from the secret.
    let run = probe(&[&turn_udp(&server), "--secret", SECRET]);
    run.fails(&["CLOCK_SKEW"]).shows("udp", "/minted/accepted", true);
    let finding = run.finding("CLOCK_SKEW");
    run.check(finding["help"].as_str().is_some_and(|help| help.contains("--clock")), "--clock is not named");
    // A wrong secret shows no clock at all.
    let run = probe(&[&turn_udp(&server), "--secret", "another-secret-42", "--clock"]);
    run.fails(&["REST_SECRET_MISMATCH"]).shows("udp", "/clock/clock_offset_s", serde_json::Value::Null);
}
