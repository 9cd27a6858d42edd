//! The arithmetic of the two ends of a call, done by ring, which rustls brings anyway.
//!
//! The providers that str0m offers would be a second library in C beside it, minutes of compiling, and 45–66 ms of
//! self-tests at the start of each process; this one is ready within a millisecond or two.

mod dtls;
mod primitives;
mod srtp;
mod suites;

use str0m::crypto::CryptoProvider;

use crate::call::Witness;

/// The provider of one end, which leaves what it sees in clear with `witness`. It takes a few bytes that are never given
/// back: str0m asks for providers that live for ever.
pub fn provider(witness: Witness) -> CryptoProvider {
    with_dtls(Box::leak(Box::new(dtls::Provider { witness })))
}

fn with_dtls(dtls: &'static dtls::Provider) -> CryptoProvider {
    CryptoProvider {
        srtp_provider: &srtp::Srtp,
        sha1_hmac_provider: &primitives::Sha1Hmac,
        sha1_provider: &primitives::Sha1,
        sha256_provider: &primitives::Sha256,
        dtls_provider: dtls,
    }
}

/// Does once what is done once in a process, so that it is over when the first call begins.
pub fn warm_up() {
    dtls::configuration(None).ok();
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    #[test]
    fn the_first_engine_of_a_process_is_ready_at_once() {
        let started = Instant::now();
        super::warm_up();
        let took = started.elapsed();
        // Tens of milliseconds would be another library's self-tests.
        assert!(took.as_millis() < 500, "{took:?}");
    }
}
