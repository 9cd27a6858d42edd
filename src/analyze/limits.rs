//! From which figures on something is found: a warning, and an error. Each has a name, and can be set.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer, ser::SerializeMap};

use crate::finding::Severity;
use crate::metric::{Bound, KnownMetric, Threshold, ThresholdError, Unit};
use crate::spelling;

/// What a limit is about, and what it is unless somebody says otherwise.
#[derive(Debug)]
pub struct KnownLimit {
    /// Its name and unit.
    pub metric: KnownMetric,
    /// The side of it that is right.
    pub bound: Bound,
    /// The usual one.
    pub usual: Limit,
    /// What it is compared with, in a line.
    pub about: &'static str,
}

/// A pair of limits. A figure equal to one is still within it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limit {
    /// Beyond it, there is a warning.
    pub warn: Option<f64>,
    /// Beyond it, there is an error.
    pub fail: Option<f64>,
    /// Which side of it is right.
    pub bound: Bound,
}

/// Why limits were refused.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum LimitError {
    /// No `=`, no `/`, or nothing on one side of them.
    #[error("`{arg}` is not LIMIT=WARN/FAIL")]
    Shape {
        /// What was given.
        arg: String,
    },
    /// No limit has this name.
    #[error("unknown limit `{name}`")]
    Unknown {
        /// What was given.
        name: String,
        /// Names like it.
        nearest: Vec<&'static str>,
    },
    /// One of the two is no amount of the unit.
    #[error(transparent)]
    Value(#[from] ThresholdError),
    /// Nobody would ever be warned.
    #[error("of `{arg}`, what fails is reached before what warns")]
    Order {
        /// What was given.
        arg: String,
    },
}

impl LimitError {
    /// What to write instead.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::Shape { .. } => {
                "write it as in `--limit loss=2%/10%`; `off` for one that is none".to_owned()
            }
            Self::Unknown { nearest, .. } if nearest.is_empty() => {
                format!(
                    "limits: {}",
                    LIMITS.iter().map(|known| known.metric.name).collect::<Vec<_>>().join(", ")
                )
            }
            Self::Unknown { nearest, .. } => {
                let nearest: Vec<String> = nearest.iter().map(|name| format!("`{name}`")).collect();
                format!("did you mean {}?", nearest.join(" or "))
            }
            Self::Value(error) => error.hint().replace("--max ", "--limit "),
            Self::Order { .. } => "the first is what warns, the second what fails".to_owned(),
        }
    }
}

const fn known(
    name: &'static str,
    unit: Unit,
    warn: Option<f64>,
    fail: Option<f64>,
    about: &'static str,
) -> KnownLimit {
    let usual = Limit { warn, fail, bound: Bound::Max };
    KnownLimit { metric: KnownMetric { name, unit, about }, bound: Bound::Max, usual, about }
}

/// Every limit, by name.
pub static LIMITS: &[KnownLimit] = &[
    known("av-offset", Unit::Milliseconds, Some(80.0), Some(200.0), "audio ahead of its video, or behind it"),
    known("consent", Unit::Milliseconds, Some(15e3), Some(30e3), "time without an answer to checks of ICE"),
    known("drift", Unit::PartsPerMillion, Some(100.0), Some(500.0), "a sender's clock against the capture's"),
    known("dtls.repeats", Unit::Count, Some(3.0), None, "times that a part of a handshake is sent again"),
    known("duplicates", Unit::Percent, Some(5.0), None, "copies among the packets"),
    known("freeze", Unit::Milliseconds, Some(150.0), Some(2e3), "pause between frames, by loss or delay"),
    known(
        "gap.audio",
        Unit::Milliseconds,
        Some(150.0),
        Some(400.0),
        "interruption of audio, by loss or delay",
    ),
    known("gap.video", Unit::Milliseconds, Some(500.0), Some(2e3), "interruption of video, by loss or delay"),
    known(
        "jitter.audio",
        Unit::Milliseconds,
        Some(30.0),
        Some(60.0),
        "jitter (RFC 3550) that stays for seconds",
    ),
    known("jitter.video", Unit::Milliseconds, Some(50.0), Some(100.0), "mean jitter of frames"),
    known("loss", Unit::Percent, Some(1.0), Some(5.0), "packets lost, seen here or reported by a receiver"),
    known("loss.burst", Unit::Count, Some(5.0), Some(15.0), "packets lost close together"),
    KnownLimit {
        metric: KnownMetric { name: "mos", unit: Unit::Count, about: "rating of speech, 1 to 4.5" },
        bound: Bound::Min,
        usual: Limit { warn: Some(3.6), fail: Some(3.1), bound: Bound::Min },
        about: "rating of speech; below it",
    },
    known("pli", Unit::Count, Some(1.0), None, "whole pictures asked for in five seconds, on average"),
    known("reordered", Unit::Percent, Some(5.0), None, "packets behind one sent later"),
    known("rtt", Unit::Milliseconds, Some(250.0), Some(400.0), "half of the round trips"),
    known(
        "silence",
        Unit::Milliseconds,
        Some(5e3),
        Some(5e3),
        "time without media: after a handshake, or one way",
    ),
];

