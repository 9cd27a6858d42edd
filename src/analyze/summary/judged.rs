//! What a summary is held against, and what comes of it.

use std::collections::BTreeMap;

use super::Summary;
use crate::analyze::limits::Limits;
use crate::analyze::rules::{self, Index, Seen};
use crate::analyze::side::Side;
use crate::analyze::{Analysis, Window};
use crate::finding::{FailOn, Finding, Location, Severity, Verdict};
use crate::metric::{Bound, Judgement, State, Threshold};
use crate::report::{Align, Block, Cell, Table, Tone};

/// Findings of one code that the text shows, the gravest and earliest, and how many more it names.
const MOST_OF_A_CODE: usize = 4;
const MOST_NAMES: usize = 12;
/// What only a whole capture can tell: that something did not come.
const OF_THE_WHOLE: [&str; 3] = ["NO_MEDIA", "ONE_WAY_MEDIA", "SSRC_CHANGED"];

/// What a capture is held against.
#[derive(Debug, Clone, Default)]
pub struct Judge {
    /// `--fail-on`.
    pub fail_on: FailOn,
    /// `--limit`, `--max` and `--min`: from when on something is a finding.
    pub limits: Limits,
    /// `--max` and `--min`: what must have been measured as well.
    pub thresholds: Vec<Threshold>,
    /// `--side`.
    pub side: Option<Side>,
}

impl Summary {
    pub(super) fn judge(&mut self, analysis: &Analysis, judge: &Judge) {
        let index = Index::new(&self.streams, &self.reports, &self.transport);
        let seen = Seen {
            index: &index,
            captures: &self.captures,
            duration_s: self.duration_s,
            clock_steps: self.clock_steps,
            streams: &self.streams,
            reports: &self.reports,
            transport: &self.transport,
            media: &self.media,
            sync: &self.sync,
            decryption: self.decryption,
            calls: &self.sip_calls,
            payloads: analysis.payloads(),
            limits: &self.limits,
            sides: &self.side,
        };
        let (findings, metrics) = (rules::findings(&seen), rules::metrics(&seen));
        self.thresholds = judge.thresholds.iter().flat_map(|threshold| threshold.judge(&metrics)).collect();
        // What is too short to be judged is not healthy either.
        let short = !self.streams.is_empty() && !seen.is_rated();
        self.is_empty = short || (self.streams.is_empty() && self.transport.pairs.is_empty());
        (self.findings, self.metrics) = (findings, metrics);
        self.conclude();
    }

    /// Exit code and verdict, from what was found.
    fn conclude(&mut self) {
        let found = self.fail_on.exit(&self.findings);
        self.exit = self.thresholds.iter().fold(found, |exit, judgement| exit.and(judgement.exit()));
        let worst = self.findings.first().map(|finding| finding.severity);
        self.verdict = match Verdict::of(self.exit, worst) {
            Verdict::Pass if self.is_empty => Verdict::Inconclusive,
            verdict => verdict,
        };
    }

    /// Leaves out what is about streams that are not shown, and what a part of a capture cannot tell.
    pub(super) fn judge_what_is_left(&mut self, window: Window) {
        let is_left = |id: &str| self.streams.iter().any(|stream| stream.id == id);
        self.findings.retain(|finding| match &finding.location {
            Some(Location::Packets { stream: Some(stream), .. }) => is_left(stream),
            _ => window.is_whole() || !OF_THE_WHOLE.contains(&finding.code),
        });
        self.thresholds.retain(|judgement| {
            let mut labels = judgement.labels.iter();
            labels.all(|(name, value)| {
                *name != "stream" || is_left(value.split(' ').next().unwrap_or_default())
            })
        });
        self.conclude();
    }

