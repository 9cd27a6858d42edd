//! `--redact`: a result that can be shown to others. Addresses, names of hosts and people, and what identifies a session
//! give way to stand-ins, the same one for the same thing all over the result.
//!
//! What is to be hidden is learnt from the JSON, whose keys say what a word is, and from lines of descriptions; then it
//! is replaced in the text that any format came to, so that none has a place of its own to forget.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::sdp::redact::Redactor;

/// What stands for what.
#[derive(Debug, Default)]
pub(super) struct Redaction {
    addresses: Redactor,
    /// By what stands in their place.
    words: BTreeMap<String, String>,
    counts: BTreeMap<&'static str, usize>,
    /// Words of the report itself: whoever is called `relay` is no secret, and the result must stay readable.
    own: BTreeSet<String>,
}

/// Values of these keys are hosts.
const HOSTS: &[&str] =
    &["host", "domain", "server_name", "realm", "token_server_name", "sans", "replacement", "target"];
/// Values of these keys are of a person or a session.
const WORDS: &[&str] = &[
    "username",
    "usernames",
    "user",
    "cname",
    "ufrag",
    "ice_ufrag",
    "session_id",
    "call_id",
    "kid",
    "key",
    "password",
    "credential",
    "access_token",
    "accesstoken",
    "mac_key",
    "mackey",
    "nonce",
    "sha256",
    "md5",
    "fingerprint",
    "fingerprints",
    "client_fingerprint",
    "server_fingerprint",
    "msid",
    "msids",
    "issuer",
    "subject",
    "title",
    "url",
];
/// Values of these keys are words of ours.
const KINDS: &[&str] = &[
    "bound",
    "carrier",
    "code",
    "confidence",
    "direction",
    "family",
    "kind",
    "media",
    "name",
    "outcome",
    "protocol",
    "record",
    "relay_protocol",
    "schema",
    "setup",
    "severity",
    "stage",
    "state",
    "transport",
    "type",
    "verdict",
];
/// What the words of a description stand behind, and how many they are.
const MARKS: &[(&str, usize)] = &[
    ("ice-ufrag:", 1),
    ("ice-pwd:", 1),
    ("inline:", 1),
    ("ufrag ", 1),
    ("cname:", 1),
    ("msid:", 2),
    ("fingerprint:", 2),
    ("o=", 2),
];
/// A shorter word may be any: `-`, `0`, `a`.
const SHORTEST: usize = 3;

impl Redaction {
    /// Learns what is to be hidden from a result.
    pub(super) fn learn(&mut self, json: &Value) {
        self.own("", json);
        self.value("", json);
    }

