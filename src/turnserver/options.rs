//! The options of coturn's turnserver: how each reads its value, and in which versions it is one.
//!
//! From the table of long options of every release from 4.4.5.3 to 4.17.1; what was there before has no `since`.

use self::Kind::{Flag, Number, OptionalNumber, Port, Secret, Switch, Text, User};
use crate::spelling;

/// What coturn makes of the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// On unless the value says off; a value that says neither ends the server.
    Flag,
    /// On wherever it is named, whatever the value says.
    Switch,
    /// The digits at the beginning; 0 if there are none.
    Number,
    /// A number, a default if there is no value.
    OptionalNumber,
    /// The digits at the beginning, as a port.
    Port,
    /// `name:password` or `name:0xKEY`.
    User,
    /// Text that no output may show.
    Secret,
    /// Any other text.
    Text,
}

/// One option.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownOption {
    /// As it is written in the file, without dashes.
    pub name: &'static str,
    /// What its value is.
    pub kind: Kind,
    /// The first version that has it; `None` if all of those looked at do.
    pub since: Option<&'static str>,
    /// The first version that no longer has it.
    pub gone: Option<&'static str>,
    /// Each line of it adds something; of the others, the last line counts.
    pub repeats: bool,
}

impl KnownOption {
    /// The option of this very name: coturn minds upper and lower case.
    pub fn named(name: &str) -> Option<&'static KnownOption> {
        OPTIONS.iter().find(|option| option.name == name)
    }

    /// Whether its value must not be shown.
    pub fn is_secret(&self) -> bool {
        matches!(self.kind, Secret | User)
    }
}

/// The options that a misspelt `name` may mean, nearest first; dashes in front, as on a command line, do not count.
pub fn nearest(name: &str) -> Vec<&'static str> {
    // Longer than any option can be mistaken for: comparing it would only cost time.
    if name.len() > 64 {
        return Vec::new();
    }
    let bare = name.trim_start_matches('-').replace('_', "-");
    match OPTIONS.iter().find(|option| option.name.eq_ignore_ascii_case(&bare)) {
        Some(same) => vec![same.name],
        None => spelling::nearest(&bare, OPTIONS.iter().filter(|o| o.gone.is_none()).map(|o| o.name)),
    }
}

const fn option(
    name: &'static str,
    kind: Kind,
    since: Option<&'static str>,
    gone: Option<&'static str>,
    repeats: bool,
) -> KnownOption {
    KnownOption { name, kind, since, gone, repeats }
}

