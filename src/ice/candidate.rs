//! Candidates and their foundations (RFC 8445 §5.1), as the Trickle ICE page lists them.
//!
//! Leaves out gathering, pairing and the `a=candidate` line. Priorities are in [`super::priority`].

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::kind::{Kind, Protocol, RelayProtocol};
use super::priority::Priority;

/// One transport address at which we might be reached.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// When it was learnt, counted from the start of gathering.
    pub at: Duration,
    /// How it was learnt.
    pub kind: Kind,
    /// Equal for candidates that live or die together; see [`Foundations`].
    pub foundation: String,
    /// 1 for RTP or everything bundled, 2 for RTCP.
    pub component: u8,
    /// What a peer would speak to it.
    pub protocol: Protocol,
    /// Where a peer would send to.
    pub address: IpAddr,
    /// Where a peer would send to.
    pub port: u16,
    /// Its rank.
    pub priority: Priority,
    /// The server that it was learnt from; `None` for host candidates.
    pub url: Option<String>,
    /// How we speak to the relay; `None` unless the candidate is relayed.
    pub relay_protocol: Option<RelayProtocol>,
    /// For diagnosis: the base of a reflexive candidate, the reflexive address of a relayed one.
    pub related: Option<SocketAddr>,
    /// The address that we send from; for a relayed candidate, the relayed address itself.
    pub base: SocketAddr,
}

/// Gives out foundations: the same one to candidates that RFC 8445 §5.1.1.3 calls similar.
#[derive(Debug, Clone, Default)]
pub struct Foundations {
    given: HashMap<Origin, usize>,
}

/// What decides a foundation: type, IP address of the base, IP address of the server, and the transport
/// protocols, where we follow libwebrtc in telling TLS from TCP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Origin {
    /// How the candidate was learnt.
    pub kind: Kind,
    /// The IP address of its base.
    pub base: IpAddr,
    /// The IP address of the STUN or TURN server; `None` for host candidates.
    pub server: Option<IpAddr>,
    /// What the peer speaks to it.
    pub protocol: Protocol,
    /// What we speak to the relay.
    pub relay_protocol: Option<RelayProtocol>,
}

impl Foundations {
    /// The foundation of a candidate of this origin: `1`, `2`, … in the order of first use.
    pub fn of(&mut self, origin: Origin) -> String {
        let next = self.given.len() + 1;
        self.given.entry(origin).or_insert(next).to_string()
    }
}

/// By hand, because the keys are those of the report and not all of the fields belong into it.
/// The terms of RFC 8445 §5.1.2.1 under their names; the last one is 256 minus the component.
#[derive(Serialize, schemars::JsonSchema)]
struct Parts {
    type_preference: u32,
    local_preference: u32,
    component_term: u32,
}

/// A candidate, as it stands in JSON.
#[derive(schemars::JsonSchema)]
#[schemars(rename = "Candidate")]
#[expect(dead_code, reason = "it is the shape alone")]
struct Shape {
    /// When it was found, in seconds from the start.
    at_s: f64,
    /// `host`, `srflx`, …
    #[schemars(rename = "type")]
    kind: Kind,
    /// The same for similar ones (RFC 8445 §5.1.1.3).
    foundation: String,
    /// What the peer speaks to it.
    protocol: Protocol,
    /// Where.
    address: IpAddr,
    /// And at which port.
    port: u16,
    /// RFC 8445 §5.1.2.1.
    priority: u32,
    /// What it is made of.
    priority_parts: Parts,
    /// The address behind it.
    related: Option<SocketAddr>,
    /// The server that gave it.
    url: Option<String>,
    /// What we speak to the relay.
    relay_protocol: Option<RelayProtocol>,
}

impl schemars::JsonSchema for Candidate {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        Shape::schema_name()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        Shape::json_schema(generator)
    }
}

impl Serialize for Candidate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut json = serializer.serialize_struct("Candidate", 11)?;
        // Microseconds are what we measure; dividing them prints shorter than `as_secs_f64`.
        json.serialize_field("at_s", &(self.at.as_micros() as f64 / 1e6))?;
        json.serialize_field("type", &self.kind)?;
        json.serialize_field("foundation", &self.foundation)?;
        json.serialize_field("protocol", &self.protocol)?;
        json.serialize_field("address", &self.address)?;
        json.serialize_field("port", &self.port)?;
        json.serialize_field("priority", &self.priority)?;
        let [kind, local, component] = self.priority.parts();
        let parts = Parts { type_preference: kind, local_preference: local, component_term: component };
        json.serialize_field("priority_parts", &parts)?;
        json.serialize_field("related", &self.related)?;
        json.serialize_field("url", &self.url)?;
        json.serialize_field("relay_protocol", &self.relay_protocol)?;
        json.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ice::priority::LocalPreference;

    fn origin(kind: Kind, base: &str, server: Option<&str>, relay: Option<RelayProtocol>) -> Origin {
        Origin {
            kind,
            base: base.parse().unwrap(),
            server: server.map(|server| server.parse().unwrap()),
            protocol: Protocol::Udp,
            relay_protocol: relay,
        }
    }

    #[test]
    fn similar_candidates_share_a_foundation_and_others_do_not() {
        let mut foundations = Foundations::default();
        let mut of = |kind, base, server, relay| foundations.of(origin(kind, base, server, relay));
        assert_eq!(of(Kind::Host, "192.0.2.1", None, None), "1");
        assert_eq!(of(Kind::Host, "192.0.2.2", None, None), "2");
        assert_eq!(of(Kind::Srflx, "192.0.2.1", Some("198.51.100.1"), None), "3");
        assert_eq!(of(Kind::Srflx, "192.0.2.1", Some("198.51.100.2"), None), "4");
        let udp = Some(RelayProtocol::Udp);
        assert_eq!(of(Kind::Relay, "192.0.2.1", Some("198.51.100.1"), udp), "5");
        assert_eq!(of(Kind::Relay, "192.0.2.1", Some("198.51.100.1"), Some(RelayProtocol::Tls)), "6");
        assert_eq!(of(Kind::Srflx, "192.0.2.1", Some("198.51.100.1"), None), "3");
        assert_eq!(of(Kind::Relay, "192.0.2.1", Some("198.51.100.1"), udp), "5");
        assert_eq!(of(Kind::Host, "192.0.2.1", None, None), "1");
        let tcp = Origin { protocol: Protocol::Tcp, ..origin(Kind::Host, "192.0.2.1", None, None) };
        assert_eq!(foundations.of(tcp), "7");
    }

    #[test]
    fn json_has_the_columns_of_the_trickle_ice_page() {
        let relay = Candidate {
            at: Duration::from_micros(5_250),
            kind: Kind::Relay,
            foundation: "3".into(),
            component: 1,
            protocol: Protocol::Udp,
            address: "203.0.113.7".parse().unwrap(),
            port: 49160,
            priority: Priority::of(Kind::Relay, Some(RelayProtocol::Tls), LocalPreference::FIRST, 1),
            url: Some("turns:turn.example.test".into()),
            relay_protocol: Some(RelayProtocol::Tls),
            related: None,
            base: "203.0.113.7:49160".parse().unwrap(),
        };
        insta::assert_snapshot!(serde_json::to_string(&relay).unwrap(), @r#"{"at_s":0.00525,"type":"relay","foundation":"3","protocol":"udp","address":"203.0.113.7","port":49160,"priority":16777215,"priority_parts":{"type_preference":0,"local_preference":65535,"component_term":255},"related":null,"url":"turns:turn.example.test","relay_protocol":"tls"}"#);
    }
}
