//! How people name a codec: `VP8`, `opus/48000`, `H264;profile-level-id=42e01f`, `96`.

use std::fmt;

use crate::sdp::codec::{Codec, H264};
use crate::sdp::session::Media;

/// A codec, or all codecs of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodecName {
    written: String,
    which: Which,
    /// Parameters of `fmtp` that it must have.
    parameters: Vec<(String, String)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Which {
    PayloadType(u8),
    Encoding { name: String, clock_rate: Option<u32>, channels: Option<u16> },
}

impl CodecName {
    /// Reads what stands on the command line.
    pub fn from_arg(arg: &str) -> Result<Self, String> {
        let mut pieces = arg.split(';').map(str::trim);
        let which = Which::from_text(pieces.next().unwrap_or_default())?;
        let mut parameters = Vec::new();
        for piece in pieces.filter(|piece| !piece.is_empty()) {
            let (name, value) = piece.split_once('=').ok_or_else(|| {
                format!("`{piece}` is no parameter; write `name=value`, such as `profile-level-id=42e01f`")
            })?;
            if name.eq_ignore_ascii_case(PROFILE) && H264::from_hex(value).is_none() {
                return Err(format!("`{value}` is no {PROFILE}, which has six hexadecimal digits"));
            }
            parameters.push((name.to_owned(), value.to_owned()));
        }
        Ok(Self { written: arg.to_owned(), which, parameters })
    }

    /// Whether it names this codec.
    pub fn is(&self, codec: &Codec<'_>) -> bool {
        let is_one = match &self.which {
            Which::PayloadType(number) => codec.payload_type.value == *number,
            Which::Encoding { name, clock_rate, channels } => {
                codec.is(name)
                    && clock_rate.is_none_or(|rate| codec.clock_rate() == Some(rate))
                    && channels.is_none_or(|channels| codec.channels().unwrap_or(1) == channels)
            }
        };
        is_one && self.parameters.iter().all(|(name, value)| has(codec, name, value))
    }
}

impl Which {
    fn from_text(text: &str) -> Result<Self, String> {
        const FORMS: &str =
            "write a name (`VP8`), one with its clock rate (`opus/48000`), or a payload type (`96`)";
        if text.is_empty() {
            return Err(FORMS.to_owned());
        }
        if text.bytes().all(|byte| byte.is_ascii_digit()) {
            let number = text.parse().ok().filter(|number| *number < 128);
            return number
                .map(Which::PayloadType)
                .ok_or_else(|| format!("`{text}` is no payload type (0 to 127)"));
        }
        let mut parts = text.split('/');
        let name = parts.next().filter(|name| !name.is_empty()).ok_or(FORMS)?.to_owned();
        let clock_rate = parts.next().map(|rate| rate.parse().map_err(|_| FORMS)).transpose()?;
        let channels = parts.next().map(|channels| channels.parse().map_err(|_| FORMS)).transpose()?;
        match parts.next() {
            Some(_) => Err(FORMS.to_owned()),
            None => Ok(Which::Encoding { name, clock_rate, channels }),
        }
    }
}

impl fmt::Display for CodecName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

const PROFILE: &str = "profile-level-id";

/// What counts where a parameter is absent: RFC 6184 §8.1, RFC 9628 §6, the RTP payload of AV1 §7.2.
const DEFAULTS: &[(&str, &str, &str)] = &[
    ("AV1", "level-idx", "5"),
    ("AV1", "profile", "0"),
    ("AV1", "tier", "0"),
    ("H264", "packetization-mode", "0"),
    ("VP9", "profile-id", "0"),
];

fn has(codec: &Codec<'_>, name: &str, value: &str) -> bool {
    if name.eq_ignore_ascii_case(PROFILE) {
        // Several bytes stand for one profile.
        return match (codec.h264(), H264::from_hex(value)) {
            (Some(own), Some(wanted)) => {
                own.bytes == wanted.bytes
                    || own.profile.is_some() && (own.profile, own.level) == (wanted.profile, wanted.level)
            }
            _ => false,
        };
    }
    let default = || {
        let row = DEFAULTS.iter().find(|(of, row, _)| codec.is(of) && row.eq_ignore_ascii_case(name));
        row.map(|(_, _, value)| *value)
    };
    let own = codec.parameter(name).map(|word| word.value).or_else(default);
    own.is_some_and(|own| own.eq_ignore_ascii_case(value))
}

/// The codecs of an m-line, as they can be named.
pub(super) fn listed(media: Media<'_, '_>) -> Vec<String> {
    let named = media.codecs().iter().map(|codec| {
        let profile = codec.parameter(PROFILE).map(|word| format!(";{PROFILE}={word}")).unwrap_or_default();
        format!("{}{profile} ({})", codec.encoding(), codec.payload_type)
    });
    named.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sdp::{Session, Text};

    const OFFER: &str = "v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96 102 104 98 0\r\na=rtpmap:96 VP8/90000\r\n\
        a=rtpmap:102 H264/90000\r\na=fmtp:102 profile-level-id=42c01f;packetization-mode=1\r\n\
        a=rtpmap:104 h264/90000\r\na=rtpmap:98 VP9/90000\r\n";

    #[track_caller]
    fn check(arg: &str, expected: &[u8]) {
        let name = CodecName::from_arg(arg).unwrap();
        let text = Text::from_bytes(OFFER.as_bytes());
        let session = Session::from_text(&text);
        let codecs = session.media_at(0).unwrap().codecs();
        let found: Vec<u8> =
            codecs.iter().filter(|codec| name.is(codec)).map(|codec| codec.payload_type.value).collect();
        assert_eq!(found, expected, "{arg}");
    }

    #[test]
    fn a_codec_is_named_as_people_do() {
        check("vp8", &[96]);
        check("VP8/90000", &[96]);
        check("VP8/48000", &[]);
        check("pcmu/8000/1", &[0]);
        check("H264", &[102, 104]);
        check("104", &[104]);
        check("H264;profile-level-id=42e01f", &[102]);
        check("H264;profile-level-id=42000a", &[104]);
        check("H264;packetization-mode=0", &[104]);
        check("VP9;profile-id=0", &[98]);
        check("VP9;profile-id=2", &[]);
    }

    #[test]
    fn what_names_no_codec_is_refused() {
        for arg in
            ["", "128", "/90000", "VP8/fast", "opus/48000/2/1", "H264;42e01f", "H264;profile-level-id=42"]
        {
            assert!(CodecName::from_arg(arg).is_err(), "{arg}");
        }
    }
}
