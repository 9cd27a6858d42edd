//! Lines of SDP: which of their words are secret.

use std::net::{IpAddr, SocketAddr};

use super::stand_in::Kind;
use super::{Pass, TOO_LONG, nothing, without};
use crate::sdp::attribute::Candidate;
use crate::sdp::attribute::known::known;
use crate::sdp::secret;
use crate::sdp::text::{Line, Text, Word};
use crate::sdp::writer;

/// Shorter foundations are numbers; longer ones are made from addresses (RFC 8445 §5.1.1.3).
const HASHED: usize = 6;
/// Shorter ids of sessions may be anybody's.
const SHORT: usize = 5;
/// Longer words are no transport.
const LONG: usize = 12;
/// What is secret behind these, wherever they stand.
const MARKS: [&str; 13] = [
    "candidate:",
    "cname:",
    "crypto:",
    "crypto ",
    "fingerprint:",
    "ice-pwd:",
    "ice-pwd ",
    "ice-pwd=",
    "ice_pwd:",
    "ice-ufrag:",
    "inline:",
    "key-mgmt:",
    "msid:",
];

/// Sorted.
const HARMLESS: &[&str] = &[
    "accept-types",
    "accept-wrapped-types",
    "acfg",
    "cdsc",
    "cpar",
    "cparmax",
    "cparmin",
    "creq",
    "csup",
    "curr",
    "depend",
    "des",
    "direction",
    "ecn-capable-rtp",
    "floorctrl",
    "framesize",
    "ice-pacing",
    "maxprate",
    "mediaclk",
    "nortpproxy",
    "pcfg",
    "range",
    "rtcp-xr",
    "silencesupp",
    "sqn",
    "stream-version",
    "sync-time",
    "tcap",
    "x-bandwidth",
    "x-caps",
    "x-dimensions",
    "x-framerate",
];

