//! Handshake messages: building ours, reading the server's (RFC 5246 §7.4, RFC 6347 §4.2).

use std::collections::BTreeMap;

use super::HandshakeFault;
use super::record::DTLS_1_2;

pub(crate) const CLIENT_HELLO: u8 = 1;
pub(crate) const SERVER_HELLO: u8 = 2;
pub(crate) const HELLO_VERIFY_REQUEST: u8 = 3;
pub(crate) const CERTIFICATE: u8 = 11;
pub(crate) const SERVER_KEY_EXCHANGE: u8 = 12;
pub(crate) const CERTIFICATE_REQUEST: u8 = 13;
pub(crate) const SERVER_HELLO_DONE: u8 = 14;
pub(crate) const CLIENT_KEY_EXCHANGE: u8 = 16;
pub(crate) const FINISHED: u8 = 20;
pub(crate) const CERTIFICATE_STATUS: u8 = 22;

const SERVER_NAME: u16 = 0;
const SUPPORTED_GROUPS: u16 = 10;
const EC_POINT_FORMATS: u16 = 11;
const SIGNATURE_ALGORITHMS: u16 = 13;
const ALPN: u16 = 16;
const EXTENDED_MASTER_SECRET: u16 = 23;

/// No renegotiation, in the place where old servers look (RFC 5746 §3.3).
const EMPTY_RENEGOTIATION_INFO: u16 = 0x00ff;
/// As much as OpenSSL takes unless told (`SSL_MAX_CERT_LIST_DEFAULT`); a long chain of large certificates has a tenth of that.
const MOST: usize = 100 * 1024;
/// A flight of the server's has six messages at most.
const MOST_AHEAD: u32 = 8;
const HEADER: usize = 12;

/// A message with its header as one fragment: so it goes into the transcript, and small ones on the wire.
pub(super) fn framed(kind: u8, sequence: u16, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).unwrap_or(u32::MAX).to_be_bytes();
    let mut bytes = Vec::with_capacity(HEADER + body.len());
    bytes.push(kind);
    bytes.extend_from_slice(&length[1..]);
    bytes.extend_from_slice(&sequence.to_be_bytes());
    bytes.extend_from_slice(&[0; 3]);
    bytes.extend_from_slice(&length[1..]);
    bytes.extend_from_slice(body);
    bytes
}

/// What a ClientHello offers.
pub(super) struct Hello<'a> {
    pub(super) random: &'a [u8; 32],
    pub(super) cookie: &'a [u8],
    pub(super) suites: &'a [u16],
    pub(super) groups: &'a [u16],
    pub(super) signatures: &'a [u16],
    pub(super) server_name: Option<&'a str>,
    pub(super) alpn: Option<&'a [u8]>,
}

impl Hello<'_> {
    pub(super) fn body(&self) -> Vec<u8> {
        let mut body = DTLS_1_2.to_vec();
        body.extend_from_slice(self.random);
        body.push(0);
        vector8(&mut body, self.cookie);
        let suites: Vec<u16> = self.suites.iter().copied().chain([EMPTY_RENEGOTIATION_INFO]).collect();
        vector16(&mut body, &numbers(&suites));
        vector8(&mut body, &[0]);
        let mut extensions = Vec::new();
        let mut extension = |kind: u16, data: &[u8]| {
            extensions.extend_from_slice(&kind.to_be_bytes());
            vector16(&mut extensions, data);
        };
        if let Some(name) = self.server_name {
            let mut entry = vec![0];
            vector16(&mut entry, name.as_bytes());
            extension(SERVER_NAME, &vector_of(&entry));
        }
        extension(SUPPORTED_GROUPS, &vector_of(&numbers(self.groups)));
        extension(EC_POINT_FORMATS, &[1, 0]);
        extension(SIGNATURE_ALGORITHMS, &vector_of(&numbers(self.signatures)));
        if let Some(protocol) = self.alpn {
            let mut entry = Vec::new();
            vector8(&mut entry, protocol);
            extension(ALPN, &vector_of(&entry));
        }
        extension(EXTENDED_MASTER_SECRET, &[]);
        vector16(&mut body, &extensions);
        body
    }
}

