//! DTLS for str0m: its own state machine, with our arithmetic.

use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::time::Instant;

use dimpl::crypto as with;
use str0m::crypto::CryptoError;
use str0m::crypto::dtls::{
    DtlsCert, DtlsImplError, DtlsInstance, DtlsOutput, DtlsProvider, DtlsVersion, ProtocolVersion,
    SrtpProfile,
};

use zeroize::Zeroizing;

use super::primitives::{Chance, Hashes, Hmacs};
use super::suites::{Aes128GcmSha256, Group, Keys, Verifier};
use crate::call::{SrtpKeys, Witness, Witnessed};
use crate::sctp::{Chunk, chunks};
use crate::srtp::Profile;

/// Makes DTLS sessions.
pub(super) struct Provider {
    /// Not kept alive: keys are gone when the call is.
    witness: Mutex<Weak<Mutex<Witnessed>>>,
}

impl Provider {
    /// For the end that has this witness.
    pub(super) fn of(witness: &Witness) -> Self {
        Self { witness: Mutex::new(Arc::downgrade(witness)) }
    }

    /// Serves this end from now on, unless the one before it is still there.
    pub(super) fn serve(&self, witness: &Witness) -> bool {
        let mut served = self.witness.lock().unwrap_or_else(PoisonError::into_inner);
        let is_free = served.strong_count() == 0;
        if is_free {
            *served = Arc::downgrade(witness);
        }
        is_free
    }
}

impl std::fmt::Debug for Provider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Provider")
    }
}

static GROUPS: [&dyn with::SupportedKxGroup; 2] =
    [&Group(with::NamedGroup::X25519), &Group(with::NamedGroup::Secp256r1)];

/// What every session starts from. dimpl tries all of the arithmetic when it is made, hence once a process.
pub(super) fn configuration(mtu: Option<usize>) -> Result<Arc<dimpl::Config>, dimpl::Error> {
    static USUAL: OnceLock<Arc<dimpl::Config>> = OnceLock::new();
    if let Some(usual) = USUAL.get()
        && mtu.is_none_or(|mtu| mtu == usual.mtu())
    {
        return Ok(usual.clone());
    }
    let provider = with::CryptoProvider {
        kx_groups: &GROUPS,
        signature_verification: &Verifier,
        key_provider: &Keys,
        secure_random: &Chance,
        hash_provider: &Hashes,
        hmac_provider: &Hmacs,
        cipher_suites: &[&Aes128GcmSha256],
        dtls13_cipher_suites: &[&Aes128GcmSha256],
    };
    // ICE has proved by then that the other end is where it says: no cookie needed. RFC 6347 §4.2.4.1 waits a second
    // before it sends a flight again; libwebrtc begins with 50 ms, and a call is to show what browsers do.
    let builder = dimpl::Config::builder()
        .with_crypto_provider(provider)
        .use_server_cookie(false)
        .flight_start_rto(std::time::Duration::from_millis(50))
        .flight_retries(8);
    let made = Arc::new(builder.mtu(mtu.unwrap_or(str0m::DATAGRAM_MTU_TARGET)).build()?);
    Ok(USUAL.get_or_init(|| made.clone()).clone()).map(|usual| match mtu {
        Some(mtu) if mtu != usual.mtu() => made,
        _ => usual,
    })
}

impl DtlsProvider for Provider {
    fn generate_certificate(&self) -> Option<DtlsCert> {
        let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).ok()?;
        let mut parameters = rcgen::CertificateParams::new(Vec::<String>::new()).ok()?;
        let mut name = rcgen::DistinguishedName::new();
        // As browsers call theirs.
        name.push(rcgen::DnType::CommonName, "WebRTC");
        parameters.distinguished_name = name;
        let certificate = parameters.self_signed(&key).ok()?;
        Some(DtlsCert { certificate: certificate.der().to_vec(), private_key: key.serialize_der() })
    }

    fn new_dtls(
        &self,
        cert: &DtlsCert,
        now: Instant,
        version: DtlsVersion,
        mtu: Option<usize>,
    ) -> Result<Box<dyn DtlsInstance>, CryptoError> {
        let config =
            configuration(mtu).map_err(|error| CryptoError::Other(format!("DTLS configuration: {error}")))?;
        let cert = dimpl::DtlsCertificate {
            certificate: cert.certificate.clone(),
            private_key: cert.private_key.clone(),
        };
        let dtls = match version {
            DtlsVersion::Dtls13 => dimpl::Dtls::new_13(config, cert, now),
            DtlsVersion::Auto => dimpl::Dtls::new_auto(config, cert, now),
            _ => dimpl::Dtls::new_12(config, cert, now),
        };
        let witness = self.witness.lock().unwrap_or_else(PoisonError::into_inner).upgrade();
        Ok(Box::new(Session { dtls, witness: witness.unwrap_or_default() }))
    }
}

struct Session {
    dtls: dimpl::Dtls,
    witness: Witness,
}

/// COOKIE ACK (RFC 9260 §3.3.12).
const COOKIE_ACK: u8 = 11;

impl Session {
    /// A packet of SCTP passes.
    fn passes(&self, sent: bool, packet: &[u8]) {
        let mut seen = self.witness.lock().unwrap_or_else(PoisonError::into_inner);
        let acknowledges = |chunk| matches!(chunk, Chunk::Other { kind: COOKIE_ACK, .. });
        seen.associated = seen.associated || chunks(packet).any(acknowledges);
        if let Some(plain) = seen.plain.as_mut().filter(|_| !sent) {
            plain.push(packet.to_vec());
        }
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Session")
    }
}

impl DtlsInstance for Session {
    fn set_active(&mut self, active: bool) {
        self.dtls.set_active(active);
    }

    fn handle_packet(&mut self, packet: &[u8]) -> Result<(), DtlsImplError> {
        self.dtls.handle_packet(packet)
    }

    fn poll_output<'a>(&mut self, buf: &'a mut [u8]) -> DtlsOutput<'a> {
        let output = self.dtls.poll_output(buf);
        match &output {
            DtlsOutput::ApplicationData(packet) => self.passes(false, packet),
            DtlsOutput::KeyingMaterial(material, profile) => {
                let keys = known(*profile)
                    .map(|profile| SrtpKeys { profile, material: Zeroizing::new(material.to_vec()) });
                self.witness.lock().unwrap_or_else(PoisonError::into_inner).keys = keys;
            }
            _ => {}
        }
        output
    }

    fn handle_timeout(&mut self, now: Instant) -> Result<(), DtlsImplError> {
        self.dtls.handle_timeout(now)
    }

    fn send_application_data(&mut self, data: &[u8]) -> Result<usize, DtlsImplError> {
        let taken = self.dtls.send_application_data(data)?;
        if taken > 0 {
            self.passes(true, data);
        }
        Ok(taken)
    }

    fn is_active(&self) -> bool {
        self.dtls.is_active()
    }

    fn protocol_version(&self) -> Option<ProtocolVersion> {
        self.dtls.protocol_version()
    }

    fn is_closing(&self) -> bool {
        self.dtls.is_closing()
    }

    fn is_closed(&self) -> bool {
        self.dtls.is_closed()
    }

    fn close(&mut self) -> Result<(), DtlsImplError> {
        self.dtls.close()
    }
}

fn known(profile: SrtpProfile) -> Option<Profile> {
    match profile {
        SrtpProfile::AES128_CM_SHA1_80 => Some(Profile::AesCm80),
        SrtpProfile::AEAD_AES_128_GCM => Some(Profile::Gcm128),
        SrtpProfile::AEAD_AES_256_GCM => Some(Profile::Gcm256),
        _ => None,
    }
}
