//! What servers let strangers do. The lab's documentation addresses stand for public ones.

use super::{ALICE, TURN, TURN_UDP, TURNS, args};
use crate::lab::{DEVICE, Kind, Lab, Run, SERVER, SERVER_2, SERVER_V6, Side};

const SECURITY: [&str; 1] = ["--security"];

/// The state of the peer tried at `address`.
fn state<'a>(run: &'a Run, address: &str) -> &'a str {
    let peers = run.endpoint("udp")["security"]["peers"].as_array().map_or(&[][..], Vec::as_slice);
    let peer = peers.iter().find(|peer| peer["address"] == address);
    peer.and_then(|peer| peer["state"].as_str()).unwrap_or("not tried")
}

#[track_caller]
fn states(run: &Run, wanted: &str, addresses: &[&str]) {
    for address in addresses {
        let got = state(run, address);
        run.check(got == wanted, &format!("{address} is {got}, not {wanted}"));
    }
}

/// The lines that the run says to paste.
fn lines(run: &Run) -> Vec<String> {
    let lines = run.endpoint("udp")["security"]["denied_peer_ip"].as_array().cloned().unwrap_or_default();
    lines.iter().filter_map(|line| Some(format!("denied-peer-ip={}", line.as_str()?))).collect()
}

#[test]
fn a_default_server_lets_relays_into_private_networks_and_the_pasted_lines_end_that() {
    let Some(lab) = Lab::new() else { return };
    let (v4, v6) = (format!("relay-ip={SERVER}"), format!("relay-ip={SERVER_V6}"));
    let both = ["listening-ip=198.51.100.1", &v4, &v6];
    let coturn = lab.coturn(&both);
    let run = lab.probe(&args(&[&[TURN], &ALICE, &SECURITY]));
    run.ends("fail", 1).errors(&["PEER_PRIVATE_ALLOWED"]).carries("udp").shows("udp", "/works", true);
    states(&run, "refused", &["127.0.0.1", "0.0.0.0", "::1", "::"]);
    states(&run, "granted", &["10.0.0.1", "172.17.0.1", "192.168.1.1", "100.100.100.200", "169.254.169.254"]);
    states(&run, "granted", &["224.0.0.1", "255.255.255.255", "fd00:ec2::254", "fe80::1", "ff02::1"]);
    states(&run, "granted", &["::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::1"]);
    states(&run, "granted", &[SERVER, SERVER_V6]);
    run.shows("udp", "/security/permission_enforced", true)
        .shows("udp", "/security/allocation_without_credentials", false)
        .shows("udp", "/security/made_up_credentials_accepted", false);
    let requests = run.endpoint("udp")["security"]["requests"].as_u64().unwrap_or(u64::MAX);
    run.check(requests <= 50, &format!("{requests} requests"));
    let ratio = run.endpoint("udp")["security"]["amplification"]["largest_ratio"].as_f64();
    run.check(ratio.is_some_and(|ratio| ratio > 1.0 && ratio < 20.0), "no amplification was measured");
    let (taken, released) = {
        let log = coturn.log();
        (log.matches("packet ALLOCATE processed, success").count(), log.matches("lifetime=0").count())
    };
    run.check(taken == released, &format!("{taken} allocations, {released} released"));
    let pasted = lines(&run);
    let help = run.finding("PEER_PRIVATE_ALLOWED")["help"].as_str().unwrap_or_default();
    run.check(
        pasted.len() > 15 && pasted.iter().all(|line| help.lines().any(|l| l == line)),
        "no lines to paste",
    );
    drop(coturn);

    let mut config: Vec<&str> = both.to_vec();
    config.extend(pasted.iter().map(String::as_str));
    let coturn = lab.coturn(&config);
    let run = lab.probe(&args(&[&[TURN], &ALICE, &SECURITY]));
    run.ends("pass", 0).is_healthy().has_no("PEER_PRIVATE_ALLOWED").carries("udp").carries("tcp");
    states(&run, "refused", &["10.0.0.1", "169.254.169.254", "::ffff:127.0.0.1", "fd00:ec2::254"]);
    states(&run, "granted", &[SERVER, SERVER_V6]);
    coturn.saw("Black listing: fc00::-fdff:");
}

