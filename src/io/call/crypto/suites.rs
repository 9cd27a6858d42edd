//! What a handshake is made of: one cipher suite for each version of DTLS, two groups, ECDSA.

use aes::Aes128;
use aes::cipher::{Array, BlockCipherEncrypt, KeyInit};
use dimpl::crypto::{
    Aad, ActiveKeyExchange, Buf, Cipher, Dtls12CipherSuite, Dtls13CipherSuite, HashAlgorithm, KeyProvider,
    NamedGroup, Nonce, SignatureAlgorithm, SignatureVerifier, SigningKey, SupportedDtls12CipherSuite,
    SupportedDtls13CipherSuite, SupportedKxGroup, TmpBuf, check_verify_scheme,
};
use dimpl::{CryptoError, CryptoOperation};
use ring::rand::SystemRandom;
use ring::{aead, agreement, signature};

const fn failed(operation: CryptoOperation) -> CryptoError {
    CryptoError::OperationFailed(operation)
}

/// AES-128-GCM.
struct Gcm(aead::LessSafeKey);

impl std::fmt::Debug for Gcm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Gcm")
    }
}

impl Gcm {
    fn boxed(key: &[u8]) -> Result<Box<dyn Cipher>, CryptoError> {
        let key = aead::UnboundKey::new(&aead::AES_128_GCM, key)
            .map_err(|_| failed(CryptoOperation::CreateCipher))?;
        Ok(Box::new(Self(aead::LessSafeKey::new(key))))
    }
}

impl Cipher for Gcm {
    fn encrypt(&mut self, plaintext: &mut Buf, aad: Aad, nonce: Nonce) -> Result<(), CryptoError> {
        let nonce = aead::Nonce::assume_unique_for_key(nonce.0);
        self.0
            .seal_in_place_append_tag(nonce, aead::Aad::from(&aad[..]), plaintext)
            .map_err(|_| failed(CryptoOperation::Encrypt))
    }

    fn decrypt(&mut self, ciphertext: &mut TmpBuf, aad: Aad, nonce: Nonce) -> Result<(), CryptoError> {
        let nonce = aead::Nonce::assume_unique_for_key(nonce.0);
        let length = self
            .0
            .open_in_place(nonce, aead::Aad::from(&aad[..]), ciphertext.as_mut())
            .map_err(|_| failed(CryptoOperation::Decrypt))?
            .len();
        ciphertext.truncate(length);
        Ok(())
    }
}

/// TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 (RFC 5289), and TLS_AES_128_GCM_SHA256 (RFC 8446).
#[derive(Debug)]
pub(super) struct Aes128GcmSha256;

impl SupportedDtls12CipherSuite for Aes128GcmSha256 {
    fn suite(&self) -> Dtls12CipherSuite {
        Dtls12CipherSuite::ECDHE_ECDSA_AES128_GCM_SHA256
    }

    fn hash_algorithm(&self) -> HashAlgorithm {
        HashAlgorithm::SHA256
    }

    fn key_lengths(&self) -> (usize, usize, usize) {
        (0, 16, 4)
    }

    fn explicit_nonce_len(&self) -> usize {
        8
    }

    fn tag_len(&self) -> usize {
        16
    }

    fn create_cipher(&self, key: &[u8]) -> Result<Box<dyn Cipher>, CryptoError> {
        Gcm::boxed(key)
    }
}

impl SupportedDtls13CipherSuite for Aes128GcmSha256 {
    fn suite(&self) -> Dtls13CipherSuite {
        Dtls13CipherSuite::AES_128_GCM_SHA256
    }

    fn hash_algorithm(&self) -> HashAlgorithm {
        HashAlgorithm::SHA256
    }

    fn key_len(&self) -> usize {
        16
    }

    fn iv_len(&self) -> usize {
        12
    }

    fn tag_len(&self) -> usize {
        16
    }

    fn create_cipher(&self, key: &[u8]) -> Result<Box<dyn Cipher>, CryptoError> {
        Gcm::boxed(key)
    }

    /// RFC 9147 §4.2.3.
    fn encrypt_sn(&self, sn_key: &[u8], sample: &[u8; 16]) -> [u8; 16] {
        let mut block = Array::from(*sample);
        // The length is that of `key_len`.
        if let Ok(aes) = Aes128::new_from_slice(sn_key) {
            aes.encrypt_block(&mut block);
        }
        block.into()
    }
}

/// X25519 or P-256.
#[derive(Debug)]
pub(super) struct Group(pub(super) NamedGroup);

fn algorithm(group: NamedGroup) -> Option<&'static agreement::Algorithm> {
    match group {
        NamedGroup::X25519 => Some(&agreement::X25519),
        NamedGroup::Secp256r1 => Some(&agreement::ECDH_P256),
        _ => None,
    }
}

impl SupportedKxGroup for Group {
    fn name(&self) -> NamedGroup {
        self.0
    }

