//! Text of any kind: addresses, hosts of URLs, and words that are known as secrets from elsewhere.

use super::{Pass, without};
use crate::sdp::text::Word;

impl Pass<'_, '_> {
    pub(super) fn search(&mut self, mut text: Word<'_>) {
        while let Some(at) = text.find("://") {
            self.tokens(text.part(0, at));
            let rest = without(text, at + 3);
            let end = rest.find(|c: char| c.is_whitespace() || "/?#\"'<>,;\\".contains(c));
            let end = end.unwrap_or(rest.len());
            self.authority(rest.part(0, end));
            text = without(rest, end);
        }
        self.tokens(text);
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
        }
    }
}

/// Whether it may be part of an address or of a word that is known.
fn is_part(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '.' | ':' | '-' | '_' | '{' | '}' | '%')
}
