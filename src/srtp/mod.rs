//! SRTP and SRTCP, opened with keys that were handed over (RFC 3711, RFC 7714). Nothing is ever sealed here.

mod cipher;
mod context;
mod keys;

pub use context::{Context, Refused};
pub use keys::{Exports, KeyFile, Master};

/// How packets are protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Profile {
    /// AES_CM_128_HMAC_SHA1_80.
    AesCm80,
    /// AES_CM_128_HMAC_SHA1_32: its SRTCP has long tags all the same.
    AesCm32,
    /// AEAD_AES_128_GCM.
    Gcm128,
    /// AEAD_AES_256_GCM.
    Gcm256,
}

impl Profile {
    /// By its number in DTLS (RFC 5764 §4.1.2, RFC 7714 §14.2).
    #[must_use]
    pub fn from_number(number: u16) -> Option<Self> {
        match number {
            0x0001 => Some(Self::AesCm80),
            0x0002 => Some(Self::AesCm32),
            0x0007 => Some(Self::Gcm128),
            0x0008 => Some(Self::Gcm256),
            _ => None,
        }
    }

    /// By its name in DTLS or in SDES (RFC 4568 §6.2, RFC 7714 §14.1).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "SRTP_AES128_CM_HMAC_SHA1_80" | "SRTP_AES128_CM_SHA1_80" | "AES_CM_128_HMAC_SHA1_80" => {
                Some(Self::AesCm80)
            }
            "SRTP_AES128_CM_HMAC_SHA1_32" | "SRTP_AES128_CM_SHA1_32" | "AES_CM_128_HMAC_SHA1_32" => {
                Some(Self::AesCm32)
            }
            "SRTP_AEAD_AES_128_GCM" | "AEAD_AES_128_GCM" => Some(Self::Gcm128),
            "SRTP_AEAD_AES_256_GCM" | "AEAD_AES_256_GCM" => Some(Self::Gcm256),
            _ => None,
        }
    }

    /// Its name in DTLS.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::AesCm80 => "SRTP_AES128_CM_HMAC_SHA1_80",
            Self::AesCm32 => "SRTP_AES128_CM_HMAC_SHA1_32",
            Self::Gcm128 => "SRTP_AEAD_AES_128_GCM",
            Self::Gcm256 => "SRTP_AEAD_AES_256_GCM",
        }
    }

    fn key_length(self) -> usize {
        if self == Self::Gcm256 { 32 } else { 16 }
    }

    fn salt_length(self) -> usize {
        if self.is_aead() { 12 } else { 14 }
    }

    fn is_aead(self) -> bool {
        matches!(self, Self::Gcm128 | Self::Gcm256)
    }

    /// Of an SRTP packet; that of SRTCP is ten bytes in both that are no AEAD.
    fn tag_length(self) -> usize {
        match self {
            Self::AesCm80 => 10,
            Self::AesCm32 => 4,
            Self::Gcm128 | Self::Gcm256 => 16,
        }
    }
}
