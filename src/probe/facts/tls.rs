//! A TLS session and its certificate.

use serde::{Serialize, Serializer};

use crate::tls::{CertificateReport, TlsFault};

/// A TLS session and the certificate behind it.
#[derive(Debug, Clone, Serialize)]
pub struct TlsFacts {
    /// From the ClientHello until application data may flow.
    pub handshake_ms: f64,
    /// `1.2` or `1.3`.
    pub version: Option<String>,
    /// The suite's IANA name.
    pub cipher: Option<String>,
    /// The protocol agreed on (RFC 7443 has `stun.turn`).
    pub alpn: Option<String>,
    /// The name that the certificate was held against.
    pub server_name: String,
    /// The certificate is one a browser would accept.
    pub verified: bool,
    /// What is wrong with it.
    pub errors: Vec<TlsFault>,
    /// Root certificates it was held against; with none, no issuer is trusted.
    pub roots: usize,
    /// `--insecure`: the faults are not held against the server.
    pub insecure: bool,
    /// The certificate itself.
    #[serde(flatten, serialize_with = "all_keys")]
    pub certificate: Option<CertificateReport>,
}

/// A certificate that cannot be read has the keys of one that can, each `null`.
fn all_keys<S: Serializer>(
    certificate: &Option<CertificateReport>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    const KEYS: [&str; 12] = [
        "subject",
        "issuer",
        "sans",
        "not_before",
        "not_after",
        "days_left",
        "self_signed",
        "is_ca",
        "chain_length",
        "chain",
        "key",
        "signature",
    ];
    match certificate {
        Some(certificate) => certificate.serialize(serializer),
        None => serializer.collect_map(KEYS.map(|key| (key, None::<()>))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_that_cannot_be_read_has_all_keys() {
        let key = rcgen::KeyPair::generate().unwrap();
        let der =
            rcgen::CertificateParams::new(vec!["a.test".to_owned()]).unwrap().self_signed(&key).unwrap();
        let certificate = CertificateReport::from_der(&[der.der().to_vec()], 0).unwrap();
        let keys = |certificate| {
            let facts = TlsFacts {
                handshake_ms: 1.0,
                version: None,
                cipher: None,
                alpn: None,
                server_name: String::new(),
                verified: false,
                errors: Vec::new(),
                roots: 0,
                insecure: false,
                certificate,
            };
            let json = serde_json::to_value(facts).unwrap();
            json.as_object().unwrap().keys().cloned().collect::<Vec<_>>()
        };
        let unread = keys(None);
        assert_eq!(unread, keys(Some(certificate)));
        assert!(unread.iter().any(|key| key == "not_after"));
    }
}
