//! What is different from the round before.

use std::net::SocketAddr;

use serde::Serialize;

use super::standing::{Judged, Standing};

/// Round trips are compared where they grow by more than this: twice next to nothing is nothing.
const NOTICEABLE_MS: f64 = 20.0;
/// So many rounds in a row must take longer: a busy machine delays the packets of one, or of two.
const ROUNDS: u32 = 3;

/// What is different from the round before.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Change {
    /// It works no more, or works again.
    Verdict {
        /// In the round before.
        from: Standing,
        /// Now.
        to: Standing,
        /// The code of the gravest finding.
        code: Option<&'static str>,
        /// What it says, or why the endpoint was not tried.
        message: Option<String>,
    },
    /// It still fails, for another reason.
    Cause {
        /// The code of the round before.
        from: &'static str,
        /// The code now.
        to: &'static str,
        /// What that says.
        message: String,
    },
    /// The connection or the allocation was lost and is made anew.
    Remade {
        /// How it was lost.
        why: String,
        /// The relayed address that is gone.
        relay_from: Option<SocketAddr>,
        /// The one in its place.
        relay_to: Option<SocketAddr>,
    },
    /// The name leads to another address.
    Address {
        /// Where it was.
        from: SocketAddr,
        /// Where it is.
        to: SocketAddr,
    },
    /// The server sees us at another address: a NAT on the way has moved us.
    Reflexive {
        /// In the round before.
        from: SocketAddr,
        /// Now.
        to: SocketAddr,
    },
    /// The round trip takes more than twice as long, and did so in each of three rounds.
    Slower {
        /// Before those.
        from_ms: f64,
        /// Now.
        to_ms: f64,
    },
}

/// What is remembered of the round before.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Before {
    pub(super) addr: SocketAddr,
    pub(super) verdict: Standing,
    pub(super) code: Option<&'static str>,
    pub(super) reflexive: Option<SocketAddr>,
    /// Our own address when the server saw us there.
    pub(super) local: Option<SocketAddr>,
    pub(super) relay: Option<SocketAddr>,
    /// Of the last round that was not slower than those before it.
    pub(super) rtt_ms: Option<f64>,
    /// How many rounds since then were slower.
    pub(super) slower: u32,
    /// The connection is another than that of the next round.
    pub(super) closed: bool,
}

impl Before {
    /// What is to be remembered of this round; what was not seen stays as it was before.
    pub(super) fn remember(now: &Judged, before: &Self) -> Self {
        let (rtt_ms, slower) = match (before.slowed(now), now.rtt_ms()) {
            (Some(_), _) if before.slower + 1 < ROUNDS => (before.rtt_ms, before.slower + 1),
            (None, None) => (before.rtt_ms, before.slower),
            (_, rtt_ms) => (rtt_ms, 0),
        };
        Self {
            addr: now.endpoint,
            verdict: now.verdict,
            code: now.cause().map(|finding| finding.code),
            reflexive: now.reflexive.or(before.reflexive),
            local: if now.reflexive.is_some() { now.local } else { before.local },
            relay: now.relay.or(before.relay),
            rtt_ms,
            slower,
            closed: false,
        }
    }

    /// The round trip before and now, where it takes noticeably longer.
    fn slowed(&self, now: &Judged) -> Option<(f64, f64)> {
        let (from, to) = (self.rtt_ms?, now.rtt_ms()?);
        (to > from * 2.0 && to > from + NOTICEABLE_MS).then_some((from, to))
    }
}

