//! The rules behind the findings of `probe`: one entry here and one `explain/CODE.md` each.
//!
//! The text for people who were woken up by the fault is in the `.md`; here is what machines need.
//!
//! The severity here is that of the usual case. A finding's own is another one where the circumstances are: scripts
//! that act on severities read the finding, never the rule. It varies for
//!
//! - what is on the way to an endpoint that nobody asked for: warning instead of error (UDP_TIMEOUT, TCP_TIMEOUT,
//!   PORT_REFUSED, ICMP_PROHIBITED, CONNECTION_CLOSED, NOT_A_STUN_SERVER, STUN_ONLY, STUN_AUTH_REQUIRED, SERVER_ERROR to
//!   a Binding, SCHEME_MISMATCH, TLS_FAILED, TLS_OLD);
//! - what a request got over in the end: MALFORMED, FINGERPRINT_BAD and INTEGRITY_BAD are warnings then;
//! - certificates: info with `--insecure`; TLS_HOSTNAME also where the address comes from a configuration;
//! - SCHEME_MISMATCH: a warning where it works at the port of the other scheme;
//! - RELAY_ADDR_PRIVATE, RELAY_ADDR_MISMATCH: info where data passes (PRIVATE: from a server that is private too);
//! - RELAY_INBOUND_BLOCKED: a warning where our own network may be what blocks;
//! - PEER_PRIVATE_ALLOWED: a warning for the kind of network that the server itself is in;
//! - BANDWIDTH_CAPPED: an error below what was asked for or any voice needs, info where no cap shows;
//! - RELAY_LOSSY: an error from 40 % on;
//! - OPEN_RELAY: a warning where nobody asked about security;
//! - QUOTA, CAPACITY: a warning where the first allocation was granted and the next was not;
//! - CLOCK_SKEW: an error where good credentials are refused for it.

use crate::finding::{Rule, Severity};

/// Declares each rule as a static of the name of its code, and all of them, in order, as [`RULES`].
macro_rules! rules {
    ($($code:ident = $name:literal, $severity:ident, $summary:literal, [$($reference:literal),*], $since:literal;)*) => {
        $(
            #[doc = concat!("`", $name, "`: ", $summary, ".")]
            pub static $code: Rule = Rule {
                code: stringify!($code),
                name: $name,
                severity: Severity::$severity,
                summary: $summary,
                explain: include_str!(concat!("explain/", stringify!($code), ".md")),
                refs: &[$($reference),*],
                since: $since,
            };
        )*

        /// Every rule of `probe`, sorted by code.
        pub static RULES: &[&Rule] = &[$(&$code),*];
    };
}

