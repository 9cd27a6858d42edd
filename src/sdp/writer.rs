//! Who wrote it: a guess with its evidence, or none.
//!
//! Only what a program writes on purpose counts as proof: its name. Habits of writing give a family, since many
//! programs are built upon one library. What a browser can do proves nothing: it changes from version to version, and
//! scripts change it too.

use serde::Serialize;

use super::line::Origin;
use super::session::{Media, Session};
use crate::finding::Confidence;

/// Who wrote a description.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Writer {
    /// Its name; `unknown` where nothing tells.
    pub name: String,
    /// What it is.
    pub family: Family,
    /// How sure that is.
    pub confidence: Confidence,
    /// What it is seen by.
    pub evidence: Vec<String>,
}

/// What kind of program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Family {
    /// A browser, or an application with the WebRTC library of one.
    Browser,
    /// A library for programs of all kinds.
    Library,
    /// A media server.
    Server,
    /// A phone, an exchange, a gateway.
    Phone,
    /// A camera or a server of RTSP.
    Camera,
    /// A program that plays, records or publishes.
    Tool,
    /// Nothing tells.
    Unknown,
}

/// Guesses from the lines that programs write in their own way.
pub(super) fn guess(session: &Session<'_>) -> Writer {
    let marks = Marks::of(session);
    named(&marks).or_else(|| habitual(&marks)).unwrap_or_else(|| Writer {
        name: "unknown".to_owned(),
        family: Family::Unknown,
        confidence: Confidence::Low,
        evidence: vec!["no line names a program, and none is written as a known program does".to_owned()],
    })
}

/// The lines that count.
struct Marks<'s> {
    origin_user: &'s str,
    origin: Option<Origin<'s>>,
    name: &'s str,
    tool: Option<&'s str>,
    msid_semantic: Option<&'s str>,
    has_ice: bool,
    has_control: bool,
    has_range: bool,
    has_y_line: bool,
    has_program_stream: bool,
    has_mixed_stream: bool,
    /// Constrained High, as the makers of encoders for Apple and Android in libwebrtc write it.
    high_profile: Option<&'s str>,
    has_braces: bool,
    is_orphan: bool,
}

impl<'s> Marks<'s> {
    fn of(session: &'s Session<'_>) -> Self {
        let text = session.text();
        let head = session.head();
        let lines = &text.lines()[head.lines.clone()];
        // A broken `o=` still has its first word.
        let origin_line =
            lines.iter().find(|line| line.kind == Some('o')).map_or("", |line| text.slice(line.value));
        let any = |name: &str| session.sections().any(|section| section.has(name));
        let value =
            |name: &str| head.first(name).and_then(|attribute| attribute.value).map(|word| word.value);
        Self {
            origin_user: origin_line.split_whitespace().next().unwrap_or_default(),
            origin: head.origin,
            name: head.name.map_or("", |name| name.value),
            tool: value("tool"),
            msid_semantic: value("msid-semantic"),
            has_ice: any("ice-ufrag"),
            has_control: any("control"),
            has_range: any("range"),
            has_y_line: text.lines().iter().any(|line| line.kind == Some('y')),
            has_program_stream: session
                .media()
                .any(|media| media.codecs().iter().any(|codec| codec.is("PS"))),
            has_mixed_stream: text.as_str().contains(JITSI_STREAM),
            high_profile: session.media().find_map(high_profile),
            has_braces: session.media().any(|media| has_braces(media)),
            is_orphan: head.lines.is_empty(),
        }
    }
}

/// `640c1f` and the like.
fn high_profile<'s>(media: Media<'s, 's>) -> Option<&'s str> {
    let all = media.codecs().iter().filter(|codec| codec.is("H264")).flat_map(|codec| &codec.fmtps);
    let mut parameters = all.flat_map(|fmtp| fmtp.parameters());
    parameters.find_map(|parameter| {
        let value = parameter.value?.value;
        let is_it = parameter.name.value == "profile-level-id" && value.starts_with("640c");
        is_it.then_some(value)
    })
}

/// `{…}` around a UUID, as Firefox writes one.
fn has_braces(media: Media<'_, '_>) -> bool {
    let is_one = |word: &str| word.len() == 38 && word.starts_with('{') && word.ends_with('}');
    let section = media.section();
    let mut names = section.ssrcs().filter(|ssrc| ssrc.attribute.value == "cname");
    let of_source = names.next().and_then(|ssrc| ssrc.value).is_some_and(|name| is_one(name.value));
    of_source || section.msids().next().is_some_and(|msid| is_one(msid.stream.value))
}

