//! Lines that are no attributes, as values.

mod bandwidth;
mod connection;
mod media;
mod origin;
mod timing;

pub use bandwidth::Bandwidth;
pub use connection::Connection;
pub use media::MediaLine;
pub use origin::Origin;
pub use timing::Timing;
