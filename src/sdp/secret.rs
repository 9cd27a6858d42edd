//! Where in a line something begins that must not be shown, however broken the line is: passwords and keys, tokens, and
//! what URLs have before their host and behind their `?`.

use std::ops::Range;

/// What is secret behind these names and a separator.
const NAMES: [&str; 6] = ["ice-pwd", "ice_pwd", "icepwd", "crypto", "key-mgmt", "key_mgmt"];
/// What names of parameters and of attributes end in whose values are secret.
const ENDS: [&str; 11] = [
    "token",
    "secret",
    "password",
    "passwd",
    "passphrase",
    "credential",
    "apikey",
    "api-key",
    "api_key",
    "jwt",
    "signature",
];
/// Names of which the same holds where nothing else is before them.
const WORDS: [&str; 5] = ["auth", "pass", "pwd", "sig", "key"];
/// In the text of a dump.
const MASK: &str = "***";

/// The first secret of a line. What begins there may go on to the end of the line.
pub(super) fn first(line: &str) -> Option<usize> {
    let url = urls(line).first().map(|secret| secret.start);
    let start = [url, first_but_urls(line)].into_iter().flatten().min();
    start.filter(|start| !line[*start..].trim().is_empty())
}

fn first_but_urls(line: &str) -> Option<usize> {
    let lower = line.to_ascii_lowercase();
    let start =
        [named(&lower), inline(&lower), parameter(&lower), of_candidate(&lower)].into_iter().flatten().min();
    start.filter(|start| !line[*start..].trim().is_empty())
}

/// A text of a dump with `***` for every secret.
pub(super) fn masked(text: &str) -> String {
    text.split_inclusive('\n').map(masked_line).collect()
}

/// A candidate with `***` for the passwords that some have.
pub(super) fn without_password(candidate: String) -> String {
    match of_candidate(&candidate.to_ascii_lowercase()) {
        Some(_) => masked_line(&candidate),
        None => candidate,
    }
}

/// The values of parameters that are secret by their names alone.
pub(super) fn is_secret_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let last = name.rsplit(['-', '_', '.']).next().unwrap_or_default();
    ENDS.iter().any(|end| name.ends_with(end)) || (WORDS.contains(&last) && name != "key")
}

fn named(lower: &str) -> Option<usize> {
    let after = |name: &str| {
        let ends = lower.match_indices(name).map(|(at, _)| at + name.len());
        ends.filter(|end| lower[*end..].starts_with(is_separator)).map(|end| end + 1).next()
    };
    NAMES.into_iter().filter_map(after).min()
}

fn is_separator(character: char) -> bool {
    matches!(character, ':' | '=' | ' ' | '\t' | '"' | '\'')
}

fn inline(lower: &str) -> Option<usize> {
    lower.find("inline:").map(|at| at + "inline:".len())
}

/// `token=secret`, `a=x-token:secret`, `"token":"secret"`.
fn parameter(lower: &str) -> Option<usize> {
    let separators = lower.match_indices([':', '=']).map(|(at, _)| at);
    let is_secret = |at: &usize| {
        let before = lower[..*at].trim_end_matches(['"', '\'', '\\', ' ']);
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let start = before
            .rfind(|c| !is_part(c))
            .map_or(0, |end| end + before[end..].chars().next().map_or(0, char::len_utf8));
        is_secret_name(&before[start..])
            && !lower[at + 1..].trim_start_matches(['"', '\'', '\\', ' ']).starts_with(MASK)
    };
    separators.into_iter().find(is_secret).map(|at| at + 1)
}

/// Candidates of long ago have a password each, and so have those of some programs.
fn of_candidate(lower: &str) -> Option<usize> {
    let at = lower.find("candidate:")?;
    let after = |name: &str| {
        lower[at..]
            .match_indices(name)
            .map(|(found, _)| at + found + name.len())
            .find(|end| !lower[*end..].starts_with(MASK))
    };
    [" password ", " pwd "].into_iter().filter_map(after).min()
}