/// The stream of the mixed sound and picture of a conference.
pub(super) const JITSI_STREAM: &str = "mixedmslabel";

/// Where a name stands.
#[derive(Clone, Copy)]
enum Spot {
    /// The user name of `o=`.
    User,
    /// `s=`.
    Name,
    /// `a=msid-semantic`.
    Streams,
}

use Spot::{Name, Streams, User};

/// Beginnings of what stands at a spot, and who writes that there.
static NAMED: &[(Spot, &str, &str, Family)] = &[
    (User, "thisisadapterortc", "adapter.js on Edge with ORTC", Family::Browser),
    (User, "mediasoup-client", "mediasoup-client, for a mediasoup server", Family::Server),
    (User, "str0m-", "str0m", Family::Library),
    (User, "rtc", "libdatachannel (OBS has it)", Family::Library),
    (User, "FFmpeg", "FFmpeg", Family::Tool),
    (User, "SRS/", "SRS", Family::Server),
    (User, "OvenMediaEngine", "OvenMediaEngine", Family::Server),
    (User, "FreeSWITCH", "FreeSWITCH", Family::Phone),
    (User, "CiscoSystemsCCM", "Cisco Unified Communications Manager", Family::Phone),
    (User, "CiscoSystemsSIP", "a Cisco phone or gateway", Family::Phone),
    (Name, "Asterisk", "Asterisk", Family::Phone),
    (Name, "pjmedia", "PJSIP (Asterisk has it too)", Family::Phone),
    (Name, "FreeSWITCH", "FreeSWITCH", Family::Phone),
    (Name, "Kurento Media Server", "Kurento", Family::Server),
    (Name, "FFmpegPublishSession", "FFmpeg", Family::Tool),
    (Name, "semantic-sdp", "semantic-sdp (Medooze)", Family::Server),
    (Name, "go2rtc", "go2rtc", Family::Server),
    (Streams, "WMS janus", "Janus", Family::Server),
];

/// Whether a user name of `o=` is the name of a program, and of nobody.
pub(super) fn is_program(user: &str) -> bool {
    let mut names = NAMED.iter().filter(|(spot, ..)| matches!(spot, User));
    user.contains("THIS_IS_SDPARTA-") || names.any(|(_, start, ..)| begins(user, start))
}

fn begins(said: &str, start: &str) -> bool {
    // `rtc` is a word of others too.
    if start == "rtc" { said == start } else { said.starts_with(start) }
}

/// A program that says its name.
fn named(marks: &Marks<'_>) -> Option<Writer> {
    let sure = |name: String, family, evidence: String| {
        Some(Writer { name, family, confidence: Confidence::High, evidence: vec![evidence] })
    };
    if let Some((_, version)) = marks.origin_user.split_once("THIS_IS_SDPARTA-") {
        // Firefox keeps writing 99.0 whatever its version.
        let version = if version == "99.0" { "99 or later".to_owned() } else { version.to_owned() };
        return sure(format!("Firefox {version}"), Family::Browser, format!("o={}", marks.origin_user));
    }
    for (spot, start, name, family) in NAMED {
        let (line, said) = match spot {
            User => ("o=", marks.origin_user),
            Name => ("s=", marks.name),
            Streams => ("a=msid-semantic:", marks.msid_semantic.unwrap_or_default().trim()),
        };
        if begins(said, start) {
            return sure((*name).to_owned(), *family, format!("{line}{said}"));
        }
    }
    let tool = marks.tool.map(str::trim).filter(|tool| !tool.is_empty())?;
    let family = if marks.has_control { Family::Camera } else { Family::Tool };
    sure(tool.to_owned(), family, format!("a=tool:{tool}"))
}

