//! Everything that is wrong with a certificate chain, not only what a verifier stumbles over first.

use std::fmt;
use std::time::Duration;

use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, Error, RootCertStore};
use serde::{Serialize, Serializer};
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::{GeneralName, ParsedExtension};
use x509_parser::x509::X509Version;

use super::certificate::{is_self_signed, name, parse, rfc3339, sans};

/// One reason for a client to refuse a server's certificate. In JSON it is its [`TlsFault::name`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TlsFault {
    /// A certificate is no longer valid.
    Expired {
        /// Its subject: the server, or an authority between it and the root.
        subject: String,
        /// RFC 3339.
        not_after: String,
    },
    /// A certificate is not valid yet, or our clock is wrong.
    NotYetValid {
        /// Its subject.
        subject: String,
        /// RFC 3339.
        not_before: String,
    },
    /// No chain of signatures leads from it to a root that we trust.
    UntrustedIssuer,
    /// As [`UntrustedIssuer`](Self::UntrustedIssuer), and the server sent its own certificate alone, which says of
    /// itself that another stands between it and a root.
    MissingIntermediate {
        /// Whose certificate is missing.
        issuer: String,
    },
    /// It is for other names than the one that was asked for.
    WrongName,
    /// The server's own certificate is self-signed and says CA:TRUE, openssl's default. rustls refuses that
    /// even among the roots; browsers and OpenSSL take it there.
    SelfSignedCa,
    /// Something rarer, in a few words.
    Other(&'static str),
}

/// Everything that is wrong with `chain` (the server's own certificate first) for a client that wants to
/// speak to `name` at `now` and trusts `roots`. Nothing, if the chain is good.
pub fn verify(
    chain: &[CertificateDer<'_>],
    name: &ServerName<'_>,
    roots: &RootCertStore,
    now: UnixTime,
) -> Vec<TlsFault> {
    let Some((leaf_der, intermediates)) = chain.split_first() else {
        return vec![TlsFault::Other("the server sent no certificate")];
    };
    let Some(leaf) = parse(leaf_der) else {
        return vec![TlsFault::Other("the certificate is no valid X.509")];
    };
    let mut faults: Vec<TlsFault> = time_fault(&leaf, now).into_iter().collect();
    match ParsedCertificate::try_from(leaf_der) {
        Ok(parsed) => {
            let chain = Chain { leaf: &leaf, parsed, intermediates, roots };
            if leaf.is_ca() {
                chain.judge_ca(leaf_der, &mut faults);
            } else {
                chain.judge(now, &mut faults);
            }
            if verify_server_name(&chain.parsed, name).is_err() {
                faults.push(TlsFault::WrongName);
            }
        }
        Err(_) => {
            // `openssl x509 -req` without an extension file makes these.
            faults.push(TlsFault::Other(match leaf.version() {
                X509Version::V3 => "the certificate's extensions are malformed",
                _ => "the certificate is not X.509 version 3, so it names no server",
            }));
            if sans(&leaf).is_empty() {
                faults.push(TlsFault::WrongName);
            }
        }
    }
    faults
}

impl TlsFault {
    /// A kebab-case name, for JSON.
    pub fn name(&self) -> &'static str {
        match self {
            TlsFault::Expired { .. } => "expired",
            TlsFault::NotYetValid { .. } => "not-yet-valid",
            TlsFault::UntrustedIssuer => "untrusted-issuer",
            TlsFault::MissingIntermediate { .. } => "missing-intermediate",
            TlsFault::WrongName => "wrong-name",
            TlsFault::SelfSignedCa => "self-signed-ca",
            TlsFault::Other(_) => "other",
        }
    }
}

