//! The certificate that the embedded server shows: a given one, or one made at start, faulty on
//! purpose where the client's verdict is to be tested.

use std::time::{Duration, SystemTime};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use zeroize::Zeroizing;

/// What the server shows in TLS.
#[derive(Clone)]
pub enum Identity {
    /// A CA and a leaf for these names (DNS names or IP addresses), made at start.
    ThrowAway {
        /// What the leaf is for.
        names: Vec<String>,
        /// What is wrong with it.
        flaw: Option<Flaw>,
    },
    /// A given chain, the leaf first, and its key, both in PEM.
    Pem {
        /// The chain.
        cert_chain: String,
        /// The key.
        key: Zeroizing<String>,
    },
}

/// What is wrong with a throw-away certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// The leaf expired yesterday.
    Expired,
    /// The leaf is good from tomorrow on.
    NotYetValid,
    /// The leaf is for `wrong.invalid` instead of the names given.
    WrongName,
    /// The leaf is signed by another CA than the one that `EmbeddedServer::ca_der` tells.
    UnknownCa,
    /// The leaf signed itself and is a CA, as `openssl req -x509` makes it; it is its own
    /// `EmbeddedServer::ca_der`.
    SelfSignedCa,
}

/// Why there is no certificate.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// Making one failed: a name that none can have, for instance.
    #[error("make a throw-away certificate")]
    Make(#[source] rcgen::Error),
    /// What was given is not PEM, or not what it should be.
    #[error("read the {what} of the server from PEM")]
    Pem {
        /// `certificate chain` or `private key`.
        what: &'static str,
        /// Why.
        source: rustls::pki_types::pem::Error,
    },
    /// Chain and key do not fit, or are of a kind that TLS has no use for.
    #[error("use the certificate and key of the server")]
    Refused(#[source] rustls::Error),
}

/// A chain, its key, and the CA to trust.
pub(super) struct Material {
    pub(super) chain: Vec<CertificateDer<'static>>,
    pub(super) key: PrivateKeyDer<'static>,
    /// DER and PEM of the CA, if it was made here.
    pub(super) ca: Option<(CertificateDer<'static>, String)>,
}

impl Identity {
    /// A good certificate for these names.
    pub fn throw_away<S: Into<String>>(names: impl IntoIterator<Item = S>) -> Self {
        Self::ThrowAway { names: names.into_iter().map(Into::into).collect(), flaw: None }
    }

    /// A certificate for these names with this flaw.
    pub fn flawed<S: Into<String>>(names: impl IntoIterator<Item = S>, flaw: Flaw) -> Self {
        Self::ThrowAway { names: names.into_iter().map(Into::into).collect(), flaw: Some(flaw) }
    }

    pub(super) fn material(&self) -> Result<Material, IdentityError> {
        match self {
            Self::ThrowAway { names, flaw } => made(names, *flaw).map_err(IdentityError::Make),
            Self::Pem { cert_chain, key } => {
                let pem = |what| move |source| IdentityError::Pem { what, source };
                let chain = CertificateDer::pem_slice_iter(cert_chain.as_bytes())
                    .collect::<Result<Vec<_>, _>>()
                    .map_err(pem("certificate chain"))?;
                let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).map_err(pem("private key"))?;
                Ok(Material { chain, key, ca: None })
            }
        }
    }
}

/// Without the key.
impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::ThrowAway { names, flaw } => {
                f.debug_struct("ThrowAway").field("names", names).field("flaw", flaw).finish()
            }
            Self::Pem { .. } => f.debug_struct("Pem").finish_non_exhaustive(),
        }
    }
}

fn made(names: &[String], flaw: Option<Flaw>) -> Result<Material, rcgen::Error> {
    let wrong = ["wrong.invalid".to_owned()];
    let names = if flaw == Some(Flaw::WrongName) { &wrong } else { names };
    let key = KeyPair::generate()?;
    let mut leaf = CertificateParams::new(names)?;
    leaf.distinguished_name.push(DnType::CommonName, "rtcscope embedded server");
    leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let (from, until) = match flaw {
        Some(Flaw::Expired) => (days_ago(90), days_ago(1)),
        Some(Flaw::NotYetValid) => (days_ahead(1), days_ahead(90)),
        _ => (days_ago(1), days_ahead(90)),
    };
    leaf.not_before = from.into();
    leaf.not_after = until.into();

    let (leaf, ca) = if flaw == Some(Flaw::SelfSignedCa) {
        leaf.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let leaf = leaf.self_signed(&key)?;
        (leaf.der().clone(), (leaf.der().clone(), leaf.pem()))
    } else {
        let signer = authority("rtcscope throw-away CA")?;
        let leaf = leaf.signed_by(&key, &signer)?;
        let told = if flaw == Some(Flaw::UnknownCa) { authority("rtcscope other CA")? } else { signer };
        (leaf.der().clone(), (told.der().clone(), told.pem()))
    };
    let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
    Ok(Material { chain: vec![leaf], key, ca: Some(ca) })
}

fn authority(name: &str) -> Result<CertifiedIssuer<'static, KeyPair>, rcgen::Error> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.not_before = days_ago(365).into();
    params.not_after = days_ahead(365).into();
    CertifiedIssuer::self_signed(params, KeyPair::generate()?)
}

fn days_ago(days: u64) -> SystemTime {
    SystemTime::now() - Duration::from_secs(days * 86_400)
}

fn days_ahead(days: u64) -> SystemTime {
    SystemTime::now() + Duration::from_secs(days * 86_400)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a client that trusts the told CA thinks of the leaf.
    fn verdict(flaw: Option<Flaw>) -> Result<(), rustls::CertificateError> {
        use rustls::client::danger::ServerCertVerifier as _;
        let material = made(&["turn.example.test".to_owned()], flaw).unwrap();
        let mut roots = rustls::RootCertStore::empty();
        roots.add(material.ca.unwrap().0).unwrap();
        let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
        let verifier = rustls::client::WebPkiServerVerifier::builder_with_provider(roots.into(), provider)
            .build()
            .unwrap();
        let name = "turn.example.test".try_into().unwrap();
        let now = rustls::pki_types::UnixTime::now();
        match verifier.verify_server_cert(&material.chain[0], &[], &name, &[], now) {
            Ok(_) => Ok(()),
            Err(rustls::Error::InvalidCertificate(error)) => Err(error),
            Err(error) => panic!("{error}"),
        }
    }

    #[test]
    fn each_flaw_is_what_a_client_sees() {
        use rustls::CertificateError as E;
        assert_eq!(verdict(None), Ok(()));
        assert!(matches!(verdict(Some(Flaw::Expired)), Err(E::ExpiredContext { .. })));
        assert!(matches!(verdict(Some(Flaw::NotYetValid)), Err(E::NotValidYetContext { .. })));
        assert!(matches!(verdict(Some(Flaw::WrongName)), Err(E::NotValidForNameContext { .. })));
        assert_eq!(verdict(Some(Flaw::UnknownCa)), Err(E::UnknownIssuer));
        assert!(matches!(verdict(Some(Flaw::SelfSignedCa)), Err(E::Other(_))), "CA used as end entity");
    }
}
