//! The one line that Nagios, Icinga and their kin read: a state, a sentence, and performance data.
//!
//! The form and the codes are those of the Monitoring Plugins' development guidelines.

use std::io::{self, Write};

use super::{Block, Rendered, Screen, printable};
use crate::finding::{Exit, FailOn, Finding, Severity};
use crate::metric::{Bound, Metric, Threshold, Unit};

/// What a monitoring system is told; the process exits with its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// 0: healthy.
    Ok,
    /// 1: it works, and a finding is a warning.
    Warning,
    /// 2: something fails the run.
    Critical,
    /// 3: it could not be told, the command line is wrong, or somebody stopped it.
    Unknown,
}

impl State {
    /// The state of a result.
    #[must_use]
    pub fn of(report: &Rendered) -> Self {
        let worst = report.findings.iter().flatten().map(|finding| finding.severity).max();
        match report.exit {
            Exit::Failed => Self::Critical,
            Exit::Healthy if report.fail_on != FailOn::Never && worst >= Some(Severity::Warning) => {
                Self::Warning
            }
            exit => Self::of_exit(exit),
        }
    }

    /// The state where there is no result.
    #[must_use]
    pub fn of_exit(exit: Exit) -> Self {
        match exit {
            Exit::Healthy => Self::Ok,
            Exit::Failed => Self::Critical,
            Exit::CouldNotTell | Exit::Usage | Exit::Interrupted => Self::Unknown,
        }
    }

    /// What the process ends with.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Ok => 0,
            Self::Warning => 1,
            Self::Critical => 2,
            Self::Unknown => 3,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Warning => "WARNING",
            Self::Critical => "CRITICAL",
            Self::Unknown => "UNKNOWN",
        }
    }
}

pub(super) fn render(report: &Rendered, _: Screen, out: &mut dyn Write) -> io::Result<()> {
    let line = line(State::of(report), &sentence(report));
    let room = MOST.saturating_sub(line.len() + 3);
    let data =
        data(&report.metrics, &report.thresholds.iter().map(|j| j.threshold).collect::<Vec<_>>(), room);
    match data.is_empty() {
        true => writeln!(out, "{line}"),
        false => writeln!(out, "{line} | {data}"),
    }
}

/// A line without numbers, for a run without a result.
pub fn line(state: State, sentence: &str) -> String {
    // What stands behind a bar is performance data.
    let sentence = printable(sentence).replace('|', "/");
    match sentence.as_str() {
        "" => format!("RTCSCOPE {}", state.word()),
        sentence => format!("RTCSCOPE {} - {sentence}", state.word()),
    }
}

/// Nagios reads 8 KiB of a plugin, and NRPE half of that.
const MOST: usize = 4000;

fn sentence(report: &Rendered) -> String {
    let verdict = report.document.blocks.iter().find_map(|block| match block {
        Block::Verdict(cell) => Some(cell.text.as_str()),
        _ => None,
    });
    let unread = report.unread.iter().map(|unread| match unread.subject.as_str() {
        "" => unread.message.clone(),
        subject => format!("{subject}: {}", unread.message),
    });
    let parts: Vec<String> = verdict.map(str::to_owned).into_iter().chain(unread).collect();
    let codes = codes(report.findings.as_deref().unwrap_or_default());
    match codes.as_str() {
        "" => parts.join("; "),
        codes => format!("{} [{codes}]", parts.join("; ")),
    }
}

/// What to look up, the gravest first, each once.
fn codes(findings: &[Finding]) -> String {
    const MOST: usize = 5;
    let mut sorted: Vec<&Finding> = findings.iter().filter(|f| f.severity > Severity::Info).collect();
    sorted.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    let mut codes: Vec<&str> = Vec::new();
    for finding in sorted {
        if !codes.contains(&finding.code) {
            codes.push(finding.code);
        }
    }
    let more = codes.len() > MOST;
    codes.truncate(MOST);
    format!("{}{}", codes.join(" "), if more { " ..." } else { "" })
}

/// What was measured, as far as there is room: what has a limit first, then the short names, which say most, each of all
/// things examined before the next.
fn data(metrics: &[Metric], limits: &[Threshold], room: usize) -> String {
    let limit = |metric: &Metric| limits.iter().find(|limit| limit.metric.name == metric.name);
    let mut measured: Vec<&Metric> =
        metrics.iter().filter(|metric| metric.value.is_some_and(f64::is_finite)).collect();
    let names: Vec<&str> = measured.iter().map(|metric| metric.name).collect();
    let first = |metric: &Metric| names.iter().position(|name| *name == metric.name);
    measured.sort_by_key(|metric| (limit(metric).is_none(), metric.name.matches('.').count(), first(metric)));
    let mut labels: Vec<String> = Vec::new();
    let mut data = String::new();
    for metric in measured {
        let label = label(metric);
        let Some(value) = metric.value.filter(|_| !labels.contains(&label)) else { continue };
        let critical = match limit(metric) {
            Some(Threshold { limit, bound: Bound::Max, .. }) => format!(";;{limit}"),
            Some(Threshold { limit, bound: Bound::Min, .. }) => format!(";;{limit}:"),
            None => String::new(),
        };
        let item = format!("'{label}'={value}{}{critical}", unit(metric.unit));
        if data.len() + 1 + item.len() > room {
            break;
        }
        if !data.is_empty() {
            data.push(' ');
        }
        data.push_str(&item);
        labels.push(label);
    }
    data
}