/// As in most clouds: the server has a private address, and a NAT in front of it the public one.
#[test]
fn behind_a_one_to_one_nat_the_pasted_lines_need_what_the_help_says_before_them() {
    let Some(lab) = Lab::new() else { return };
    lab.address(Side::Server, "10.0.0.5/24");
    let external = format!("external-ip={SERVER}");
    let cloud = ["listening-ip=10.0.0.5", "relay-ip=10.0.0.5", &external];
    for proto in ["udp", "tcp"] {
        let inward = format!("-t nat -A PREROUTING -d {SERVER} -p {proto} -j DNAT --to-destination 10.0.0.5");
        let outward =
            format!("-t nat -A POSTROUTING -o {DEVICE} -s 10.0.0.5 -p {proto} -j SNAT --to-source {SERVER}");
        lab.firewall(Side::Server, &[&inward, &outward]);
    }
    let first = lab.coturn(&cloud);
    let run = lab.probe(&args(&[&[TURN_UDP], &ALICE, &SECURITY]));
    run.errors(&["PEER_PRIVATE_ALLOWED"]).carries("udp");
    let pasted = lines(&run);
    let help = run.finding("PEER_PRIVATE_ALLOWED")["help"].as_str().unwrap_or_default();
    let before = help.split("\ndenied-peer-ip").next().unwrap_or_default();
    run.check(before.contains(&format!("`external-ip={SERVER}/PRIVATE`")), "the NAT is not thought of");
    run.check(before.contains("`allowed-peer-ip=PRIVATE`"), "the other way is not named");
    drop(first);

    let with = |more: &[&str]| {
        let config =
            cloud.iter().copied().chain(pasted.iter().map(String::as_str)).chain(more.iter().copied());
        let config: Vec<&str> = config.collect();
        let config = match more.iter().any(|line| line.starts_with("external-ip=")) {
            true => config.into_iter().filter(|line| *line != external).collect(),
            false => config,
        };
        let _coturn = lab.coturn(&config);
        lab.probe(&args(&[&[TURN_UDP], &ALICE]))
    };
    let run = with(&[]);
    run.ends("warn", 0).has("RELAY_TO_RELAY_BLOCKED", "warning");
    let help = run.finding("RELAY_TO_RELAY_BLOCKED")["help"].as_str().unwrap_or_default();
    run.check(help.contains(&format!("`external-ip={SERVER}/PRIVATE`")), "the first way is not named");
    run.check(help.contains("`allowed-peer-ip=PRIVATE`"), "the second way is not named");
    // What the hint was before does nothing here, and each of the two alone does it.
    with(&[&format!("allowed-peer-ip={SERVER}")]).has("RELAY_TO_RELAY_BLOCKED", "warning");
    with(&["allowed-peer-ip=10.0.0.5"]).ends("pass", 0).carries("udp");
    with(&[&format!("external-ip={SERVER}/10.0.0.5")]).ends("pass", 0).carries("udp");
}

/// One list serves both: what the one says to paste satisfies the other.
#[test]
fn the_lines_that_the_lint_says_to_paste_leave_nothing_open_to_the_audit() {
    let Some(lab) = Lab::new() else { return };
    let (v4, v6) = (format!("relay-ip={SERVER}"), format!("relay-ip={SERVER_V6}"));
    for relays in [vec![v4.as_str()], vec![v4.as_str(), v6.as_str()]] {
        let mut config = vec!["listening-ip=198.51.100.1"];
        config.extend(relays);
        let first = lab.coturn(&config);
        let run = lab.probe(&[TURN_UDP, "--turnserver-conf", &first.config()]);
        let help = run.finding("CONF401")["help"].as_str().unwrap_or_default().to_owned();
        drop(first);
        config.extend(help.lines().filter(|line| line.starts_with("denied-peer-ip=")));
        let second = lab.coturn(&config);
        let run = lab.probe(&[TURN_UDP, "--security", "--turnserver-conf", &second.config()]);
        run.has_no("PEER_PRIVATE_ALLOWED").has_no("CONF402").has_no("CONF401").carries("udp");
    }
}

