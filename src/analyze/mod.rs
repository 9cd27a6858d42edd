//! What a capture shows of a call: streams, reports, transport, and what is wrong with them.

pub mod decryption;
pub mod demux;
pub mod dtls;
mod exchange;
pub mod ice;
pub mod latency;
pub mod leg;
pub mod stream;
pub mod tcp;
pub mod transport;
pub mod turn;