    /// The verdict in one sentence.
    pub(super) fn verdict_line(&self) -> Cell {
        let packets: u64 = self.captures.iter().map(|capture| capture.packets).sum();
        let streams = match self.streams.len() {
            0 => "no RTP stream".to_owned(),
            1 => "one RTP stream".to_owned(),
            many => format!("{many} RTP streams"),
        };
        let read = format!("{streams} in {packets} packets and {:.1} s", self.duration_s);
        let number = |severity, one: &str, many: &str| {
            let number = self.findings.iter().filter(|finding| finding.severity == severity).count();
            (number > 0).then(|| format!("{number} {}", if number == 1 { one } else { many }))
        };
        let found =
            [number(Severity::Error, "error", "errors"), number(Severity::Warning, "warning", "warnings")];
        let found = found.into_iter().flatten().collect::<Vec<_>>().join(" and ");
        let state = |state| self.thresholds.iter().find(|judgement| judgement.state() == state);
        let (text, tone) = match self.verdict {
            Verdict::Fail if found.is_empty() => {
                let crossed =
                    state(State::Crossed).map_or("a limit", |crossed| crossed.threshold.metric.name);
                (format!("{crossed} is beyond its limit: {read}"), Tone::Bad)
            }
            Verdict::Fail => (format!("{found}: {read}"), Tone::Bad),
            Verdict::Warn => (format!("{found}: {read}"), Tone::Warn),
            Verdict::Pass if self.streams.is_empty() => (format!("nothing wrong found: {read}"), Tone::Warn),
            Verdict::Pass => (format!("healthy as far as this capture shows: {read}"), Tone::Good),
            Verdict::Inconclusive => match state(State::NotMeasured) {
                Some(missing) => {
                    let name = missing.threshold.metric.name;
                    (format!("cannot tell: {name} was not measured: {read}"), Tone::Warn)
                }
                None if self.streams.is_empty() => (format!("nothing to judge: {read}"), Tone::Warn),
                None => (format!("nothing wrong found, and too little to judge: {read}"), Tone::Warn),
            },
        };
        Cell::new(text, tone)
    }

    /// Where the capture was taken, in words.
    pub(super) fn side_note(&self) -> Option<String> {
        Some(match (self.side.given?, &self.side.at) {
            (Side::Mid, _) => "taken between the two sides, as --side says".to_owned(),
            (side, Some(at)) => {
                let does = if side == Side::Sender { "sends" } else { "receives" };
                format!("taken at {at}, which {does} the first stream, as --side says")
            }
            (_, None) => "--side says nothing without a stream".to_owned(),
        })
    }
}

/// The findings as the text shows them: of each code some, and how many more there are.
pub(super) fn shown(findings: &[Finding]) -> Vec<Block> {
    let mut told: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    findings.iter().for_each(|finding| told.entry(finding.code).or_default().push(finding));
    let is_shown = |finding: &&Finding| {
        let of_code = &told[finding.code];
        of_code.len() <= MOST_OF_A_CODE + 1
            || of_code.iter().take(MOST_OF_A_CODE).any(|first| std::ptr::eq(*first, *finding))
    };
    let mut blocks = vec![Block::Findings(findings.iter().filter(is_shown).cloned().collect())];
    let more = told.iter().filter(|(_, of_code)| of_code.len() > MOST_OF_A_CODE + 1);
    let more: Vec<Cell> = more
        .map(|(code, of_code)| {
            let rest = &of_code[MOST_OF_A_CODE..];
            let names = rest
                .iter()
                .take(MOST_NAMES)
                .map(|finding| finding.subject.split(' ').next().unwrap_or_default().to_owned());
            let names = names.collect::<Vec<_>>().join(", ");
            let dots = if rest.len() > MOST_NAMES { ", …" } else { "" };
            Cell::from(format!("{} more {code}: {names}{dots}; all are in --format json", rest.len()))
        })
        .collect();
    if !more.is_empty() {
        blocks.push(Block::List { numbered: false, items: more });
    }
    blocks
}

/// How each limit came out.
pub(super) fn table(judgements: &[Judgement]) -> Table {
    let columns = vec![
        ("metric", Align::Left),
        ("measured", Align::Right),
        ("limit", Align::Right),
        ("", Align::Left),
        ("of", Align::Left),
    ];
    let row = |judgement: &Judgement| {
        let metric = judgement.threshold.metric;
        let (word, tone) = match (judgement.state(), judgement.threshold.bound) {
            (State::Ok, _) => ("ok", Tone::Good),
            (State::Crossed, Bound::Max) => ("above", Tone::Bad),
            (State::Crossed, Bound::Min) => ("below", Tone::Bad),
            (State::NotMeasured, _) => ("not measured", Tone::Warn),
        };
        let of: Vec<&str> = judgement.labels.iter().map(|(_, value)| value.as_str()).collect();
        vec![
            Cell::from(metric.name),
            Cell::from(judgement.measured().unwrap_or_default()),
            Cell::from(metric.unit.written(judgement.threshold.limit)),
            Cell::new(word, tone),
            Cell::from(of.join(" ")),
        ]
    };
    Table { columns, rows: judgements.iter().map(row).collect() }
}
