//! What the two hellos say (RFC 5246 §7.4.1, RFC 5764 §4.1, RFC 8446 §4.2.1).

use crate::dtls::message::Reader;

const USE_SRTP: u16 = 14;
const SUPPORTED_VERSIONS: u16 = 43;
/// Suites, versions and profiles of one hello; none has as many.
const MOST: usize = 64;
/// The random of a ServerHello that asks for another ClientHello (RFC 8446 §4.1.3).
const HELLO_RETRY_REQUEST: [u8; 32] = [
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2,
    0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
];

/// One hello of either side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hello {
    /// As its first field has it.
    pub(super) version: u16,
    pub(super) random: [u8; 32],
    /// The client's offer, or the server's choice alone.
    pub(super) suites: Vec<u16>,
    pub(super) versions: Vec<u16>,
    pub(super) profiles: Vec<u16>,
}

impl Hello {
    pub(super) fn from_client(body: &[u8]) -> Option<Self> {
        let mut read = Reader(body);
        let (version, random) = (read.number()?, read.array()?);
        let (_session, _cookie) = (read.vector8()?, read.vector8()?);
        let suites = numbers(read.vector16()?);
        let _compressions = read.vector8()?;
        let mut hello = Self { version, random, suites, versions: Vec::new(), profiles: Vec::new() };
        hello.extensions(&mut read, |data| Some(numbers(Reader(data).vector8()?)));
        Some(hello)
    }

    pub(super) fn from_server(body: &[u8]) -> Option<Self> {
        let mut read = Reader(body);
        let (version, random) = (read.number()?, read.array()?);
        let _session = read.vector8()?;
        let suites = vec![read.number()?];
        let [_compression] = read.array()?;
        let mut hello = Self { version, random, suites, versions: Vec::new(), profiles: Vec::new() };
        hello.extensions(&mut read, |data| Some(vec![Reader(data).number()?]));
        Some(hello)
    }

    /// Whether it asks for another ClientHello.
    pub(super) fn is_retry(&self) -> bool {
        self.random == HELLO_RETRY_REQUEST
    }

    /// What can be read of them: a fault in one costs those behind it.
    fn extensions(&mut self, read: &mut Reader<'_>, versions: fn(&[u8]) -> Option<Vec<u16>>) {
        let mut rest = Reader(read.vector16().unwrap_or_default());
        while let (Some(kind), Some(data)) = (rest.number(), rest.vector16()) {
            match kind {
                USE_SRTP => self.profiles = Reader(data).vector16().map(numbers).unwrap_or_default(),
                SUPPORTED_VERSIONS => self.versions = versions(data).unwrap_or_default(),
                _ => {}
            }
        }
    }
}

fn numbers(data: &[u8]) -> Vec<u16> {
    data.chunks_exact(2).take(MOST).map(|two| u16::from_be_bytes([two[0], two[1]])).collect()
}
