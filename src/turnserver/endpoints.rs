//! Where a server with this configuration is reached, and who may log in: what a probe needs.

use std::net::IpAddr;

use super::conf::{Auth, Conf, PORT, Password, TLS_PORT, is_inner};
use crate::ice::uri::{Host, Scheme, ServerUri, Transport};
use crate::turn::credentials::{Credentials, LongTermSecret, Secret};

/// Addresses taken from one file at most: a file with more is no reason to send to more.
const MOST_HOSTS: usize = 8;

/// What the file says about logging in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Login {
    /// Nothing to log in with.
    None,
    /// The first user that can log in, or the one asked for.
    User(Credentials),
    /// Credentials are to be made from this.
    Secret {
        /// `static-auth-secret`, the first.
        secret: Secret,
        /// `rest-api-separator`, if it is set.
        separator: Option<char>,
    },
}

impl Conf {
    /// Where the server is reached: at its public addresses, else where it listens. Empty where the file says neither.
    pub fn hosts(&self) -> Vec<IpAddr> {
        let public = self.external_ips().filter_map(|ip| ip.public);
        let mut hosts: Vec<IpAddr> = public.filter(|ip| !is_inner(*ip) && !ip.is_unspecified()).collect();
        if hosts.is_empty() {
            hosts = self.addresses("listening-ip").into_iter().filter(|ip| !ip.is_unspecified()).collect();
        }
        let mut unique = Vec::new();
        for host in hosts {
            if !unique.contains(&host) && unique.len() < MOST_HOSTS {
                unique.push(host);
            }
        }
        unique
    }

    /// The URIs that clients would be given, for every one of [`hosts`](Self::hosts).
    pub fn uris(&self) -> Vec<ServerUri> {
        let plain = match (self.is_on("no-udp"), self.is_on("no-tcp")) {
            (false, false) => Some(None),
            (false, true) => Some(Some(Transport::Udp)),
            (true, false) => Some(Some(Transport::Tcp)),
            (true, true) => None,
        };
        let mut uris = Vec::new();
        for ip in self.hosts() {
            let uri = |scheme, port, transport| ServerUri {
                scheme,
                host: Host::Ip(ip),
                port: Some(port),
                transport,
            };
            let (port, tls) = (self.port("listening-port", PORT), self.port("tls-listening-port", TLS_PORT));
            match plain {
                Some(transport) if self.relays() => uris.push(uri(Scheme::Turn, port, transport)),
                // `stun:` means UDP and says no transport.
                Some(None | Some(Transport::Udp)) => uris.push(uri(Scheme::Stun, port, None)),
                _ => {}
            }
            match (self.has_tls(), self.relays()) {
                (true, true) => uris.push(uri(Scheme::Turns, tls, Some(Transport::Tcp))),
                (true, false) => uris.push(uri(Scheme::Stuns, tls, None)),
                (false, _) => {}
            }
        }
        uris
    }

    /// Who to be: of users the one called `name`, if given, else the first that can log in.
    pub fn login(&self, name: Option<&str>) -> Login {
        match self.auth() {
            Auth::Nobody => Login::None,
            Auth::SharedSecret => match self.auth_secrets().next() {
                Some(secret) => Login::Secret {
                    secret,
                    separator: self.value("rest-api-separator").and_then(|value| value.chars().next()),
                },
                None => Login::None,
            },
            Auth::LongTerm => self.user(name).map_or(Login::None, Login::User),
        }
    }

    /// Of a name that is given twice, coturn has the last password.
    fn user(&self, name: Option<&str>) -> Option<Credentials> {
        let usable = |password: &Password| *password != Password::Unusable;
        let first =
            self.users().find(|user| usable(&user.password) && name.is_none_or(|name| name == user.name))?;
        let user = self.users().rfind(|user| user.name == first.name && usable(&user.password))?;
        let secret = match user.password {
            Password::Plain(password) => LongTermSecret::Password(password),
            Password::Key(key) => LongTermSecret::Key(key),
            Password::Unusable => return None,
        };
        Some(Credentials { username: user.name.to_owned(), secret })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uris(text: &str) -> Vec<String> {
        Conf::from_text(text).uris().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_public_address_comes_before_the_own_one() {
        assert_eq!(
            uris("listening-ip=10.0.0.1\nexternal-ip=198.51.100.7/10.0.0.1\n"),
            ["turn:198.51.100.7:3478"]
        );
        assert_eq!(uris("listening-ip=10.0.0.1\nexternal-ip=192.168.0.1\n"), ["turn:10.0.0.1:3478"]);
        assert_eq!(uris("realm=a\nlistening-ip=0.0.0.0\nlistening-ip=YOU_IP\n"), [""; 0]);
        let many: String = (0..200).map(|n| format!("listening-ip=10.0.0.{n}\n")).collect();
        assert_eq!(uris(&many).len(), MOST_HOSTS);
    }

    #[test]
    fn ports_and_transports_are_those_of_the_file() {
        let tls = "cert=a\npkey=b\n";
        let text = format!("listening-ip=::1\nlistening-port=3479\ntls-listening-port=443\n{tls}");
        assert_eq!(uris(&text), ["turn:[::1]:3479", "turns:[::1]:443?transport=tcp"]);
        assert_eq!(uris("listening-ip=10.0.0.1\nno-udp\n"), ["turn:10.0.0.1:3478?transport=tcp"]);
        assert_eq!(uris("listening-ip=10.0.0.1\nno-tcp\n"), ["turn:10.0.0.1:3478?transport=udp"]);
        assert_eq!(uris("listening-ip=10.0.0.1\nno-tcp\nno-udp\n"), [""; 0]);
        assert_eq!(uris("listening-ip=10.0.0.1\nstun-only\n"), ["stun:10.0.0.1:3478"]);
    }

    #[test]
    fn the_password_that_counts_is_the_last_one() {
        let conf = Conf::from_text("realm=r\nuser=bad\nuser=a:one\nuser=b:two\nuser=a:three\n");
        let three = Login::User(Credentials::password("a", Secret::new("three")));
        assert_eq!(conf.login(None), three);
        assert_eq!(conf.login(Some("b")), Login::User(Credentials::password("b", Secret::new("two"))));
        assert_eq!(conf.login(Some("c")), Login::None);
    }

    #[test]
    fn a_shared_secret_wins_over_users() {
        let conf = Conf::from_text("user=a:b\nstatic-auth-secret=north\nrest-api-separator=-\n");
        assert_eq!(conf.login(None), Login::Secret { secret: Secret::new("north"), separator: Some('-') });
        assert_eq!(Conf::from_text("no-auth\n").login(None), Login::None);
    }
}
