//! Payload types with a fixed meaning keep it (RFC 3551 §6).

use crate::finding::{Rule, Severity};
use crate::sdp::attribute::Rtpmap;
use crate::sdp::codec::{Assigned, assigned};
use crate::sdp::lint::{Check, Description, Findings, LintRule};

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP206",
        name: "static-pt-redefined",
        severity: Severity::Warning,
        summary: "a payload type with a fixed meaning is given another",
        explain: include_str!("static_pt_redefined.md"),
        refs: &["RFC 3551 §6"],
        since: "0.1.0",
    },
    checks: &[Check::One(check)],
};

fn check(description: &Description<'_>, findings: &mut Findings<'_>) {
    for media in super::streams(description) {
        for codec in media.codecs() {
            let number = codec.payload_type;
            let (Some(fixed), Some(rtpmap)) = (assigned(number.value), codec.rtpmap) else { continue };
            if is_same(fixed, &rtpmap) {
                continue;
            }
            let encoding = description.text().slice(rtpmap.encoding());
            let meant = match fixed.channels {
                Some(channels) if channels > 1 => format!("{}/{}/{channels}", fixed.name, fixed.clock_rate),
                _ => format!("{}/{}", fixed.name, fixed.clock_rate),
            };
            let finding = findings.push(
                rtpmap.encoding(),
                format!("payload type {number} always means `{meant}`, and is `{encoding}` here"),
            );
            let own = (0..96).find(|&number| assigned(number).is_some_and(|own| is_same(own, &rtpmap)));
            finding.help(match own {
                _ if is_same_name(fixed.name, rtpmap.name.value) => {
                    format!("write `a=rtpmap:{number} {meant}`")
                }
                Some(own) => format!("write {own}, the payload type of `{encoding}`, here and in the m-line"),
                None => format!("give `{encoding}` a payload type from 96 to 127, here and in the m-line"),
            });
        }
    }
}

fn is_same(fixed: &Assigned, rtpmap: &Rtpmap<'_>) -> bool {
    let said = rtpmap.channels.map_or(1, |channels| channels.value);
    is_same_name(fixed.name, rtpmap.name.value)
        && fixed.clock_rate == rtpmap.clock_rate.value
        && fixed.channels.is_none_or(|channels| channels == said)
}

/// Codecs are often called by an annex or by their full number as well: `G729A`, `G7231`, `G723.1`.
fn is_same_name(fixed: &str, name: &str) -> bool {
    let begins = name.get(..fixed.len()).is_some_and(|head| head.eq_ignore_ascii_case(fixed));
    begins && (name.len() == fixed.len() || matches!(fixed, "G723" | "G729"))
}
