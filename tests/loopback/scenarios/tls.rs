//! Certificates, good and bad: a bad one is a finding, and TURN behind it is probed all the same.

use rtcscope::io::server::{EmbeddedServer, Flaw, Identity, Listen};

use super::{ALICE, LOOPBACK, TIMEOUT, TempFile, args, settings, turns};
use crate::run::{Run, probe};

fn probed(identity: Identity, flags: &[&str]) -> Run {
    let server = EmbeddedServer::start(settings(), Listen::on(LOOPBACK).with_tls(identity)).unwrap();
    let ca = TempFile::new(server.ca_pem().unwrap());
    let run = probe(&args(&[&[&turns(&server)], &ALICE, &TIMEOUT, &["--cafile", ca.path()], flags]));
    run.carries("tls");
    run
}

fn flawed(flaw: Flaw) -> Run {
    let run = probed(Identity::flawed(["127.0.0.1"], flaw), &[]);
    run.shows("tls", "/tls/verified", false);
    run
}

#[test]
fn an_expired_certificate_is_named() {
    let run = flawed(Flaw::Expired);
    run.fails(&["TLS_EXPIRED"]);
    let days = run.endpoint("tls").pointer("/tls/days_left").and_then(serde_json::Value::as_i64);
    // It expired a day before the server made it.
    run.check(matches!(days, Some(-2 | -1)), &format!("{days:?} days left"));
}

#[test]
fn a_certificate_from_the_future_is_named() {
    flawed(Flaw::NotYetValid).fails(&["TLS_NOT_YET_VALID"]);
}

#[test]
fn a_certificate_of_another_host_is_named_and_shows_its_names() {
    let run = flawed(Flaw::WrongName);
    run.fails(&["TLS_HOSTNAME"]);
    let sans = run.endpoint("tls")["tls"]["sans"].to_string();
    run.check(sans.contains("wrong.invalid"), &format!("sans are {sans}"));
}

#[test]
fn an_unknown_ca_is_named() {
    flawed(Flaw::UnknownCa).fails(&["TLS_UNTRUSTED"]);
}

#[test]
fn a_ca_certificate_that_serves_as_a_leaf_is_named() {
    flawed(Flaw::SelfSignedCa).fails(&["TLS_SELF_SIGNED_CA"]);
}

#[test]
fn insecure_makes_a_bad_certificate_no_failure() {
    let identity = Identity::flawed(["127.0.0.1"], Flaw::UnknownCa);
    let run = probed(identity, &["--insecure"]);
    run.passes().has("TLS_UNTRUSTED", "info").shows("tls", "/tls/verified", false);
}

#[test]
fn the_servername_flag_says_which_name_to_expect() {
    let identity = || Identity::throw_away(["turn.example.test"]);
    let run = probed(identity(), &["--servername", "turn.example.test"]);
    run.passes().shows("tls", "/tls/verified", true);
    probed(identity(), &["--servername", "other.example.test"]).fails(&["TLS_HOSTNAME"]);
    probed(identity(), &[]).fails(&["TLS_HOSTNAME"]);
}

#[test]
fn a_certificate_that_no_one_was_told_to_trust_is_untrusted() {
    let identity = Identity::throw_away(["127.0.0.1"]);
    let server = EmbeddedServer::start(settings(), Listen::on(LOOPBACK).with_tls(identity)).unwrap();
    let run = probe(&args(&[&[&turns(&server)], &ALICE, &TIMEOUT]));
    run.fails(&["TLS_UNTRUSTED"]).carries("tls");
}
