//! What has to do with time: credentials about to expire, lifetimes that cannot be kept, a clock that is off.

use super::Case;
use crate::finding::Severity;
use crate::probe::codes::{CLOCK_SKEW, LIFETIME_ODD, REST_EXPIRING};

/// A credential with less time left than this will not see the end of a call.
const EXPIRING: u64 = 600;
/// What an allocation may be short of what was asked for without anybody minding: rounding, the way there.
const ROUNDING: u32 = 10;
/// A clock that is further off than this eats into the lifetime that applications reckon with.
const SKEWED: f64 = 60.0;

/// All of it.
pub(super) fn kept(case: &mut Case<'_>) {
    expiring(case);
    lifetimes(case);
    clock(case);
}

fn expiring(case: &mut Case<'_>) {
    let knowledge = &case.context.target.knowledge;
    let now = case.context.now_unix;
    // What we minted ourselves lives as long as --ttl says.
    let Some(expiry) = knowledge.rest_expiry.filter(|_| !knowledge.minted) else { return };
    let granted =
        case.facts.allocate.as_ref().is_some_and(|allocate| allocate.ok && !allocate.unauthenticated);
    let Some(left) = expiry.checked_sub(now).filter(|left| granted && *left < EXPIRING) else { return };
    let finding = case
        .finding(&REST_EXPIRING, "allocate")
        .message(format!("the credentials work and expire in {}", ago(left)))
        .evidence("expires_at", rfc3339(expiry))
        .evidence("left_s", left)
        .help(
            "after that no new allocation can be made with them, at a network change or an ICE restart for \
             instance: have the application mint them for longer than a call takes",
        );
    case.push(finding);
}

fn lifetimes(case: &mut Case<'_>) {
    let granted = case.facts.allocate.as_ref().filter(|allocate| allocate.ok).and_then(|a| a.lifetime_s);
    let refresh = case.facts.refresh.as_ref().filter(|refresh| refresh.ok);
    let refreshed = refresh.and_then(|refresh| refresh.lifetime_s);
    // Servers may cap lifetimes (`max-allocate-lifetime`), and then both are the same.
    let asked = granted.filter(|granted| *granted > 0).unwrap_or(600).min(600);
    let message = match (granted, refreshed) {
        (Some(0), _) => "the server grants an allocation with a lifetime of 0 seconds".to_owned(),
        (_, Some(0)) => {
            "a Refresh for 600 s is answered with a lifetime of 0: the allocation ends there".to_owned()
        }
        (_, Some(got)) if got.saturating_add(ROUNDING) < asked => {
            format!("a Refresh for 600 s is granted {got} s, less than the {asked} s that Allocate gave")
        }
        _ => return,
    };
    let finding = case
        .finding(&LIFETIME_ODD, if granted == Some(0) { "allocate" } else { "refresh" })
        .message(message)
        .evidence("allocate_lifetime_s", granted)
        .evidence("refresh_lifetime_s", refreshed)
        .help(
            "clients that believe it refresh without end, or lose their relay: update the server; coturn's \
             `max-allocate-lifetime` caps both alike and is no fault",
        );
    case.push(finding);
}

/// Whether credentials that we minted were refused for the server's clock alone: it takes others of the same
/// secret, and its time is past the expiry of these.
pub(super) fn refused_by_the_clock(case: &Case<'_>) -> bool {
    let Some(offset) = case.facts.clock.as_ref().and_then(|clock| clock.clock_offset_s) else { return false };
    let knowledge = &case.context.target.knowledge;
    let theirs = case.context.now_unix as f64 + offset;
    knowledge.minted && knowledge.rest_expiry.is_some_and(|expiry| (expiry as f64) < theirs)
}

fn clock(case: &mut Case<'_>) {
    let Some(clock) = &case.facts.clock else { return };
    let Some(offset) = clock.clock_offset_s else { return };
    let beyond = offset.abs() - clock.error_s.unwrap_or(0.0) > SKEWED;
    let denied = case.facts.allocate.as_ref().is_some_and(|allocate| allocate.code == Some(401));
    let refused = denied && refused_by_the_clock(case);
    if !beyond {
        return;
    }
    let which = if offset > 0.0 { "ahead of" } else { "behind" };
    let mut finding = case
        .finding(&CLOCK_SKEW, "clock")
        .message(format!("the server's clock is {} {which} this machine's", ago(offset.abs().round() as u64)))
        .evidence("clock_offset_s", offset)
        .evidence("error_s", clock.error_s)
        .help(
            "run NTP on the server, the application that mints credentials, and this machine: a server ahead \
             refuses credentials that are good, one behind takes them after their end",
        );
    if refused {
        finding = finding.severity(Severity::Error);
    }
    case.push(finding);
}

/// A span in the unit that people say it in.
pub(in crate::probe) fn ago(seconds: u64) -> String {
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7200 => format!("{} min", seconds / 60),
        7200..172_800 => format!("{} h", seconds / 3600),
        _ => format!("{} days", seconds / 86_400),
    }
}

/// As people write it, in UTC.
pub(in crate::probe) fn rfc3339(unix: u64) -> String {
    i64::try_from(unix)
        .ok()
        .and_then(|seconds| jiff::Timestamp::from_second(seconds).ok())
        .map_or_else(|| unix.to_string(), |time| time.to_string())
}
