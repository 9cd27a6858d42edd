//! What a plan adds to the findings of the commands: limits and expectations that were not met.

use crate::finding::{Rule, Severity};

macro_rules! rule {
    ($name:ident, $code:literal, $kebab:literal, $summary:literal, $refs:expr) => {
        pub(super) static $name: Rule = Rule {
            code: $code,
            name: $kebab,
            severity: Severity::Error,
            summary: $summary,
            explain: include_str!(concat!("explain/", $code, ".md")),
            refs: $refs,
            since: "0.1.0",
        };
    };
}

rule!(CHECK_FAILED, "CHECK_FAILED", "check-failed", "the check did not succeed", &["rtcscope.toml"]);
rule!(
    EXPECTED_MISSING,
    "EXPECTED_MISSING",
    "expected-finding-missing",
    "a finding that the plan expects was not made",
    &["rtcscope.toml `expect`"]
);
rule!(
    LIMIT_CROSSED,
    "LIMIT_CROSSED",
    "figure-beyond-limit",
    "a figure is beyond the limit that the plan sets",
    &["rtcscope.toml `max`, `min`"]
);
rule!(
    RULED_OUT_FOUND,
    "RULED_OUT_FOUND",
    "ruled-out-finding-made",
    "a finding was made that the plan rules out",
    &["rtcscope.toml `expect`"]
);

/// All of them, sorted by code.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    [&CHECK_FAILED, &EXPECTED_MISSING, &LIMIT_CROSSED, &RULED_OUT_FOUND].into_iter()
}
