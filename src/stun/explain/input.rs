//! Where bytes come from: hex in the shapes that people copy, base64, or the bytes themselves.

use base64::Engine as _;

use crate::stun::framing::FIRST_CHANNEL;
use crate::stun::header::MAGIC_COOKIE;

/// Why a text holds no bytes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InputError {
    /// There is nothing.
    #[error("there are no bytes in it")]
    Empty,
    /// A character that stands in no hex dump.
    #[error("line {line}: `{text}` is no hexadecimal byte")]
    NotHex {
        /// From 1.
        line: usize,
        /// The word, cut to what fits a line.
        text: String,
    },
    /// Half a byte.
    #[error("line {line}: `{text}` has an odd number of hexadecimal digits")]
    HalfByte {
        /// From 1.
        line: usize,
        /// The word, cut to what fits a line.
        text: String,
    },
}

/// Takes apart what a file or standard input holds: text is read as [`from_text`] does, all else is taken as it is.
/// Each element is one message, or several without anything between them.
///
/// # Errors
/// [`InputError`] where it is text without bytes in it.
pub fn from_bytes(bytes: &[u8]) -> Result<Vec<Vec<u8>>, InputError> {
    let is_text = |byte: &u8| matches!(byte, b'\t' | b'\n' | b'\r' | 0x20..=0x7e | 0x80..);
    match std::str::from_utf8(bytes) {
        Ok(text) if bytes.iter().all(is_text) => match from_text(text) {
            // What another protocol says in plain text is named by who explains it.
            Err(error) if super::foreign::name(bytes).is_none() => Err(error),
            Err(_) => Ok(vec![bytes.to_vec()]),
            read => read,
        },
        _ => Ok(vec![bytes.to_vec()]),
    }
}

/// Reads hex: a plain stream, several of them line by line, dumps with offsets and characters beside the bytes
/// (Wireshark, `xxd`, `hexdump -C`, `od`), arrays of C, escapes; or base64 that gives a STUN message.
///
/// # Errors
/// [`InputError`] says where it is none of these.
pub fn from_text(text: &str) -> Result<Vec<Vec<u8>>, InputError> {
    let lines: Vec<(usize, &str)> =
        text.lines().enumerate().map(|(at, line)| (at + 1, line.trim())).collect();
    if lines.iter().all(|(_, line)| line.is_empty()) {
        return Err(InputError::Empty);
    }
    if let Some(message) = base64(text) {
        return Ok(vec![message]);
    }
    if let Some(dump) = dump(&lines) {
        return Ok(dump);
    }
    let mut read: Vec<Option<Vec<u8>>> = Vec::new();
    for (number, line) in &lines {
        let bytes = plain(*number, line)?;
        read.push((!bytes.is_empty()).then_some(bytes));
    }
    let filled: Vec<&Vec<u8>> = read.iter().flatten().collect();
    if filled.is_empty() {
        return Err(InputError::Empty);
    }
    if filled.len() > 1 && filled.iter().all(|line| is_one(line)) {
        return Ok(filled.into_iter().cloned().collect());
    }
    // A blank line ends a message.
    let parts = read.split(Option::is_none).map(|lines| lines.iter().flatten().flatten().copied().collect());
    let parts: Vec<Vec<u8>> = parts.filter(|part: &Vec<u8>| !part.is_empty()).collect();
    match parts.iter().all(|part| is_one(part)) {
        true => Ok(parts),
        false => Ok(vec![parts.concat()]),
    }
}

/// Whether a text is nothing but hex, so that it is no file's name.
pub fn is_hex(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_hexdigit).count();
    digits >= 8 && !text.contains(['/', '.', '\\', '_']) && plain(1, text).is_ok_and(|bytes| bytes.len() >= 4)
}

/// Whether a line begins a message of its own: with a magic cookie, or as ChannelData that fills it.
fn is_one(line: &[u8]) -> bool {
    match line {
        [0x00..=0x3f, _, _, _, cookie @ ..] => cookie.starts_with(&MAGIC_COOKIE),
        [n0, n1, l0, l1, data @ ..] => {
            let (number, length) = (u16::from_be_bytes([*n0, *n1]), u16::from_be_bytes([*l0, *l1]));
            let length = usize::from(length);
            (FIRST_CHANNEL..=0x4fff).contains(&number)
                && (length..length.next_multiple_of(4) + 1).contains(&data.len())
        }
        _ => false,
    }
}

