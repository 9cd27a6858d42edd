//! Why a capture cannot be read, or not to its end.

/// Why a file is no capture that can be read.
#[derive(Debug, thiserror::Error)]
pub enum CaptureError {
    /// There is nothing in it.
    #[error("the file is empty")]
    Empty,
    /// It is something else; what, as far as its first bytes tell.
    #[error("not a pcap or pcapng file: {0}")]
    Foreign(String),
    /// It ends in its first header.
    #[error("the file ends in its header, after {0} bytes")]
    Headless(usize),
    /// The system could not read it.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// How a capture ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// Whole.
    Whole,
    /// In the middle of a packet: the writer was stopped, or the copy. What came before is whole.
    Truncated {
        /// The byte at which the incomplete block begins, in what was read (decompressed, if it was compressed).
        at: u64,
    },
    /// With bytes that are no block.
    Corrupt {
        /// The byte at which they begin.
        at: u64,
        /// What is wrong with them.
        why: &'static str,
    },
    /// Because reading failed.
    Unreadable {
        /// How many bytes had been read.
        at: u64,
    },
}
