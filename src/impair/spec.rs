//! What shall be done: `loss=2%,delay=50ms,jitter=10ms,reorder=1%,duplicate=1%,rate=1M,burst=3,queue=200ms,only=rtp,first=1`.

use std::fmt;
use std::time::Duration;

use super::Flow;
use crate::metric::Unit;
use crate::spelling;

/// Damage to one direction. The default is none.
#[derive(Debug, Clone, PartialEq)]
pub struct Impairment {
    /// The part of the packets that is lost, 0 to 1.
    pub loss: f64,
    /// How many are lost in a row, on average (Gilbert's model); 1: each by itself.
    pub burst: f64,
    /// How much later all arrive.
    pub delay: Duration,
    /// By how much that swings, up and down, for all flows together; nothing overtakes.
    pub jitter: Duration,
    /// The part that arrives behind the next packet of its flow.
    pub reorder: f64,
    /// The part that arrives twice.
    pub duplicate: f64,
    /// Bits a second that fit through.
    pub rate_bps: Option<u64>,
    /// What waits longer than this for its turn is lost.
    pub queue: Duration,
    /// Of each flow, so many packets at its beginning are lost.
    pub first: u32,
    /// All this is done to such flows alone.
    pub only: Option<Class>,
}

/// Flows of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Connectivity checks.
    Stun,
    /// The handshake and the data channel.
    Dtls,
    /// Media.
    Rtp,
    /// Reports.
    Rtcp,
}

impl Class {
    const ALL: [(&'static str, Self); 4] =
        [("stun", Self::Stun), ("dtls", Self::Dtls), ("rtp", Self::Rtp), ("rtcp", Self::Rtcp)];

    /// Whether a flow is of this kind.
    pub fn has(self, flow: Flow) -> bool {
        matches!(
            (self, flow),
            (Self::Stun, Flow::Stun)
                | (Self::Dtls, Flow::Dtls)
                | (Self::Rtp, Flow::Rtp(_))
                | (Self::Rtcp, Flow::Rtcp)
        )
    }
}

/// What waits longer is lost, unless said otherwise: as much as a home router's buffer has.
const QUEUE: Duration = Duration::from_millis(500);
/// The longest delay.
const MOST: Duration = Duration::from_secs(10);

impl Default for Impairment {
    fn default() -> Self {
        Self {
            loss: 0.0,
            burst: 1.0,
            delay: Duration::ZERO,
            jitter: Duration::ZERO,
            reorder: 0.0,
            duplicate: 0.0,
            rate_bps: None,
            queue: QUEUE,
            first: 0,
            only: None,
        }
    }
}

/// Why a specification was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SpecError {
    /// Not NAME=VALUE.
    #[error("`{0}` is not NAME=VALUE; write it as in loss=2%,delay=50ms")]
    Shape(String),
    /// No such name.
    #[error("there is no `{name}`{}; there are {}", meant(.nearest), NAMES.join(", "))]
    Unknown {
        /// What was given.
        name: String,
        /// Names like it.
        nearest: Vec<&'static str>,
    },
    /// A value that makes no sense there.
    #[error("`{value}` is no value for {name}, which is {what}")]
    Value {
        /// Of what.
        name: &'static str,
        /// What was given.
        value: String,
        /// What belongs there.
        what: &'static str,
    },
    /// It says how something is done that is not done.
    #[error("`{0}` does nothing by itself: it needs {1}")]
    Idle(&'static str, &'static str),
    /// Said twice.
    #[error("{0} is given twice")]
    Twice(&'static str),
}

const NAMES: [&str; 10] =
    ["loss", "burst", "delay", "jitter", "reorder", "duplicate", "rate", "queue", "first", "only"];

fn meant(nearest: &[&str]) -> String {
    nearest.first().map_or_else(String::new, |name| format!(": did you mean `{name}`?"))
}

impl Impairment {
    /// Reads a list as in the first line of this module.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn from_arg(arg: &str) -> Result<Self, SpecError> {
        let mut read = Self::default();
        let mut given: Vec<&'static str> = Vec::new();
        for part in arg.split(',').map(str::trim) {
            let (name, value) = part.split_once('=').ok_or_else(|| SpecError::Shape(part.to_owned()))?;
            let (typed, value) = (name.trim().to_lowercase(), value.trim());
            let unknown =
                || SpecError::Unknown { nearest: spelling::nearest(&typed, NAMES), name: typed.clone() };
            let name = NAMES.into_iter().find(|known| *known == typed).ok_or_else(unknown)?;
            if given.contains(&name) {
                return Err(SpecError::Twice(name));
            }
            given.push(name);
            read.set(name, value)?;
        }
        let damage = "loss, delay, jitter, reorder, duplicate, rate or first";
        for (name, needs, told) in [
            ("burst", &["loss"][..], "loss"),
            ("queue", &["rate"], "rate"),
            ("only", &["loss", "delay", "jitter", "reorder", "duplicate", "rate", "first"], damage),
        ] {
            if given.contains(&name) && !needs.iter().any(|needed| given.contains(needed)) {
                return Err(SpecError::Idle(name, told));
            }
        }
        Ok(read)
    }

    fn set(&mut self, name: &'static str, value: &str) -> Result<(), SpecError> {
        let refused = |what| SpecError::Value { name, value: value.to_owned(), what };
        let part = || {
            let percent = Unit::Percent.amount(value).filter(|percent| (0.0..=100.0).contains(percent));
            percent.map(|percent| percent / 100.0).ok_or_else(|| refused("a percentage, as in 2%"))
        };
        let time = || {
            let ms = Unit::Milliseconds.amount(value).filter(|ms| *ms <= MOST.as_secs_f64() * 1e3);
            let time = ms.and_then(|ms| Duration::try_from_secs_f64(ms / 1e3).ok());
            time.ok_or_else(|| refused("a time up to 10 s, as in 50ms"))
        };
        match name {
            "loss" => self.loss = part()?,
            "reorder" => self.reorder = part()?,
            "duplicate" => self.duplicate = part()?,
            "delay" => self.delay = time()?,
            "jitter" => self.jitter = time()?,
            "queue" => self.queue = time()?,
            "burst" => {
                let burst = value.parse::<f64>().ok().filter(|burst| (1.0..=1000.0).contains(burst));
                self.burst = burst.ok_or_else(|| refused("how many packets are lost in a row, 1 to 1000"))?;
            }
            "first" => {
                let first = value.parse::<u32>().ok().filter(|first| *first <= 1_000_000);
                self.first = first.ok_or_else(|| refused("how many packets, as in 1"))?;
            }
            "only" => {
                let class = Class::ALL.into_iter().find(|(known, _)| *known == value.to_lowercase());
                let (_, class) = class.ok_or_else(|| refused("stun, dtls, rtp or rtcp"))?;
                self.only = Some(class);
            }
            _ => {
                let rate = Unit::BitsPerSecond.amount(value).filter(|bps| (1e3..=1e12).contains(bps));
                let rate = rate.ok_or_else(|| refused("bits a second from 1k on, as in 500k or 1M"))?;
                self.rate_bps = Some(rate as u64);
            }
        }
        Ok(())
    }

    /// Whether nothing is done.
    pub fn is_none(&self) -> bool {
        *self == Self { burst: self.burst, queue: self.queue, only: self.only, ..Self::default() }
    }

    /// Since when it was sent a packet may arrive, at the latest.
    pub fn longest(&self) -> Duration {
        let queue = if self.rate_bps.is_some() { self.queue } else { Duration::ZERO };
        self.delay + self.jitter + queue
    }
}

impl fmt::Display for Impairment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent =
            |name: &str, part: f64| (part > 0.0).then(|| format!("{name}={}%", rounded(part * 100.0)));
        let time = |name: &str, time: Duration| {
            (!time.is_zero()).then(|| format!("{name}={}ms", rounded(time.as_secs_f64() * 1e3)))
        };
        let parts = [
            percent("loss", self.loss),
            (self.burst > 1.0).then(|| format!("burst={}", self.burst)),
            time("delay", self.delay),
            time("jitter", self.jitter),
            percent("reorder", self.reorder),
            percent("duplicate", self.duplicate),
            self.rate_bps.map(|rate| format!("rate={}k", rounded(rate as f64 / 1e3))),
            (self.rate_bps.is_some() || self.queue != QUEUE)
                .then(|| format!("queue={}ms", rounded(self.queue.as_secs_f64() * 1e3))),
            (self.first > 0).then(|| format!("first={}", self.first)),
            self.only.and_then(|only| {
                Class::ALL.iter().find(|(_, class)| *class == only).map(|(name, _)| format!("only={name}"))
            }),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        f.write_str(&if parts.is_empty() { "none".to_owned() } else { parts.join(",") })
    }
}