impl<'t> Pass<'_, 't> {
    pub(super) fn line(&mut self, text: &'t Text<'_>, line: &Line) {
        let value = text.word(line.value);
        self.number = line.number;
        match line.kind.map(|kind| kind.to_ascii_lowercase()) {
            Some('a') => {
                // Where there is no colon, what follows the name may be its value all the same.
                let value = value.trimmed();
                let end = value.find(|c: char| !is_of_name(c)).unwrap_or(value.len());
                let name = value.part(0, end);
                let behind = without(value, end);
                let behind = without(behind, behind.chars().next().map_or(0, char::len_utf8));
                match known(name.value).is_none() && behind.is_empty() && name.len() >= TOO_LONG {
                    true => self.unknown("", name),
                    false => self.attribute(name.value, behind),
                }
            }
            Some('c') => self.connection(value),
            Some('e' | 'p') => self.put(value, contact(value.value)),
            Some('k') => match value.split_once(':') {
                Some((_, key)) => self.name(Kind::Key, key),
                None if value.value == "prompt" => {}
                None => self.name(Kind::Key, value),
            },
            Some('o') => self.origin(value),
            Some('b' | 'm' | 'r' | 't' | 'v' | 'z') => self.free_behind_a_mark(value),
            Some('i' | 's' | 'u') => self.free(value),
            _ if line.is_blank() => {}
            // No line of SDP: the rest of one that was wrapped, perhaps of a password.
            _ => match mark(value.value) {
                Some(_) => self.free(value),
                None if line.kind.is_some() => self.unknown("", value),
                None => {
                    // What stands for all of `/=word` could read as a line of another kind.
                    let line = text.word(line.span).trimmed();
                    let before = line.chars().next().map_or(0, char::len_utf8);
                    let is_like_a_line = line.get(before..).is_some_and(|rest| rest.starts_with('='));
                    let value = if is_like_a_line { without(line, before + 1) } else { line };
                    self.unknown("", value);
                }
            },
        }
    }

    fn attribute(&mut self, name: &str, value: Word<'t>) {
        let value = value.trimmed();
        match name.to_ascii_lowercase().replace('_', "-").as_str() {
            // Candidates before ICE had them, some phones still send: user and password, then address and port.
            "alt" => {
                let (before, rest) = value.split_once(':').unwrap_or((nothing(value), value));
                self.free(before);
                for (index, word) in rest.words().enumerate() {
                    if index < 2 { self.name(Kind::Password, word) } else { self.free(word) }
                }
            }
            "candidate" => self.candidate(value),
            "crypto" => self.crypto(value),
            "fingerprint" | "key-mgmt" | "zrtp-hash" => {
                let mut words = value.words();
                let first = words.next();
                // The hash function and the protocol stay; without one, what is there may be the hash itself.
                let is_alone = words.rest().is_empty();
                for word in first.filter(|_| is_alone).into_iter().chain(words) {
                    let kind = if name.eq_ignore_ascii_case("key-mgmt") { Kind::Key } else { Kind::Hash };
                    self.name(kind, word);
                }
            }
            "ice-pwd" => self.name(Kind::Password, value),
            "ice-ufrag" => self.name(Kind::Ufrag, value),
            "identity" => {
                let (assertion, _) = value.split_once(';').unwrap_or((value, value));
                self.name(Kind::Key, assertion.trimmed());
            }
            "inline" => self.key(value),
            "cname" | "tls-id" => self.name(Kind::Id, value),
            "msid" => value.words().for_each(|word| self.stream(word)),
            "msid-semantic" => value.words().skip(1).for_each(|word| self.stream(word)),
            "rtcp" => self.connection(value),
            "source-filter" => value.words().skip(3).for_each(|word| self.address(word)),
            "remote-candidates" => value.words().skip(1).step_by(3).for_each(|word| self.address(word)),
            "ssrc" => self.ssrc(value),
            other if secret::is_secret_name(other) => self.secret(name, value),
            "control" | "tool" | "ts-refclk" => self.free(value),
            other if known(other).is_some() || is_harmless(other) => self.free_behind_a_mark(value),
            _ if mark(value.value).is_some() => self.free(value),
            _ => self.unknown(name, value),
        }
    }

    /// What has a meaning that is no secret, unless another line hangs on it.
    fn free_behind_a_mark(&mut self, value: Word<'t>) {
        if mark(value.value).is_some() {
            self.free(value);
        }
    }

    fn secret(&mut self, name: &str, value: Word<'t>) {
        value.words().for_each(|word| self.name(Kind::Key, word));
        self.note(name, value);
    }

    /// Nobody knows what it is, so it may be secret: only its form is left, and what is too short to tell anything.
    fn unknown(&mut self, name: &str, value: Word<'t>) {
        const TELLING: usize = 4;
        let mut is_masked = false;
        for word in value.words() {
            if word.contains("://") || word.contains('@') || is_address(word.value) {
                self.free.push(word);
            } else if word.chars().count() >= TELLING {
                // A stand-in that begins with a letter is no address, whatever its form.
                self.name(Kind::Key, word);
                is_masked = true;
            }
        }
        if is_masked {
            self.note(name, value);
        }
    }

    /// `IN IP4 192.0.2.1/127`, with something before it or not.
    fn connection(&mut self, value: Word<'t>) {
        let words: Vec<Word<'t>> = value.words().collect();
        match words.iter().position(|word| word.eq_ignore_ascii_case("IN")) {
            Some(network) => {
                let rest = words.get(network + 1..).unwrap_or_default();
                let is_type = |word: &Word<'_>| word.to_ascii_uppercase().starts_with("IP");
                rest.iter().filter(|word| !is_type(word)).for_each(|word| self.address(*word));
            }
            None => self.free(value),
        }
    }

    /// `o=`, with six words or not.
    fn origin(&mut self, value: Word<'t>) {
        let words: Vec<Word<'t>> = value.words().collect();
        let end = words.iter().rposition(|word| word.eq_ignore_ascii_case("IN")).unwrap_or(words.len());
        let is_number = |word: &Word<'_>| word.bytes().all(|byte| byte.is_ascii_digit());
        let (user, id, version) = match &words[..end] {
            [user @ .., id, version] if !user.is_empty() => (user, Some(*id), Some(*version)),
            [user, id] => (std::slice::from_ref(user), Some(*id), None),
            user => (user, None, None),
        };
        for word in user {
            if word.value != "-" && !writer::is_program(word.value) {
                self.name(Kind::Name, *word);
            }
        }
        if let Some(network) = words.get(end) {
            self.connection(without(value, network.span.start - value.span.start));
        }
        let Some(id) = id else { return };
        let is_short = |word: &Word<'_>| word.len() < SHORT;
        let stand_in = match is_number(&id) {
            _ if is_short(&id) => id.value.to_owned(),
            true => self.redactor.words.of(Kind::Session, id.value),
            // One with a letter, so that it is no number either.
            false => self.redactor.words.of(Kind::Name, id.value),
        };
        match version {
            Some(version) if is_number(&version) => {
                self.put(version, version_of(version.value, id.value, &stand_in));
            }
            Some(version) if !is_short(&version) => self.name(Kind::Name, version),
            _ => {}
        }
        self.put(id, stand_in);
    }

    fn candidate(&mut self, value: Word<'t>) {
        let Ok(candidate) = Candidate::from_value(value) else { return self.broken_candidate(value) };
        self.foundation(candidate.foundation);
        self.address(candidate.address);
        candidate.related_address.into_iter().for_each(|word| self.address(word));
        for extension in &candidate.extensions {
            match extension.name.value {
                "ufrag" | "username" => self.name(Kind::Ufrag, extension.value),
                "pwd" | "password" => self.name(Kind::Password, extension.value),
                _ => self.free(extension.value),
            }
        }
    }

    /// By what stands before each word.
    fn broken_candidate(&mut self, value: Word<'t>) {
        let mut before = "";
        for (index, word) in value.words().enumerate() {
            let is_number = word.bytes().all(|byte| byte.is_ascii_digit());
            match (before, index) {
                ("ufrag" | "username", _) => self.name(Kind::Ufrag, word),
                ("pwd" | "password", _) => self.name(Kind::Password, word),
                ("raddr", _) => self.address(word),
                (_, 0) => self.foundation(word),
                // In old drafts the password stands here, and the name of the user as the foundation.
                (_, 2) if word.len() >= LONG => self.name(Kind::Password, word),
                (_, 4) if !is_number && word.contains(['.', ':']) => self.address(word),
                _ => self.free(word),
            }
            before = word.value;
        }
    }

    fn foundation(&mut self, word: Word<'t>) {
        if word.len() >= HASHED {
            self.name(Kind::Id, word);
        }
    }

    fn ssrc(&mut self, value: Word<'t>) {
        let mut words = value.words();
        let _ = words.next();
        let Some((name, value)) = words.rest().split_once(':') else { return };
        match name.value {
            "cname" | "mslabel" | "label" => self.stream(value.trimmed()),
            "msid" => value.words().for_each(|word| self.stream(word)),
            "fmtp" => {}
            _ => self.free(value),
        }
    }

    /// A stream or a track. Words that say what it is, and not which one, stay.
    fn stream(&mut self, word: Word<'t>) {
        if !matches!(word.value, "-" | "*" | writer::JITSI_STREAM) {
            self.name(Kind::Id, word);
        }
    }

    fn crypto(&mut self, value: Word<'t>) {
        let mut words = value.words();
        let (tag, suite) = (words.next(), words.next());
        if tag.is_none_or(|tag| tag.contains("inline:"))
            || suite.is_none_or(|suite| suite.contains("inline:"))
        {
            return self.key(value);
        }
        // A key may stand where the number or the suite should.
        let is_plain = |word: &Word<'_>| {
            let lower = word.to_ascii_lowercase();
            word.len() < 8
                || ["aes_", "aead_", "f8_", "seed_", "null_"].iter().any(|one| lower.starts_with(one))
        };
        for word in [tag, suite].into_iter().flatten().filter(|word| !is_plain(word)) {
            self.name(Kind::Key, word);
        }
        for (index, word) in words.enumerate() {
            match word.value.contains("inline:") {
                true => word.split(';').for_each(|key| self.key(key)),
                // Behind the key stand parameters of the session.
                false if index == 0 => self.name(Kind::Key, word),
                false => {}
            }
        }
    }

    /// `inline:<key>|2^20|1:32`, or the key alone.
    fn key(&mut self, value: Word<'t>) {
        let start = value.find("inline:").map_or(0, |at| at + "inline:".len());
        let key = without(value, start);
        let (key, _) = key.split_once('|').unwrap_or((key, key));
        self.name(Kind::Key, key.trimmed());
    }

    /// Text of any kind, unless something in it says that the rest is secret.
    fn free(&mut self, value: Word<'t>) {
        match mark(value.value) {
            Some((at, mark)) => {
                self.free.push(value.part(0, at));
                self.attribute(mark.trim_end_matches([':', '=', ' ']), without(value, at + mark.len()));
            }
            None => self.free.push(value),
        }
    }
}

