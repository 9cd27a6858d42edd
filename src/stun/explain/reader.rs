//! Walks over the bytes of one message; what is broken costs no more than it must.

use hmac::Mac;

use super::value::{self, Part, counted, hex};
use super::{Attribute, Check, Explanation, Fault, Field, Keys, Protocol, foreign};
use crate::stun::attribute::{self, TransactionId};
use crate::stun::fingerprint::fingerprint_over;
use crate::stun::header::{HEADER, MAGIC_COOKIE, read_type};
use crate::stun::integrity::{HmacSha1, HmacSha256, hmac_cut_to};
use crate::stun::registry::{self, Form};

/// Explains what `bytes` begin with; `offset` is where they are in the input.
pub fn explain(bytes: &[u8], offset: usize, keys: Keys<'_>) -> Explanation {
    let reader = Reader { bytes, offset, keys, seen: nothing(offset) };
    if let Some(foreign) = foreign::name(bytes) {
        return reader.foreign(foreign);
    }
    let mut seen = match bytes.first() {
        None => reader.empty(),
        Some(0x40..=0x4f) => reader.channel_data(),
        Some(_) => reader.stun(),
    };
    seen.faults.sort_by_key(|fault| fault.offset);
    seen
}

/// Whether a message can begin here, right behind another one.
pub(super) fn begins_a_message(bytes: &[u8]) -> bool {
    match bytes {
        [0x00..=0x3f, _, _, _, cookie @ ..] => cookie.starts_with(&MAGIC_COOKIE),
        [0x40..=0x4f, _, l0, l1, rest @ ..] => {
            rest.len() >= usize::from(u16::from_be_bytes([*l0, *l1])) && foreign::name(bytes).is_none()
        }
        _ => false,
    }
}

/// Adds the bytes that lie behind a message and belong to none.
pub(super) fn trail(explanation: &mut Explanation, rest: &[u8], at: usize) {
    let message = format!("{} behind the message's end", counted(rest.len()));
    explanation.field(at, rest, "trailing", "no part of the message", None);
    if explanation.protocol != Protocol::Other {
        explanation.faults.push(Fault { offset: at, message });
    }
}

fn nothing(offset: usize) -> Explanation {
    Explanation {
        offset,
        length: 0,
        protocol: Protocol::Other,
        title: String::new(),
        class: None,
        method: None,
        transaction: None,
        channel: None,
        attributes: Vec::new(),
        fingerprint: None,
        integrity: None,
        fields: Vec::new(),
        faults: Vec::new(),
    }
}

impl Explanation {
    fn field(
        &mut self,
        offset: usize,
        bytes: &[u8],
        name: &str,
        meaning: impl Into<String>,
        reference: Option<&'static str>,
    ) {
        let (name, meaning) = (name.to_owned(), meaning.into());
        self.fields.push(Field { offset, bytes: bytes.to_vec(), name, meaning, reference, inner: false });
    }

    fn inner(&mut self, offset: usize, bytes: &[u8], name: &str, meaning: impl Into<String>) {
        self.field(offset, bytes, name, meaning, None);
        if let Some(field) = self.fields.last_mut() {
            field.inner = true;
        }
    }

    fn fault(&mut self, offset: usize, message: impl Into<String>) {
        self.faults.push(Fault { offset, message: message.into() });
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    offset: usize,
    keys: Keys<'a>,
    seen: Explanation,
}

impl Reader<'_> {
    fn empty(mut self) -> Explanation {
        self.seen.title = "nothing".to_owned();
        self.seen.fault(self.offset, "there are no bytes");
        self.seen
    }

    fn foreign(mut self, foreign: foreign::Foreign) -> Explanation {
        let by_first_byte = ["DTLS", "RTP", "RTCP", "first byte", "neither"];
        let by_first_byte = by_first_byte.iter().any(|word| foreign.name.contains(word));
        let mut at = 0;
        for Part { length, name, meaning } in foreign.parts {
            let end = (at + length).min(self.bytes.len());
            let reference = (by_first_byte && at == 0).then_some("RFC 7983");
            self.seen.field(self.offset + at, &self.bytes[at..end], name, meaning, reference);
            at = end;
        }
        if at < self.bytes.len() {
            self.seen.field(self.offset + at, &self.bytes[at..], "rest", "not looked at", None);
        }
        self.not_stun(&foreign.name);
        self.seen
    }

    /// Says so, and where STUN may be all the same: a frame may have been copied with its headers.
    fn not_stun(&mut self, name: &str) {
        self.seen.title = name.to_owned();
        self.seen.length = self.bytes.len();
        let mut message = format!("this is neither STUN nor ChannelData, but {name}");
        if name.starts_with("neither") || name.starts_with("no STUN") {
            message = format!("this is {name}");
        }
        let cookie = self.bytes.windows(4).position(|four| four == MAGIC_COOKIE).filter(|at| *at > 4);
        if let Some(at) = cookie {
            let start = self.offset + at - 4;
            message.push_str(&format!(
                "; a STUN message seems to begin at byte {start}: were lower headers copied too?"
            ));
        }
        self.seen.fault(self.offset, message);
    }