impl fmt::Display for TlsFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TlsFault::Expired { subject, not_after } => {
                write!(f, "the certificate of {subject} expired at {not_after}")
            }
            TlsFault::NotYetValid { subject, not_before } => {
                write!(f, "the certificate of {subject} is not valid before {not_before}")
            }
            TlsFault::UntrustedIssuer => f.write_str("no trusted root vouches for the certificate"),
            TlsFault::MissingIntermediate { issuer } => {
                write!(f, "the certificate of {issuer}, which signed the server's, was not sent")
            }
            TlsFault::WrongName => f.write_str("the certificate is for another name"),
            TlsFault::SelfSignedCa => {
                f.write_str("the certificate is self-signed and says that it is an authority's (CA:TRUE)")
            }
            TlsFault::Other(words) => f.write_str(words),
        }
    }
}

impl schemars::JsonSchema for TlsFault {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "TlsFault".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        String::json_schema(generator)
    }
}

impl Serialize for TlsFault {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// id-ad-caIssuers (RFC 5280 §4.2.2.1).
const CA_ISSUERS: &str = "1.3.6.1.5.5.7.48.2";
/// How authorities call what is no root.
const INTERMEDIATE_WORDS: [&str; 4] = ["intermediate", "issuing", "sub ca", "subca"];

struct Chain<'a> {
    leaf: &'a X509Certificate<'a>,
    parsed: ParsedCertificate<'a>,
    intermediates: &'a [CertificateDer<'a>],
    roots: &'a RootCertStore,
}

impl Chain<'_> {
    /// An authority's certificate never verifies as a server's, so only our own eyes can say whether it is
    /// at least one that we trust.
    fn judge_ca(&self, leaf_der: &CertificateDer<'_>, faults: &mut Vec<TlsFault>) {
        if !is_self_signed(self.leaf) {
            faults.push(TlsFault::Other("an authority's certificate (CA:TRUE) is used as a server's"));
            return;
        }
        faults.push(TlsFault::SelfSignedCa);
        let mut own = RootCertStore::empty();
        let is_root = own.add(leaf_der.clone().into_owned()).is_ok()
            && own.roots.iter().all(|own| self.roots.roots.contains(own));
        if !is_root {
            faults.push(TlsFault::UntrustedIssuer);
        }
    }

    fn judge(&self, now: UnixTime, faults: &mut Vec<TlsFault>) {
        let Err(mut fault) = self.verify(now) else { return };
        if is_about_time(&fault) {
            if faults.is_empty() {
                // Then it is an authority between the server and the root.
                let between =
                    self.intermediates.iter().filter_map(|der| time_fault(&parse(der)?, now)).next();
                faults.push(between.unwrap_or(TlsFault::Other("a certificate ends before it begins")));
            }
            match self.verify_at_its_best() {
                Ok(()) => return,
                Err(other) => fault = other,
            }
        }
        if !is_about_time(&fault) {
            faults.push(match fault_of(&fault) {
                TlsFault::UntrustedIssuer if self.lacks_intermediate() => {
                    TlsFault::MissingIntermediate { issuer: name(self.leaf.issuer()) }
                }
                fault => fault,
            });
        }
    }

    /// Nothing that was sent signed the server's certificate, nor is its issuer among our roots, and the
    /// certificate itself says that the issuer is no root: by where to fetch the issuer's certificate (which
    /// public authorities write into what an intermediate signs), by who signed the issuer's, or by the issuer's name.
    fn lacks_intermediate(&self) -> bool {
        let issuer = self.leaf.issuer();
        if is_self_signed(self.leaf) {
            return false;
        }
        let sent = self.intermediates.iter().filter_map(|der| parse(der));
        if sent.into_iter().any(|other| other.subject().as_raw() == issuer.as_raw()) {
            return false;
        }
        // A root's name without its outermost tag is what a trust anchor keeps.
        if self.roots.roots.iter().any(|root| issuer.as_raw().ends_with(root.subject.as_ref())) {
            return false;
        }
        self.leaf.extensions().iter().any(|extension| match extension.parsed_extension() {
            ParsedExtension::AuthorityInfoAccess(access) => {
                access.iter().any(|entry| entry.access_method.to_id_string() == CA_ISSUERS)
            }
            ParsedExtension::AuthorityKeyIdentifier(key) => {
                let signer = key.authority_cert_issuer.iter().flatten().find_map(|general| match general {
                    GeneralName::DirectoryName(name) => Some(name.as_raw().to_vec()),
                    _ => None,
                });
                signer.is_some_and(|signer| signer != issuer.as_raw())
            }
            _ => false,
        }) || INTERMEDIATE_WORDS.iter().any(|word| name(issuer).to_lowercase().contains(word))
    }

    fn verify(&self, at: UnixTime) -> Result<(), Error> {
        let algorithms = rustls::crypto::ring::default_provider().signature_verification_algorithms.all;
        verify_server_cert_signed_by_trust_anchor(
            &self.parsed,
            self.roots,
            self.intermediates,
            at,
            algorithms,
        )
    }

    /// Verifies at the times at which a path may be valid as a whole. The validity periods of a path, if
    /// they overlap, all hold at the latest of their beginnings, so trying every beginning is enough.
    fn verify_at_its_best(&self) -> Result<(), Error> {
        let validity = self.leaf.validity();
        let between = self.intermediates.iter().take(MAX_TIMES).filter_map(|der| Some(begin(&parse(der)?)));
        let times = between
            .filter(|time| (validity.not_before.timestamp()..=validity.not_after.timestamp()).contains(time));
        let mut result = self.verify(unix(begin(self.leaf)));
        for time in times {
            match (&result, self.verify(unix(time))) {
                (Ok(()), _) => break,
                // A fault that is not about time is worth more than one that is.
                (Err(before), Err(now)) if is_about_time(&now) || !is_about_time(before) => {}
                (_, now) => result = now,
            }
        }
        result
    }
}