/// The first mark of a secret, and where it stands.
fn mark(value: &str) -> Option<(usize, &'static str)> {
    let lower = value.to_ascii_lowercase();
    MARKS.iter().filter_map(|mark| lower.find(mark).map(|at| (at, *mark))).min()
}

fn is_of_name(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | '.' | '+')
}

/// An address, with a port or not.
fn is_address(word: &str) -> bool {
    let word = word.trim_end_matches([',', ';', '.', ':']);
    let word = word.split_once('%').map_or(word, |(bare, _)| bare);
    word.parse::<IpAddr>().is_ok() || word.parse::<SocketAddr>().is_ok() || word.ends_with(".local")
}

/// Attributes of the registry that say what can be done, and programs' own of which the same is known.
fn is_harmless(name: &str) -> bool {
    const PREFIXES: [&str; 2] = ["t38", "x-google-"];
    PREFIXES.iter().any(|prefix| name.starts_with(prefix)) || HARMLESS.binary_search(&name).is_ok()
}

/// A version that counts up from the session id does so from its stand-in; any other one tells nothing of it.
fn version_of(version: &str, id: &str, stand_in: &str) -> String {
    const NEAR: i128 = 1_000_000;
    let [Ok(number), Ok(id), Ok(stand_in)] = [version, id, stand_in].map(str::parse::<i128>) else {
        return version.to_owned();
    };
    let ahead = number - id;
    let moved =
        stand_in.checked_add(ahead).filter(|moved| ahead.abs() < NEAR && *moved >= 0 && *moved != number);
    moved.map_or(version.to_owned(), |moved| moved.to_string())
}

/// A mail address or a telephone number of which nothing but the form is left.
pub(super) fn contact(value: &str) -> String {
    let mask = |character: char| match character {
        _ if character.is_ascii_digit() => '0',
        _ if character.is_uppercase() => 'X',
        _ if character.is_alphabetic() => 'x',
        _ => character,
    };
    value.chars().map(mask).collect()
}