/// What is different; `lost` says why the connection or allocation was given up, if it was.
pub(super) fn between(before: &Before, now: &Judged, lost: Option<&str>) -> Vec<Change> {
    let mut changes = Vec::new();
    let message = || now.cause().map(|finding| finding.message.clone()).or(now.skipped.clone());
    if before.verdict != now.verdict {
        let code = now.cause().map(|finding| finding.code);
        changes.push(Change::Verdict { from: before.verdict, to: now.verdict, code, message: message() });
    } else if let (Some(from), Some(finding)) = (before.code, now.cause())
        && from != finding.code
        && now.verdict == Standing::Fail
    {
        changes.push(Change::Cause { from, to: finding.code, message: finding.message.clone() });
    }
    if before.addr != now.endpoint {
        changes.push(Change::Address { from: before.addr, to: now.endpoint });
    }
    // Where nothing could be made, the verdict says all there is to say.
    if let Some(why) = lost.filter(|_| now.made) {
        changes.push(Change::Remade {
            why: why.to_owned(),
            relay_from: before.relay,
            relay_to: now.relay.filter(|relay| Some(*relay) != before.relay),
        });
    }
    if let (Some(from), Some(to)) = (before.reflexive, now.reflexive) {
        // A socket of our own that is new has a new port; what a NAT did shows on one that is not.
        let same = lost.is_none() && !before.closed && now.local.is_some() && now.local == before.local;
        let moved = if same { from != to } else { from.ip() != to.ip() };
        if moved {
            changes.push(Change::Reflexive { from, to });
        }
    }
    if let Some((from_ms, to_ms)) = before.slowed(now)
        && before.slower + 1 >= ROUNDS
    {
        changes.push(Change::Slower { from_ms, to_ms });
    }
    changes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::codes;
    use crate::probe::plan::Transport;
    use crate::probe::watch::standing::PathFigures;

    fn addr(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }

    fn now() -> Judged {
        Judged {
            target: "turn:192.0.2.1".to_owned(),
            endpoint: addr("192.0.2.1:3478"),
            transport: Transport::Udp,
            required: true,
            verdict: Standing::Pass,
            skipped: None,
            allocation: Some(crate::probe::watch::Allocation::Kept),
            made: false,
            local: Some(addr("192.0.2.10:4000")),
            reflexive: Some(addr("192.0.2.10:4000")),
            relay: Some(addr("192.0.2.1:50000")),
            binding_rtt_ms: Some(1.0),
            inbound: Some(PathFigures {
                sent: 5,
                received: 5,
                loss_pct: Some(0.0),
                rtt_median_ms: Some(20.0),
                rtt_max_ms: Some(21.0),
                jitter_ms: None,
            }),
            outbound: None,
            findings: Vec::new(),
        }
    }

    fn before() -> Before {
        let nothing = Before {
            addr: addr("192.0.2.1:3478"),
            verdict: Standing::Pass,
            code: None,
            reflexive: None,
            local: None,
            relay: None,
            rtt_ms: None,
            slower: 0,
            closed: false,
        };
        Before::remember(&now(), &nothing)
    }

    fn failing(rule: &'static crate::finding::Rule) -> Judged {
        Judged {
            verdict: Standing::Fail,
            findings: vec![rule.finding("binding", "it").message("it is so")],
            ..now()
        }
    }

    #[test]
    fn what_is_as_before_is_no_change() {
        assert_eq!(between(&before(), &now(), None), []);
    }

    #[test]
    fn a_failure_is_told_once_with_its_code_and_again_when_the_code_changes() {
        let failed = failing(&codes::UDP_TIMEOUT);
        let message = Some("it is so".to_owned());
        assert_eq!(
            between(&before(), &failed, None),
            [Change::Verdict {
                from: Standing::Pass,
                to: Standing::Fail,
                code: Some("UDP_TIMEOUT"),
                message
            }]
        );
        let after = Before::remember(&failed, &before());
        assert_eq!(between(&after, &failed, None), []);
        let refused = between(&after, &failing(&codes::PORT_REFUSED), None);
        let (from, to, message) = ("UDP_TIMEOUT", "PORT_REFUSED", "it is so".to_owned());
        assert_eq!(refused, [Change::Cause { from, to, message }]);
    }

    #[test]
    fn what_a_failed_round_did_not_see_is_remembered_from_before_it() {
        let failed = Judged { reflexive: None, relay: None, ..failing(&codes::UDP_TIMEOUT) };
        let after = Before::remember(&failed, &before());
        let back = Judged { relay: Some(addr("192.0.2.1:50007")), made: true, ..now() };
        let changes = between(&after, &back, Some("it was gone"));
        assert_eq!(
            changes[1..],
            [Change::Remade {
                why: "it was gone".to_owned(),
                relay_from: Some(addr("192.0.2.1:50000")),
                relay_to: Some(addr("192.0.2.1:50007")),
            }]
        );
    }

    #[test]
    fn a_new_port_of_the_same_socket_is_the_nats_doing_and_that_of_a_new_one_is_not() {
        let (from, to) = (addr("192.0.2.10:4000"), addr("192.0.2.10:4001"));
        let moved = Judged { reflexive: Some(to), ..now() };
        assert_eq!(between(&before(), &moved, None), [Change::Reflexive { from, to }]);
        let remade = between(&before(), &Judged { made: true, ..moved }, Some("it was gone"));
        assert!(matches!(remade[..], [Change::Remade { .. }]), "{remade:?}");
        let to = addr("192.0.2.77:4001");
        let elsewhere = Judged { reflexive: Some(to), made: true, ..now() };
        let elsewhere = between(&before(), &elsewhere, Some("it was gone"));
        assert_eq!(elsewhere[1..], [Change::Reflexive { from, to }]);
    }

    #[test]
    fn an_outage_is_two_changes_and_our_own_new_socket_none() {
        let gone = Judged { reflexive: None, relay: None, local: None, ..failing(&codes::PORT_REFUSED) };
        let told = between(&before(), &gone, Some("Connection refused"));
        assert!(matches!(told[..], [Change::Verdict { .. }]), "nothing was made anew: {told:?}");
        let after = Before::remember(&gone, &before());
        let port = Some(addr("192.0.2.10:4711"));
        let back = Judged { reflexive: port, local: port, made: true, ..now() };
        let told = between(&after, &back, None);
        assert!(matches!(told[..], [Change::Verdict { .. }]), "{told:?}");
        let elsewhere = Judged { reflexive: Some(addr("192.0.2.77:4711")), ..back };
        assert!(matches!(between(&after, &elsewhere, None)[..], [_, Change::Reflexive { .. }]));
    }

    /// The changes of rounds with these round trips, after one of 20 ms.
    fn changes(round_trips: &[f64]) -> Vec<Change> {
        let mut before = before();
        let mut told = Vec::new();
        for ms in round_trips {
            let mut judged = now();
            judged.inbound.as_mut().unwrap().rtt_median_ms = Some(*ms);
            told.extend(between(&before, &judged, None));
            before = Before::remember(&judged, &before);
        }
        told
    }

    #[test]
    fn twice_the_round_trip_is_told_where_it_stays_and_can_be_noticed() {
        assert_eq!(changes(&[39.0; 5]), []);
        let slower = |from_ms, to_ms| Change::Slower { from_ms, to_ms };
        assert_eq!(changes(&[41.0, 42.0, 43.0, 44.0, 45.0]), [slower(20.0, 43.0)]);
        let each = changes(&[50.0, 50.0, 50.0, 20.0, 60.0, 60.0, 60.0]);
        assert_eq!(each, [slower(20.0, 50.0), slower(20.0, 60.0)]);
        assert_eq!(changes(&[0.1, 19.0, 19.0, 19.0, 19.0]), []);
    }

    #[test]
    fn a_round_or_two_that_were_held_up_are_no_change() {
        assert_eq!(changes(&[75.0, 20.0, 75.0, 90.0, 20.0, 75.0, 75.0, 21.0]), []);
    }
}
