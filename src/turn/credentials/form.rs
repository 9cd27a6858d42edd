//! Whether a user name or password looks damaged on its way from where it was made: a line end that came
//! along, quotes, URL-encoding, lost padding, a key in place of a password. Says what the undamaged ones
//! would be; whether they are right only a server can say.

use serde::Serialize;

use super::{Credentials, Ha1, LongTermSecret, Secret};

/// How a text may have been damaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Defect {
    /// A line end at its end.
    TrailingNewline,
    /// Blanks at either end.
    Blanks,
    /// Quotes around it.
    Quotes,
    /// `%3D` for `=`, and the like.
    UrlEncoded,
    /// Base64 of a hash without its `=`.
    MissingPadding,
    /// Base64 of a hash in the alphabet for URLs: `-` and `_` for `+` and `/`.
    UrlSafeBase64,
    /// `0x` and the digits of an HA1 key.
    KeyAsPassword,
}

impl Defect {
    /// After "the password ".
    pub fn phrase(self) -> &'static str {
        match self {
            Defect::TrailingNewline => "ends with a line end",
            Defect::Blanks => "has blanks around it",
            Defect::Quotes => "has quotes around it",
            Defect::UrlEncoded => "is URL-encoded (%3D, %3A)",
            Defect::MissingPadding => "has lost the `=` at its end",
            Defect::UrlSafeBase64 => "is written in the base64 for URLs (`-` and `_`)",
            Defect::KeyAsPassword => "is an HA1 key (0x…), not a password",
        }
    }

    /// What to do about it.
    pub fn advice(self) -> &'static str {
        match self {
            Defect::TrailingNewline => "cut the line end off where it is read from a file or a variable",
            Defect::Blanks => "cut the blanks off",
            Defect::Quotes => "take the quotes off: they belong to the file or shell that it comes from",
            Defect::UrlEncoded => "decode it before it goes into `iceServers`, which is no URL",
            Defect::MissingPadding => "keep the `=` at the end when it is copied or encoded",
            Defect::UrlSafeBase64 => "encode with the ordinary base64 alphabet (`+` and `/`), with padding",
            Defect::KeyAsPassword => "give it with --key; a browser needs the password itself",
        }
    }
}

/// What to do about all of it, each thing once.
pub fn advice(username: &[Defect], password: &[Defect]) -> String {
    let mut advice: Vec<&str> = Vec::new();
    for defect in username.iter().chain(password) {
        if !advice.contains(&defect.advice()) {
            advice.push(defect.advice());
        }
    }
    advice.join("; ")
}

/// What looks damaged, and what it was meant to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// Of the user name.
    pub username: Vec<Defect>,
    /// Of the password.
    pub password: Vec<Defect>,
    /// With all of it undone.
    pub mended: Credentials,
}

/// Looks at credentials; `None` where nothing is conspicuous. Of a key there is nothing to see.
pub fn damage(credentials: &Credentials) -> Option<Damage> {
    let LongTermSecret::Password(password) = &credentials.secret else { return None };
    let (username, of_username) = undo(&credentials.username);
    let (text, mut of_password) = undo(password.expose());
    let secret = match key(&text) {
        Some(key) => {
            of_password.push(Defect::KeyAsPassword);
            LongTermSecret::Key(key)
        }
        None => LongTermSecret::Password(Secret::new(padded(text, &mut of_password))),
    };
    let damaged = !of_username.is_empty() || !of_password.is_empty();
    damaged.then_some(Damage {
        username: of_username,
        password: of_password,
        mended: Credentials { username, secret },
    })
}

/// Whether this is the base64 of so many bytes as SHA-1 (20) or SHA-256 (32) gives, and of how many.
pub fn digest_length(password: &str) -> Option<usize> {
    use base64::Engine as _;
    let bytes = base64::engine::general_purpose::STANDARD.decode(password).ok()?;
    matches!(bytes.len(), 20 | 32).then_some(bytes.len())
}

fn undo(text: &str) -> (String, Vec<Defect>) {
    let (mut rest, mut defects) = (text, Vec::new());
    let cut = rest.trim_end_matches(['\n', '\r']);
    if cut.len() < rest.len() {
        defects.push(Defect::TrailingNewline);
        rest = cut;
    }
    if rest.trim().len() < rest.len() {
        defects.push(Defect::Blanks);
        rest = rest.trim();
    }
    for quote in ['"', '\'', '`'] {
        let inner = rest.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
        if let Some(inner) = inner.filter(|inner| !inner.is_empty()) {
            defects.push(Defect::Quotes);
            rest = inner;
            break;
        }
    }
    match percent_decoded(rest) {
        Some(decoded) => {
            defects.push(Defect::UrlEncoded);
            (decoded, defects)
        }
        None => (rest.to_owned(), defects),
    }
}