fn rounded(value: f64) -> f64 {
    (value * 1e3).round() / 1e3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_all_that_it_prints() {
        let text = "loss=2%,burst=3,delay=50ms,jitter=10.5ms,reorder=1%,duplicate=0.5%,rate=1000k,queue=80ms,first=1,only=dtls";
        let read = Impairment::from_arg(text).unwrap();
        assert_eq!(read.to_string(), text);
        assert_eq!(
            (read.loss, read.delay, read.rate_bps),
            (0.02, Duration::from_millis(50), Some(1_000_000))
        );
        assert_eq!(Impairment::from_arg("rate=1M, queue=80ms").unwrap().queue, Duration::from_millis(80));
        assert!(Impairment::from_arg("loss=0%,burst=4").unwrap().is_none());
        for idle in ["burst=4", "queue=1s", "only=dtls", "delay=5ms,burst=3", "only=rtp,queue=80ms,burst=2"] {
            assert!(matches!(Impairment::from_arg(idle), Err(SpecError::Idle(..))), "{idle}");
        }
        assert!(!read.is_none());
    }

    #[test]
    fn says_what_is_wrong_with_the_rest() {
        let says = |text: &str| Impairment::from_arg(text).unwrap_err().to_string();
        assert_eq!(says("loss"), "`loss` is not NAME=VALUE; write it as in loss=2%,delay=50ms");
        assert_eq!(says("loss=2"), "`2` is no value for loss, which is a percentage, as in 2%");
        assert_eq!(says("loss=101%"), "`101%` is no value for loss, which is a percentage, as in 2%");
        assert_eq!(
            says("delay=1min"),
            "`1min` is no value for delay, which is a time up to 10 s, as in 50ms"
        );
        assert_eq!(says("loss=1%,loss=2%"), "loss is given twice");
        assert!(
            says("delya=5ms").starts_with("there is no `delya`: did you mean `delay`?"),
            "{}",
            says("delya=5ms")
        );
    }
}