/// What works stands first, and nothing stands twice.
#[test]
fn the_headline_of_an_open_server_is_short_and_each_row_has_a_name_of_its_own() {
    let Some(lab) = Lab::new() else { return };
    let _coturn = lab.coturn(&[]);
    let (code, text) = lab.probe_text(&args(&[&[TURN_UDP], &ALICE, &SECURITY]));
    assert_eq!(code, 1, "{text}");
    let headline: Vec<&str> = text.lines().take_while(|line| !line.is_empty()).collect();
    assert!(headline.len() <= 3 && headline[0].contains("relay works over UDP, but"), "{text}");
    let rows = text.lines().filter(|line| line.contains("private and special peers")).count();
    assert_eq!(rows, 1, "{text}");
    assert!(text.contains("others of them"), "{text}");
    assert!(!text.contains("URL: turn:"), "{text}");
    assert!(
        !text.contains("255.255.255.254") && text.contains("denied-peer-ip=240.0.0.0-255.255.255.255"),
        "{text}"
    );
}

#[test]
fn nothing_of_it_is_asked_without_the_flag() {
    let Some(lab) = Lab::new() else { return };
    let coturn = lab.coturn(&[]);
    let run = lab.probe(&args(&[&[TURN_UDP], &ALICE]));
    run.ends("pass", 0).is_healthy().shows("udp", "/security", serde_json::Value::Null);
    assert!(!coturn.log().contains("error 403"), "a forbidden peer was asked for");
}

#[test]
fn loopback_peers_are_told_with_the_option_that_lets_them_in() {
    let Some(lab) = Lab::new() else { return };
    let _coturn = lab.coturn(&["allow-loopback-peers", "cli-password=not-empty"]);
    let run = lab.probe(&args(&[&[TURN_UDP], &ALICE, &SECURITY]));
    run.errors(&["PEER_PRIVATE_ALLOWED"]);
    states(&run, "granted", &["127.0.0.1"]);
    let help = run.finding("PEER_PRIVATE_ALLOWED")["help"].to_string();
    run.check(help.contains("remove `allow-loopback-peers`"), "the option is not named");
    run.check(lines(&run).iter().any(|line| line.contains("127.0.0.0")), "no line for loopback");
}

#[test]
fn an_open_relay_is_an_error_to_who_asks_about_security() {
    let Some(lab) = Lab::new() else { return };
    let coturn = lab.coturn(&["no-auth", "!lt-cred-mech", "!user"]);
    for credentials in [&ALICE[..], &[]] {
        let run = lab.probe(&args(&[&[TURN_UDP], credentials, &SECURITY]));
        run.ends("fail", 1).errors(&["OPEN_RELAY", "PEER_PRIVATE_ALLOWED"]);
        run.shows("udp", "/security/allocation_without_credentials", true);
    }
    let log = coturn.log();
    let taken = log.matches("packet ALLOCATE processed, success").count();
    assert_eq!(taken, log.matches("lifetime=0").count(), "an allocation was left to its lifetime");
}

