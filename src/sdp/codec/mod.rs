//! A payload type with all that the section says of it, and its parameters read out.

mod assigned;
mod av1;
mod h264;
mod reading;

pub use assigned::{Assigned, assigned};
pub use av1::Av1;
pub use h264::{H264, Level, Profile};

use super::attribute::{Fmtp, RtcpFb, Rtpmap, View};
use super::session::Section;
use super::text::{Spanned, Word};

/// One payload type of an m-line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Codec<'t> {
    /// As the m-line has it.
    pub payload_type: Spanned<u8>,
    /// The first `rtpmap` of it.
    pub rtpmap: Option<Rtpmap<'t>>,
    /// Every `fmtp` of it.
    pub fmtps: Vec<Fmtp<'t>>,
    /// Every `rtcp-fb` of it alone; what counts for all is [`Section::feedback_for_all`].
    pub feedback: Vec<RtcpFb<'t>>,
}

impl<'t> Codec<'t> {
    pub(super) fn of_section(section: &Section<'t>) -> Vec<Codec<'t>> {
        let Some(line) = section.media.as_ref().filter(|line| line.is_rtp()) else { return Vec::new() };
        let mut codecs: Vec<Codec<'t>> = Vec::new();
        // Payload types have seven bits.
        let mut places = [None; 128];
        for format in &line.formats {
            let Ok(number) = format.number::<u8>("") else { continue };
            let Some(place @ None) = places.get_mut(usize::from(number.value)) else { continue };
            *place = Some(codecs.len());
            codecs.push(Codec {
                payload_type: number,
                rtpmap: None,
                fmtps: Vec::new(),
                feedback: Vec::new(),
            });
        }
        let place = |format: Word<'_>| {
            let number = format.value.parse::<u8>().ok()?;
            places.get(usize::from(number)).copied().flatten()
        };
        for attribute in &section.attributes {
            match &attribute.view {
                View::Rtpmap(rtpmap) => {
                    if let Some(index) = places[usize::from(rtpmap.payload_type.value & 127)] {
                        codecs[index].rtpmap.get_or_insert(*rtpmap);
                    }
                }
                View::Fmtp(fmtp) => {
                    if let Some(index) = place(fmtp.format) {
                        codecs[index].fmtps.push(*fmtp);
                    }
                }
                View::RtcpFb(feedback) => {
                    if let Some(index) = place(feedback.format) {
                        codecs[index].feedback.push(*feedback);
                    }
                }
                _ => {}
            }
        }
        codecs
    }

    /// Its name: from `rtpmap`, or by its number (RFC 3551 §6).
    pub fn name(&self) -> Option<&'t str> {
        let by_number = || assigned(self.payload_type.value).map(|assigned| assigned.name);
        self.rtpmap.map(|rtpmap| rtpmap.name.value).or_else(by_number)
    }

    /// Whether it is the codec `name`, whose case does not count.
    pub fn is(&self, name: &str) -> bool {
        self.name().is_some_and(|own| own.eq_ignore_ascii_case(name))
    }

    /// Hz.
    pub fn clock_rate(&self) -> Option<u32> {
        let by_number = || assigned(self.payload_type.value).map(|assigned| assigned.clock_rate);
        self.rtpmap.map(|rtpmap| rtpmap.clock_rate.value).or_else(by_number)
    }

    /// Channels, where they are said; 1 otherwise, for audio (RFC 8866 §6.6).
    pub fn channels(&self) -> Option<u16> {
        match self.rtpmap {
            Some(rtpmap) => rtpmap.channels.map(|channels| channels.value),
            None => assigned(self.payload_type.value).and_then(|assigned| assigned.channels),
        }
    }

    /// The value of a parameter of `fmtp`, whose case does not count.
    pub fn parameter(&self, name: &str) -> Option<Word<'t>> {
        self.fmtps.iter().find_map(|fmtp| fmtp.parameter(name))
    }

    /// The payload type that `rtx` repeats (RFC 4588 §8.1).
    pub fn associated(&self) -> Option<Spanned<u8>> {
        self.parameter("apt").and_then(|word| word.number("").ok())
    }

    /// Whether it carries other codecs, tones or silence, so that no media is left if only such remain.
    pub fn is_auxiliary(&self) -> bool {
        const NAMES: [&str; 8] =
            ["rtx", "red", "ulpfec", "flexfec-03", "flexfec", "telephone-event", "CN", "parityfec"];
        NAMES.iter().any(|name| self.is(name))
    }

    /// H.264: profile and level, also where it does not say (RFC 6184 §8.1).
    pub fn h264(&self) -> Option<H264> {
        if !self.is("H264") {
            return None;
        }
        match self.parameter("profile-level-id") {
            Some(word) => H264::from_hex(word.value),
            None => Some(H264::ABSENT),
        }
    }

    /// AV1: profile, level and tier, also where it does not say.
    pub fn av1(&self) -> Option<Av1> {
        self.is("AV1").then(|| Av1::of(|name| self.parameter(name).and_then(|word| word.value.parse().ok())))
    }

    /// `name/rate/channels`, as in `rtpmap`.
    pub fn encoding(&self) -> String {
        let mut text = self.name().unwrap_or("unknown").to_owned();
        if let Some(rate) = self.clock_rate() {
            text.push_str(&format!("/{rate}"));
        }
        if let Some(channels) = self.channels() {
            text.push_str(&format!("/{channels}"));
        }
        text
    }

    /// Its parameters in words; empty where there are none.
    pub fn reading(&self) -> String {
        reading::of(self)
    }
}