    fn channel_data(mut self) -> Explanation {
        let reference = Some("RFC 8656 §12.4");
        let Some((&[n0, n1, l0, l1], rest)) = self.bytes.split_first_chunk() else {
            self.seen.field(self.offset, self.bytes, "channel", "cut off", reference);
            self.seen.title = "ChannelData, cut off".to_owned();
            self.seen.protocol = Protocol::ChannelData;
            self.seen.length = self.bytes.len();
            let message =
                format!("{} are less than the header of ChannelData (4)", counted(self.bytes.len()));
            self.seen.fault(self.offset, message);
            return self.seen;
        };
        let (number, length) = (u16::from_be_bytes([n0, n1]), usize::from(u16::from_be_bytes([l0, l1])));
        self.seen.protocol = Protocol::ChannelData;
        self.seen.channel = Some(number);
        self.seen.title = format!("ChannelData on 0x{number:04x}, {}", counted(length));
        let offset = self.offset;
        self.seen.field(offset, &[n0, n1], "channel", format!("number 0x{number:04x}"), reference);
        self.seen.field(offset + 2, &[l0, l1], "length", counted(length), reference);
        let data = &rest[..length.min(rest.len())];
        let said = value::read(Form::Data, data, &TransactionId([0; 12]));
        if !data.is_empty() {
            self.seen.field(offset + 4, data, "data", said.text, None);
        }
        if length > rest.len() {
            let message = format!("the length field says {}, {} are there", counted(length), rest.len());
            self.seen.fault(offset + 2, message);
        }
        let behind = &rest[data.len()..];
        let padding = length.next_multiple_of(4) - length;
        let padded = !behind.is_empty()
            && behind.len() >= padding
            && behind[..padding].iter().all(|byte| *byte == 0)
            && padding > 0;
        self.seen.length = 4 + data.len();
        if padded {
            let at = offset + self.seen.length;
            self.seen.field(at, &behind[..padding], "padding", "as over TCP and TLS", Some("RFC 8656 §12.5"));
            self.seen.length += padding;
        }
        self.seen
    }

    fn stun(mut self) -> Explanation {
        let bytes = self.bytes;
        let cookie = bytes.get(4..8);
        let length = bytes.get(2..4).map(|two| usize::from(u16::from_be_bytes([two[0], two[1]])));
        let modern = cookie == Some(&MAGIC_COOKIE[..]);
        let fits = length.is_some_and(|length| HEADER + length == bytes.len() && length.is_multiple_of(4));
        // FINGERPRINT came with the cookie: who has the one and not the other is damaged, not old.
        let closed = bytes.len().checked_sub(8).is_some_and(|at| bytes[at..at + 4] == [0x80, 0x28, 0, 4]);
        let old = matches!(bytes, [0, 1 | 2, ..] | [1, 1 | 2 | 0x11 | 0x12, ..]);
        let classic = !modern && fits && old && !closed;
        // Of bytes with neither cookie nor a fitting length nothing says that they are STUN.
        if bytes.len() >= 8 && !modern && !classic && !fits {
            self.seen.field(self.offset, bytes, "bytes", "no magic cookie at byte 4 (21 12 a4 42)", None);
            self.not_stun("no STUN message: the magic cookie is missing");
            return self.seen;
        }
        self.seen.protocol = if classic { Protocol::ClassicStun } else { Protocol::Stun };
        let Some(transaction) = self.header(classic) else { return self.seen };
        let length = length.unwrap_or(0);
        let available = bytes.len() - HEADER;
        if length > available {
            let message =
                format!("the length field says {length} bytes behind the header, {available} are there");
            self.seen.fault(self.offset + 2, message);
        }
        let end = HEADER + length.min(available);
        self.seen.length = end;
        self.attributes(end, &transaction, length <= available);
        self.seen
    }

