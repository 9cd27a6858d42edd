//! Right and wrong users, passwords, secrets and keys.

use std::time::{SystemTime, UNIX_EPOCH};

use super::{ALICE, TURN, TURN_UDP, args};
use crate::lab::{Coturn, Lab, USER};

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