#[test]
fn data_goes_to_a_peer_that_was_named_and_what_comes_back_is_told() {
    let Some(lab) = Lab::new() else { return };
    let _inside = lab.echo("10.9.9.9", "3480");
    let deliver = ["--security", "--ssrf-deliver", "10.9.9.9:3480", "--ssrf-deliver", "10.9.9.9:9"];
    let open = lab.coturn(&[]);
    let run = lab.probe(&args(&[&[TURN_UDP], &ALICE, &deliver]));
    run.errors(&["PEER_PRIVATE_ALLOWED"]);
    run.shows("udp", "/security/delivered/0/state", "echoed").shows(
        "udp",
        "/security/delivered/1/state",
        "silent",
    );
    let message = run.finding("PEER_PRIVATE_ALLOWED")["message"].to_string();
    run.check(message.contains("reached 10.9.9.9:3480, which answered"), "the delivery is not told");
    drop(open);

    let mut closed = vec!["denied-peer-ip=10.9.9.9".to_owned()];
    closed.extend(lines(&run));
    let _closed = lab.coturn(&closed.iter().map(String::as_str).collect::<Vec<_>>());
    let run = lab.probe(&args(&[&[TURN_UDP], &ALICE, &deliver]));
    run.ends("pass", 0).has_no("PEER_PRIVATE_ALLOWED");
    run.shows("udp", "/security/delivered/0/state", "refused").shows(
        "udp",
        "/security/delivered/0/code",
        403,
    );
    run.shows("udp", "/security/delivered/0/sent", 0);
}

#[test]
fn what_is_named_counts_also_where_its_neighbours_are_denied() {
    let Some(lab) = Lab::new() else { return };
    let _inside = lab.echo("10.9.9.9", "3480");
    let first = lab.coturn(&[]);
    let denied = lines(&lab.probe(&args(&[&[TURN_UDP], &ALICE, &SECURITY])));
    drop(first);
    let mut config = vec!["allowed-peer-ip=10.9.9.9".to_owned()];
    config.extend(denied);
    let _coturn = lab.coturn(&config.iter().map(String::as_str).collect::<Vec<_>>());
    let run = lab.probe(&args(&[&[TURN_UDP], &ALICE, &SECURITY]));
    run.ends("pass", 0);
    let run = lab.probe(&args(&[&[TURN_UDP], &ALICE, &SECURITY, &["--ssrf-deliver", "10.9.9.9:3480"]]));
    run.ends("fail", 1).errors(&["PEER_PRIVATE_ALLOWED"]);
}

/// A company's own server: what is private there is its own network, and its metadata service nobody's.
#[test]
fn private_peers_of_a_private_server_are_a_warning() {
    let Some(lab) = Lab::new() else { return };
    lab.address(Side::Server, "192.168.7.1/24");
    lab.address(Side::Client, "192.168.7.10/24");
    let own = ["listening-ip=192.168.7.1", "relay-ip=192.168.7.1"];
    let target = "turn:192.168.7.1?transport=udp";
    let first = lab.coturn(&own);
    let run = lab.probe(&args(&[&[target], &ALICE, &SECURITY]));
    run.errors(&["PEER_PRIVATE_ALLOWED"]);
    let pasted = lines(&run);
    run.check(
        !pasted.is_empty() && !pasted.iter().any(|line| line.contains("=192.168.")),
        "its own network is to go",
    );
    drop(first);
    let config: Vec<&str> = own.into_iter().chain(pasted.iter().map(String::as_str)).collect();
    let _coturn = lab.coturn(&config);
    let run = lab.probe(&args(&[&[target], &ALICE, &SECURITY]));
    run.ends("warn", 0).has("PEER_PRIVATE_ALLOWED", "warning");
}

