//! Each video codec has an `rtx` beside it, by which lost packets are sent again (RFC 8834 §6.1).

use crate::finding::{Rule, Severity};
use crate::sdp::attribute::Direction;
use crate::sdp::lint::{Check, Description, Findings, LintRule};

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP208",
        name: "rtx-missing",
        severity: Severity::Info,
        summary: "a video codec has no `rtx`, by which lost packets are sent again",
        explain: include_str!("rtx_missing.md"),
        refs: &["RFC 8834 §6.1", "RFC 9429 §5.2.1"],
        since: "0.1.0",
    },
    checks: &[Check::One(check)],
};

fn check(description: &Description<'_>, findings: &mut Findings<'_>) {
    if !description.is_webrtc() {
        return;
    }
    for media in super::streams(description) {
        if !media.line().kind.eq_ignore_ascii_case("video") || media.direction() == Direction::Inactive {
            continue;
        }
        let mut repeated = [false; 128];
        let rtx = media.codecs().iter().filter(|codec| codec.is("rtx"));
        for original in rtx.filter_map(|codec| codec.associated()) {
            if let Some(slot) = repeated.get_mut(usize::from(original.value)) {
                *slot = true;
            }
        }
        let bare: Vec<_> = media
            .codecs()
            .iter()
            .filter(|codec| !repeated[usize::from(codec.payload_type.value & 127)])
            .filter(|codec| codec.name().is_some() && !codec.is_auxiliary())
            .collect();
        let Some(first) = bare.first() else { continue };
        let mut names: Vec<&str> = Vec::new();
        for name in bare.iter().filter_map(|codec| codec.name()) {
            // One codec often has several payload types.
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let numbers: Vec<u8> = bare.iter().map(|codec| codec.payload_type.value).collect();
        let number = first.payload_type;
        findings
            .push(
                number.span,
                format!(
                    "there is no `rtx`, by which lost packets are sent again, for {}",
                    super::listed(&names)
                ),
            )
            .evidence("payload_types", numbers)
            .help(format!(
                "if video suffers from lost packets, add a free payload type to the m-line, \
                 `a=rtpmap:<it> rtx/90000` and `a=fmtp:<it> apt={number}`"
            ));
    }
}
