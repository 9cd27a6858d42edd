//! SCTP packets (RFC 9260 §3) with the chunks that data channels use (RFC 8831, RFC 8260, RFC 8832); reads, sends nothing.

mod channel;
mod chunk;

pub use channel::Open;
pub use chunk::{Chunk, Data, chunks};

/// Ports, verification tag, checksum.
const HEADER: usize = 12;

/// Payload protocol identifiers of data channels (RFC 8831 §8).
pub mod protocol {
    /// Messages of DCEP (RFC 8832).
    pub const DCEP: u32 = 50;
    /// Text.
    pub const STRING: u32 = 51;
    /// Bytes.
    pub const BINARY: u32 = 53;
    /// Text without any: one byte that means nothing.
    pub const STRING_EMPTY: u32 = 56;
    /// Bytes without any.
    pub const BINARY_EMPTY: u32 = 57;
}
