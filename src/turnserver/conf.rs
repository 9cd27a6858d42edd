//! The settings as typed values: what coturn would make of them, the last line winning where only one counts.

use std::net::IpAddr;

use super::options::{Kind, KnownOption};
use super::syntax::{self, Line, Setting, Span};
use crate::ice::address::AddressClass;
use crate::turn::credentials::{Ha1, Secret};

/// The port where no line says another.
pub(super) const PORT: u16 = 3478;
/// That for TLS.
pub(super) const TLS_PORT: u16 = 5349;
/// The relay's range where no line says another.
pub(super) const RELAY_PORTS: (u16, u16) = (49152, 65535);

/// A configuration, every line of it.
#[derive(Clone)]
pub struct Conf {
    text: String,
    lines: Vec<Line>,
}

/// Who may have a relay, as far as the file decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Auth {
    /// Everybody, because `no-auth` says so or because nothing else is said.
    Nobody,
    /// The users of the file or of a database, with passwords.
    LongTerm,
    /// Whoever has a credential made from the shared secret (TURN REST).
    SharedSecret,
}

/// One line `user=`.
#[derive(Debug, Clone)]
pub struct User<'a> {
    /// The line.
    pub line: &'a Line,
    /// Where the name is.
    pub span: Span,
    /// Before the colon.
    pub name: &'a str,
    /// Behind it.
    pub password: Password,
}

/// What a user proves itself with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Password {
    /// In clear.
    Plain(Secret),
    /// `0x` and 32 digits, made for one realm.
    Key(Ha1),
    /// `0x` and something else, nothing at all, or no colon: coturn lets nobody in with it.
    Unusable,
}

/// One line `external-ip=`.
#[derive(Debug, Clone)]
pub struct ExternalIp<'a> {
    /// The line.
    pub line: &'a Line,
    /// Where the public address is.
    pub span: Span,
    /// The address that others see, if it is one.
    pub public: Option<IpAddr>,
    /// The one of this machine behind it.
    pub private: Option<&'a str>,
}

