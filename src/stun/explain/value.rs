//! What an attribute's value says, part by part.

use std::net::SocketAddr;

use crate::stun::attribute::{TransactionId, read_address};
use crate::stun::registry::{self, Form};

/// A value read as far as it makes sense.
#[derive(Debug, Default)]
pub(super) struct Value {
    /// The whole in one phrase.
    pub(super) text: String,
    /// What may be shown of it where secrets are not; `None`: all of it.
    pub(super) masked: Option<String>,
    /// Its bytes in order; what they leave over is not explained.
    pub(super) parts: Vec<Part>,
    /// What is wrong with it.
    pub(super) fault: Option<String>,
}

/// Some bytes of a value.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) length: usize,
    pub(super) name: &'static str,
    pub(super) meaning: String,
}

/// What is left out of a trace is shown as its length.
pub(super) fn counted(length: usize) -> String {
    if length == 1 { "1 byte".to_owned() } else { format!("{length} bytes") }
}

impl Value {
    fn part(mut self, length: usize, name: &'static str, meaning: impl Into<String>) -> Self {
        self.parts.push(Part { length, name, meaning: meaning.into() });
        self
    }

    fn says(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    fn masked(mut self, shown: impl Into<String>) -> Self {
        self.masked = Some(shown.into());
        self
    }

    fn of_wrong_length(bytes: &[u8], wanted: &str) -> Self {
        let fault = format!("the value has {}, {wanted} are due", counted(bytes.len()));
        Self { text: hex(bytes), fault: Some(fault), ..Self::default() }
    }
}

/// Reads `bytes` as a value of this form.
pub(super) fn read(form: Form, bytes: &[u8], transaction: &TransactionId) -> Value {
    match form {
        Form::Address => address(bytes, None),
        Form::XorAddress => address(bytes, Some(transaction)),
        Form::Text => text(bytes),
        Form::Username => username(bytes),
        Form::Nonce => nonce(bytes),
        Form::Opaque => Value::says(hex(bytes)).part(bytes.len(), "bytes", counted(bytes.len())),
        Form::Token => {
            let length = counted(bytes.len());
            Value::says(hex(bytes)).masked(length.clone()).part(bytes.len(), "bytes", length)
        }
        Form::Data => data(bytes),
        Form::Flag => match bytes {
            [] => Value::says("set"),
            _ => Value::of_wrong_length(bytes, "none"),
        },
        Form::ErrorCode => error_code(bytes),
        Form::AddressError => address_error(bytes),
        Form::Types => types(bytes),
        Form::Channel => channel(bytes),
        Form::Seconds => number(bytes, |seconds| format!("{seconds} s")),
        Form::Kilobits => number(bytes, |kilobits| format!("{kilobits} kbit/s")),
        Form::Protocol => protocol(bytes),
        Form::Family => family(bytes),
        Form::EvenPort => even_port(bytes),
        Form::ChangeRequest => number(bytes, change_request),
        Form::Port => port(bytes),
        Form::Priority => number(bytes, priority),
        Form::TieBreaker => tie_breaker(bytes),
        Form::Identifier => number(bytes, |number| format!("0x{number:08x}")),
        Form::Algorithm | Form::Algorithms => algorithms(bytes),
        Form::Icmp => icmp(bytes),
        Form::Counter => counter(bytes),
        Form::NetworkInfo => network_info(bytes),
        // What they hold is checked by who has the whole message.
        Form::Integrity => digest(bytes, bytes.len() == 20, "20 bytes"),
        Form::IntegritySha256 => {
            // A usage may cut it (RFC 8489 §14.6).
            let fits = (16..=32).contains(&bytes.len()) && bytes.len().is_multiple_of(4);
            digest(bytes, fits, "32 bytes (or 16 to 28 where a usage says so)")
        }
        Form::Integrity32 => digest(bytes, bytes.len() == 4, "4 bytes"),
        Form::Fingerprint => number(bytes, |crc| format!("0x{crc:08x}")),
    }
}

fn digest(bytes: &[u8], fits: bool, wanted: &str) -> Value {
    match fits {
        true => {
            let value = Value::says(hex(bytes)).masked(counted(bytes.len()));
            value.part(bytes.len(), "HMAC", counted(bytes.len()))
        }
        false => {
            let shown = counted(bytes.len());
            Value::of_wrong_length(bytes, wanted).masked(shown)
        }
    }
}

fn address(bytes: &[u8], xor: Option<&TransactionId>) -> Value {
    let Some(address) = read_address(bytes, xor) else {
        let fault = match bytes.get(1) {
            Some(1) if bytes.len() != 8 => format!("an IPv4 address takes 8 bytes, not {}", bytes.len()),
            Some(2) if bytes.len() != 20 => format!("an IPv6 address takes 20 bytes, not {}", bytes.len()),
            Some(family) => format!("address family {family} does not exist (1 is IPv4, 2 is IPv6)"),
            None => format!("an address takes 8 or 20 bytes, not {}", bytes.len()),
        };
        return Value { text: hex(bytes), fault: Some(fault), ..Value::default() };
    };
    let (family, length) = match address {
        SocketAddr::V4(_) => ("IPv4", 4),
        SocketAddr::V6(_) => ("IPv6", 16),
    };
    let (port, ip) = match (xor, family) {
        (None, _) => (address.port().to_string(), address.ip().to_string()),
        (Some(_), "IPv4") => (
            format!("{} (XORed with 0x2112)", address.port()),
            format!("{} (XORed with the cookie)", address.ip()),
        ),
        (Some(_), _) => (
            format!("{} (XORed with 0x2112)", address.port()),
            format!("{} (XORed with cookie and transaction id)", address.ip()),
        ),
    };
    Value::says(address.to_string())
        .part(1, "reserved", "0")
        .part(1, "family", family)
        .part(2, "port", port)
        .part(length, "address", ip)
}

fn text(bytes: &[u8]) -> Value {
    match std::str::from_utf8(bytes) {
        Ok(text) => {
            let shown = text.trim_end_matches('\0');
            let nuls = text.len() - shown.len();
            let note =
                if nuls > 0 { format!("{shown} (and {} of NUL)", counted(nuls)) } else { shown.into() };
            Value::says(shown).part(bytes.len(), "text", note)
        }
        Err(error) => {
            let lossy = String::from_utf8_lossy(bytes).into_owned();
            let fault = format!("no UTF-8: byte {} of the value is not", error.valid_up_to());
            let value = Value::says(lossy.clone()).part(bytes.len(), "text", lossy);
            Value { fault: Some(fault), ..value }
        }
    }
}

/// A TURN REST user name begins with its expiry, in seconds since 1970.
fn username(bytes: &[u8]) -> Value {
    let mut value = text(bytes);
    let expiry = value.text.split(':').next().filter(|digits| digits.len() == 10);
    let expiry = expiry.and_then(|digits| digits.parse().ok());
    if let Some(expiry) = expiry.and_then(|seconds| jiff::Timestamp::from_second(seconds).ok())
        && let Some(part) = value.parts.first_mut()
    {
        part.meaning.push_str(&format!(" (TURN REST: expires {expiry})"));
    }
    value
}

/// RFC 8489 §9.2: nonces that begin with this cookie say which security features the server has.
const NONCE_COOKIE: &str = "obMatJos2";

fn nonce(bytes: &[u8]) -> Value {
    let mut value = text(bytes);
    if let Some(features) = value.text.strip_prefix(NONCE_COOKIE).and_then(|rest| rest.get(..4))
        && let Some(bits) = decode_base64(features)
        && let Some(part) = value.parts.first_mut()
    {
        let named = [(0x80, "password algorithms"), (0x40, "user name anonymity")];
        let named: Vec<_> =
            named.iter().filter(|(bit, _)| bits[0] & bit != 0).map(|(_, name)| *name).collect();
        let named = if named.is_empty() { "none".to_owned() } else { named.join(", ") };
        part.meaning.push_str(&format!(" (security features: {named})"));
    }
    let shown: String = value.text.chars().take(8).collect();
    let shown =
        if shown.len() < value.text.len() { format!("{shown}... ({})", counted(bytes.len())) } else { shown };
    value.masked(shown)
}

fn decode_base64(text: &str) -> Option<[u8; 3]> {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.decode(text).ok()?.try_into().ok()
}

fn data(bytes: &[u8]) -> Value {
    let text = counted(bytes.len());
    let what = match bytes.first() {
        Some(0x00..=0x03) if bytes.get(4..8) == Some(&[0x21, 0x12, 0xa4, 0x42]) => " (a STUN message)",
        Some(0x14..=0x3f) => " (DTLS by its first byte)",
        Some(0x80..=0xbf) => " (RTP or RTCP by its first byte)",
        _ => "",
    };
    Value::says(format!("{text}{what}")).part(bytes.len(), "data", format!("{text}{what}"))
}

fn error_code(bytes: &[u8]) -> Value {
    let Some((&[_, _, class, number], reason)) = bytes.split_first_chunk() else {
        return Value::of_wrong_length(bytes, "4 and more");
    };
    let code = u16::from(class & 7) * 100 + u16::from(number);
    let reason = text(reason);
    let name = registry::error_name(code).unwrap_or("no registered code");
    let shown = if reason.text.is_empty() { code.to_string() } else { format!("{code} {}", reason.text) };
    let mut value = Value::says(shown)
        .part(2, "reserved", "0")
        .part(1, "class", format!("{} (times 100)", class & 7))
        .part(1, "number", format!("{number}: together {code}, {name}"));
    value.parts.extend(reason.parts.into_iter().map(|part| Part { name: "reason", ..part }));
    value.fault = match (class & 7, number) {
        (3..=6, 0..=99) => reason.fault,
        _ => Some(format!("{code} is none: the class is 3 to 6, the number 0 to 99")),
    };
    value
}

fn address_error(bytes: &[u8]) -> Value {
    let Some((&[family, _, class, number], reason)) = bytes.split_first_chunk() else {
        return Value::of_wrong_length(bytes, "4 and more");
    };
    let code = u16::from(class & 7) * 100 + u16::from(number);
    let reason = text(reason);
    let mut value = Value::says(format!("{} {code} {}", family_name(family), reason.text))
        .part(1, "family", family_name(family))
        .part(1, "reserved", "0")
        .part(1, "class", format!("{} (times 100)", class & 7))
        .part(1, "number", format!("{number}: together {code}"));
    value.parts.extend(reason.parts.into_iter().map(|part| Part { name: "reason", ..part }));
    value
}

fn types(bytes: &[u8]) -> Value {
    let (kinds, rest) = bytes.as_chunks::<2>();
    let names: Vec<_> =
        kinds.iter().map(|kind| registry::attribute_name(u16::from_be_bytes(*kind))).collect();
    let mut value = Value::says(names.join(", "));
    for name in names {
        value = value.part(2, "type", name);
    }
    if !rest.is_empty() {
        value.fault = Some("the list has an odd number of bytes".to_owned());
    }
    value
}

fn channel(bytes: &[u8]) -> Value {
    let &[n0, n1, _, _] = bytes else { return Value::of_wrong_length(bytes, "4") };
    let number = u16::from_be_bytes([n0, n1]);
    let fault = (!(0x4000..=0x4fff).contains(&number))
        .then(|| format!("0x{number:04x} is no channel number: they are 0x4000 to 0x4fff"));
    let value = Value::says(format!("0x{number:04x}"));
    let value = value.part(2, "channel", format!("0x{number:04x}")).part(2, "reserved", "0");
    Value { fault, ..value }
}

fn protocol(bytes: &[u8]) -> Value {
    let &[number, _, _, _] = bytes else { return Value::of_wrong_length(bytes, "4") };
    let name = match number {
        17 => "UDP (17)".to_owned(),
        6 => "TCP (6)".to_owned(),
        other => format!("protocol {other}"),
    };
    Value::says(name.clone()).part(1, "protocol", name).part(3, "reserved", "0")
}

fn family_name(number: u8) -> String {
    match number {
        1 => "IPv4".to_owned(),
        2 => "IPv6".to_owned(),
        other => format!("family {other}"),
    }
}

fn family(bytes: &[u8]) -> Value {
    let &[number, _, _, _] = bytes else { return Value::of_wrong_length(bytes, "4") };
    let fault = (!matches!(number, 1 | 2))
        .then(|| format!("address family {number} does not exist (1 is IPv4, 2 is IPv6)"));
    let name = family_name(number);
    let value = Value::says(name.clone()).part(1, "family", name).part(3, "reserved", "0");
    Value { fault, ..value }
}

fn even_port(bytes: &[u8]) -> Value {
    let &[flags] = bytes else { return Value::of_wrong_length(bytes, "1") };
    let meaning = match flags & 0x80 {
        0 => "an even port",
        _ => "an even port, and the next one reserved",
    };
    Value::says(meaning).part(1, "flags", meaning)
}

fn change_request(flags: u32) -> String {
    match (flags & 4 != 0, flags & 2 != 0) {
        (true, true) => "answer from the other address and port".to_owned(),
        (true, false) => "answer from the other address".to_owned(),
        (false, true) => "answer from the other port".to_owned(),
        (false, false) => "answer from where this was sent to".to_owned(),
    }
}

fn port(bytes: &[u8]) -> Value {
    let [p0, p1, rest @ ..] = bytes else { return Value::of_wrong_length(bytes, "4") };
    let port = u16::from_be_bytes([*p0, *p1]).to_string();
    // The figure of RFC 5780 §7.5 has two bytes more than its text.
    Value::says(port.clone()).part(2, "port", port).part(rest.len(), "reserved", "0")
}

fn priority(priority: u32) -> String {
    let kind = match priority >> 24 {
        126 => " (host)",
        110 => " (peer reflexive)",
        100 => " (server reflexive)",
        0..=3 => " (relay)",
        _ => "",
    };
    let (local, component) = (priority >> 8 & 0xffff, 256 - (priority & 0xff));
    format!("{priority}: type {}{kind}, local {local}, component {component}", priority >> 24)
}

fn tie_breaker(bytes: &[u8]) -> Value {
    match bytes.len() {
        8 => Value::says(format!("0x{}", hex(bytes))).part(8, "tie breaker", "a random number"),
        _ => Value::of_wrong_length(bytes, "8"),
    }
}

fn algorithms(bytes: &[u8]) -> Value {
    let (mut value, mut names, mut rest) = (Value::default(), Vec::new(), bytes);
    while let Some((&[a0, a1, l0, l1], behind)) = rest.split_first_chunk() {
        let name = match u16::from_be_bytes([a0, a1]) {
            1 => "MD5".to_owned(),
            2 => "SHA-256".to_owned(),
            other => format!("algorithm 0x{other:04x}"),
        };
        let length = usize::from(u16::from_be_bytes([l0, l1]));
        value = value.part(2, "algorithm", name.clone()).part(2, "parameters", counted(length));
        names.push(name);
        let taken = length.next_multiple_of(4).min(behind.len());
        if length > behind.len() {
            value.fault = Some(format!("its parameters take {length} bytes, {} are there", behind.len()));
        }
        if taken > 0 {
            value = value.part(taken, "parameters", hex(&behind[..taken]));
        }
        rest = &behind[taken..];
    }
    if !rest.is_empty() || names.is_empty() {
        value.fault = Some("an algorithm takes 4 bytes and its parameters".to_owned());
    }
    value.text = names.join(", ");
    value
}

/// RFC 8656 §18.13: seven bits of type, nine of code.
fn icmp(bytes: &[u8]) -> Value {
    let Ok([_, _, t0, t1, data @ ..]) = <[u8; 8]>::try_from(bytes) else {
        return Value::of_wrong_length(bytes, "8");
    };
    let both = u16::from_be_bytes([t0, t1]);
    let text = format!("type {}, code {}", both >> 9, both & 0x1ff);
    let value = Value::says(text.clone()).part(2, "reserved", "0").part(2, "ICMP", text);
    value.part(4, "data", hex(&data))
}

fn counter(bytes: &[u8]) -> Value {
    let &[_, _, request, response] = bytes else { return Value::of_wrong_length(bytes, "4") };
    Value::says(format!("request {request}, response {response}"))
        .part(2, "reserved", "0")
        .part(1, "request", format!("sent {request} times"))
        .part(1, "response", format!("sent {response} times"))
}

fn network_info(bytes: &[u8]) -> Value {
    let &[i0, i1, c0, c1] = bytes else { return Value::of_wrong_length(bytes, "4") };
    let (id, cost) = (u16::from_be_bytes([i0, i1]), u16::from_be_bytes([c0, c1]));
    Value::says(format!("network {id}, cost {cost}")).part(2, "network id", id.to_string()).part(
        2,
        "network cost",
        format!("{cost} (less is preferred)"),
    )
}

fn number(bytes: &[u8], say: impl Fn(u32) -> String) -> Value {
    let Ok(four) = <[u8; 4]>::try_from(bytes) else { return Value::of_wrong_length(bytes, "4") };
    let text = say(u32::from_be_bytes(four));
    Value::says(text.clone()).part(4, "value", text)
}

/// Bytes as hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