/// Base64 has hex digits among its letters: only what is no hex, and gives a magic cookie, is taken for it.
fn base64(text: &str) -> Option<Vec<u8>> {
    let letters: String = text.split_whitespace().collect();
    if letters.chars().all(|c| c.is_ascii_hexdigit()) {
        return None;
    }
    let standard: String = letters.replace('-', "+").replace('_', "/").trim_end_matches('=').to_owned();
    let bytes = base64::engine::general_purpose::STANDARD_NO_PAD.decode(standard).ok()?;
    (bytes.len() >= 20 && bytes[4..8] == MAGIC_COOKIE).then_some(bytes)
}

/// Lines that begin with the offset of their first byte; an offset of 0 begins a message.
fn dump(lines: &[(usize, &str)]) -> Option<Vec<Vec<u8>>> {
    let mut messages: Vec<Vec<u8>> = Vec::new();
    for (_, line) in lines.iter().filter(|(_, line)| !line.is_empty()) {
        let (offset, rest) = line.split_once([' ', '\t', ':']).unwrap_or((line, ""));
        let digits = offset.strip_prefix("0x").unwrap_or(offset);
        let at = usize::from_str_radix(digits, 16).ok().filter(|_| digits.len() >= 3)?;
        let rest = rest.strip_prefix(':').unwrap_or(rest);
        let bytes = beside_characters(rest);
        if at == 0 {
            messages.push(Vec::new());
        }
        let message = messages.last_mut()?;
        // The last line of `hexdump` and `od` has an offset and nothing else.
        if message.len() != at {
            return None;
        }
        message.extend(bytes);
    }
    messages.retain(|message| !message.is_empty());
    (!messages.is_empty()).then_some(messages)
}

/// The bytes of a dump's line, without the characters that stand beside them: behind two spaces and more once
/// sixteen bytes are full, or at the first word that is no hex.
fn beside_characters(line: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let line = line.trim_start();
    let line = line.split('|').next().unwrap_or(line);
    let mut gap = false;
    for word in line.split(' ') {
        if word.is_empty() {
            gap = true;
            continue;
        }
        // Between the two halves of a line of sixteen there may be a gap, too.
        if (gap && !matches!(bytes.len(), 0 | 8)) || bytes.len() >= 32 {
            break;
        }
        gap = false;
        match plain(0, word.trim_end_matches('\t')) {
            Ok(more) if word.len() <= 8 || bytes.is_empty() => bytes.extend(more),
            _ => break,
        }
    }
    bytes
}

