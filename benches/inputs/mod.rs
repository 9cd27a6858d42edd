//! What benches and counts of instructions share: inputs such as there are in the field, and the work that is measured.
//! Each program uses a part of it.
#![allow(dead_code, reason = "each bench has its part of it")]
#![allow(clippy::disallowed_methods, reason = "time in a made-up call begins at some moment")]

pub(crate) mod call;
pub(crate) mod capture;
pub(crate) mod description;
pub(crate) mod packet;

use std::time::Duration;

use criterion::Criterion;

/// As the command line has it; two seconds of each bench, as there are many.
pub(crate) fn criterion() -> Criterion {
    let settings = Criterion::default().warm_up_time(Duration::from_millis(500));
    settings.measurement_time(Duration::from_secs(2)).sample_size(50).configure_from_args()
}