fn numbers(numbers: &[u16]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_be_bytes()).collect()
}

pub(super) fn vector8(into: &mut Vec<u8>, data: &[u8]) {
    into.push(u8::try_from(data.len()).unwrap_or(u8::MAX));
    into.extend_from_slice(data);
}

fn vector16(into: &mut Vec<u8>, data: &[u8]) {
    into.extend_from_slice(&u16::try_from(data.len()).unwrap_or(u16::MAX).to_be_bytes());
    into.extend_from_slice(data);
}

fn vector_of(data: &[u8]) -> Vec<u8> {
    let mut vector = Vec::with_capacity(data.len() + 2);
    vector16(&mut vector, data);
    vector
}

/// Whole messages out of fragments, in order.
#[derive(Debug, Default)]
pub(super) struct Reassembly {
    /// Wider than the numbers themselves: they do not begin again.
    next: u32,
    partial: BTreeMap<u16, Partial>,
    too_long: Option<usize>,
}

#[derive(Debug)]
struct Partial {
    kind: u8,
    body: Vec<u8>,
    come: Vec<bool>,
}

/// One message of the server's.
#[derive(Debug)]
pub(super) struct Message {
    pub(super) kind: u8,
    pub(super) sequence: u16,
    pub(super) body: Vec<u8>,
}

impl Reassembly {
    /// Takes the fragments of a record; what makes no sense is dropped, as RFC 6347 §4.1.2.7 has it.
    pub(super) fn take(&mut self, record: &[u8]) {
        let mut read = Reader(record);
        while let Some(fragment) = read.fragment() {
            let Fragment { kind, length, sequence, offset, data } = fragment;
            let ahead = u32::from(sequence).checked_sub(self.next);
            if kind == CERTIFICATE && ahead == Some(0) && length > MOST {
                self.too_long = Some(length);
            }
            if ahead.is_none_or(|ahead| ahead >= MOST_AHEAD) || length > MOST || offset + data.len() > length
            {
                continue;
            }
            let partial = self.partial.entry(sequence).or_insert_with(|| Partial {
                kind,
                body: vec![0; length],
                come: vec![false; length],
            });
            if partial.kind == kind && partial.body.len() == length {
                partial.body[offset..offset + data.len()].copy_from_slice(data);
                partial.come[offset..offset + data.len()].fill(true);
            }
        }
    }

    /// The length of a certificate chain that is too long to be taken, and comes next.
    pub(super) fn too_long(&self) -> Option<usize> {
        self.too_long
    }

    /// Forgets what is not whole or not in order yet.
    pub(super) fn forget(&mut self) {
        self.partial.clear();
    }

    /// The next message in order, once it is whole.
    pub(super) fn next(&mut self) -> Option<Message> {
        let sequence = u16::try_from(self.next).ok()?;
        let whole = self.partial.get(&sequence)?.come.iter().all(|come| *come);
        let partial = whole.then(|| self.partial.remove(&sequence)).flatten()?;
        self.next += 1;
        Some(Message { kind: partial.kind, sequence, body: partial.body })
    }
}

/// A part of a message, or all of it.
pub(crate) struct Fragment<'a> {
    pub(crate) kind: u8,
    pub(crate) length: usize,
    pub(crate) sequence: u16,
    pub(crate) offset: usize,
    pub(crate) data: &'a [u8],
}

/// What a ServerHello says.
#[derive(Debug)]
pub(super) struct ServerHello {
    pub(super) random: [u8; 32],
    pub(super) suite: u16,
    pub(super) alpn: Option<Vec<u8>>,
    pub(super) extended_master_secret: bool,
}

