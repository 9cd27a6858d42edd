//! The process exit code, decided in one place for every command.

use serde::{Serialize, Serializer};

use super::{Finding, Severity};

/// What the exit code says. Precedence where several hold: 130 > 2 > 1 > 3 > 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Exit {
    /// 0: no finding at or above `--fail-on`, no threshold crossed.
    Healthy,
    /// 3: could not tell: the input is unreadable, the answer inconclusive.
    CouldNotTell,
    /// 1: such a finding, a failed phase, or a crossed threshold.
    Failed,
    /// 2: the command line or the plan is wrong.
    Usage,
    /// 130: interrupted; what was learnt is printed.
    Interrupted,
}

impl Exit {
    /// The number the process ends with.
    pub fn code(self) -> u8 {
        match self {
            Exit::Healthy => 0,
            Exit::Failed => 1,
            Exit::Usage => 2,
            Exit::CouldNotTell => 3,
            Exit::Interrupted => 130,
        }
    }

    /// The one of the two that wins.
    #[must_use]
    pub fn and(self, other: Exit) -> Exit {
        if self.rank() >= other.rank() { self } else { other }
    }

    fn rank(self) -> u8 {
        match self {
            Exit::Healthy => 0,
            Exit::CouldNotTell => 1,
            Exit::Failed => 2,
            Exit::Usage => 3,
            Exit::Interrupted => 4,
        }
    }
}

impl schemars::JsonSchema for Exit {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Exit".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "What the process exits with.",
            "type": "integer",
            "enum": [0, 1, 2, 3, 130],
        })
    }
}

impl Serialize for Exit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(self.code())
    }
}

/// `--fail-on`: the least severity that makes the exit code 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum FailOn {
    /// Findings of severity error fail the run.
    #[default]
    Error,
    /// Findings of severity warning or error fail the run.
    Warning,
    /// No finding fails the run.
    Never,
}

impl FailOn {
    /// Whether a finding of this severity fails the run.
    pub fn fails(self, severity: Severity) -> bool {
        match self {
            FailOn::Error => severity >= Severity::Error,
            FailOn::Warning => severity >= Severity::Warning,
            FailOn::Never => false,
        }
    }

    /// Whether one of `findings` is severe enough.
    pub fn exit<'a>(self, findings: impl IntoIterator<Item = &'a Finding>) -> Exit {
        match findings.into_iter().any(|finding| self.fails(finding.severity)) {
            true => Exit::Failed,
            false => Exit::Healthy,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_graver_exit_wins() {
        let by_rank = [Exit::Interrupted, Exit::Usage, Exit::Failed, Exit::CouldNotTell, Exit::Healthy];
        for (i, graver) in by_rank.iter().enumerate() {
            for milder in &by_rank[i..] {
                assert_eq!(graver.and(*milder), *graver);
                assert_eq!(milder.and(*graver), *graver);
            }
        }
    }
}
