//! The names of what stands in messages: attributes, methods, error codes. The only place that has them.

use super::attribute::Kind;
use super::header::{Class, Method};

/// What is known of an attribute type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// The type number.
    pub kind: Kind,
    /// The name, as the IANA registry writes it.
    pub name: &'static str,
    /// Where it is defined.
    pub reference: &'static str,
    /// How its value is built.
    pub(super) form: Form,
}

/// How an attribute's value is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Address,
    XorAddress,
    /// Text that anybody may see.
    Text,
    Username,
    Nonce,
    /// Bytes without a structure of their own.
    Opaque,
    /// As [`Opaque`](Form::Opaque), and whoever has them can do something with them.
    Token,
    Data,
    Flag,
    ErrorCode,
    AddressError,
    Types,
    Channel,
    Seconds,
    Kilobits,
    Protocol,
    Family,
    EvenPort,
    ChangeRequest,
    Port,
    Priority,
    TieBreaker,
    Identifier,
    Algorithm,
    Algorithms,
    Icmp,
    Counter,
    NetworkInfo,
    Integrity,
    IntegritySha256,
    Integrity32,
    Fingerprint,
}

/// What is known of the attribute type `kind`.
pub fn attribute(kind: Kind) -> Option<&'static Known> {
    ATTRIBUTES.binary_search_by_key(&kind, |known| known.kind).ok().map(|at| &ATTRIBUTES[at])
}

/// The name of the attribute type `kind`, or its number.
pub fn attribute_name(kind: Kind) -> String {
    attribute(kind).map_or_else(|| format!("0x{kind:04x}"), |known| known.name.to_owned())
}

/// The name of a method, or its number.
pub fn method_name(method: Method) -> String {
    let number = method.number();
    let known = METHODS.iter().find(|(known, ..)| *known == number);
    known.map_or_else(|| format!("method 0x{number:03x}"), |(_, name, _)| (*name).to_owned())
}

/// Where a method is defined.
pub(super) fn method_reference(method: Method) -> Option<&'static str> {
    let number = method.number();
    METHODS.iter().find(|(known, ..)| *known == number).map(|(_, _, reference)| *reference)
}

/// What a message of this class is called.
pub fn class_name(class: Class) -> &'static str {
    match class {
        Class::Request => "request",
        Class::Indication => "indication",
        Class::Success => "success response",
        Class::Error => "error response",
    }
}

/// The name that the IANA registry has for an error code.
pub fn error_name(code: u16) -> Option<&'static str> {
    ERRORS.iter().find(|(known, _)| *known == code).map(|(_, name)| *name)
}

const METHODS: &[(u16, &str, &str)] = &[
    (0x001, "Binding", "RFC 8489 §2"),
    (0x002, "Shared Secret", "RFC 3489"),
    (0x003, "Allocate", "RFC 8656 §7"),
    (0x004, "Refresh", "RFC 8656 §8"),
    (0x006, "Send", "RFC 8656 §11"),
    (0x007, "Data", "RFC 8656 §11"),
    (0x008, "CreatePermission", "RFC 8656 §10"),
    (0x009, "ChannelBind", "RFC 8656 §12"),
    (0x00a, "Connect", "RFC 6062 §4.3"),
    (0x00b, "ConnectionBind", "RFC 6062 §4.3"),
    (0x00c, "ConnectionAttempt", "RFC 6062 §4.4"),
    (0x080, "GOOG-PING", "libwebrtc"),
];

const ERRORS: &[(u16, &str)] = &[
    (300, "Try Alternate"),
    (400, "Bad Request"),
    (401, "Unauthenticated"),
    (403, "Forbidden"),
    (405, "Mobility Forbidden"),
    (420, "Unknown Attribute"),
    (437, "Allocation Mismatch"),
    (438, "Stale Nonce"),
    (440, "Address Family not Supported"),
    (441, "Wrong Credentials"),
    (442, "Unsupported Transport Protocol"),
    (443, "Peer Address Family Mismatch"),
    (446, "Connection Already Exists"),
    (447, "Connection Timeout or Failure"),
    (486, "Allocation Quota Reached"),
    (487, "Role Conflict"),
    (500, "Server Error"),
    (508, "Insufficient Capacity"),
];

const fn known(kind: Kind, name: &'static str, reference: &'static str, form: Form) -> Known {
    Known { kind, name, reference, form }
}

