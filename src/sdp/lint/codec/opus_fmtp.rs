//! What each side asks for of Opus, and whether it can be had (RFC 7587).

use crate::finding::{Rule, Severity};
use crate::sdp::codec::Codec;
use crate::sdp::lint::{Check, Findings, LintRule, Pair, Side};
use crate::sdp::pairing::pairs;

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP211",
        name: "opus-fmtp",
        severity: Severity::Info,
        summary: "parameters of Opus differ between the sides, or are out of range",
        explain: include_str!("opus_fmtp.md"),
        refs: &["RFC 7587 §6.1", "RFC 7587 §7.1"],
        since: "0.1.0",
    },
    checks: &[Check::Answer(check)],
};

/// Parameters that are on or off: what the other side is asked to do where they are on.
const SWITCHES: [(&str, &str); 4] = [
    ("stereo", "to send two channels"),
    ("useinbandfec", "to send in-band FEC, which conceals lost packets"),
    ("usedtx", "to send nothing during silence"),
    ("cbr", "to keep to one bitrate"),
];

fn check(pair: &Pair<'_>, findings: &mut Findings<'_>) {
    for media in pairs(pair.first(), pair.second()).filter(|media| media.is_live_rtp()) {
        for (offered, codec) in media.common().filter(|(_, codec)| codec.is("opus")) {
            out_of_range(Side::First, offered, findings);
            out_of_range(Side::Second, codec, findings);
            differing(offered, codec, findings);
        }
    }
}

fn out_of_range(side: Side, codec: &Codec<'_>, findings: &mut Findings<'_>) {
    for name in ["stereo", "sprop-stereo", "useinbandfec", "usedtx", "cbr"] {
        if let Some(word) = codec.parameter(name).filter(|word| !matches!(word.value, "0" | "1")) {
            findings
                .push_in(side, word.span, format!("`{name}` is on or off, and not `{word}`"))
                .severity(Severity::Warning)
                .help(format!("write `{name}=1` or `{name}=0`"));
        }
    }
    let Some(word) = codec.parameter("maxaveragebitrate") else { return };
    if !word.value.parse::<u32>().is_ok_and(|rate| (6_000..=510_000).contains(&rate)) {
        findings
            .push_in(side, word.span, format!("`maxaveragebitrate={word}` is no bitrate that Opus has"))
            .severity(Severity::Warning)
            .help("write a number of bit/s from 6000 to 510000, such as `maxaveragebitrate=64000`");
    }
}

/// Each side says what it wants to receive, so they may differ; but who wonders about mono looks here.
fn differing(offered: &Codec<'_>, codec: &Codec<'_>, findings: &mut Findings<'_>) {
    for (name, effect) in SWITCHES {
        let [first, second] = [offered, codec].map(|codec| codec.parameter(name));
        let on = [first, second].map(|word| word.is_some_and(|word| word.value == "1"));
        if on[0] == on[1] {
            continue;
        }
        let (says, asked) = if on[0] { ("offer", "answerer") } else { ("answer", "offerer") };
        let place = second.map_or(codec.payload_type.span, |word| word.span);
        let finding = findings
            .push(place, format!("`{name}` is on in the {says} alone: only the {asked} is asked {effect}"))
            .help(format!("write `{name}=1` on both sides to have it both ways"));
        if let Some(word) = first {
            finding.also_in(Side::First, word.span, "the offer");
        }
    }
}
