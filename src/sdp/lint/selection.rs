//! `--select` and `--ignore`: which rules are asked.

use super::{LintRule, rules};
use crate::spelling;

/// Which rules are asked: by code, name, or the beginning of a code (`SDP5`).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Selection {
    /// Empty for all.
    select: Vec<String>,
    ignore: Vec<String>,
}

/// No rule is called like that.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no rule has the code or name `{word}`")]
pub struct UnknownRule {
    /// What was written.
    pub word: String,
    /// What may have been meant.
    pub near: Vec<&'static str>,
}

impl Selection {
    /// All rules.
    pub fn all() -> Self {
        Self::default()
    }

    /// Those of `select`, or all of them if it is empty, but none of `ignore`.
    pub fn from_words(select: &[String], ignore: &[String]) -> Result<Self, UnknownRule> {
        for word in select.iter().chain(ignore) {
            if !rules().any(|rule| rule.is_called(word)) {
                return Err(UnknownRule::of(word));
            }
        }
        Ok(Self { select: select.to_vec(), ignore: ignore.to_vec() })
    }

    /// Whether this rule is asked.
    pub fn has(&self, rule: &LintRule) -> bool {
        let called = |words: &[String]| words.iter().any(|word| rule.is_called(word));
        (self.select.is_empty() || called(&self.select)) && !called(&self.ignore)
    }
}

impl LintRule {
    /// Whether `word` is its code, the beginning of that, or its name.
    pub fn is_called(&self, word: &str) -> bool {
        let begins = self.rule.code.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word));
        (begins && !word.is_empty()) || self.rule.name.eq_ignore_ascii_case(word)
    }
}

impl UnknownRule {
    fn of(word: &str) -> Self {
        let known = rules().flat_map(|rule| [rule.rule.code, rule.rule.name]);
        Self { word: word.to_owned(), near: spelling::nearest(word, known) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(select: &[&str], ignore: &[&str]) -> Result<Vec<&'static str>, UnknownRule> {
        let words = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>();
        let selection = Selection::from_words(&words(select), &words(ignore))?;
        Ok(rules().filter(|rule| selection.has(rule)).map(|rule| rule.rule.code).collect())
    }

    #[test]
    fn a_code_a_name_and_a_prefix_select() {
        assert_eq!(chosen(&["sdp101", "mline-syntax"], &[]).unwrap(), ["SDP101", "SDP107"]);
        let syntax = chosen(&["SDP1"], &["SDP101"]).unwrap();
        assert!(syntax.contains(&"SDP107") && !syntax.contains(&"SDP101"), "{syntax:?}");
        assert_eq!(chosen(&[], &[]).unwrap().len(), rules().count());
    }

    #[test]
    fn an_unknown_word_is_refused_with_a_guess() {
        let error = chosen(&["mline-sintax"], &[]).unwrap_err();
        assert_eq!(error.near.first(), Some(&"mline-syntax"));
        assert!(chosen(&[], &[""]).is_err());
    }
}
