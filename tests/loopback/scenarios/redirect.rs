//! ALTERNATE-SERVER: followed once, never in a circle.

use std::net::{Ipv4Addr, SocketAddr};

use rtcscope::io::server::{EmbeddedServer, Listen};
use rtcscope::server::Settings;
use rtcscope::turn::credentials::{Credentials, Secret};

use super::{ALICE, TIMEOUT, args, settings, start, turn_tcp, turn_udp};
use crate::run::probe;

fn to(address: SocketAddr) -> Settings {
    Settings { redirect: Some(address), ..settings() }
}

#[test]
fn a_redirect_is_followed_to_a_server_that_works() {
    let other = start(settings());
    let server = start(to(other.udp_addr().unwrap()));
    for target in [turn_udp(&server), turn_tcp(&server)] {
        let run = probe(&args(&[&[&target], &ALICE]));
        run.passes().has("REDIRECT", "info");
        let end = run.endpoints().next().unwrap();
        run.check(end["relay"]["inbound"]["ok"] == true, "no relay on the second server");
        run.check(end["release"]["ok"] == true, "the allocation was not given back");
    }
}

/// On addresses of their own, so that each can know the other's port before it starts.
#[test]
fn two_servers_that_point_at_each_other_are_a_loop() {
    let [first, second] =
        [Ipv4Addr::new(127, 77, 0, 1), Ipv4Addr::new(127, 77, 0, 2)].map(|ip| SocketAddr::from((ip, 3478)));
    let listen = |at: SocketAddr| Listen { tcp: false, udp_port: at.port(), ..Listen::on(at.ip()) };
    let one = EmbeddedServer::start(to(second), listen(first)).unwrap();
    let _two = EmbeddedServer::start(to(first), listen(second)).unwrap();
    let run = probe(&args(&[&[&turn_udp(&one)], &ALICE]));
    run.fails(&["REDIRECT_LOOP"]);
}

#[test]
fn a_redirect_to_where_nothing_listens_fails() {
    let nobody = SocketAddr::from((Ipv4Addr::LOCALHOST, 1));
    let server = start(to(nobody));
    for target in [turn_udp(&server), turn_tcp(&server)] {
        probe(&args(&[&[&target], &ALICE])).fails(&["REDIRECT_FAILED"]);
    }
}

#[test]
fn a_redirect_to_a_silent_server_fails_in_time() {
    let faults = rtcscope::server::Faults { drop_udp_in: true, ..Default::default() };
    let silent = start(Settings { faults, ..settings() });
    let server = start(to(silent.udp_addr().unwrap()));
    probe(&args(&[&[&turn_udp(&server)], &ALICE, &TIMEOUT])).fails(&["REDIRECT_FAILED"]);
}

#[test]
fn a_redirect_to_a_server_with_other_users_is_not_the_redirects_fault() {
    let users = vec![Credentials::password("else", Secret::new("else"))];
    let other = start(Settings { users, ..settings() });
    let server = start(to(other.udp_addr().unwrap()));
    probe(&args(&[&[&turn_udp(&server)], &ALICE])).fails(&["AUTH_WRONG"]).has("REDIRECT", "info");
}
