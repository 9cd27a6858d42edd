//! Numbers as Prometheus reads them: its text exposition format, version 0.0.4.
//!
//! Names are `rtcscope_COMMAND_METRIC_UNIT` in base units (seconds, bytes, ratios from 0 to 1), as Prometheus wants
//! them. [`of_report`] makes the families of a result, [`write()`] their text; what comes between (labels of a plan's
//! entries, families of an exporter's own) is for whoever holds several results.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::{Rendered, Screen, printable};
use crate::finding::Severity;
use crate::metric::{COMMAND, Metric, Unit};

/// What a number does over time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It goes up and down.
    Gauge,
    /// It only grows; its name ends with `_total`.
    Counter,
}

/// All numbers of one name.
#[derive(Debug, Clone, PartialEq)]
pub struct Family {
    /// Letters, digits and underscores.
    pub name: String,
    /// What it is, in a line.
    pub help: String,
    /// What it does.
    pub kind: Kind,
    /// No two have the same labels.
    pub samples: Vec<Sample>,
}

/// One number.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// Names and values.
    pub labels: Vec<(String, String)>,
    /// In the unit that the name says.
    pub value: f64,
}

impl Family {
    /// A family without a number yet.
    pub fn new(name: impl Into<String>, kind: Kind, help: impl Into<String>) -> Self {
        Self { name: name.into(), help: help.into(), kind, samples: Vec::new() }
    }

    /// Adds a number, unless one with these labels is there: Prometheus refuses the whole text if two are.
    pub fn add(&mut self, labels: Vec<(String, String)>, value: f64) {
        if self.samples.iter().all(|sample| sample.labels != labels) {
            self.samples.push(Sample { labels, value });
        }
    }

    /// With one more label on every number, before the others.
    #[must_use]
    pub fn labelled(mut self, name: &str, value: &str) -> Self {
        for sample in &mut self.samples {
            sample.labels.insert(0, (name.to_owned(), value.to_owned()));
        }
        self
    }
}

/// The families of several results as one list: numbers of one name must stand together.
pub fn merged(families: impl IntoIterator<Item = Family>) -> Vec<Family> {
    let mut merged: Vec<Family> = Vec::new();
    for family in families {
        match merged.iter_mut().find(|known| known.name == family.name) {
            Some(known) => {
                family.samples.into_iter().for_each(|sample| known.add(sample.labels, sample.value))
            }
            None => merged.push(family),
        }
    }
    merged
}

/// The numbers of a result: what was measured, how many findings there are of each kind, and what it came to.
pub fn of_report(report: &Rendered) -> Vec<Family> {
    let command = report.schema.split('/').next().unwrap_or_default();
    let named = |name: &str| format!("rtcscope_{}_{name}", word(command));
    let mut families = Vec::new();

    let mut exit = Family::new(
        named("exit_code"),
        Kind::Gauge,
        "What the run came to: 0 healthy, 1 failed, 3 could not tell, 130 interrupted",
    );
    exit.add(Vec::new(), f64::from(report.exit.code()));
    families.push(exit);
    if let Some(findings) = &report.findings {
        let mut counts = Family::new(named("findings"), Kind::Gauge, "Findings of this severity");
        for (severity, word) in SEVERITIES {
            let count = findings.iter().filter(|finding| finding.severity == severity).count();
            counts.add(labels([("severity", word)]), count as f64);
        }
        families.push(counts);
        let mut codes =
            Family::new(named("finding"), Kind::Gauge, "Findings of this code about this subject, if any");
        for finding in findings {
            let word = SEVERITIES.iter().find(|(severity, _)| *severity == finding.severity);
            let mut labels = labels([
                ("code", finding.code),
                ("severity", word.map_or("", |(_, word)| word)),
                ("subject", &finding.subject),
            ]);
            // Of a plan, the check that made it.
            let check = finding.evidence.get("check").and_then(serde_json::Value::as_str);
            labels.extend(check.map(|check| ("check".to_owned(), check.to_owned())));
            match codes.samples.iter_mut().find(|sample| sample.labels == labels) {
                Some(sample) => sample.value += 1.0,
                None => codes.add(labels, 1.0),
            }
        }
        families.push(codes);
    }
    families.extend(of_metrics(command, &report.metrics));
    families
}

