//! Capture files as datagrams: container → link → network → transport; what they say is for others.
//!
//! Pure over [`std::io::Read`]. What cannot be read costs the one packet that holds it, and is counted with
//! its reason ([`Skipped`]): nothing is dropped in silence.

mod decoder;
mod error;
mod fragment;
mod link;
mod network;
mod packet;
mod pdu;
mod reader;
mod refusal;
mod skipped;
mod tunnel;

pub use decoder::Decoder;
pub use error::{CaptureError, Ending};
pub use packet::{Datagram, Frame, Record, TcpSegment, Time, Transport};
pub use reader::{Container, Reader, Section};
pub use refusal::{Refusal, Unreachable};
pub use skipped::{Reason, Skipped};
