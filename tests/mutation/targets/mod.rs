//! What reads untrusted bytes, each as one function of any bytes at all, a file a domain. None may panic, and each
//! asserts what must hold whatever came in. `tests/mutation` runs them on stable, `fuzz/` under libFuzzer.

mod analyze;
mod arguments;
mod capture;
mod check;
mod dtls;
mod formats;
mod ice;
mod keys;
mod recording;
mod rtp;
mod script;
mod sctp;
mod sdp;
mod server;
mod stun;
mod tls;
mod turn;
mod turnserver;

/// A name and a body.
pub(crate) type Target = (&'static str, fn(&[u8]));

/// Every target.
pub(crate) const TARGETS: [Target; 25] = [
    ("capture", capture::capture),
    ("stun_message", stun::stun_message),
    ("stun_explain", stun::stun_explain),
    ("recording", recording::recording),
    ("turn_stream", turn::turn_stream),
    ("server_uri", ice::server_uri),
    ("ice_servers", ice::ice_servers),
    ("certificate", tls::certificate),
    ("sdp", sdp::sdp),
    ("sdp_source", sdp::sdp_source),
    ("dtls_client", dtls::dtls_client),
    ("turnserver_conf", turnserver::turnserver_conf),
    ("link", capture::link),
    ("rtp", rtp::rtp),
    ("rtcp", rtp::rtcp),
    ("dtls_records", dtls::dtls_records),
    ("sctp", sctp::sctp),
    ("keys", keys::keys),
    ("plan", check::plan),
    ("http", check::http),
    ("analyze", analyze::analyze),
    ("arguments", arguments::arguments),
    ("pcapng", recording::pcapng),
    ("server", server::server),
    ("sdp_views", sdp::sdp_views),
];