/// The families of what `command` measured. What was not measured is absent.
pub fn of_metrics(command: &str, metrics: &[Metric]) -> Vec<Family> {
    let mut families: Vec<Family> = Vec::new();
    for metric in metrics {
        let Some(value) = metric.value.filter(|value| value.is_finite()) else { continue };
        let (unit, scale) = base(metric.unit);
        let own =
            metric.labels.iter().find(|(name, _)| *name == COMMAND).map(|(_, command)| command.as_str());
        let name = format!("rtcscope_{}_{}{unit}", word(own.unwrap_or(command)), word(metric.name));
        let labels = metric.labels.iter().filter(|(name, _)| *name != COMMAND);
        let labels = labels.map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        match families.iter_mut().find(|family| family.name == name) {
            Some(family) => family.add(labels, value * scale),
            None => {
                let mut family = Family::new(name, Kind::Gauge, help(metric));
                family.add(labels, value * scale);
                families.push(family);
            }
        }
    }
    families
}

/// The text of the families, each with its help and type; those without a number are left out.
pub fn write(families: &[Family], out: &mut dyn Write) -> io::Result<()> {
    let mut text = String::new();
    for family in families.iter().filter(|family| !family.samples.is_empty()) {
        let kind = match family.kind {
            Kind::Gauge => "gauge",
            Kind::Counter => "counter",
        };
        let help = escaped(&family.help, false);
        let _ = writeln!(text, "# HELP {} {help}\n# TYPE {} {kind}", family.name, family.name);
        for sample in &family.samples {
            text.push_str(&family.name);
            let labels =
                sample.labels.iter().map(|(name, value)| format!("{name}=\"{}\"", escaped(value, true)));
            let labels: Vec<String> = labels.collect();
            if !labels.is_empty() {
                let _ = write!(text, "{{{}}}", labels.join(","));
            }
            let _ = writeln!(text, " {}", sample.value);
        }
    }
    out.write_all(text.as_bytes())
}

/// Labels of texts.
pub fn labels<const N: usize>(pairs: [(&str, &str); N]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

pub(super) fn render(report: &Rendered, _: Screen, out: &mut dyn Write) -> io::Result<()> {
    let mut info = Family::new("rtcscope_build_info", Kind::Gauge, "The version of rtcscope; always 1");
    info.add(labels([("version", env!("CARGO_PKG_VERSION"))]), 1.0);
    let families: Vec<Family> = [info].into_iter().chain(of_report(report)).collect();
    write(&families, out)
}

const SEVERITIES: [(Severity, &str); 3] =
    [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Info, "info")];

/// How a name of this unit ends, and what an amount of ours is in it.
fn base(unit: Unit) -> (&'static str, f64) {
    match unit {
        Unit::Milliseconds => ("_seconds", 1e-3),
        Unit::Percent => ("_ratio", 1e-2),
        // Bits are no base unit.
        Unit::BitsPerSecond => ("_bytes_per_second", 0.125),
        Unit::Bytes => ("_bytes", 1.0),
        Unit::Days => ("_seconds", 86_400.0),
        Unit::PartsPerMillion => ("_ratio", 1e-6),
        Unit::Count => ("", 1.0),
    }
}

fn help(metric: &Metric) -> String {
    match metric.about {
        "" => metric.name.replace(['.', '_', '-'], " "),
        about => about.to_owned(),
    }
}

/// A name as part of a name.
fn word(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}

