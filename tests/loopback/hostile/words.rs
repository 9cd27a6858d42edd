//! What a server says in words: it drives no terminal and puts no line of its own into any output.

use std::net::Ipv4Addr;
use std::process::Command;

use rtcscope::io::server::{EmbeddedServer, Identity, Listen};
use rtcscope::server::Settings;
use rtcscope::stun::{Message, MessageBuilder, Method, attribute};
use rtcscope::turn::credentials::{Credentials, Secret};

use super::fake::{Fake, bound, plain_address, refused};
use super::{ALICE, USER};

/// A line to paste, what begins one, and what terminals obey.
const EVIL: &str = "evil\nuser=evil:evil\r\nuser=evil:evil\u{85}user=evil:evil\u{2028}user=evil:evil\x1b[2J\u{9b}2J\x1b]0;owned\x07\u{202e}";
const LINE: &str = "user=evil:evil";

/// Probes in every format and with a trace, and looks at each for what should not be there; the text comes back.
fn tame(target: &str, flags: &[&str]) -> String {
    let said = |format: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_rtcscope"))
            .args(["probe", target, "--timeout", "1s", "--count", "3", "--trace", "-v", "--format", format])
            .args(flags)
            .env_clear()
            .output()
            .expect("the program starts");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("output is UTF-8");
        (text(output.stdout), text(output.stderr))
    };
    let all = ["text", "json", "jsonl"].map(said);
    for (stdout, trace) in &all {
        for said in [stdout, trace] {
            let odd = |c: &char| (c.is_control() && *c != '\n') || matches!(c, '\u{2028}' | '\u{202e}');
            assert_eq!(said.chars().find(odd), None, "{said}");
            assert!(!said.lines().any(|line| line.trim() == LINE), "{said}");
        }
        assert!(trace.contains(LINE), "the test must be able to fail\n{trace}");
    }
    let [(text, _), (json, _), _] = all;
    assert!(text.contains(LINE), "the test must be able to fail\n{text}");
    serde_json::from_str::<serde_json::Value>(&json).expect("it is JSON");
    text
}

fn settings() -> Settings {
    Settings {
        software: Some(EVIL.to_owned()),
        realm: EVIL.to_owned(),
        users: vec![Credentials::password(USER.0, Secret::new(USER.1))],
        ..Settings::default()
    }
}

#[test]
fn software_and_realm_add_nothing_to_lines_that_are_there_to_be_pasted() {
    let server = EmbeddedServer::start(settings(), Listen::on(Ipv4Addr::LOCALHOST.into())).unwrap();
    let target = format!("turn:{}?transport=udp", server.udp_addr().unwrap());
    let text = tame(&target, &[&ALICE[..], &["--security"]].concat());
    assert!(text.contains("\n        denied-peer-ip=169.254.0.0-169.254.255.255\n"), "{text}");
    // Nor where the terminal breaks a line.
    let (_, hint) = text.split_once("  help:").expect("there is a hint");
    assert!(hint.contains("this server says it is `evil`)") && !hint.contains(LINE), "{hint}");
    let wrong = tame(&target, &["-u", "nobody", "-w", "nothing-4711"]);
    assert!(wrong.contains("realm: evil user=evil:evil"), "{wrong}");
}

#[test]
fn the_names_of_a_certificate_stay_on_their_line() {
    let identity = Identity::throw_away(["evil\nuser=evil:evil\r\x1b[2J\x07.test", "other\nuser=evil:evil"]);
    let listen = Listen::on(Ipv4Addr::LOCALHOST.into()).with_tls(identity);
    let server = EmbeddedServer::start(settings(), listen).unwrap();
    let text = tame(&format!("turns:{}", server.tls_addr().unwrap()), &ALICE);
    assert!(text.contains("TLS_HOSTNAME") && text.contains("use a name that it is for (evil"), "{text}");
}

#[test]
fn reasons_and_domains_stay_on_their_line() {
    let with = |code: u16, more: fn(MessageBuilder) -> MessageBuilder| {
        let answer = move |request: &Message| more(refused(request, code, EVIL.as_bytes())).finish();
        Fake::stun(move |request, from| match request.method {
            Method::Binding => vec![bound(request, from)],
            _ => vec![answer(request)],
        })
    };
    let sent_on = |builder: MessageBuilder| {
        let nobody = plain_address("127.0.0.1:9".parse().unwrap());
        let builder = builder.attribute(attribute::ALTERNATE_SERVER, &nobody);
        builder.attribute(attribute::ALTERNATE_DOMAIN, EVIL.as_bytes())
    };
    for server in [with(500, |builder| builder), with(437, |builder| builder), with(300, sent_on)] {
        tame(&format!("turn:{}?transport=udp", server.addr), &ALICE);
    }
}
