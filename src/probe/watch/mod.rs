//! `--watch`: rounds over endpoints that are kept, what changed from one to the next, and what the whole was like.
//!
//! [`Round`] is what a round saw; [`Watch`] judges it, tells what changed, and keeps the figures in bounded memory.
//! The rounds themselves are `io::probe::watch`.

mod change;
mod figures;
mod metrics;
mod opening;
mod pictures;
mod round;
mod series;
mod standing;
mod summary;
mod text;
mod tracker;

#[cfg(test)]
mod tests;

pub use change::Change;
pub use opening::Opening;
pub use round::{Allocation, PathCount, Round, Seen};
pub use standing::Standing;
pub use summary::WatchSummary;
pub use tracker::{Ended, RoundReport, Watch, watched};
