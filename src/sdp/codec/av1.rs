//! Parameters of AV1 (RTP payload format of the Alliance for Open Media).

use std::fmt;

/// Profile, level and tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Av1 {
    /// `profile`: 0 Main, 1 High, 2 Professional.
    pub profile: u8,
    /// `level-idx`.
    pub level_index: u8,
    /// `tier`: 0 Main, 1 High.
    pub tier: u8,
}

impl Av1 {
    /// Profile 0, level 3.1, tier 0, where nothing else is said.
    pub(super) fn of(parameter: impl Fn(&str) -> Option<u8>) -> Self {
        Self {
            profile: parameter("profile").unwrap_or(0),
            level_index: parameter("level-idx").unwrap_or(5),
            tier: parameter("tier").unwrap_or(0),
        }
    }

    /// What the profile is called.
    pub fn profile_name(self) -> Option<&'static str> {
        ["Main", "High", "Professional"].get(usize::from(self.profile)).copied()
    }
}

/// `Main profile, level 3.1, Main tier`.
impl fmt::Display for Av1 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.profile_name() {
            Some(name) => write!(f, "{name} profile")?,
            None => write!(f, "profile {}", self.profile)?,
        }
        // Levels come in fours: 2.0 to 2.3, 3.0 to 3.3, … to 7.3; 31 is no limit (AV1 specification, annex A).
        match self.level_index {
            index @ 0..=23 => write!(f, ", level {}.{}", 2 + index / 4, index % 4)?,
            31 => f.write_str(", any level")?,
            index => write!(f, ", level-idx {index}")?,
        }
        match self.tier {
            0 => Ok(()),
            1 => f.write_str(", High tier"),
            other => write!(f, ", tier {other}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_said_has_a_default() {
        assert_eq!(Av1::of(|_| None).to_string(), "Main profile, level 3.1");
        let other = Av1 { profile: 2, level_index: 19, tier: 1 };
        assert_eq!(other.to_string(), "Professional profile, level 6.3, High tier");
        assert_eq!(Av1 { profile: 9, level_index: 31, tier: 0 }.to_string(), "profile 9, any level");
    }
}
