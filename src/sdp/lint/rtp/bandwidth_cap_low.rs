//! `b=` lines that leave too little to send with, or no RTCP (RFC 8866 §5.8, RFC 3890, RFC 3556).

use crate::finding::{Rule, Severity};
use crate::sdp::line::Bandwidth;
use crate::sdp::lint::{Check, Description, Findings, LintRule};
use crate::sdp::session::{Media, Section};

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP619",
        name: "bandwidth-cap-low",
        severity: Severity::Info,
        summary: "a `b=` line leaves little bandwidth, or none for RTCP",
        explain: include_str!("bandwidth_cap_low.md"),
        refs: &["RFC 8866 §5.8", "RFC 3890 §6.2", "RFC 3556 §2"],
        since: "0.1.0",
    },
    checks: &[Check::One(check)],
};

/// What media needs, in bit/s: below the first nothing of use can be sent, below the second it is poor.
struct Need {
    kind: &'static str,
    least_bps: u64,
    fair_bps: u64,
}

/// Opus goes down to 6 kbit/s (RFC 7587).
const AUDIO: Need = Need { kind: "audio", least_bps: 6_000, fair_bps: 16_000 };
/// libwebrtc sends no video below 30 kbit/s.
const VIDEO: Need = Need { kind: "video", least_bps: 30_000, fair_bps: 100_000 };

fn check(description: &Description<'_>, findings: &mut Findings<'_>) {
    let is_webrtc = description.is_webrtc();
    let need_of = |media: &Media<'_, '_>| {
        [&AUDIO, &VIDEO].into_iter().find(|need| need.kind == media.line().kind.value)
    };
    let live: Vec<_> = description.media().filter(|media| !media.is_rejected()).collect();
    // At the session level for all together, of whom the neediest counts.
    let need_of_all = live.iter().filter_map(need_of).max_by_key(|need| need.least_bps);
    let sections = live.iter().map(|media| (media.section(), need_of(media)));
    for (section, need) in std::iter::once((description.head(), need_of_all)).chain(sections) {
        // Telephones and cameras have codecs that need less, or mean nothing by the line.
        if let Some(need) = need.filter(|_| is_webrtc) {
            tell_low(section, need, findings);
        }
        tell_silent(section, is_webrtc, findings);
    }
}

fn tell_low(section: &Section<'_>, need: &Need, findings: &mut Findings<'_>) {
    let caps = section.bandwidths.iter().filter(|cap| matches!(cap.kind.value, "AS" | "CT" | "TIAS"));
    for cap in caps {
        let Some(bps) = cap.bits_per_second().filter(|bps| *bps < need.fair_bps) else { continue };
        let (severity, so) = match bps < need.least_bps {
            true => (Severity::Warning, "too little to send any"),
            false => (Severity::Info, "which makes it poor"),
        };
        let message = format!("{} is capped at {}, {so}", need.kind, kilobits(bps));
        findings
            .push(cap.kind.span.to(cap.value.span), message)
            .severity(severity)
            .evidence("bandwidth_bps", bps)
            .help(help(cap, need));
    }
}

fn help(cap: &Bandwidth<'_>, need: &Need) -> String {
    let (kind, number) = (cap.kind, cap.value.value);
    // As many kbit/s make sense: the unit was mistaken.
    if kind.value == "TIAS" && (need.fair_bps / 1000..=100_000).contains(&number) {
        return format!("`TIAS` counts bit/s: for {number} kbit/s write `b=TIAS:{}`", number * 1000);
    }
    let fair = if kind.value == "TIAS" { need.fair_bps } else { need.fair_bps / 1000 };
    format!("write `b={kind}:{fair}` at the least, or remove the line")
}

/// `b=RS:0` and `b=RR:0` (RFC 3556).
fn tell_silent(section: &Section<'_>, is_webrtc: bool, findings: &mut Findings<'_>) {
    let zero = |kind: &str| {
        let found = section.bandwidths.iter().find(|share| share.kind.value == kind);
        found.filter(|share| share.value.value == 0).map(|share| share.kind.span.to(share.value.span))
    };
    let (senders, receivers) = (zero("RS"), zero("RR"));
    match (senders, receivers) {
        (Some(senders), Some(receivers)) => {
            let severity = if is_webrtc { Severity::Warning } else { Severity::Info };
            findings
                .push(receivers, "no RTCP at all: neither side reports loss, or asks for a key frame")
                .severity(severity)
                .also(senders, "nothing for senders either")
                .help("remove `b=RS:0` and `b=RR:0`");
        }
        (None, Some(receivers)) => {
            findings
                .push(receivers, "no RTCP from whoever only receives: no reports of loss")
                .help("remove `b=RR:0` if reports are wanted");
        }
        (Some(senders), None) => {
            findings
                .push(
                    senders,
                    "no RTCP from whoever sends: no sender reports, which keep audio and video in step",
                )
                .help("remove `b=RS:0` if reports are wanted");
        }
        (None, None) => {}
    }
}

fn kilobits(bps: u64) -> String {
    format!("{} kbit/s", bps as f64 / 1000.0)
}
