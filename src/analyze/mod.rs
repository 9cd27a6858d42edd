//! What a capture shows of a call: streams, reports, transport, and what is wrong with them.

pub mod demux;
pub mod leg;
pub mod stream;
pub mod tcp;
