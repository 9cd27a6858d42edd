//! Ctrl-C ends a run at once, and what was learnt is printed.

#![cfg(unix)]

use std::process::Command;
use std::time::{Duration, Instant};

use rtcscope::server::{Faults, Settings};

use super::{ALICE, Holder, args, settings, start, turn_udp};
use crate::run::Started;

/// Sends a signal to a child of ours.
fn signal(id: u32, name: &str) {
    let sent = Command::new("kill").args(["-s", name, &id.to_string()]).status();
    assert!(sent.expect("kill is on every Unix").success());
}

fn interrupted(started: Started, after: Duration, name: &str) -> crate::run::Run {
    std::thread::sleep(after);
    let id = started.id();
    signal(id, name);
    let at = Instant::now();
    let run = started.end();
    run.check(at.elapsed() < Duration::from_millis(400), &format!("it went on for {:?}", at.elapsed()));
    run.check(run.code == 130, "not exit 130").check(run.json["interrupted"] == true, "not said");
    run
}

#[test]
fn a_run_against_a_silent_server_ends_at_once_with_what_it_has() {
    let faults = Faults { drop_udp_in: true, ..Faults::default() };
    let server = start(Settings { faults, ..settings() });
    for name in ["INT", "TERM"] {
        let started = Started::new(&[], &args(&[&[&turn_udp(&server)], &ALICE]));
        let run = interrupted(started, Duration::from_millis(400), name);
        run.shows("udp", "/stopped", true);
    }
}

#[test]
fn a_run_that_measures_ends_at_once_and_gives_its_allocation_back() {
    let server = start(Settings { user_quota: Some(2), ..settings() });
    let started = Started::new(&[], &args(&[&[&turn_udp(&server)], &ALICE, &["--duration", "20s"]]));
    let run = interrupted(started, Duration::from_millis(1200), "INT");
    run.shows("udp", "/allocate/ok", true).way_is_clear_so_far("udp");
    // Both allocations are free again, or a quota of two would refuse these.
    crate::run::probe(&args(&[&[&turn_udp(&server)], &ALICE])).passes().carries("udp");
}

/// Whoever waits for minutes and then has to go keeps what the minutes have shown.
#[test]
fn lifetimes_that_were_watched_for_a_while_are_told_as_far_as_they_are_known() {
    let server = start(settings());
    let started = Started::new(&[], &args(&[&[&turn_udp(&server)], &ALICE, &["--lifetimes"]]));
    let run = interrupted(started, Duration::from_secs(5), "INT");
    for what in ["permission_s", "channel_s", "allocation_s"] {
        let facts = &run.endpoint("udp")["lifetimes"][what];
        let least = facts["at_least_s"].as_f64().unwrap_or_default();
        run.check((0.4..5.0).contains(&least), &format!("{what}: {facts}"));
        run.check(facts["at_most_s"].is_null() && facts["confirmed"] == false, &format!("{what}: {facts}"));
    }
    run.check(run.text.contains("not watched to its end"), "the text does not say so");
    run.check(!run.text.contains("never ended"), "it is told as one that did not end");
}

/// The wait between two tries alone is a wait as well. The silent server keeps an allocation of ours asked for, so
/// that the quota may be our own doing.
#[test]
fn a_run_that_waits_for_a_quota_ends_at_once() {
    let faults = Faults { drop_udp_in: true, ..Faults::default() };
    let silent = start(Settings { faults, ..settings() });
    let server = start(Settings { user_quota: Some(1), turn_only: true, ..settings() });
    let _holder = Holder::of(server.udp_addr().unwrap());
    let targets = [&turn_udp(&silent)[..], &turn_udp(&server)];
    let started = Started::new(&[], &args(&[&targets, &ALICE, &["--timeout", "520ms"]]));
    interrupted(started, Duration::from_millis(2700), "INT");
}
