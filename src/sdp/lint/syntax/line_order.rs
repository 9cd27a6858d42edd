//! Lines stand in the order of RFC 8866 §5, and are of no other types.

use crate::finding::{Rule, Severity};
use crate::sdp::lint::{Check, Description, Findings, LintRule};
use crate::sdp::text::Line;

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP103",
        name: "line-order",
        severity: Severity::Warning,
        summary: "a line stands where no line of its type may stand",
        explain: include_str!("line_order.md"),
        refs: &["RFC 8866 §5", "RFC 8866 §9", "RFC 9429 §5.8.1"],
        since: "0.1.0",
    },
    checks: &[Check::Any(check)],
};

/// In the order that they have. `t`, `r` and `z` share a place, as there may be several times.
const SESSION: [&str; 12] = ["v", "o", "s", "i", "u", "e", "p", "c", "b", "trz", "k", "a"];
const MEDIA: [&str; 6] = ["m", "i", "c", "b", "k", "a"];
/// Of these there may be one at the session level; `c` may be repeated below an m-line.
const ONCE: &str = "vosiuck";

fn check(description: &Description<'_>, findings: &mut Findings<'_>) {
    let text = description.text();
    for section in description.sections() {
        let is_media = section.index.is_some();
        let order: &[&str] = if is_media { &MEDIA } else { &SESSION };
        // The line that stands furthest down in the order, of those so far.
        let mut furthest: Option<(usize, &Line)> = None;
        let mut seen: Vec<(char, &Line)> = Vec::new();
        for line in &text.lines()[section.lines.clone()] {
            let Some(kind) = line.kind else { continue };
            let Some(rank) = order.iter().position(|kinds| kinds.chars().any(|known| known == kind)) else {
                misplaced(description, line, kind, is_media, findings);
                continue;
            };
            if let Some((_, first)) = seen.iter().find(|(known, _)| *known == kind)
                && ONCE.contains(kind)
                && !(is_media && kind == 'c')
            {
                findings
                    .push(line.span, format!("a second `{kind}=` line"))
                    .also(first.span, "the first one")
                    .help("keep one of them");
                continue;
            }
            if !seen.iter().any(|(known, _)| *known == kind) {
                seen.push((kind, line));
            }
            match furthest {
                Some((most, before)) if rank < most => {
                    let after = before.kind.unwrap_or_default();
                    findings
                        .push(line.span, format!("`{kind}=` must stand before `{after}=`"))
                        .severity(if is_media { Severity::Warning } else { description.unreadable_is() })
                        .also(before.span, "this line comes later in the order")
                        .help(format!("move the line up, before line {}", before.number));
                }
                _ if furthest.is_none_or(|(most, _)| rank > most) => furthest = Some((rank, line)),
                _ => {}
            }
        }
    }
}

fn misplaced(
    description: &Description<'_>,
    line: &Line,
    kind: char,
    is_media: bool,
    findings: &mut Findings<'_>,
) {
    let known = |kind: char| SESSION.iter().any(|kinds| kinds.contains(kind));
    let (message, help) = if is_media && known(kind) {
        let message = format!("`{kind}=` belongs before the first m-line, not below one");
        (message, "move the line up, or take it out".to_owned())
    } else if known(kind.to_ascii_lowercase()) || kind == 'M' {
        let lower = kind.to_ascii_lowercase();
        (format!("`{kind}=` is no type of line: types are lower case"), format!("write `{lower}=`"))
    } else {
        let message = format!("`{kind}=` is no type of line that SDP has");
        let help = match kind {
            'y' | 'f' => {
                "GB/T 28181 adds it; leave it to devices that speak that, and take it out for others"
            }
            _ => "take the line out; extensions are attributes, `a=<name>:<value>`",
        };
        (message, help.to_owned())
    };
    let finding = findings.push(line.span, message).help(help);
    if kind == 'M' {
        // A whole m-line is lost, and its lines are taken for those of the one before.
        finding.severity(description.unreadable_is());
    }
}
