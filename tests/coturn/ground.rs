//! The lab itself, seen by coturn's own clients and by openssl: what the scenarios claim to
//! provoke is really there, and nothing of it stays behind.

use std::path::Path;
use std::time::Duration;

use crate::lab::{
    CLIENT, CLIENT_2, Certificate, DEVICE, Kind, Lab, NAME, PASSWORD, SERVER, SERVER_2, SERVER_V6, Side, USER,
};

/// The bound for a client that answers at once or never.
const SOON: Duration = Duration::from_secs(2);

fn binding(lab: &Lab) -> crate::lab::Done {
    lab.turnutils("turnutils_stunclient", &[SERVER], SOON)
}

/// What an allocation for `USER` is answered with, by turnutils_uclient's own words.
fn allocation(lab: &Lab, user: &str, password: &str) -> String {
    let args = ["-c", "-m", "1", "-n", "1", "-e", CLIENT_2, "-u", user, "-w", password, SERVER];
    lab.turnutils("turnutils_uclient", &args, SOON).said()
}

#[test]
fn a_binding_crosses_from_one_namespace_to_the_other() {
    let Some(lab) = Lab::new() else { return };
    let _coturn = lab.coturn(&[]);
    let done = binding(&lab);
    assert!(done.success() && done.said().contains(&format!("reflexive addr: {CLIENT}:")), "{done:?}");
}

#[test]
fn nothing_of_a_lab_is_left_after_a_panic() {
    let Some(lab) = Lab::new() else { return };
    let (server, client) = (lab.namespace(Side::Server), lab.namespace(Side::Client));
    let dir = lab.dir().to_owned();
    let exists = |name: &str| Path::new("/run/netns").join(name).exists();
    assert!(exists(&server) && exists(&client) && dir.exists());
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(move || {
        let coturn = lab.coturn(&[]);
        let _resolver = lab.dns(&[]);
        coturn.saw("what no log says");
    }));
    assert!(panicked.is_err());
    assert!(!exists(&server) && !exists(&client) && !dir.exists());
    assert!(!Path::new("/etc/netns").join(&client).exists());
}

#[test]
fn a_firewall_drops_what_it_names_and_counts_it() {
    let Some(lab) = Lab::new() else { return };
    let coturn = lab.coturn(&[]);
    lab.firewall(Side::Server, &[&format!("-A INPUT -i {DEVICE} -p udp --dport 3478 -j DROP")]);
    assert!(binding(&lab).hung);
    assert!(lab.filtered(Side::Server) > 0);
    let tcp = ["-y", "-t", "-u", USER, "-w", "wrong", SERVER];
    lab.turnutils("turnutils_uclient", &tcp, SOON);
    coturn.saw("error 401");
}

#[test]
fn the_resolver_answers_the_client_namespace_alone() {
    let Some(lab) = Lab::new() else { return };
    let _resolver = lab.dns(&[&format!("{NAME} A {SERVER}"), "broken.example.test A SERVFAIL"]);
    let look_up = |name| lab.turnutils("getent", &["ahostsv4", name], Duration::from_secs(10));
    assert!(look_up(NAME).stdout.starts_with(SERVER), "{:?}", look_up(NAME));
    assert_eq!(look_up("absent.example.test").code, Some(2));
    assert_eq!(look_up("broken.example.test").code, Some(2));
}

#[test]
fn openssl_agrees_on_what_is_wrong_with_each_certificate() {
    let Some(lab) = Lab::new() else { return };
    let judged = |kind| {
        let Certificate { cert, key, ca } = lab.tls(kind);
        assert!(key.exists());
        let (ca, cert) = (ca.to_string_lossy().into_owned(), cert.to_string_lossy().into_owned());
        let args = ["verify", "-CAfile", &ca, "-verify_ip", SERVER, "-verify_hostname", NAME, &cert];
        lab.turnutils("openssl", &args, SOON).said()
    };
    let complaints = [
        (Kind::Good, "cert.pem: OK"),
        (Kind::Expired, "certificate has expired"),
        (Kind::NotYetValid, "certificate is not yet valid"),
        (Kind::WrongHost, "mismatch"),
        (Kind::UnknownCa, "unable to get local issuer certificate"),
        (Kind::SelfSignedCa, "cert.pem: OK"),
    ];
    for (kind, complaint) in complaints {
        let said = judged(kind);
        assert!(said.contains(complaint), "{kind:?}: {said}");
    }
    let selfsigned = lab.tls(Kind::SelfSignedCa);
    let args = ["x509", "-noout", "-text", "-in", selfsigned.cafile()];
    assert!(lab.turnutils("openssl", &args, SOON).stdout.contains("CA:TRUE"));
}