/// A library known by the way it writes.
fn habitual(marks: &Marks<'_>) -> Option<Writer> {
    let likely = |name: &str, family, confidence, evidence: Vec<String>| {
        Some(Writer { name: name.to_owned(), family, confidence, evidence })
    };
    if let Some(origin) = marks.origin.filter(|origin| origin.username.value == "-" && marks.has_ice) {
        let shown = format!(
            "o=- {} {} IN {} {}",
            origin.session_id, origin.session_version, origin.address_type, origin.address
        );
        let version: u64 = origin.version().map_or(u64::MAX, |version| version.value);
        let long_id = origin.session_id.len() >= 15 && origin.session_id.bytes().all(|b| b.is_ascii_digit());
        match origin.address.value {
            "127.0.0.1" if long_id && (1..1_000_000).contains(&version) => {
                let mut evidence = vec![shown];
                let mut confidence = Confidence::Medium;
                if marks.msid_semantic.is_some_and(|value| value.trim_start().starts_with("WMS")) {
                    evidence.push(format!("a=msid-semantic:{}", marks.msid_semantic.unwrap_or_default()));
                    confidence = Confidence::High;
                }
                let mut name = "libwebrtc (Chrome, Edge, Safari, or an app with that library)";
                if let Some(profile) = marks.high_profile {
                    name = "libwebrtc of Apple or Android (Safari, or an app with that library)";
                    evidence.push(format!(
                        "H.264 profile {profile}, which that library has for Apple and Android alone"
                    ));
                    confidence = Confidence::Medium;
                }
                return likely(name, Family::Browser, confidence, evidence);
            }
            "0.0.0.0" if marks.msid_semantic == Some("WMS*") => {
                let evidence = vec![shown, "a=msid-semantic:WMS*, without the space".to_owned()];
                return likely(
                    "Pion (LiveKit and others have it)",
                    Family::Library,
                    Confidence::High,
                    evidence,
                );
            }
            "0.0.0.0" if long_id && (1_300_000_000..2_200_000_000).contains(&version) => {
                let evidence = vec![format!("{shown}: the version is a time in seconds since 1970")];
                return likely("Pion or webrtc-rs", Family::Library, Confidence::Medium, evidence);
            }
            _ if marks.has_mixed_stream => {
                let evidence = vec![format!("the stream `{JITSI_STREAM}`")];
                return likely(
                    "Jitsi Videobridge, by way of lib-jitsi-meet",
                    Family::Server,
                    Confidence::High,
                    evidence,
                );
            }
            "0.0.0.0" if is_ntp_time(&origin) => {
                let evidence = vec![format!("{shown}: id and version are one time in seconds since 1900")];
                return likely("aiortc", Family::Library, Confidence::Medium, evidence);
            }
            "0.0.0.0" if origin.session_id.value == "1923518516" => {
                let name = "a Jitsi client, from Jingle";
                return likely(name, Family::Server, Confidence::Medium, vec![shown]);
            }
            _ => {}
        }
    }
    // Scripts and servers replace `o=`; the names of sources and streams remain.
    if marks.has_ice && marks.has_braces {
        let mut evidence = vec!["names of sources and streams stand in braces".to_owned()];
        let mut confidence = Confidence::Low;
        if marks.msid_semantic == Some("WMS *") {
            evidence.push("a=msid-semantic:WMS *".to_owned());
            confidence = Confidence::Medium;
        }
        return likely("Firefox", Family::Browser, confidence, evidence);
    }
    if marks.has_y_line && !marks.has_ice {
        let evidence = vec!["a `y=` line, which GB/T 28181 adds".to_owned()];
        return likely("a GB/T 28181 camera or platform", Family::Camera, Confidence::Medium, evidence);
    }
    // Devices are numbered with 20 digits, and send MPEG program streams.
    let is_device = marks.origin_user.len() == 20 && marks.origin_user.bytes().all(|b| b.is_ascii_digit());
    if is_device && marks.has_program_stream && !marks.has_ice {
        let evidence = vec![format!("o={}, a device number", marks.origin_user), "PS/90000".to_owned()];
        return likely("a GB/T 28181 camera or platform", Family::Camera, Confidence::Medium, evidence);
    }
    if marks.has_control && !marks.has_ice {
        let mut evidence = vec!["a=control, which RTSP needs".to_owned()];
        evidence.extend(marks.has_range.then(|| "a=range".to_owned()));
        evidence.extend((!marks.is_orphan && marks.name.len() > 1).then(|| format!("s={}", marks.name)));
        return likely("an RTSP camera or server", Family::Camera, Confidence::Medium, evidence);
    }
    None
}

