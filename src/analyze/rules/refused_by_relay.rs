//! What TURN servers refuse.

use super::{Check, Seen};
use crate::analyze::transport::Row;
use crate::analyze::turn::{EventFacts, RELEASED, TurnFacts};
use crate::finding::{Finding, Rule, Severity};

/// Every client is told the realm by the first, and a new nonce by the second.
const UNAUTHENTICATED: u16 = 401;
const STALE_NONCE: u16 = 438;
/// The allocation is gone: clients ask for its end twice.
const MISMATCH: u16 = 437;

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "TURN_REFUSED",
    name: "refused-by-relay",
    severity: Severity::Error,
    summary: "a TURN server refused what a client asked for",
    explain: include_str!("refused_by_relay.md"),
    refs: &["RFC 8656 §7.2", "RFC 8656 §9.2", "RFC 8656 §19"],
    since: "0.1.0",
};

fn check(seen: &Seen<'_>, found: &mut Vec<Finding>) {
    for row in &seen.transport.pairs {
        let Some(turn) = &row.turn else { continue };
        match refused_allocation(turn) {
            Some((event, severity)) => found.push(finding(seen, row, turn, event, severity)),
            None => {
                if let Some((event, severity)) = vanished(turn) {
                    found.push(finding(seen, row, turn, event, severity));
                }
                for method in ["CreatePermission", "ChannelBind", "Refresh"] {
                    let refused = refused(turn, method).filter(|event| event.error != Some(MISMATCH));
                    // Peers in private networks are refused beside those that are let through.
                    let granted = turn.requests.get(method).is_some_and(|counts| counts.succeeded > 0);
                    let last = refused.last().filter(|_| !granted);
                    found.extend(last.map(|event| finding(seen, row, turn, event, Severity::Warning)));
                }
            }
        }
    }
}

fn refused<'a>(turn: &'a TurnFacts, method: &'a str) -> impl Iterator<Item = &'a EventFacts> {
    let of = turn.events.iter().filter(move |event| event.method == method);
    of.filter(|event| event.error.is_some_and(|code| ![UNAUTHENTICATED, STALE_NONCE].contains(&code)))
}

/// The first sign that an allocation is gone which the client did not give back: all is well again where it made another.
fn vanished(turn: &TurnFacts) -> Option<(&EventFacts, Severity)> {
    let is_gone =
        |event: &&EventFacts| event.error == Some(MISMATCH) && event.detail.as_deref() != Some(RELEASED);
    let place = turn.events.iter().position(|event| is_gone(&event) && event.method != "Allocate")?;
    let again = turn.events[place..].iter().any(|event| event.method == "Allocate" && event.error.is_none());
    Some((&turn.events[place], if again { Severity::Warning } else { Severity::Error }))
}

/// The last refusal of an allocation where none was granted.
fn refused_allocation(turn: &TurnFacts) -> Option<(&EventFacts, Severity)> {
    let counts = turn.requests.get("Allocate")?;
    if counts.succeeded > 0 || !turn.allocations.is_empty() {
        return None;
    }
    if let Some(event) = refused(turn, "Allocate").last() {
        return Some((event, Severity::Error));
    }
    let mut unauthenticated = turn.events.iter().filter(|event| event.error == Some(UNAUTHENTICATED));
    let last = unauthenticated.next_back()?;
    // The first is a question, and the second an answer.
    match counts.errors.get(&UNAUTHENTICATED).copied().unwrap_or(0) {
        0 => None,
        1 => Some((last, Severity::Warning)),
        _ => Some((last, Severity::Error)),
    }
}