/// The limits of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Limits(Vec<Limit>);

impl Default for Limits {
    fn default() -> Self {
        Self(LIMITS.iter().map(|known| known.usual).collect())
    }
}

impl Limits {
    /// What `--max` and `--min` take: the same names, of those that are figures.
    #[must_use]
    pub fn metrics() -> Vec<KnownMetric> {
        super::rules::figure_names()
    }

    /// Sets one: `loss=2%/10%`, each of the two an amount with its unit, or `off`.
    pub fn set(&mut self, arg: &str) -> Result<(), LimitError> {
        let shape = || LimitError::Shape { arg: arg.to_owned() };
        let (name, pair) = arg.split_once('=').ok_or_else(shape)?;
        self.set_pair(name.trim(), pair.trim())
    }

    /// Sets the one of this name: `2%/10%`.
    pub fn set_pair(&mut self, name: &str, pair: &str) -> Result<(), LimitError> {
        let arg = || format!("{name}={pair}");
        let (warn, fail) = pair.split_once('/').ok_or_else(|| LimitError::Shape { arg: arg() })?;
        let Some(place) = LIMITS.iter().position(|known| known.metric.name == name) else {
            let nearest = spelling::nearest(name, LIMITS.iter().map(|known| known.metric.name));
            return Err(LimitError::Unknown { name: name.to_owned(), nearest });
        };
        let metric = LIMITS[place].metric;
        let read = |text: &str| match text.trim() {
            "off" => Ok(None),
            text => Threshold::from_arg(&format!("{}={text}", metric.name), &[metric])
                .map(|threshold| Some(threshold.limit)),
        };
        let bound = LIMITS[place].bound;
        let limit = Limit { warn: read(warn)?, fail: read(fail)?, bound };
        if let (Some(warn), Some(fail)) = (limit.warn, limit.fail)
            && (if bound == Bound::Max { warn > fail } else { warn < fail })
        {
            return Err(LimitError::Order { arg: arg() });
        }
        self.0[place] = limit;
        Ok(())
    }

    /// What a `--max` or `--min` says fails; and no warning comes after that.
    pub fn fail_at(&mut self, threshold: &Threshold) {
        let place = LIMITS.iter().position(|known| known.metric.name == threshold.metric.name);
        let Some(place) = place.filter(|place| LIMITS[*place].bound == threshold.bound) else { return };
        let limit = &mut self.0[place];
        limit.fail = Some(threshold.limit);
        limit.warn = limit.warn.map(|warn| match limit.bound {
            Bound::Max => warn.min(threshold.limit),
            Bound::Min => warn.max(threshold.limit),
        });
    }

    /// The one of this name.
    #[must_use]
    pub fn of(&self, name: &str) -> Limit {
        let place = LIMITS.iter().position(|known| known.metric.name == name);
        self.0[place.expect("rules name limits of the table, and a test asks for each")]
    }
}

