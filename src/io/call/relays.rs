//! A relay for each end, and a channel between the two.

use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use std::time::Instant;

use tokio::runtime::Runtime;

use super::limits::{Limits, TICK};
use super::ports;
use super::relay::{self, Opened, Relay};
use super::{Route, Run};
use crate::call::RelayFacts;
use crate::turn::Settings;

/// The relays of both ends, each with its address.
type Both = [(Relay, SocketAddr); 2];
/// What was seen, and why there are none.
type NoRelays = (Vec<RelayFacts>, String);

impl Run {
    /// An allocation for each end, with a channel to the other; or what was seen, and why not.
    pub(super) fn relays(
        &self,
        runtime: &Runtime,
        route: &Route,
        limits: &Limits<'_>,
    ) -> Result<Both, NoRelays> {
        let timeout = self.scenario.timeout;
        let end = limits.end.min(Instant::now() + timeout);
        let wanted = Opened {
            place: &route.place,
            server_name: self.server_name.as_ref(),
            trust: &self.trust,
            local: &self.local,
            timeout,
            families: self.families,
        };
        let none = |error: String| {
            let transport = route.place.attempt.transport.name();
            (vec![RelayFacts { transport, ..RelayFacts::default() }], format!("turn-connect: {error}"))
        };
        let both = runtime.block_on(async {
            let both = async { tokio::join!(relay::connect(&wanted), relay::connect(&wanted)) };
            tokio::select! {
                both = both => Ok(both),
                why = limits.reached() => Err(none(why)),
            }
        })?;
        let settings = || Settings {
            stream: false,
            credentials: route.credentials.clone(),
            timeout,
            seed: rand::random(),
        };
        let mut opened = Vec::new();
        let mut failed: Option<String> = None;
        let mut seen = Vec::new();
        for (facts, connected) in [both.0, both.1] {
            seen.push(facts.clone());
            match connected {
                Ok((carrier, server)) => {
                    opened.push(Relay::allocate(carrier, settings(), self.relay_family, server, facts))
                }
                Err(why) => failed = failed.or(Some(why)),
            }
        }
        if let Some(why) = failed {
            return Err((seen, why));
        }
        let mut relays: [Relay; 2] = match opened.try_into() {
            Ok(relays) => relays,
            Err(_) => return Err((seen, "turn-connect: no connection".to_owned())),
        };
        let mut bound = false;
        loop {
            let now = Instant::now();
            let mut due = end;
            for relay in &mut relays {
                relay.read();
                due = relay.poll(now).map_or(due, |own| own.min(due));
                if relay.wants_another_port()
                    && let Some(another) = self.elsewhere(runtime, &wanted, relay, settings(), limits)
                {
                    *relay = another;
                    due = now;
                }
            }
            let why = relays.iter().find_map(|relay| relay.failure().map(str::to_owned));
            let stopped = limits.stop.load(Ordering::Relaxed).then(|| "interrupted".to_owned());
            let seconds = timeout.as_secs_f64();
            let late = || {
                let slow = relays.iter().find_map(|relay| Some((relay, relay.waits_in()?)));
                let (relay, phase) = slow.unwrap_or((&relays[0], "turn-connect".to_owned()));
                let server = relay.facts.server.map_or_else(String::new, |server| format!(" from {server}"));
                let instead = relay.instead();
                (now >= end).then(|| match now >= limits.end {
                    true => format!("{phase}: no answer{server} when {}{instead}", limits.told()),
                    false => format!("{phase}: no answer{server} within {seconds} s{instead}"),
                })
            };
            if let Some(why) = why.or(stopped).or_else(late) {
                relay::release(relays.iter_mut());
                return Err((relays.map(|relay| relay.facts.clone()).to_vec(), why));
            }
            let addresses = [relays[0].address(), relays[1].address()];
            if let ([Some(first), Some(second)], false) = (addresses, bound) {
                relays[0].bind(now, second);
                relays[1].bind(now, first);
                bound = true;
                continue;
            }
            if let ([Some(first), Some(second)], true) =
                (addresses, relays.iter().all(|relay| !relay.is_busy()))
            {
                let [near, far] = relays;
                return Ok([(near, first), (far, second)]);
            }
            #[cfg(unix)]
            ports::wait(relays.iter().map(Relay::descriptor), due.min(now + TICK));
            #[cfg(not(unix))]
            std::thread::sleep(due.saturating_duration_since(now).min(Duration::from_micros(200)));
        }
    }
    /// A relay's like, asked for from another port; `None` where that cannot be had either.
    fn elsewhere(
        &self,
        runtime: &Runtime,
        wanted: &Opened<'_>,
        refused: &Relay,
        settings: Settings,
        limits: &Limits<'_>,
    ) -> Option<Relay> {
        let (facts, connected) = runtime.block_on(async {
            tokio::select! {
                connected = relay::connect(wanted) => Some(connected),
                _ = limits.reached() => None,
            }
        })?;
        let (carrier, server) = connected.ok()?;
        let facts = RelayFacts { ports_taken: refused.facts.ports_taken, ..facts };
        Some(Relay::allocate(carrier, settings, self.relay_family, server, facts))
    }
}
