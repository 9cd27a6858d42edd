//! Why a handshake came to nothing.

use thiserror::Error;

/// Why a handshake came to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum HandshakeFault {
    /// The server said so.
    #[error("the server refused the handshake ({})", alert_name(*.0))]
    Alert(u8),
    /// DTLS 1.0 at best.
    #[error("the server speaks no DTLS 1.2")]
    OldVersion,
    /// A message that breaks RFC 6347 or RFC 5246.
    #[error("the server's {0} is malformed")]
    Malformed(&'static str),
    /// Certificates of so many bytes.
    #[error("the server's certificates are {0} bytes long, more than OpenSSL takes (102400)")]
    TooLong(usize),
    /// A choice that was not on offer.
    #[error("the server chose {0} that was not on offer")]
    NotOffered(&'static str),
    /// The key exchange is not signed by the certificate's key, or in a way that nobody trusts any more.
    #[error("the key exchange is not signed by the certificate's key, or with an algorithm that is too weak")]
    WrongSignature,
    /// The messages that the server saw are not those that we saw.
    #[error("the server's Finished does not fit the handshake")]
    WrongFinished,
    /// Our side of the arithmetic.
    #[error("the key exchange failed")]
    KeyExchange,
}

/// The alert's name in RFC 5246 §7.2 and its successors.
fn alert_name(code: u8) -> String {
    let name = match code {
        0 => "close_notify",
        10 => "unexpected_message",
        20 => "bad_record_mac",
        40 => "handshake_failure",
        42 => "bad_certificate",
        43 => "unsupported_certificate",
        47 => "illegal_parameter",
        50 => "decode_error",
        51 => "decrypt_error",
        70 => "protocol_version",
        71 => "insufficient_security",
        80 => "internal_error",
        86 => "inappropriate_fallback",
        109 => "missing_extension",
        110 => "unsupported_extension",
        112 => "unrecognized_name",
        116 => "certificate_required",
        120 => "no_application_protocol",
        code => return format!("alert {code}"),
    };
    name.to_owned()
}
