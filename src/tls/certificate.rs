//! The facts that a server's certificate states.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::Serialize;
use thiserror::Error;
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::FromDer;
use x509_parser::public_key::PublicKey;
use x509_parser::time::ASN1Time;
use x509_parser::x509::{AlgorithmIdentifier, SubjectPublicKeyInfo, X509Name};

const SECONDS_A_DAY: i64 = 86_400;

/// The facts of the server's own certificate, and how many came with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct CertificateReport {
    /// Whom it names, e.g. `CN=turn.example.org`.
    pub subject: String,
    /// Who signed it.
    pub issuer: String,
    /// The DNS names and IP addresses that it is good for.
    pub sans: Vec<String>,
    /// RFC 3339.
    pub not_before: String,
    /// RFC 3339.
    pub not_after: String,
    /// Whole days until it expires, rounded down: negative from the moment on that it has.
    pub days_left: i64,
    /// Whether it is signed by its own key.
    pub self_signed: bool,
    /// Whether it says that it is a certificate authority's (basicConstraints CA:TRUE).
    pub is_ca: bool,
    /// How many certificates the server sent.
    pub chain_length: usize,
    /// Each of them, in that order.
    pub chain: Vec<ChainLink>,
    /// E.g. `EC P-256` or `RSA 2048`.
    pub key: String,
    /// E.g. `sha256WithRSAEncryption`.
    pub signature: String,
}

/// One certificate of a chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct ChainLink {
    /// Whom it names; `null` where it cannot be read.
    pub subject: Option<String>,
    /// Who signed it.
    pub issuer: Option<String>,
    /// RFC 3339.
    pub not_before: Option<String>,
    /// RFC 3339.
    pub not_after: Option<String>,
    /// As that of the first.
    pub days_left: Option<i64>,
    /// Whether it is signed by its own key.
    pub self_signed: Option<bool>,
}

impl ChainLink {
    fn from_der(der: &[u8], now: i64) -> Self {
        let parsed = parse(der);
        let certificate = parsed.as_ref();
        Self {
            subject: certificate.map(|c| name(c.subject())),
            issuer: certificate.map(|c| name(c.issuer())),
            not_before: certificate.map(|c| rfc3339(c.validity().not_before)),
            not_after: certificate.map(|c| rfc3339(c.validity().not_after)),
            days_left: certificate.map(|c| days_left(c, now)),
            self_signed: certificate.map(is_self_signed),
        }
    }
}

/// More certificates of a chain than these are counted and not shown.
const MOST_SHOWN: usize = 16;

/// Why a chain says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CertificateError {
    /// No certificate at all.
    #[error("the server sent no certificate")]
    Missing,
    /// Bytes that are no X.509 certificate.
    #[error("the server's certificate is no valid X.509 (RFC 5280)")]
    Malformed,
}

impl CertificateReport {
    /// Reads the first certificate of `chain`, as of `now` in Unix seconds.
    pub fn from_der(chain: &[impl AsRef<[u8]>], now: i64) -> Result<Self, CertificateError> {
        let der = chain.first().ok_or(CertificateError::Missing)?.as_ref();
        let leaf = parse(der).ok_or(CertificateError::Malformed)?;
        Ok(Self {
            subject: name(leaf.subject()),
            issuer: name(leaf.issuer()),
            sans: sans(&leaf),
            not_before: rfc3339(leaf.validity().not_before),
            not_after: rfc3339(leaf.validity().not_after),
            days_left: days_left(&leaf, now),
            self_signed: is_self_signed(&leaf),
            is_ca: leaf.is_ca(),
            chain_length: chain.len(),
            chain: chain.iter().take(MOST_SHOWN).map(|der| ChainLink::from_der(der.as_ref(), now)).collect(),
            key: key_name(leaf.public_key()),
            signature: signature_name(&leaf.signature_algorithm),
        })
    }
}

/// The public key of a certificate as a signature is held against it: the bits alone, without their algorithm.
pub fn public_key(der: &[u8]) -> Option<Vec<u8>> {
    Some(parse(der)?.public_key().subject_public_key.data.to_vec())
}

/// One certificate and nothing behind it.
pub(super) fn parse(der: &[u8]) -> Option<X509Certificate<'_>> {
    match X509Certificate::from_der(der) {
        Ok(([], certificate)) => Some(certificate),
        _ => None,
    }
}

fn days_left(certificate: &X509Certificate<'_>, now: i64) -> i64 {
    certificate.validity().not_after.timestamp().saturating_sub(now).div_euclid(SECONDS_A_DAY)
}

