//! A payload type without a fixed meaning has an `rtpmap` (RFC 8866 §8.2.3).

use crate::finding::{Rule, Severity};
use crate::sdp::attribute::View;
use crate::sdp::codec::assigned;
use crate::sdp::lint::{Check, Description, Findings, LintRule};
use crate::sdp::session::Section;

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP203",
        name: "dynamic-pt-without-rtpmap",
        severity: Severity::Error,
        summary: "a payload type has no meaning: there is no `rtpmap` of it",
        explain: include_str!("dynamic_pt_without_rtpmap.md"),
        refs: &["RFC 8866 §8.2.3", "RFC 3264 §5.1", "RFC 3551 §6"],
        since: "0.1.0",
    },
    checks: &[Check::One(check)],
};

fn check(description: &Description<'_>, findings: &mut Findings<'_>) {
    for media in super::streams(description) {
        let mut unreadable = None;
        for codec in media.codecs().iter().filter(|codec| codec.rtpmap.is_none()) {
            let number = codec.payload_type;
            let unreadable = unreadable.get_or_insert_with(|| unreadable_of(media.section()));
            if has_meaning(number.value) || unreadable[usize::from(number.value)] {
                continue;
            }
            let example = match media.line().kind.value {
                "audio" => format!(", such as `a=rtpmap:{number} opus/48000/2`"),
                "video" => format!(", such as `a=rtpmap:{number} VP8/90000`"),
                _ => String::new(),
            };
            findings
                .push(number.span, format!("payload type {number} has no `rtpmap`, so nobody can tell its codec"))
                .help(format!(
                    "add `a=rtpmap:{number} <codec>/<clock rate>`{example}, or take {number} out of the m-line"
                ));
        }
    }
}

/// Whether a number says the codec by itself; 1, 2 and 19 did once.
fn has_meaning(payload_type: u8) -> bool {
    assigned(payload_type).is_some() || matches!(payload_type, 1 | 2 | 19)
}

/// The payload types of `rtpmap` lines that cannot be read; `line-syntax` tells those.
fn unreadable_of(section: &Section<'_>) -> [bool; 128] {
    let mut unreadable = [false; 128];
    let bad = section.named("rtpmap").filter(|attribute| matches!(attribute.view, View::Other));
    for value in bad.filter_map(|attribute| attribute.value) {
        let digits = value.trimmed().value;
        let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
        if let Some(slot) = digits[..end].parse().ok().and_then(|number: usize| unreadable.get_mut(number)) {
            *slot = true;
        }
    }
    unreadable
}