/// The text without its percent-encoding; `None` where it has none, or something else after a `%`.
fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    let mut any = false;
    while let Some((byte, after)) = rest.split_first() {
        if *byte != b'%' {
            bytes.push(*byte);
            rest = after;
            continue;
        }
        let (digits, after) = after.split_at_checked(2)?;
        let digit = |byte: u8| char::from(byte).to_digit(16);
        bytes.push((digit(digits[0])? * 16 + digit(digits[1])?) as u8);
        any = true;
        rest = after;
    }
    String::from_utf8(bytes).ok().filter(|decoded| any && !decoded.is_empty())
}

fn key(text: &str) -> Option<Ha1> {
    let prefixed = text.starts_with("0x") || text.starts_with("0X");
    prefixed.then(|| Ha1::from_hex(text).ok()).flatten()
}

/// Gives the base64 of a hash its alphabet and padding back.
fn padded(text: String, defects: &mut Vec<Defect>) -> String {
    let bare = text.trim_end_matches('=');
    // 20 and 32 bytes are 27 and 43 characters and one `=`.
    let hash = matches!(bare.len(), 27 | 43)
        && text.len() - bare.len() <= 1
        && bare.bytes().all(|b| b.is_ascii_alphanumeric() || b"+/-_".contains(&b));
    if !hash {
        return text;
    }
    let ordinary = bare.replace('-', "+").replace('_', "/");
    if ordinary != bare {
        defects.push(Defect::UrlSafeBase64);
    }
    if bare.len() == text.len() {
        defects.push(Defect::MissingPadding);
    }
    ordinary + "="
}

#[cfg(test)]
mod tests {
    use super::Defect::*;
    use super::*;

    const HASH: &str = "0ZD6cnpTkaID21yeVWnCwmsDr9I=";

    fn check(given: &str, defects: &[Defect], meant: &str) {
        let credentials = Credentials::password("alice", Secret::new(given));
        let damage = damage(&credentials);
        let found = damage.as_ref().map_or(&[][..], |damage| &damage.password);
        assert_eq!(found, defects, "{given:?}");
        if let Some(Damage { mended: Credentials { secret: LongTermSecret::Password(got), .. }, .. }) =
            &damage
        {
            assert_eq!(got.expose(), meant);
        }
    }

    #[test]
    fn undoes_what_happens_to_passwords_on_their_way() {
        check("wonder\n", &[TrailingNewline], "wonder");
        check("wonder\r\n", &[TrailingNewline], "wonder");
        check(" wonder ", &[Blanks], "wonder");
        check("wonder \n", &[TrailingNewline, Blanks], "wonder");
        check("\"wonder\"", &[Quotes], "wonder");
        check("won%2Fder%3D", &[UrlEncoded], "won/der=");
        check(&HASH[..27], &[MissingPadding], HASH);
        check("0ZD6cnpTkaID21yeVWnCwmsDr9I%3D", &[UrlEncoded], HASH);
        check("-ZD6cnpTkaID21yeVWnC_msDr9I=", &[UrlSafeBase64], "+ZD6cnpTkaID21yeVWnC/msDr9I=");
        check(
            "-ZD6cnpTkaID21yeVWnCwmsDr9I\n",
            &[TrailingNewline, UrlSafeBase64, MissingPadding],
            "+ZD6cnpTkaID21yeVWnCwmsDr9I=",
        );
    }

    #[test]
    fn an_ordinary_password_is_left_alone() {
        for password in
            ["wonder", HASH, "", "100%", "50%zz", "0x12", "it's", "\"", "\"\"", "a b", "pass=word"]
        {
            check(password, &[], password);
        }
    }

    #[test]
    fn a_key_is_told_from_a_password_and_used_as_one() {
        let key = "0xcc89cc8b5156f34b6f0f8a41d6b3785d";
        let damage = damage(&Credentials::password("alice", Secret::new(key))).unwrap();
        assert_eq!(damage.password, [KeyAsPassword]);
        assert_eq!(damage.mended.key("any")[..], Ha1::from_hex(key).unwrap().0[..]);
    }

    #[test]
    fn a_user_name_is_looked_at_as_well() {
        let damage = damage(&Credentials::password("1712345678%3Aalice", Secret::new(HASH))).unwrap();
        assert_eq!(
            (damage.username, damage.mended.username.as_str()),
            (vec![UrlEncoded], "1712345678:alice")
        );
        assert!(damage.password.is_empty());
    }

    #[test]
    fn knows_the_length_of_a_hash() {
        assert_eq!(digest_length(HASH), Some(20));
        assert_eq!(digest_length("j6CzLEHqkq0v7WKJOJVk8cjTQ0tgvAFMnCJ3HgAqTNM="), Some(32));
        for other in ["wonder", "", "d29uZGVy", &HASH[..27]] {
            assert_eq!(digest_length(other), None, "{other}");
        }
    }
}