/// One line; quotes only where the text stands between quotes.
fn escaped(text: &str, is_quoted: bool) -> String {
    let text = printable(text).replace('\\', "\\\\");
    if is_quoted { text.replace('"', "\\\"") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Exit;
    use crate::metric::KnownMetric;
    use crate::probe::codes;
    use crate::report::Document;

    const RTT: KnownMetric =
        KnownMetric { name: "rtt.p99", unit: Unit::Milliseconds, about: "Round trip \\ of\n99" };
    const LOSS: KnownMetric = KnownMetric { name: "loss", unit: Unit::Percent, about: "" };
    const RATE: KnownMetric = KnownMetric { name: "throughput", unit: Unit::BitsPerSecond, about: "Payload" };

    fn text(report: &Rendered) -> String {
        let mut out = Vec::new();
        render(report, Screen::FILE, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn units_are_the_base_units_and_what_was_not_measured_is_absent() {
        let udp = || vec![("target", "a \"b\" \\c\u{1b}\n".to_owned())];
        let metrics = vec![
            RTT.metric(Some(12.5), udp()),
            LOSS.metric(None, udp()),
            RTT.metric(Some(f64::NAN), Vec::new()),
            RATE.metric(Some(8e6), Vec::new()),
            RTT.metric(Some(99.0), udp()),
            RTT.metric(Some(7.0), Vec::new()),
        ];
        let findings = vec![
            codes::AUTH_WRONG.finding("allocate", "turn:a"),
            codes::AUTH_WRONG.finding("allocate", "turn:a"),
        ];
        let empty = Rendered::of_document("probe/1", Document::default(), Exit::Failed);
        insta::assert_snapshot!(text(&Rendered { metrics, findings: Some(findings), ..empty }), @r#"
        # HELP rtcscope_build_info The version of rtcscope; always 1
        # TYPE rtcscope_build_info gauge
        rtcscope_build_info{version="0.1.0"} 1
        # HELP rtcscope_probe_exit_code What the run came to: 0 healthy, 1 failed, 3 could not tell, 130 interrupted
        # TYPE rtcscope_probe_exit_code gauge
        rtcscope_probe_exit_code 1
        # HELP rtcscope_probe_findings Findings of this severity
        # TYPE rtcscope_probe_findings gauge
        rtcscope_probe_findings{severity="error"} 2
        rtcscope_probe_findings{severity="warning"} 0
        rtcscope_probe_findings{severity="info"} 0
        # HELP rtcscope_probe_finding Findings of this code about this subject, if any
        # TYPE rtcscope_probe_finding gauge
        rtcscope_probe_finding{code="AUTH_WRONG",severity="error",subject="turn:a"} 2
        # HELP rtcscope_probe_rtt_p99_seconds Round trip \\ of 99
        # TYPE rtcscope_probe_rtt_p99_seconds gauge
        rtcscope_probe_rtt_p99_seconds{target="a \"b\" \\c\\u{1b} "} 0.0125
        rtcscope_probe_rtt_p99_seconds 0.007
        # HELP rtcscope_probe_throughput_bytes_per_second Payload
        # TYPE rtcscope_probe_throughput_bytes_per_second gauge
        rtcscope_probe_throughput_bytes_per_second 1000000
        "#);
    }

    #[test]
    fn numbers_of_one_name_stand_together_whatever_result_they_are_of() {
        let of = |value| of_metrics("probe", &[LOSS.metric(Some(value), Vec::new())]);
        let first = of(1.0).into_iter().map(|family| family.labelled("check", "a"));
        let second = of(50.0).into_iter().map(|family| family.labelled("check", "b"));
        let mut out = Vec::new();
        write(&merged(first.chain(second)), &mut out).unwrap();
        insta::assert_snapshot!(String::from_utf8(out).unwrap(), @r#"
        # HELP rtcscope_probe_loss_ratio loss
        # TYPE rtcscope_probe_loss_ratio gauge
        rtcscope_probe_loss_ratio{check="a"} 0.01
        rtcscope_probe_loss_ratio{check="b"} 0.5
        "#);
    }
}
