//! pcap and pcapng as records, streaming: memory is one buffer whatever the length of the file.

use std::io::{self, Read};

use pcap_parser::traits::{PcapNGPacketBlock, PcapReaderIterator};
use pcap_parser::{Block, LegacyPcapReader, PcapBlockOwned, PcapError, PcapNGReader, SecretsType};

use super::error::{CaptureError, Ending};
use super::packet::{Record, Time};
use super::skipped::Reason;

/// The buffer to begin with.
const BUFFER: usize = 1 << 20;
/// A block longer than this is no packet: it is damage.
const LONGEST_BLOCK: usize = 8 << 20;
/// Of a pcap file.
const PCAP_HEADER: usize = 24;
/// The type of the packet block of 2004.
const OBSOLETE_PACKET: u32 = 2;
/// Of one section; nobody captures from more.
const MOST_INTERFACES: usize = 4096;
const MOST_LINK_TYPES: usize = 64;
const SECTION_HEADER: [u8; 4] = [0x0a, 0x0d, 0x0d, 0x0a];
const NS_PER_SECOND: i64 = 1_000_000_000;

/// The two kinds of capture files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Container {
    /// The classic one of libpcap, in one of its variants.
    Pcap,
    /// Its successor.
    Pcapng,
}

impl Container {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pcap => "pcap",
            Self::Pcapng => "pcapng",
        }
    }
}

/// What stands beside the packets.
#[derive(Debug)]
pub enum Section<'a> {
    /// A packet.
    Record(Record<'a>),
    /// A packet that cannot be read.
    Skipped(Reason),
    /// A TLS key log within the file (decryption secrets block).
    KeyLog(&'a [u8]),
}

/// Reads one capture file.
pub struct Reader<'r> {
    parser: Box<dyn PcapReaderIterator + Send + 'r>,
    container: Container,
    capacity: usize,
    state: State,
}

impl std::fmt::Debug for Reader<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reader").field("container", &self.container).field("state", &self.state).finish()
    }
}

impl<'r> Reader<'r> {
    /// Reads as much as tells what it is.
    ///
    /// # Errors
    /// It is no capture, or cannot be read.
    pub fn new(mut input: impl Read + Send + 'r) -> Result<Self, CaptureError> {
        let head = head(&mut input)?;
        let container = if head.starts_with(&SECTION_HEADER) { Container::Pcapng } else { Container::Pcap };
        // Neither parser reads more than once for its header, and a pipe gives what it has.
        let input = io::Cursor::new(head.clone()).chain(input);
        let parser: Result<Box<dyn PcapReaderIterator + Send + 'r>, _> = match container {
            Container::Pcapng => PcapNGReader::new(BUFFER, input).map(|reader| Box::new(reader) as _),
            Container::Pcap => LegacyPcapReader::new(BUFFER, input).map(|reader| Box::new(reader) as _),
        };
        let parser = parser.map_err(|error| match error {
            PcapError::Incomplete(_) => CaptureError::Headless(head.len()),
            _ => CaptureError::Foreign(foreign(&head).to_owned()),
        })?;
        Ok(Self { parser, container, capacity: BUFFER, state: State::default() })
    }

    /// Which kind of file it is.
    #[must_use]
    pub fn container(&self) -> Container {
        self.container
    }

    /// The link-layer header types met so far, each once.
    #[must_use]
    pub fn link_types(&self) -> &[u32] {
        &self.state.link_types
    }

    /// Packets read so far.
    #[must_use]
    pub fn packets(&self) -> u64 {
        self.state.number
    }

    /// Bytes that were read and done with.
    #[must_use]
    pub fn consumed(&self) -> u64 {
        self.parser.consumed() as u64
    }

    /// Reads on to the next section of interest and hands it to `take`, or says how the file ended.
    pub fn next(&mut self, take: &mut dyn FnMut(Section<'_>)) -> Option<Ending> {
        loop {
            match self.parser.next() {
                Ok((length, block)) => {
                    let told = self.state.block(&block, take);
                    // The rest is moved to the front when more is read, and not before.
                    self.parser.consume_noshift(length);
                    match told {
                        true => return None,
                        false => continue,
                    }
                }
                Err(PcapError::Incomplete(_)) => {}
                Err(PcapError::BufferTooSmall) if self.capacity < LONGEST_BLOCK => {
                    self.capacity *= 2;
                    self.parser.grow(self.capacity);
                }
                Err(error) => {
                    let why = match error {
                        PcapError::Eof | PcapError::UnexpectedEof => None,
                        PcapError::BufferTooSmall => Some("a block far longer than any packet"),
                        _ => Some("bytes that are no block of a capture"),
                    };
                    return Some(self.ending(why));
                }
            }
            if self.parser.refill().is_err() {
                return Some(Ending::Unreadable { at: self.consumed() });
            }
        }
    }

    fn ending(&self, why: Option<&'static str>) -> Ending {
        let at = self.consumed();
        match why {
            Some(why) => Ending::Corrupt { at, why },
            None if self.parser.data().is_empty() => Ending::Whole,
            None => Ending::Truncated { at },
        }
    }
}

