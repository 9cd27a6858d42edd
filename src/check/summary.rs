//! All checks of a run: `check/1`.

use serde::Serialize;
use serde_json::Value;

use super::outcome::Outcome;
use crate::finding::{Exit, Finding, Severity, Verdict};
use crate::metric::{COMMAND, Judgement, KnownMetric, Metric, Unit};
use crate::report::{Align, Block, Cell, Document, Picture, Report, Rows, Table, Tone, Unread};

/// What came of a plan.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct Summary {
    /// The file; `None` for what is built in.
    pub plan: Option<String>,
    /// In a word.
    pub verdict: Verdict,
    /// What the process exits with.
    pub exit: Exit,
    /// The whole run.
    pub took_ms: f64,
    /// The user stopped it.
    pub interrupted: bool,
    /// In the order of the plan.
    pub checks: Vec<Outcome>,
    /// Of all checks, as they count; the evidence of each says of which check it is.
    pub findings: Vec<Finding>,
    /// What could not be looked at; absent if there is nothing.
    #[serde(rename = "errors", skip_serializing_if = "Vec::is_empty")]
    pub unread: Vec<Unread>,
    #[serde(skip)]
    verbosity: u8,
}

const COLUMNS: &[&str] =
    &["name", "kind", "subject", "verdict", "severity", "attempts", "took_ms", "codes", "said"];

impl Summary {
    /// Of checks that were run, or not.
    pub fn new(
        plan: Option<String>,
        checks: Vec<Outcome>,
        took_ms: f64,
        interrupted: bool,
        verbosity: u8,
    ) -> Self {
        let mut exit = checks.iter().fold(Exit::Healthy, |exit, check| exit.and(check.exit));
        if interrupted {
            exit = exit.and(Exit::Interrupted);
        }
        let counted = checks.iter().map(|check| match check.severity {
            Severity::Error => check.verdict,
            // It is told, and does not fail the whole.
            _ => check.verdict.min(Verdict::Warn),
        });
        let verdict = counted.max().unwrap_or(Verdict::Pass);
        let findings = checks.iter().flat_map(|check| check.findings.iter().cloned()).collect();
        let unread = checks.iter().flat_map(|check| check.unread.iter().cloned()).collect();
        Self { plan, verdict, exit, took_ms, interrupted, checks, findings, unread, verbosity }
    }

    fn verdict_line(&self) -> Cell {
        let of = |verdict| self.checks.iter().filter(move |check| check.verdict == verdict);
        let all = self.checks.len();
        let names =
            |verdict| of(verdict).map(|check| check.name.as_str()).take(5).collect::<Vec<_>>().join(", ");
        let many = |count: usize| if count == 1 { "1 check".to_owned() } else { format!("{count} checks") };
        let time = format!("{:.1} s", self.took_ms / 1e3);
        let counted = |verdict, word: &str| {
            let count = of(verdict).count();
            let dots = if count > 5 { ", …" } else { "" };
            (count > 0).then(|| format!("{count} of {} {word}: {}{dots}", many(all), names(verdict)))
        };
        let bad = [counted(Verdict::Fail, "failed"), counted(Verdict::Inconclusive, "could not be told")];
        let bad: Vec<String> = bad.into_iter().flatten().collect();
        let warned = of(Verdict::Warn).count();
        let text = match (bad.is_empty(), warned) {
            (false, _) => format!("{}, in {time}", bad.join("; ")),
            (true, 0) => format!("{} passed, in {time}", many(all)),
            (true, _) => {
                format!("{} passed, {warned} with warnings: {}, in {time}", many(all), names(Verdict::Warn))
            }
        };
        Cell::new(text, self.verdict.into())
    }

    fn table(&self) -> Table {
        let columns = vec![
            ("check", Align::Left),
            ("kind", Align::Left),
            ("result", Align::Left),
            ("ms", Align::Right),
            ("says", Align::Left),
        ];
        let row = |check: &Outcome| {
            let tries = match check.attempts {
                0 | 1 => String::new(),
                tries => format!(", at try {tries}"),
            };
            vec![
                check.name.clone().into(),
                check.kind.name().into(),
                Cell::new(check.verdict.word(), check.verdict.into()),
                check.took_ms.map(|ms| format!("{ms:.0}")).unwrap_or_default().into(),
                format!("{}{tries}", check.said).into(),
            ]
        };
        Table { columns, rows: self.checks.iter().map(row).collect() }
    }

