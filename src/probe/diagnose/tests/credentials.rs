//! Which cause is behind a 401, and what time has to do with it.

use super::*;

#[test]
fn a_wrong_password_is_an_error_over_any_transport() {
    let mut facts = refused(401, vec![leg(Some(401), false), leg(Some(401), true), leg(Some(401), true)]);
    check(&facts, &["E AUTH_WRONG"]);
    facts.required = false;
    check(&facts, &["E AUTH_WRONG"]);
}

#[test]
fn what_the_client_knows_separates_the_causes_of_one_401() {
    let facts = refused(401, vec![leg(Some(401), false), leg(Some(401), true), leg(Some(401), true)]);
    let mut target = target_of("turn:198.51.100.1");
    target.knowledge.rest_expiry = Some(NOW - 7200);
    let expired = &found(&facts, &target)[0];
    assert_eq!((expired.code, expired.message.as_str()), ("REST_EXPIRED", "the credentials expired 2 h ago"));
    assert_eq!(expired.evidence["expired_at"], "2027-01-15T06:00:00Z");
    target.knowledge.rest_expiry = Some(NOW + 60);
    assert_eq!(codes_of(&facts, &target), ["E AUTH_WRONG"]);
    target.knowledge.secret_mismatch = true;
    assert_eq!(codes_of(&facts, &target), ["E REST_SECRET_MISMATCH"]);
    target.credentials = None;
    let asked = refused(401, vec![leg(Some(401), false)]);
    assert_eq!(codes_of(&asked, &target), ["E CREDENTIALS_REQUIRED"]);
}

#[test]
fn a_static_user_at_a_server_that_takes_minted_credentials_is_told_from_a_wrong_password() {
    let legs = || vec![leg(Some(401), false), leg(Some(401), true), leg(Some(401), true)];
    let finding = |accepted| {
        let mut facts = refused(401, legs());
        facts.minted = Some(MintedFacts { expires_unix: NOW + 3_600, accepted, code: None });
        found(&facts, &target_of("turn:198.51.100.1")).remove(0)
    };
    for (accepted, rest_only) in [(Some(true), true), (Some(false), false), (None, false)] {
        let finding = finding(accepted);
        assert_eq!(finding.code, "AUTH_WRONG");
        assert_eq!(finding.message.contains("and not those of this static user"), rest_only, "{accepted:?}");
        assert_eq!(finding.evidence.get("minted_is_accepted").and_then(|it| it.as_bool()), accepted);
    }
}

#[test]
fn an_empty_realm_is_named_even_where_our_own_answer_to_it_was_taken() {
    let mut challenge = leg(Some(401), false);
    challenge.realm = Some(String::new());
    check(&refused(401, vec![challenge.clone(), challenge.clone()]), &["E REALM_MISSING"]);
    check(&with(|f| f.allocate = allocate(None, vec![challenge, leg(None, true)])), &["E REALM_MISSING"]);
}

#[test]
fn a_401_without_a_nonce_is_named() {
    let mut challenge = leg(Some(401), false);
    challenge.nonce = false;
    check(&refused(401, vec![challenge]), &["E NONCE_MISSING"]);
}

#[test]
fn damage_that_could_not_be_tried_is_the_likeliest_cause_unless_the_time_is_over() {
    let mended = |accepted| {
        let mut facts = refused(401, vec![leg(Some(401), false), leg(Some(401), true)]);
        let password = vec![Defect::TrailingNewline];
        facts.mended = Some(MendedFacts { username: vec![], password, accepted, code: None });
        facts
    };
    let mut target = target_of("turn:198.51.100.1?transport=udp");
    for (accepted, expiry, expected, confidence) in [
        (Some(true), None, "CRED_FORMAT", Confidence::High),
        (None, None, "CRED_FORMAT", Confidence::Medium),
        (None, Some(NOW - 60), "REST_EXPIRED", Confidence::High),
        (Some(false), Some(NOW - 60), "REST_EXPIRED", Confidence::High),
        (Some(false), None, "AUTH_WRONG", Confidence::High),
    ] {
        target.knowledge.rest_expiry = expiry;
        let findings = found(&mended(accepted), &target);
        let got: Vec<_> = findings.iter().map(|finding| (finding.code, finding.confidence)).collect();
        assert_eq!(got, [(expected, confidence)], "{accepted:?} {expiry:?}");
    }
}

#[test]
fn a_clock_is_named_where_it_is_off_by_more_than_a_minute_beyond_doubt() {
    let clock = |offset: f64, error: f64| {
        with(|f| {
            f.clock = Some(ClockFacts {
                clock_offset_s: Some(offset),
                error_s: Some(error),
                attempts: 8,
                reason: None,
            });
        })
    };
    for (offset, error) in [(0.4, 1.0), (-59.0, 1.0), (60.5, 1.0), (80.0, 30.0)] {
        check(&clock(offset, error), &[]);
    }
    for (offset, error) in [(62.0, 1.0), (-3_600.0, 200.0)] {
        check(&clock(offset, error), &["W CLOCK_SKEW"]);
    }
}

