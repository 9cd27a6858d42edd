//! Certificates, good and bad: a bad one is a finding, and TURN behind it is probed all the same.

use super::{ALICE, TURNS, args};
use crate::lab::{Certificate, Coturn, Kind, Lab, Run};

fn serve(lab: &Lab, kind: Kind) -> (Certificate, Coturn) {
    let made = lab.tls(kind);
    let [cert, key] = &made.config();
    let coturn = lab.coturn(&[cert, key]);
    (made, coturn)
}

fn probe(kind: Kind, flags: &[&str]) -> Option<Run> {
    let lab = Lab::new()?;
    let (made, coturn) = serve(&lab, kind);
    let run = lab.probe(&args(&[&[TURNS], &ALICE, &["--cafile", made.cafile()], flags]));
    run.carries("tls");
    coturn.saw("ALLOCATE processed, success");
    Some(run)
}

#[test]
fn an_expired_certificate_is_named() {
    let Some(run) = probe(Kind::Expired, &[]) else { return };
    run.ends("fail", 1).errors(&["TLS_EXPIRED"]).shows("tls", "/tls/verified", false);
    let days = run.endpoint("tls")["tls"]["days_left"].as_f64();
    run.check(days.is_some_and(|days| days < -365.0), &format!("{days:?} days left"));
}

#[test]
fn a_certificate_from_the_future_is_named() {
    let Some(run) = probe(Kind::NotYetValid, &[]) else { return };
    run.ends("fail", 1).errors(&["TLS_NOT_YET_VALID"]).shows("tls", "/tls/verified", false);
}

#[test]
fn a_certificate_of_another_host_is_named_and_shows_its_names() {
    let Some(run) = probe(Kind::WrongHost, &[]) else { return };
    run.ends("fail", 1).errors(&["TLS_HOSTNAME"]).shows("tls", "/tls/verified", false);
    let sans = run.endpoint("tls")["tls"]["sans"].to_string();
    run.check(sans.contains("other.example.test"), &format!("sans are {sans}"));
}

#[test]
fn the_servername_flag_says_which_name_to_expect() {
    let Some(run) = probe(Kind::WrongHost, &["--servername", "other.example.test"]) else { return };
    run.ends("pass", 0).is_healthy().shows("tls", "/tls/verified", true);
}

#[test]
fn an_unknown_ca_is_named() {
    let Some(run) = probe(Kind::UnknownCa, &[]) else { return };
    run.ends("fail", 1).errors(&["TLS_UNTRUSTED"]).shows("tls", "/tls/verified", false);
}

#[test]
fn insecure_makes_a_bad_certificate_no_failure() {
    let Some(run) = probe(Kind::UnknownCa, &["--insecure"]) else { return };
    run.is_healthy().shows("tls", "/tls/verified", false);
}

#[test]
fn a_ca_certificate_that_serves_as_a_leaf_is_named() {
    let Some(run) = probe(Kind::SelfSignedCa, &[]) else { return };
    run.ends("fail", 1).errors(&["TLS_SELF_SIGNED_CA"]).shows("tls", "/tls/verified", false);
}

/// coturn without a usable key still listens, and answers each ClientHello with an alert.
#[test]
fn a_key_that_is_not_the_certificates_is_what_a_refused_handshake_is_said_to_be() {
    let Some(lab) = Lab::new() else { return };
    let (made, coturn) = serve(&lab, Kind::OtherKey);
    coturn.saw("invalid private key");
    for uri in [TURNS, "turns:198.51.100.1:5349?transport=udp"] {
        let run = lab.probe(&args(&[&[uri], &ALICE, &["--cafile", made.cafile()]]));
        run.ends("fail", 1).errors(&["TLS_FAILED"]);
        let finding = run.finding("TLS_FAILED");
        let help = finding["help"].as_str().unwrap_or_default();
        run.check(help.starts_with("check that `pkey=` is the key of `cert=`"), help);
        run.check(finding["confidence"] == "medium", "too sure of it");
    }
}

/// Nothing says that the issuer is no root, so it may as well be an authority of one's own.
#[test]
fn a_leaf_that_comes_alone_is_said_to_lack_its_chain_probably() {
    let Some(lab) = Lab::new() else { return };
    let (made, _coturn) = serve(&lab, Kind::BareLeaf);
    let run = lab.probe(&args(&[&[TURNS], &ALICE, &["--cafile", made.cafile()]]));
    run.ends("fail", 1).errors(&["TLS_UNTRUSTED"]).carries("tls");
    let finding = run.finding("TLS_UNTRUSTED").to_string();
    run.check(finding.contains("was not sent") && finding.contains("probably the chain"), &finding);
}

#[test]
fn a_self_signed_authority_that_nobody_trusts_is_one_fault() {
    let Some(lab) = Lab::new() else { return };
    let (_, _coturn) = serve(&lab, Kind::SelfSignedCa);
    let run = lab.probe(&args(&[&[TURNS], &ALICE]));
    run.ends("fail", 1).errors(&["TLS_SELF_SIGNED_CA"]).carries("tls");
    let finding = run.finding("TLS_SELF_SIGNED_CA").to_string();
    run.check(finding.contains("no trusted root") && !finding.contains("full chain"), &finding);
}

#[test]
fn a_healthy_server_of_tls_1_2_has_no_finding_and_its_version_in_the_table() {
    let Some(lab) = Lab::new() else { return };
    let (made, _coturn) = serve(&lab, Kind::Good);
    let run = lab.probe(&args(&[&[TURNS], &ALICE, &["--cafile", made.cafile()]]));
    run.ends("pass", 0).is_healthy().shows("tls", "/tls/version", "1.2");
    run.check(run.json["findings"].as_array().is_some_and(Vec::is_empty), "there are findings");
}

#[test]
fn a_certificate_that_no_one_was_told_to_trust_is_untrusted() {
    let Some(lab) = Lab::new() else { return };
    let (_, _coturn) = serve(&lab, Kind::Good);
    let run = lab.probe(&args(&[&[TURNS], &ALICE]));
    run.ends("fail", 1).errors(&["TLS_UNTRUSTED"]).carries("tls");
}

#[test]
fn a_tls_port_without_a_certificate_is_closed() {
    let Some(lab) = Lab::new() else { return };
    let coturn = lab.coturn(&[]);
    let run = lab.probe(&args(&[&[TURNS], &ALICE]));
    run.ends("fail", 1).errors(&["PORT_REFUSED"]);
    coturn.saw("cannot start TLS and DTLS listeners");
}
