//! Drives a ramp over each direction of a relay, one after the other.

use std::time::Instant;

use super::Survey;
use super::pair::{Pair, Sent, Way};
use crate::measure::{Ramp, RampOutput, RampPlan, RampReport};
use crate::probe::facts::{Check, ThroughputFacts};

/// Packets sent before anything is received, and received before more are sent.
const SENDS: u32 = 8;
const RECEIVES: u32 = 64;

impl Survey {
    /// Writes down what each direction carries.
    pub(super) async fn throughput(&mut self, plan: RampPlan) {
        let none = ThroughputFacts {
            ceiling_bps: plan.ceiling_bps,
            most_bytes: plan.most_bytes(),
            ..ThroughputFacts::default()
        };
        self.facts.throughput = Some(none);
        let mut pair = match self.pair(self.wish()).await {
            Ok((pair, _)) => pair,
            Err(why) => return self.facts.give_up(Check::Throughput, why.words()),
        };
        pair.widen();
        if let Err(why) = pair.bind().await {
            return self.facts.give_up(Check::Throughput, why);
        }
        let stream = self.door.connector.transport.is_stream();
        for way in [Way::Inbound, Way::Outbound] {
            let words = if way == Way::Inbound { "in" } else { "out" };
            self.progress(&format!("throughput {words}"));
            let plan = RampPlan { stream: stream && way == Way::Outbound, ..plan };
            let (report, broken) = ramp(&mut pair, plan, way).await;
            if let Some(why) = broken {
                self.facts.give_up(Check::Throughput, format!("{words}: {why}"));
            } else if !report.ok {
                self.facts.give_up(Check::Throughput, format!("{words}: no packet arrived"));
            }
            if report.own_pace {
                let why =
                    format!("{words}: this machine could not send faster, so that the relay may carry more");
                self.facts.give_up(Check::Throughput, why);
            }
            if let Some(facts) = &mut self.facts.throughput {
                match way {
                    Way::Inbound => facts.inbound = Some(report),
                    _ => facts.outbound = Some(report),
                }
            }
        }
    }
}

/// One direction; what was seen until the connection broke, if it did.
async fn ramp(pair: &mut Pair, plan: RampPlan, way: Way) -> (RampReport, Option<String>) {
    let mut ramp = Ramp::new(plan, Instant::now());
    loop {
        let mut due = Instant::now();
        for _ in 0..SENDS {
            match ramp.poll(Instant::now()) {
                RampOutput::Send { number, size } => {
                    let ok = pair.send(way, number, size) == Sent::Yes;
                    ramp.sent(Instant::now(), ok);
                }
                RampOutput::Wait(until) => {
                    due = until;
                    break;
                }
                RampOutput::Done => return (ramp.report(), None),
            }
        }
        for _ in 0..RECEIVES {
            match pair.hear(due).await {
                Ok(None) => break,
                Ok(Some(heard)) => {
                    if heard.way == way {
                        ramp.handle_input(heard.at, heard.number);
                    }
                    // What else has come is taken, and nothing waited for.
                    due = due.min(heard.at);
                }
                Err(fault) => return (ramp.report(), Some(fault.message)),
            }
        }
    }
}
