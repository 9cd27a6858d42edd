//! At least one codec of the answer is one of the offer (RFC 3264 §6.1).

use crate::finding::{Rule, Severity};
use crate::sdp::codec::Codec;
use crate::sdp::lint::{Check, Findings, LintRule, Pair, Side};
use crate::sdp::pairing::pairs;
use crate::sdp::session::Media;
use crate::sdp::text::Span;

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP222",
        name: "no-common-codec",
        severity: Severity::Error,
        summary: "an m-line is answered with none of the codecs that are offered",
        explain: include_str!("no_common_codec.md"),
        refs: &["RFC 3264 §6.1", "RFC 9429 §5.3.1"],
        since: "0.1.0",
    },
    checks: &[Check::Answer(check)],
};

fn check(pair: &Pair<'_>, findings: &mut Findings<'_>) {
    for media in pairs(pair.first(), pair.second()).filter(|media| media.is_live_rtp()) {
        let has_media = |codecs: &[Codec<'_>]| codecs.iter().any(|codec| !codec.is_auxiliary());
        let is_common = media.common().any(|(_, codec)| !codec.is_auxiliary());
        // Who offers nothing but tones may be answered with tones.
        if is_common || media.answer.codecs().is_empty() || !has_media(media.offer.codecs()) {
            continue;
        }
        let message = match has_media(media.answer.codecs()) {
            true => "none of these codecs is offered, so nothing can be sent",
            false => "no codec is left that carries media by itself",
        };
        let offered = names(media.offer);
        findings
            .push(formats(media.answer), message)
            .also_in(Side::First, formats(media.offer), format!("offered: {offered}"))
            .help("answer with one of the codecs offered, or reject the m-line with port 0");
    }
}

/// A few of the codecs that carry media.
fn names(media: Media<'_, '_>) -> String {
    let mut names: Vec<&str> = Vec::new();
    for name in media.codecs().iter().filter(|codec| !codec.is_auxiliary()).filter_map(Codec::name) {
        if !names.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            names.push(name);
        }
    }
    let more = if names.len() > 4 { ", …" } else { "" };
    names.truncate(4);
    format!("{}{more}", names.join(", "))
}

fn formats(media: Media<'_, '_>) -> Span {
    let formats = &media.line().formats;
    match (formats.first(), formats.last()) {
        (Some(first), Some(last)) => first.span.to(last.span),
        _ => media.line().value.span,
    }
}
