//! What a TURN request says, and what we understand of it.

use std::net::SocketAddr;

use super::codec::{Message, attribute, method};

/// The attributes of a request of this method that the relay understands, beside those of the
/// authentication; `None` for a method that we do not serve.
pub(super) fn known_attributes(method: u16) -> Option<&'static [u16]> {
    METHODS.iter().find(|(served, _)| *served == method).map(|(_, known)| *known)
}

/// All XOR-PEER-ADDRESSes; `None` if one cannot be read.
pub(super) fn peers(request: &Message) -> Option<Vec<SocketAddr>> {
    let values = request.attributes().filter(|(kind, _)| *kind == attribute::XOR_PEER_ADDRESS);
    values.map(|(_, value)| request.xor_address(value)).collect()
}

/// RFC 5766's range: RFC 8656 halved it, and clients of both exist.
pub(super) fn channel_number(request: &Message) -> Option<u16> {
    let &[n0, n1, _, _] = request.value(attribute::CHANNEL_NUMBER)?.first_chunk::<4>()?;
    Some(u16::from_be_bytes([n0, n1])).filter(|number| (0x4000..=0x7FFF).contains(number))
}

/// The value of UNKNOWN-ATTRIBUTES, if the request has any that must be understood and is not.
pub(super) fn unknown_attributes(request: &Message, known: &[u16]) -> Option<Vec<u8>> {
    let unknown: Vec<u8> = request
        .attributes()
        .map(|(kind, _)| kind)
        .filter(|kind| *kind < 0x8000 && !AUTHENTICATION.contains(kind) && !known.contains(kind))
        .take(MAX_UNKNOWN)
        .flat_map(u16::to_be_bytes)
        .collect();
    (!unknown.is_empty()).then_some(unknown)
}

/// The reason phrase of an error code.
pub(super) fn reason(code: u16) -> &'static str {
    match code {
        300 => "Try Alternate",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        420 => "Unknown Attribute",
        437 => "Allocation Mismatch",
        438 => "Stale Nonce",
        440 => "Address Family not Supported",
        441 => "Wrong Credentials",
        442 => "Unsupported Transport Protocol",
        486 => "Allocation Quota Reached",
        508 => "Insufficient Capacity",
        _ => "",
    }
}

/// The methods we serve, and the attributes of each that the relay understands. What the relay
/// would ignore although it must not (RESERVATION-TOKEN, DONT-FRAGMENT) is unknown here.
const METHODS: [(u16, &[u16]); 4] = [
    (
        method::ALLOCATE,
        &[
            attribute::REQUESTED_TRANSPORT,
            attribute::LIFETIME,
            attribute::REQUESTED_ADDRESS_FAMILY,
            attribute::EVEN_PORT,
        ],
    ),
    (method::REFRESH, &[attribute::LIFETIME, attribute::REQUESTED_ADDRESS_FAMILY]),
    (method::CREATE_PERMISSION, &[attribute::XOR_PEER_ADDRESS]),
    (method::CHANNEL_BIND, &[attribute::CHANNEL_NUMBER, attribute::XOR_PEER_ADDRESS]),
];

/// Attributes of the authentication, known in every request.
const AUTHENTICATION: [u16; 6] = [
    attribute::USERNAME,
    attribute::MESSAGE_INTEGRITY,
    attribute::REALM,
    attribute::NONCE,
    attribute::MESSAGE_INTEGRITY_SHA256,
    attribute::PASSWORD_ALGORITHM,
];

/// Attribute types listed in one 420.
const MAX_UNKNOWN: usize = 32;