impl Limit {
    /// What a figure is worth telling as; `None` within both.
    #[must_use]
    pub fn severity(&self, figure: f64) -> Option<Severity> {
        let beyond = |limit: f64| match self.bound {
            Bound::Max => figure > limit,
            Bound::Min => figure < limit,
        };
        match () {
            () if self.fail.is_some_and(beyond) => Some(Severity::Error),
            () if self.warn.is_some_and(beyond) => Some(Severity::Warning),
            () => None,
        }
    }
}

impl schemars::JsonSchema for Limits {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Limits".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        BTreeMap::<String, BTreeMap<String, Option<f64>>>::json_schema(generator)
    }
}

/// `{"loss": {"warn_pct": 1.0, "fail_pct": 5.0}, …}`.
impl Serialize for Limits {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (known, limit) in LIMITS.iter().zip(&self.0) {
            let suffix = known.metric.unit.suffix();
            let pair = BTreeMap::from([
                (format!("warn{suffix}"), limit.warn),
                (format!("fail{suffix}"), limit.fail),
            ]);
            map.serialize_entry(known.metric.name, &pair)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_every_pair_is_in_order() {
        assert!(LIMITS.is_sorted_by_key(|known| known.metric.name));
        let mut limits = Limits::default();
        for known in LIMITS {
            assert_eq!(limits.of(known.metric.name), known.usual);
            limits.set_pair(known.metric.name, "off/off").unwrap();
            assert_eq!(limits.of(known.metric.name).severity(1e9), None);
        }
    }

    #[test]
    fn a_pair_is_read_with_its_units_and_a_figure_on_the_limit_is_within() {
        let mut limits = Limits::default();
        limits.set("loss=2%/10%").unwrap();
        limits.set(" rtt = 0.3s / off ").unwrap();
        let loss = limits.of("loss");
        assert_eq!((loss.severity(2.0), loss.severity(2.1)), (None, Some(Severity::Warning)));
        assert_eq!(
            (loss.severity(10.0), loss.severity(10.1)),
            (Some(Severity::Warning), Some(Severity::Error))
        );
        assert_eq!(limits.of("rtt").severity(1e6), Some(Severity::Warning));
        assert_eq!(limits.of("mos").severity(3.0), Some(Severity::Error));
        assert_eq!(limits.of("mos").severity(4.0), None);
    }

    #[test]
    fn what_cannot_be_meant_is_refused_with_what_to_write() {
        let refused = |arg: &str| {
            let error = Limits::default().set(arg).unwrap_err();
            format!("{error}; {}", error.hint())
        };
        insta::assert_snapshot!(refused("loss=1%"), @"`loss=1%` is not LIMIT=WARN/FAIL; write it as in `--limit loss=2%/10%`; `off` for one that is none");
        insta::assert_snapshot!(refused("gap.audo=1ms/2ms"), @"unknown limit `gap.audo`; did you mean `gap.audio` or `gap.video`?");
        insta::assert_snapshot!(refused("loss=5%/1%"), @"of `loss=5%/1%`, what fails is reached before what warns; the first is what warns, the second what fails");
        insta::assert_snapshot!(refused("rtt=1%/2%"), @"`1%` has the wrong unit for rtt, which is a time; write it as in `--limit rtt=30ms`");
    }

    #[test]
    fn a_single_limit_fails_and_takes_the_warning_along() {
        let mut limits = Limits::default();
        let max = |arg| Threshold::from_arg(arg, &Limits::metrics()).unwrap();
        limits.fail_at(&max("loss=0.5%"));
        assert_eq!(limits.of("loss").severity(0.6), Some(Severity::Error));
        limits.fail_at(&max("loss=10%"));
        assert_eq!(limits.of("loss").severity(6.0), Some(Severity::Warning));
        // The most that a rating may be is no limit of ours.
        limits.fail_at(&max("mos=4"));
        assert_eq!(limits.of("mos").severity(3.5), Some(Severity::Warning));
        limits.fail_at(&max("mos=4").at_least());
        assert_eq!(limits.of("mos").severity(3.9), Some(Severity::Error));
    }
}
