//! RTCP shares the port of RTP: in every BUNDLE group (RFC 9143 §9.3), and in WebRTC (RFC 8834 §4.5).

use std::collections::HashMap;

use crate::finding::{Rule, Severity};
use crate::sdp::attribute::Group;
use crate::sdp::lint::{Check, Description, Findings, LintRule, Pair, Side};
use crate::sdp::pairing::pairs;
use crate::sdp::session::Media;

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP601",
        name: "rtcp-mux-missing",
        severity: Severity::Error,
        summary: "an m-line of RTP does not share its port with RTCP where it has to",
        explain: include_str!("rtcp_mux_missing.md"),
        refs: &["RFC 9143 §9.3", "RFC 8834 §4.5", "RFC 5761 §5.1.1", "RFC 8858 §4", "RFC 9429 §5.8.3"],
        since: "0.1.0",
    },
    checks: &[Check::One(check), Check::Answer(check_answer)],
};

fn check(description: &Description<'_>, findings: &mut Findings<'_>) {
    let is_webrtc = description.is_webrtc();
    // Of each BUNDLE group that was asked about, by its place.
    let mut beside_data = HashMap::new();
    for media in description.media() {
        let section = media.section();
        // What is `bundle-only` takes it from the m-line whose transport it shares (RFC 9143 §7.1.3), as all others of
        // the group do in answers and later offers.
        let takes_part = media.line().is_rtp() && !media.is_rejected() && !section.has("bundle-only");
        if !takes_part || media.counts("rtcp-mux") {
            continue;
        }
        let is_told_elsewhere = media.bundle().is_some_and(|group| {
            let known = beside_data.entry(group.semantics.span.start);
            *known.or_insert_with(|| is_beside_data(description, media, group))
        });
        if is_told_elsewhere {
            continue;
        }
        let place = media.line().value.span;
        let finding = match media.bundle() {
            Some(group) => findings
                .push(place, "this m-line is in a BUNDLE group, and has no `a=rtcp-mux`")
                .also(group.semantics.span, "one port for all, so for RTCP too"),
            None if is_webrtc && media.line().is_dtls() => findings
                .push(place, "no `a=rtcp-mux`: RTCP needs a port of its own, which browsers may refuse")
                .severity(Severity::Warning),
            None => continue,
        };
        let finding = match section.first("rtcp-mux-only") {
            Some(only) => finding.also(only.span(), "means nothing without `a=rtcp-mux`"),
            None => finding,
        };
        finding.help("add `a=rtcp-mux` below the m-line");
    }
}

/// Whether the transport of the group is that of data channels, and the first of its m-lines of RTP has `rtcp-mux`:
/// some write it there, rather than where it means nothing (RFC 9143 §7.1.3).
fn is_beside_data(description: &Description<'_>, media: Media<'_, '_>, group: &Group<'_>) -> bool {
    let is_data = media.bundle_tag().is_some_and(|tag| tag.line().is_data_channel());
    let mut members = description.members(group).filter(|member| !member.is_rejected());
    is_data
        && members.find(|member| member.line().is_rtp()).is_some_and(|first| first.section().has("rtcp-mux"))
}

/// What the answer alone does not tell: that the offer asks for it, or does not.
fn check_answer(pair: &Pair<'_>, findings: &mut Findings<'_>) {
    for media in pairs(pair.first(), pair.second()).filter(|media| media.is_live_rtp()) {
        let place = media.answer.line().value.span;
        match (media.offer.counts("rtcp-mux"), media.answer.counts("rtcp-mux")) {
            (true, false) => {
                let only = media.offer.section().first("rtcp-mux-only");
                let told = media.answer.bundle().is_some() || pair.second().is_webrtc();
                if let Some(only) = only {
                    findings
                        .push(
                            place,
                            "RTCP can only share the port of RTP, and the answer has no `a=rtcp-mux`",
                        )
                        .also_in(Side::First, only.span(), "the offer has no other port for it")
                        .help("add `a=rtcp-mux` below the m-line, or reject the m-line with port 0");
                } else if !told {
                    findings
                        .push(place, "`a=rtcp-mux` is offered and not taken: RTCP keeps a port of its own")
                        .severity(Severity::Info)
                        .help("add `a=rtcp-mux` below the m-line, if one port is wanted for both");
                }
            }
            (false, true) => {
                let own = media.answer.section().first("rtcp-mux");
                findings
                    .push(
                        own.map_or(place, |own| own.span()),
                        "`a=rtcp-mux` is answered, and was not offered",
                    )
                    .also_in(Side::First, media.offer.line().value.span, "no `a=rtcp-mux` here")
                    .help("take the line out of the answer, or add it to the offer");
            }
            _ => {}
        }
    }
}