/// What has to be remembered between blocks.
#[derive(Debug, Default)]
struct State {
    /// Of the section that we are in.
    interfaces: Vec<Interface>,
    /// How many there were in sections before.
    interfaces_before: u32,
    number: u64,
    last: Time,
    link_types: Vec<u32>,
}

impl State {
    /// Whether `block` was one to tell.
    fn block(&mut self, block: &PcapBlockOwned<'_>, take: &mut dyn FnMut(Section<'_>)) -> bool {
        match block {
            PcapBlockOwned::LegacyHeader(header) => {
                let nanoseconds = header.is_nanosecond_precision();
                self.interface(Interface {
                    // The upper half says whether frames end in a checksum.
                    link_type: header.network.0 as u32 & 0xffff,
                    units_per_second: Some(if nanoseconds { 1_000_000_000 } else { 1_000_000 }),
                    offset: 0,
                });
                return false;
            }
            PcapBlockOwned::Legacy(packet) => {
                let Some(interface) = self.interfaces.first().copied() else { return false };
                let units = interface.units_per_second.unwrap_or(1_000_000);
                let fraction = i64::from(packet.ts_usec) * (NS_PER_SECOND / units as i64);
                let at = Time(i64::from(packet.ts_sec) * NS_PER_SECOND + fraction);
                let kept = packet.data.get(..packet.caplen as usize).unwrap_or(packet.data);
                self.record(interface.link_type, 0, at, kept, packet.origlen, take);
            }
            PcapBlockOwned::NG(Block::EnhancedPacket(packet)) => {
                let Some(interface) = self.interfaces.get(packet.if_id as usize).copied() else {
                    return self.skip(Reason::NoInterface, take);
                };
                let at = interface.time(packet.ts_high, packet.ts_low);
                let number = self.interfaces_before + packet.if_id;
                self.record(interface.link_type, number, at, packet.packet_data(), packet.origlen, take);
            }
            PcapBlockOwned::NG(Block::SimplePacket(packet)) => {
                let Some(interface) = self.interfaces.first().copied() else {
                    return self.skip(Reason::NoInterface, take);
                };
                let (at, before) = (self.last, self.interfaces_before);
                self.record(interface.link_type, before, at, packet.packet_data(), packet.origlen, take);
            }
            PcapBlockOwned::NG(Block::SectionHeader(_)) => {
                self.interfaces_before += self.interfaces.len() as u32;
                self.interfaces.clear();
                return false;
            }
            PcapBlockOwned::NG(Block::InterfaceDescription(interface)) => {
                self.interface(Interface {
                    link_type: interface.linktype.0 as u32 & 0xffff,
                    units_per_second: interface.ts_resolution(),
                    offset: interface.ts_offset(),
                });
                return false;
            }
            PcapBlockOwned::NG(Block::DecryptionSecrets(secrets)) => {
                if secrets.secrets_type != SecretsType::TlsKeyLog {
                    return false;
                }
                take(Section::KeyLog(secrets.data));
            }
            PcapBlockOwned::NG(Block::Unknown(block)) if block.block_type == OBSOLETE_PACKET => {
                return self.skip(Reason::ObsoleteBlock, take);
            }
            PcapBlockOwned::NG(_) => return false,
        }
        true
    }

    fn interface(&mut self, interface: Interface) {
        // A file of nothing but interfaces must not fill the memory.
        if self.interfaces.len() < MOST_INTERFACES {
            self.interfaces.push(interface);
        }
        if !self.link_types.contains(&interface.link_type) && self.link_types.len() < MOST_LINK_TYPES {
            self.link_types.push(interface.link_type);
        }
    }

    fn record(
        &mut self,
        link_type: u32,
        interface: u32,
        at: Time,
        data: &[u8],
        length: u32,
        take: &mut dyn FnMut(Section<'_>),
    ) {
        self.number += 1;
        self.last = at;
        take(Section::Record(Record { number: self.number, at, link_type, interface, data, length }));
    }

    fn skip(&mut self, reason: Reason, take: &mut dyn FnMut(Section<'_>)) -> bool {
        self.number += 1;
        take(Section::Skipped(reason));
        true
    }
}

/// An interface of a section.
#[derive(Debug, Clone, Copy)]
struct Interface {
    link_type: u32,
    /// Units of a timestamp in a second; `None` where the file states more than can be counted.
    units_per_second: Option<u64>,
    /// Seconds to add to timestamps.
    offset: i64,
}

impl Interface {
    fn time(&self, high: u32, low: u32) -> Time {
        let units = u64::from(high) << 32 | u64::from(low);
        let since_epoch = match self.units_per_second {
            Some(1_000_000) => i128::from(units) * 1000,
            Some(1_000_000_000) => i128::from(units),
            Some(per_second) => i128::from(units) * i128::from(NS_PER_SECOND) / i128::from(per_second),
            None => 0,
        };
        let at = since_epoch + i128::from(self.offset) * i128::from(NS_PER_SECOND);
        Time(i64::try_from(at).unwrap_or(i64::MAX))
    }
}

/// As many bytes as the first header needs.
fn head(input: &mut impl Read) -> Result<Vec<u8>, CaptureError> {
    let mut head = Vec::new();
    fill(input, &mut head, PCAP_HEADER)?;
    if head.is_empty() {
        return Err(CaptureError::Empty);
    }
    if head.len() >= 12 && head.starts_with(&SECTION_HEADER) {
        let length = [head[4], head[5], head[6], head[7]];
        let length = match head[8..12] {
            [0x1a, 0x2b, 0x3c, 0x4d] => u32::from_be_bytes(length),
            _ => u32::from_le_bytes(length),
        };
        fill(input, &mut head, (length as usize).min(BUFFER))?;
    } else if foreign_magic(&head) {
        return Err(CaptureError::Foreign(foreign(&head).to_owned()));
    }
    Ok(head)
}

/// Reads until there are `length` bytes, or no more.
fn fill(input: &mut impl Read, bytes: &mut Vec<u8>, length: usize) -> io::Result<()> {
    let missing = length.saturating_sub(bytes.len()) as u64;
    input.by_ref().take(missing).read_to_end(bytes).map(drop)
}

fn foreign_magic(head: &[u8]) -> bool {
    const MAGICS: [[u8; 4]; 6] = [
        [0xa1, 0xb2, 0xc3, 0xd4],
        [0xd4, 0xc3, 0xb2, 0xa1],
        [0xa1, 0xb2, 0x3c, 0x4d],
        [0x4d, 0x3c, 0xb2, 0xa1],
        [0xa1, 0xb2, 0xcd, 0x34],
        [0x34, 0xcd, 0xb2, 0xa1],
    ];
    !MAGICS.iter().any(|magic| magic.starts_with(&head[..head.len().min(4)]))
}

/// What a file is that is no capture, as far as its first bytes tell.
fn foreign(head: &[u8]) -> &'static str {
    let text = head.iter().all(|&byte| byte >= 0x20 || b"\t\r\n".contains(&byte));
    match head {
        _ if head.starts_with(b"snoop\0\0\0") => {
            "a capture in the format of snoop; `editcap` makes a pcapng of it"
        }
        _ if head.starts_with(b"#!rtpplay") => "an rtpdump; it has no addresses and no other packets",
        _ if head.starts_with(b"PK\x03\x04") => "a zip archive; unpack it first",
        _ if head.starts_with(b"\x7fELF") => "a program",
        _ if head.starts_with(b"v=0") => "a session description; `rtcscope sdp explain` reads it",
        _ if head.starts_with(b"{") => "JSON; `rtcscope sdp explain` reads dumps of peer connections",
        _ if text => "text",
        _ => "its first bytes are of no format that is known",
    }
}
