//! Records as they pass by: those of DTLS 1.0 and 1.2 (RFC 6347 §4.1), and the short ones of 1.3 (RFC 9147 §4).

const HEADER: usize = 13;

pub(super) const CHANGE_CIPHER_SPEC: u8 = 20;
pub(super) const ALERT: u8 = 21;
pub(super) const HANDSHAKE: u8 = 22;
pub(super) const APPLICATION_DATA: u8 = 23;
/// Heartbeat, records with a connection ID, and acknowledgments stand behind those four.
const LAST_KIND: u8 = 26;

/// One record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Record<'a> {
    /// With a whole header.
    Long { kind: u8, version: u16, epoch: u16, number: u64, body: &'a [u8] },
    /// With the header of DTLS 1.3, which is encrypted in part; the two lowest bits of the epoch are not.
    Short { epoch: u8, length: usize },
}

/// The records of a datagram, up to the first that is none. The last may be cut.
pub(super) fn records(datagram: &[u8]) -> impl Iterator<Item = Record<'_>> {
    let mut rest = datagram;
    std::iter::from_fn(move || {
        let (record, behind) = first(rest)?;
        rest = behind;
        Some(record)
    })
}

fn first(bytes: &[u8]) -> Option<(Record<'_>, &[u8])> {
    match bytes.first()? {
        CHANGE_CIPHER_SPEC..=LAST_KIND => long(bytes),
        0x20..=0x3f => short(bytes),
        _ => None,
    }
}

fn long(bytes: &[u8]) -> Option<(Record<'_>, &[u8])> {
    let (header, behind) = bytes.split_first_chunk::<HEADER>()?;
    let [kind, v0, v1, e0, e1, n0, n1, n2, n3, n4, n5, l0, l1] = *header;
    // DTLS 1.0 and 1.2, and 1.3 in none of its records.
    (v0 == 0xfe && matches!(v1, 0xff | 0xfd | 0xfc)).then_some(())?;
    let length = usize::from(u16::from_be_bytes([l0, l1])).min(behind.len());
    let (body, behind) = behind.split_at_checked(length)?;
    let record = Record::Long {
        kind,
        version: u16::from_be_bytes([v0, v1]),
        epoch: u16::from_be_bytes([e0, e1]),
        number: u64::from_be_bytes([0, 0, n0, n1, n2, n3, n4, n5]),
        body,
    };
    Some((record, behind))
}

fn short(bytes: &[u8]) -> Option<(Record<'_>, &[u8])> {
    const CONNECTION_ID: u8 = 0x10;
    const LONG_NUMBER: u8 = 0x08;
    const LENGTH: u8 = 0x04;
    let (first, rest) = bytes.split_first()?;
    // How long a connection ID is, was agreed on where nobody could see.
    (first & CONNECTION_ID == 0).then_some(())?;
    let rest = rest.get(if first & LONG_NUMBER == 0 { 1 } else { 2 }..)?;
    let (length, rest) = match rest {
        [high, low, rest @ ..] if first & LENGTH != 0 => {
            (usize::from(u16::from_be_bytes([*high, *low])), rest)
        }
        _ if first & LENGTH != 0 => return None,
        _ => (rest.len(), rest),
    };
    // A tag alone is longer than that.
    (length >= 16).then_some(())?;
    Some((Record::Short { epoch: first & 0x03, length }, rest.get(length..).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_kinds_of_headers_are_read_one_behind_the_other() {
        let long = [&[22, 0xfe, 0xfd, 0, 1, 0, 0, 0, 0, 0, 7, 0, 2][..], b"ab"].concat();
        let short = [&[0x2e, 1, 2, 0, 16][..], &[9; 16]].concat();
        let datagram = [&long[..], &short, &[0x22, 5], &[9; 20]].concat();
        let found: Vec<_> = records(&datagram).collect();
        assert_eq!(
            found,
            [
                Record::Long { kind: 22, version: 0xfefd, epoch: 1, number: 7, body: b"ab" },
                Record::Short { epoch: 2, length: 16 },
                Record::Short { epoch: 2, length: 20 },
            ]
        );
        for cut in 0..datagram.len() {
            let _ = records(&datagram[..cut]).count();
        }
    }
}