    /// `None` where it is cut off.
    fn header(&mut self, classic: bool) -> Option<TransactionId> {
        let (bytes, offset) = (self.bytes, self.offset);
        let reference = Some(if classic { "RFC 3489 §11.1" } else { "RFC 8489 §5" });
        if let Some(&[t0, t1]) = bytes.first_chunk() {
            let number = u16::from_be_bytes([t0, t1]);
            let (class, method) = read_type(number);
            let (class, method_name) = (registry::class_name(class), registry::method_name(method));
            self.seen.title = format!("{method_name} {class}");
            let place = registry::method_reference(method).map(|r| format!(" ({r})")).unwrap_or_default();
            let meaning = format!("0x{number:04x}: method {method_name}{place}, class {class}");
            self.seen.field(offset, &[t0, t1], "message type", meaning, reference);
            (self.seen.class, self.seen.method) = (Some(class), Some(method_name));
        } else {
            self.seen.title = "a STUN message, cut off".to_owned();
            self.seen.field(offset, bytes, "message type", "cut off", reference);
        }
        if let Some(two) = bytes.get(2..4) {
            let length = u16::from_be_bytes([two[0], two[1]]);
            let meaning = format!("{} behind the header", counted(usize::from(length)));
            self.seen.field(offset + 2, two, "message length", meaning, reference);
            if !length.is_multiple_of(4) {
                self.seen.fault(offset + 2, format!("the length field says {length}, no multiple of 4"));
            }
        }
        if !classic && let Some(cookie) = bytes.get(4..8) {
            let right = cookie == MAGIC_COOKIE;
            let meaning = if right { "0x2112a442, as it must be" } else { "not 0x2112a442" };
            self.seen.field(offset + 4, cookie, "magic cookie", meaning, reference);
            if !right {
                self.seen.fault(offset + 4, "the magic cookie is not 21 12 a4 42: damaged, or no STUN");
            }
        }
        let start = if classic { 4 } else { 8 };
        let Some(id) = bytes.get(start..HEADER) else {
            let told: usize = self.seen.fields.iter().map(|field| field.bytes.len()).sum();
            if told < bytes.len() {
                let name = match told {
                    2 => "message length",
                    4 if !classic => "magic cookie",
                    _ => "transaction id",
                };
                self.seen.field(offset + told, &bytes[told..], name, "cut off", reference);
            }
            self.seen.length = bytes.len();
            let message = format!("{} are less than a STUN header (20)", counted(bytes.len()));
            self.seen.fault(offset + bytes.len(), message);
            return None;
        };
        let meaning = match classic {
            true => "16 bytes and no magic cookie: RFC 3489, before 2008",
            false => "ties the response to its request",
        };
        self.seen.field(offset + start, id, "transaction id", meaning, reference);
        self.seen.transaction = Some(hex(id));
        bytes[8..].first_chunk().copied().map(TransactionId)
    }

    fn attributes(&mut self, end: usize, transaction: &TransactionId, whole: bool) {
        let bytes = self.bytes;
        let (mut at, mut sealed) = (HEADER, None);
        while at < end {
            let Some(&[k0, k1, l0, l1]) = bytes[at..end].first_chunk() else {
                let rest = &bytes[at..end];
                self.seen.field(self.offset + at, rest, "attribute", "cut off", Some("RFC 8489 §14"));
                if whole {
                    let message = format!("{} are too few for an attribute (4)", counted(rest.len()));
                    self.seen.fault(self.offset + at, message);
                }
                return;
            };
            let kind = u16::from_be_bytes([k0, k1]);
            let length = usize::from(u16::from_be_bytes([l0, l1]));
            let start = at + 4;
            let ignored = match sealed {
                None => false,
                Some(attribute::MESSAGE_INTEGRITY) if kind == attribute::MESSAGE_INTEGRITY_SHA256 => false,
                Some(_) => kind != attribute::FINGERPRINT,
            };
            let overrun = length > end - start;
            let value = &bytes[start..(start + length).min(end)];
            self.attribute(at, kind, length, value, transaction, (ignored, overrun));
            if overrun {
                // A message that is cut off was said to be so at its header.
                if whole {
                    let message = format!(
                        "the attribute's length says {length} bytes, {} are left in the message",
                        end - start
                    );
                    self.seen.fault(self.offset + at + 2, message);
                }
                return;
            }
            if !overrun && !ignored {
                self.check(at, kind, value, (end, whole));
            }
            if matches!(kind, attribute::MESSAGE_INTEGRITY | attribute::MESSAGE_INTEGRITY_SHA256) {
                sealed = sealed.max(Some(kind));
            }
            let padded = (start + length.next_multiple_of(4)).min(end);
            let padding = &bytes[start + length..padded];
            if !padding.is_empty() {
                let zero = padding.iter().all(|byte| *byte == 0);
                let meaning =
                    if zero { "to a multiple of 4" } else { "to a multiple of 4; any value is allowed" };
                self.seen.inner(self.offset + start + length, padding, "padding", meaning);
            }
            at = padded;
        }
    }

