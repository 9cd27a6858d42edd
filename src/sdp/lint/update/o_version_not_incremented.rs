//! The version goes up by one with each change (RFC 3264 §8).

use crate::finding::{Rule, Severity};
use crate::sdp::lint::{Check, Description, Findings, LintRule, Pair, Side};
use crate::sdp::session::Section;

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP708",
        name: "o-version-not-incremented",
        severity: Severity::Warning,
        summary: "a later offer differs from the one before, and its version in `o=` is not one higher",
        explain: include_str!("o_version_not_incremented.md"),
        refs: &["RFC 3264 §8", "RFC 9429 §5.2.2"],
        since: "0.1.0",
    },
    checks: &[Check::Update(check)],
};

fn check(pair: &Pair<'_>, findings: &mut Findings<'_>) {
    let [older, newer] = [pair.first(), pair.second()].map(|one| one.head().origin);
    let Some((older, newer)) = older.zip(newer) else { return };
    // Versions of two sessions are not compared.
    if older.session_id.value != newer.session_id.value || !differs(pair) {
        return;
    }
    let (was, now) = (older.session_version, newer.session_version);
    let numbers = older.version().ok().zip(newer.version().ok());
    let (severity, message) = match numbers.map(|(was, now)| (was.value, now.value)) {
        Some((was, now)) if now < was => {
            (Severity::Warning, format!("the version goes back from {was} to {now}"))
        }
        Some((was, now)) if now - was > 1 => {
            (Severity::Info, format!("the version goes from {was} to {now}, and not up by one"))
        }
        Some((was, now)) if now > was => return,
        // Numbers that cannot be read can be equal all the same.
        None if was.value != now.value => return,
        _ => (Severity::Warning, format!("the offer is another, and its version is still {was}")),
    };
    let help = match older.version().ok().and_then(|version| version.value.checked_add(1)) {
        Some(next) if severity == Severity::Info => {
            format!("write {next}, unless offers in between were made and not sent")
        }
        Some(next) => format!("write {next} in place of `{now}`"),
        None => "count the version up by one with each change".to_owned(),
    };
    findings
        .push(now.span, message)
        .severity(severity)
        .also_in(Side::First, was.span, "the version before")
        .help(help);
}

/// Whether more than the version and the order of lines is new. Candidates may come without a new version, and with
/// them the ports and addresses of the default ones (RFC 9429 §5.2.2).
fn differs(pair: &Pair<'_>) -> bool {
    let [older, newer] = [pair.first(), pair.second()];
    let does_ice = [older, newer].iter().any(|one| one.sections().any(|section| section.has("ice-ufrag")));
    older.media().len() != newer.media().len()
        || older
            .sections()
            .zip(newer.sections())
            .any(|(was, now)| lines(older, was, does_ice) != lines(newer, now, does_ice))
}

/// What counts of a section, sorted.
fn lines<'d>(description: &'d Description<'_>, section: &Section<'_>, does_ice: bool) -> Vec<&'d str> {
    let text = description.text();
    let all = &text.lines()[section.lines.clone()];
    let mut lines: Vec<&str> = all
        .iter()
        .filter(|line| !line.is_blank() && line.kind != Some('o'))
        .flat_map(|line| {
            let value = text.slice(line.value);
            match line.kind {
                Some('m') if does_ice => {
                    // Without the port.
                    let (kind, rest) = value.split_once(' ').unwrap_or((value, ""));
                    [kind, rest.split_once(' ').map_or(rest, |(_, rest)| rest)]
                }
                Some('c') if does_ice => ["", ""],
                Some('a') if does_ice && is_gathered(value) => ["", ""],
                _ => [text.slice(line.span).trim(), ""],
            }
        })
        .filter(|line| !line.is_empty())
        .collect();
    lines.sort_unstable();
    lines
}

/// Whether it says what gathering found.
fn is_gathered(attribute: &str) -> bool {
    let name = attribute.split(':').next().unwrap_or_default();
    matches!(name, "candidate" | "end-of-candidates" | "remote-candidates" | "rtcp")
}
