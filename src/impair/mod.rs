//! Seeded damage to a direction of a path: loss, delay, jitter, reordering, copies, a narrow pipe. Pure: it neither sends
//! nor waits, and keeps a log of what it did.

mod flow;
mod link;
mod spec;
mod swing;

pub use flow::{Flow, FlowLog};
pub use link::Link;
pub use spec::{Class, Impairment, SpecError};
