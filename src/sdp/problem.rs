//! A value that cannot be read: where, what stands there, what should.

use crate::sdp::text::{Span, Word};

/// What stands in the way of reading one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The bytes at fault; empty where something is missing.
    pub span: Span,
    /// What was wanted there.
    pub expected: &'static str,
    /// What stands there instead, shortened.
    pub found: String,
}

/// Characters of what was found; more does not help.
const MOST: usize = 40;

impl Problem {
    /// `expected` was wanted in place of `found`.
    pub fn expected(expected: &'static str, found: Word<'_>) -> Self {
        let mut text: String = found.value.chars().take(MOST).collect();
        if text.len() < found.value.len() {
            text.push('…');
        }
        Self { span: found.span, expected, found: text }
    }

    /// The same without what was found, where that is secret.
    #[must_use]
    pub fn hidden(mut self) -> Self {
        self.found.clear();
        self
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.span.is_empty(), self.found.is_empty()) {
            (true, _) => write!(f, "{} is missing", self.expected),
            (_, true) => write!(f, "this is not {}", self.expected),
            _ => write!(f, "`{}` is not {}", self.found, self.expected),
        }
    }
}
