//! The measuring core: what packets and their times say about a path. Pure; times come in.

mod distribution;
mod flow;
mod jitter;
mod largest;
mod ramp;
mod rolling;
mod rows;
mod sequence;

pub use distribution::{Distribution, milliseconds};
pub use flow::{Flow, FlowId, FlowOutput, FlowReport, Pace, Packet, RunId};
pub use jitter::Jitter;
pub use largest::{Fate, Largest};
pub use ramp::{Ramp, RampOutput, RampPlan, RampReport, RampStep};
pub use rolling::Rolling;
pub use rows::{Join, Mean, Rows};
pub use sequence::Arrivals;
