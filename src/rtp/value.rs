//! What elements of header extensions say, in words, by the URI that a description gives their identifier.

use ::rtp::extension::abs_send_time_extension::AbsSendTimeExtension;
use ::rtp::extension::audio_level_extension::AudioLevelExtension;
use ::rtp::extension::playout_delay_extension::PlayoutDelayExtension;
use ::rtp::extension::transport_cc_extension::TransportCcExtension;
use ::rtp::extension::video_orientation_extension::{CameraDirection, VideoOrientationExtension};
use webrtc_util::marshal::Unmarshal;

/// Longer texts are no names.
const LONGEST_TEXT: usize = 64;

/// What the element says; `None` where its URI is not known, or its length is none that it may have.
#[must_use]
pub fn value(uri: &str, bytes: &[u8]) -> Option<String> {
    match uri {
        "urn:ietf:params:rtp-hdrext:ssrc-audio-level" => audio_level(bytes),
        "urn:ietf:params:rtp-hdrext:sdes:mid"
        | "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"
        | "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id" => text(bytes),
        "urn:ietf:params:rtp-hdrext:toffset" => {
            let &[high, middle, low] = bytes else { return None };
            // Signed, in 24 bits (RFC 5450 §2).
            Some(format!("{} units later", i32::from_be_bytes([high, middle, low, 0]) >> 8))
        }
        "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time" => {
            let of: AbsSendTimeExtension = read(bytes, 3)?;
            // Seconds modulo 64, with 18 bits behind the point.
            Some(format!("{:.6} s", of.timestamp as f64 / f64::from(1 << 18)))
        }
        "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01" => {
            let of: TransportCcExtension = read(bytes, 2)?;
            Some(of.transport_sequence.to_string())
        }
        "urn:3gpp:video-orientation" => {
            let of: VideoOrientationExtension = read(bytes, 1)?;
            let camera = if of.direction == CameraDirection::Back { ", back camera" } else { "" };
            let flip = if of.flip { ", flipped" } else { "" };
            Some(format!("{}°{flip}{camera}", of.rotation as u16 * 90))
        }
        "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay" => {
            let of: PlayoutDelayExtension = read(bytes, 3)?;
            // In units of ten milliseconds.
            Some(format!("{} to {} ms", u32::from(of.min_delay) * 10, u32::from(of.max_delay) * 10))
        }
        _ => None,
    }
}

/// RFC 6464 §3.
fn audio_level(bytes: &[u8]) -> Option<String> {
    // Some pad it to a second byte.
    let of: AudioLevelExtension = read(bytes, 1).or_else(|| read(bytes, 2))?;
    let voice = if of.voice { ", voice" } else { "" };
    Some(match of.level {
        127 => format!("silence{voice}"),
        level => format!("-{level} dBov{voice}"),
    })
}

/// What the package makes of it, which is asked only where the length is right.
fn read<T: Unmarshal>(mut bytes: &[u8], length: usize) -> Option<T> {
    (bytes.len() == length).then_some(())?;
    T::unmarshal(&mut bytes).ok()
}

fn text(bytes: &[u8]) -> Option<String> {
    let is_name = !bytes.is_empty() && bytes.len() <= LONGEST_TEXT && bytes.iter().all(u8::is_ascii_graphic);
    is_name.then(|| String::from_utf8_lossy(bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_elements_are_told_in_words() {
        let webrtc = |name: &str| format!("http://www.webrtc.org/experiments/rtp-hdrext/{name}");
        let cases: [(&str, &[u8], &str); 8] = [
            ("urn:ietf:params:rtp-hdrext:ssrc-audio-level", &[0x80 | 30], "-30 dBov, voice"),
            ("urn:ietf:params:rtp-hdrext:ssrc-audio-level", &[127, 0], "silence"),
            ("urn:ietf:params:rtp-hdrext:sdes:mid", b"0", "0"),
            ("urn:ietf:params:rtp-hdrext:toffset", &[0xff, 0xff, 0xfe], "-2 units later"),
            ("http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01", &[1, 2], "258"),
            ("urn:3gpp:video-orientation", &[0x0d], "90°, flipped, back camera"),
            (&webrtc("abs-send-time"), &[0x06, 0, 0], "1.500000 s"),
            (&webrtc("playout-delay"), &[0x00, 0xa0, 0x28], "100 to 400 ms"),
        ];
        for (uri, bytes, said) in cases {
            assert_eq!(value(uri, bytes).as_deref(), Some(said), "{uri}");
            let longer = [bytes, &[0xff; 65]].concat();
            assert_eq!(value(uri, &longer), None, "{uri}");
            assert_eq!(value(uri, &[]), None, "{uri}");
        }
        assert_eq!(value("urn:x", &[1]), None);
    }
}