/// A server that sends more certificates wants to keep us busy.
const MAX_TIMES: usize = 8;

fn begin(certificate: &X509Certificate<'_>) -> i64 {
    certificate.validity().not_before.timestamp()
}

fn unix(seconds: i64) -> UnixTime {
    UnixTime::since_unix_epoch(Duration::from_secs(u64::try_from(seconds).unwrap_or(0)))
}

fn time_fault(certificate: &X509Certificate<'_>, now: UnixTime) -> Option<TlsFault> {
    let now = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
    let validity = certificate.validity();
    let subject = || name(certificate.subject());
    if now > validity.not_after.timestamp() {
        return Some(TlsFault::Expired { subject: subject(), not_after: rfc3339(validity.not_after) });
    }
    if now < validity.not_before.timestamp() {
        return Some(TlsFault::NotYetValid { subject: subject(), not_before: rfc3339(validity.not_before) });
    }
    None
}

fn is_about_time(error: &Error) -> bool {
    use CertificateError::{Expired, ExpiredContext, NotValidYet, NotValidYetContext};
    matches!(
        error,
        Error::InvalidCertificate(Expired | ExpiredContext { .. } | NotValidYet | NotValidYetContext { .. })
    )
}

/// A wrong signature is an authority that was made anew under its old name, so it counts as unknown.
fn fault_of(error: &Error) -> TlsFault {
    let Error::InvalidCertificate(error) = error else {
        return TlsFault::Other("the certificate chain cannot be checked");
    };
    match error {
        CertificateError::UnknownIssuer | CertificateError::BadSignature => TlsFault::UntrustedIssuer,
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            TlsFault::Other("the certificate's extended key usage does not include TLS servers")
        }
        CertificateError::UnsupportedSignatureAlgorithmContext { .. }
        | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => {
            TlsFault::Other("the certificate is signed with an algorithm that is too weak or unknown")
        }
        CertificateError::UnhandledCriticalExtension => {
            TlsFault::Other("the certificate has a critical extension that is unknown")
        }
        CertificateError::BadEncoding => TlsFault::Other("a certificate of the chain is malformed"),
        _ => TlsFault::Other("the certificate chain breaks a rule of RFC 5280"),
    }
}
