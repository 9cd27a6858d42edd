//! `--max METRIC=VALUE` and `--min METRIC=VALUE`: a limit, and how the numbers of a run stand to it.

use serde::{Serialize, Serializer, ser::SerializeMap};

use super::{KnownMetric, Metric, Unit};
use crate::finding::Exit;
use crate::spelling;

/// The most, or the least, that a metric may be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Threshold {
    /// The metrics it is about.
    pub metric: KnownMetric,
    /// The limit, in the metric's unit. A value equal to it is not over it.
    pub limit: f64,
    /// Which of both.
    pub bound: Bound,
}

/// On which side of a limit a metric must stay.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Bound {
    /// At or below it.
    #[default]
    Max,
    /// At or above it.
    Min,
}

/// How one metric stands to a threshold.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// The threshold.
    pub threshold: Threshold,
    /// The number that was measured, if one was.
    pub actual: Option<f64>,
    /// The metric's labels.
    pub labels: Vec<(&'static str, String)>,
}

/// Where a figure is beside its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Within the limit.
    Ok,
    /// Beyond the limit.
    Crossed,
    /// There is no number to compare.
    NotMeasured,
}

/// Why a `--max` value was refused.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ThresholdError {
    /// No `=`, or nothing on one side of it.
    #[error("`{arg}` is not METRIC=VALUE")]
    Shape {
        /// What was given.
        arg: String,
    },
    /// No metric has this name.
    #[error("unknown metric `{name}`")]
    UnknownMetric {
        /// What was given.
        name: String,
        /// Names like it.
        nearest: Vec<&'static str>,
        /// All names.
        known: Vec<&'static str>,
    },
    /// The value is not a number of zero or more.
    #[error("`{value}` is not a limit for {metric}")]
    Value {
        /// What was given.
        value: String,
        /// The metric.
        metric: &'static str,
        /// The metric's unit.
        unit: Unit,
    },
    /// The value has no unit, or one of something else.
    #[error("`{value}` has {} for {metric}, which is {}", if given.is_empty() { "no unit" } else { "the wrong unit" }, unit.noun())]
    WrongUnit {
        /// What was given.
        value: String,
        /// Its unit; may be empty.
        given: String,
        /// The metric.
        metric: &'static str,
        /// The metric's unit.
        unit: Unit,
    },
}

impl Threshold {
    /// Reads `METRIC=VALUE`, where `METRIC` is one of `known`, with or without its unit at the end
    /// (`rtt.p99` or `rtt.p99_ms`), and `VALUE` has a unit that fits (`5ms`, `250us`, `1%`, `2Mbps`).
    pub fn from_arg(arg: &str, known: &[KnownMetric]) -> Result<Self, ThresholdError> {
        let shape = || ThresholdError::Shape { arg: arg.to_owned() };
        let (name, value) = arg.split_once('=').ok_or_else(shape)?;
        let (name, value) = (name.trim(), value.trim());
        if name.is_empty() || value.is_empty() {
            return Err(shape());
        }
        let stem = |metric: &KnownMetric| name.strip_suffix(metric.unit.suffix()) == Some(metric.name);
        let plain = known.iter().find(|metric| metric.name == name);
        let (metric, unit_is_named) = match (plain, known.iter().find(|metric| stem(metric))) {
            (Some(metric), _) => (*metric, metric.unit == Unit::Count),
            (None, Some(metric)) => (*metric, true),
            (None, None) => return Err(unknown(name, known)),
        };
        let limit = limit(value, metric, unit_is_named)?;
        Ok(Self { metric, limit, bound: Bound::Max })
    }

    /// As the least instead of the most.
    #[must_use]
    pub fn at_least(self) -> Self {
        Self { bound: Bound::Min, ..self }
    }

    /// Holds every metric of this name against the limit. Where none was measured, one row says so.
    pub fn judge(&self, metrics: &[Metric]) -> Vec<Judgement> {
        let mut rows: Vec<Judgement> = metrics
            .iter()
            .filter(|metric| metric.name == self.metric.name)
            .map(|metric| Judgement { threshold: *self, actual: metric.value, labels: metric.labels.clone() })
            .collect();
        if rows.is_empty() {
            rows.push(Judgement { threshold: *self, actual: None, labels: Vec::new() });
        }
        rows
    }
}