    fn start_exchange(&self, mut buf: Buf) -> Result<Box<dyn ActiveKeyExchange>, CryptoError> {
        let group = self.0;
        let algorithm = algorithm(group).ok_or(CryptoError::UnsupportedKeyExchangeGroup(group))?;
        let private = agreement::EphemeralPrivateKey::generate(algorithm, &SystemRandom::new())
            .map_err(|_| failed(CryptoOperation::GenerateEphemeralKey))?;
        let public = private.compute_public_key().map_err(|_| failed(CryptoOperation::ComputePublicKey))?;
        buf.clear();
        buf.extend_from_slice(public.as_ref());
        Ok(Box::new(Exchange { group, private, public: buf }))
    }
}

struct Exchange {
    group: NamedGroup,
    private: agreement::EphemeralPrivateKey,
    public: Buf,
}

impl std::fmt::Debug for Exchange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Exchange").field("group", &self.group).finish_non_exhaustive()
    }
}

impl ActiveKeyExchange for Exchange {
    fn pub_key(&self) -> &[u8] {
        &self.public
    }

    fn complete(self: Box<Self>, peer_pub: &[u8], out: &mut Buf) -> Result<(), CryptoError> {
        let group = self.group;
        let algorithm = algorithm(group).ok_or(CryptoError::UnsupportedKeyExchangeGroup(group))?;
        let theirs = agreement::UnparsedPublicKey::new(algorithm, peer_pub);
        agreement::agree_ephemeral(self.private, &theirs, |secret| {
            out.clear();
            out.extend_from_slice(secret);
        })
        .map_err(|_| CryptoError::InvalidPublicKey(group))
    }

    fn group(&self) -> NamedGroup {
        self.group
    }
}

/// Reads our own keys, which are P-256 in PKCS #8.
#[derive(Debug)]
pub(super) struct Keys;

impl KeyProvider for Keys {
    fn load_private_key(&self, key_der: &[u8]) -> Result<Box<dyn SigningKey>, CryptoError> {
        let algorithm = &signature::ECDSA_P256_SHA256_ASN1_SIGNING;
        signature::EcdsaKeyPair::from_pkcs8(algorithm, key_der, &SystemRandom::new())
            .map(|pair| Box::new(Signer(pair)) as Box<dyn SigningKey>)
            .map_err(|_| CryptoError::InvalidPrivateKey)
    }
}

struct Signer(signature::EcdsaKeyPair);

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Signer")
    }
}

impl SigningKey for Signer {
    fn sign(&mut self, data: &[u8], hash: HashAlgorithm, out: &mut Buf) -> Result<(), CryptoError> {
        if hash != HashAlgorithm::SHA256 {
            let key_hash = HashAlgorithm::SHA256;
            return Err(CryptoError::SigningKeyHashMismatch { key_hash, requested: hash });
        }
        let signed = self.0.sign(&SystemRandom::new(), data).map_err(|_| failed(CryptoOperation::Sign))?;
        out.clear();
        out.extend_from_slice(signed.as_ref());
        Ok(())
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        SignatureAlgorithm::ECDSA
    }

    fn hash_algorithm(&self) -> HashAlgorithm {
        HashAlgorithm::SHA256
    }

    fn supported_hash_algorithms(&self) -> &[HashAlgorithm] {
        &[HashAlgorithm::SHA256]
    }
}

/// Checks what the other end signed.
#[derive(Debug)]
pub(super) struct Verifier;

impl SignatureVerifier for Verifier {
    fn verify_signature(
        &self,
        cert_der: &[u8],
        data: &[u8],
        signed: &[u8],
        hash: HashAlgorithm,
        algorithm: SignatureAlgorithm,
    ) -> Result<(), CryptoError> {
        if algorithm != SignatureAlgorithm::ECDSA {
            return Err(CryptoError::UnsupportedSignatureAlgorithm(algorithm));
        }
        let (_, certificate) =
            x509_parser::parse_x509_certificate(cert_der).map_err(|_| CryptoError::CertificateParseFailed)?;
        let info = certificate.public_key();
        let curve = info.algorithm.parameters.as_ref().ok_or(CryptoError::MissingEcCurveParameter)?;
        let curve = curve.as_oid().map_err(|_| CryptoError::InvalidEcCurveParameter)?.to_id_string();
        let group = match curve.as_str() {
            "1.2.840.10045.3.1.7" => NamedGroup::Secp256r1,
            "1.3.132.0.34" => NamedGroup::Secp384r1,
            _ => return Err(CryptoError::UnsupportedEcCurve),
        };
        check_verify_scheme(algorithm, hash, group)?;
        let with: &dyn signature::VerificationAlgorithm = match (group, hash) {
            (NamedGroup::Secp256r1, HashAlgorithm::SHA256) => &signature::ECDSA_P256_SHA256_ASN1,
            (NamedGroup::Secp256r1, _) => &signature::ECDSA_P256_SHA384_ASN1,
            (_, HashAlgorithm::SHA256) => &signature::ECDSA_P384_SHA256_ASN1,
            (..) => &signature::ECDSA_P384_SHA384_ASN1,
        };
        signature::UnparsedPublicKey::new(with, &info.subject_public_key.data)
            .verify(data, signed)
            .map_err(|_| CryptoError::SignatureVerificationFailed { signature: algorithm, hash, group })
    }
}
