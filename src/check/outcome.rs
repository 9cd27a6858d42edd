//! One check: what its command found, held against what the plan says of it.

use serde::Serialize;
use serde_json::Value;

use super::plan::{Entry, Expectation, Kind, Must};
use super::{lasting, rules};
use crate::call;
use crate::finding::{Exit, FailOn, Finding, Severity, Verdict};
use crate::metric::{Bound, Judgement, Metric, State};
use crate::report::{Block, Cell, Document, Picture, Rendered, Unread};

/// What came of running the command of a check once.
#[derive(Debug, Clone)]
pub enum Attempt {
    /// It looked.
    Looked(Box<Looked>),
    /// It could not look, and why.
    NotLooked(Unread),
}

/// What a command found; nothing fails by `--fail-on` there, which is for the plan to say.
#[derive(Debug, Clone)]
pub struct Looked {
    /// Its report.
    pub result: Rendered,
    /// Its figures.
    pub metrics: Vec<Metric>,
}

/// One check.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct Outcome {
    /// What the plan calls the check.
    pub name: String,
    /// The command that it stands for.
    pub kind: Kind,
    /// What was looked at.
    pub subject: String,
    /// In a word.
    pub verdict: Verdict,
    /// In a sentence.
    pub said: String,
    /// How grave it is when it fails.
    pub severity: Severity,
    /// How often it was tried.
    pub attempts: u32,
    /// All of them together.
    pub took_ms: Option<f64>,
    /// The codes of its findings, each once.
    pub codes: Vec<&'static str>,
    /// What was expected.
    pub expectations: Vec<Met>,
    /// How the limits came out.
    pub thresholds: Vec<Judgement>,
    /// What the command says by itself; only of checks that did not pass, unless all is asked for.
    pub result: Option<Value>,
    /// What it means for the run.
    #[serde(skip)]
    pub exit: Exit,
    /// The findings as they count here.
    #[serde(skip)]
    pub findings: Vec<Finding>,
    /// What could not be looked at.
    #[serde(skip)]
    pub unread: Vec<Unread>,
    /// Its figures.
    #[serde(skip)]
    pub metrics: Vec<Metric>,
    /// What the command shows to people.
    #[serde(skip)]
    pub document: Document,
    /// What it draws.
    #[serde(skip)]
    pub pictures: Vec<Picture>,
}

/// An expectation, and whether it was met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Met {
    /// The code of the finding.
    pub finding: &'static str,
    /// Whether it must be made.
    pub must: Must,
    /// Whether it is as it must be; `None` where nothing was looked at.
    pub met: Option<bool>,
}

impl Outcome {
    /// Judges what a command found.
    pub fn of(entry: &Entry, attempt: Attempt, fail_on: FailOn) -> Self {
        let mut outcome = Self {
            name: entry.name.clone(),
            kind: entry.kind,
            subject: entry.subject(),
            verdict: Verdict::Pass,
            said: String::new(),
            severity: entry.severity,
            attempts: 1,
            took_ms: None,
            codes: Vec::new(),
            expectations: Vec::new(),
            thresholds: Vec::new(),
            result: None,
            exit: Exit::Healthy,
            findings: Vec::new(),
            unread: Vec::new(),
            metrics: Vec::new(),
            document: Document::default(),
            pictures: Vec::new(),
        };
        match attempt {
            Attempt::Looked(looked) => outcome.take(entry, *looked, fail_on),
            Attempt::NotLooked(unread) => {
                outcome.said.clone_from(&unread.message);
                outcome.expectations = entry.expect.iter().map(|expected| met(expected, None)).collect();
                outcome.unread.push(Unread { subject: entry.name.clone(), ..unread });
                outcome.conclude(Exit::CouldNotTell, fail_on);
            }
        }
        outcome
    }

    /// A check that was not run, and why.
    pub fn not_run(entry: &Entry, why: &str, fail_on: FailOn) -> Self {
        let mut outcome = Self::of(entry, Attempt::NotLooked(Unread::new(&entry.name, why)), fail_on);
        outcome.attempts = 0;
        outcome
    }

    /// Without what nobody will look at: all that a check says which passed, unless `-v` asks for it.
    #[must_use]
    pub fn slim(mut self, verbosity: u8) -> Self {
        if verbosity == 0 {
            self.document = Document::default();
            if self.verdict == Verdict::Pass {
                self.pictures.clear();
            }
            self.result = self.result.filter(|_| self.verdict != Verdict::Pass);
        }
        self
    }

    /// Whether another try could come out better.
    pub fn is_bad(&self) -> bool {
        matches!(self.verdict, Verdict::Fail | Verdict::Inconclusive)
    }

    /// Whether it was refused for what others of this run may have taken.
    pub fn is_crowded(&self) -> bool {
        self.codes.iter().any(|code| ["CAPACITY", "QUOTA"].contains(code))
    }

