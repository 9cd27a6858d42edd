//! `red` repeats payload types of its m-line (RFC 2198).

use super::lists;
use crate::finding::{Rule, Severity};
use crate::sdp::lint::{Check, Description, Findings, LintRule};
use crate::sdp::text::Word;

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP209",
        name: "red-fmtp-dangling",
        severity: Severity::Warning,
        summary: "a `red` repeats a payload type that the m-line does not list",
        explain: include_str!("red_fmtp_dangling.md"),
        refs: &["RFC 2198 §5", "RFC 8866 §6.15"],
        since: "0.1.0",
    },
    checks: &[Check::One(check)],
};

fn check(description: &Description<'_>, findings: &mut Findings<'_>) {
    for media in super::streams(description) {
        for codec in media.codecs().iter().filter(|codec| codec.is("red")) {
            let mut told = [false; 128];
            for word in codec.fmtps.iter().flat_map(|fmtp| fmtp.parameters.split('/')).map(Word::trimmed) {
                let Ok(block) = word.number::<u8>("") else { continue };
                let Some(told) = told.get_mut(usize::from(block.value)) else { continue };
                // `111/111` names one payload type twice, and that is one mistake.
                if lists(media, block.value) || std::mem::replace(told, true) {
                    continue;
                }
                let number = codec.payload_type;
                findings
                    .push(word.span, format!("`red` {number} repeats payload type {word}, which the m-line does not list"))
                    .also(super::formats(media), "the m-line lists these")
                    .help(format!(
                        "name payload types that the m-line lists, or take {number} out, here and in the m-line"
                    ));
            }
        }
    }
}
