//! `sendrecv` and the others: which way media goes (RFC 8866 §6.7).

/// A direction, as the one who wrote it sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Both ways.
    Sendrecv,
    /// From here only.
    Sendonly,
    /// To here only.
    Recvonly,
    /// Neither.
    Inactive,
}

impl Direction {
    /// The direction of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Direction::Sendrecv, Direction::Sendonly, Direction::Recvonly, Direction::Inactive]
            .into_iter()
            .find(|direction| direction.as_str() == name)
    }

    /// As in SDP.
    pub fn as_str(self) -> &'static str {
        match self {
            Direction::Sendrecv => "sendrecv",
            Direction::Sendonly => "sendonly",
            Direction::Recvonly => "recvonly",
            Direction::Inactive => "inactive",
        }
    }

    /// Whether the one who wrote it sends.
    pub fn sends(self) -> bool {
        matches!(self, Direction::Sendrecv | Direction::Sendonly)
    }

    /// Whether the one who wrote it receives.
    pub fn receives(self) -> bool {
        matches!(self, Direction::Sendrecv | Direction::Recvonly)
    }

    /// The same as the other side sees it.
    #[must_use]
    pub fn reversed(self) -> Self {
        match self {
            Direction::Sendonly => Direction::Recvonly,
            Direction::Recvonly => Direction::Sendonly,
            both => both,
        }
    }
}
