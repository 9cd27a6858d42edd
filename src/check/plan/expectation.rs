//! What a check is expected to find, or not to find.

use serde::Serialize;

use crate::finding::{Rule, registry};

/// A finding that must be made, or must not.
#[derive(Debug, Clone, Copy)]
pub struct Expectation {
    /// Which.
    pub rule: &'static Rule,
    /// Whether it must be made.
    pub must: Must,
}

/// Whether a finding must be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Must {
    /// The check fails without it, and not because of it.
    Appear,
    /// The check fails with it, however mild it is.
    NotAppear,
}

impl Expectation {
    /// Reads the code or the name of a finding; with a `!` before it, it must not be made.
    ///
    /// # Errors
    /// The codes nearest to one that does not exist.
    pub fn from_word(word: &str) -> Result<Self, Vec<&'static str>> {
        let (must, code) = match word.strip_prefix('!') {
            Some(code) => (Must::NotAppear, code.trim()),
            None => (Must::Appear, word),
        };
        registry::called(code).map(|rule| Self { rule, must }).ok_or_else(|| registry::nearest(code))
    }

    /// As it is written.
    pub fn word(&self) -> String {
        match self.must {
            Must::Appear => self.rule.code.to_owned(),
            Must::NotAppear => format!("!{}", self.rule.code),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_is_named_by_code_or_name_in_any_case() {
        for word in ["REST_EXPIRED", "rest_expired", registry::rule("REST_EXPIRED").unwrap().name] {
            let read = Expectation::from_word(word).unwrap();
            assert_eq!((read.rule.code, read.must), ("REST_EXPIRED", Must::Appear), "{word}");
        }
        assert_eq!(Expectation::from_word("!QUOTA").unwrap().must, Must::NotAppear);
    }

    #[test]
    fn what_is_no_finding_is_told_with_what_was_meant() {
        assert_eq!(Expectation::from_word("REST_EXPIERD").unwrap_err()[0], "REST_EXPIRED");
        assert_eq!(Expectation::from_word("!one-way-meida").unwrap_err(), ["ONE_WAY_MEDIA"]);
        assert_eq!(Expectation::from_word("!banana").unwrap_err(), [""; 0]);
    }
}
