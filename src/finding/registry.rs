//! Every rule of every domain, for `rtcscope explain`, the man page and the tests.

use super::Rule;
use crate::spelling;

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

/// The rule with this code or name, upper or lower case.
pub fn called(word: &str) -> Option<&'static Rule> {
    rule(word).or_else(|| rules().find(|rule| rule.name.eq_ignore_ascii_case(word)))
}

/// The codes of the rules whose code or name is nearest to a word that is none.
pub fn nearest(word: &str) -> Vec<&'static str> {
    let near = spelling::nearest(word, rules().flat_map(|rule| [rule.code, rule.name]));
    let mut codes: Vec<&'static str> = Vec::new();
    for rule in near.into_iter().filter_map(called) {
        if !codes.contains(&rule.code) {
            codes.push(rule.code);
        }
    }
    codes
}
