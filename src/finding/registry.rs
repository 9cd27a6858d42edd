//! Every rule of every domain, for `rtcscope explain`, the man page and the tests.

use super::Rule;

/// All rules, sorted by code within each domain.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    let lint = crate::sdp::lint::rules().map(|lint| &lint.rule);
    crate::probe::codes::RULES
        .iter()
        .copied()
        .chain(crate::turnserver::rules::all())
        .chain(crate::analyze::rules::all())
        .chain(crate::check::rules::all())
        .chain(lint)
}

/// The rule with this code, upper or lower case.
pub fn rule(code: &str) -> Option<&'static Rule> {
    rules().find(|rule| rule.code.eq_ignore_ascii_case(code))
}