impl Conf {
    /// Reads what a file holds. Bytes that are no UTF-8 are replaced, so that a comment in another encoding does no harm.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self::from_text(&String::from_utf8_lossy(bytes))
    }

    /// Reads a text.
    pub fn from_text(text: &str) -> Self {
        Self { text: text.to_owned(), lines: syntax::lines(text) }
    }

    /// Every line, also blanks and comments.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// What stands at `span`; nothing if that is not in the text.
    pub fn text(&self, span: &Span) -> &str {
        self.text.get(span.clone()).unwrap_or_default()
    }

    /// Whether a character starts at this byte.
    pub(super) fn is_boundary(&self, at: usize) -> bool {
        self.text.is_char_boundary(at)
    }

    /// Whether coturn ends at its start, since logins are both asked for and forbidden.
    pub(super) fn stops_at_once(&self) -> bool {
        let secret = self.is_on("use-auth-secret") || self.last("static-auth-secret").is_some();
        self.is_on("no-auth") && (self.is_on("lt-cred-mech") || secret)
    }

    /// The lines that coturn tries to read.
    pub fn settings(&self) -> impl DoubleEndedIterator<Item = (&Line, &Setting)> {
        self.lines.iter().filter_map(|line| Some((line, line.setting.as_ref()?)))
    }

    /// The settings that are options, or were in some version.
    pub fn known(&self) -> impl DoubleEndedIterator<Item = (&Line, &Setting, &'static KnownOption)> {
        self.settings().filter_map(|(line, setting)| {
            Some((line, setting, KnownOption::named(self.text(&setting.name))?))
        })
    }

    /// The lines of one option.
    pub fn all<'a>(&'a self, name: &str) -> impl DoubleEndedIterator<Item = (&'a Line, &'a Setting)> {
        self.settings().filter(move |(_, setting)| self.text(&setting.name) == name)
    }

    /// The last line of one option.
    pub fn last(&self, name: &str) -> Option<(&Line, &Setting)> {
        self.all(name).next_back()
    }

    /// The value of its last line, if it is not empty.
    pub fn value(&self, name: &str) -> Option<&str> {
        let (_, setting) = self.last(name)?;
        Some(self.text(&setting.value)).filter(|value| !value.is_empty())
    }

    /// Whether a flag or switch is on. A flag whose value is neither on nor off counts as on.
    pub fn is_on(&self, name: &str) -> bool {
        match KnownOption::named(name).map(|option| option.kind) {
            Some(Kind::Flag) => {
                self.last(name).is_some_and(|(_, setting)| boolean(self.text(&setting.value)) != Some(false))
            }
            _ => self.last(name).is_some(),
        }
    }

    /// The number of its last line, as C's `atoi` reads it.
    pub fn number(&self, name: &str) -> Option<u64> {
        self.last(name).map(|(_, setting)| leading_number(self.text(&setting.value)))
    }

    /// The port of its last line.
    pub fn port(&self, name: &str, default: u16) -> u16 {
        let number = self.number(name).and_then(|number| u16::try_from(number).ok());
        number.filter(|port| *port != 0).unwrap_or(default)
    }

    /// The first and the last relay port, in the order the file has them.
    pub fn relay_ports(&self) -> (u16, u16) {
        (self.port("min-port", RELAY_PORTS.0), self.port("max-port", RELAY_PORTS.1))
    }

    /// How clients are let in.
    pub fn auth(&self) -> Auth {
        if self.is_on("use-auth-secret") || self.last("static-auth-secret").is_some() {
            Auth::SharedSecret
        } else if self.is_on("no-auth") {
            Auth::Nobody
        } else if self.is_on("lt-cred-mech") || self.users().next().is_some() {
            Auth::LongTerm
        } else {
            Auth::Nobody
        }
    }

    /// The lines `user=`.
    pub fn users(&self) -> impl DoubleEndedIterator<Item = User<'_>> {
        self.all("user").map(|(line, setting)| {
            let value = self.text(&setting.value);
            let (name, password) = value.split_once(':').unwrap_or((value, ""));
            let start = setting.value.start;
            User { line, span: start..start + name.len(), name, password: self::password(name, password) }
        })
    }

    /// The shared secrets of the file.
    pub fn auth_secrets(&self) -> impl Iterator<Item = Secret> {
        let values = self.all("static-auth-secret").map(|(_, setting)| self.text(&setting.value));
        values
            .filter(|value| !value.is_empty() && !value.contains(char::REPLACEMENT_CHARACTER))
            .map(Secret::new)
    }

    /// The lines `external-ip=`.
    pub fn external_ips(&self) -> impl Iterator<Item = ExternalIp<'_>> {
        self.all("external-ip").map(|(line, setting)| {
            let value = self.text(&setting.value);
            let (public, private) = match value.split_once('/') {
                Some((public, private)) => (public, Some(private)),
                None => (value, None),
            };
            let start = setting.value.start;
            ExternalIp {
                line,
                span: start..start + public.len(),
                public: public.trim().parse().ok(),
                private,
            }
        })
    }

    /// The addresses of one option that are literal, in order.
    pub fn addresses(&self, name: &str) -> Vec<IpAddr> {
        self.all(name).filter_map(|(_, setting)| self.text(&setting.value).parse().ok()).collect()
    }

    /// Whether TLS was asked for with what it takes: a certificate and its key.
    pub fn has_tls(&self) -> bool {
        self.value("cert").is_some() && self.value("pkey").is_some() && !self.is_on("no-tls")
    }

    /// Whether it serves relays at all.
    pub fn relays(&self) -> bool {
        !self.is_on("stun-only")
    }
}

/// Says how many lines there are, and nothing of what they hold.
impl std::fmt::Debug for Conf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Conf").field("lines", &self.lines.len()).finish_non_exhaustive()
    }
}

