//! Names of the IANA's registries.

use rustls::CipherSuite;

/// Of a version.
pub(super) fn version(number: u16) -> String {
    match number {
        0xfeff => "DTLS 1.0".to_owned(),
        0xfefd => "DTLS 1.2".to_owned(),
        0xfefc => "DTLS 1.3".to_owned(),
        // The random bytes of GREASE would be no news to anybody.
        other => format!("0x{other:04x}"),
    }
}

/// Of a cipher suite.
pub(super) fn suite(number: u16) -> Option<String> {
    let name = CipherSuite::from(number).as_str().map(str::to_owned)?;
    // rustls has its own prefix for the suites of TLS 1.3.
    Some(name.strip_prefix("TLS13_").map(|rest| format!("TLS_{rest}")).unwrap_or(name))
}

/// Of a protection profile of SRTP (RFC 5764 §4.1.2, RFC 7714 §14.2).
pub(super) fn profile(number: u16) -> String {
    match number {
        0x0001 => "SRTP_AES128_CM_HMAC_SHA1_80".to_owned(),
        0x0002 => "SRTP_AES128_CM_HMAC_SHA1_32".to_owned(),
        0x0005 => "SRTP_NULL_HMAC_SHA1_80".to_owned(),
        0x0006 => "SRTP_NULL_HMAC_SHA1_32".to_owned(),
        0x0007 => "SRTP_AEAD_AES_128_GCM".to_owned(),
        0x0008 => "SRTP_AEAD_AES_256_GCM".to_owned(),
        other => format!("0x{other:04x}"),
    }
}

/// Of an alert (RFC 8446 §6, RFC 5246 §7.2).
pub(super) fn alert(number: u8) -> String {
    let name = match number {
        0 => "close_notify",
        10 => "unexpected_message",
        20 => "bad_record_mac",
        21 => "decryption_failed",
        22 => "record_overflow",
        30 => "decompression_failure",
        40 => "handshake_failure",
        41 => "no_certificate",
        42 => "bad_certificate",
        43 => "unsupported_certificate",
        44 => "certificate_revoked",
        45 => "certificate_expired",
        46 => "certificate_unknown",
        47 => "illegal_parameter",
        48 => "unknown_ca",
        49 => "access_denied",
        50 => "decode_error",
        51 => "decrypt_error",
        60 => "export_restriction",
        70 => "protocol_version",
        71 => "insufficient_security",
        80 => "internal_error",
        86 => "inappropriate_fallback",
        90 => "user_canceled",
        100 => "no_renegotiation",
        109 => "missing_extension",
        110 => "unsupported_extension",
        111 => "certificate_unobtainable",
        112 => "unrecognized_name",
        113 => "bad_certificate_status_response",
        114 => "bad_certificate_hash_value",
        115 => "unknown_psk_identity",
        116 => "certificate_required",
        120 => "no_application_protocol",
        other => return format!("alert {other}"),
    };
    name.to_owned()
}

/// Of a handshake message.
pub(super) fn message(number: u8) -> String {
    let name = match number {
        0 => "HelloRequest",
        1 => "ClientHello",
        2 => "ServerHello",
        3 => "HelloVerifyRequest",
        4 => "NewSessionTicket",
        8 => "EncryptedExtensions",
        11 => "Certificate",
        12 => "ServerKeyExchange",
        13 => "CertificateRequest",
        14 => "ServerHelloDone",
        15 => "CertificateVerify",
        16 => "ClientKeyExchange",
        20 => "Finished",
        22 => "CertificateStatus",
        other => return format!("handshake message {other}"),
    };
    name.to_owned()
}