/// It listens on one address and relays from another: no call between two relayed users needs the first.
#[test]
fn a_server_whose_relays_are_elsewhere_is_told_to_deny_its_own_address() {
    let Some(lab) = Lab::new() else { return };
    let apart = [format!("listening-ip={SERVER}"), format!("relay-ip={SERVER_2}")];
    let apart: Vec<&str> = apart.iter().map(String::as_str).collect();
    let first = lab.coturn(&apart);
    let run = lab.probe(&args(&[&[TURN_UDP], &ALICE, &SECURITY]));
    states(&run, "granted", &[SERVER, SERVER_2]);
    let mut pasted = lines(&run);
    let itself = format!("denied-peer-ip={SERVER}");
    run.check(pasted.contains(&itself), "its own address is not among the lines");
    drop(first);

    pasted.retain(|line| *line != itself);
    let mut config: Vec<&str> = apart.iter().copied().chain(pasted.iter().map(String::as_str)).collect();
    let second = lab.coturn(&config);
    let run = lab.probe(&args(&[&[TURN_UDP], &ALICE, &SECURITY]));
    run.ends("warn", 0).has("PEER_PRIVATE_ALLOWED", "warning").carries("udp");
    drop(second);

    config.push(&itself);
    let _third = lab.coturn(&config);
    let run = lab.probe(&args(&[&[TURN_UDP], &ALICE, &SECURITY]));
    run.ends("pass", 0).has_no("PEER_PRIVATE_ALLOWED").carries("udp");
    states(&run, "refused", &[SERVER]);
    states(&run, "granted", &[SERVER_2]);
}

#[test]
fn a_server_is_asked_once_however_many_ports_it_has() {
    let Some(lab) = Lab::new() else { return };
    let made = lab.tls(Kind::Good);
    let [cert, key] = &made.config();
    let _coturn = lab.coturn(&[cert, key]);
    let run = lab.probe(&args(&[&[TURN, TURNS], &ALICE, &SECURITY, &["--cafile", made.cafile()]]));
    run.finding("PEER_PRIVATE_ALLOWED");
    let asked = run.endpoints().iter().filter(|endpoint| endpoint["security"].is_object()).count();
    run.check(asked == 1, &format!("{asked} endpoints were asked"));
}

#[test]
fn a_quota_of_one_does_not_keep_the_ranges_from_being_asked() {
    let Some(lab) = Lab::new() else { return };
    let _coturn = lab.coturn(&["user-quota=1"]);
    let run = lab.probe(&args(&[&[TURN_UDP], &ALICE, &SECURITY]));
    run.errors(&["PEER_PRIVATE_ALLOWED"]);
    states(&run, "granted", &["169.254.169.254"]);
}

#[test]
fn without_a_relay_nothing_is_known_of_security() {
    let Some(lab) = Lab::new() else { return };
    let _coturn = lab.coturn(&[]);
    let run = lab.probe(&args(&[&[TURN_UDP], &["-u", "alice", "-w", "not-hers-4711"], &SECURITY]));
    run.ends("fail", 1).errors(&["AUTH_WRONG"]);
    run.check(run.given_up("udp").contains(&"security"), "it is not said that nothing was asked");
}

#[test]
fn peers_of_both_families_are_asked_about_whichever_relay_was_wanted() {
    let Some(lab) = Lab::new() else { return };
    let (v4, v6) = (format!("relay-ip={SERVER}"), format!("relay-ip={SERVER_V6}"));
    let _coturn = lab.coturn(&["listening-ip=198.51.100.1", &v4, &v6]);
    let run = lab.probe(&args(&[&[TURN_UDP], &ALICE, &SECURITY, &["--relay-family", "ipv6"]]));
    run.errors(&["PEER_PRIVATE_ALLOWED"]);
    states(&run, "granted", &["10.0.0.1", "fd00:ec2::254"]);
}

/// It allows ten permissions an allocation: what comes after is not denied.
#[test]
fn a_server_with_room_for_few_permissions_is_asked_about_all_peers() {
    let Some(lab) = Lab::new() else { return };
    let Some(_server) = lab.p1_stun("") else { return };
    let run = lab.probe(&args(&[&[TURN_UDP], &ALICE, &SECURITY]));
    run.errors(&["PEER_PRIVATE_ALLOWED"]);
    states(&run, "granted", &["127.0.0.1", "169.254.169.254", "224.0.0.1", "255.255.255.255", SERVER]);
    run.shows("udp", "/security/permission_enforced", true);
}