/// Every option, sorted by name without regard to case.
#[rustfmt::skip]
pub static OPTIONS: &[KnownOption] = &[
    option("acme-redirect", Text, Some("4.5.2"), None, false),
    option("allocation-default-address-family", Text, Some("4.6.0"), None, false),
    option("allow-loopback-peers", Flag, Some("4.5.1.0"), None, false),
    option("allowed-peer-ip", Text, None, None, true),
    option("alt-listening-port", Port, None, None, false),
    option("alt-tls-listening-port", Port, None, None, false),
    option("alternate-server", Text, None, None, true),
    option("aux-server", Text, None, None, true),
    option("bps-capacity", Number, None, None, false),
    option("CA-file", Text, None, None, false),
    option("cert", Text, None, None, false),
    option("channel-lifetime", OptionalNumber, Some("4.5.0.5"), None, false),
    option("check-origin-consistency", Flag, None, None, false),
    option("cipher-list", Text, None, None, false),
    option("cli", Flag, Some("4.10.0"), None, false),
    option("cli-ip", Text, None, None, false),
    option("cli-max-output-sessions", Number, None, None, false),
    option("cli-password", Secret, None, None, false),
    option("cli-port", Port, None, None, false),
    option("cpus", Number, Some("4.8.0"), None, false),
    option("daemon", Flag, None, None, false),
    option("db", Text, None, None, false),
    option("denied-peer-ip", Text, None, None, true),
    option("dh-file", Text, None, None, false),
    option("dh1066", Flag, Some("4.5.1.2"), None, false),
    option("dh2066", Flag, None, Some("4.5.1.2"), false),
    option("dh566", Flag, None, None, false),
    option("drain-min-allocations", Number, Some("4.15.0"), None, false),
    option("drop-invalid-packets", Flag, Some("4.8.0"), None, false),
    option("drop-invalid-packets-log", Flag, Some("4.8.0"), None, false),
    option("dtls", Flag, Some("4.17.0"), None, false),
    option("ec-curve-name", Text, None, None, false),
    option("external-ip", Text, None, None, true),
    option("fingerprint", Flag, None, None, false),
    option("include-reason-string", Flag, Some("4.10.0"), None, false),
    option("keep-address-family", Flag, Some("4.5.0.8"), None, false),
    option("listening-device", Text, None, None, false),
    option("listening-ip", Text, None, None, true),
    option("listening-port", Port, None, None, false),
    option("log-binding", Flag, Some("4.5.2"), None, false),
    option("log-file", Text, None, None, false),
    option("log-min-level", Text, Some("4.15.0"), None, false),
    option("lt-cred-mech", Flag, None, None, false),
    option("max-allocate-lifetime", OptionalNumber, Some("4.5.0.5"), None, false),
    option("max-allocate-timeout", Number, None, None, false),
    option("max-bps", Number, None, None, false),
    option("max-port", Port, None, None, false),
    option("min-port", Port, None, None, false),
    option("mobility", Flag, None, None, false),
    option("mongo-userdb", Secret, None, None, false),
    option("multiplex-peer", Switch, Some("4.12.0"), None, false),
    option("multiplex-peer-max-peers", Number, Some("4.16.0"), None, false),
    option("multiplex-peer-port", Port, Some("4.12.0"), None, false),
    option("mysql-userdb", Secret, None, None, false),
    option("ne", Number, None, Some("4.10.0"), false),
    option("new-log-timestamp", Switch, Some("4.5.2"), None, false),
    option("new-log-timestamp-format", Text, Some("4.5.2"), None, false),
    option("no-auth", Flag, None, None, false),
    option("no-auth-pings", Switch, Some("4.5.1.2"), None, false),
    option("no-cli", Flag, None, None, false),
    option("no-dtls", Flag, None, None, false),
    option("no-dynamic-ip-list", Switch, Some("4.5.1.2"), None, false),
    option("no-dynamic-realms", Switch, Some("4.5.1.2"), None, false),
    option("no-http", Flag, Some("4.5.0.7"), Some("4.5.1.0"), false),
    option("no-loopback-peers", Flag, None, Some("4.5.1.0"), false),
    option("no-multicast-peers", Flag, None, None, false),
    option("no-rfc5780", Switch, Some("4.6.0"), None, false),
    option("no-software-attribute", Flag, Some("4.5.1.2"), None, false),
    option("no-sslv2", Switch, None, Some("4.7.0"), false),
    option("no-sslv3", Switch, None, Some("4.7.0"), false),
    option("no-stdout-log", Flag, None, None, false),
    option("no-stun", Flag, None, None, false),
    option("no-stun-backward-compatibility", Flag, Some("4.6.0"), Some("4.7.0"), false),
    option("no-tcp", Flag, None, None, false),
    option("no-tcp-relay", Flag, None, None, false),
    option("no-tls", Flag, None, None, false),
    option("no-tlsv1", Flag, None, Some("4.7.0"), false),
    option("no-tlsv1_1", Flag, None, Some("4.7.0"), false),
    option("no-tlsv1_2", Flag, None, None, false),
    option("no-udp", Flag, None, None, false),
    option("no-udp-relay", Flag, None, None, false),
    option("oauth", Flag, None, None, false),
    option("permission-lifetime", OptionalNumber, Some("4.5.0.5"), None, false),
    option("pidfile", Text, None, None, false),
    option("pkey", Text, None, None, false),
    option("pkey-pwd", Secret, None, None, false),
    option("proc-group", Text, None, None, false),
    option("proc-user", Text, None, None, false),
    option("prod", Flag, Some("4.5.0.6"), Some("4.7.0"), false),
    option("prometheus", Switch, Some("4.5.2"), None, false),
    option("prometheus-address", Text, Some("4.6.3"), None, false),
    option("prometheus-cert", Text, Some("4.14.0"), None, false),
    option("prometheus-key", Text, Some("4.14.0"), None, false),
    option("prometheus-path", Text, Some("4.7.0"), None, false),
    option("prometheus-port", Port, Some("4.6.0"), None, false),
    option("prometheus-tls", Flag, Some("4.14.0"), None, false),
    option("prometheus-username-labels", Switch, Some("4.6.0"), None, false),
    option("psql-userdb", Secret, None, None, false),
    option("raw-public-keys", Flag, Some("4.6.3"), None, false),
    option("realm", Text, None, None, false),
    option("redis-statsdb", Secret, None, None, false),
    option("redis-userdb", Secret, None, None, false),
    option("relay-device", Text, None, None, false),
    option("relay-ip", Text, None, None, true),
    option("relay-threads", Number, None, None, false),
    option("respond-http-unsupported", Flag, Some("4.6.3"), None, false),
    option("response-origin-only-with-rfc5780", Flag, Some("4.6.0"), None, false),
    option("rest-api-separator", Text, None, None, false),
    option("rfc3489-compatibility", Flag, Some("4.16.0"), None, false),
    option("rfc5766-channel-numbers", Flag, Some("4.16.0"), None, false),
    option("rfc5780", Switch, Some("4.7.0"), None, false),
    option("secret-key-file", Text, Some("4.5.0.8"), None, false),
    option("secret-ts-exp-time", Switch, None, Some("4.7.0"), false),
    option("secure-stun", Flag, None, None, false),
    option("server-name", Text, None, None, false),
    option("server-relay", Flag, None, None, false),
    option("simple-log", Flag, None, None, false),
    option("sock-buf-size", Number, Some("4.8.0"), None, false),
    option("software-attribute", Flag, Some("4.7.0"), None, false),
    option("sql-userdb", Secret, None, None, false),
    option("stale-nonce", OptionalNumber, None, None, false),
    option("stateless-nonce", Flag, Some("4.16.0"), None, false),
    option("stateless-nonce-secret", Secret, Some("4.16.0"), None, false),
    option("static-auth-secret", Secret, None, None, true),
    option("stun-backward-compatibility", Flag, Some("4.7.0"), None, false),
    option("stun-only", Flag, None, None, false),
    option("syslog", Flag, None, None, false),
    option("syslog-facility", Text, Some("4.6.0"), None, false),
    option("tcp-alternate-server", Text, Some("4.15.0"), None, true),
    option("tcp-proxy-port", Port, Some("4.5.1.2"), None, false),
    option("tls-alternate-server", Text, None, None, true),
    option("tls-listening-port", Port, None, None, false),
    option("tlsv1", Flag, Some("4.7.0"), None, false),
    option("tlsv1_1", Flag, Some("4.7.0"), None, false),
    option("total-quota", Number, None, None, false),
    option("udp-alternate-server", Text, Some("4.15.0"), None, true),
    option("udp-gso", Flag, Some("4.12.0"), None, false),
    option("udp-recvmmsg", Flag, Some("4.10.0"), None, false),
    option("udp-recvmmsg-log", Flag, Some("4.12.0"), None, false),
    option("udp-self-balance", Flag, None, None, false),
    option("udp-sendmmsg-log", Flag, Some("4.13.0"), None, false),
    option("unauthorized-ratelimit", Flag, Some("4.14.0"), None, false),
    option("unauthorized-ratelimit-rps", Number, Some("4.14.0"), None, false),
    option("use-auth-secret", Switch, None, None, false),
    option("user", User, None, None, true),
    option("user-quota", Number, None, None, false),
    option("userdb", Text, None, None, false),
    option("Verbose", Flag, None, None, false),
    option("verbose", Flag, None, None, false),
    option("version", Switch, Some("4.6.0"), None, false),
    option("web-admin", Flag, Some("4.5.1.0"), None, false),
    option("web-admin-ip", Text, Some("4.5.1.0"), None, false),
    option("web-admin-listen-on-workers", Flag, Some("4.5.1.0"), None, false),
    option("web-admin-port", Port, Some("4.5.1.0"), None, false),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_and_unique() {
        let key = |option: &KnownOption| (option.name.to_lowercase(), option.name);
        assert!(OPTIONS.is_sorted_by(|a, b| key(a) < key(b)));
    }

    #[test]
    fn knows_when_an_option_came_and_went() {
        let of = |name| KnownOption::named(name).map(|option| (option.since, option.gone));
        assert_eq!(of("no-loopback-peers"), Some((None, Some("4.5.1.0"))));
        assert_eq!(of("no-tlsv1"), Some((None, Some("4.7.0"))));
        assert_eq!(of("dtls"), Some((Some("4.17.0"), None)));
        assert_eq!(of("realm"), Some((None, None)));
        assert_eq!(of("Realm"), None);
    }

    #[test]
    fn a_slip_finds_what_was_meant() {
        assert_eq!(nearest("--realm"), ["realm"]);
        assert_eq!(nearest("lt_cred_mech"), ["lt-cred-mech"]);
        assert_eq!(nearest("static-auth-secert"), ["static-auth-secret"]);
        assert_eq!(nearest("banana"), [""; 0]);
        assert_eq!(nearest(&"r".repeat(100_000)), [""; 0]);
    }
}