/// As coturn reads on and off; `None` for what ends it.
pub(super) fn boolean(value: &str) -> Option<bool> {
    match value.as_bytes().first() {
        None => Some(true),
        Some(b'0' | b'n' | b'N' | b'f' | b'F') => Some(false),
        Some(b'y' | b'Y' | b't' | b'T' | b'1'..=b'9') => Some(true),
        _ => match value {
            "off" | "OFF" | "Off" => Some(false),
            "on" | "ON" | "On" => Some(true),
            _ => None,
        },
    }
}

/// The digits at the beginning; 0 if there are none.
pub(super) fn leading_number(value: &str) -> u64 {
    let digits = value.bytes().take_while(u8::is_ascii_digit).count();
    match &value[..digits] {
        "" => 0,
        digits => digits.parse().unwrap_or(u64::MAX),
    }
}

/// Whether hosts elsewhere have no way to such an address: a private network's, this machine's own.
pub(super) fn is_inner(address: IpAddr) -> bool {
    use AddressClass::{LinkLocal, Loopback, Private, SharedCgnat, UniqueLocal};
    matches!(AddressClass::of(address), Private | SharedCgnat | LinkLocal | UniqueLocal | Loopback)
}

fn password(name: &str, password: &str) -> Password {
    let password = password.trim_start_matches([' ', '\t']);
    if name.is_empty() || password.is_empty() || password.contains(char::REPLACEMENT_CHARACTER) {
        return Password::Unusable;
    }
    match password.strip_prefix("0x") {
        None => Password::Plain(Secret::new(password)),
        Some(digits) => Ha1::from_hex(digits).map_or(Password::Unusable, Password::Key),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_counts() {
        let conf = Conf::from_text("realm=a\nrealm=b\nno-udp\nno-udp=0\nmax-bps=64k\n");
        assert_eq!(conf.value("realm"), Some("b"));
        assert!(!conf.is_on("no-udp") && !conf.is_on("no-tcp"));
        assert_eq!(conf.number("max-bps"), Some(64));
        assert_eq!(conf.number("user-quota"), None);
        assert_eq!(conf.relay_ports(), RELAY_PORTS);
    }

    #[test]
    fn knows_how_clients_are_let_in() {
        let auth = |text| Conf::from_text(text).auth();
        assert_eq!(auth(""), Auth::Nobody);
        assert_eq!(auth("no-auth\nuser=a:b"), Auth::Nobody);
        assert_eq!(auth("user=a:b"), Auth::LongTerm);
        assert_eq!(auth("lt-cred-mech"), Auth::LongTerm);
        assert_eq!(auth("lt-cred-mech=0"), Auth::Nobody);
        assert_eq!(auth("lt-cred-mech\nuse-auth-secret"), Auth::SharedSecret);
        assert_eq!(auth("use-auth-secret=no"), Auth::SharedSecret, "coturn does not look at the value");
        assert_eq!(auth("static-auth-secret=x"), Auth::SharedSecret);
    }

    #[test]
    fn reads_passwords_and_keys() {
        let conf = Conf::from_text(
            "user=a:b:c\nuser=d:0xcc89cc8b5156f34b6f0f8a41d6b3785d\nuser=e:0x12\nuser=f\nuser=:g\n",
        );
        let kinds: Vec<_> = conf.users().map(|user| (user.name, user.password)).collect();
        assert_eq!(kinds[0], ("a", Password::Plain(Secret::new("b:c"))));
        assert!(matches!(kinds[1], ("d", Password::Key(_))));
        assert_eq!(kinds[2], ("e", Password::Unusable));
        assert_eq!(kinds[3], ("f", Password::Unusable));
        assert_eq!(kinds[4], ("", Password::Unusable));
        assert!(!format!("{conf:?} {kinds:?}").contains("b:c"));
    }

    #[test]
    fn reads_both_forms_of_external_ip() {
        let conf = Conf::from_text("external-ip=203.0.113.1/10.0.0.1\nexternal-ip=HOST\n");
        let ips: Vec<_> = conf.external_ips().map(|ip| (ip.public, ip.private)).collect();
        assert_eq!(ips, [("203.0.113.1".parse().ok(), Some("10.0.0.1")), (None, None)]);
    }
}