/// The name and all labels. Graphs are filed under it, so it must not change with what else was measured.
fn label(metric: &Metric) -> String {
    let mut label = metric.name.to_owned();
    for (_, value) in &metric.labels {
        label.push(' ');
        label.extend(printable(value).chars().map(|c| if matches!(c, '\'' | '=' | '|') { '_' } else { c }));
    }
    label
}

/// The units that the guidelines have; any other number is a plain one.
fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Milliseconds => "ms",
        Unit::Percent => "%",
        Unit::Bytes => "B",
        Unit::BitsPerSecond | Unit::Days | Unit::PartsPerMillion | Unit::Count => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::KnownMetric;
    use crate::probe::codes;
    use crate::report::{Cell, Document, Tone, Unread};

    const RTT: KnownMetric = KnownMetric { name: "rtt.p99", unit: Unit::Milliseconds, about: "" };
    const LOSS: KnownMetric = KnownMetric { name: "loss", unit: Unit::Percent, about: "" };
    const LONG: KnownMetric =
        KnownMetric { name: "relay.inbound.rtt.p99", unit: Unit::Milliseconds, about: "" };

    fn report(exit: Exit) -> Rendered {
        let verdict = Block::Verdict(Cell::new("two of three | endpoints\nwork", Tone::Warn));
        Rendered {
            findings: Some(Vec::new()),
            ..Rendered::of_document("probe/1", Document { blocks: vec![verdict] }, exit)
        }
    }

    fn text(report: &Rendered) -> String {
        let mut out = Vec::new();
        render(report, Screen::FILE, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn limits_stand_beside_their_numbers_and_the_line_is_one() {
        let of = |value: &str| vec![("target", value.to_owned())];
        let metrics = vec![
            LONG.metric(Some(3.0), of("a")),
            LOSS.metric(None, of("a")),
            RTT.metric(Some(12.5), of("it's=b")),
            LOSS.metric(Some(1.5), of("b")),
        ];
        let limit = Threshold::from_arg("rtt.p99=10ms", &[RTT]).unwrap();
        let thresholds = limit.judge(&metrics);
        let finding = codes::AUTH_WRONG.finding("allocate", "turn:a");
        let report = Rendered { metrics, thresholds, findings: Some(vec![finding]), ..report(Exit::Failed) };
        insta::assert_snapshot!(text(&report), @"RTCSCOPE CRITICAL - two of three / endpoints work [AUTH_WRONG] | 'rtt.p99 it_s_b'=12.5ms;;10 'loss b'=1.5% 'relay.inbound.rtt.p99 a'=3ms");
    }

    #[test]
    fn a_warning_is_one_unless_nothing_is_to_fail() {
        let finding = codes::AUTH_WRONG.finding("allocate", "turn:a").severity(Severity::Warning);
        let with =
            |fail_on| Rendered { findings: Some(vec![finding.clone()]), fail_on, ..report(Exit::Healthy) };
        assert_eq!(State::of(&with(FailOn::Error)), State::Warning);
        assert_eq!(State::of(&with(FailOn::Never)), State::Ok);
        let states = [Exit::Healthy, Exit::Failed, Exit::Usage, Exit::CouldNotTell, Exit::Interrupted];
        let codes = states.map(|exit| State::of(&report(exit)).code());
        assert_eq!(codes, [0, 2, 3, 3, 3]);
    }

    #[test]
    fn more_numbers_than_there_is_room_for_are_left_out_whole() {
        let metrics =
            (0..500).map(|n| RTT.metric(Some(1.0), vec![("target", format!("server{n}"))])).collect();
        let text = text(&Rendered { metrics, ..report(Exit::Healthy) });
        assert!(
            text.len() <= MOST + 1 && text.len() > MOST - 50 && text.ends_with("=1ms\n"),
            "{}",
            text.len()
        );
    }

    #[test]
    fn what_could_not_be_looked_at_is_said() {
        let unread = vec![Unread::new("a.pcap", "no such file")];
        let text = text(&Rendered { unread, ..report(Exit::CouldNotTell) });
        insta::assert_snapshot!(text, @"RTCSCOPE UNKNOWN - two of three / endpoints work; a.pcap: no such file");
    }
}