/// Hex without offsets: digits in pairs, whatever stands between them.
fn plain(number: usize, line: &str) -> Result<Vec<u8>, InputError> {
    let line = line.split("//").next().unwrap_or(line);
    // `unsigned char packet[] = {` says nothing.
    let line = match line.split_once('{') {
        Some((before, inside)) if before.contains('=') || before.trim().is_empty() => inside,
        _ => line,
    };
    let between =
        |c: char| c.is_whitespace() || matches!(c, ',' | ':' | ';' | '}' | '"' | '\'' | '[' | ']' | '-');
    let mut bytes = Vec::new();
    for word in line.split(between).filter(|word| !word.is_empty()) {
        let short = || word.chars().take(24).collect::<String>();
        for digits in word.split("\\x").filter(|digits| !digits.is_empty()) {
            let digits = digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")).unwrap_or(digits);
            if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
                return Err(InputError::NotHex { line: number, text: short() });
            }
            // `0x1` in an array is a byte; a lone digit in a stream is half of one.
            if digits.len() == 1 && word.len() == 3 && word.starts_with("0x") {
                bytes.extend(u8::from_str_radix(digits, 16));
                continue;
            }
            if digits.len() % 2 == 1 {
                return Err(InputError::HalfByte { line: number, text: short() });
            }
            bytes.extend(
                (0..digits.len()).step_by(2).flat_map(|at| u8::from_str_radix(&digits[at..at + 2], 16)),
            );
        }
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const REQUEST: &str = "000100082112a442b7e7a701bc34d686fa87dfae8022000474657374";

    fn request() -> Vec<u8> {
        (0..REQUEST.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&REQUEST[at..at + 2], 16).unwrap())
            .collect()
    }

    #[track_caller]
    fn check(text: &str) {
        assert_eq!(from_bytes(text.as_bytes()), Ok(vec![request()]), "{text}");
    }

    #[test]
    fn reads_what_people_copy() {
        check(REQUEST);
        check(&REQUEST.to_uppercase());
        check("0x000100082112a442b7e7a701bc34d686fa87dfae8022000474657374\n");
        check("00:01:00:08:21:12:a4:42:b7:e7:a7:01:bc:34:d6:86:fa:87:df:ae:80:22:00:04:74:65:73:74");
        check("00 01 00 08 21 12 a4 42 b7 e7 a7 01 bc 34 d6 86\nfa 87 df ae 80 22 00 04 74 65 73 74");
        // Wireshark, with and without the characters
        check(
            "0000  00 01 00 08 21 12 a4 42 b7 e7 a7 01 bc 34 d6 86   ....!..B.....4..\n\
             0010  fa 87 df ae 80 22 00 04 74 65 73 74               .....\"..test\n",
        );
        check(
            "0000   00 01 00 08 21 12 a4 42 b7 e7 a7 01 bc 34 d6 86\n0010   fa 87 df ae 80 22 00 04 74 65 73 74",
        );
        // xxd, hexdump -C, od -A x -t x1, tcpdump -X
        check(
            "00000000: 0001 0008 2112 a442 b7e7 a701 bc34 d686  ....!..B.....4..\n\
             00000010: fa87 dfae 8022 0004 7465 7374            .....\"..test\n",
        );
        check(
            "00000000  00 01 00 08 21 12 a4 42  b7 e7 a7 01 bc 34 d6 86  |....!..B.....4..|\n\
             00000010  fa 87 df ae 80 22 00 04  74 65 73 74              |.....\"..test|\n0000001c\n",
        );
        check(
            "000000 00 01 00 08 21 12 a4 42 b7 e7 a7 01 bc 34 d6 86\n000010 fa 87 df ae 80 22 00 04 74 65 73 74\n00001c",
        );
        check(
            "\t0x0000:  0001 0008 2112 a442 b7e7 a701 bc34 d686  ....!..B.....4..\n\
             \t0x0010:  fa87 dfae 8022 0004 7465 7374            .....\"..test\n",
        );
        check(
            "unsigned char packet[] = {\n0x00, 0x01, 0x00, 0x08, 0x21, 0x12, 0xa4, 0x42, // head\n\
             0xb7, 0xe7, 0xa7, 0x1, 0xbc, 0x34, 0xd6, 0x86, 0xfa, 0x87, 0xdf, 0xae,\n\
             0x80, 0x22, 0x00, 0x04, 0x74, 0x65, 0x73, 0x74\n};",
        );
        check(
            &REQUEST
                .as_bytes()
                .chunks(2)
                .fold(String::new(), |text, two| text + "\\x" + std::str::from_utf8(two).unwrap()),
        );
        check("AAEACCESpEK356cBvDTWhvqH366AIgAEdGVzdA==");
    }

    #[test]
    fn raw_bytes_are_taken_as_they_are() {
        assert_eq!(from_bytes(&request()), Ok(vec![request()]));
    }

    #[test]
    fn a_line_that_is_a_message_stays_one() {
        let cut = &REQUEST[..50];
        let read = from_text(&format!("{REQUEST}\n{cut}\n400000020102\n")).unwrap();
        assert_eq!(read.iter().map(Vec::len).collect::<Vec<_>>(), [28, 25, 6]);
    }

    #[test]
    fn an_offset_of_zero_begins_the_next_message_of_a_dump() {
        let dump = "0000  00 01 00 00 21 12 a4 42 00 00 00 00 00 00 00 00\n0010  00 00 00 01\n";
        let read = from_text(&format!("{dump}\n{dump}")).unwrap();
        assert_eq!(read.iter().map(Vec::len).collect::<Vec<_>>(), [20, 20]);
    }

    #[test]
    fn says_where_it_is_no_hex() {
        let error = |text: &str| from_text(text).unwrap_err().to_string();
        assert_eq!(error("00 01\n00 zz"), "line 2: `zz` is no hexadecimal byte");
        assert_eq!(error("000"), "line 1: `000` has an odd number of hexadecimal digits");
        assert_eq!(error(" \n"), "there are no bytes in it");
    }

    #[test]
    fn names_of_files_are_no_hex() {
        for name in ["packet.bin", "abc", "./00010008", "dead_beef", "message"] {
            assert!(!is_hex(name), "{name}");
        }
        assert!(is_hex(REQUEST) && is_hex("00 01 00 00 21 12"));
    }
}