    /// Writes down one attribute; `ignored` and `overrun` as the walk has found it.
    fn attribute(
        &mut self,
        at: usize,
        kind: u16,
        length: usize,
        bytes: &[u8],
        transaction: &TransactionId,
        (ignored, overrun): (bool, bool),
    ) {
        let known = registry::attribute(kind);
        let required = kind < 0x8000;
        let offset = self.offset + at;
        let mut meaning = format!("attribute 0x{kind:04x}, {}", counted(length));
        if known.is_none() {
            meaning.push_str(match required {
                true => "; unknown and comprehension-required: who does not know it answers 420",
                false => "; unknown and comprehension-optional: who does not know it passes over it",
            });
        }
        if ignored {
            meaning.push_str("; behind MESSAGE-INTEGRITY and not protected: receivers ignore it");
        }
        let label = known.map_or("unknown attribute", |known| known.name);
        let reference = known.map(|known| known.reference);
        self.seen.field(offset, &self.bytes[at..at + 4], label, meaning, reference);
        let read = value::read(known.map_or(Form::Opaque, |known| known.form), bytes, transaction);
        let mut inside = 0;
        if !overrun && read.fault.is_none() {
            for Part { length, name, meaning } in read.parts.into_iter().filter(|part| part.length > 0) {
                let part = &bytes[inside..(inside + length).min(bytes.len())];
                self.seen.inner(offset + 4 + inside, part, name, meaning);
                inside += part.len();
            }
        }
        if inside < bytes.len() {
            let meaning = if overrun { "cut off" } else { "not understood" };
            self.seen.inner(offset + 4 + inside, &bytes[inside..], "value", meaning);
        }
        if let Some(fault) = read.fault.filter(|_| !overrun) {
            self.seen.fault(offset + 4, format!("{label}: {fault}"));
        }
        self.seen.attributes.push(Attribute {
            kind,
            name: known.map(|known| known.name),
            offset,
            length,
            comprehension_required: required,
            value: read.text,
            masked: read.masked,
            reference,
        });
    }

    /// Holds FINGERPRINT and the integrity attributes against the bytes before them.
    fn check(&mut self, at: usize, kind: u16, value: &[u8], (end, whole): (usize, bool)) {
        let head = &self.bytes[..at];
        match registry::attribute(kind).map(|known| known.form) {
            Some(Form::Fingerprint) if value.len() == 4 => {
                let last = at + 8 == end;
                let expected = fingerprint_over(head);
                let check = if !whole {
                    Check::NotChecked
                } else if value == expected && last {
                    Check::Right
                } else {
                    Check::Wrong
                };
                let said = match (check, last) {
                    (Check::NotChecked, _) => "not checked: the message is cut off".to_owned(),
                    (Check::Right, _) => "right".to_owned(),
                    (Check::Wrong, false) => "FINGERPRINT is not the last attribute".to_owned(),
                    (Check::Wrong, true) => {
                        format!("the FINGERPRINT is wrong: the message gives 0x{}", hex(&expected))
                    }
                };
                self.verdict(at, check, said);
                self.seen.fingerprint = Some(check);
            }
            Some(form @ (Form::Integrity | Form::IntegritySha256 | Form::Integrity32)) => {
                let keys = (self.keys)(self.text_of(attribute::USERNAME), self.text_of(attribute::REALM));
                let fitting = keys.iter().find(|key| match form {
                    Form::IntegritySha256 => hmac_cut_to::<HmacSha256>(head, &key.bytes, value.len())
                        .verify_truncated_left(value)
                        .is_ok(),
                    _ => hmac_cut_to::<HmacSha1>(head, &key.bytes, value.len())
                        .verify_truncated_left(value)
                        .is_ok(),
                });
                let (check, said) = match fitting {
                    Some(key) => (Check::Right, format!("right: {}", key.origin)),
                    None if keys.is_empty() => (
                        Check::NotChecked,
                        "not checked: no password given, or not enough to go with it".into(),
                    ),
                    None => {
                        let tried: Vec<_> = keys.iter().map(|key| key.origin.as_str()).collect();
                        let name = registry::attribute_name(kind);
                        (Check::Wrong, format!("{name} does not fit; tried: {}", tried.join("; ")))
                    }
                };
                self.verdict(at, check, said);
                let before = self.seen.integrity;
                self.seen.integrity = Some(match before {
                    Some(Check::Wrong) => Check::Wrong,
                    _ => check,
                });
            }
            _ => {}
        }
    }

    /// Adds what came of a check to the field that it is about.
    fn verdict(&mut self, at: usize, check: Check, said: String) {
        if let Some(field) = self.seen.fields.last_mut().filter(|field| field.inner) {
            let said = if check == Check::Wrong { "wrong" } else { &said };
            field.meaning = format!("{}, {said}", field.meaning);
        }
        if check == Check::Wrong {
            self.seen.fault(self.offset + at + 4, said);
        }
    }

    fn text_of(&self, kind: u16) -> Option<&str> {
        let found = self.seen.attributes.iter().find(|attribute| attribute.kind == kind);
        let attribute = found.filter(|attribute| attribute.offset >= self.offset)?;
        let start = attribute.offset - self.offset + 4;
        std::str::from_utf8(self.bytes.get(start..start + attribute.length)?).ok()
    }
}
