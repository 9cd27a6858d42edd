//! A TLS session and its certificate.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Serialize, Serializer};

use crate::tls::{CertificateReport, TlsFault};

/// A TLS session and the certificate behind it.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
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
    #[schemars(schema_with = "all_keys_or_null")]
    pub certificate: Option<CertificateReport>,
}

impl TlsFacts {
    /// Makes them those of `now`, in Unix seconds: a session may outlast the certificate that it began with. Whether
    /// anything is different.
    pub fn age(&mut self, now: i64) -> bool {
        let Some(certificate) = &mut self.certificate else { return false };
        let mut changed = false;
        if let Some(days) = days_left(&certificate.not_after, now) {
            changed |= std::mem::replace(&mut certificate.days_left, days) != days;
        }
        for (at, link) in certificate.chain.iter_mut().enumerate() {
            let Some(not_after) = link.not_after.clone() else { continue };
            let Some(days) = days_left(&not_after, now) else { continue };
            let before = link.days_left.replace(days);
            changed |= before != Some(days);
            // A root that the server sends along is nobody's concern: clients have their own.
            let matters = at == 0 || link.self_signed != Some(true);
            if matters && days < 0 && before.is_some_and(|before| before >= 0) {
                let subject = link.subject.clone().unwrap_or_default();
                self.errors.push(TlsFault::Expired { subject, not_after });
                self.verified = false;
            }
        }
        changed
    }
}

/// As in the certificate; `None` of the year 9999, which is never.
fn days_left(not_after: &str, now: i64) -> Option<i64> {
    let end: jiff::Timestamp = not_after.parse().ok()?;
    Some(end.as_second().saturating_sub(now).div_euclid(86_400))
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

/// The keys of a certificate, each of them `null` where there is none.
fn all_keys_or_null(generator: &mut SchemaGenerator) -> Schema {
    let mut schema = CertificateReport::json_schema(generator);
    if let Some(serde_json::Value::Object(properties)) = schema.get_mut("properties") {
        for of in properties.values_mut() {
            *of = serde_json::json!({ "anyOf": [of.take(), { "type": "null" }] });
        }
    }
    schema
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

    #[test]
    fn a_certificate_ages_with_the_session() {
        let key = rcgen::KeyPair::generate().unwrap();
        let mut params = rcgen::CertificateParams::new(vec!["a.test".to_owned()]).unwrap();
        params.not_after = rcgen::date_time_ymd(2026, 6, 15);
        let der = params.self_signed(&key).unwrap();
        let end = 1_781_481_600;
        let certificate = CertificateReport::from_der(&[der.der().to_vec()], end - 20 * 86_400).unwrap();
        let mut facts = TlsFacts {
            handshake_ms: 1.0,
            version: None,
            cipher: None,
            alpn: None,
            server_name: "a.test".to_owned(),
            verified: true,
            errors: Vec::new(),
            roots: 1,
            insecure: false,
            certificate: Some(certificate),
        };
        let days = |facts: &TlsFacts| facts.certificate.as_ref().map(|c| (c.days_left, c.chain[0].days_left));
        assert!(!facts.age(end - 20 * 86_400) && facts.age(end - 3 * 86_400 + 1));
        assert_eq!((days(&facts), facts.errors.len()), (Some((2, Some(2))), 0));
        assert!(facts.age(end) && facts.verified);
        for again in [true, false] {
            assert_eq!(facts.age(end + 1), again);
            assert_eq!((days(&facts), facts.verified), (Some((-1, Some(-1))), false));
            assert!(matches!(facts.errors[..], [TlsFault::Expired { .. }]), "{:?}", facts.errors);
        }
    }
}
