//! What a TURN request says, and what we understand of it.

use std::net::SocketAddr;

use crate::stun::attribute::{self, Kind};
use crate::stun::framing::FIRST_CHANNEL;
use crate::stun::{Message, Method};

/// The attributes of a request of this method that the relay understands, beside those of the
/// authentication; `None` for a method that we do not serve.
pub(super) fn known_attributes(method: Method) -> Option<&'static [Kind]> {
    METHODS.iter().find(|(served, _)| *served == method).map(|(_, known)| *known)
}

/// All XOR-PEER-ADDRESSes; `None` if one cannot be read.
pub(super) fn peers(request: &Message) -> Option<Vec<SocketAddr>> {
    request.xor_addresses(attribute::XOR_PEER_ADDRESS).collect()
}

/// RFC 5766's range: RFC 8656 halved it, and clients of both exist.
pub(super) fn channel_number(request: &Message) -> Option<u16> {
    let number = (request.number(attribute::CHANNEL_NUMBER)? >> 16) as u16;
    (FIRST_CHANNEL..=0x7fff).contains(&number).then_some(number)
}

/// For UNKNOWN-ATTRIBUTES: those of the request that must be understood and are not, if there are any.
pub(super) fn unknown_attributes(request: &Message, known: &[Kind]) -> Option<Vec<Kind>> {
    let unknown: Vec<Kind> = request
        .attributes()
        .map(|(kind, _)| kind)
        .filter(|kind| *kind < 0x8000 && !AUTHENTICATION.contains(kind) && !known.contains(kind))
        .take(MAX_UNKNOWN)
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
const METHODS: [(Method, &[Kind]); 4] = [
    (
        Method::Allocate,
        &[
            attribute::REQUESTED_TRANSPORT,
            attribute::LIFETIME,
            attribute::REQUESTED_ADDRESS_FAMILY,
            attribute::EVEN_PORT,
        ],
    ),
    (Method::Refresh, &[attribute::LIFETIME, attribute::REQUESTED_ADDRESS_FAMILY]),
    (Method::CreatePermission, &[attribute::XOR_PEER_ADDRESS]),
    (Method::ChannelBind, &[attribute::CHANNEL_NUMBER, attribute::XOR_PEER_ADDRESS]),
];

/// Attributes of the authentication, known in every request.
const AUTHENTICATION: [Kind; 6] = [
    attribute::USERNAME,
    attribute::MESSAGE_INTEGRITY,
    attribute::REALM,
    attribute::NONCE,
    attribute::MESSAGE_INTEGRITY_SHA256,
    attribute::PASSWORD_ALGORITHM,
];

/// Attribute types listed in one 420.
const MAX_UNKNOWN: usize = 32;
