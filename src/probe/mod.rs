//! What `rtcscope probe` can find out about STUN and TURN servers.

pub mod codes;
