//! Dumps: what a browser or a library recorded of its peer connections, as a timeline.

mod candidate_error;
mod event;
mod firefox;
mod internals;
mod recorder;
mod restore;
pub(super) mod rtcstats;
mod secret;

pub use candidate_error::CandidateError;
pub use event::{Event, Munged, Side, State, What};

use super::document::InDump;
use super::finder::{Context, Finder};
use super::json::{Node, Value};
use super::note::Shape;
use super::text::Text;

/// The peer connections of a dump.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, schemars::JsonSchema)]
pub struct Dump {
    /// What wrote it.
    pub format: Format,
    /// The browser, as it names itself.
    pub user_agent: Option<String>,
    /// The page, without what follows `?` or `#`.
    pub url: Option<String>,
    /// In the order in which they appear.
    pub connections: Vec<Connection>,
    /// Events that belong to no connection, such as getUserMedia.
    pub other_events: usize,
    /// Those of them that are calls that failed, such as getUserMedia.
    pub page_failures: Vec<Event>,
}

/// The formats of dumps.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// `chrome://webrtc-internals`.
    #[default]
    WebrtcInternals,
    /// rtcstats, a line an event.
    RtcstatsLines,
    /// rtcstats, one object.
    RtcstatsObject,
    /// rtcstats, `RTCStatsDump`.
    RtcstatsDump,
    /// Firefox's `about:webrtc`.
    AboutWebrtc,
}

/// One peer connection.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, schemars::JsonSchema)]
pub struct Connection {
    /// `11-1`, `PC_0`.
    pub id: String,
    /// The page that made it, without what follows `?` or `#`.
    pub url: Option<String>,
    /// What it was made with, credentials replaced by `***`.
    pub configuration: Option<String>,
    /// In the order of the dump.
    pub events: Vec<Event>,
    /// How often statistics were taken.
    pub stats: usize,
}

impl Dump {
    /// What the browser said when it would not take a description that was set. `None` where it took it, and where the
    /// dump does not say.
    pub fn refusal_of(&self, place: InDump) -> Option<&str> {
        let events = &self.connections.get(place.connection)?.events;
        let call = events.get(place.event)?.method.to_ascii_lowercase();
        if !call.starts_with("set") {
            return None;
        }
        for event in &events[place.event + 1..] {
            let method = event.method.to_ascii_lowercase();
            match method.strip_prefix(&call) {
                Some("onfailure" | "failed") => match &event.what {
                    What::Failure { message } => return Some(message),
                    _ => return None,
                },
                Some(_) => return None,
                None => {}
            }
        }
        None
    }

    /// Why there is no description in it.
    pub(super) fn why_none(&self) -> String {
        let set = self
            .connections
            .iter()
            .flat_map(|one| &one.events)
            .filter(|event| event.what.is_description())
            .count();
        let (name, count) = (self.format.name(), self.connections.len());
        match (count, set) {
            (0, _) if self.format == Format::WebrtcInternals => {
                "the dump was saved too late or on another page: it has no peer connections. Chrome forgets them when their \
                 page is closed, so save it while the call is on"
                    .to_owned()
            }
            (0, _) => format!("{name} has no peer connections, only {} other events", self.other_events),
            (_, 0) => format!("{name} has {}, but nothing was negotiated in it", connections(count)),
            _ => format!(
                "{name} has {} and {set} descriptions that were created or set, but their SDP was left out when it was recorded",
                connections(count)
            ),
        }
    }
}

impl Format {
    /// As one says it.
    pub fn name(self) -> &'static str {
        match self {
            Self::WebrtcInternals => "the webrtc-internals dump",
            Self::RtcstatsLines | Self::RtcstatsObject | Self::RtcstatsDump => "the rtcstats dump",
            Self::AboutWebrtc => "the about:webrtc report",
        }
    }
}

/// Reads a dump that is one JSON value, if it is one.
pub(super) fn of_json(
    finder: &mut Finder<'_>,
    text: &Text<'_>,
    node: &Node,
    context: &Context,
) -> Option<Shape> {
    let bytes = &*text.bytes;
    let is_object =
        |name: &str| node.member(bytes, name).is_some_and(|member| matches!(member.value, Value::Object(_)));
    if finder.dump.is_some() {
        return None;
    }
    if is_object("PeerConnections") {
        return Some(internals::read(finder, text, node, context));
    }
    if is_object("peerConnections") {
        return Some(rtcstats::object(finder, text, node, context));
    }
    if !node.elements().is_empty()
        && node.elements().iter().take(3).all(|line| rtcstats::is_event(bytes, line))
    {
        return Some(rtcstats::array(finder, text, node, context));
    }
    firefox::read(finder, text, node, context)
}

fn connections(count: usize) -> String {
    match count {
        1 => "one peer connection".to_owned(),
        _ => format!("{count} peer connections"),
    }
}

/// A URL without what may be secret in it.
fn page(url: &str) -> String {
    crate::sdp::secret::masked(url.split(['?', '#']).next().unwrap_or_default())
}
