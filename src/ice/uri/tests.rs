use proptest::prelude::*;

use super::*;

#[track_caller]
fn accepts(text: &str, canonical: &str) {
    let uri = ServerUri::from_text(text).unwrap();
    assert_eq!(uri.to_string(), canonical);
    assert_eq!(ServerUri::from_text(canonical), Ok(uri.clone()));
    assert_eq!(ServerUri::from_target(text), Ok(Target::Uri(uri)));
}

/// The message and the hint for each of `texts`, one a line.
fn refusals(texts: &[&str]) -> String {
    let line = |text: &&str| {
        let error = ServerUri::from_text(text).unwrap_err();
        format!("{}: {error}: {}\n", text.escape_debug(), error.hint())
    };
    texts.iter().map(line).collect()
}

#[test]
fn reads_the_forms_of_both_rfcs() {
    accepts("stun:example.org", "stun:example.org");
    accepts("STUNS:Example.ORG:443", "stuns:example.org:443");
    accepts("turn:192.0.2.7:3479?transport=udp", "turn:192.0.2.7:3479?transport=udp");
    accepts("turn:example.org?TRANSPORT=TCP", "turn:example.org?transport=tcp");
    accepts("turns:[2001:DB8:0::1]:5350?transport=tcp", "turns:[2001:db8::1]:5350?transport=tcp");
    accepts("turn:[::ffff:192.0.2.1]", "turn:[::ffff:192.0.2.1]");
    accepts("turn:example.org.", "turn:example.org.");
    accepts("turn:_turn.under_score.org:03478", "turn:_turn.under_score.org:3478");
    accepts("turn:localhost", "turn:localhost");
}

#[test]
fn turns_over_udp_is_dtls_and_legal() {
    let uri = ServerUri::from_text("turns:example.org?transport=udp").unwrap();
    assert_eq!((uri.scheme, uri.transport), (Scheme::Turns, Some(Transport::Udp)));
}

#[test]
fn the_default_port_follows_the_scheme() {
    let port = |text| ServerUri::from_text(text).unwrap().port_or_default();
    assert_eq!(port("stun:a"), 3478);
    assert_eq!(port("turn:a?transport=tcp"), 3478);
    assert_eq!(port("stuns:a"), 5349);
    assert_eq!(port("turns:a"), 5349);
    assert_eq!(port("turns:a:443"), 443);
}

