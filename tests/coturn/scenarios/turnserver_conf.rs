//! What is said of a configuration, held against what a real coturn does with it.

use super::args;
use crate::lab::{Kind, Lab, PASSWORD};

const USERS: &str = include_str!("../../../testdata/turnserver/users.conf");
const SECRET: &str = include_str!("../../../testdata/turnserver/secret.conf");

/// What coturn says where it does not take a line.
const COMPLAINTS: [&str; 5] = ["Bad configuration", "CONFIG", "Wrong", "ERROR", "Cannot"];

#[test]
fn a_good_configuration_with_users_has_no_fault_and_names_targets_and_user() {
    let Some(lab) = Lab::new() else { return };
    let made = lab.tls(Kind::Good);
    let coturn = lab.coturn_of(USERS, &[("fullchain.pem", &made.cert), ("privkey.pem", &made.key)]);
    let log = coturn.log();
    assert!(!COMPLAINTS.iter().any(|complaint| log.contains(complaint)), "{log}");
    let run = lab.probe(&["--turnserver-conf", &coturn.config(), "--cafile", made.cafile()]);
    run.ends("pass", 0).is_healthy().carries("udp").carries("tcp").carries("tls");
    run.check(run.json["findings"].as_array().is_some_and(Vec::is_empty), "there are findings");
    run.check(run.json["turnserver_conf"]["auth"] == "long-term", "not its way to log in");
    coturn.saw("user <alice>");
}

#[test]
fn a_good_configuration_with_a_secret_has_no_fault_and_lets_in() {
    let Some(lab) = Lab::new() else { return };
    let coturn = lab.coturn_of(SECRET, &[]);
    let log = coturn.log();
    assert!(!COMPLAINTS.iter().any(|complaint| log.contains(complaint)), "{log}");
    let run = lab.probe(&["--turnserver-conf", &coturn.config()]);
    run.ends("pass", 0).is_healthy().carries("udp").carries("tcp");
    run.check(run.json["findings"].as_array().is_some_and(Vec::is_empty), "there are findings");
    run.check(run.json["turnserver_conf"]["auth"] == "shared-secret", "not its way to log in");
}

#[test]
fn a_user_can_be_chosen_and_a_flag_wins_over_the_file() {
    let Some(lab) = Lab::new() else { return };
    let coturn = lab.coturn(&["user=bob:another-long-password"]);
    let config = coturn.config();
    // The file that coturn has; and one with another password, beside which the flags have the right one.
    let run =
        lab.probe(&args(&[&["turn:198.51.100.1?transport=udp", "--turnserver-conf", &config, "-u", "bob"]]));
    run.is_healthy().carries("udp");
    coturn.saw("user <bob>");
    let stale = lab.dir().join("stale.conf");
    std::fs::write(&stale, "realm=example.test\nuser=bob:the-one-before\n").expect("a file can be written");
    let stale = stale.to_string_lossy();
    let target = ["turn:198.51.100.1?transport=udp", "--turnserver-conf", &*stale];
    lab.probe(&target).has("AUTH_WRONG", "error");
    let run = lab.probe(&args(&[&target, &["-u", "bob", "-w", "another-long-password"]]));
    run.has_no("AUTH_WRONG").carries("udp");
}

#[test]
fn findings_of_the_file_and_of_the_server_stand_together_and_the_servers_come_first() {
    let Some(lab) = Lab::new() else { return };
    let coturn = lab.coturn(&["!realm", "max-bps=1024"]);
    let run = lab.probe(&["turn:198.51.100.1?transport=udp", "--turnserver-conf", &coturn.config()]);
    run.ends("fail", 1);
    let codes: Vec<&str> =
        run.json["findings"].as_array().into_iter().flatten().filter_map(|f| f["code"].as_str()).collect();
    assert_eq!(codes[..3], ["REALM_MISSING", "BANDWIDTH_CAPPED", "CONF501"], "{codes:?}");
}

/// coturn 4.6.1 starts with such a range, and crashes at the first Allocate.
#[test]
fn a_reversed_port_range_is_told_before_the_crash_that_comes_of_it() {
    let Some(lab) = Lab::new() else { return };
    let coturn = lab.coturn(&["min-port=49300", "max-port=49160"]);
    let run = lab.probe(&["turn:198.51.100.1?transport=udp", "--turnserver-conf", &coturn.config()]);
    run.ends("fail", 1).errors(&["CONF306", "CONNECTION_CLOSED"]);
    run.check(run.json["findings"][0]["code"] == "CONF306", "the cause is not first");
    let finding = run.finding("CONNECTION_CLOSED");
    run.check(finding["evidence"]["likely_cause"] == "CONF306", "the cause is not named");
    run.check(
        finding["help"].as_str().is_some_and(|help| help.starts_with("mend CONF306 first")),
        "other help",
    );
}

