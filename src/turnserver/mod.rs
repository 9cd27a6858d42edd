//! A turnserver.conf of coturn: read as coturn reads it, as typed values, and what is wrong with it.
//!
//! Pure: text in, values out. Whether files exist, names resolve and interfaces are there cannot be told from the
//! text, and no rule says so. The facts are of coturn's source from 4.4.5.3 to 4.17.1, and were tried on 4.6.1.

mod conf;
mod endpoints;
mod lint;
mod mask;
pub mod options;
mod peers;
mod ranges;
pub mod rules;
mod syntax;

pub use conf::{Auth, Conf, ExternalIp, User};
pub use endpoints::Login;
pub use lint::{Findings, Report};
pub use ranges::{RANGES, Range};
pub use syntax::{Line, Setting, Span};

/// A file larger than this is no configuration.
pub const MAX_BYTES: usize = 2 * 1024 * 1024;