rules! {
    ALLOC_MISMATCH = "allocation-mismatch", Error,
        "the server has another allocation, or none, on this connection",
        ["RFC 8656 §7.2", "RFC 8656 §19"], "0.1.0";
    AUTH_WRONG = "wrong-credentials", Error,
        "the server refuses this username and password",
        ["RFC 8489 §9.2.5", "RFC 8656 §7.4"], "0.1.0";
    BANDWIDTH_CAPPED = "capped-bandwidth", Warning,
        "the relay carries less than a call needs, or less than it was given",
        ["RFC 8656 §21.3.1"], "0.1.0";
    CAPACITY = "no-relay-port-left", Error,
        "the server has no relay address or port left",
        ["RFC 8656 §7.2", "RFC 8656 §19"], "0.1.0";
    CLOCK_SKEW = "server-clock-off", Warning,
        "the clock of the server differs from this machine's by more than a minute",
        ["draft-uberti-behave-turn-rest-00"], "0.1.0";
    CONNECTION_CLOSED = "connection-closed-early", Error,
        "the server closed the connection, or went away",
        ["RFC 8489 §6.2.2"], "0.1.0";
    CREDENTIALS_REQUIRED = "no-credentials-given", Error,
        "the server asks for a username and password, and none were given",
        ["RFC 8656 §7.2", "RFC 8489 §9.2"], "0.1.0";
    CRED_FORMAT = "damaged-credential", Error,
        "the username or password was changed on its way to the client",
        ["RFC 8489 §9.2.2", "draft-uberti-behave-turn-rest-00"], "0.1.0";
    DATA_ALTERED = "altered-data", Error,
        "data comes through the relay with other bytes than were sent",
        ["RFC 8656 §11.3", "RFC 8656 §12.6"], "0.1.0";
    DNS_FAIL = "unresolvable-name", Error,
        "the host name has no address",
        ["RFC 8489 §8", "RFC 5928"], "0.1.0";
    DNS_PARTIAL = "failed-lookup-of-one-family", Warning,
        "the lookup failed for one address family only",
        ["RFC 8489 §8"], "0.1.0";
    FAMILY_PEER_MISMATCH = "peer-of-other-address-family", Error,
        "the server refuses a peer whose address family is not that of the relay",
        ["RFC 8656 §10.2", "RFC 8656 §19"], "0.1.0";
    FAMILY_UNSUPPORTED = "no-relay-of-address-family", Error,
        "the server has no relay address of the address family asked for",
        ["RFC 8656 §7.2", "RFC 8656 §19"], "0.1.0";
    FINGERPRINT_BAD = "bad-fingerprint", Error,
        "a response carries a FINGERPRINT that does not fit its bytes",
        ["RFC 8489 §7", "RFC 8489 §14.7"], "0.1.0";
    FORBIDDEN_PEER = "refused-peer-address", Error,
        "the server refuses to relay to the address of the peer",
        ["RFC 8656 §9", "RFC 8656 §10.2"], "0.1.0";
    HAIRPIN_FAIL = "no-path-between-own-relays", Error,
        "two relayed addresses of this server cannot reach each other",
        ["RFC 8656 §11"], "0.1.0";
    ICMP_PROHIBITED = "rejected-by-firewall", Error,
        "the network reports that the server cannot be reached",
        ["RFC 8489 §6.2.1"], "0.1.0";
    INTEGRITY_BAD = "bad-message-integrity", Error,
        "a response has no MESSAGE-INTEGRITY, or one that does not fit",
        ["RFC 8489 §9.2.5", "RFC 8489 §14.5"], "0.1.0";
    LIFETIME_ODD = "odd-allocation-lifetime", Warning,
        "the server grants no lifetime, or ends what it granted before its time",
        ["RFC 8656 §7.2", "RFC 8656 §8.2"], "0.1.0";
    MALFORMED = "malformed-response", Error,
        "a response breaks the rules of a STUN message",
        ["RFC 8489 §5", "RFC 8489 §6.3"], "0.1.0";
    MTU_SMALL = "small-path-mtu", Warning,
        "packets of the size that WebRTC sends do not pass the relay in one piece",
        ["RFC 8656 §18.9", "RFC 9000 §14"], "0.1.0";
    NONCE_LOOP = "nonce-never-accepted", Error,
        "the server refuses the nonce that it has just issued",
        ["RFC 8489 §9.2.5"], "0.1.0";
    NONCE_MISSING = "missing-nonce", Error,
        "the server asks for a login without a nonce, so none can succeed",
        ["RFC 8489 §9.2.4", "RFC 8489 §14.10"], "0.1.0";
    NOT_A_STUN_SERVER = "other-protocol-on-port", Error,
        "what answers on this port does not speak STUN",
        ["RFC 8489 §5"], "0.1.0";
    OPEN_RELAY = "relay-without-login", Error,
        "the server gives relays to anybody",
        ["RFC 8656 §7.2"], "0.1.0";
    OTHER_ADDR_INVALID = "unusable-other-address", Warning,
        "the second address that the server names for NAT discovery is of no use",
        ["RFC 5780 §7.4", "RFC 5780 §4.4"], "0.1.0";
    PEER_PRIVATE_ALLOWED = "relay-into-private-networks", Error,
        "relays may send to addresses that no stranger should reach",
        ["RFC 8656 §10.2", "RFC 6890"], "0.1.0";
    PERMISSION_NOT_ENFORCED = "permission-not-enforced", Error,
        "the relay lets datagrams in from addresses that nobody permitted",
        ["RFC 8656 §9", "RFC 8656 §11.3"], "0.1.0";
    PORT_REFUSED = "closed-port", Error,
        "nothing listens on this port",
        ["RFC 8489 §6.2.1", "RFC 8489 §6.2.2"], "0.1.0";
    QUOTA = "reached-allocation-quota", Error,
        "this user, or the server, has used up its allocations",
        ["RFC 8656 §7.2", "RFC 8656 §19"], "0.1.0";
    REALM_MISSING = "missing-realm", Error,
        "the server asks for a login without naming a realm, so none can succeed",
        ["RFC 8489 §9.2", "RFC 8489 §14.9"], "0.1.0";
    REDIRECT = "redirect-to-alternate-server", Info,
        "the server sends its clients to another server",
        ["RFC 8489 §10", "RFC 8489 §14.15"], "0.1.0";
    REDIRECT_FAILED = "broken-redirect", Error,
        "the server sends its clients to another server, which does not work",
        ["RFC 8489 §10"], "0.1.0";
    REDIRECT_LOOP = "endless-redirect", Error,
        "the server sends its clients to another server, which sends them on again",
        ["RFC 8489 §10"], "0.1.0";
    RELAY_ADDR_MISMATCH = "unexpected-relay-address", Warning,
        "the relayed address is not on the address that the server was reached at",
        ["RFC 8656 §7.2"], "0.1.0";
    RELAY_ADDR_PRIVATE = "private-relay-address", Error,
        "the relayed address cannot be reached from the internet",
        ["RFC 8656 §7.2", "RFC 1918 §3"], "0.1.0";
    RELAY_INBOUND_BLOCKED = "blocked-inbound-relay-path", Error,
        "packets to the relayed address do not arrive",
        ["RFC 8656 §9", "RFC 8656 §11"], "0.1.0";
    RELAY_LOSSY = "packet-loss-in-relay", Warning,
        "the relay loses packets",
        ["RFC 8656 §3.4"], "0.1.0";
    RELAY_OUTBOUND_BLOCKED = "blocked-outbound-relay-path", Error,
        "packets that the relay sends do not arrive at the peer",
        ["RFC 8656 §11", "RFC 8656 §12"], "0.1.0";
    RELAY_TO_RELAY_BLOCKED = "refused-own-relay-address", Warning,
        "the server refuses its own relay address as a peer",
        ["RFC 8656 §10.2"], "0.1.0";
    REST_EXPIRED = "rest-credential-expired", Error,
        "the temporary credential has expired",
        ["draft-uberti-behave-turn-rest-00"], "0.1.0";
    REST_EXPIRING = "rest-credential-expiring", Warning,
        "the temporary credential expires within ten minutes",
        ["draft-uberti-behave-turn-rest-00"], "0.1.0";
    REST_SECRET_MISMATCH = "mismatched-rest-secret", Error,
        "the password does not come from the secret that the server has",
        ["draft-uberti-behave-turn-rest-00"], "0.1.0";
    SCHEME_MISMATCH = "scheme-for-other-port", Error,
        "the port speaks TLS where it was asked without, or the other way round",
        ["RFC 7065 §3.2", "RFC 7064 §3.2"], "0.1.0";
    SERVERS_DIFFER = "servers-that-differ", Error,
        "one address takes these credentials and refuses them",
        ["RFC 8489 §9.2.5", "RFC 8656 §7.4"], "0.1.0";
    SERVER_ERROR = "unexpected-error-code", Error,
        "the server answers with an error code, or stops answering",
        ["RFC 8489 §14.8", "RFC 8656 §19"], "0.1.0";
    STALE_NONCE_OK = "nonce-renewed", Info,
        "the server asked once for a newer nonce, and accepted it",
        ["RFC 8489 §9.2.5"], "0.1.0";
    STUN_AUTH_REQUIRED = "login-for-stun-binding", Error,
        "the server asks for a login before it answers STUN Binding, which browsers never send",
        ["RFC 8489 §9.2"], "0.1.0";
    STUN_ONLY = "no-turn-service", Error,
        "the server answers STUN but not TURN",
        ["RFC 8656 §7.1"], "0.1.0";
    TCP_TIMEOUT = "no-answer-over-tcp", Error,
        "the TCP connection got no answer",
        ["RFC 8489 §6.2.2"], "0.1.0";
    TLS_CHAIN = "missing-intermediate-certificate", Error,
        "the server does not send the certificate that signed its own",
        ["RFC 8489 §6.2.3", "RFC 5246 §7.4.2"], "0.1.0";
    TLS_EXPIRED = "expired-certificate", Error,
        "the certificate of the server has expired",
        ["RFC 8489 §6.2.3", "RFC 5280 §4.1.2.5"], "0.1.0";
    TLS_EXPIRING = "certificate-about-to-expire", Warning,
        "the certificate of the server expires soon",
        ["RFC 8489 §6.2.3", "RFC 5280 §4.1.2.5"], "0.1.0";
    TLS_FAILED = "failed-tls-handshake", Error,
        "the TLS handshake broke off, or got no answer",
        ["RFC 8489 §6.2.3"], "0.1.0";
    TLS_HOSTNAME = "certificate-for-other-name", Error,
        "the certificate is for other names than the one in the URI",
        ["RFC 8489 §6.2.3", "RFC 6125 §6"], "0.1.0";
    TLS_NOT_YET_VALID = "certificate-from-the-future", Error,
        "the certificate of the server is not valid yet",
        ["RFC 8489 §6.2.3", "RFC 5280 §4.1.2.5"], "0.1.0";
    TLS_OLD = "outdated-tls-version", Error,
        "the server speaks no current version of TLS",
        ["RFC 8996", "RFC 8489 §6.2.3"], "0.1.0";
    TLS_SELF_SIGNED_CA = "ca-certificate-as-server-certificate", Error,
        "the server presents a self-signed authority as its own certificate",
        ["RFC 8489 §6.2.3", "RFC 5280 §4.2.1.9"], "0.1.0";
    TLS_UNTRUSTED = "untrusted-certificate", Error,
        "the certificate does not lead to a trusted authority",
        ["RFC 8489 §6.2.3", "RFC 5280 §6"], "0.1.0";
    TOKEN_REFUSED = "refused-token", Error,
        "the server refuses this token of third-party authorization",
        ["RFC 7635 §5", "RFC 8489 §9.2.5"], "0.1.0";
    TURN_ONLY = "no-stun-service", Warning,
        "the server relays, but does not answer STUN Binding",
        ["RFC 8656 §7.3"], "0.1.0";
    UDP_BLOCKED_TCP_OK = "udp-blocked", Error,
        "the server works over TCP or TLS, and UDP to it is lost",
        ["RFC 8489 §6.2.1"], "0.1.0";
    UDP_TIMEOUT = "no-answer-over-udp", Error,
        "no answer came over UDP",
        ["RFC 8489 §6.2.1"], "0.1.0";
    UNMATCHED_TRANSACTION_ID = "unmatched-response", Info,
        "responses came that answer none of our requests",
        ["RFC 8489 §6.3"], "0.1.0";
    UNSUPPORTED_TRANSPORT = "no-udp-relay", Error,
        "the server gives no UDP relays",
        ["RFC 8656 §7.2", "RFC 8656 §19"], "0.1.0";
    WRONG_CREDENTIALS = "allocation-of-other-user", Error,
        "the allocation on this connection belongs to another user",
        ["RFC 8656 §5", "RFC 8656 §19"], "0.1.0";
}