/// coturn then knows none of its users, and its 401 is the same as for a wrong password.
#[test]
fn a_user_database_that_is_down_is_named_beside_wrong_credentials() {
    let Some(lab) = Lab::new() else { return };
    let target = ["turn:198.51.100.1?transport=udp", "-u", "carol", "-w", PASSWORD];
    let coturn =
        lab.coturn(&["!userdb", "!user", "redis-userdb=ip=127.0.0.1 dbname=0 port=6390 connect_timeout=1"]);
    let run = lab.probe(&args(&[&target, &["--turnserver-conf", &coturn.config()]]));
    run.ends("fail", 1).has("AUTH_WRONG", "error");
    let finding = run.finding("AUTH_WRONG");
    let help = finding["help"].as_str().unwrap_or_default();
    let text = std::fs::read_to_string(coturn.config()).expect("the lab's own file");
    let line = text.lines().position(|line| line.starts_with("redis-userdb")).expect("it is there") + 1;
    run.check(help.contains(&format!("`redis-userdb` in line {line} of ")), "the line is not named");
    run.check(!help.contains("port=6390"), "what may hold a password is shown");
    // Without the file at hand, the possibility alone.
    let run = lab.probe(&target);
    let help = run.finding("AUTH_WRONG")["help"].as_str().unwrap_or_default();
    run.check(
        help.contains("the user database is unreachable: see the server's log"),
        "it is not thought of",
    );
}

#[test]
fn an_address_of_the_file_does_not_have_to_be_in_the_certificate() {
    let Some(lab) = Lab::new() else { return };
    let made = lab.tls(Kind::WrongHost);
    let coturn = lab.coturn_of(USERS, &[("fullchain.pem", &made.cert), ("privkey.pem", &made.key)]);
    let config = ["--turnserver-conf", &coturn.config(), "--cafile", made.cafile()];
    lab.probe(&config).ends("pass", 0).has("TLS_HOSTNAME", "info");
    let named = lab.probe(&args(&[&config, &["--servername", "turn.example.test"]]));
    named.ends("fail", 1).has("TLS_HOSTNAME", "error");
    lab.probe(&args(&[&config, &["--servername", "other.example.test"]]))
        .ends("pass", 0)
        .has_no("TLS_HOSTNAME");
}

/// `stale-nonce 1` is one second to coturn: the blank does what `=` does. That it is a note, and no more, rests on this.
#[test]
fn a_blank_does_what_an_equals_sign_does() {
    let Some(lab) = Lab::new() else { return };
    let base = USERS
        .replace("stale-nonce\n", "stale-nonce 1\n")
        .replace("cert=fullchain.pem\npkey=privkey.pem", "no-tls\nno-dtls");
    let coturn = lab.coturn_of(&base.replace("tls-listening-port=5349\n", ""), &[]);
    let config = coturn.config();
    let run =
        lab.probe(&["turn:198.51.100.1?transport=udp", "--turnserver-conf", &config, "--duration", "4s"]);
    coturn.saw("error 438");
    run.is_healthy().has("STALE_NONCE_OK", "info").has("CONF111", "info");
}

/// Each with what coturn says to it, and whether it ends.
#[test]
fn what_the_rules_say_is_what_coturn_does() {
    let Some(lab) = Lab::new() else { return };
    let good = USERS
        .replace("cert=fullchain.pem\npkey=privkey.pem\n", "no-tls\nno-dtls\n")
        .replace("tls-listening-port=5349\n", "");
    let cases = [
        ("CONF101", "172.26.7.151", "Bad configuration format: 172.26.7.151", false),
        ("CONF102", "relam=a", "Bad configuration format: relam", false),
        ("CONF103", "no-loopback-peers", "Bad configuration format: no-loopback-peers", false),
        ("CONF105", "mobility # yes", "Unknown boolean value", true),
        ("CONF113", "server-name=a;", "line ends with semicolon", false),
        ("CONF207", "no-auth", "cannot be used together", true),
        ("CONF209", "user=carol", "Wrong user account", false),
        ("CONF209", "user=carol:0x12", "Wrong key", false),
        ("CONF210", "use-auth-secret", "you could not mix", false),
        ("CONF303", "relay-ip=YOUR_IP", "Cannot add a relay address", false),
        ("CONF307", "external-ip=198.51.100.1\nexternal-ip=198.51.100.2", "more than once", false),
        ("CONF403", "denied-peer-ip=10.0.0.0/8", "Wrong address format", false),
        ("CONF405", "allow-loopback-peers", "opens a possible security vulnerability", false),
        ("CONF506", "no-udp-relay\nno-tcp-relay", "cannot be used together", true),
        ("CONF505", "max-bps=0\nbps-capacity=1000", "you must set --max-bps", true),
    ];
    for (code, lines, said, ends) in cases {
        let text = format!("{good}{lines}\n");
        let (log, ended) = lab.coturn_said(&text);
        assert!(log.contains(said), "{lines}: no {said:?} in\n{log}");
        assert_eq!(ended, ends, "{lines}: whether coturn ended\n{log}");
        let file = lab.dir().join("case.conf");
        std::fs::write(&file, &text).expect("a file can be written");
        let run = lab.probe(&["--turnserver-conf", &file.to_string_lossy(), "--lint-only"]);
        run.check(run.json["findings"].to_string().contains(code), &format!("{lines}: no {code}"));
        run.check(
            !run.stdout.contains(PASSWORD) && !run.stdout.contains("uJ3k9Wm2xQ7tVb"),
            "a password is shown",
        );
    }
    // Without a realm coturn starts, and warns.
    let (log, ended) = lab.coturn_said(&good.replace("realm=example.test\n", ""));
    assert!(!ended && log.contains("you did not specify the default realm"), "{log}");
}