impl Judgement {
    /// Where the number is.
    pub fn state(&self) -> State {
        match self.actual {
            // A NaN is no measurement either.
            Some(actual) if actual.is_nan() => State::NotMeasured,
            Some(actual) if self.threshold.bound == Bound::Max && actual > self.threshold.limit => {
                State::Crossed
            }
            Some(actual) if self.threshold.bound == Bound::Min && actual < self.threshold.limit => {
                State::Crossed
            }
            Some(_) => State::Ok,
            None => State::NotMeasured,
        }
    }

    /// The limit in words, as in `at most 5 ms`.
    pub fn wanted(&self) -> String {
        let most = if self.threshold.bound == Bound::Min { "at least" } else { "at most" };
        format!("{most} {}", self.threshold.metric.unit.written(self.threshold.limit))
    }

    /// What was measured, in words, and told so exactly that it is not mistaken for a limit that it is beyond.
    pub fn measured(&self) -> Option<String> {
        let unit = self.threshold.metric.unit;
        let actual = self.actual?;
        let (text, limit) = (unit.written(actual), unit.written(self.threshold.limit));
        Some(if self.state() == State::Crossed && text == limit {
            format!("{actual}{}", unit.symbol())
        } else {
            text
        })
    }

    /// What it means for the run: a limit that could not be checked was not kept either, so that is no success.
    pub fn exit(&self) -> Exit {
        match self.state() {
            State::Ok => Exit::Healthy,
            State::Crossed => Exit::Failed,
            State::NotMeasured => Exit::CouldNotTell,
        }
    }
}

impl schemars::JsonSchema for Judgement {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Threshold".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "How a metric stands to a limit; the unit ends the keys of both numbers, as in `limit_ms`.",
            "type": "object",
            "properties": {
                "metric": { "type": "string", "description": "The name of the metric." },
                "state": generator.subschema_for::<State>(),
                "bound": generator.subschema_for::<Bound>(),
                "labels": { "type": "object", "additionalProperties": { "type": "string" } },
            },
            "patternProperties": {
                "^limit(_[a-z]+)?$": { "type": "number" },
                "^actual(_[a-z]+)?$": { "type": ["number", "null"] },
            },
            "required": ["metric", "state", "bound", "labels"],
        })
    }
}

/// `{metric, state, bound, limit_ms, actual_ms, labels}`: the unit is in the key, as everywhere.
impl Serialize for Judgement {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let suffix = self.threshold.metric.unit.suffix();
        let labels: serde_json::Map<String, serde_json::Value> =
            self.labels.iter().map(|(name, value)| ((*name).to_owned(), value.clone().into())).collect();
        let mut map = serializer.serialize_map(Some(6))?;
        map.serialize_entry("metric", self.threshold.metric.name)?;
        map.serialize_entry("state", &self.state())?;
        map.serialize_entry("bound", &self.threshold.bound)?;
        map.serialize_entry(&format!("limit{suffix}"), &self.threshold.limit)?;
        map.serialize_entry(&format!("actual{suffix}"), &self.actual)?;
        map.serialize_entry("labels", &labels)?;
        map.end()
    }
}

impl ThresholdError {
    /// What to write instead.
    pub fn hint(&self) -> String {
        match self {
            Self::Shape { .. } => "write it as in `--max rtt.p99=30ms`".to_owned(),
            Self::UnknownMetric { nearest, known, .. } if nearest.is_empty() => {
                format!("known metrics: {}", known.join(", "))
            }
            Self::UnknownMetric { nearest, .. } => {
                let nearest: Vec<String> = nearest.iter().map(|name| format!("`{name}`")).collect();
                format!("did you mean {}?", nearest.join(" or "))
            }
            Self::Value { metric, unit, .. } | Self::WrongUnit { metric, unit, .. } => {
                format!("write it as in `--max {metric}={}`", unit.example())
            }
        }
    }
}

fn unknown(name: &str, known: &[KnownMetric]) -> ThresholdError {
    let known: Vec<&'static str> = known.iter().map(|metric| metric.name).collect();
    let nearest = spelling::nearest(name, known.iter().copied());
    ThresholdError::UnknownMetric { name: name.to_owned(), nearest, known }
}

