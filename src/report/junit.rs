//! Findings as JUnit XML: a suite for each thing examined, a failed case for each finding that fails the run.

use std::io::{self, Write};

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::annotated::{check_of, position};
use super::{Rendered, Screen, printable};
use crate::finding::{FailOn, Finding};
use crate::metric::{Judgement, State};

pub(super) fn render(report: &Rendered, _: Screen, out: &mut dyn Write) -> io::Result<()> {
    let findings = report.findings.as_deref().unwrap_or_default();
    let mut subjects: Vec<&str> = Vec::new();
    let examined = report.subjects.iter().map(String::as_str);
    let unread = report.unread.iter().map(|unread| unread.subject.as_str());
    for subject in examined.chain(findings.iter().map(suite_of)).chain(unread) {
        if !subjects.contains(&subject) {
            subjects.push(subject);
        }
    }
    let mut junit = Report::new("rtcscope");
    for subject in subjects {
        let mut suite = TestSuite::new(if subject.is_empty() { "rtcscope".into() } else { shown(subject) });
        for finding in findings.iter().filter(|finding| suite_of(finding) == subject) {
            suite.add_test_case(case(finding, report.fail_on));
        }
        for unread in report.unread.iter().filter(|unread| unread.subject == subject) {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
            status.set_message(shown(&unread.message)).set_type("not examined");
            let mut case = TestCase::new("not examined", status);
            case.set_classname(report.schema);
            suite.add_test_case(case);
        }
        // Readers take a suite without a case for one that was not run.
        if suite.test_cases.is_empty() {
            let mut passed = TestCase::new("nothing found", TestCaseStatus::success());
            passed.set_classname(report.schema);
            suite.add_test_case(passed);
        }
        junit.add_test_suite(suite);
    }
    if !report.thresholds.is_empty() && !report.finds_limits {
        let mut suite = TestSuite::new("limits");
        suite.add_test_cases(report.thresholds.iter().map(|limit| limited(limit, report.schema)));
        junit.add_test_suite(suite);
    }
    let text = junit.to_string().map_err(io::Error::other)?;
    writeln!(out, "{}", text.trim_end())
}

/// What was examined; of a plan, the check.
fn suite_of(finding: &Finding) -> &str {
    check_of(finding).unwrap_or(&finding.subject)
}

/// A limit is a case that passes, fails, or could not be judged.
fn limited(limit: &Judgement, schema: &str) -> TestCase {
    let of: String = limit.labels.iter().map(|(name, value)| format!(" {name}={}", shown(value))).collect();
    let actual = limit.measured().unwrap_or_else(|| "not measured".to_owned());
    let words = format!("{actual}, {} wanted", limit.wanted());
    let kind = match limit.state() {
        State::Ok => None,
        State::Crossed => Some(NonSuccessKind::Failure),
        State::NotMeasured => Some(NonSuccessKind::Error),
    };
    let status = kind.map_or_else(TestCaseStatus::success, |kind| {
        let mut status = TestCaseStatus::non_success(kind);
        status.set_message(words.clone()).set_type("limit");
        status
    });
    let mut case = TestCase::new(format!("{}{of}", limit.threshold.metric.name), status);
    case.set_classname(schema).set_system_out(words);
    case
}

fn case(finding: &Finding, fail_on: FailOn) -> TestCase {
    let place = position(finding).map(|place| format!(" at {}:{}", place.line, place.column));
    let name = format!("{} {}{}", finding.code, finding.name, place.unwrap_or_default());
    let mut words = shown(&finding.message);
    let subject = shown(&finding.subject);
    match (position(finding), &finding.location) {
        (Some(place), _) => words.push_str(&format!("\n{subject}:{}:{}", place.line, place.column)),
        (None, Some(location)) => words.push_str(&format!("\n{subject}: {}", shown(&location.to_string()))),
        (None, None) => {}
    }
    if !finding.help.is_empty() {
        words.push_str("\nhelp: ");
        words.push_str(&finding.help.lines().map(shown).collect::<Vec<_>>().join("\n"));
    }
    let mut case = match fail_on.fails(finding.severity) {
        true => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_message(shown(&finding.message)).set_type(finding.code).set_description(words);
            TestCase::new(name, status)
        }
        false => {
            let mut case = TestCase::new(name, TestCaseStatus::success());
            case.set_system_out(words);
            case
        }
    };
    case.set_classname(finding.stage);
    case
}

fn shown(text: &str) -> String {
    printable(text).into_owned()
}
