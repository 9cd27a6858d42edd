//! The arithmetic of the two ends of a call, done by ring, which rustls brings anyway.
//!
//! The providers that str0m offers would be a second library in C beside it, minutes of compiling, and 45–66 ms of
//! self-tests at the start of each process; this one is ready within a millisecond or two.

mod dtls;
mod primitives;
mod srtp;
mod suites;

use std::sync::{Mutex, PoisonError};

use str0m::crypto::CryptoProvider;

use crate::call::Witness;

/// Those that there are. str0m asks for providers that live for ever; each serves one end after the other, so that there
/// are no more than ends at the same time.
static PROVIDERS: Mutex<Vec<&'static dtls::Provider>> = Mutex::new(Vec::new());

/// The provider of one end, which leaves what it sees in clear with `witness`, and serves it as long as that lives.
pub fn provider(witness: &Witness) -> CryptoProvider {
    let mut all = PROVIDERS.lock().unwrap_or_else(PoisonError::into_inner);
    let free = all.iter().find(|provider| provider.serve(witness)).copied();
    with_dtls(free.unwrap_or_else(|| {
        let new: &'static dtls::Provider = Box::leak(Box::new(dtls::Provider::of(witness)));
        all.push(new);
        new
    }))
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
    use std::sync::Arc;
    use std::time::Instant;

    use super::*;

    #[test]
    fn no_more_providers_are_made_than_there_are_ends_and_none_keeps_what_was_seen() {
        let all = || PROVIDERS.lock().unwrap().len();
        let before = all();
        for _ in 0..1000 {
            let both: [Witness; 2] = Default::default();
            let _providers = both.each_ref().map(provider);
            assert!(both.iter().all(|witness| Arc::strong_count(witness) == 1));
        }
        // Other tests of this process have ends too.
        assert!(all() < before + 500, "{} more", all() - before);
    }

    #[test]
    fn the_first_engine_of_a_process_is_ready_at_once() {
        let started = Instant::now();
        super::warm_up();
        let took = started.elapsed();
        // Tens of milliseconds would be another library's self-tests.
        assert!(took.as_millis() < 500, "{took:?}");
    }
}
