//! What shall be checked: the tables of `rtcscope.toml`, read and judged before anything is run.
//!
//! A plan holds no secret. It says which variable or file does.

mod error;
mod expectation;
mod keys;
mod reader;

use std::path::{Path, PathBuf};

use serde::Serialize;

pub use error::{Place, PlanError};
pub use expectation::{Expectation, Must};
pub use keys::{COMMON, Key, OF_PLAN, Takes};
pub(crate) use reader::{Reader, Value, described};

use crate::finding::Severity;
use crate::metric::{Bound, Threshold};

/// The file that is looked for, here and in the folders above.
pub const FILE: &str = "rtcscope.toml";

/// What [`Plan::from_toml`] reads, with every key explained.
pub const SAMPLE: &str = include_str!("sample.toml");

/// What shall be checked.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The file, as the user calls it; `None` for what is built in.
    pub file: Option<String>,
    /// What is said of the run: keys of [`OF_PLAN`].
    pub settings: Vec<Setting>,
    /// In the order of the file.
    pub entries: Vec<Entry>,
}

/// What kind of check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A server is probed.
    Probe,
    /// A call is made.
    Call,
    /// Descriptions are linted.
    Sdp,
    /// Captures are analysed.
    Capture,
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 4] = [Kind::Probe, Kind::Call, Kind::Sdp, Kind::Capture];

    /// The name of its table.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Probe => "probe",
            Kind::Call => "call",
            Kind::Sdp => "sdp",
            Kind::Capture => "capture",
        }
    }

    /// The command that does it.
    pub fn command(self) -> &'static [&'static str] {
        match self {
            Kind::Probe => &["probe"],
            Kind::Call => &["call"],
            Kind::Sdp => &["sdp", "lint"],
            Kind::Capture => &["analyze"],
        }
    }
}

/// One check.
#[derive(Debug, Clone)]
pub struct Entry {
    /// What is done.
    pub kind: Kind,
    /// What it is called; no two checks of a plan share one.
    pub name: String,
    /// How grave it is when it fails.
    pub severity: Severity,
    /// How often it is tried again when it fails.
    pub retries: u32,
    /// What it must find, and what not.
    pub expect: Vec<Expectation>,
    /// How long before it is tried again.
    pub retry_after: Option<Setting>,
    /// Flags of the command.
    pub settings: Vec<Setting>,
    /// Limits of its figures, which are among the flags, too.
    pub limits: Vec<Threshold>,
    /// Who we are.
    pub secrets: Vec<Secret>,
    /// Where it begins; `None` for what is built in.
    pub place: Option<Place>,
    /// Flags that plans do not have, for what is built in.
    pub extra: Vec<String>,
    /// What it looks at, where its files do not say that to anybody.
    pub about: Option<&'static str>,
}

/// A key and what it is set to.
#[derive(Debug, Clone)]
pub struct Setting {
    /// Which.
    pub key: Key,
    /// As the command line would have it: several where it is given several times; `true` for a flag.
    pub values: Vec<String>,
    /// Where; `None` for what is built in.
    pub place: Option<Place>,
}

/// A key that takes a secret, and where that is.
#[derive(Debug, Clone)]
pub struct Secret {
    /// Which key.
    pub key: Key,
    /// Where the secret is.
    pub source: SecretSource,
    /// Where the key is.
    pub place: Place,
}

/// Where a secret is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretSource {
    /// In this variable of the environment.
    Env(String),
    /// In this file: all of it but one line end.
    File(PathBuf),
}

impl Plan {
    /// Reads a plan. `file` is what the user calls it, `folder` where relative paths in it start.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn from_toml(text: &str, file: &str, folder: &Path) -> Result<Self, PlanError> {
        reader::read(text, file, folder)
    }
}

impl Entry {
    /// A check that is built in.
    pub fn built_in(kind: Kind, name: &str, flags: &[(&str, &str)]) -> Self {
        let setting = |(name, value): &(&str, &str)| {
            let key = kind.keys().find(|key| key.name == *name)?;
            Some(Setting { key, values: vec![(*value).to_owned()], place: None })
        };
        Self {
            kind,
            name: name.to_owned(),
            severity: Severity::Error,
            retries: 0,
            expect: Vec::new(),
            retry_after: None,
            settings: flags.iter().filter_map(setting).collect(),
            limits: Vec::new(),
            secrets: Vec::new(),
            place: None,
            extra: Vec::new(),
            about: None,
        }
    }

