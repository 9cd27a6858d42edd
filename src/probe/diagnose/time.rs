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
    // Servers may cap lifetimes (`max-allocate-lifetime`), and then both are the same. A token caps them at what is left
    // of its own (RFC 7635 §9), which is less each time.
    let token = super::token::ours(case).is_some();
    let asked = granted.filter(|granted| *granted > 0).unwrap_or(600).min(600);
    let message = match (granted, refreshed) {
        (Some(0), _) => "the server grants an allocation with a lifetime of 0 seconds".to_owned(),
        (_, Some(0)) => {
            "a Refresh for 600 s is answered with a lifetime of 0: the allocation ends there".to_owned()
        }
        (_, Some(got)) if !token && got.saturating_add(ROUNDING) < asked => {
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

/// Whether credentials that the secret gives were refused for the server's clock alone: it takes others of the same
/// secret, and by its time these have expired.
pub(super) fn refused_by_the_clock(case: &Case<'_>) -> bool {
    let knowledge = &case.context.target.knowledge;
    let ours = knowledge.minted || knowledge.fits_secret;
    let Some(expiry) = knowledge.rest_expiry.filter(|expiry| ours && *expiry > case.context.now_unix) else {
        return false;
    };
    let offset = case.facts.clock.as_ref().and_then(|clock| clock.clock_offset_s);
    let found = offset.is_some_and(|offset| (expiry as f64) < case.context.now_unix as f64 + offset);
    let prolonged = case.facts.minted.as_ref().filter(|minted| minted.expires_unix > expiry);
    found || prolonged.is_some_and(|minted| minted.accepted == Some(true))
}

fn clock(case: &mut Case<'_>) {
    let clock = case.facts.clock.as_ref().and_then(|clock| Some((clock.clock_offset_s?, clock.error_s)));
    let denied = case.facts.allocate.as_ref().is_some_and(|allocate| allocate.code == Some(401));
    let refused = denied && refused_by_the_clock(case);
    let beyond = clock.is_some_and(|(offset, error)| offset.abs() - error.unwrap_or(0.0) > SKEWED);
    if !beyond && !refused {
        return;
    }
    let mut finding = case.finding(&CLOCK_SKEW, "clock");
    let ntp = "run NTP on the server, the application that mints credentials, and this machine: a server ahead \
               refuses credentials that are good, one behind takes them after their end";
    finding = match clock {
        Some((offset, error)) => {
            let which = if offset > 0.0 { "ahead of" } else { "behind" };
            finding
                .message(format!("the server's clock is {} {which} this machine's", off_by(offset, error)))
                .evidence("clock_offset_s", offset)
                .evidence("error_s", error)
                .help(ntp)
        }
        None => {
            let left = case.context.target.knowledge.rest_expiry.unwrap_or_default();
            let left = left.saturating_sub(case.context.now_unix);
            finding
                .message(format!(
                    "the server takes the secret, and refuses what expires in {}: its clock is ahead of this \
                     machine's by more than that",
                    ago(left)
                ))
                .evidence("left_s", left)
                .evidence("later_expiry_is_accepted", true)
                .help(format!("{ntp}; with --clock the next run tells how far off it is"))
        }
    };
    if refused {
        finding = finding.severity(Severity::Error);
    }
    case.push(finding);
}

/// How far off a clock is, no more exactly than is known.
fn off_by(offset: f64, error: Option<f64>) -> String {
    let (offset, error) = (offset.abs(), error.unwrap_or(0.0));
    if error > 30.0 {
        let ends = [(offset - error).floor(), (offset + error).ceil()];
        let [first, last] = ends.map(|seconds| rounded(seconds.max(0.0) as u64));
        return format!("{first} to {last}");
    }
    match offset.round() as u64 {
        seconds @ 0..120 => ago(seconds),
        seconds => format!("about {}", rounded(seconds)),
    }
}

/// A span to the nearest minute.
fn rounded(seconds: u64) -> String {
    match (seconds + 30) / 60 {
        minutes @ 0..120 => format!("{minutes} min"),
        minutes if minutes % 60 == 0 => format!("{} h", minutes / 60),
        minutes => format!("{} h {} min", minutes / 60, minutes % 60),
    }
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
