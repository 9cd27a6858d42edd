//! AES in counter mode, and the session keys that are made with it (RFC 3711 §4.1.1, §4.3).

use aes::cipher::{Array, BlockCipherEncrypt, KeyInit};
use aes::{Aes128, Aes256};
use zeroize::Zeroizing;

/// AES with either length of keys.
pub(super) enum Aes {
    Short(Aes128),
    Long(Aes256),
}

impl Aes {
    pub(super) fn new(key: &[u8]) -> Option<Self> {
        match key.len() {
            16 => Aes128::new_from_slice(key).ok().map(Self::Short),
            32 => Aes256::new_from_slice(key).ok().map(Self::Long),
            _ => None,
        }
    }

    /// Encrypts or decrypts, which is the same.
    pub(super) fn counter_mode(&self, iv: [u8; 16], data: &mut [u8]) {
        let mut counter = u128::from_be_bytes(iv);
        for chunk in data.chunks_mut(16) {
            let mut block = Array::from(counter.to_be_bytes());
            match self {
                Self::Short(aes) => aes.encrypt_block(&mut block),
                Self::Long(aes) => aes.encrypt_block(&mut block),
            }
            for (byte, key) in chunk.iter_mut().zip(block.iter()) {
                *byte ^= key;
            }
            counter = counter.wrapping_add(1);
        }
    }
}

/// A session key. A salt of twelve bytes has two zeros behind it.
pub(super) fn session_key(
    master: &[u8],
    salt: &[u8],
    label: u8,
    length: usize,
) -> Option<Zeroizing<Vec<u8>>> {
    /// Where the label stands: seven bytes of label and index, at the end of fourteen of salt.
    const LABEL: usize = 7;
    let mut iv = [0; 16];
    iv.get_mut(..salt.len().min(14))?.copy_from_slice(salt.get(..salt.len().min(14))?);
    iv[LABEL] ^= label;
    let mut key = Zeroizing::new(vec![0; length]);
    Aes::new(master)?.counter_mode(iv, &mut key);
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
    }

    #[test]
    fn session_keys_are_those_of_rfc_3711_b_3() {
        let (master, salt) = (hex("E1F97A0D3E018BE0D64FA32C06DE4139"), hex("0EC675AD498AFEEBB6960B3AABE6"));
        let key = |label, length| session_key(&master, &salt, label, length).unwrap().to_vec();
        assert_eq!(key(0, 16), hex("C61E7A93744F39EE10734AFE3FF7A087"));
        assert_eq!(key(2, 14), hex("30CBBC08863D8C85D49DB34A9AE1"));
        assert_eq!(key(1, 20), hex("CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4"));
    }
}
