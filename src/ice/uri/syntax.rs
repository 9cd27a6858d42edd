//! The grammar of RFC 7064 §3.1 and RFC 7065 §3.1, read left to right; offsets are bytes of the whole text.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{Host, Scheme, ServerUri, Target, Transport, UriError, UriFault};

/// DNS limits of RFC 1035 §2.3.4, as text: 255 bytes on the wire are 253 without the root's dot.
const MAX_NAME: usize = 253;
const MAX_LABEL: usize = 63;

/// What of an unknown scheme or key is quoted back: long or odd ones may be something else, misplaced.
const MAX_QUOTED: usize = 16;

pub(super) fn uri(text: &str) -> Result<ServerUri, UriError> {
    characters(text)?;
    let (scheme, at) = scheme(text)?;
    let rest = &text[at..];
    if rest.starts_with('/') {
        return Err(UriError::new(at, UriFault::Slashes));
    }
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (host, port) = authority(&rest[..end], at)?;
    let transport = match rest[end..].strip_prefix('?') {
        Some(query) => Some(transport(query, at + end + 1, scheme)?),
        None if end < rest.len() => return Err(UriError::new(at + end, UriFault::Trailing)),
        None => None,
    };
    Ok(ServerUri { scheme, host, port, transport })
}

pub(super) fn target(text: &str) -> Result<Target, UriError> {
    characters(text)?;
    // An unbracketed IPv6 address is plain as long as no port follows.
    if let Ok(address) = text.parse::<IpAddr>() {
        return Ok(Target::Bare { host: Host::Ip(address), port: None });
    }
    if names_a_scheme(text) {
        return uri(text).map(Target::Uri);
    }
    let end = text.find(['/', '?', '#']).unwrap_or(text.len());
    let (host, port) = authority(&text[..end], 0)?;
    match text[end..].chars().next() {
        None => Ok(Target::Bare { host, port }),
        Some('?') => Err(UriError::new(end, UriFault::QueryWithoutScheme)),
        Some(_) => Err(UriError::new(end, UriFault::Trailing)),
    }
}

/// Whether `text` is meant as a URI: what stands before the first colon is one of our schemes, or what
/// stands behind it cannot be a port.
fn names_a_scheme(text: &str) -> bool {
    match text.split_once(':') {
        Some((head, _)) if Scheme::from_text(head).is_some() => true,
        // `stun+tls:192.0.2.1`: no host has a plus, so that this was meant as a scheme whatever follows.
        Some((head, _)) if is_scheme(head) && head.contains('+') => true,
        Some((head, rest)) => {
            is_scheme(head)
                && !head.contains('.')
                && !rest.contains(':')
                && rest.starts_with(|c: char| c == '/' || c.is_ascii_alphabetic())
        }
        None => false,
    }
}

/// Faults that hold wherever in the text they stand. The `@` comes first, so that no later message can
/// quote part of a password.
fn characters(text: &str) -> Result<(), UriError> {
    if text.is_empty() {
        return Err(UriError::new(0, UriFault::Empty));
    }
    if let Some(at) = text.find('@') {
        return Err(UriError::new(at, UriFault::Userinfo));
    }
    for (at, c) in text.char_indices() {
        if c.is_whitespace() || c.is_control() {
            return Err(UriError::new(at, UriFault::Blank));
        }
        if !c.is_ascii() {
            return Err(UriError::new(at, UriFault::NonAscii));
        }
    }
    Ok(())
}

fn scheme(text: &str) -> Result<(Scheme, usize), UriError> {
    let missing = UriError::new(0, UriFault::SchemeMissing);
    let Some((head, rest)) = text.split_once(':') else { return Err(missing) };
    if let Some(scheme) = Scheme::from_text(head) {
        return Ok((scheme, head.len() + 1));
    }
    let found = head.to_ascii_lowercase();
    if let Some(instead) = instead_of_suffix(&found) {
        return Err(UriError::new(0, UriFault::SchemeSuffix { found, instead }));
    }
    // `localhost:3478`, `turn.example.org:3478` and `2001:db8::1` have a colon but no scheme.
    if !is_scheme(head) || head.contains('.') || rest.starts_with(|c: char| c.is_ascii_digit() || c == ':') {
        return Err(missing);
    }
    Err(UriError::new(0, UriFault::SchemeUnknown { found }))
}

/// What to write for schemes that other programs and guesses make of a scheme and a transport.
fn instead_of_suffix(scheme: &str) -> Option<&'static str> {
    let (base, suffix) = scheme.split_once(['+', '-', '.'])?;
    match (base, suffix) {
        ("stun" | "stuns", "tls" | "dtls" | "ssl") | ("stuns", "tcp" | "udp") => Some("stuns:"),
        ("stun", "tcp" | "udp") => Some("stun:"),
        ("turn" | "turns", "tls" | "ssl") | ("turns", "tcp") => Some("turns:"),
        ("turn" | "turns", "dtls") | ("turns", "udp") => Some("turns:HOST?transport=udp"),
        ("turn", "tcp") => Some("turn:HOST?transport=tcp"),
        ("turn", "udp") => Some("turn:HOST?transport=udp"),
        _ => None,
    }
}

fn is_scheme(text: &str) -> bool {
    text.len() <= MAX_QUOTED
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
}

