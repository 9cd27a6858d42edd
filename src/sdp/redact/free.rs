//! Text of any kind: addresses, hosts of URLs, passwords in their parameters, and words that are known as secrets from
//! elsewhere.

use std::net::IpAddr;

use super::line::contact;
use super::stand_in::Kind;
use super::{Pass, without};
use crate::sdp::secret;
use crate::sdp::text::Word;

impl Pass<'_, '_> {
    pub(super) fn search(&mut self, mut text: Word<'_>) {
        while let Some(at) = text.find("://") {
            self.parameters(text.part(0, at));
            let rest = without(text, at + 3);
            let end = rest.find(|c: char| c.is_whitespace() || "/?#\"'<>,;\\".contains(c));
            let end = end.unwrap_or(rest.len());
            self.authority(rest.part(0, end));
            text = self.query(without(rest, end));
        }
        self.parameters(text);
    }

    /// What follows the `?` of a URL: names of parameters stay. Gives what stands behind.
    fn query<'w>(&mut self, text: Word<'w>) -> Word<'w> {
        let end = text.find(|c: char| c.is_whitespace() || "\"'<>\\".contains(c)).unwrap_or(text.len());
        let Some(start) = text[..end].find('?') else { return text };
        self.parameters(text.part(0, start));
        for parameter in text.part(start + 1, end).split('&') {
            let value = parameter.split_once('=').map_or(parameter, |(_, value)| value);
            if !value.is_empty() {
                self.name(Kind::Password, value);
            }
        }
        without(text, end)
    }

    /// `user:password@host:port`.
    fn authority(&mut self, text: Word<'_>) {
        let host = match text.rfind('@') {
            Some(at) => {
                let user = text.part(0, at);
                let stand_in = if user.contains(':') { "user:password" } else { "user" };
                self.put(user, stand_in.to_owned());
                without(text, at + 1)
            }
            None => text,
        };
        // An IPv6 address has its colons within brackets.
        let port = host.rfind(':').filter(|at| host.rfind(']').is_none_or(|end| end < *at));
        let host = host.part(0, port.unwrap_or(host.len()));
        if !host.is_empty() {
            self.address(host);
        }
    }

    /// `user=admin&password=secret`.
    fn parameters(&mut self, mut text: Word<'_>) {
        let mut from = 0;
        while let Some(at) = text[from..].find('=').map(|at| from + at) {
            let is_of_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
            let name = text[..at].bytes().rev().take_while(is_of_name).count();
            // Cameras have them in the URLs of their streams.
            let is_secret = secret::is_secret_name(&text[at - name..at]);
            from = at + 1;
            if !is_secret {
                continue;
            }
            let end = text[from..].find(|c: char| c.is_whitespace() || "&;,/?#\"'<>\\".contains(c));
            let end = end.map_or(text.len(), |end| from + end);
            self.mails(text.part(0, at));
            if from < end {
                self.name(Kind::Password, text.part(from, end));
            }
            text = without(text, end);
            from = 0;
        }
        self.mails(text);
    }

    /// `alice@example.com`.
    fn mails(&mut self, mut text: Word<'_>) {
        while let Some(at) = text.find('@') {
            let is_user = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '+' | '%');
            let is_host = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
            let start = at - text[..at].bytes().rev().take_while(|byte| is_user(char::from(*byte))).count();
            let length = text[at + 1..].bytes().take_while(|byte| is_host(char::from(*byte))).count();
            let (user, host) = (text.part(start, at), text.part(at + 1, at + 1 + length));
            let host = host.part(0, host.trim_end_matches('.').len());
            let is_ip = host.value.parse::<IpAddr>().is_ok();
            let is_name = host.contains('.') && host.bytes().any(|byte| byte.is_ascii_alphabetic());
            if user.is_empty() || !(is_ip || is_name) {
                self.tokens(text.part(0, at));
                text = without(text, at + 1);
                continue;
            }
            self.tokens(text.part(0, start));
            self.put(user, contact(user.value));
            match is_ip {
                true => self.token(host),
                false => self.put(host, contact(host.value)),
            }
            text = without(text, at + 1 + host.len());
        }
        self.tokens(text);
    }

    fn tokens(&mut self, text: Word<'_>) {
        let mut rest = text;
        while let Some(start) = rest.find(is_part) {
            rest = without(rest, start);
            let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
            self.token(rest.part(0, end));
            rest = without(rest, end);
        }
    }

    fn token(&mut self, token: Word<'_>) {
        if let Some(known) = self.redactor.words.known(token.value).map(str::to_owned) {
            return self.put(token, known);
        }
        // A full stop or a colon may end the sentence, and a port may follow.
        let ended = token.part(0, token.trim_end_matches(['.', ':']).len());
        let before_port = token.rfind(':').map(|at| token.part(0, at));
        for part in [Some(token), Some(ended), before_port].into_iter().flatten() {
            let bare = part.split_once('%').map_or(part, |(bare, _)| bare);
            if let Ok(ip) = bare.value.parse() {
                if let Some(stand_in) = self.redactor.addresses.ip(ip) {
                    self.put(part, stand_in);
                }
                return;
            }
            let is_local = part.len() > 6 && part.to_ascii_lowercase().ends_with(".local");
            if is_local {
                return self.address(part);
            }
            if is_hardware_address(part.value) {
                return self.name(Kind::Hash, part);
            }
        }
        // Words that hang together: `host:10.0.0.1:80`, `10.0.0.1-10.0.0.9`.
        if let Some(separator) = [':', '-', '_', '{', '}'].into_iter().find(|c| ended.contains(*c)) {
            ended.split(separator).filter(|piece| !piece.is_empty()).for_each(|piece| self.token(piece));
        }
    }
}

/// `00-1b-19-07-cb-d0`, with six pairs or, as clocks have it, eight.
fn is_hardware_address(text: &str) -> bool {
    let is_pair = |pair: &str| pair.len() == 2 && pair.bytes().all(|byte| byte.is_ascii_hexdigit());
    [':', '-']
        .into_iter()
        .any(|separator| matches!(text.split(separator).count(), 6 | 8) && text.split(separator).all(is_pair))
}

/// Whether it may be part of an address or of a word that is known.
fn is_part(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '.' | ':' | '-' | '_' | '{' | '}' | '%')
}
