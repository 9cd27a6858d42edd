//! `profile-level-id` of H.264 (RFC 6184 §8.1): which profile, not which bytes.

use std::fmt;

/// What `profile-level-id` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct H264 {
    /// The profile; `None` for bytes that stand for none.
    pub profile: Option<Profile>,
    /// The level.
    pub level: Level,
    /// The three bytes.
    pub bytes: [u8; 3],
}

/// A profile of H.264. Different bytes may mean the same one (RFC 6184 table 5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Profile {
    /// What every browser has.
    ConstrainedBaseline,
    /// With tools that browsers do without.
    Baseline,
    /// Main.
    Main,
    /// Extended.
    Extended,
    /// High without interlacing and B slices: in H.264 since 2012, later than RFC 6184.
    ConstrainedHigh,
    /// High.
    High,
    /// High 10.
    High10,
    /// High 4:2:2.
    High422,
    /// High 4:4:4 Predictive.
    High444,
    /// High 10 Intra.
    High10Intra,
    /// High 4:2:2 Intra.
    High422Intra,
    /// High 4:4:4 Intra.
    High444Intra,
    /// CAVLC 4:4:4 Intra.
    Cavlc444Intra,
}

/// A level of H.264 in tenths: 31 for 3.1. `1b` lies between 1 and 1.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Level {
    tenths: u8,
    is_1b: bool,
}

impl H264 {
    /// What counts where the parameter is absent: Baseline at level 1 (RFC 6184 §8.1).
    pub const ABSENT: Self = Self {
        profile: Some(Profile::Baseline),
        level: Level { tenths: 10, is_1b: false },
        bytes: [0x42, 0, 10],
    };

    /// Reads six hexadecimal digits.
    pub fn from_hex(text: &str) -> Option<Self> {
        if text.len() != 6 || !text.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        let [_, idc, iop, level] = u32::from_str_radix(text, 16).ok()?.to_be_bytes();
        Some(Self {
            profile: Profile::of(idc, iop),
            level: Level::of(idc, iop, level),
            bytes: [idc, iop, level],
        })
    }
}

impl Profile {
    /// RFC 6184 §8.1, table 5; bits of `iop` from the highest: constraint_set0 to constraint_set5.
    fn of(idc: u8, iop: u8) -> Option<Self> {
        // The two reserved bits at the end must be zero; set4 and set5 too, except in High.
        let matches = |mask: u8, bits: u8| iop & (mask | 0x0f) == bits;
        Some(match idc {
            0x42 if matches(0x40, 0x40) => Profile::ConstrainedBaseline,
            0x42 if matches(0x40, 0) => Profile::Baseline,
            0x4d if matches(0x80, 0x80) => Profile::ConstrainedBaseline,
            0x4d if matches(0xa0, 0) => Profile::Main,
            0x58 if matches(0xc0, 0xc0) => Profile::ConstrainedBaseline,
            0x58 if matches(0xc0, 0x80) => Profile::Baseline,
            0x58 if matches(0xc0, 0) => Profile::Extended,
            0x64 if iop == 0x0c => Profile::ConstrainedHigh,
            0x64 if iop == 0 => Profile::High,
            0x6e if iop == 0 => Profile::High10,
            0x6e if iop == 0x10 => Profile::High10Intra,
            0x7a if iop == 0 => Profile::High422,
            0x7a if iop == 0x10 => Profile::High422Intra,
            0xf4 if iop == 0 => Profile::High444,
            0xf4 if iop == 0x10 => Profile::High444Intra,
            0x2c if iop == 0x10 => Profile::Cavlc444Intra,
            _ => return None,
        })
    }

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Profile::ConstrainedBaseline => "Constrained Baseline",
            Profile::Baseline => "Baseline",
            Profile::Main => "Main",
            Profile::Extended => "Extended",
            Profile::ConstrainedHigh => "Constrained High",
            Profile::High => "High",
            Profile::High10 => "High 10",
            Profile::High422 => "High 4:2:2",
            Profile::High444 => "High 4:4:4 Predictive",
            Profile::High10Intra => "High 10 Intra",
            Profile::High422Intra => "High 4:2:2 Intra",
            Profile::High444Intra => "High 4:4:4 Intra",
            Profile::Cavlc444Intra => "CAVLC 4:4:4 Intra",
        }
    }
}

impl Level {
    /// RFC 6184 §8.1: level_idc 11 with constraint_set3 is 1b in the older profiles.
    fn of(idc: u8, iop: u8, level: u8) -> Self {
        let older = matches!(idc, 0x42 | 0x4d | 0x58);
        match level {
            11 if older && iop & 0x10 != 0 => Level { tenths: 10, is_1b: true },
            9 => Level { tenths: 10, is_1b: true },
            tenths => Level { tenths, is_1b: false },
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.is_1b, self.tenths % 10) {
            (true, _) => f.write_str("1b"),
            (_, 0) => write!(f, "{}", self.tenths / 10),
            (_, tenth) => write!(f, "{}.{tenth}", self.tenths / 10),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(hex: &str, profile: Option<Profile>, level: &str) {
        let read = H264::from_hex(hex).unwrap();
        assert_eq!((read.profile, read.level.to_string().as_str()), (profile, level), "{hex}");
    }

    #[test]
    fn profiles_count_and_not_their_bytes() {
        use Profile::*;
        for hex in ["42e01f", "42c01f", "42401f", "4d801f", "4de01f", "58c01f"] {
            check(hex, Some(ConstrainedBaseline), "3.1");
        }
        for hex in ["42001f", "42801F", "58801f"] {
            check(hex, Some(Baseline), "3.1");
        }
        check("4d0032", Some(Main), "5");
        check("58001f", Some(Extended), "3.1");
        check("640c1f", Some(ConstrainedHigh), "3.1");
        check("640034", Some(High), "5.2");
        check("f4001f", Some(High444), "3.1");
        check("2c101f", Some(Cavlc444Intra), "3.1");
        check("42011f", None, "3.1");
        check("99001f", None, "3.1");
    }

    #[test]
    fn level_1b_lies_between_1_and_1_1() {
        check("42f00b", Some(Profile::ConstrainedBaseline), "1b");
        check("42e00b", Some(Profile::ConstrainedBaseline), "1.1");
        check("640009", Some(Profile::High), "1b");
        let level = |hex| H264::from_hex(hex).unwrap().level;
        assert!(level("42e00a") < level("42f00b") && level("42f00b") < level("42e00b"));
        assert_eq!(H264::ABSENT, H264::from_hex("42000a").unwrap());
    }

    #[test]
    fn six_digits_or_nothing() {
        for text in ["", "42e01", "42e01f0", "42e01g", "+2e01f", "é4201"] {
            assert_eq!(H264::from_hex(text), None, "{text}");
        }
    }
}