    /// The command line that does the same, without what says who we are.
    pub fn arguments(&self) -> Vec<String> {
        let mut words: Vec<String> = self.kind.command().iter().map(|word| (*word).to_owned()).collect();
        let (positional, flags): (Vec<_>, Vec<_>) =
            self.settings.iter().partition(|setting| setting.key.positional);
        for setting in flags {
            let flag = setting.key.flag();
            match setting.key.takes {
                Takes::Flag => words.push(flag),
                _ => words.extend(setting.values.iter().map(|value| format!("{flag}={value}"))),
            }
        }
        words.extend(self.extra.iter().cloned());
        if !positional.is_empty() {
            words.push("--".to_owned());
            words.extend(positional.iter().flat_map(|setting| setting.values.iter().cloned()));
        }
        words
    }

    /// What it looks at, in a few words.
    pub fn subject(&self) -> String {
        if let Some(about) = self.about {
            return about.to_owned();
        }
        let is_main =
            |key: &Key| key.positional || ["ice_servers", "turnserver_conf", "relay"].contains(&key.name);
        let main = self.settings.iter().filter(|setting| is_main(&setting.key));
        let named: Vec<&str> = main.flat_map(|setting| setting.values.iter().map(String::as_str)).collect();
        match (named.is_empty(), self.kind) {
            (false, _) => named.join(" "),
            (true, Kind::Call) if !self.has("embedded") => "within this host".to_owned(),
            (true, _) => "the server in this process".to_owned(),
        }
    }

    /// Whether a key is set.
    pub fn has(&self, name: &str) -> bool {
        self.settings.iter().any(|setting| setting.key.name == name)
    }

    /// What must hold, as it is written.
    pub fn terms(&self) -> Vec<String> {
        let limits = self.limits.iter().map(|limit| {
            let sign = if limit.bound == Bound::Max { "≤" } else { "≥" };
            format!("{} {sign} {}{}", limit.metric.name, limit.limit, limit.metric.unit.symbol())
        });
        self.expect.iter().map(Expectation::word).chain(limits).collect()
    }
}

impl Key {
    /// As a flag of the command line.
    pub fn flag(&self) -> String {
        format!("--{}", self.name.replace('_', "-"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        let plan = Plan::from_toml(text, FILE, Path::new("")).unwrap_or_else(|error| panic!("{error:?}"));
        plan.entries.into_iter().map(|entry| entry.name).collect()
    }

    #[test]
    fn the_sample_is_a_plan_as_it_is_and_with_all_that_it_leaves_out() {
        assert_eq!(names(SAMPLE), ["this machine"]);
        let is_toml = |line: &str| {
            let key = line.split_once(" = ").map_or("", |(key, _)| key);
            line.starts_with("[[")
                || !key.is_empty() && key.chars().all(|c| c.is_ascii_lowercase() || c == '_')
        };
        let whole =
            SAMPLE.lines().map(|line| line.strip_prefix("# ").filter(|line| is_toml(line)).unwrap_or(line));
        let whole = whole.collect::<Vec<_>>().join("\n");
        assert_eq!(names(&whole).len(), 7, "{whole}");
        let plan = Plan::from_toml(&whole, FILE, Path::new("")).unwrap();
        assert!(Kind::ALL.into_iter().all(|kind| plan.entries.iter().any(|entry| entry.kind == kind)));
        assert_eq!(plan.settings.len(), 2);
    }

    #[test]
    fn a_check_is_a_command_line_with_paths_from_the_plan_s_folder() {
        let text = "[[capture]]\nfiles = [\"a.pcap\", \"/b.pcap\"]\nkeys = \"k.json\"\nclock = [\"111=48000\"]\n\
                    max = { loss = \"1%\", rtt = \"300ms\" }\nmin = { mos = 3.8 }\nlimit = { pli = \"3/off\" }\n";
        let plan = Plan::from_toml(text, FILE, Path::new("deploy")).unwrap();
        assert_eq!(
            plan.entries[0].arguments().join(" "),
            "analyze --keys=deploy/k.json --clock=111=48000 --max=loss=1% --max=rtt=300ms --min=mos=3.8 \
             --limit=pli=3/off -- deploy/a.pcap /b.pcap"
        );
        assert_eq!(plan.entries[0].terms(), ["loss ≤ 1 %", "rtt ≤ 300 ms", "mos ≥ 3.8"]);
        assert_eq!(plan.entries[0].name, "capture-1");
    }

    #[test]
    fn a_flag_that_is_false_is_left_out_and_a_secret_is_in_no_command_line() {
        let text =
            "[[probe]]\ntargets = \"turn:a\"\nnat = false\nsecurity = true\nsecret = { file = \"s\" }\n";
        let plan = Plan::from_toml(text, FILE, Path::new("d")).unwrap();
        assert_eq!(plan.entries[0].arguments().join(" "), "probe --security -- turn:a");
        assert_eq!(plan.entries[0].secrets[0].source, SecretSource::File("d/s".into()));
    }
}