/// What is secret in the URLs of a line, in order: user and password of each, and its query.
fn urls(line: &str) -> Vec<Range<usize>> {
    let mut secrets = Vec::new();
    let mut from = 0;
    while let Some(at) = line[from..].find("://") {
        let start = from + at + 3;
        let end = line[start..].find(|c: char| c.is_whitespace() || "\"'<>\\".contains(c));
        let end = end.map_or(line.len(), |end| start + end);
        let host = line[start..end].find(['/', '?', '#']).map_or(end, |end| start + end);
        secrets.extend(line[start..host].rfind('@').map(|user| start..start + user));
        secrets.extend(line[host..end].find('?').map(|query| host + query + 1..end));
        from = end;
    }
    secrets.retain(|secret| !secret.is_empty());
    secrets
}

fn masked_line(line: &str) -> String {
    let (mut shown, mut at) = (String::new(), 0);
    for secret in urls(line) {
        shown += &line[at..secret.start];
        shown += MASK;
        at = secret.end;
    }
    shown += &line[at..];
    let mut out = String::new();
    let mut rest = shown.as_str();
    while let Some(start) = first_but_urls(rest) {
        let end = match named(&rest.to_ascii_lowercase()) == Some(start) {
            // Keys of SRTP and MIKEY have blanks in them.
            true => value_end(rest, start, &['"', '\\', '\n', '\r']),
            false => value_end(rest, start, &['"', '\\', '\n', '\r', ' ', ',', ';', '&', '}', ']']),
        };
        let value = rest[start..end].trim_start_matches(['"', '\'', '\\', ' ']);
        out += &rest[..end - value.len()];
        out += if value.is_empty() { "" } else { MASK };
        rest = &rest[end..];
    }
    out + rest
}

/// Where the value at `start` ends, what stands before it aside.
fn value_end(text: &str, start: usize, ends: &[char]) -> usize {
    let value = text[start..].trim_start_matches(['"', '\'', '\\', ' ']);
    let begin = text.len() - value.len();
    begin + value.find(ends).unwrap_or(value.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_shown_up_to_its_first_secret() {
        for (line, shown) in [
            ("a=ice-pwd SECRET", "a=ice-pwd "),
            ("a=ice_pwd:SECRET", "a=ice_pwd:"),
            ("a=x-auth-token:SECRET", "a=x-auth-token:"),
            ("a=ice-ufrag:abcd a=ice-pwd:SECRET", "a=ice-ufrag:abcd a=ice-pwd:"),
            ("u=https://user:SECRET@example.org/x", "u=https://"),
            ("u=https://example.org/x?token=SECRET", "u=https://example.org/x?"),
            ("a=control:track?password=SECRET", "a=control:track?password="),
            (
                "a=candidate:1 1 udp 1 10.0.0.1 9 typ host pwd SECRET",
                "a=candidate:1 1 udp 1 10.0.0.1 9 typ host pwd ",
            ),
        ] {
            assert_eq!(first(line).map(|at| &line[..at]), Some(shown), "{line}");
        }
    }

    #[test]
    fn a_line_without_a_secret_is_shown_as_it_is() {
        for line in [
            "a=extmap:1 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
            "a=fmtp:96 bypass=1;keyframe=2;level-asymmetry-allowed=1",
            "s=crypto-currency call",
            "a=rtcp-fb:96 ccm fir",
            "a=ice-pwd:",
            "a=sdescriptions-author: somebody",
            "a=key:1",
        ] {
            assert_eq!(first(line), None, "{line}");
        }
    }

    #[test]
    fn a_text_of_a_dump_keeps_what_is_no_secret() {
        for (text, shown) in [
            ("wrong state: a=ice-pwd:SECRET", "wrong state: a=ice-pwd:***"),
            ("https://a.test/r?jwt=SECRET {x:1}", "https://a.test/r?*** {x:1}"),
            ("wss://u:SECRET@a.test/r?t=SECRET", "wss://***@a.test/r?***"),
            (r#"{"token":"SECRET","b":1}"#, r#"{"token":"***","b":1}"#),
            ("credential: ***, x", "credential: ***, x"),
            ("pc failed: no route", "pc failed: no route"),
        ] {
            assert_eq!(masked(text), shown);
            assert_eq!(masked(shown), shown, "again");
        }
        let candidate = "candidate:1 1 udp 1 10.0.0.1 9 typ host pwd SECRET ufrag abcd".to_owned();
        assert_eq!(without_password(candidate), "candidate:1 1 udp 1 10.0.0.1 9 typ host pwd *** ufrag abcd");
    }
}
