//! Base64 and percent-encoding.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::text::{Text, find, lines};

/// Shorter ones hold no description.
const SHORTEST: usize = 40;

const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);

/// What stands in base64 in a text and looks like text that may hold SDP: as a whole, wrapped, or as a word.
pub(super) fn base64(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    let mut run: Vec<u8> = Vec::new();
    for line in lines(bytes) {
        let line = line.of(bytes).trim_ascii();
        let words = line.split(|byte| !is_digit(*byte)).filter(|word| !word.is_empty());
        let (mut count, mut whole) = (0, false);
        for word in words {
            count += 1;
            whole = word.len() == line.len();
            if !whole && word.len() >= SHORTEST {
                found.extend(decode(word));
            }
        }
        if count == 1 && whole {
            run.extend_from_slice(line);
        } else if count > 0 {
            found.extend(decode(&run));
            run.clear();
        }
    }
    found.extend(decode(&run));
    found
}

/// Whether a string is base64 of something that may hold SDP.
pub(super) fn may_be_base64(bytes: &[u8]) -> bool {
    bytes.len() >= SHORTEST && decodes_to_text(bytes)
}

/// Decodes the `%XX` of a text in which line ends are written so.
pub(super) fn percent(text: &Text<'_>) -> Option<Text<'static>> {
    let bytes = &*text.bytes;
    // A line end, a backslash, or the brace that JSON begins with.
    let signs = [&b"%0A"[..], b"%0a", b"%5C", b"%5c", b"%7B", b"%7b"];
    if signs.iter().all(|sign| find(bytes, sign, 0).is_none()) {
        return None;
    }
    let mut out = Text::empty();
    let mut at = 0;
    while at < bytes.len() {
        let plain = bytes[at..]
            .iter()
            .position(|byte| matches!(byte, b'%' | b'+'))
            .map_or(bytes.len(), |next| at + next);
        out.push_slice(text, at..plain);
        at = plain;
        let Some(byte) = bytes.get(at) else { break };
        let hex = bytes
            .get(at + 1..at + 3)
            .and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        match (byte, hex) {
            (b'%', Some(value)) => {
                out.push_decoded(&[value], text.position(at));
                at += 3;
            }
            // A form writes blanks so, and real plus signs as %2B.
            (b'+', _) => {
                out.push_decoded(b" ", text.position(at));
                at += 1;
            }
            _ => {
                out.push_slice(text, at..at + 1);
                at += 1;
            }
        }
    }
    Some(out)
}

fn decode(word: &[u8]) -> Option<Vec<u8>> {
    if word.len() < SHORTEST || !decodes_to_text(word) {
        return None;
    }
    let mut word: Vec<u8> = word.iter().map(|byte| standard(*byte)).collect();
    while word.last() == Some(&b'=') {
        word.pop();
    }
    // A cut-off one still has its beginning.
    let usable = if word.len() % 4 == 1 { word.len() - 1 } else { word.len() };
    STANDARD.decode(&word[..usable]).ok()
}

/// Looks at the first bytes: JSON, SDP, or gzip.
fn decodes_to_text(word: &[u8]) -> bool {
    let head: Vec<u8> =
        word.iter().filter(|byte| !byte.is_ascii_whitespace()).take(16).map(|byte| standard(*byte)).collect();
    let Ok(head) = STANDARD.decode(&head) else { return false };
    head.starts_with(&[0x1f, 0x8b, 8])
        || matches!(
            head.trim_ascii_start(),
            [b'{' | b'[', b'"' | b'{' | b'\\' | b'\'' | b' ' | b'\n' | b'\r' | b'\t', ..]
        )
        || matches!(head.trim_ascii_start(), [b'"', b'{' | b'v' | b'[', ..] | [b'v', b'=', b'0'..=b'9', ..])
}

fn is_digit(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'-' | b'_')
}

/// The URL-safe alphabet differs in two letters.
fn standard(byte: u8) -> u8 {
    match byte {
        b'-' => b'+',
        b'_' => b'/',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_found_whole_wrapped_and_among_words() {
        let sdp = b"v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-?>~\xff\r\nt=0 0\r\nm=audio 9 RTP/AVP 0\r\n";
        let encoded = STANDARD.encode(sdp);
        let wrapped =
            encoded.as_bytes().chunks(20).map(|part| String::from_utf8_lossy(part)).collect::<Vec<_>>();
        let url = encoded.replace('+', "-").replace('/', "_").trim_end_matches('=').to_owned();
        for text in [encoded.clone(), wrapped.join("\r\n"), format!("offer: {encoded} end"), url] {
            assert_eq!(base64(text.as_bytes()), [sdp], "{text}");
        }
        assert!(base64(b"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").is_empty());
    }

    #[test]
    fn percent_encoding_is_undone() {
        let text = percent(&Text::whole(b"sdp=v%3D0%0D%0Ao=-+1%2B%zz")).unwrap();
        assert_eq!(&*text.bytes, b"sdp=v=0\r\no=- 1+%zz");
        assert_eq!(text.position(4), Some(4));
        assert!(percent(&Text::whole(b"100% sure")).is_none());
    }
}
