//! Servers that ask for tokens of third-party authorization (RFC 7635), and take none.

use rtcscope::stun::{Message, Method, attribute};

use super::fake::{Fake, bound, challenge, is_signed, refused};
use super::{LIMIT, REALM, TIMEOUT, over};
use crate::run::{Run, probe, probe_in};

/// `opaque-mark-7f3a-token` and `mark-20-byte-mac-key`, in base64.
const TOKEN: &str = "b3BhcXVlLW1hcmstN2YzYS10b2tlbg==";
const MAC_KEY: &str = "bWFyay0yMC1ieXRlLW1hYy1rZXk=";

/// What nobody may read: both in base64 and in clear, the token's bytes in hex.
const SECRETS: [&str; 5] = [
    "b3BhcXVlLW1hcmstN2YzYS10b2tlbg",
    "bWFyay0yMC1ieXRlLW1hYy1rZXk",
    "mark-7f3a",
    "mark-20-byte",
    "6f70617175652d6d61726b",
];

/// A 401 that asks for a token.
fn asking(request: &Message, nonce: &[u8]) -> Vec<u8> {
    refused(request, 401, b"")
        .attribute(attribute::REALM, REALM.as_bytes())
        .attribute(attribute::NONCE, nonce)
        .attribute(attribute::THIRD_PARTY_AUTHORIZATION, b"turn.hostile.test")
        .finish()
}

/// Answers Binding, and everything else as `refuse` does.
fn refusing(mut refuse: impl FnMut(&Message) -> Vec<u8> + Send + 'static) -> Fake {
    Fake::stun(move |request, from| match request.method {
        Method::Binding => vec![bound(request, from)],
        _ => vec![refuse(request)],
    })
}

fn with_token(server: &Fake, more: &[&str]) -> Run {
    let target = format!("turn:{}?transport=udp", server.addr);
    let flags = ["-u", "kid-7", "--access-token", TOKEN, "--mac-key", MAC_KEY, "--timeout", TIMEOUT];
    let run = probe(&[&[&target[..]], &flags[..], more].concat());
    run.within(LIMIT);
    run
}

#[test]
fn a_refused_token_is_named_and_given_no_more_often_than_a_password() {
    let server = refusing(|request| {
        let carries = request.attribute(attribute::ACCESS_TOKEN) == Some(b"opaque-mark-7f3a-token");
        assert_eq!(is_signed(request), carries, "a token is in each signed Allocate");
        asking(request, b"n")
    });
    let run = with_token(&server, &[]);
    run.fails(&["TOKEN_REFUSED"]);
    run.check(run.attempts("udp").len() == 3, "it asked more often than anyone would");
    run.check(run.text.contains("turn.hostile.test"), "the server name is not told");
}

#[test]
fn a_token_is_not_sent_to_a_server_that_does_not_ask_for_it() {
    let server = refusing(|request| {
        assert_eq!(request.attribute(attribute::ACCESS_TOKEN), None, "nobody asked for it");
        challenge(request, 401, b"n")
    });
    let run = with_token(&server, &[]);
    run.fails(&["CREDENTIALS_REQUIRED"]);
    run.check(run.attempts("udp").len() == 1, "there was nothing to ask again with");
}

#[test]
fn a_password_at_a_server_that_asks_for_tokens_is_told_so() {
    let server = refusing(|request| asking(request, b"n"));
    let run = over(&format!("turn:{}?transport=udp", server.addr));
    run.fails(&["AUTH_WRONG"]);
    run.check(run.text.contains("asks for a token"), "it is not told what the server wants");
}

#[test]
fn a_server_that_calls_for_tokens_only_at_times_gets_no_endless_answers() {
    let mut n = 0;
    let server = refusing(move |request| {
        n += 1;
        match n % 2 {
            0 => asking(request, format!("n{n}").as_bytes()),
            _ => challenge(request, 401, format!("n{n}").as_bytes()),
        }
    });
    let run = with_token(&server, &[]);
    run.check(run.code == 1 && run.attempts("udp").len() <= 4, "it asked on and on");
}

#[test]
fn a_token_and_its_mac_key_are_shown_by_no_run_and_no_recording() {
    let dir = std::env::temp_dir().join(format!("rtcscope-loopback-token-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    let path = |name: &str| dir.join(name).to_str().unwrap().to_owned();
    let write = |name: &str, text: &str| std::fs::write(dir.join(name), text).unwrap();
    let servers =
        [refusing(|request| asking(request, b"n")), refusing(|request| challenge(request, 401, b"n"))];
    write("token", TOKEN);
    write("mac-key", MAC_KEY);
    for server in &servers {
        let target = format!("turn:{}?transport=udp", server.addr);
        let oauth = format!(r#"{{"macKey": "{MAC_KEY}", "accessToken": "{TOKEN}"}}"#);
        write(
            "servers.json",
            &format!(
                r#"[{{"urls": "{target}", "username": "kid-7", "credentialType": "oauth", "credential": {oauth}}}]"#
            ),
        );
        let recording = [format!("--trace={}", path("trace")), format!("--pcap={}", path("pcap"))];
        let recording = [&recording[0][..], &recording[1], "-vv", "--timeout", TIMEOUT];
        let flags = [&target, "-u", "kid-7", "--access-token", TOKEN, "--mac-key", MAC_KEY];
        let (token, mac_key) = (path("token"), path("mac-key"));
        let files = [&target, "-u", "kid-7", "--access-token-file", &token, "--mac-key-file", &mac_key];
        let (list, no_target) = (path("servers.json"), [&target[..]]);
        let listed = ["--ice-servers", &list];
        let variables =
            [("RTCSCOPE_USERNAME", "kid-7"), ("RTCSCOPE_ACCESS_TOKEN", TOKEN), ("RTCSCOPE_MAC_KEY", MAC_KEY)];
        type Way<'a> = (&'a [(&'a str, &'a str)], &'a [&'a str]);
        let ways: [Way<'_>; 4] = [(&[], &flags), (&[], &files), (&[], &listed), (&variables, &no_target)];
        for (variables, args) in ways {
            let run = probe_in(variables, &[args, &recording].concat());
            run.check(run.code == 1, "it was refused");
            let trace = std::fs::read_to_string(dir.join("trace")).unwrap();
            for secret in SECRETS {
                run.never_shows(secret);
                assert!(!trace.contains(secret), "{secret} is in the trace\n{trace}");
            }
            let pcap = std::fs::read(dir.join("pcap")).unwrap();
            let holds = |text: &str| pcap.windows(text.len()).any(|bytes| bytes == text.as_bytes());
            assert!(!holds("mark-20-byte") && !holds(MAC_KEY) && !holds(TOKEN), "in the capture");
            // Sealed as it is, the token went over the wire to the server that asked for it.
            let asked = std::ptr::eq(server, &servers[0]);
            assert_eq!(holds("opaque-mark-7f3a"), asked, "{args:?}");
            assert_eq!(trace.contains("ACCESS-TOKEN: 22 bytes"), asked, "{trace}");
        }
    }
    let _ = std::fs::remove_dir_all(&dir);
}