/// Sorted by number.
const ATTRIBUTES: &[Known] = &[
    known(0x0001, "MAPPED-ADDRESS", "RFC 8489 §14.1", Form::Address),
    known(0x0002, "RESPONSE-ADDRESS", "RFC 3489 §11.2.2", Form::Address),
    known(0x0003, "CHANGE-REQUEST", "RFC 5780 §7.2", Form::ChangeRequest),
    known(0x0004, "SOURCE-ADDRESS", "RFC 3489 §11.2.5", Form::Address),
    known(0x0005, "CHANGED-ADDRESS", "RFC 3489 §11.2.3", Form::Address),
    known(0x0006, "USERNAME", "RFC 8489 §14.3", Form::Username),
    known(0x0007, "PASSWORD", "RFC 3489 §11.2.7", Form::Token),
    known(0x0008, "MESSAGE-INTEGRITY", "RFC 8489 §14.5", Form::Integrity),
    known(0x0009, "ERROR-CODE", "RFC 8489 §14.8", Form::ErrorCode),
    known(0x000a, "UNKNOWN-ATTRIBUTES", "RFC 8489 §14.13", Form::Types),
    known(0x000b, "REFLECTED-FROM", "RFC 3489 §11.2.11", Form::Address),
    known(0x000c, "CHANNEL-NUMBER", "RFC 8656 §18.1", Form::Channel),
    known(0x000d, "LIFETIME", "RFC 8656 §18.2", Form::Seconds),
    known(0x0010, "BANDWIDTH", "early TURN drafts", Form::Kilobits),
    known(0x0012, "XOR-PEER-ADDRESS", "RFC 8656 §18.3", Form::XorAddress),
    known(0x0013, "DATA", "RFC 8656 §18.4", Form::Data),
    known(0x0014, "REALM", "RFC 8489 §14.9", Form::Text),
    known(0x0015, "NONCE", "RFC 8489 §14.10", Form::Nonce),
    known(0x0016, "XOR-RELAYED-ADDRESS", "RFC 8656 §18.5", Form::XorAddress),
    known(0x0017, "REQUESTED-ADDRESS-FAMILY", "RFC 8656 §18.6", Form::Family),
    known(0x0018, "EVEN-PORT", "RFC 8656 §18.7", Form::EvenPort),
    known(0x0019, "REQUESTED-TRANSPORT", "RFC 8656 §18.8", Form::Protocol),
    known(0x001a, "DONT-FRAGMENT", "RFC 8656 §18.9", Form::Flag),
    known(0x001b, "ACCESS-TOKEN", "RFC 7635 §6.2", Form::Token),
    known(0x001c, "MESSAGE-INTEGRITY-SHA256", "RFC 8489 §14.6", Form::IntegritySha256),
    known(0x001d, "PASSWORD-ALGORITHM", "RFC 8489 §14.12", Form::Algorithm),
    known(0x001e, "USERHASH", "RFC 8489 §14.4", Form::Opaque),
    known(0x0020, "XOR-MAPPED-ADDRESS", "RFC 8489 §14.2", Form::XorAddress),
    known(0x0021, "TIMER-VAL", "early TURN drafts", Form::Seconds),
    known(0x0022, "RESERVATION-TOKEN", "RFC 8656 §18.10", Form::Token),
    known(0x0024, "PRIORITY", "RFC 8445 §7.1.1", Form::Priority),
    known(0x0025, "USE-CANDIDATE", "RFC 8445 §7.1.2", Form::Flag),
    known(0x0026, "PADDING", "RFC 5780 §7.6", Form::Opaque),
    known(0x0027, "RESPONSE-PORT", "RFC 5780 §7.5", Form::Port),
    known(0x002a, "CONNECTION-ID", "RFC 6062 §6.2.1", Form::Identifier),
    known(0x8000, "ADDITIONAL-ADDRESS-FAMILY", "RFC 8656 §18.11", Form::Family),
    known(0x8001, "ADDRESS-ERROR-CODE", "RFC 8656 §18.12", Form::AddressError),
    known(0x8002, "PASSWORD-ALGORITHMS", "RFC 8489 §14.11", Form::Algorithms),
    known(0x8003, "ALTERNATE-DOMAIN", "RFC 8489 §14.16", Form::Text),
    known(0x8004, "ICMP", "RFC 8656 §18.13", Form::Icmp),
    known(0x8010, "NEW-BANDWIDTH", "coturn", Form::Kilobits),
    known(0x8020, "XOR-MAPPED-ADDRESS (old)", "early STUN drafts", Form::XorAddress),
    known(0x8022, "SOFTWARE", "RFC 8489 §14.14", Form::Text),
    known(0x8023, "ALTERNATE-SERVER", "RFC 8489 §14.15", Form::Address),
    known(0x8025, "TRANSACTION_TRANSMIT_COUNTER", "RFC 7982", Form::Counter),
    known(0x8027, "CACHE-TIMEOUT", "RFC 5780", Form::Seconds),
    known(0x8028, "FINGERPRINT", "RFC 8489 §14.7", Form::Fingerprint),
    known(0x8029, "ICE-CONTROLLED", "RFC 8445 §7.1.3", Form::TieBreaker),
    known(0x802a, "ICE-CONTROLLING", "RFC 8445 §7.1.3", Form::TieBreaker),
    known(0x802b, "RESPONSE-ORIGIN", "RFC 5780 §7.3", Form::Address),
    known(0x802c, "OTHER-ADDRESS", "RFC 5780 §7.4", Form::Address),
    known(0x802d, "ECN-CHECK-STUN", "RFC 6679", Form::Opaque),
    known(0x802e, "THIRD-PARTY-AUTHORIZATION", "RFC 7635 §6.1", Form::Text),
    known(0x802f, "ORIGIN", "coturn (draft)", Form::Text),
    known(0x8030, "MOBILITY-TICKET", "RFC 8016", Form::Token),
    known(0x8032, "ADDITIONAL-ADDRESS-FAMILY (old)", "coturn 4.5 (draft)", Form::Family),
    known(0x8033, "ADDRESS-ERROR-CODE (old)", "coturn 4.5 (draft)", Form::AddressError),
    known(0xc001, "NOMINATION", "libwebrtc (draft)", Form::Identifier),
    known(0xc057, "GOOG-NETWORK-INFO", "libwebrtc", Form::NetworkInfo),
    known(0xc058, "GOOG-LAST-ICE-CHECK-RECEIVED", "libwebrtc", Form::Opaque),
    known(0xc059, "GOOG-MISC-INFO", "libwebrtc", Form::Opaque),
    known(0xc05a, "GOOG-OBSOLETE-1", "libwebrtc", Form::Opaque),
    known(0xc05b, "GOOG-CONNECTION-ID", "libwebrtc", Form::Opaque),
    known(0xc05c, "GOOG-DELTA", "libwebrtc", Form::Opaque),
    known(0xc05d, "GOOG-DELTA-ACK", "libwebrtc", Form::Opaque),
    known(0xc05e, "GOOG-DELTA-SYNC-REQ", "libwebrtc", Form::Opaque),
    known(0xc060, "GOOG-MESSAGE-INTEGRITY-32", "libwebrtc", Form::Integrity32),
    known(0xc070, "META-DTLS-IN-STUN", "libwebrtc", Form::Opaque),
    known(0xc071, "META-DTLS-IN-STUN-ACKNOWLEDGEMENT", "libwebrtc", Form::Opaque),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stun::attribute as number;

    #[test]
    fn numbers_are_sorted_and_names_are_unique() {
        assert!(ATTRIBUTES.windows(2).all(|pair| pair[0].kind < pair[1].kind));
        let mut names: Vec<_> = ATTRIBUTES.iter().map(|known| known.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), ATTRIBUTES.len());
    }

    #[test]
    fn the_constants_have_the_names_that_the_table_gives_them() {
        for (kind, name) in [
            (number::XOR_MAPPED_ADDRESS, "XOR-MAPPED-ADDRESS"),
            (number::REQUESTED_TRANSPORT, "REQUESTED-TRANSPORT"),
            (number::PASSWORD_ALGORITHMS, "PASSWORD-ALGORITHMS"),
            (number::COTURN_BANDWIDTH, "NEW-BANDWIDTH"),
            (number::FINGERPRINT, "FINGERPRINT"),
            (number::OTHER_ADDRESS, "OTHER-ADDRESS"),
            (0x7fff, "0x7fff"),
        ] {
            assert_eq!(attribute_name(kind), name);
        }
    }
}