/// Subject and issuer are the same, and the signature is by its own key: people do give their authority and
/// their server the same name. Where ring does not take the algorithm or the key size, the names decide.
pub(super) fn is_self_signed(certificate: &X509Certificate<'_>) -> bool {
    if certificate.subject().as_raw() != certificate.issuer().as_raw() {
        return false;
    }
    if rsa_bits(certificate.public_key()).is_some_and(|bits| !(2048..=8192).contains(&bits)) {
        return true;
    }
    let oid = certificate.signature_algorithm.algorithm.as_bytes();
    // An algorithm identifier starts with its OID: tag, length (one byte for any OID in use), content.
    let algorithms = rustls::crypto::ring::default_provider().signature_verification_algorithms.all;
    let mut known = algorithms
        .iter()
        .filter(|algorithm| algorithm.signature_alg_id().get(2..).is_some_and(|id| id.starts_with(oid)))
        .peekable();
    let key = &certificate.public_key().subject_public_key.data;
    let signed = certificate.tbs_certificate.as_ref();
    let signature = &certificate.signature_value.data;
    known.peek().is_none()
        || known.any(|algorithm| algorithm.verify_signature(key, signed, signature).is_ok())
}

/// The DNS names and IP addresses of subjectAltName; other kinds of names mean nothing to TLS.
pub(super) fn sans(certificate: &X509Certificate<'_>) -> Vec<String> {
    let Ok(Some(extension)) = certificate.subject_alternative_name() else { return Vec::new() };
    let text = |name: &GeneralName<'_>| match name {
        GeneralName::DNSName(name) => Some(printable(name)),
        GeneralName::IPAddress(octets) => address(octets).map(|address| address.to_string()),
        _ => None,
    };
    extension.value.general_names.iter().filter_map(text).collect()
}

/// The subject, fit to be shown.
pub(super) fn name(name: &X509Name<'_>) -> String {
    printable(&name.to_string())
}

pub(super) fn rfc3339(time: ASN1Time) -> String {
    let seconds = time.timestamp();
    match jiff::Timestamp::from_second(seconds) {
        Ok(timestamp) => timestamp.to_string(),
        // RFC 5280 §4.1.2.5 writes "never" as the last second of 9999, one day more than jiff has.
        Err(_) => "9999-12-31T23:59:59Z".to_owned(),
    }
}

/// A certificate comes from a stranger and goes to a terminal.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

fn address(octets: &[u8]) -> Option<IpAddr> {
    <[u8; 4]>::try_from(octets)
        .map(|octets| IpAddr::V4(Ipv4Addr::from(octets)))
        .or_else(|_| <[u8; 16]>::try_from(octets).map(|octets| IpAddr::V6(Ipv6Addr::from(octets))))
        .ok()
}

fn rsa_bits(key: &SubjectPublicKeyInfo<'_>) -> Option<usize> {
    let Ok(PublicKey::RSA(rsa)) = key.parsed() else { return None };
    let zeros = rsa.modulus.iter().take_while(|byte| **byte == 0).count();
    Some((rsa.modulus.len() - zeros) * 8)
}

fn key_name(key: &SubjectPublicKeyInfo<'_>) -> String {
    if let Some(bits) = rsa_bits(key) {
        return format!("RSA {bits}");
    }
    let curve = || key.algorithm.parameters.as_ref()?.as_oid().ok().map(|oid| oid.to_id_string());
    match key.algorithm.algorithm.to_id_string().as_str() {
        "1.2.840.10045.2.1" => match curve().as_deref() {
            Some("1.2.840.10045.3.1.7") => "EC P-256".to_owned(),
            Some("1.3.132.0.34") => "EC P-384".to_owned(),
            Some("1.3.132.0.35") => "EC P-521".to_owned(),
            Some(oid) => format!("EC {oid}"),
            None => "EC".to_owned(),
        },
        "1.3.101.112" => "Ed25519".to_owned(),
        "1.3.101.113" => "Ed448".to_owned(),
        oid => oid.to_owned(),
    }
}

/// The names are those of openssl, which prints them to whoever looks closer.
fn signature_name(algorithm: &AlgorithmIdentifier<'_>) -> String {
    let oid = algorithm.algorithm.to_id_string();
    let name = match oid.as_str() {
        "1.2.840.113549.1.1.4" => "md5WithRSAEncryption",
        "1.2.840.113549.1.1.5" => "sha1WithRSAEncryption",
        "1.2.840.113549.1.1.10" => "rsassaPss",
        "1.2.840.113549.1.1.11" => "sha256WithRSAEncryption",
        "1.2.840.113549.1.1.12" => "sha384WithRSAEncryption",
        "1.2.840.113549.1.1.13" => "sha512WithRSAEncryption",
        "1.2.840.10045.4.1" => "ecdsa-with-SHA1",
        "1.2.840.10045.4.3.2" => "ecdsa-with-SHA256",
        "1.2.840.10045.4.3.3" => "ecdsa-with-SHA384",
        "1.2.840.10045.4.3.4" => "ecdsa-with-SHA512",
        "1.3.101.112" => "ED25519",
        "1.3.101.113" => "ED448",
        _ => &oid,
    };
    name.to_owned()
}