fn limit(value: &str, metric: KnownMetric, unit_is_named: bool) -> Result<f64, ThresholdError> {
    let KnownMetric { name: metric, unit, .. } = metric;
    let digits = value.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(value.len());
    let (number, symbol) = value.split_at(digits);
    let symbol = symbol.trim();
    // Digits and dots only, so neither `-1`, `inf`, `NaN` nor `1e9` gets this far; too many of them make an infinity.
    let number = number.parse::<f64>().ok().filter(|number| number.is_finite());
    let number = number.ok_or_else(|| ThresholdError::Value { value: value.to_owned(), metric, unit })?;
    let scale = if symbol.is_empty() && unit_is_named { Some(1.0) } else { unit.scale(symbol) };
    let given = symbol.to_owned();
    let scale =
        scale.ok_or_else(|| ThresholdError::WrongUnit { value: value.to_owned(), given, metric, unit })?;
    Ok(number * scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: &[KnownMetric] = &[
        KnownMetric { name: "rtt.p99", unit: Unit::Milliseconds, about: "" },
        KnownMetric { name: "rtt.p95", unit: Unit::Milliseconds, about: "" },
        KnownMetric { name: "loss", unit: Unit::Percent, about: "" },
        KnownMetric { name: "throughput", unit: Unit::BitsPerSecond, about: "" },
        KnownMetric { name: "certificate.age", unit: Unit::Days, about: "" },
        KnownMetric { name: "reordered", unit: Unit::Count, about: "" },
    ];

    /// `expected` is the limit, or the error and its hint.
    fn check(arg: &str, expected: Result<f64, &str>) {
        let actual = Threshold::from_arg(arg, KNOWN).map(|threshold| threshold.limit);
        let actual = actual.map_err(|error| format!("{error}; {}", error.hint()));
        match (actual, expected) {
            (Ok(actual), Ok(expected)) => {
                assert!((actual - expected).abs() < 1e-9, "{arg}: {actual} is not {expected}");
            }
            (actual, expected) => assert_eq!(actual, expected.map_err(str::to_owned), "{arg}"),
        }
    }

    #[test]
    fn reads_a_number_in_any_unit_of_its_kind() {
        check("rtt.p99=5ms", Ok(5.0));
        check("rtt.p99=250us", Ok(0.25));
        check("rtt.p99=250µs", Ok(0.25));
        check("rtt.p99=1.5s", Ok(1500.0));
        check(" rtt.p99 = 5 ms ", Ok(5.0));
        check("loss=1%", Ok(1.0));
        check("loss=0%", Ok(0.0));
        check("loss=.5pct", Ok(0.5));
        check("throughput=500kbps", Ok(500_000.0));
        check("throughput=2Mbps", Ok(2_000_000.0));
        check("throughput=2M", Ok(2_000_000.0));
        check("certificate.age=14d", Ok(14.0));
        check("reordered=3", Ok(3.0));
    }

    #[test]
    fn the_unit_may_stand_in_the_name_instead() {
        check("rtt.p99_ms=5", Ok(5.0));
        check("rtt.p99_ms=5ms", Ok(5.0));
        check("rtt.p99_ms=5s", Ok(5000.0));
        check("loss_pct=1", Ok(1.0));
    }

    #[test]
    fn a_number_without_a_unit_is_refused_where_it_could_mean_two_things() {
        check(
            "rtt.p99=5",
            Err("`5` has no unit for rtt.p99, which is a time; write it as in `--max rtt.p99=30ms`"),
        );
    }

    #[test]
    fn a_unit_of_something_else_is_refused() {
        check(
            "loss=5ms",
            Err("`5ms` has the wrong unit for loss, which is a percentage; write it as in `--max loss=1%`"),
        );
        check(
            "reordered=3%",
            Err("`3%` has the wrong unit for reordered, which is a plain number; \
                 write it as in `--max reordered=3`"),
        );
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for value in ["-5ms", "NaN", "infms", "ms", "1.2.3ms", ".", "=5ms", "٣ms"] {
            let error = format!("`{value}` is not a limit for rtt.p99; write it as in `--max rtt.p99=30ms`");
            check(&format!("rtt.p99={value}"), Err(&error));
        }
    }

    #[test]
    fn an_unknown_metric_is_answered_with_the_nearest_else_with_the_list() {
        let all = "known metrics: rtt.p99, rtt.p95, loss, throughput, certificate.age, reordered";
        check("rtt.p98=5ms", Err("unknown metric `rtt.p98`; did you mean `rtt.p95` or `rtt.p99`?"));
        check("mos=4", Err(&format!("unknown metric `mos`; {all}")));
        check("loss_ms=4", Err(&format!("unknown metric `loss_ms`; {all}")));
    }

    #[test]
    fn what_has_no_two_sides_is_refused() {
        for arg in ["", "loss", "loss=", "=5%", " = "] {
            let error = format!("`{arg}` is not METRIC=VALUE; write it as in `--max rtt.p99=30ms`");
            check(arg, Err(&error));
        }
    }

    fn rtt(value: Option<f64>, transport: &str) -> Metric {
        let labels = vec![("transport", transport.to_owned())];
        Metric { name: "rtt.p99", unit: Unit::Milliseconds, about: "", value, labels }
    }

    #[test]
    fn every_metric_of_the_name_is_judged_and_the_limit_itself_is_kept() {
        let threshold = Threshold::from_arg("rtt.p99=5ms", KNOWN).unwrap();
        let metrics = [
            rtt(Some(5.0), "udp"),
            rtt(Some(5.001), "tcp"),
            rtt(None, "tls"),
            rtt(Some(f64::NAN), "dtls"),
            Metric { name: "rtt.p95", ..rtt(Some(99.0), "udp") },
        ];
        let rows = threshold.judge(&metrics);
        let states: Vec<(&str, State, Exit)> =
            rows.iter().map(|row| (row.labels[0].1.as_str(), row.state(), row.exit())).collect();
        assert_eq!(
            states,
            [
                ("udp", State::Ok, Exit::Healthy),
                ("tcp", State::Crossed, Exit::Failed),
                ("tls", State::NotMeasured, Exit::CouldNotTell),
                ("dtls", State::NotMeasured, Exit::CouldNotTell),
            ]
        );
    }

    #[test]
    fn a_least_value_is_crossed_from_above() {
        let threshold = Threshold::from_arg("throughput=2Mbps", KNOWN).unwrap().at_least();
        let metric = |value| Metric {
            name: "throughput",
            unit: Unit::BitsPerSecond,
            about: "",
            value,
            labels: Vec::new(),
        };
        let state = |value| threshold.judge(&[metric(value)])[0].state();
        assert_eq!(state(Some(2e6)), State::Ok);
        assert_eq!(state(Some(3e6)), State::Ok);
        assert_eq!(state(Some(1.9e6)), State::Crossed);
        assert_eq!(state(None), State::NotMeasured);
    }

    #[test]
    fn in_words_it_says_which_side_is_wanted_and_how_far_it_is_beyond() {
        let metric = |value| Metric { value: Some(value), ..rtt(None, "udp") };
        let says = |bound, value| {
            let threshold = Threshold { bound, ..Threshold::from_arg("rtt.p99=5ms", KNOWN).unwrap() };
            let row = threshold.judge(&[metric(value)]).remove(0);
            (row.measured().unwrap(), row.wanted())
        };
        assert_eq!(says(Bound::Max, 7.258), ("7.26 ms".to_owned(), "at most 5 ms".to_owned()));
        assert_eq!(says(Bound::Min, 0.0551), ("55.1 µs".to_owned(), "at least 5 ms".to_owned()));
        assert_eq!(says(Bound::Max, 5.0001).0, "5.0001 ms");
        assert_eq!(says(Bound::Min, 5.0001).0, "5 ms");
    }

    #[test]
    fn json_has_the_units_in_the_keys() {
        let threshold = Threshold::from_arg("rtt.p99=5ms", KNOWN).unwrap();
        let rows = threshold.judge(&[rtt(Some(7.25), "udp")]);
        insta::assert_snapshot!(serde_json::to_string(&rows).unwrap(), @r#"[{"metric":"rtt.p99","state":"crossed","bound":"max","limit_ms":5.0,"actual_ms":7.25,"labels":{"transport":"udp"}}]"#);
    }

    #[test]
    fn what_nobody_emits_was_not_measured() {
        let threshold = Threshold::from_arg("loss=1%", KNOWN).unwrap();
        let rows = threshold.judge(&[rtt(Some(1.0), "udp")]);
        insta::assert_snapshot!(serde_json::to_string(&rows).unwrap(), @r#"[{"metric":"loss","state":"not_measured","bound":"max","limit_pct":1.0,"actual_pct":null,"labels":{}}]"#);
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic_and_every_limit_is_a_number(arg in "\\PC*", value in "[0-9.]{0,400}\\PC{0,4}") {
            for arg in [arg, format!("rtt.p99={value}"), format!("loss_pct={value}")] {
                match Threshold::from_arg(&arg, KNOWN) {
                    Ok(threshold) => assert!(threshold.limit >= 0.0 && threshold.limit < f64::MAX, "{arg}: {}", threshold.limit),
                    Err(error) => assert!(!error.hint().is_empty()),
                }
            }
        }
    }
}
