//! What happened to a peer connection.

use super::super::candidate::Candidate;
use super::super::document::{Kind, Place};
use super::candidate_error::CandidateError;

/// One entry of the timeline.
#[derive(Debug, Clone, PartialEq, serde::Serialize, schemars::JsonSchema)]
pub struct Event {
    /// Milliseconds since 1970, if the dump says so.
    pub time_ms: Option<f64>,
    /// The time as the dump writes it, where that is text.
    pub time_text: Option<String>,
    /// As the dump names it: `setLocalDescription`, `onicecandidate`.
    pub method: String,
    /// What it means.
    pub what: What,
    /// Where it stands in the input.
    pub place: Option<Place>,
}

/// The meaning of an event.
#[derive(Debug, Clone, PartialEq, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case", tag = "what")]
pub enum What {
    /// A description was created or set.
    Description {
        /// By whom, and to what end.
        side: Side,
        /// Its type.
        kind: Kind,
        /// Which of the documents; None where the dump has no text.
        document: Option<usize>,
        /// Whether it is what was created before; only of those set locally.
        munged: Option<Munged>,
    },
    /// A candidate was found, or given to addIceCandidate.
    Candidate {
        /// Ours; else the peer's.
        local: bool,
        /// What was said of it.
        candidate: Candidate,
    },
    /// A STUN or TURN server gave no candidate, and why.
    CandidateError(CandidateError),
    /// A state changed.
    State {
        /// Which state.
        of: State,
        /// To what, in the words of today's API: `have-local-offer`.
        to: String,
    },
    /// A call failed.
    Failure {
        /// The browser's words.
        message: String,
    },
    /// Something else.
    Other {
        /// The beginning of its value.
        value: String,
    },
}

/// What a description was for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// createOffer or createAnswer gave it.
    Created,
    /// setLocalDescription was called with it.
    Local,
    /// setRemoteDescription was called with it.
    Remote,
}

/// How what was set differs from what had been created.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case", tag = "is")]
pub enum Munged {
    /// Not at all.
    No {
        /// The document that was created.
        created: usize,
    },
    /// The lines are the same in another order.
    Reordered {
        /// The document that was created.
        created: usize,
    },
    /// Lines were changed, added or removed.
    Yes {
        /// The document that was created.
        created: usize,
        /// The first line of the set one that differs, from 1; blank ones do not count.
        line: usize,
        /// Lines that only the set one has.
        added: usize,
        /// Lines that only the created one has.
        removed: usize,
    },
}

/// The states of a peer connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// `signalingState`.
    Signaling,
    /// `iceConnectionState`.
    IceConnection,
    /// `iceGatheringState`.
    IceGathering,
    /// `connectionState`.
    Connection,
    /// The state of the DTLS transport.
    Dtls,
}

impl What {
    /// Whether a description was created or set.
    pub fn is_description(&self) -> bool {
        matches!(self, Self::Description { .. })
    }
}

/// Compares what was set with what had been created.
pub(super) fn munged(created: usize, before: &[u8], after: &[u8]) -> Munged {
    let lines = |bytes: &[u8]| -> Vec<Vec<u8>> {
        super::super::text::lines(bytes)
            .map(|line| line.of(bytes).to_vec())
            .filter(|line| !line.is_empty())
            .collect()
    };
    let (mut before, mut after) = (lines(before), lines(after));
    if before == after {
        return Munged::No { created };
    }
    let line = before.iter().zip(&after).position(|(one, other)| one != other);
    let line = line.unwrap_or(before.len().min(after.len())) + 1;
    before.sort();
    after.sort();
    let added = only_in_first(&after, &before);
    let removed = only_in_first(&before, &after);
    match (added, removed) {
        (0, 0) => Munged::Reordered { created },
        _ => Munged::Yes { created, line, added, removed },
    }
}

/// How many more there are in `first`; both are sorted.
fn only_in_first(first: &[Vec<u8>], second: &[Vec<u8>]) -> usize {
    let mut rest = second.iter().peekable();
    let is_alone = |line: &&Vec<u8>| {
        while rest.next_if(|other| other < line).is_some() {}
        rest.next_if(|other| other == line).is_none()
    };
    first.iter().filter(is_alone).count()
}

impl State {
    /// As one says it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Signaling => "signaling",
            Self::IceConnection => "ICE",
            Self::IceGathering => "gathering",
            Self::Connection => "connection",
            Self::Dtls => "DTLS",
        }
    }

    /// Reads the name of an event: `onsignalingstatechange`, `iceConnectionStateChange`.
    pub(super) fn from_method(method: &str) -> Option<Self> {
        let name = method.to_ascii_lowercase();
        let name = name.strip_prefix("on").unwrap_or(&name);
        match name {
            "signalingstatechange" => Some(Self::Signaling),
            "iceconnectionstatechange" => Some(Self::IceConnection),
            "icegatheringstatechange" => Some(Self::IceGathering),
            "connectionstatechange" => Some(Self::Connection),
            "dtlsstatechange" => Some(Self::Dtls),
            _ => None,
        }
    }

    /// Chrome of 2014 says `SignalingStateHaveLocalOffer`, of 2025 `"have-local-offer"` with quotes.
    pub(super) fn word(value: &str) -> String {
        let value = value.trim().trim_matches('"');
        let bare = [
            "SignalingState",
            "ICEConnectionState",
            "IceConnectionState",
            "ICEGatheringState",
            "IceGatheringState",
        ]
        .iter()
        .find_map(|prefix| value.strip_prefix(prefix));
        let Some(bare) = bare else { return value.to_owned() };
        let mut word = String::new();
        for letter in bare.chars() {
            if letter.is_ascii_uppercase() && !word.is_empty() {
                word.push('-');
            }
            word.push(letter.to_ascii_lowercase());
        }
        word
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_of_any_year_are_words_of_today() {
        assert_eq!(State::word("SignalingStateHaveLocalOffer"), "have-local-offer");
        assert_eq!(State::word("\"stable\""), "stable");
        assert_eq!(State::word("checking"), "checking");
        assert_eq!(State::from_method("onIceConnectionStateChange"), Some(State::IceConnection));
        assert_eq!(State::from_method("iceConnectionStateChange"), Some(State::IceConnection));
        assert_eq!(State::from_method("icecandidate"), None);
    }

    #[test]
    fn munging_names_the_first_line() {
        let created = b"v=0\r\na=1\r\na=2\r\n";
        assert_eq!(munged(3, created, b"v=0\na=1\na=2"), Munged::No { created: 3 });
        assert_eq!(munged(3, created, b"v=0\r\na=2\r\na=1\r\n"), Munged::Reordered { created: 3 });
        assert_eq!(
            munged(3, created, b"v=0\r\na=1\r\nb=2\r\n"),
            Munged::Yes { created: 3, line: 3, added: 1, removed: 1 }
        );
        assert_eq!(
            munged(3, created, b"v=0\r\na=1\r\n"),
            Munged::Yes { created: 3, line: 3, added: 0, removed: 1 }
        );
        assert_eq!(
            munged(3, created, b"v=0\r\na=1\r\na=1\r\na=2\r\n"),
            Munged::Yes { created: 3, line: 3, added: 1, removed: 0 }
        );
    }
}
