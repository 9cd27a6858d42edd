//! The ciphers of SRTP, as str0m asks for them.

use aes::cipher::{Array, BlockCipherEncrypt, KeyInit};
use aes::{Aes128, Aes256};
use ring::aead;
use str0m::crypto::{
    AeadAes128GcmCipher, AeadAes256GcmCipher, Aes128CmSha1_80Cipher, CryptoError, SrtpProvider,
    SupportedAeadAes128Gcm, SupportedAeadAes256Gcm, SupportedAes128CmSha1_80,
};

/// All of them.
#[derive(Debug)]
pub(super) struct Srtp;

impl SrtpProvider for Srtp {
    fn aes_128_cm_sha1_80(&self) -> &'static dyn SupportedAes128CmSha1_80 {
        &Srtp
    }

    fn aead_aes_128_gcm(&self) -> &'static dyn SupportedAeadAes128Gcm {
        &Srtp
    }

    fn aead_aes_256_gcm(&self) -> &'static dyn SupportedAeadAes256Gcm {
        &Srtp
    }

    fn srtp_aes_128_ecb_round(&self, key: &[u8], input: &[u8], output: &mut [u8]) {
        if let Ok(aes) = Aes128::new_from_slice(key) {
            one_block(|block| aes.encrypt_block(block), input, output);
        }
    }

    fn srtp_aes_256_ecb_round(&self, key: &[u8], input: &[u8], output: &mut [u8]) {
        if let Ok(aes) = Aes256::new_from_slice(key) {
            one_block(|block| aes.encrypt_block(block), input, output);
        }
    }
}

type Block = aes::Block;

fn one_block(encrypt: impl Fn(&mut Block), input: &[u8], output: &mut [u8]) {
    let mut block = [0; 16];
    block.copy_from_slice(&input[..16]);
    let mut block = Array::from(block);
    encrypt(&mut block);
    output[..16].copy_from_slice(&block);
}

impl SupportedAes128CmSha1_80 for Srtp {
    fn create_cipher(&self, key: [u8; 16], _: bool) -> Box<dyn Aes128CmSha1_80Cipher> {
        Box::new(CounterMode(Aes128::new(&Array::from(key))))
    }
}

impl SupportedAeadAes128Gcm for Srtp {
    fn create_cipher(&self, key: [u8; 16], _: bool) -> Box<dyn AeadAes128GcmCipher> {
        Box::new(Gcm::new(&aead::AES_128_GCM, &key))
    }
}

impl SupportedAeadAes256Gcm for Srtp {
    fn create_cipher(&self, key: [u8; 32], _: bool) -> Box<dyn AeadAes256GcmCipher> {
        Box::new(Gcm::new(&aead::AES_256_GCM, &key))
    }
}

struct CounterMode(Aes128);

impl std::fmt::Debug for CounterMode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CounterMode")
    }
}

impl Aes128CmSha1_80Cipher for CounterMode {
    fn encrypt(&mut self, iv: &[u8; 16], input: &[u8], output: &mut [u8]) -> Result<(), CryptoError> {
        let mut counter = u128::from_be_bytes(*iv);
        for (from, to) in input.chunks(16).zip(output.chunks_mut(16)) {
            let mut block = Array::from(counter.to_be_bytes());
            self.0.encrypt_block(&mut block);
            for ((to, from), key) in to.iter_mut().zip(from).zip(block.iter()) {
                *to = from ^ key;
            }
            counter = counter.wrapping_add(1);
        }
        Ok(())
    }

    fn decrypt(&mut self, iv: &[u8; 16], input: &[u8], output: &mut [u8]) -> Result<(), CryptoError> {
        self.encrypt(iv, input, output)
    }
}

const TAG: usize = 16;

/// Either of the two.
struct Gcm {
    key: aead::LessSafeKey,
    /// Where a packet is opened, and what is authenticated of it.
    sealed: Vec<u8>,
    beside: Vec<u8>,
}

impl std::fmt::Debug for Gcm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Gcm")
    }
}

impl Gcm {
    fn new(algorithm: &'static aead::Algorithm, key: &[u8]) -> Self {
        let key = aead::UnboundKey::new(algorithm, key).expect("the key has the length of its cipher");
        Self { key: aead::LessSafeKey::new(key), sealed: Vec::new(), beside: Vec::new() }
    }

    fn seal(&self, iv: &[u8; 12], aad: &[u8], input: &[u8], output: &mut [u8]) -> Result<(), CryptoError> {
        let (text, rest) = output.split_at_mut(input.len());
        text.copy_from_slice(input);
        let nonce = aead::Nonce::assume_unique_for_key(*iv);
        let tag = self
            .key
            .seal_in_place_separate_tag(nonce, aead::Aad::from(aad), text)
            .map_err(|_| CryptoError::Other("AES-GCM: too long".to_owned()))?;
        rest[..TAG].copy_from_slice(tag.as_ref());
        Ok(())
    }

    fn open(
        &mut self,
        iv: &[u8; 12],
        aads: &[&[u8]],
        input: &[u8],
        output: &mut [u8],
    ) -> Result<usize, CryptoError> {
        self.sealed.clear();
        self.sealed.extend_from_slice(input);
        self.beside.clear();
        aads.iter().for_each(|aad| self.beside.extend_from_slice(aad));
        let nonce = aead::Nonce::assume_unique_for_key(*iv);
        let opened = self
            .key
            .open_in_place(nonce, aead::Aad::from(&self.beside), &mut self.sealed)
            .map_err(|_| CryptoError::Other("AES-GCM: not authentic".to_owned()))?;
        output[..opened.len()].copy_from_slice(opened);
        Ok(opened.len())
    }
}

impl AeadAes128GcmCipher for Gcm {
    fn encrypt(
        &mut self,
        iv: &[u8; 12],
        aad: &[u8],
        input: &[u8],
        output: &mut [u8],
    ) -> Result<(), CryptoError> {
        self.seal(iv, aad, input, output)
    }

    fn decrypt(
        &mut self,
        iv: &[u8; 12],
        aads: &[&[u8]],
        input: &[u8],
        output: &mut [u8],
    ) -> Result<usize, CryptoError> {
        self.open(iv, aads, input, output)
    }
}

impl AeadAes256GcmCipher for Gcm {
    fn encrypt(
        &mut self,
        iv: &[u8; 12],
        aad: &[u8],
        input: &[u8],
        output: &mut [u8],
    ) -> Result<(), CryptoError> {
        self.seal(iv, aad, input, output)
    }

    fn decrypt(
        &mut self,
        iv: &[u8; 12],
        aads: &[&[u8]],
        input: &[u8],
        output: &mut [u8],
    ) -> Result<usize, CryptoError> {
        self.open(iv, aads, input, output)
    }
}
