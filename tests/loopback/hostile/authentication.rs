//! Challenges without end, or without what they need.

use md5::{Digest, Md5};
use rtcscope::stun::{Class, Message, Method, attribute};

use super::fake::{Fake, bound, challenge, is_signed, refused, reply};
use super::{REALM, USER, udp};

/// The key of our user.
pub(super) fn key() -> [u8; 16] {
    Md5::digest(format!("{}:{REALM}:{}", USER.0, USER.1)).into()
}

/// Answers Binding, and everything else as `refuse` does.
fn refusing(mut refuse: impl FnMut(&Message) -> Vec<u8> + Send + 'static) -> Fake {
    Fake::stun(move |request, from| match request.method {
        Method::Binding => vec![bound(request, from)],
        _ => vec![refuse(request)],
    })
}

#[test]
fn a_401_without_a_realm_is_named() {
    let server = refusing(|request| refused(request, 401, b"").attribute(attribute::NONCE, b"n").finish());
    udp(&server).fails(&["REALM_MISSING"]);
}

#[test]
fn a_401_without_a_nonce_is_named() {
    let server =
        refusing(|request| refused(request, 401, b"").attribute(attribute::REALM, REALM.as_bytes()).finish());
    udp(&server).fails(&["NONCE_MISSING"]);
}

#[test]
fn a_401_for_ever_with_fresh_nonces_is_given_up() {
    let mut n = 0;
    let server = refusing(move |request| {
        n += 1;
        challenge(request, 401, format!("nonce {n}").as_bytes())
    });
    let run = udp(&server);
    run.fails(&["AUTH_WRONG"]);
    run.check(run.attempts("udp").len() <= 4, "it asked more often than anyone would");
}

#[test]
fn a_438_for_ever_is_given_up() {
    let mut n = 0;
    let server = refusing(move |request| {
        n += 1;
        challenge(request, if is_signed(request) { 438 } else { 401 }, format!("nonce {n}").as_bytes())
    });
    let run = udp(&server);
    run.fails(&["NONCE_LOOP"]);
    run.check(run.attempts("udp").len() <= 5, "it asked more often than anyone would");
}

#[test]
fn a_438_to_the_unsigned_request_is_given_up_too() {
    let server = refusing(|request| challenge(request, 438, b"the same"));
    udp(&server).fails(&["NONCE_LOOP"]);
}

#[test]
fn a_realm_and_a_nonce_of_hundreds_of_bytes_are_taken() {
    let server = refusing(|request| {
        let (realm, nonce) = ([b'r'; 700], [b'n'; 700]);
        let refusal = refused(request, 401, b"").attribute(attribute::REALM, &realm);
        refusal.attribute(attribute::NONCE, &nonce).finish()
    });
    udp(&server).fails(&["AUTH_WRONG"]);
}

#[test]
fn a_realm_of_escape_sequences_drives_no_terminal() {
    let server = refusing(|request| {
        let refusal = refused(request, 401, b"").attribute(attribute::REALM, b"\x1b[31mred\xff\x07");
        refusal.attribute(attribute::NONCE, b"n").finish()
    });
    udp(&server).fails(&["AUTH_WRONG"]);
}

#[test]
fn codes_that_nobody_gave_a_meaning_are_shown() {
    for code in [400, 420, 500, 599, 700] {
        let run = udp(&refusing(move |request| refused(request, code, b"no").finish()));
        run.fails(&["SERVER_ERROR"]);
        run.check(run.finding("SERVER_ERROR")["evidence"]["code"] == code, "another code is shown");
    }
}

#[test]
fn codes_of_an_allocate_that_say_what_is_wrong_are_named() {
    for (code, expected) in [
        (437, "ALLOC_MISMATCH"),
        (440, "FAMILY_UNSUPPORTED"),
        (441, "WRONG_CREDENTIALS"),
        (442, "UNSUPPORTED_TRANSPORT"),
    ] {
        udp(&refusing(move |request| refused(request, code, b"no").finish())).fails(&[expected]);
    }
}

#[test]
fn a_server_that_changes_its_mind_about_the_realm_is_followed_so_far_only() {
    let mut n = 0;
    let server = refusing(move |request| {
        n += 1;
        let realm = format!("realm {n}");
        let refusal = refused(request, 401, b"").attribute(attribute::REALM, realm.as_bytes());
        refusal.attribute(attribute::NONCE, b"n").finish()
    });
    udp(&server).fails(&["AUTH_WRONG"]);
}

#[test]
fn a_binding_that_wants_a_login_fails_browsers() {
    let server = Fake::stun(|request, _| vec![challenge(request, 401, b"n")]);
    let run = udp(&server);
    run.errors(&["STUN_AUTH_REQUIRED", "AUTH_WRONG"]);
}

#[test]
fn a_server_that_answers_binding_alone_has_no_turn() {
    let server = Fake::stun(|request, from| match request.method {
        Method::Binding => vec![bound(request, from)],
        _ => Vec::new(),
    });
    udp(&server).fails(&["STUN_ONLY"]);
    super::stun(&server).passes();
}

#[test]
fn a_server_that_grants_what_it_was_not_asked_is_not_believed() {
    let server = Fake::stun(|request, from| match request.method {
        Method::Binding => vec![bound(request, from)],
        // The method of another request.
        _ => {
            let mut granted = reply(request, Class::Success).finish();
            granted[1] = 0x04;
            granted.truncate(20);
            granted[2..4].copy_from_slice(&[0, 0]);
            vec![granted]
        }
    });
    udp(&server).fails(&["STUN_ONLY"]).has("UNMATCHED_TRANSACTION_ID", "info");
}
