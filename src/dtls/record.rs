//! The record layer (RFC 6347 §4.1).

/// Type, version, epoch, sequence number, length.
pub(super) const HEADER: usize = 13;
/// The number of the first record under keys, epoch and sequence number in one: there is no epoch after it.
pub(super) const EPOCH: u64 = 1 << 48;

pub(super) const CHANGE_CIPHER_SPEC: u8 = 20;
pub(super) const ALERT: u8 = 21;
pub(super) const HANDSHAKE: u8 = 22;
pub(super) const APPLICATION_DATA: u8 = 23;

/// DTLS 1.0: what the first records say, so that no server takes offence.
pub(super) const DTLS_1_0: [u8; 2] = [0xfe, 0xff];
pub(super) const DTLS_1_2: [u8; 2] = [0xfe, 0xfd];

/// One record as it came.
#[derive(Debug, Clone, Copy)]
pub(super) struct Record<'a> {
    pub(super) kind: u8,
    /// Epoch and sequence number in one, as the AEAD takes them.
    pub(super) number: u64,
    pub(super) body: &'a [u8],
}

impl Record<'_> {
    pub(super) fn epoch(&self) -> u16 {
        (self.number >> 48) as u16
    }
}

/// The records of a datagram, up to the first that is none.
pub(super) fn records(datagram: &[u8]) -> impl Iterator<Item = Record<'_>> {
    let mut rest = datagram;
    std::iter::from_fn(move || {
        let (record, behind) = first(rest)?;
        rest = behind;
        Some(record)
    })
}

fn first(bytes: &[u8]) -> Option<(Record<'_>, &[u8])> {
    let (header, behind) = bytes.split_first_chunk::<HEADER>()?;
    let [kind, major, _, n0, n1, n2, n3, n4, n5, n6, n7, l0, l1] = *header;
    if major != 0xfe || !(CHANGE_CIPHER_SPEC..=APPLICATION_DATA).contains(&kind) {
        return None;
    }
    let (body, behind) = behind.split_at_checked(usize::from(u16::from_be_bytes([l0, l1])))?;
    let number = u64::from_be_bytes([n0, n1, n2, n3, n4, n5, n6, n7]);
    Some((Record { kind, number, body }, behind))
}

/// The header of a record with a body of `length`.
pub(super) fn header(kind: u8, version: [u8; 2], number: u64, length: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEADER + length);
    bytes.push(kind);
    bytes.extend_from_slice(&version);
    bytes.extend_from_slice(&number.to_be_bytes());
    bytes.extend_from_slice(&u16::try_from(length).unwrap_or(u16::MAX).to_be_bytes());
    bytes
}

/// A record in the clear.
pub(super) fn plain(kind: u8, version: [u8; 2], number: u64, body: &[u8]) -> Vec<u8> {
    let mut bytes = header(kind, version, number, body.len());
    bytes.extend_from_slice(body);
    bytes
}

/// Whether a datagram begins with a DTLS record.
pub fn looks_like_dtls(datagram: &[u8]) -> bool {
    first(datagram).is_some()
}

/// Which records have come already (RFC 6347 §4.1.2.6): a window of 64.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// One more than the highest number; 0 before the first.
    next: u64,
    /// Bit `n`: the record `n` below the highest has come.
    window: u64,
}

impl Seen {
    /// Whether the record is new and not too old; only of records that were authentic.
    pub(super) fn take(&mut self, number: u64) -> bool {
        let number = number & 0xffff_ffff_ffff;
        if number >= self.next {
            let ahead = number + 1 - self.next;
            self.window = if ahead >= 64 { 0 } else { self.window << ahead };
            self.window |= 1;
            self.next = number + 1;
            return true;
        }
        let behind = self.next - 1 - number;
        let bit = 1u64.checked_shl(u32::try_from(behind).unwrap_or(u32::MAX)).unwrap_or(0);
        let new = bit != 0 && self.window & bit == 0;
        self.window |= bit;
        new
    }
}