impl ServerHello {
    pub(super) fn from_body(body: &[u8]) -> Result<Self, HandshakeFault> {
        let mut read = Reader(body);
        let version = read.array::<2>().ok_or(HandshakeFault::Malformed("ServerHello"))?;
        if version != DTLS_1_2 {
            return Err(HandshakeFault::OldVersion);
        }
        Self::behind_version(read).ok_or(HandshakeFault::Malformed("ServerHello"))
    }

    fn behind_version(mut read: Reader<'_>) -> Option<Self> {
        let random = read.array::<32>()?;
        let _session = read.vector8()?;
        let suite = read.number()?;
        let _compression = read.array::<1>()?;
        let (mut alpn, mut extended_master_secret) = (None, false);
        if !read.0.is_empty() {
            let mut extensions = Reader(read.vector16()?);
            while !extensions.0.is_empty() {
                let (kind, data) = (extensions.number()?, extensions.vector16()?);
                match kind {
                    ALPN => alpn = Some(Reader(Reader(data).vector16()?).vector8()?.to_vec()),
                    EXTENDED_MASTER_SECRET => extended_master_secret = true,
                    _ => {}
                }
            }
        }
        Some(Self { random, suite, alpn, extended_master_secret })
    }
}

/// The cookie of a HelloVerifyRequest.
pub(super) fn cookie(body: &[u8]) -> Option<Vec<u8>> {
    let mut read = Reader(body);
    read.array::<2>()?;
    read.vector8().map(<[u8]>::to_vec)
}

/// The certificates, the server's own first.
pub(crate) fn certificates(body: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut list = Reader(Reader(body).vector24()?);
    let mut chain = Vec::new();
    while !list.0.is_empty() {
        chain.push(list.vector24()?.to_vec());
    }
    Some(chain)
}

/// ECDHE parameters (RFC 8422 §5.4) and who signed them.
#[derive(Debug)]
pub(super) struct KeyExchange<'a> {
    /// What is signed, behind the two randoms.
    pub(super) params: &'a [u8],
    pub(super) group: u16,
    pub(super) public: &'a [u8],
    pub(super) scheme: u16,
    pub(super) signature: &'a [u8],
}

impl<'a> KeyExchange<'a> {
    pub(super) fn from_body(body: &'a [u8]) -> Option<Self> {
        const NAMED_CURVE: u8 = 3;
        let mut read = Reader(body);
        let [kind] = read.array::<1>()?;
        let (group, public) = (read.number()?, read.vector8()?);
        let params = &body[..body.len() - read.0.len()];
        let (scheme, signature) = (read.number()?, read.vector16()?);
        (kind == NAMED_CURVE).then_some(Self { params, group, public, scheme, signature })
    }
}

/// Takes the fields of a message one after another.
pub(crate) struct Reader<'a>(pub(crate) &'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) fn bytes(&mut self, length: usize) -> Option<&'a [u8]> {
        let (bytes, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(bytes)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.bytes(N)?.try_into().ok()
    }

    pub(crate) fn number(&mut self) -> Option<u16> {
        self.array().map(u16::from_be_bytes)
    }

    pub(crate) fn number24(&mut self) -> Option<usize> {
        let [a, b, c] = self.array()?;
        usize::try_from(u32::from_be_bytes([0, a, b, c])).ok()
    }

    pub(crate) fn vector8(&mut self) -> Option<&'a [u8]> {
        let [length] = self.array()?;
        self.bytes(usize::from(length))
    }

    pub(crate) fn vector16(&mut self) -> Option<&'a [u8]> {
        let length = self.number()?;
        self.bytes(usize::from(length))
    }

    pub(crate) fn vector24(&mut self) -> Option<&'a [u8]> {
        let length = self.number24()?;
        self.bytes(length)
    }

    pub(crate) fn fragment(&mut self) -> Option<Fragment<'a>> {
        let [kind] = self.array()?;
        let (length, sequence) = (self.number24()?, self.number()?);
        let (offset, size) = (self.number24()?, self.number24()?);
        Some(Fragment { kind, length, sequence, offset, data: self.bytes(size)? })
    }
}
