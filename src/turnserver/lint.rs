//! Runs the rules over a configuration, and keeps what they find.

use serde::Serialize;

use super::Conf;
use super::conf::Auth;
use super::rules;
use super::syntax::{Line, Span};
use crate::finding::{Finding, Location, Rule};

/// The stage of every finding of this domain.
const STAGE: &str = "config";

/// What is wrong with one file, for JSON and for the text.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct Report {
    /// The file, as the user named it.
    pub path: String,
    /// How clients are let in: `none`, `long-term` or `shared-secret`.
    pub auth: &'static str,
    /// The names of the options in it, in order; no values.
    pub options: Vec<String>,
    /// The options that name a database elsewhere, and their lines.
    #[serde(skip)]
    pub databases: Vec<(String, usize)>,
    /// What is to be said of it, by line.
    pub findings: Vec<Finding>,
}

/// What the rules found so far.
#[derive(Debug)]
pub struct Findings<'a> {
    conf: &'a Conf,
    path: &'a str,
    found: Vec<Finding>,
}

impl Report {
    /// Has every rule look at the configuration.
    pub fn new(conf: &Conf, path: &str) -> Self {
        let mut findings = Findings { conf, path, found: Vec::new() };
        for check in rules::CHECKS {
            (check.check)(conf, &mut findings);
        }
        findings.found.sort_by_key(|finding| match &finding.location {
            Some(Location::Text { line, column, .. }) => (*line, *column),
            // What is missing has no line; it comes last.
            _ => (usize::MAX, 0),
        });
        let auth = match conf.auth() {
            Auth::Nobody => "none",
            Auth::LongTerm => "long-term",
            Auth::SharedSecret => "shared-secret",
        };
        let options = conf.known().map(|(_, _, option)| option.name.to_owned()).collect();
        let databases = conf.known().filter(|(_, _, option)| option.name.ends_with("-userdb"));
        let databases = databases.map(|(line, _, option)| (option.name.to_owned(), line.number)).collect();
        Self { path: path.to_owned(), auth, options, databases, findings: findings.found }
    }
}

impl Findings<'_> {
    /// Adds what `adjust` makes of a finding of this rule at `span` of `line`.
    pub fn at(
        &mut self,
        rule: &'static Rule,
        line: &Line,
        span: &Span,
        adjust: impl FnOnce(Finding) -> Finding,
    ) {
        let start = span.start.clamp(line.span.start, line.span.end);
        let end = span.end.clamp(start, line.span.end);
        let characters = |span: Span| self.conf.text(&span).chars().count();
        let location = Location::Text {
            line: line.number,
            column: characters(line.span.start..start) + 1,
            length: characters(start..end),
            m_line: None,
            excerpt: self.conf.excerpt(line, &(start..end)),
        };
        self.found.push(adjust(rule.finding(STAGE, self.path)).at(location));
    }

    /// Adds a finding about what is not in the file.
    pub fn absent(&mut self, rule: &'static Rule, adjust: impl FnOnce(Finding) -> Finding) {
        self.found.push(adjust(rule.finding(STAGE, self.path)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_characters_and_findings_come_by_line() {
        let report = Report::new(&Conf::from_text("# é\nrealm=Größe # x\nfoo-bar=1\n"), "x.conf");
        let places: Vec<_> = report
            .findings
            .iter()
            .filter_map(|finding| match finding.location {
                Some(Location::Text { line, column, length, .. }) => {
                    Some((finding.code, line, column, length))
                }
                _ => None,
            })
            .collect();
        assert_eq!(places, [("CONF104", 2, 13, 3), ("CONF102", 3, 1, 7)]);
        assert!(report.findings.last().is_some_and(|finding| finding.location.is_none()));
        assert_eq!(report.options, ["realm"]);
    }
}
