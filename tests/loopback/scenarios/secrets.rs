//! What nobody may read over a user's shoulder, in any output of any end.

use rtcscope::server::Settings;
use rtcscope::turn::credentials::{Credentials, Secret, rest};

use super::{TempFile, USER, settings, start, turn_udp};
use crate::run::{probe, probe_in};

const MARK: &str = "mark-7f3a-secret";

fn server_with(password: &str) -> rtcscope::io::server::EmbeddedServer {
    start(Settings { users: vec![Credentials::password("alice", Secret::new(password))], ..settings() })
}

#[test]
fn a_password_is_shown_by_no_run() {
    let (right, wrong) = (server_with(MARK), server_with("another"));
    let file = TempFile::new(MARK);
    for server in [&right, &wrong] {
        let target = turn_udp(server);
        for flags in [["-w", MARK], ["--password-file", file.path()]] {
            let run = probe(&[&[&target[..], "-u", "alice", "-vv"], &flags[..]].concat());
            run.never_shows(MARK);
        }
        let variables = [("RTCSCOPE_USERNAME", "alice"), ("RTCSCOPE_PASSWORD", MARK)];
        probe_in(&variables, &[&target, "-vv"]).never_shows(MARK);
    }
}

#[test]
fn a_rest_secret_and_what_is_minted_from_it_are_shown_by_no_run() {
    let right = start(Settings { rest_secret: Some(Secret::new(MARK)), ..settings() });
    let wrong = start(Settings { rest_secret: Some(Secret::new("another")), ..settings() });
    let username = "4000000000:alice";
    let minted = rest::password(&Secret::new(MARK), username).expose().to_owned();
    for server in [&right, &wrong] {
        let target = turn_udp(server);
        let run = probe(&[&target, "-u", username, "--secret", MARK, "-vv"]);
        run.never_shows(MARK).never_shows(&minted);
        probe_in(&[("RTCSCOPE_SECRET", MARK)], &[&target, "-vv"]).never_shows(MARK);
    }
}

#[test]
fn a_key_is_shown_by_no_run() {
    let server = start(settings());
    let key = "0123456789abcdef0123456789abcdef";
    probe(&[&turn_udp(&server), "-u", USER.0, "--key", key, "-vv"]).fails(&["AUTH_WRONG"]).never_shows(key);
}

#[test]
fn a_credential_of_an_ice_servers_file_is_shown_by_no_run() {
    for server in [server_with(MARK), server_with("another")] {
        let target = turn_udp(&server);
        let json = format!(r#"[{{"urls": "{target}", "username": "alice", "credential": "{MARK}"}}]"#);
        let file = TempFile::new(&json);
        probe(&["--ice-servers", file.path(), "-vv"]).never_shows(MARK);
    }
}
