//! `--max METRIC=VALUE`.

/// Placeholder type list; written next.
#[derive(Debug)]
pub struct Threshold;
/// One metric over its limit.
#[derive(Debug)]
pub struct Crossing;
/// Why a `--max` value was refused.
#[derive(Debug)]
pub struct ThresholdError;