    /// What there is to say of one check beyond its line.
    fn section(&self, check: &Outcome) -> Vec<Block> {
        let mut blocks = Vec::new();
        if self.verbosity > 0 {
            blocks.extend(check.document.blocks.iter().cloned());
        }
        let is_own = |finding: &&Finding| self.verbosity == 0 || finding.stage == "check";
        let findings = check.findings.iter().filter(|finding| finding.severity > Severity::Info);
        let mut findings: Vec<Finding> = findings.filter(is_own).cloned().collect();
        // The heading says it.
        findings.iter_mut().for_each(|finding| drop(finding.evidence.shift_remove("check")));
        for unread in &check.unread {
            blocks.push(Block::Paragraph(Cell::new(format!("Not examined: {}", unread.message), Tone::Warn)));
            blocks.extend(
                unread.hints.iter().map(|hint| Block::Paragraph(Cell::new(hint.clone(), Tone::Plain))),
            );
        }
        if !findings.is_empty() {
            blocks.push(Block::Findings(findings));
        }
        if !blocks.is_empty() {
            blocks.insert(0, Block::Heading(format!("{}: {}", check.name, check.subject)));
        }
        blocks
    }
}

impl Report for Summary {
    const SCHEMA: &'static str = "check/1";

    fn document(&self) -> Document {
        let mut blocks = vec![Block::Verdict(self.verdict_line()), Block::Table(self.table())];
        blocks.extend(self.checks.iter().flat_map(|check| self.section(check)));
        Document { blocks }
    }

    /// A line a check, and one of all the rest.
    fn lines(&self, whole: &Value) -> Vec<Value> {
        let mut rest = whole.clone();
        let checks = rest.as_object_mut().and_then(|fields| fields.shift_remove("checks"));
        let record = |kind: &str, mut value: Value| {
            if let Some(fields) = value.as_object_mut() {
                fields.shift_insert(0, "record".to_owned(), kind.into());
            }
            value
        };
        let checks = checks.and_then(|checks| checks.as_array().cloned()).unwrap_or_default();
        let checks = checks.into_iter().map(|check| record("check", check));
        checks.chain([record("summary", rest.clone())]).collect()
    }

    fn rows(&self, whole: &Value) -> Option<Rows> {
        let objects = whole["checks"].as_array().cloned().unwrap_or_default();
        Some(Rows { columns: COLUMNS, objects })
    }

    fn metrics(&self) -> Vec<Metric> {
        self.checks.iter().flat_map(metrics).collect()
    }

    fn findings(&self) -> Option<&[Finding]> {
        Some(&self.findings)
    }

    fn subjects(&self) -> Vec<String> {
        self.checks.iter().map(|check| check.name.clone()).collect()
    }

    fn unread(&self) -> Vec<Unread> {
        self.unread.clone()
    }

    fn thresholds(&self) -> Vec<Judgement> {
        self.checks.iter().flat_map(|check| check.thresholds.iter().cloned()).collect()
    }

    fn finds_limits(&self) -> bool {
        true
    }

    fn pictures(&self) -> Vec<Picture> {
        self.checks.iter().flat_map(|check| check.pictures.iter().cloned()).collect()
    }

    fn exit(&self) -> Exit {
        self.exit
    }
}

/// What one check comes to in numbers. What its command measured has the command as a label, besides the check.
pub fn metrics(check: &Outcome) -> Vec<Metric> {
    let labels = vec![("check", check.name.clone()), ("kind", check.kind.name().to_owned())];
    let is = |is: bool| Some(f64::from(u8::from(is)));
    let mut metrics = vec![
        // What cannot be told is not healthy.
        HEALTHY.metric(is(!check.is_bad()), labels.clone()),
        INCONCLUSIVE.metric(is(check.verdict == Verdict::Inconclusive), labels.clone()),
        ATTEMPTS.metric(Some(f64::from(check.attempts)), labels.clone()),
        DURATION.metric(check.took_ms, labels.clone()),
    ];
    for (severity, name) in
        [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Info, "info")]
    {
        let count = check.findings.iter().filter(|finding| finding.severity == severity).count();
        let mut labels = labels.clone();
        labels.push(("severity", name.to_owned()));
        metrics.push(FOUND.metric(Some(count as f64), labels));
    }
    let command = check.kind.command().first().copied().unwrap_or_default();
    metrics.extend(check.metrics.iter().map(|metric| {
        let mut own = vec![(COMMAND, command.to_owned()), ("check", check.name.clone())];
        own.extend(metric.labels.iter().cloned());
        Metric { labels: own, ..metric.clone() }
    }));
    metrics
}

const fn known(name: &'static str, unit: Unit, about: &'static str) -> KnownMetric {
    KnownMetric { name, unit, about }
}

const HEALTHY: KnownMetric =
    known("healthy", Unit::Count, "Whether the check is as the plan wants it: 1 or 0");
const INCONCLUSIVE: KnownMetric =
    known("inconclusive", Unit::Count, "Whether the check could not be told: 1 or 0");
const ATTEMPTS: KnownMetric = known("attempts", Unit::Count, "How often the check was tried");
const DURATION: KnownMetric = known("duration", Unit::Milliseconds, "How long all tries took");
const FOUND: KnownMetric = known("findings.of", Unit::Count, "Findings of the check of this severity");