#[test]
fn coturn_refuses_as_each_scenario_needs_it() {
    let Some(lab) = Lab::new() else { return };
    let refuses = |config: &[&str], answer: &str| {
        let coturn = lab.coturn(config);
        let said = allocation(&lab, USER, PASSWORD);
        assert!(
            coturn.log().contains(answer) || said.contains(answer),
            "{config:?}: {said}\n{}",
            coturn.log()
        );
    };
    refuses(&["!realm"], "realm <> user <>: incoming packet message processed, error 401");
    refuses(&[&format!("denied-peer-ip={CLIENT_2}")], "error 403");
    refuses(&[&format!("alternate-server={SERVER_2}:3478")], "error 300");
    refuses(&["stun-only"], "STUN method 0x3 ignored");
    refuses(
        &["!lt-cred-mech", "!user", "use-auth-secret", "static-auth-secret=right"],
        "Cannot find credentials",
    );
    refuses(&["!user"], "Cannot find credentials");
    refuses(&[&format!("user={USER}:another")], "credentials are incorrect");
}

#[test]
fn two_servers_can_point_at_each_other() {
    let Some(lab) = Lab::new() else { return };
    let own = [format!("listening-ip={SERVER_2}"), format!("relay-ip={SERVER_2}")];
    let second = lab.coturn(&[&own[0], &own[1], &format!("alternate-server={SERVER}:3478")]);
    let first = lab.coturn(&[&format!("alternate-server={SERVER_2}:3478")]);
    allocation(&lab, USER, PASSWORD);
    first.saw("error 300");
    second.saw("error 300");
}

#[test]
fn ipv6_is_relayed_too() {
    let Some(lab) = Lab::new() else { return };
    let (listen, v4, v6) =
        (format!("listening-ip={SERVER_V6}"), format!("relay-ip={SERVER}"), format!("relay-ip={SERVER_V6}"));
    let coturn = lab.coturn(&[&listen, &v4, &v6]);
    let args = ["-y", "-x", "-c", "-m", "1", "-n", "1", "-u", USER, "-w", PASSWORD, SERVER_V6];
    lab.turnutils("turnutils_uclient", &args, SOON);
    coturn.saw("ALLOCATE processed, success");
    coturn.saw(&format!("peer [{SERVER_V6}]:"));
}

#[test]
fn a_held_allocation_uses_up_quotas_and_ports() {
    let Some(lab) = Lab::new() else { return };
    for limit in ["user-quota=1", "total-quota=1"] {
        let coturn = lab.coturn(&[limit]);
        let _holder = lab.hold_allocation(&coturn);
        let said = allocation(&lab, USER, PASSWORD);
        assert!(said.contains("error 486"), "{limit}: {said}");
    }
    let coturn = lab.coturn(&["min-port=49160", "max-port=49161"]);
    let _holder = lab.hold_all_ports(&coturn, 2);
    let said = allocation(&lab, USER, PASSWORD);
    assert!(said.contains("error 508"), "{said}");
}

#[test]
fn no_stun_leaves_a_binding_unanswered_and_secure_stun_wants_a_user() {
    let Some(lab) = Lab::new() else { return };
    let coturn = lab.coturn(&["no-stun"]);
    assert!(binding(&lab).hung);
    drop(coturn);
    let _coturn = lab.coturn(&["secure-stun"]);
    assert!(binding(&lab).said().contains("error 401"));
}

#[test]
fn without_a_certificate_coturn_has_no_tls_port() {
    let Some(lab) = Lab::new() else { return };
    let peer = format!("{SERVER}:5349");
    let connect = || lab.turnutils("openssl", &["s_client", "-connect", &peer], SOON).said();
    let coturn = lab.coturn(&[]);
    assert!(connect().contains("errno=111"), "{}", connect());
    drop(coturn);
    let config = lab.tls(Kind::Good).config();
    let _coturn = lab.coturn(&[&config[0], &config[1]]);
    assert!(connect().contains("lab CA"), "{}", connect());
}