/// The clock search is asked for by a flag; without it, one more try with a later expiry tells clock from secret.
#[test]
fn minted_credentials_that_are_taken_with_a_later_expiry_blame_the_clock_and_not_the_secret() {
    let legs = || vec![leg(Some(401), false), leg(Some(401), true)];
    let findings = |accepted, knowledge: fn(&mut Knowledge)| {
        let mut facts = refused(401, legs());
        facts.minted = Some(MintedFacts { expires_unix: NOW + 400_000_000, accepted, code: None });
        let mut target = target_of("turn:198.51.100.1");
        target.knowledge.rest_expiry = Some(NOW + 3_600);
        knowledge(&mut target.knowledge);
        found(&facts, &target)
    };
    for knowledge in [|it: &mut Knowledge| it.minted = true, |it: &mut Knowledge| it.fits_secret = true] {
        let clock = findings(Some(true), knowledge).remove(0);
        assert_eq!((clock.code, clock.severity), ("CLOCK_SKEW", Severity::Error));
        assert!(
            clock.message.contains("ahead of this machine's") && clock.help.contains("--clock"),
            "{clock:?}"
        );
        let secret = findings(Some(false), knowledge).remove(0);
        assert_eq!(secret.code, "REST_SECRET_MISMATCH");
        assert!(secret.help.contains("it is not its clock"), "{secret:?}");
        assert_eq!(findings(None, knowledge).remove(0).code, "REST_SECRET_MISMATCH");
    }
    // Without the secret nothing is known of either.
    assert_eq!(findings(Some(true), |_| ()).remove(0).code, "AUTH_WRONG");
}

#[test]
fn an_offset_is_told_no_more_exactly_than_it_is_known() {
    let message = |offset: f64, error: f64| {
        let clock =
            ClockFacts { clock_offset_s: Some(offset), error_s: Some(error), attempts: 8, reason: None };
        found(&with(|f| f.clock = Some(clock)), &target_of("turn:198.51.100.1")).remove(0).message
    };
    assert_eq!(message(95.0, 1.0), "the server's clock is 95 s ahead of this machine's");
    assert_eq!(message(7_195.0, 9.0), "the server's clock is about 2 h ahead of this machine's");
    assert_eq!(message(-19_805.0, 9.0), "the server's clock is about 5 h 30 min behind this machine's");
    assert_eq!(message(7_124.0, 371.0), "the server's clock is 113 min to 2 h 5 min ahead of this machine's");
}

/// A leg to a server that asks for tokens.
fn asking(code: Option<u16>, authenticated: bool) -> AttemptFacts {
    let name = Some("turn.example.test".to_owned());
    AttemptFacts { third_party_authorization: true, token_server_name: name, ..leg(code, authenticated) }
}

fn target_with_token(mac_key: &str) -> Target {
    let token = AccessToken::from_base64(&Secret::new("dG9rZW4="), &Secret::new(mac_key)).unwrap();
    let mut target = target_of("turn:198.51.100.1");
    target.credentials = Some(Credentials::token("kid-7", token));
    target
}

/// Twenty bytes.
const MAC_KEY: &str = "dHdlbnR5LWJ5dGUtbWFjLWtleSE=";

#[test]
fn tokens_and_passwords_are_told_apart_from_what_the_server_wants() {
    let refusal = |leg: fn(Option<u16>, bool) -> AttemptFacts| {
        refused(401, vec![leg(Some(401), false), leg(Some(401), true), leg(Some(401), true)])
    };
    let token = &found(&refusal(asking), &target_with_token(MAC_KEY))[0];
    assert_eq!((token.code, token.severity), ("TOKEN_REFUSED", Severity::Error));
    assert!(token.message.starts_with("the server refuses the token: it has expired"), "{}", token.message);
    assert_eq!(token.evidence["token_server_name"], "turn.example.test");
    assert_eq!(token.evidence["mac_key_bytes"], 20);
    let short = &found(&refusal(asking), &target_with_token("c2hvcnQ="))[0];
    assert!(short.message.contains("the MAC key has 5 bytes"), "{}", short.message);
    let cut = with(|facts| {
        let last = AttemptFacts { cut_mac_key: true, ..leg(None, true) };
        facts.allocate = allocate(None, vec![asking(Some(401), false), asking(Some(401), true), last]);
    });
    let cut = &found(&cut, &target_with_token(MAC_KEY))[0];
    assert_eq!((cut.code, cut.severity), ("TOKEN_REFUSED", Severity::Info));
    let password = &found(&refusal(asking), &target_of("turn:198.51.100.1"))[0];
    assert_eq!(password.code, "AUTH_WRONG");
    assert!(password.message.contains("a token of third-party authorization for `turn.example.test`"));
    let nobody = Target { credentials: None, ..target_of("turn:198.51.100.1") };
    let wanted = &found(&refused(401, vec![asking(Some(401), false)]), &nobody)[0];
    assert_eq!(wanted.code, "CREDENTIALS_REQUIRED");
    assert!(wanted.help.contains("--access-token-file"), "{wanted:?}");
    let unwanted = &found(&refused(401, vec![leg(Some(401), false)]), &target_with_token(MAC_KEY))[0];
    assert_eq!(unwanted.code, "CREDENTIALS_REQUIRED");
    assert!(unwanted.message.contains("the token was not sent"), "{}", unwanted.message);
}

#[test]
fn the_end_of_a_token_caps_lifetimes_and_nobody_minds() {
    let facts = with(|facts| {
        facts.allocate.as_mut().unwrap().lifetime_s = Some(300);
        facts.refresh.as_mut().unwrap().lifetime_s = Some(240);
    });
    assert_eq!(codes_of(&facts, &target_of("turn:198.51.100.1")), ["W LIFETIME_ODD"]);
    assert_eq!(codes_of(&facts, &target_with_token(MAC_KEY)), [""; 0]);
}
