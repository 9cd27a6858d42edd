//! What two descriptions are to each other, where only they themselves tell.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::sdp::session::Session;
use crate::sdp::source::Kind;

/// What two descriptions are to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Relation {
    /// Two of one side and one session, one after the other.
    Later,
    /// What was created, and what was set in its place.
    Munged,
    /// An offer and an answer.
    OfferAndAnswer,
    /// Two sessions, or nothing says that it is one.
    Unrelated,
}

impl Relation {
    /// Of two descriptions of which nothing else is known. A session id is random, so who has the same is of the same
    /// session; but there are servers whose answers repeat it.
    pub(super) fn of(kinds: [Kind; 2], sessions: [&Session<'_>; 2]) -> Self {
        let is_answer = |kind: Kind| matches!(kind, Kind::Answer | Kind::Pranswer);
        let are_two = kinds.contains(&Kind::Offer) && kinds.iter().any(|kind| is_answer(*kind));
        let roles = sessions.map(|session| {
            let roles =
                session.media().filter_map(|media| media.setup().map(|(setup, _)| setup.value.as_str()));
            let roles: BTreeSet<&str> = roles.collect();
            (roles.contains("actpass"), roles.contains("active") || roles.contains("passive"))
        });
        let is_unknown = kinds.contains(&Kind::Unknown);
        let answers = matches!(roles, [(true, false), (false, true)] | [(false, true), (true, false)]);
        let ids = sessions.map(|session| session.head().origin.map(|origin| origin.session_id.value));
        match ids {
            _ if are_two || (is_unknown && answers) => Self::OfferAndAnswer,
            [Some(from), Some(to)] if from == to && !matches!(from, "-" | "0") => Self::Later,
            _ => Self::Unrelated,
        }
    }
}
