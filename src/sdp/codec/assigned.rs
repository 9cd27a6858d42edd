//! Payload types that have a meaning without `rtpmap` (RFC 3551 §6, tables 4 and 5).

/// What a number means by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Assigned {
    /// The number.
    pub payload_type: u8,
    /// The codec.
    pub name: &'static str,
    /// Hz.
    pub clock_rate: u32,
    /// Channels, for audio.
    pub channels: Option<u16>,
}

/// What `payload_type` means without `rtpmap`.
pub fn assigned(payload_type: u8) -> Option<&'static Assigned> {
    ASSIGNED.iter().find(|assigned| assigned.payload_type == payload_type)
}

const fn audio(payload_type: u8, name: &'static str, clock_rate: u32, channels: u16) -> Assigned {
    Assigned { payload_type, name, clock_rate, channels: Some(channels) }
}

const fn video(payload_type: u8, name: &'static str) -> Assigned {
    Assigned { payload_type, name, clock_rate: 90_000, channels: None }
}

static ASSIGNED: &[Assigned] = &[
    audio(0, "PCMU", 8_000, 1),
    audio(3, "GSM", 8_000, 1),
    audio(4, "G723", 8_000, 1),
    audio(5, "DVI4", 8_000, 1),
    audio(6, "DVI4", 16_000, 1),
    audio(7, "LPC", 8_000, 1),
    audio(8, "PCMA", 8_000, 1),
    // The clock of G722 is wrong for historical reasons (RFC 3551).
    audio(9, "G722", 8_000, 1),
    audio(10, "L16", 44_100, 2),
    audio(11, "L16", 44_100, 1),
    audio(12, "QCELP", 8_000, 1),
    audio(13, "CN", 8_000, 1),
    video(14, "MPA"),
    audio(15, "G728", 8_000, 1),
    audio(16, "DVI4", 11_025, 1),
    audio(17, "DVI4", 22_050, 1),
    audio(18, "G729", 8_000, 1),
    video(25, "CelB"),
    video(26, "JPEG"),
    video(28, "nv"),
    video(31, "H261"),
    video(32, "MPV"),
    video(33, "MP2T"),
    video(34, "H263"),
];
