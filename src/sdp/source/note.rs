//! What is said about an input besides what was found in it.

/// One remark, as a sentence for people.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct Note {
    /// What it is about, for programs.
    pub about: About,
    /// A sentence.
    pub text: String,
    /// The line of the input, from 1.
    pub line: Option<usize>,
}

/// What a [`Note`] is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum About {
    /// Why there is no SDP in it.
    NoSdp,
    /// It was packed, and could be unpacked.
    Unpacked,
    /// It begins with a byte order mark.
    ByteOrderMark,
    /// Text stands before the first line of the only description.
    TextBefore,
    /// `\r\n` stand as characters where lines should end.
    LiteralEscapes,
    /// Something stops before its end.
    CutOff,
    /// Content-Length is not the length of the body.
    ContentLength,
    /// Descriptions or parts of them are not in the dump.
    LeftOut,
    /// Parts of a description were taken from an earlier one.
    Restored,
    /// More than can be kept.
    TooMuch,
}

/// What an input is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Shape {
    /// SDP, perhaps with text around it or something before each line.
    Sdp,
    /// A part of one, as WHIP and trickle ICE send it.
    Sdpfrag,
    /// JSON with SDP in it.
    Json,
    /// Strings of a program, or what a console printed.
    JavaScript,
    /// What `chrome://webrtc-internals` saved.
    WebrtcInternals,
    /// What rtcstats recorded.
    Rtcstats,
    /// What Firefox's `about:webrtc` saved.
    AboutWebrtc,
    /// An HTTP archive of a browser's developer tools.
    Har,
    /// Messages of SIP.
    Sip,
    /// Messages of HTTP: WHIP, WHEP, or a signalling API.
    Http,
    /// Messages of RTSP.
    Rtsp,
    /// HTML.
    Html,
    /// Base64.
    Base64,
    /// Percent-encoded text.
    PercentEncoded,
    /// Candidates alone.
    Candidates,
    /// Nothing that has to do with SDP.
    Other,
}

impl Shape {
    /// As one says it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sdp => "SDP",
            Self::Sdpfrag => "an SDP fragment",
            Self::Json => "JSON",
            Self::JavaScript => "strings of a program or a console",
            Self::WebrtcInternals => "a webrtc-internals dump",
            Self::Rtcstats => "an rtcstats dump",
            Self::AboutWebrtc => "a report of about:webrtc",
            Self::Har => "an HTTP archive",
            Self::Sip => "SIP messages",
            Self::Http => "HTTP messages",
            Self::Rtsp => "RTSP messages",
            Self::Html => "HTML",
            Self::Base64 => "base64",
            Self::PercentEncoded => "percent-encoded text",
            Self::Candidates => "ICE candidates",
            Self::Other => "something else",
        }
    }
}

impl Note {
    pub(super) fn new(about: About, text: impl Into<String>) -> Self {
        Self { about, text: text.into(), line: None }
    }
}
