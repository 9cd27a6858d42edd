//! One difference, as every format has it.

use serde::Serialize;

/// One difference between two descriptions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Change {
    /// What it is about.
    pub topic: Topic,
    /// What happened to it.
    #[serde(rename = "change")]
    pub how: How,
    /// Which one: `VP8 (96)`, `AS`, an address.
    pub subject: String,
    /// What it was; `null` where it was not there, and for passwords and keys.
    pub from: Option<String>,
    /// What it is; `null` where it is no more, and for passwords and keys.
    pub to: Option<String>,
    /// The line of the earlier description, counted from 1.
    pub from_line: Option<u32>,
    /// The line of the later description.
    pub to_line: Option<u32>,
    /// The same in words.
    pub message: String,
}

/// What happened to something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// Only the later description has it.
    Added,
    /// Only the earlier description has it.
    Removed,
    /// It has another value.
    Changed,
    /// It has another number, and is otherwise the same.
    Renumbered,
    /// It stands at another place among the others.
    Moved,
}

/// What a difference is about. Ordered as they are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Topic {
    /// The session id of `o=`.
    SessionId,
    /// The session version of `o=`.
    Version,
    /// The rest of `o=`.
    Origin,
    /// A BUNDLE group.
    Bundle,
    /// An m-line as a whole: added, removed, moved, stopped.
    MLine,
    /// The name of an m-line.
    Mid,
    /// Audio, video, ….
    Kind,
    /// The transport of `m=`.
    Protocol,
    /// The port of `m=`.
    Port,
    /// `c=`.
    Address,
    /// Which way media goes.
    Direction,
    /// ICE credentials.
    Ice,
    /// `ice-options`.
    IceOptions,
    /// The hash of a certificate.
    Fingerprint,
    /// Who begins the DTLS handshake.
    Setup,
    /// The name of a DTLS association.
    TlsId,
    /// A key of SRTP.
    Key,
    /// A payload type.
    Codec,
    /// The order of preference.
    CodecOrder,
    /// A parameter of `fmtp`.
    Fmtp,
    /// `rtcp-fb`.
    Feedback,
    /// A format that is no payload type.
    Format,
    /// A header extension.
    Extension,
    /// `b=`.
    Bandwidth,
    /// `msid`.
    Stream,
    /// A source.
    Ssrc,
    /// Sources that belong together.
    SsrcGroup,
    /// A stream with a name.
    Rid,
    /// `simulcast`.
    Simulcast,
    /// A candidate.
    Candidate,
    /// Any other attribute.
    Attribute,
    /// Any other line.
    Line,
}

impl Topic {
    /// What it is called, one and many.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::SessionId => ("session id", "session ids"),
            Self::Version => ("version", "versions"),
            Self::Origin => ("origin", "origins"),
            Self::Bundle => ("BUNDLE group", "BUNDLE groups"),
            Self::MLine => ("m-line", "m-lines"),
            Self::Mid => ("mid", "mids"),
            Self::Kind => ("kind of media", "kinds of media"),
            Self::Protocol => ("transport", "transports"),
            Self::Port => ("port", "ports"),
            Self::Address => ("address", "addresses"),
            Self::Direction => ("direction", "directions"),
            Self::Ice => ("ICE", "ICE"),
            Self::IceOptions => ("ICE options", "ICE options"),
            Self::Fingerprint => ("fingerprint", "fingerprints"),
            Self::Setup => ("DTLS role", "DTLS roles"),
            Self::TlsId => ("tls-id", "tls-ids"),
            Self::Key => ("SRTP key", "SRTP keys"),
            Self::Codec => ("codec", "codecs"),
            Self::CodecOrder => ("codec order", "codec orders"),
            Self::Fmtp => ("parameter", "parameters"),
            Self::Feedback => ("feedback", "kinds of feedback"),
            Self::Format => ("format", "formats"),
            Self::Extension => ("extension", "extensions"),
            Self::Bandwidth => ("bandwidth", "bandwidths"),
            Self::Stream => ("stream", "streams"),
            Self::Ssrc => ("SSRC", "SSRCs"),
            Self::SsrcGroup => ("SSRC group", "SSRC groups"),
            Self::Rid => ("rid", "rids"),
            Self::Simulcast => ("simulcast", "simulcasts"),
            Self::Candidate => ("candidate", "candidates"),
            Self::Attribute => ("attribute", "attributes"),
            Self::Line => ("line", "lines"),
        }
    }
}

impl How {
    /// To be read after what it happened to.
    pub fn word(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
            Self::Renumbered => "renumbered",
            Self::Moved => "moved",
        }
    }
}

/// A value of one side, and its line.
#[derive(Debug, Clone, Default)]
pub(super) struct Was {
    pub(super) value: Option<String>,
    pub(super) line: Option<u32>,
}

impl Was {
    pub(super) fn new(value: impl Into<String>, line: u32) -> Self {
        Self { value: Some(value.into()), line: Some(line) }
    }

    /// What must not be shown.
    pub(super) fn hidden(line: u32) -> Self {
        Self { value: None, line: Some(line) }
    }

    /// Nothing is there.
    pub(super) fn nothing() -> Self {
        Self::default()
    }
}

impl Change {
    pub(super) fn added(topic: Topic, subject: impl Into<String>, is: Was) -> Self {
        let subject = subject.into();
        let message = format!("{subject} added");
        Self::of(topic, How::Added, subject, [Was::nothing(), is], message)
    }

    pub(super) fn removed(topic: Topic, subject: impl Into<String>, was: Was) -> Self {
        let subject = subject.into();
        let message = format!("{subject} removed");
        Self::of(topic, How::Removed, subject, [was, Was::nothing()], message)
    }

    pub(super) fn changed(
        topic: Topic,
        subject: impl Into<String>,
        both: [Was; 2],
        message: impl Into<String>,
    ) -> Self {
        Self::of(topic, How::Changed, subject, both, message)
    }

    pub(super) fn of(
        topic: Topic,
        how: How,
        subject: impl Into<String>,
        [from, to]: [Was; 2],
        message: impl Into<String>,
    ) -> Self {
        Self {
            topic,
            how,
            subject: subject.into(),
            from: from.value,
            to: to.value,
            from_line: from.line,
            to_line: to.line,
            message: message.into(),
        }
    }

    /// The value of something that both have, if it is another.
    pub(super) fn value(topic: Topic, subject: &str, both: [(String, u32); 2]) -> Option<Self> {
        let [(from, from_line), (to, to_line)] = both;
        if from == to {
            return None;
        }
        let name = if subject.is_empty() { String::new() } else { format!("{subject}: ") };
        let message = format!("{name}{from} -> {to}");
        Some(Self::changed(topic, subject, [Was::new(from, from_line), Was::new(to, to_line)], message))
    }
}
