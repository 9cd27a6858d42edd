//! `check`: what a plan wants of servers, calls, descriptions and captures, and whether it holds.
//!
//! Runs nothing: the commands look, and this says what their findings and figures mean for the plan.

mod exporter;
mod lasting;
mod listing;
mod outcome;
pub mod plan;
pub mod rules;
mod summary;

pub use exporter::Refusal;
pub use listing::{Listed, Listing};
pub use outcome::{Attempt, Looked, Met, Outcome};
pub use plan::{Entry, Kind, Plan, PlanError};
pub use summary::{Summary, metrics};