fn finding(seen: &Seen<'_>, row: &Row, turn: &TurnFacts, event: &EventFacts, severity: Severity) -> Finding {
    let code = event.error.unwrap_or(0);
    let asked_once = code == UNAUTHENTICATED && severity == Severity::Warning;
    let message = match asked_once {
        true => format!(
            "{} asked {} for credentials, and it did not come back with any",
            turn.server, turn.client
        ),
        false => format!("{} refused {} of {} with {code}", turn.server, event.method, turn.client),
    };
    seen.of_pair(&RULE, "turn", &row.leg, event.at_s, Some((event.frame, event.frame)))
        .severity(severity)
        .message(message)
        .evidence("method", event.method.as_str())
        .evidence("code", code)
        .evidence("software", turn.software.clone())
        .help(match code {
            UNAUTHENTICATED if asked_once => "give the client a user name and a password for this server",
            UNAUTHENTICATED => "user name, password or their expiry are wrong: `rtcscope probe` with the same ones says which",
            403 => "the server forbids this peer or this client: `denied-peer-ip`, `allowed-peer-ip` (coturn)",
            MISMATCH => {
                "the server had forgotten the allocation, and what it relayed is lost: it was restarted, the Refresh came too \
                 late, or the client's address changed on the way"
            }
            440 | 443 => "the address family of the relay is not that of the peer",
            442 => "the server has no such transport on the far side",
            486 => "the quota of this user is used up: `user-quota` (coturn)",
            508 => "the server has no port or bandwidth left: `min-port`, `max-port`, `bps-capacity` (coturn)",
            _ => "look at the server's log at this time",
        })
}

#[cfg(test)]
mod tests {
    use super::CHECK;
    use crate::analyze::rules::scene::{Scene, relay};
    use crate::analyze::turn::{Counts, EventFacts};
    use crate::finding::Severity;

    fn turn(events: &[(&str, Option<u16>)]) -> Scene {
        let mut requests = std::collections::BTreeMap::<String, Counts>::new();
        for (method, error) in events {
            let counts = requests.entry((*method).to_owned()).or_default();
            counts.requests += 1;
            match error {
                Some(code) => *counts.errors.entry(*code).or_default() += 1,
                None => counts.succeeded += 1,
            }
        }
        let event = |(method, error): &(&str, Option<u16>)| EventFacts {
            at_s: 1.0,
            frame: 7,
            method: (*method).to_owned(),
            error: *error,
            // Clients ask for the end twice.
            detail: (*error == Some(437)).then(|| "released".to_owned()),
        };
        let mut scene = Scene::new();
        let events = events.iter().map(event).collect();
        scene.transport.pairs = vec![relay(requests, events)];
        scene
    }

    #[test]
    fn a_login_that_is_asked_for_and_given_is_no_refusal() {
        let events =
            [("Allocate", Some(401)), ("Allocate", None), ("Refresh", Some(438)), ("Refresh", Some(437))];
        assert_eq!(turn(&events).severities(&CHECK), []);
        let mixed = [("Allocate", None), ("CreatePermission", Some(403)), ("CreatePermission", None)];
        assert_eq!(turn(&mixed).severities(&CHECK), []);
    }

    #[test]
    fn an_allocation_that_the_client_did_not_give_back_is_missed() {
        let mut scene = turn(&[("Allocate", None), ("Refresh", None), ("Refresh", Some(437))]);
        let mut of = scene.transport.pairs[0].turn.as_ref().unwrap().events.clone();
        of[2].detail = None;
        scene.transport.pairs[0].turn.as_mut().unwrap().events.clone_from(&of);
        assert_eq!(scene.says(&CHECK), "198.51.100.2:6000 refused Refresh of 192.0.2.1:5000 with 437");
        assert_eq!(scene.severities(&CHECK), [Severity::Error]);
        of.push(EventFacts { method: "Allocate".to_owned(), error: None, ..of[2].clone() });
        scene.transport.pairs[0].turn.as_mut().unwrap().events = of;
        assert_eq!(scene.severities(&CHECK), [Severity::Warning]);
    }

    #[test]
    fn what_is_refused_for_good_is_told_with_its_code() {
        let twice = [("Allocate", Some(401)), ("Allocate", Some(401))];
        assert_eq!(turn(&twice).severities(&CHECK), [Severity::Error]);
        assert_eq!(turn(&twice[..1]).severities(&CHECK), [Severity::Warning]);
        let quota = [("Allocate", Some(401)), ("Allocate", Some(486))];
        assert_eq!(
            turn(&quota).says(&CHECK),
            "198.51.100.2:6000 refused Allocate of 192.0.2.1:5000 with 486"
        );
        let peer = [("Allocate", None), ("CreatePermission", Some(403))];
        assert_eq!(turn(&peer).severities(&CHECK), [Severity::Warning]);
    }
}
