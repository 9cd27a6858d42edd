//! How large a data channel message may be, where that is easily misread (RFC 8841 §6).

use super::sctp_port_missing::is_current;
use crate::finding::{Rule, Severity};
use crate::sdp::lint::{Check, Description, Findings, LintRule};

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP618",
        name: "sctp-max-message-size",
        severity: Severity::Info,
        summary: "the size of data channel messages is unlimited, or the default",
        explain: include_str!("sctp_max_message_size.md"),
        refs: &["RFC 8841 §6"],
        since: "0.1.0",
    },
    checks: &[Check::One(check)],
};

fn check(description: &Description<'_>, findings: &mut Findings<'_>) {
    for media in description.media().filter(|media| is_current(media.line()) && !media.is_rejected()) {
        let section = media.section();
        match section.max_message_size() {
            Some(size) if size.value == 0 => {
                findings
                    .push(size.span, "0 does not forbid messages: it allows those of any size")
                    .help("write the bytes of the largest message that this side takes, such as 262144");
            }
            // One that cannot be read is told by `line-syntax`.
            None if !section.has("max-message-size") => {
                findings
                    .push(
                        media.line().value.span,
                        "no `a=max-message-size`, so the peer sends messages up to 64 KiB",
                    )
                    .help("add `a=max-message-size:262144` if this side takes larger ones");
            }
            _ => {}
        }
    }
}
