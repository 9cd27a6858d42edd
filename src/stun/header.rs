//! The header of a message (RFC 8489 §5): its length, magic cookie, and the type field's classes and methods.

/// Bytes before the first attribute.
pub(super) const HEADER: usize = 20;
/// What tells STUN from other protocols (RFC 8489 §5).
pub(super) const MAGIC_COOKIE: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];

/// What a message is for (RFC 8489 §5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Asks for a response.
    Request,
    /// Asks for none.
    Indication,
    /// The request was carried out.
    Success,
    /// The request was refused; ERROR-CODE says why.
    Error,
}

/// STUN and TURN methods (RFC 8489 §18.2, RFC 8656 §17).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Method {
    /// "What address do you see me at?"
    Binding,
    /// Makes an allocation.
    Allocate,
    /// Prolongs or ends an allocation.
    Refresh,
    /// Data to a peer, without a channel.
    Send,
    /// Data from a peer, without a channel.
    Data,
    /// Lets a peer's IP address through.
    CreatePermission,
    /// Gives a peer a channel number.
    ChannelBind,
    /// Opens a TCP connection from the relay to a peer (RFC 6062 §4.3).
    Connect,
    /// Makes a connection of ours the near half of one to a peer (RFC 6062 §4.3).
    ConnectionBind,
    /// A peer has connected to the relay (RFC 6062 §4.4).
    ConnectionAttempt,
    /// Any other number.
    Other(u16),
}

impl Method {
    pub(super) fn number(self) -> u16 {
        match self {
            Method::Binding => 0x001,
            Method::Allocate => 0x003,
            Method::Refresh => 0x004,
            Method::Send => 0x006,
            Method::Data => 0x007,
            Method::CreatePermission => 0x008,
            Method::ChannelBind => 0x009,
            Method::Connect => 0x00a,
            Method::ConnectionBind => 0x00b,
            Method::ConnectionAttempt => 0x00c,
            Method::Other(number) => number,
        }
    }

    fn from_number(number: u16) -> Self {
        match number {
            0x001 => Method::Binding,
            0x003 => Method::Allocate,
            0x004 => Method::Refresh,
            0x006 => Method::Send,
            0x007 => Method::Data,
            0x008 => Method::CreatePermission,
            0x009 => Method::ChannelBind,
            0x00a => Method::Connect,
            0x00b => Method::ConnectionBind,
            0x00c => Method::ConnectionAttempt,
            other => Method::Other(other),
        }
    }
}

/// Takes the type field apart: the class's two bits lie within the method's twelve.
pub(super) fn read_type(message_type: u16) -> (Class, Method) {
    let class = match (message_type >> 7 & 0b10) | (message_type >> 4 & 0b01) {
        0 => Class::Request,
        1 => Class::Indication,
        2 => Class::Success,
        _ => Class::Error,
    };
    let method = (message_type & 0x000f) | (message_type >> 1 & 0x0070) | (message_type >> 2 & 0x0f80);
    (class, Method::from_number(method))
}

/// Puts the type field together.
pub(super) fn write_type(class: Class, method: Method) -> u16 {
    let method = method.number();
    let class = match class {
        Class::Request => 0x0000,
        Class::Indication => 0x0010,
        Class::Success => 0x0100,
        Class::Error => 0x0110,
    };
    (method & 0x000f) | (method & 0x0070) << 1 | (method & 0x0f80) << 2 | class
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_and_method_survives_the_type_field() {
        for method in (0..0x1000).map(Method::from_number) {
            for class in [Class::Request, Class::Indication, Class::Success, Class::Error] {
                let number = write_type(class, method);
                assert_eq!(read_type(number), (class, method));
                assert_eq!(number & 0xc000, 0);
            }
        }
    }
}
