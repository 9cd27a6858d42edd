//! Texts that people type: damage, limits, credentials.

use rtcscope::analyze::limits::Limits;
use rtcscope::impair::Impairment;
use rtcscope::metric::Threshold;
use rtcscope::spelling;
use rtcscope::turn::credentials::token::{self, AccessToken};
use rtcscope::turn::credentials::{Credentials, Ha1, Secret, form, rest};

/// Reads the bytes as each of them: what is taken is within its bounds, and what is written reads back.
pub(super) fn arguments(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    match Impairment::from_arg(&text) {
        Ok(damage) => {
            let shares = [damage.loss, damage.reorder, damage.duplicate];
            assert!(shares.iter().all(|share| (0.0..=1.0).contains(share)), "{damage:?}");
            assert!((1.0..=1000.0).contains(&damage.burst) || damage.burst == Impairment::default().burst);
            assert!(damage.longest().as_secs() <= 60, "{damage:?}");
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
    let known = Limits::metrics();
    match Threshold::from_arg(&text, &known) {
        Ok(limit) => {
            assert!(limit.limit.is_finite() && limit.limit >= 0.0, "{limit:?}");
            assert!(limit.judge(&[]).iter().all(|judgement| !judgement.wanted().is_empty()));
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
    let mut limits = Limits::default();
    if let Err(error) = limits.set(&text) {
        let _ = (error.to_string(), error.hint());
    }
    let words = ["stun", "turn", "probe", "ssrc"];
    assert!(spelling::nearest(&text, words).iter().all(|near| words.contains(near)));
    credentials(&text);
}

fn credentials(text: &str) {
    let (name, password) = text.split_once('\n').unwrap_or((text, text));
    let secret = || Secret::new(password.to_owned());
    let given = Credentials::password(name, secret());
    assert!(!format!("{given:?}").contains(password) || name.contains(password) || password.len() < 12);
    if let Some(damage) = form::damage(&given) {
        let _ = form::advice(&damage.username, &damage.password);
    }
    let _ = (form::digest_length(password), rest::expiry(name), rest::form(name, ':'));
    // What is minted is what it was minted with.
    let minted = rest::mint(&secret(), Some(name), 1_800_000_000, ':');
    assert_eq!(rest::expiry(&minted.username), Some(1_800_000_000));
    assert!(rest::matches(&secret(), name, &rest::password(&secret(), name)));
    let _ = Ha1::from_hex(password);
    if let Ok(read) = AccessToken::from_base64(&Secret::new(name.to_owned()), &secret()) {
        let (sealed, key) = read.to_base64();
        let again = AccessToken::from_base64(&sealed, &key).expect("what we write");
        assert_eq!((again.sealed(), again.mac_key()), (read.sealed(), read.mac_key()));
        assert_eq!(token::mac_key(&key).ok().as_deref(), Some(read.mac_key()));
    }
}
