//! Session descriptions (RFC 8866, RFC 9429): where they are found.

pub mod source;