    fn take(&mut self, entry: &Entry, looked: Looked, fail_on: FailOn) {
        let Looked { result, mut metrics } = looked;
        self.said = said(&result.document);
        self.thresholds = entry.limits.iter().flat_map(|limit| limit.judge(&metrics)).collect();
        let mut found = result.findings.unwrap_or_default();
        if entry.has("embedded") {
            lasting::name(&mut metrics, &mut found);
        }
        for finding in &found {
            if !self.codes.contains(&finding.code) {
                self.codes.push(finding.code);
            }
        }
        for expected in &entry.expect {
            let is_there = self.codes.contains(&expected.rule.code);
            self.expectations.push(met(expected, Some(is_there == (expected.must == Must::Appear))));
        }
        let is_expected = |finding: &Finding| {
            entry.expect.iter().any(|one| one.must == Must::Appear && one.rule.code == finding.code)
        };
        let mut findings: Vec<Finding> = Vec::new();
        for finding in found {
            let expected = is_expected(&finding);
            let severity = if expected { Severity::Info } else { finding.severity.min(entry.severity) };
            let finding = finding.severity(severity);
            findings.push(if expected { finding.evidence("expected", true) } else { finding });
        }
        let own = self.unmet(entry).chain(self.crossed(entry)).collect::<Vec<_>>();
        // A call's own exit is that of its finding, which the plan may expect.
        let is_explained = !own.is_empty() || self.codes.contains(&call::rules::CALL_FAILED.code);
        findings.extend(own);
        if result.exit == Exit::Failed && !is_explained {
            findings.push(rules::CHECK_FAILED.finding("check", &entry.name).message(self.said.clone()));
        }
        for finding in &mut findings {
            finding.severity = finding.severity.min(entry.severity);
            finding.evidence.insert("check".to_owned(), entry.name.as_str().into());
        }
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        self.findings = findings;
        for finding in &self.findings {
            if !self.codes.contains(&finding.code) {
                self.codes.push(finding.code);
            }
        }
        self.unread = result.unread;
        self.unread.iter_mut().for_each(|unread| {
            if !unread.subject.is_empty() {
                unread.message = format!("{}: {}", unread.subject, unread.message);
            }
            unread.subject.clone_from(&entry.name);
        });
        self.metrics = metrics;
        self.document = result.document;
        self.pictures = result.pictures.into_iter().map(|picture| picture.of(&entry.name)).collect();
        if let Value::Object(mut fields) = result.json {
            fields.shift_insert(0, "schema".to_owned(), result.schema.into());
            self.result = Some(Value::Object(fields));
        }
        self.conclude(result.exit, fail_on);
    }

    /// From the findings, and from what the command's own exit says beyond them.
    fn conclude(&mut self, own: Exit, fail_on: FailOn) {
        self.exit = fail_on.exit(&self.findings);
        let is_grave = self.severity == Severity::Error && fail_on != FailOn::Never;
        match own {
            Exit::Interrupted => self.exit = self.exit.and(own),
            Exit::CouldNotTell if is_grave => self.exit = self.exit.and(own),
            _ => {}
        }
        let worst = self.findings.first().map(|finding| finding.severity);
        self.verdict = match (worst, own) {
            (Some(Severity::Error), _) => Verdict::Fail,
            _ if self.exit == Exit::Failed => Verdict::Fail,
            (_, Exit::CouldNotTell | Exit::Interrupted) => Verdict::Inconclusive,
            (Some(Severity::Warning), _) => Verdict::Warn,
            _ => Verdict::Pass,
        };
        let first = self.findings.first().filter(|finding| finding.severity > Severity::Info);
        if let Some(finding) = first {
            self.said = match finding.code == rules::CHECK_FAILED.code {
                true => finding.message.clone(),
                false => format!("{} ({})", finding.message, finding.code),
            };
        } else if self.expectations.iter().any(|met| met.must == Must::Appear && met.met == Some(true)) {
            let codes = self.expectations.iter().filter(|met| met.must == Must::Appear);
            let codes: Vec<&str> = codes.map(|met| met.finding).collect();
            self.said = format!("found what was expected: {}", codes.join(", "));
        }
    }

    fn unmet(&self, entry: &Entry) -> impl Iterator<Item = Finding> {
        self.expectations.iter().filter(|met| met.met == Some(false)).map(|met| {
            let code = met.finding;
            let (rule, message, help) = match met.must {
                Must::Appear => (
                    &rules::EXPECTED_MISSING,
                    format!("{code} was expected and not found"),
                    format!("take {code} out of `expect` if what it tells is mended"),
                ),
                Must::NotAppear => (
                    &rules::RULED_OUT_FOUND,
                    format!("{code} was found, which the plan rules out"),
                    String::new(),
                ),
            };
            rule.finding("check", &entry.name).message(message).evidence("finding", code).help(help)
        })
    }

    fn crossed(&self, entry: &Entry) -> impl Iterator<Item = Finding> {
        self.thresholds.iter().filter(|judgement| judgement.state() == State::Crossed).map(|judgement| {
            let metric = judgement.threshold.metric;
            let (unit, suffix) = (metric.unit.symbol(), metric.unit.suffix());
            let actual = judgement.actual.unwrap_or_default();
            let (word, limit) = match judgement.threshold.bound {
                Bound::Max => ("above", judgement.threshold.limit),
                Bound::Min => ("below", judgement.threshold.limit),
            };
            let of: Vec<&str> = judgement.labels.iter().map(|(_, value)| value.as_str()).collect();
            let of = if of.is_empty() { String::new() } else { format!(" ({})", of.join(" ")) };
            let rounded = (actual * 1000.0).round() / 1000.0;
            rules::LIMIT_CROSSED
                .finding("check", &entry.name)
                .message(format!("{} is {rounded}{unit}, {word} the limit of {limit}{unit}{of}", metric.name))
                .evidence("metric", metric.name)
                .evidence(&format!("actual{suffix}"), actual)
                .evidence(&format!("limit{suffix}"), limit)
        })
    }
}

fn met(expected: &Expectation, met: Option<bool>) -> Met {
    Met { finding: expected.rule.code, must: expected.must, met }
}

/// The verdict that a command gives in one sentence.
fn said(document: &Document) -> String {
    let verdict = document.blocks.iter().find_map(|block| match block {
        Block::Verdict(Cell { text, .. }) => Some(text.clone()),
        _ => None,
    });
    verdict.unwrap_or_default()
}