fn is_ntp_time(origin: &Origin<'_>) -> bool {
    let seconds = origin.session_id.value.parse::<u64>().ok();
    let version = origin.version().ok().map(|version| version.value);
    // From 2018 on.
    seconds == version && seconds.is_some_and(|seconds| (3_724_000_000..4_294_967_296).contains(&seconds))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sdp::Text;

    #[track_caller]
    fn check(head: &str, name: &str, confidence: Confidence) {
        let sdp = format!("v=0\r\n{head}\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=ice-ufrag:abcd\r\n");
        let text = Text::from_bytes(sdp.as_bytes());
        let writer = guess(&Session::from_text(&text));
        assert!(writer.name.starts_with(name), "{writer:?}");
        assert_eq!(writer.confidence, confidence, "{writer:?}");
        assert!(!writer.evidence.is_empty());
    }

    #[test]
    fn a_program_that_says_its_name_is_believed() {
        check(
            "o=mozilla...THIS_IS_SDPARTA-81.0.1 5 0 IN IP4 0.0.0.0\r\ns=-",
            "Firefox 81.0.1",
            Confidence::High,
        );
        let frozen = "o=mozilla...THIS_IS_SDPARTA-99.0 5 0 IN IP4 0.0.0.0\r\ns=-";
        check(frozen, "Firefox 99 or later", Confidence::High);
        check("o=rtc 3767197920 0 IN IP4 127.0.0.1\r\ns=-", "libdatachannel", Confidence::High);
        check("o=- 1 1 IN IP4 192.0.2.1\r\ns=pjmedia", "PJSIP", Confidence::High);
        check("o=- 1 1 IN IP4 192.0.2.1\r\ns=x\r\na=tool:vlc 3.0.11", "vlc 3.0.11", Confidence::High);
        check("o=FreeSWITCH 1538380016 1538380017\r\ns=-", "FreeSWITCH", Confidence::High);
    }

    #[test]
    fn habits_give_a_family() {
        let line = "o=- 4611731400430051336 2 IN IP4 127.0.0.1\r\ns=-";
        check(line, "libwebrtc", Confidence::Medium);
        check(&format!("{line}\r\na=msid-semantic: WMS"), "libwebrtc", Confidence::High);
        let pion = "o=- 930222930247584370 1727933945 IN IP4 0.0.0.0\r\ns=-";
        check(pion, "Pion or webrtc-rs", Confidence::Medium);
        check(&format!("{pion}\r\na=msid-semantic:WMS*"), "Pion (", Confidence::High);
    }

    #[test]
    fn conferences_and_cameras_have_habits_too() {
        let line = "o=- 1605197599765 2 IN IP4 0.0.0.0\r\ns=-";
        check(line, "unknown", Confidence::Low);
        check(&format!("{line}\r\na=msid-semantic: WMS mixedmslabel"), "Jitsi Videobridge", Confidence::High);
        check("o=- 3910748632 3910748632 IN IP4 0.0.0.0\r\ns=-", "aiortc", Confidence::Medium);
        let sdp = "v=0\no=64010600002020000001 0 0 IN IP4 192.0.2.3\ns=Play\nt=0 0\nm=video 6000 RTP/AVP 96\na=rtpmap:96 PS/90000\n";
        let text = Text::from_bytes(sdp.as_bytes());
        assert!(guess(&Session::from_text(&text)).name.starts_with("a GB/T 28181"));
    }

    #[test]
    fn what_only_one_library_or_browser_writes_tells_it() {
        let sdp = |origin: &str, more: &str| {
            let sdp = format!(
                "v=0\r\n{origin}\r\ns=-\r\nt=0 0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=ice-ufrag:abcd\r\n\
                 a=rtpmap:96 H264/90000\r\n{more}\r\n"
            );
            guess(&Session::from_text(&Text::from_bytes(sdp.as_bytes())))
        };
        let line = "o=- 4611731400430051336 2 IN IP4 127.0.0.1";
        let apple = sdp(line, "a=fmtp:96 packetization-mode=1;profile-level-id=640c1f");
        assert!(apple.name.contains("Safari") && !apple.name.contains("Chrome"), "{apple:?}");
        assert_eq!((apple.confidence, apple.evidence.len()), (Confidence::Medium, 2));
        assert!(sdp(line, "a=fmtp:96 profile-level-id=64001f").name.contains("Chrome"));
        let braces = "a=ssrc:1 cname:{69b8d6b0-3ec4-004c-98e0-543de2b8e22f}";
        assert_eq!(sdp("o=- 1 1 IN IP4 192.0.2.1", braces).name, "Firefox");
        assert_eq!(sdp("o=- 1 1 IN IP4 192.0.2.1", "a=ssrc:1 cname:{x}").name, "unknown");
    }

    #[test]
    fn what_a_browser_can_do_and_which_hash_it_has_prove_nothing() {
        check("o=alice 1 1 IN IP4 192.0.2.1\r\ns=-\r\na=fingerprint:sha-1 AA", "unknown", Confidence::Low);
        check("o=rtcpeer 1 1 IN IP4 127.0.0.1\r\ns=-", "unknown", Confidence::Low);
    }
}
