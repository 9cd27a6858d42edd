//! A whole WebRTC call between two ends that share a clock, sans-IO: what it carries, how far it came, what it measured.
//!
//! Datagrams and `now` come in; datagrams, when to come back and figures come out. ICE, DTLS, SRTP and SCTP are str0m's;
//! sockets, relays and cryptography are `io`'s. Nothing is encoded: media is made-up bytes of realistic sizes.

mod arrivals;
mod channel;
mod end;
mod facts;
mod flights;
mod load;
mod media;
mod pairs;
mod peer;
mod phases;
mod rating;
mod scenario;
mod series;
mod session;
mod side;
mod silence;
mod stamp;
mod summary;
mod witness;

pub use end::End;
pub use facts::{
    ChannelFacts, Cost, DtlsFacts, Failure, FloorFacts, ImpairmentFacts, MediaFacts, OneWay, PairFacts,
    PathFacts, RelayFacts, RoundTrips, StepFacts, ThroughputFacts,
};
pub use flights::Flight;
pub use media::Kind;
pub use pairs::{FailureFacts, Pair, PairsFacts};
pub use peer::{CandidateKind, PeerError};
pub use phases::{Phase, PhaseFacts, Phases};
pub use rating::{Rating, rate};
pub use scenario::{Channel, Load, Reliability, Scenario};
pub use series::{IntervalFacts, SeriesFacts};
pub use session::{Call, Descriptions, Output, Rolling};
pub use silence::{Silence, Silent};
pub use summary::{METRICS, Summary};
pub use witness::{SrtpKeys, Witness, Witnessed};