#[test]
fn says_what_is_wrong_with_the_scheme() {
    insta::assert_snapshot!(refusals(&[
        "stun+tls:example.org",
        "stuns+tcp:example.org",
        "TURN+TLS:example.org",
        "turn-tcp:example.org",
        "stun+tcp:example.org",
        "https://example.org/",
        "sip:example.org",
        "turn.example.org",
        "turn.example.org:3478",
        "localhost:3478",
        "2001:db8::1",
        "\"turn:example.org\"",
        ":3478",
        "turn://example.org",
        "turn:/example.org",
    ]), @r#"
        stun+tls:example.org: unknown scheme `stun+tls:` (column 1): use `stuns:`
        stuns+tcp:example.org: unknown scheme `stuns+tcp:` (column 1): use `stuns:`
        TURN+TLS:example.org: unknown scheme `turn+tls:` (column 1): use `turns:`
        turn-tcp:example.org: unknown scheme `turn-tcp:` (column 1): use `turn:HOST?transport=tcp`
        stun+tcp:example.org: unknown scheme `stun+tcp:` (column 1): use `stun:`
        https://example.org/: unknown scheme `https:` (column 1): this is the address of a web page or service; a server is written `turn:HOST[:PORT]`
        sip:example.org: unknown scheme `sip:` (column 1): use `stun:`, `stuns:`, `turn:` or `turns:`
        turn.example.org: the server URI has no scheme (column 1): put `stun:`, `stuns:`, `turn:` or `turns:` in front
        turn.example.org:3478: the server URI has no scheme (column 1): put `stun:`, `stuns:`, `turn:` or `turns:` in front
        localhost:3478: the server URI has no scheme (column 1): put `stun:`, `stuns:`, `turn:` or `turns:` in front
        2001:db8::1: the server URI has no scheme (column 1): put `stun:`, `stuns:`, `turn:` or `turns:` in front
        \"turn:example.org\": the server URI has no scheme (column 1): put `stun:`, `stuns:`, `turn:` or `turns:` in front
        :3478: the server URI has no scheme (column 1): put `stun:`, `stuns:`, `turn:` or `turns:` in front
        turn://example.org: slashes after the scheme (column 6): drop the slashes: `turn:HOST`, not `turn://HOST`
        turn:/example.org: slashes after the scheme (column 6): drop the slashes: `turn:HOST`, not `turn://HOST`
        "#);
}

#[test]
fn says_what_is_wrong_with_the_host() {
    let long_label = format!("turn:a.{}.org", "b".repeat(64));
    let long_name = format!("turn:{}org", "abcdefg.".repeat(32));
    insta::assert_snapshot!(refusals(&[
        "",
        "turn:",
        "turn:?transport=udp",
        "turn::3478",
        "turn: example.org",
        "turn:example.org ",
        "turn:exa\tmple.org",
        "turn:exämple.org",
        "turn:a..b",
        "turn:.a",
        "turn:.",
        "turn:-a.b",
        "turn:a.b-",
        "turn:ex*mple.org",
        "turn:ex%61mple.org",
        "turn:example.org;transport=tcp",
        "turn:1.2.3",
        "turn:1.2.3.256",
        "turn:3478",
        "turn:[2001:db8::1",
        "turn:[192.0.2.1]",
        "turn:[fe80::1%eth0]",
        "turn:2001:db8::1",
        "turn:2001:db8::1:3478",
        "turn:[::1]3478",
        &long_label,
        &long_name,
    ]), @r"
        : the server URI is empty (column 1): write `stun:HOST[:PORT]` or `turn:HOST[:PORT][?transport=udp|tcp]`
        turn:: the host is missing (column 6): write `stun:HOST[:PORT]` or `turn:HOST[:PORT][?transport=udp|tcp]`
        turn:?transport=udp: the host is missing (column 6): write `stun:HOST[:PORT]` or `turn:HOST[:PORT][?transport=udp|tcp]`
        turn::3478: the host is missing (column 6): write `stun:HOST[:PORT]` or `turn:HOST[:PORT][?transport=udp|tcp]`
        turn: example.org: a blank or control character in the server URI (column 6): remove it; several servers are several arguments
        turn:example.org : a blank or control character in the server URI (column 17): remove it; several servers are several arguments
        turn:exa\tmple.org: a blank or control character in the server URI (column 9): remove it; several servers are several arguments
        turn:exämple.org: a character outside ASCII in the server URI (column 8): write an international host name in its IDNA form (`xn--…`)
        turn:a..b: the host name has an empty label (column 8): remove the extra dot
        turn:.a: the host name has an empty label (column 6): remove the extra dot
        turn:.: the host name has an empty label (column 6): remove the extra dot
        turn:-a.b: a label of the host name begins or ends with `-` (column 6): check the host name
        turn:a.b-: a label of the host name begins or ends with `-` (column 8): check the host name
        turn:ex*mple.org: `*` cannot be in a host name (column 8): a host name has letters, digits, `-`, `_` and dots
        turn:ex%61mple.org: `%` cannot be in a host name (column 8): write the host name without percent-encoding
        turn:example.org;transport=tcp: `;` cannot be in a host name (column 17): parameters come after `?`
        turn:1.2.3: the host looks like an IPv4 address but is none (column 6): an IPv4 address has four numbers from 0 to 255
        turn:1.2.3.256: the host looks like an IPv4 address but is none (column 6): an IPv4 address has four numbers from 0 to 255
        turn:3478: the host looks like an IPv4 address but is none (column 6): an IPv4 address has four numbers from 0 to 255
        turn:[2001:db8::1: `[` without `]` (column 6): close it: `[2001:db8::1]`
        turn:[192.0.2.1]: what stands in brackets is no IPv6 address (column 7): an IPv6 address looks like `[2001:db8::1]`
        turn:[fe80::1%eth0]: an IPv6 zone identifier, which RFC 7064 and RFC 7065 have no place for (column 14): drop the zone: a server that others reach has an address without one
        turn:2001:db8::1: an IPv6 address without brackets (column 6): put it in brackets: `[2001:db8::1]:3478`
        turn:2001:db8::1:3478: an IPv6 address without brackets (column 6): put it in brackets: `[2001:db8::1]:3478`
        turn:[::1]3478: the server URI goes on where it should end (column 11): a server URI ends after host, port and `?transport=`
        turn:a.bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb.org: a label of the host name has 64 bytes; DNS allows 63 (column 8): check the host name
        turn:abcdefg.abcdefg.abcdefg.abcdefg.abcdefg.abcdefg.abcdefg.abcdefg.abcdefg.abcdefg.abcdefg.abcdefg.abcdefg.abcdefg.abcdefg.abcdefg.abcdefg.abcdefg.abcdefg.abcdefg.abcdefg.abcdefg.abcdefg.abcdefg.abcdefg.abcdefg.abcdefg.abcdefg.abcdefg.abcdefg.abcdefg.abcdefg.org: the host name has 259 bytes; DNS allows 253 (column 6): check the host name
        ");
}

#[test]
fn says_what_is_wrong_behind_the_host() {
    insta::assert_snapshot!(refusals(&[
        "turn:a:",
        "turn:a:0",
        "turn:a:65536",
        "turn:a:99999999999999999999",
        "turn:a:+3478",
        "turn:a:34x8",
        "turn:a:3478:tcp",
        "turn:a/path",
        "turn:a#fragment",
        "turn:a?",
        "turn:a?transport",
        "turn:a?transport=",
        "turn:a?transport=tls",
        "turn:a?transport=dtls",
        "turn:a?transport=sctp",
        "turn:a?transport=tcp/",
        "turn:a?transport=tcp&transport=udp",
        "turn:a?transport=tcp&ttl=86400",
        "turn:a?proto=tcp",
        "turn:a?not a key",
        "turn:a?n%6ft=tcp",
        "stun:a?transport=udp",
        "stuns:a?foo=bar",
    ]), @r"
        turn:a:: the port is missing after `:` (column 8): drop the colon or name the port
        turn:a:0: the port is not between 1 and 65535 (column 8): a port is a number from 1 to 65535; without one, 3478 (5349 with TLS) is used
        turn:a:65536: the port is not between 1 and 65535 (column 8): a port is a number from 1 to 65535; without one, 3478 (5349 with TLS) is used
        turn:a:99999999999999999999: the port is not between 1 and 65535 (column 8): a port is a number from 1 to 65535; without one, 3478 (5349 with TLS) is used
        turn:a:+3478: the port is not a number (column 8): a port is a number from 1 to 65535; without one, 3478 (5349 with TLS) is used
        turn:a:34x8: the port is not a number (column 10): a port is a number from 1 to 65535; without one, 3478 (5349 with TLS) is used
        turn:a:3478:tcp: the port is not a number (column 12): a port is a number from 1 to 65535; without one, 3478 (5349 with TLS) is used
        turn:a/path: the server URI goes on where it should end (column 7): a server URI ends after host, port and `?transport=`
        turn:a#fragment: the server URI goes on where it should end (column 7): a server URI ends after host, port and `?transport=`
        turn:a?: unknown parameter (column 8): the only parameter is `?transport=udp` or `?transport=tcp`
        turn:a?transport: `transport` is neither `udp` nor `tcp` (column 17): use `?transport=udp` or `?transport=tcp`
        turn:a?transport=: `transport` is neither `udp` nor `tcp` (column 18): use `?transport=udp` or `?transport=tcp`
        turn:a?transport=tls: `transport` is `udp` or `tcp`; TLS is in the scheme (column 18): use `turns:HOST?transport=tcp`
        turn:a?transport=dtls: `transport` is `udp` or `tcp`; TLS is in the scheme (column 18): use `turns:HOST?transport=udp`
        turn:a?transport=sctp: `transport` is neither `udp` nor `tcp` (column 18): use `?transport=udp` or `?transport=tcp`
        turn:a?transport=tcp/: the server URI goes on where it should end (column 21): a server URI ends after host, port and `?transport=`
        turn:a?transport=tcp&transport=udp: `transport` stands twice (column 22): keep one
        turn:a?transport=tcp&ttl=86400: unknown parameter `ttl` (column 22): the only parameter is `?transport=udp` or `?transport=tcp`
        turn:a?proto=tcp: unknown parameter `proto` (column 8): the only parameter is `?transport=udp` or `?transport=tcp`
        turn:a?not a key: a blank or control character in the server URI (column 11): remove it; several servers are several arguments
        turn:a?n%6ft=tcp: unknown parameter (column 8): the only parameter is `?transport=udp` or `?transport=tcp`
        stun:a?transport=udp: `stun:` takes no transport (RFC 7064) (column 8): drop `?transport=`; `stun:` is UDP, `stuns:` is TLS, and `turn:` takes a transport
        stuns:a?foo=bar: unknown parameter `foo` (column 9): the only parameter is `?transport=udp` or `?transport=tcp`
        ");
}

#[test]
fn credentials_in_a_uri_are_refused_without_repeating_them() {
    for text in [
        "turn:alice:wonder@example.org",
        "turn://alice:wonder@example.org",
        "alice:wonder@example.org",
        "https://alice:wonder@example.org",
        "turn:example.org?x=alice:wonder@",
        "turn:alice:won der@example.org",
    ] {
        for error in [ServerUri::from_text(text).unwrap_err(), ServerUri::from_target(text).unwrap_err()] {
            assert_eq!(error.fault, UriFault::Userinfo, "{text}");
            let shown = format!("{error} {} {error:?}", error.hint());
            assert!(!shown.contains("alice") && !shown.contains("won"), "{shown}");
        }
    }
}

#[test]
fn a_target_may_lack_the_scheme() {
    let bare = |text: &str| match ServerUri::from_target(text) {
        Ok(Target::Bare { host, port }) => (host.to_string(), port),
        other => panic!("{text}: {other:?}"),
    };
    assert_eq!(bare("example.org"), ("example.org".into(), None));
    assert_eq!(bare("localhost:3478"), ("localhost".into(), Some(3478)));
    assert_eq!(bare("192.0.2.1"), ("192.0.2.1".into(), None));
    assert_eq!(bare("192.0.2.1:3478"), ("192.0.2.1".into(), Some(3478)));
    assert_eq!(bare("2001:db8::1"), ("[2001:db8::1]".into(), None));
    assert_eq!(bare("[2001:db8::1]"), ("[2001:db8::1]".into(), None));
    assert_eq!(bare("[2001:db8::1]:3478"), ("[2001:db8::1]".into(), Some(3478)));
    assert_eq!(bare("turn"), ("turn".into(), None));
    let uri = ServerUri::from_target("turn.example.org:443").unwrap().with_scheme(Scheme::Turns);
    assert_eq!(uri.to_string(), "turns:turn.example.org:443");
}

#[test]
fn a_target_with_another_scheme_is_not_taken_for_a_host() {
    let fault = |text: &str| ServerUri::from_target(text).unwrap_err().fault;
    assert!(matches!(fault("stun+tls:example.org"), UriFault::SchemeSuffix { instead: "stuns:", .. }));
    assert!(matches!(fault("https://example.org"), UriFault::SchemeUnknown { .. }));
    assert!(matches!(fault("sip:example.org"), UriFault::SchemeUnknown { .. }));
    assert_eq!(fault("turn://example.org"), UriFault::Slashes);
    assert_eq!(fault("example.org?transport=tcp"), UriFault::QueryWithoutScheme);
    assert_eq!(fault("example.org/x"), UriFault::Trailing);
    assert_eq!(fault("example.org:"), UriFault::PortMissing);
    assert_eq!(fault("example.org:3478x"), UriFault::PortNotANumber);
    assert_eq!(fault("example.org:70000"), UriFault::PortRange);
    assert_eq!(fault("-"), UriFault::HostHyphen);
}

fn server_uri() -> impl Strategy<Value = ServerUri> {
    let scheme = prop::sample::select(vec![Scheme::Stun, Scheme::Stuns, Scheme::Turn, Scheme::Turns]);
    let host = prop_oneof![
        any::<IpAddr>().prop_map(Host::Ip),
        "[a-z0-9_]{1,20}(\\.[a-z0-9][a-z0-9-]{0,61}[a-z0-9]){0,2}\\.[a-z]{2,8}\\.?".prop_map(Host::Name),
    ];
    let transport = prop::option::of(prop::sample::select(vec![Transport::Udp, Transport::Tcp]));
    (scheme, host, prop::option::of(1..=u16::MAX), transport).prop_map(|(scheme, host, port, transport)| {
        ServerUri { scheme, host, port, transport: transport.filter(|_| scheme.is_turn()) }
    })
}

proptest! {
    #[test]
    fn what_is_printed_reads_back(uri in server_uri()) {
        prop_assert_eq!(ServerUri::from_text(&uri.to_string()), Ok(uri.clone()));
        prop_assert_eq!(ServerUri::from_target(&uri.to_string()), Ok(Target::Uri(uri)));
    }

    #[test]
    fn any_text_is_read_or_refused_at_a_place_inside_it(text in text_like_a_uri()) {
        for result in [ServerUri::from_text(&text).map(Target::Uri), ServerUri::from_target(&text)] {
            match result {
                Ok(target) => {
                    prop_assert_eq!(ServerUri::from_target(&target.to_string()), Ok(target));
                }
                Err(error) => {
                    prop_assert!((1..=text.len() + 1).contains(&error.column), "{:?}", error);
                    prop_assert!(text.is_char_boundary(error.column - 1), "{:?}", error);
                    prop_assert!(!error.to_string().is_empty() && !error.hint().is_empty());
                }
            }
        }
    }
}

fn text_like_a_uri() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "(turn|stun|turns|TURN|stun\\+tls|http)?:?(//)?[a-z0-9.:\\[\\]%@ä-]{0,20}(\\?|&|transport|=|tcp|udp|tls|/|#){0,6}",
    ]
}

#[test]
fn a_scheme_with_a_plus_is_none_of_ours_before_an_address_as_well() {
    for (text, hint) in [
        ("stun+tls:192.0.2.1", "use `stuns:`"),
        ("stuns+tcp:192.0.2.1:5349", "use `stuns:`"),
        ("stun+tls:turn.example.test", "use `stuns:`"),
    ] {
        assert_eq!(ServerUri::from_target(text).unwrap_err().hint(), hint, "{text}");
    }
}
