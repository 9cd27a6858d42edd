//! Which m-lines a change is for, and how people write amounts.

use std::fmt;

use crate::sdp::Session;
use crate::sdp::attribute::Direction;
use crate::sdp::session::Media;
use crate::spelling;

/// m-lines of one kind, or the one of one `mid`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope(String);

/// How much may be sent, in bit/s.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bitrate(u64);

impl Scope {
    /// Reads `video=1500k`.
    pub fn with_bitrate(arg: &str) -> Result<(Self, Bitrate), String> {
        let (scope, amount) = Self::split(arg, "video=1500k")?;
        let bitrate = Bitrate::from_text(amount).ok_or_else(|| {
            format!("`{amount}` is no bitrate; write bit/s with `k` or `M` behind it, such as `1500k`")
        })?;
        Ok((scope, bitrate))
    }

    /// Reads `video=recvonly`.
    pub fn with_direction(arg: &str) -> Result<(Self, Direction), String> {
        let (scope, name) = Self::split(arg, "video=recvonly")?;
        const NAMES: [&str; 4] = ["sendrecv", "sendonly", "recvonly", "inactive"];
        let direction = Direction::from_name(name).ok_or_else(|| {
            let meant = spelling::question(&spelling::nearest(name, NAMES));
            let meant = meant.map(|meant| format!("; {meant}")).unwrap_or_default();
            format!("`{name}` is none of {}{meant}", NAMES.join(", "))
        })?;
        Ok((scope, direction))
    }

    fn split<'a>(arg: &'a str, example: &str) -> Result<(Self, &'a str), String> {
        match arg.rsplit_once('=') {
            Some((scope, value)) if !scope.is_empty() => Ok((Self(scope.to_owned()), value)),
            _ => Err(format!("write a kind of media or a mid, `=`, and the value, such as `{example}`")),
        }
    }

    /// Whether it names this m-line: by its kind, or by its `mid` where no m-line is of such a kind.
    pub fn has(&self, session: &Session<'_>, media: Media<'_, '_>) -> bool {
        let is_kind = |media: Media<'_, '_>| media.line().kind.eq_ignore_ascii_case(&self.0);
        is_kind(media)
            || (media.mid().is_some_and(|mid| mid.value == self.0) && !session.media().any(is_kind))
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Bitrate {
    /// Reads `1500k`, `1.5M`, `64000`.
    pub fn from_text(text: &str) -> Option<Self> {
        let (digits, unit) = match text.as_bytes().last()? {
            b'k' | b'K' => (&text[..text.len() - 1], 1e3),
            b'm' | b'M' => (&text[..text.len() - 1], 1e6),
            _ => (text, 1.0),
        };
        let is_number = digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
            && digits.starts_with(|first: char| first.is_ascii_digit());
        let bits = digits.parse::<f64>().ok().filter(|_| is_number)? * unit;
        // One bit/s is the least, and nobody sends a Tbit/s.
        (1.0..=1e12).contains(&bits).then(|| Self(bits.round() as u64))
    }

    /// For `b=TIAS` (RFC 3890 §6.2).
    pub fn bits_per_second(self) -> u64 {
        self.0
    }

    /// For `b=AS` (RFC 8866 §5.8), at least as much.
    pub fn kilobits_per_second(self) -> u64 {
        self.0.div_ceil(1000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_as_people_write_them() {
        let bits = |text: &str| Bitrate::from_text(text).map(Bitrate::bits_per_second);
        assert_eq!(bits("1500k"), Some(1_500_000));
        assert_eq!(bits("1.5M"), Some(1_500_000));
        assert_eq!(bits("64000"), Some(64_000));
        for wrong in ["", "k", "0", "-5k", "1e6", "1.2.3k", "inf", "99999999M", ".5M"] {
            assert_eq!(bits(wrong), None, "{wrong}");
        }
        assert_eq!(Bitrate::from_text("64001").map(Bitrate::kilobits_per_second), Some(65));
    }

    #[test]
    fn a_scope_stands_before_the_value() {
        assert_eq!(Scope::with_bitrate("video=1M").unwrap().0, Scope("video".to_owned()));
        assert_eq!(Scope::with_direction("cam=recvonly").unwrap().1, Direction::Recvonly);
        for wrong in ["1M", "=1M", "video=", "video=fast"] {
            assert!(Scope::with_bitrate(wrong).is_err(), "{wrong}");
        }
        assert!(Scope::with_direction("video=both").is_err());
    }
}
