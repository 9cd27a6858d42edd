//! Ports that refuse, and networks that say nothing.

use std::time::Duration;

use rtcscope::server::{Faults, Settings};

use super::{ALICE, TIMEOUT, args, settings, start, turn, turn_udp};
use crate::run::probe;

/// Nothing listens on port 1, and no process is given it by chance.
const NOBODY: [&str; 3] =
    ["turn:127.0.0.1:1?transport=udp", "turn:127.0.0.1:1?transport=tcp", "turns:127.0.0.1:1"];

fn deaf() -> Settings {
    Settings { faults: Faults { drop_udp_in: true, ..Faults::default() }, ..settings() }
}

#[test]
fn where_nothing_listens_is_known_at_once_over_every_transport() {
    for target in NOBODY {
        let run = probe(&args(&[&[target], &ALICE]));
        run.fails(&["PORT_REFUSED"]).within(Duration::from_secs(2));
    }
    let run = probe(&["turn:[::1]:1", "-u", "a", "-w", "b-password-3"]);
    run.fails(&["PORT_REFUSED"]).warnings(&["PORT_REFUSED"]);
}

#[test]
fn udp_that_is_dropped_while_tcp_works_is_both_said() {
    let server = start(deaf());
    let run = probe(&args(&[&[&turn(&server)], &ALICE, &TIMEOUT]));
    run.fails(&["UDP_TIMEOUT", "UDP_BLOCKED_TCP_OK"]).shows("tcp", "/allocate/ok", true);
    run.way_is_clear("tcp", "loop").within(Duration::from_secs(5));
}

#[test]
fn udp_that_is_dropped_and_asked_for_alone_is_a_timeout() {
    let server = start(deaf());
    let run = probe(&args(&[&[&turn_udp(&server)], &ALICE, &TIMEOUT]));
    run.fails(&["UDP_TIMEOUT"]).within(Duration::from_secs(3));
}

#[test]
fn the_deadline_ends_a_run_that_still_waits() {
    let server = start(deaf());
    let deadline = ["--timeout", "10s", "--deadline", "700ms"];
    let run = probe(&args(&[&[&turn_udp(&server)], &ALICE, &deadline]));
    run.within(Duration::from_secs(3)).check(run.code != 0, "an unfinished run is not healthy");
}

#[test]
fn one_target_that_fails_does_not_hide_another_that_works() {
    let server = start(settings());
    let run = probe(&args(&[&[NOBODY[1], &turn_udp(&server)], &ALICE]));
    run.fails(&["PORT_REFUSED"]).carries("udp");
}