    fn own(&mut self, key: &str, value: &Value) {
        match value {
            Value::String(text) if KINDS.contains(&key) => {
                self.own.insert(text.clone());
            }
            Value::Array(items) => items.iter().for_each(|item| self.own(key, item)),
            Value::Object(map) => {
                self.own.extend(map.keys().cloned());
                map.iter().for_each(|(key, value)| self.own(key, value));
            }
            Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// The text without it.
    pub(super) fn apply(&mut self, text: &str) -> String {
        text.lines().for_each(|line| self.line(line));
        let mut out = String::with_capacity(text.len());
        for line in text.split_inclusive('\n') {
            let hidden = self.addresses.text(line);
            out.push_str(&self.replaced(&hidden));
        }
        out
    }

    fn value(&mut self, key: &str, value: &Value) {
        match value {
            Value::String(text) => self.text(&key.to_ascii_lowercase(), text),
            Value::Array(items) => items.iter().for_each(|item| self.value(key, item)),
            Value::Object(map) => map.iter().for_each(|(inner, value)| match inner.as_str() {
                // `{"hash": "sha-256", "value": …}`.
                "value" => self.value(key, value),
                inner => self.value(inner, value),
            }),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn text(&mut self, key: &str, text: &str) {
        if let Some(host) = host_of(text) {
            return self.host(host);
        }
        if HOSTS.contains(&key) {
            return self.host(text);
        }
        if matches!(key, "file" | "source" | "path" | "subject")
            && let Some((folder, _)) = text.rsplit_once('/')
            && !folder.is_empty()
        {
            // Who has a name in the path of their files need not tell it.
            self.words.entry(format!("{folder}/")).or_default();
            return;
        }
        // That of a certificate; findings have one too.
        if key == "subject" && !text.contains("CN=") {
            return;
        }
        if WORDS.contains(&key) {
            self.tokens(text, if key.starts_with("user") { "user" } else { "word" });
        }
    }

    /// A line of a description, wherever it is shown.
    fn line(&mut self, line: &str) {
        for (mark, count) in MARKS {
            let Some(at) = line.find(mark) else { continue };
            // Not that of `video=1500k`.
            if line[..at].ends_with(|c: char| c.is_ascii_alphanumeric()) {
                continue;
            }
            if *mark == "o=" && !line[at..].contains(" IN IP") {
                continue;
            }
            let words = line[at + mark.len()..].split(is_end).filter(|word| !word.is_empty()).take(*count);
            // A sentence about ufrags goes on with a word of English.
            let words = words.filter(|word| !mark.ends_with(' ') || is_random(word));
            words.for_each(|word| self.tokens(word, "word"));
        }
    }

    fn host(&mut self, host: &str) {
        let host = host.trim_start_matches("*.").trim_end_matches('.');
        // Addresses are found by what they look like, and so are those stand-ins.
        let is_name = host.contains('.') && host.bytes().any(|byte| byte.is_ascii_alphabetic());
        let is_ip = host.contains(':') || host.parse::<std::net::IpAddr>().is_ok();
        if is_ip || host.ends_with(".local") || host == "localhost" || host.ends_with(".example") {
            return;
        }
        self.word(host, if is_name { "host" } else { "word" });
    }

    /// Each word of a value, that of `CN=turn.example.org, O=Example` too.
    fn tokens(&mut self, text: &str, kind: &'static str) {
        for token in text.split(|c: char| is_end(c) || c == '=') {
            let is_telling = !NAMES.contains(&token) && !token.bytes().all(|byte| byte.is_ascii_digit());
            match token.contains('.') && host_like(token) {
                true => self.host(token),
                false if token.len() >= SHORTEST && (is_telling || token.len() > 5) => self.word(token, kind),
                false => {}
            }
        }
    }

    fn word(&mut self, word: &str, kind: &'static str) {
        if word.len() < SHORTEST
            || NAMES.contains(&word)
            || self.own.contains(word)
            || self.words.contains_key(word)
            || self.words.values().any(|known| known == word)
        {
            return;
        }
        let count = self.counts.entry(kind).or_default();
        *count += 1;
        let stand_in = if kind == "host" { format!("host{count}.example") } else { format!("{kind}{count}") };
        // A hash is also shown by its ends.
        let pairs: Vec<&str> = word.split(':').collect();
        if pairs.len() >= 16 {
            for part in [&pairs[..4], &pairs[pairs.len() - 4..]] {
                self.words.insert(part.join(":"), stand_in.clone());
            }
        }
        self.words.insert(word.to_owned(), stand_in);
    }

    /// The longest first, and whole words alone.
    fn replaced(&self, line: &str) -> String {
        let mut words: Vec<(&String, &String)> =
            self.words.iter().filter(|(word, _)| line.contains(*word)).collect();
        words.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));
        let mut line = line.to_owned();
        for (word, stand_in) in words {
            let mut out = String::with_capacity(line.len());
            let mut rest = line.as_str();
            let mut before = ' ';
            while let Some(at) = rest.find(word.as_str()) {
                let (head, behind) = (&rest[..at], &rest[at + word.len()..]);
                before = head.chars().next_back().unwrap_or(before);
                let is_part = |c: char| c.is_ascii_alphanumeric() && !word.ends_with('/');
                let stands_alone = !is_part(before) && !behind.chars().next().is_some_and(is_part);
                out.push_str(head);
                out.push_str(if stands_alone { stand_in } else { word });
                before = word.chars().next_back().unwrap_or(' ');
                rest = behind;
            }
            out.push_str(rest);
            line = out;
        }
        line
    }
}

/// Attributes of names in certificates, hashes of fingerprints, and what tells nobody.
const NAMES: &[&str] = &[
    "sha-1", "sha-256", "sha-384", "sha-512", "IN", "IP4", "IP6", "CN", "OU", "unknown", "null", "rtcscope",
];

fn is_end(c: char) -> bool {
    c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>' | ',' | ';' | '\\' | '&' | '`' | '(' | ')')
}

fn is_random(word: &str) -> bool {
    let has = |of: fn(&u8) -> bool| word.bytes().any(|byte| of(&byte));
    has(u8::is_ascii_digit)
        || (has(u8::is_ascii_lowercase) && word.bytes().skip(1).any(|b| b.is_ascii_uppercase()))
}

fn host_like(text: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '*');
    text.chars().all(is_part)
        && text.rsplit('.').next().is_some_and(|last| last.bytes().all(|b| b.is_ascii_alphabetic()))
}

/// The host of a URI.
fn host_of(text: &str) -> Option<&str> {
    let (scheme, rest) = text.split_once(':')?;
    if !["stun", "stuns", "turn", "turns", "http", "https", "ws", "wss", "sip", "sips"].contains(&scheme) {
        return None;
    }
    let rest = rest.trim_start_matches('/');
    let rest = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    let end = rest.find([':', '/', '?', ';', ' ']).unwrap_or(rest.len());
    Some(&rest[..end]).filter(|host| !host.starts_with('['))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_known_by_its_key_is_hidden_wherever_it_stands() {
        let mut redaction = Redaction::default();
        redaction.learn(&json!({
            "targets": [{ "uri": "turn:turn.corp.test:3478?transport=udp", "realm": "corp" }],
            "certificate": { "subject": "CN=*.corp.test, O=Jane Doe" },
            "username": "17000:jane",
            "source": "/home/jane/calls/offer.sdp",
        }));
        let text = "turn.corp.test at 10.1.2.3:3478, realm corp, corporation; 17000:jane\n\
                    /home/jane/calls/offer.sdp: CN=*.corp.test, Doe\na=ice-ufrag:Zk4q, then Zk4q\na=ice-pwd:asd88fgpdd777uzjYhagZg\n";
        insta::assert_snapshot!(redaction.apply(text), @r#"
        host1.example at 192.0.2.1:3478, realm word1, corporation; user1
        offer.sdp: CN=*.host2.example, word3
        a=ice-ufrag:word4, then word4
        a=ice-pwd:word5
        "#);
        assert_eq!(
            redaction.apply("10.1.2.3 and 10.9.9.9, turn.corp.test\n"),
            "192.0.2.1 and 192.0.2.2, host1.example\n"
        );
    }

    #[test]
    fn words_of_the_report_stay() {
        let mut redaction = Redaction::default();
        redaction.learn(&json!({ "relay": { "realm": "rtcscope", "username": "relay", "transport": "udp", "user": "udp" } }));
        let text = "{\"relay\": \"udp\"} rtcscope-0.1.0, video=1500k, `o=` has 4 fields, a ufrag changes\n";
        assert_eq!(redaction.apply(text), text);
    }

    #[test]
    fn what_was_redacted_stays_as_it_is() {
        let mut redaction = Redaction::default();
        redaction.learn(&json!({ "uri": "turn:turn.corp.test" }));
        let once = redaction.apply("turn:turn.corp.test 10.1.2.3 a=ice-ufrag:Zk4q\n");
        assert_eq!(Redaction::default().apply(&once), once);
    }
}
