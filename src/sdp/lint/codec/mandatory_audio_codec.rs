//! Every WebRTC endpoint knows Opus, PCMU and PCMA (RFC 7874 §3).

use crate::finding::{Rule, Severity};
use crate::sdp::attribute::{Direction, Setup};
use crate::sdp::lint::{Check, Description, Findings, LintRule};
use crate::sdp::session::Media;

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP212",
        name: "mandatory-audio-codec",
        severity: Severity::Warning,
        summary: "the audio has none of the codecs that every WebRTC endpoint knows",
        explain: include_str!("mandatory_audio_codec.md"),
        refs: &["RFC 7874 §3"],
        since: "0.1.0",
    },
    checks: &[Check::One(check)],
};

const MANDATORY: [&str; 3] = ["opus", "PCMU", "PCMA"];

fn check(description: &Description<'_>, findings: &mut Findings<'_>) {
    if !description.is_webrtc() {
        return;
    }
    for media in super::streams(description) {
        let codecs = media.codecs();
        if !media.line().kind.eq_ignore_ascii_case("audio")
            || media.direction() == Direction::Inactive
            || is_chosen(description, media)
            || codecs.iter().any(|codec| MANDATORY.iter().any(|name| codec.is(name)))
        {
            continue;
        }
        // Nothing can be said of codecs that are not known.
        let names: Option<Vec<&str>> =
            codecs.iter().filter(|codec| !codec.is_auxiliary()).map(|codec| codec.name()).collect();
        let Some(names) = names.filter(|_| !codecs.is_empty()) else { continue };
        let offered = match &names[..] {
            [] => "no codec for sound".to_owned(),
            names => format!("{} alone", super::listed(names)),
        };
        findings
            .push(super::formats(media), format!("there is {offered}: neither Opus nor PCMU nor PCMA"))
            .help(
                "add Opus: a free payload type in the m-line and `a=rtpmap:<it> opus/48000/2`; PCMU is `0`",
            );
    }
}

/// Whether the codecs are those that an answerer took of what there was: that is not its fault.
fn is_chosen(description: &Description<'_>, media: Media<'_, '_>) -> bool {
    let is_offer = || media.setup().is_none_or(|(setup, _)| setup.value == Setup::Actpass);
    description.is_answer() || (!description.is_offer() && !is_offer())
}