fn authority(text: &str, at: usize) -> Result<(Host, Option<u16>), UriError> {
    if let Some(rest) = text.strip_prefix('[') {
        let Some((inside, behind)) = rest.split_once(']') else {
            return Err(UriError::new(at, UriFault::Ipv6Unclosed));
        };
        if let Some(zone) = inside.find('%') {
            return Err(UriError::new(at + 1 + zone, UriFault::Zone));
        }
        let address: Ipv6Addr = inside.parse().map_err(|_| UriError::new(at + 1, UriFault::Ipv6))?;
        let behind_at = at + inside.len() + 2;
        let port = match behind.strip_prefix(':') {
            Some(digits) => Some(port(digits, behind_at + 1)?),
            None if behind.is_empty() => None,
            None => return Err(UriError::new(behind_at, UriFault::Trailing)),
        };
        return Ok((Host::Ip(IpAddr::V6(address)), port));
    }
    if text.matches(':').nth(1).is_some()
        && text.chars().all(|c| c.is_ascii_hexdigit() || matches!(c, ':' | '.' | '%'))
    {
        return Err(UriError::new(at, UriFault::Ipv6Unbracketed));
    }
    match text.split_once(':') {
        Some((name, digits)) => {
            let host = host(name, at)?;
            Ok((host, Some(port(digits, at + name.len() + 1)?)))
        }
        None => Ok((host(text, at)?, None)),
    }
}

fn host(text: &str, at: usize) -> Result<Host, UriError> {
    if text.is_empty() {
        return Err(UriError::new(at, UriFault::HostMissing));
    }
    if let Some(offset) = text.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))) {
        let found = text[offset..].chars().next().unwrap_or('?');
        return Err(UriError::new(at + offset, UriFault::HostCharacter { found }));
    }
    if let Ok(address) = text.parse::<Ipv4Addr>() {
        return Ok(Host::Ip(IpAddr::V4(address)));
    }
    // One dot at the end is the DNS root and harmless.
    let name = text.strip_suffix('.').unwrap_or(text);
    let mut label_at = at;
    for label in name.split('.') {
        if label.is_empty() {
            return Err(UriError::new(label_at, UriFault::HostLabelEmpty));
        }
        if label.len() > MAX_LABEL {
            return Err(UriError::new(label_at, UriFault::HostLabelTooLong { length: label.len() }));
        }
        // RFC 1123 §2.1; a lone `-` is standard input, meant for another option.
        if label.starts_with('-') || label.ends_with('-') {
            return Err(UriError::new(label_at, UriFault::HostHyphen));
        }
        label_at += label.len() + 1;
    }
    if name.len() > MAX_NAME {
        return Err(UriError::new(at, UriFault::HostTooLong { length: name.len() }));
    }
    // No top-level domain is a number, so this was to be an address; browsers refuse it likewise.
    if name.rsplit('.').next().is_some_and(|last| last.bytes().all(|b| b.is_ascii_digit())) {
        return Err(UriError::new(at, UriFault::Ipv4));
    }
    Ok(Host::Name(text.to_ascii_lowercase()))
}

fn port(digits: &str, at: usize) -> Result<u16, UriError> {
    if digits.is_empty() {
        return Err(UriError::new(at, UriFault::PortMissing));
    }
    if let Some(offset) = digits.find(|c: char| !c.is_ascii_digit()) {
        return Err(UriError::new(at + offset, UriFault::PortNotANumber));
    }
    match digits.parse::<u16>() {
        Ok(port) if port > 0 => Ok(port),
        _ => Err(UriError::new(at, UriFault::PortRange)),
    }
}

fn transport(query: &str, at: usize, scheme: Scheme) -> Result<Transport, UriError> {
    let mut transport = None;
    let mut key_at = at;
    for parameter in query.split('&') {
        let (key, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        if !key.eq_ignore_ascii_case("transport") {
            let key = Some(key.to_ascii_lowercase()).filter(|key| is_scheme(key));
            return Err(UriError::new(key_at, UriFault::QueryKey { key }));
        }
        if !scheme.is_turn() {
            return Err(UriError::new(key_at, UriFault::TransportOnStun { scheme: scheme.as_str() }));
        }
        if transport.is_some() {
            return Err(UriError::new(key_at, UriFault::TransportTwice));
        }
        transport = Some(transport_value(value, (key_at + key.len() + 1).min(at + query.len()))?);
        key_at += parameter.len() + 1;
    }
    // `split` yields one part at least, and each part sets it or returns.
    transport.ok_or(UriError::new(at, UriFault::QueryKey { key: None }))
}

fn transport_value(value: &str, at: usize) -> Result<Transport, UriError> {
    let end = value.find(['/', '?', '#']).unwrap_or(value.len());
    let transport = match value[..end].to_ascii_lowercase().as_str() {
        "udp" => Transport::Udp,
        "tcp" => Transport::Tcp,
        "tls" => {
            return Err(UriError::new(at, UriFault::TransportTls { instead: "turns:HOST?transport=tcp" }));
        }
        "dtls" => {
            return Err(UriError::new(at, UriFault::TransportTls { instead: "turns:HOST?transport=udp" }));
        }
        _ => return Err(UriError::new(at, UriFault::TransportUnknown)),
    };
    if end < value.len() {
        return Err(UriError::new(at + end, UriFault::Trailing));
    }
    Ok(transport)
}
