//! TLS to a server whose certificate is judged after the handshake: a bad certificate is a finding,
//! and what lies behind it is still looked at.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    AlertDescription, ClientConfig, DigitallySignedStruct, Error, PeerIncompatible, RootCertStore,
    SignatureScheme,
};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::input;
use super::local::Local;
use super::wire::{Wire, fault};
use crate::measure::milliseconds;
use crate::probe::facts::{Fault, FaultKind, TlsFacts};
use crate::probe::plan::Target;
use crate::tls::{self, CertificateReport};

/// What a certificate is held against.
#[derive(Debug, Clone)]
pub struct Trust {
    /// The roots.
    pub roots: Arc<RootCertStore>,
    /// Report faults of the certificate without holding them against the server.
    pub insecure: bool,
}

/// A CA file larger than this is none: a system's whole bundle has a quarter of a megabyte.
const MOST_CA_BYTES: u64 = 16 << 20;

/// The system's roots, or those of `cafile` alone.
///
/// # Errors
/// The file cannot be read or holds no certificate. A system without roots gives an empty store:
/// then every issuer is unknown, and the findings say so.
pub fn roots(cafile: Option<&Path>) -> anyhow::Result<RootCertStore> {
    let mut roots = RootCertStore::empty();
    match cafile {
        None => {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
        Some(path) => {
            let name = path.display();
            let text = input::read_text(path, MOST_CA_BYTES)?;
            let certificates: Vec<_> =
                CertificateDer::pem_slice_iter(text.as_bytes()).filter_map(Result::ok).collect();
            anyhow::ensure!(!certificates.is_empty(), "the CA file {name} holds no PEM certificate");
            let (added, _) = roots.add_parsable_certificates(certificates);
            anyhow::ensure!(added > 0, "the CA file {name} holds no certificate that can be a root");
        }
    }
    Ok(roots)
}

/// The roots that `targets` need: none are loaded where nothing is probed over TLS or DTLS, since reading the
/// system's takes longer than a whole healthy probe.
///
/// # Errors
/// As [`roots`].
pub fn roots_for(targets: &[Target], cafile: Option<&Path>) -> anyhow::Result<RootCertStore> {
    let tls = |target: &Target| target.attempts.iter().any(|attempt| attempt.transport.is_encrypted());
    match cafile.is_some() || targets.iter().any(tls) {
        true => roots(cafile),
        false => Ok(RootCertStore::empty()),
    }
}

/// A TLS session to `server`, its certificate held against `name`.
///
/// # Errors
/// TCP or the handshake did not come about; the TCP connect time, if there was one, is returned too.
pub async fn connect(
    server: SocketAddr,
    name: &ServerName<'static>,
    alpn: &[u8],
    trust: &Trust,
    timeout: Duration,
    local: &Local,
) -> (Option<Duration>, Result<(TlsStream<TcpStream>, TlsFacts), Fault>) {
    let mut alpn = Some(alpn);
    let mut connected = None;
    loop {
        let start = Instant::now();
        let stream = match Wire::tcp(server, timeout, local).await {
            Ok(stream) => stream,
            Err(fault) => return (connected, Err(fault)),
        };
        connected.get_or_insert(start.elapsed());
        match handshake(stream, name, alpn, trust, timeout).await {
            // A front end that knows other protocols only is no fault: browsers send no ALPN here.
            Err(Failure::NoCommonAlpn) if alpn.is_some() => alpn = None,
            Err(Failure::NoCommonAlpn) => {
                let message = "the server refused the handshake (no_application_protocol)".to_owned();
                return (connected, Err(Fault { kind: FaultKind::Tls, stage: "tls", message }));
            }
            Err(Failure::Fault(fault)) => return (connected, Err(fault)),
            Ok(done) => return (connected, Ok(done)),
        }
    }
}

enum Failure {
    NoCommonAlpn,
    Fault(Fault),
}

async fn handshake(
    stream: TcpStream,
    name: &ServerName<'static>,
    alpn: Option<&[u8]>,
    trust: &Trust,
    timeout: Duration,
) -> Result<(TlsStream<TcpStream>, TlsFacts), Failure> {
    let failure = |kind, message| Failure::Fault(Fault { kind, stage: "tls", message });
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(|error| failure(FaultKind::Tls, error.to_string()))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(JudgeLater(provider)))
        .with_no_client_auth();
    config.alpn_protocols = alpn.map(<[u8]>::to_vec).into_iter().collect();
    let start = Instant::now();
    let connecting = TlsConnector::from(Arc::new(config)).connect(name.clone(), stream);
    let stream = match tokio::time::timeout(timeout, connecting).await {
        Ok(Ok(stream)) => stream,
        Err(_) => {
            let message = format!("no answer to a TLS ClientHello within {} s", timeout.as_secs_f64());
            return Err(failure(FaultKind::TimedOut, message));
        }
        Ok(Err(error)) => {
            return Err(match error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) {
                Some(Error::AlertReceived(AlertDescription::NoApplicationProtocol)) => Failure::NoCommonAlpn,
                Some(
                    Error::AlertReceived(AlertDescription::ProtocolVersion)
                    | Error::PeerIncompatible(
                        PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig
                        | PeerIncompatible::ServerDoesNotSupportTls12Or13,
                    ),
                ) => failure(FaultKind::OldTls, "the server speaks neither TLS 1.2 nor TLS 1.3".to_owned()),
                Some(Error::InvalidMessage(_)) => {
                    failure(FaultKind::NotTls, "what answers there does not speak TLS".to_owned())
                }
                Some(Error::AlertReceived(AlertDescription::HandshakeFailure)) => failure(
                    FaultKind::HandshakeFailure,
                    "the server refused the handshake (handshake_failure)".to_owned(),
                ),
                Some(tls) => failure(FaultKind::Tls, tls.to_string()),
                None => Failure::Fault(fault("tls", &error)),
            });
        }
    };
    let took = start.elapsed();
    let session = stream.get_ref().1;
    let chain: Vec<CertificateDer<'static>> =
        session.peer_certificates().unwrap_or_default().iter().map(|c| c.clone().into_owned()).collect();
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let agreed = Agreed {
        handshake_ms: milliseconds(took),
        version: session.protocol_version().map(|version| {
            let name = version.as_str().unwrap_or("unknown");
            name.trim_start_matches("TLSv").replace('_', ".")
        }),
        cipher: session.negotiated_cipher_suite().and_then(|s| s.suite().as_str()).map(str::to_owned),
        alpn: session.alpn_protocol().map(|alpn| String::from_utf8_lossy(alpn).into_owned()),
    };
    let facts = judge(agreed, &chain, name, trust, now);
    Ok((stream, facts))
}

/// What a handshake agreed on.
pub(super) struct Agreed {
    pub(super) handshake_ms: f64,
    pub(super) version: Option<String>,
    pub(super) cipher: Option<String>,
    pub(super) alpn: Option<String>,
}

/// Holds a chain against a name and the roots, `now` since 1970.
pub(super) fn judge(
    agreed: Agreed,
    chain: &[CertificateDer<'static>],
    name: &ServerName<'static>,
    trust: &Trust,
    now: Duration,
) -> TlsFacts {
    let Agreed { handshake_ms, version, cipher, alpn } = agreed;
    let errors = tls::verify(chain, name, &trust.roots, UnixTime::since_unix_epoch(now));
    TlsFacts {
        handshake_ms,
        version,
        cipher,
        alpn,
        server_name: name.to_str().into_owned(),
        verified: errors.is_empty(),
        errors,
        roots: trust.roots.len(),
        insecure: trust.insecure,
        certificate: CertificateReport::from_der(chain, now.as_secs() as i64).ok(),
    }
}

/// Lets every certificate pass, but checks that the server holds its key.
#[derive(Debug)]
struct JudgeLater(Arc<CryptoProvider>);

impl ServerCertVerifier for JudgeLater {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
